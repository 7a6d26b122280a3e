"""How files are transferred: sizes of parts, how many at once."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.types.reference import TransferConfig as ReferenceConfig
else:
    ReferenceConfig = object  # For checkers ours does where boto3's is asked for.

KB = 1024
MB = KB * KB

# Other names of options: setting one sets the option too.
_ALIASES = {"max_concurrency": "max_request_concurrency", "max_io_queue": "max_io_queue_size"}
# What the reference's configuration has without a way to set it when it is made.
_FIXED = {
    "max_submission_concurrency": 5,
    "max_request_queue_size": 1000,
    "max_submission_queue_size": 1000,
    "max_in_memory_upload_chunks": 10,
    "max_in_memory_download_chunks": 10,
}


# In the order of arguments.
_OPTIONS = (
    "multipart_threshold",
    "max_concurrency",
    "multipart_chunksize",
    "num_download_attempts",
    "max_io_queue",
    "io_chunksize",
    "use_threads",
    "max_bandwidth",
    "preferred_transfer_client",
)


class TransferConfig(ReferenceConfig):
    """Options of one transfer, under the reference's names; ``boto3.s3.transfer.TransferConfig`` serves as well.

    ``multipart_threshold`` (8 MiB): from this size on, in parts · ``multipart_chunksize`` (8 MiB): size of a part, raised
    where S3's limits ask for it (5 MiB to 5 GiB, 10,000 parts) · ``max_concurrency`` (10): parts at once ·
    ``num_download_attempts`` (5): how often a part is asked for when its stream breaks · ``max_io_queue`` (100) and
    ``io_chunksize`` (256 KiB): pieces that wait to be written, and their size · ``use_threads`` (true): ``False`` does all
    in the calling thread · ``max_bandwidth`` (``None``: no limit): bytes per second · ``preferred_transfer_client``: kept,
    but transfers are always made by this library's clients. Sizes are bytes. Raises ``ValueError`` for what is not above 0.
    """

    max_request_concurrency: int
    multipart_threshold: int
    multipart_chunksize: int
    num_download_attempts: int
    io_chunksize: int
    max_bandwidth: int | None  # pyright: ignore[reportIncompatibleVariableOverride]
    use_threads: bool

    def __init__(
        self,
        multipart_threshold: int | None = None,
        max_concurrency: int | None = None,
        multipart_chunksize: int | None = None,
        num_download_attempts: int | None = None,
        max_io_queue: int | None = None,
        io_chunksize: int | None = None,
        use_threads: bool | None = None,
        max_bandwidth: int | None = None,
        preferred_transfer_client: str | None = None,
    ) -> None:
        options: dict[str, Any] = {
            **_FIXED,
            "multipart_threshold": 8 * MB if multipart_threshold is None else multipart_threshold,
            "max_concurrency": 10 if max_concurrency is None else max_concurrency,
            "multipart_chunksize": 8 * MB if multipart_chunksize is None else multipart_chunksize,
            "num_download_attempts": 5 if num_download_attempts is None else num_download_attempts,
            "max_io_queue": 100 if max_io_queue is None else max_io_queue,
            "io_chunksize": 256 * KB if io_chunksize is None else io_chunksize,
            "max_bandwidth": max_bandwidth,
        }
        for name, value in options.items():
            if value is not None and value <= 0:
                raise ValueError(f"Provided parameter {name} of value {value} must be greater than 0.")
            setattr(self, name, value)
        self.use_threads = True if use_threads is None else use_threads
        self.preferred_transfer_client = (
            "auto" if preferred_transfer_client is None else preferred_transfer_client
        )

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _ALIASES:
            super().__setattr__(_ALIASES[name], value)
        super().__setattr__(name, value)

    def __repr__(self) -> str:
        usual = TransferConfig()
        options = {name: getattr(self, name) for name in _OPTIONS}
        shown = ", ".join(
            f"{name}={value!r}" for name, value in options.items() if value != getattr(usual, name)
        )
        return f"{type(self).__name__}({shown})"

    def get_deep_attr(self, item: str) -> Any:
        """An option, as the reference's manager asks for it."""
        return getattr(self, item)
