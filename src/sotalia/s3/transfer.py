"""Files to S3 and back: ``upload_file``, ``download_file``, ``upload_fileobj``, ``download_fileobj`` and ``copy``.

Synchronous clients leave the work to s3transfer, the library that the reference uses and installs; it is imported when
something is first transferred. Asynchronous clients do it themselves: see :mod:`sotalia.s3.upload` and its neighbours.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.s3 import arguments
from sotalia.s3.config import KB, MB, TransferConfig
from sotalia.useragent import features

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

__all__ = ["KB", "MB", "S3Transfer", "TransferConfig", "create_transfer_manager"]


def create_transfer_manager(client: Any, config: Any = None, osutil: Any = None) -> Any:
    """An ``s3transfer.manager.TransferManager`` on a synchronous client; its threads see the caller's context variables."""
    from s3transfer.futures import NonThreadedExecutor
    from s3transfer.manager import TransferManager

    from sotalia.s3.threads import executor_class

    config = TransferConfig() if config is None else config
    executor = executor_class() if getattr(config, "use_threads", True) else NonThreadedExecutor
    return TransferManager(client, config, osutil, executor)


def path_of(filename: Any) -> str:
    """The path as text. Raises ``ValueError`` for what is none."""
    path = os.fspath(filename) if isinstance(filename, os.PathLike) else filename
    if not isinstance(path, str):
        raise ValueError(f"Filename must be a string or a path-like object, not {type(filename)}")
    return path


class S3Transfer:
    """Uploads and downloads of files on a synchronous client; to be used in ``with``.

    ``client`` with ``config`` and ``osutil``, or a ``manager`` of s3transfer instead.
    """

    ALLOWED_DOWNLOAD_ARGS = arguments.ALLOWED_DOWNLOAD_ARGS
    ALLOWED_UPLOAD_ARGS = arguments.ALLOWED_UPLOAD_ARGS
    ALLOWED_COPY_ARGS = arguments.ALLOWED_COPY_ARGS

    def __init__(
        self, client: Any = None, config: Any = None, osutil: Any = None, manager: Any = None
    ) -> None:
        if not client and not manager:
            raise ValueError(
                "Either a client or an s3transfer.manager.TransferManager must be provided: S3Transfer(client)"
            )
        if manager and any((client, config, osutil)):
            raise ValueError(
                "Manager cannot be provided with client, config, nor osutil. These parameters are mutually exclusive."
            )
        self._manager = manager or create_transfer_manager(client, config, osutil)

    def upload_file(
        self,
        filename: Any,
        bucket: str,
        key: str,
        callback: Callable[[int], Any] | None = None,
        extra_args: dict[str, Any] | None = None,
    ) -> None:
        """Upload a file. Raises ``S3UploadFailedError`` for what the service answers with an error."""
        path = path_of(filename)
        try:
            self._manager.upload(path, bucket, key, extra_args, subscribers(callback)).result()
        except exceptions.ClientError as error:
            raise exceptions.S3UploadFailedError(
                f"Failed to upload {path} to {bucket}/{key}: {error}"
            ) from error

    def download_file(
        self,
        bucket: str,
        key: str,
        filename: Any,
        extra_args: dict[str, Any] | None = None,
        callback: Callable[[int], Any] | None = None,
    ) -> None:
        """Download to a file. Raises ``RetriesExceededError`` when a stream broke too often."""
        from s3transfer.exceptions import RetriesExceededError

        path = path_of(filename)
        try:
            self._manager.download(bucket, key, path, extra_args, subscribers(callback)).result()
        except RetriesExceededError as error:
            raise exceptions.RetriesExceededError(error.last_exception) from error

    def __enter__(self) -> S3Transfer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._manager.__exit__(kind, error, trace)


def subscribers(callback: Callable[[int], Any] | None) -> list[Any] | None:
    """A callback for numbers of bytes, as s3transfer wants it."""
    if callback is None:
        return None
    from sotalia.s3.threads import ProgressCallbackInvoker

    return [ProgressCallbackInvoker(callback)]


# -- for synchronous clients -----------------------------------------------------------------------------------------


def upload_file(
    client: Any, path: str, bucket: str, key: str, extra: Any, callback: Any, config: Any
) -> None:
    """Upload a file by name."""
    with features.used("S3_TRANSFER"), S3Transfer(client, config) as transfer:
        transfer.upload_file(path, bucket, key, callback, extra)


def download_file(
    client: Any, bucket: str, key: str, path: str, extra: Any, callback: Any, config: Any
) -> None:
    """Download to a file by name."""
    with features.used("S3_TRANSFER"), S3Transfer(client, config) as transfer:
        transfer.download_file(bucket, key, path, extra, callback)


def upload_fileobj(
    client: Any, fileobj: Any, bucket: str, key: str, extra: Any, callback: Any, config: Any
) -> None:
    """Upload from an open file."""
    with features.used("S3_TRANSFER"), create_transfer_manager(client, config) as manager:
        manager.upload(
            fileobj=fileobj, bucket=bucket, key=key, extra_args=extra, subscribers=subscribers(callback)
        ).result()


def download_fileobj(
    client: Any, bucket: str, key: str, fileobj: Any, extra: Any, callback: Any, config: Any
) -> None:
    """Download into an open file."""
    import copy

    config = TransferConfig() if config is None else copy.copy(config)
    if appends(fileobj):
        import logging

        logging.getLogger(__name__).warning(
            "the file to download to is in append mode, so a single thread writes it from start to end"
        )
        config.use_threads = False
    elif not is_seekable(fileobj):
        # s3transfer puts ranges in order, and passes over what comes twice when a stream breaks and starts anew. What it
        # gets in one call it writes as it comes: twice then.
        config.multipart_threshold = 1
    with features.used("S3_TRANSFER"), create_transfer_manager(client, config) as manager:
        manager.download(
            bucket=bucket, key=key, fileobj=fileobj, extra_args=extra, subscribers=subscribers(callback)
        ).result()


def copy_object(
    client: Any,
    source: Any,
    bucket: str,
    key: str,
    extra: Any,
    callback: Any,
    source_client: Any,
    config: Any,
) -> None:
    """Copy an object within S3."""
    with features.used("S3_TRANSFER"), create_transfer_manager(client, config) as manager:
        manager.copy(
            copy_source=source,
            bucket=bucket,
            key=key,
            extra_args=extra,
            subscribers=subscribers(callback),
            source_client=source_client,
        ).result()


def is_seekable(fileobj: Any) -> bool:
    """Whether a file can be written at any place."""
    seekable = getattr(fileobj, "seekable", None)
    return bool(seekable()) if seekable is not None else hasattr(fileobj, "seek")


def appends(fileobj: Any) -> bool:
    """Whether a file writes at its end wherever one seeks to."""
    mode = getattr(fileobj, "mode", "")
    return isinstance(mode, str) and "a" in mode
