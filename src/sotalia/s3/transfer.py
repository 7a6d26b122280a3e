"""The names of ``boto3.s3.transfer``: :class:`S3Transfer` and its configuration.

Transfers themselves stand in :mod:`sotalia.s3.upload`, :mod:`sotalia.s3.download` and :mod:`sotalia.s3.copying`. Who
needs futures or subscribers finds them in s3transfer's manager, which works on sync clients as on boto3's.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.runtime import drive, groups
from sotalia.runtime.reference_names import stand_in
from sotalia.s3 import arguments
from sotalia.s3.config import KB, MB, TransferConfig
from sotalia.s3.files import path_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

    from sotalia.clients.base import BaseClient

__all__ = ["KB", "MB", "S3Transfer", "TransferConfig", "create_transfer_manager"]


def create_transfer_manager(
    client: BaseClient, config: TransferConfig | None = None, osutil: Any = None
) -> Any:
    """An ``s3transfer.manager.TransferManager`` on a sync client; its threads see the caller's context variables."""
    from s3transfer.futures import NonThreadedExecutor
    from s3transfer.manager import TransferManager

    from sotalia.s3.threads import executor_class

    config = TransferConfig() if config is None else config
    executor = executor_class() if getattr(config, "use_threads", True) else NonThreadedExecutor
    # Ours do for its client and configuration.
    return TransferManager(client, config, osutil, executor)  # pyright: ignore[reportArgumentType]


class S3Transfer:
    """Uploads and downloads of files on a sync client; to be used in ``with``.

    ``client`` with ``config``; or a ``manager`` of s3transfer instead, or an ``osutil`` for it, which then do the work.
    """

    ALLOWED_DOWNLOAD_ARGS = arguments.ALLOWED_DOWNLOAD_ARGS
    ALLOWED_UPLOAD_ARGS = arguments.ALLOWED_UPLOAD_ARGS
    ALLOWED_COPY_ARGS = arguments.ALLOWED_COPY_ARGS

    def __init__(
        self,
        client: Any = None,
        config: TransferConfig | None = None,
        osutil: Any = None,
        manager: Any = None,
    ) -> None:
        if not client and not manager:
            raise ValueError(
                "Either a client or an s3transfer.manager.TransferManager must be provided: S3Transfer(client)"
            )
        if manager and any((client, config, osutil)):
            raise ValueError(
                "Manager cannot be provided with client, config, nor osutil. These parameters are mutually exclusive."
            )
        self._client = client
        self._config = config
        self._manager = create_transfer_manager(client, config, osutil) if osutil else manager

    def upload_file(
        self,
        filename: str | os.PathLike[str],
        bucket: str,
        key: str,
        callback: Callable[[int], Any] | None = None,
        extra_args: dict[str, Any] | None = None,
    ) -> None:
        """Upload a file. Raises ``S3UploadFailedError`` for what the service responds with an error."""
        if self._manager is None:
            from sotalia.s3.upload import upload_file

            drive(upload_file(self._client, filename, bucket, key, extra_args, callback, self._config))
            return
        path = path_of(filename)
        group = groups.begin("transfer", "upload s3://{}/{}", bucket, key)
        try:
            with group.within():
                future = self._manager.upload(path, bucket, key, extra_args, _subscribers(callback))
            future.result()
        except exceptions.ClientError as error:
            raise exceptions.S3UploadFailedError(
                f"Failed to upload {path} to {bucket}/{key}: {error}"
            ) from error

    def download_file(
        self,
        bucket: str,
        key: str,
        filename: str | os.PathLike[str],
        extra_args: dict[str, Any] | None = None,
        callback: Callable[[int], Any] | None = None,
    ) -> None:
        """Download to a file. Raises ``RetriesExceededError`` when a stream broke too often."""
        if self._manager is None:
            from sotalia.s3.download import download_file

            drive(download_file(self._client, bucket, key, filename, extra_args, callback, self._config))
            return
        from s3transfer.exceptions import RetriesExceededError

        path = path_of(filename)
        group = groups.begin("transfer", "download s3://{}/{}", bucket, key)
        try:
            with group.within():
                future = self._manager.download(bucket, key, path, extra_args, _subscribers(callback))
            future.result()
        except RetriesExceededError as error:
            cause: Exception = getattr(error, "last_exception", error)
            raise exceptions.RetriesExceededError(cause) from error

    def __enter__(self) -> S3Transfer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._manager is not None:
            self._manager.__exit__(kind, error, trace)


def _subscribers(callback: Callable[[int], Any] | None) -> list[Any] | None:
    """A callback for numbers of bytes, as s3transfer wants it."""
    if callback is None:
        return None
    from sotalia.s3.threads import ProgressCallbackInvoker

    return [ProgressCallbackInvoker(callback)]


if not TYPE_CHECKING:
    __getattr__, __dir__ = stand_in(
        __name__, ProgressCallbackInvoker="sotalia.s3.threads:ProgressCallbackInvoker"
    )
