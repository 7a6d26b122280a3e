"""The methods that S3 clients have beyond their operations. On an async client they are coroutines."""

from __future__ import annotations

from sotalia.clients.injection import add_attribute
from sotalia.runtime.reference_names import import_for_patched_boto3

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.s3.config import TransferConfig


def add_transfer_methods(class_attributes: dict[str, Any], **kwargs: Any) -> None:
    """A handler of ``creating-client-class.s3``."""
    import_for_patched_boto3("s3.inject", "s3.transfer")
    for method in (upload_file, download_file, copy, upload_fileobj, download_fileobj):
        add_attribute(class_attributes, method.__name__, method)


# Where transfers stand; nothing is imported before something is transferred.
_MODULES = {
    "upload_file": "upload",
    "upload_fileobj": "upload",
    "download_file": "download",
    "download_fileobj": "download",
    "copy_object": "copying",
}


def _transfer(client: BaseClient, name: str, *arguments: Any) -> Any:
    """Do it sync or async, as the client."""
    from importlib import import_module

    transfer = getattr(import_module(f"sotalia.s3.{_MODULES[name]}"), name)(client, *arguments)
    return client.meta.runtime.run(transfer)


def upload_file(
    self: Any,
    Filename: str | os.PathLike[str],
    Bucket: str,
    Key: str,
    ExtraArgs: dict[str, Any] | None = None,
    Callback: Callable[[int], Any] | None = None,
    Config: TransferConfig | None = None,
) -> Any:
    """Upload a file, in parts when it is large.

    ``ExtraArgs``: what else the object is to have (``{"ContentType": "text/plain"}``) · ``Callback``: called with the
    number of bytes sent since it was last called · ``Config``: a :class:`~sotalia.s3.transfer.TransferConfig`. Raises
    ``S3UploadFailedError`` when S3 refuses, ``ValueError`` for ``ExtraArgs`` that are none.
    """
    return _transfer(self, "upload_file", Filename, Bucket, Key, ExtraArgs, Callback, Config)


def download_file(
    self: Any,
    Bucket: str,
    Key: str,
    Filename: str | os.PathLike[str],
    ExtraArgs: dict[str, Any] | None = None,
    Callback: Callable[[int], Any] | None = None,
    Config: TransferConfig | None = None,
) -> Any:
    """Download an object to a file, which is there when all of it is; arguments as for ``upload_file``.

    Raises ``ClientError`` when S3 refuses, ``RetriesExceededError`` when the stream broke too often.
    """
    return _transfer(self, "download_file", Bucket, Key, Filename, ExtraArgs, Callback, Config)


def upload_fileobj(
    self: Any,
    Fileobj: Any,
    Bucket: str,
    Key: str,
    ExtraArgs: dict[str, Any] | None = None,
    Callback: Callable[[int], Any] | None = None,
    Config: TransferConfig | None = None,
) -> Any:
    """Upload what an open binary file has from where it stands; arguments as for ``upload_file``.

    Raises ``ValueError`` for what cannot be read from, ``ClientError`` when S3 refuses. On an async client the
    file's ``read`` may be ``async def``.
    """
    if not hasattr(Fileobj, "read"):
        raise ValueError(
            f"Fileobj must implement read: open the file in binary mode, or wrap {type(Fileobj)}"
        )
    return _transfer(self, "upload_fileobj", Fileobj, Bucket, Key, ExtraArgs, Callback, Config)


def download_fileobj(
    self: Any,
    Bucket: str,
    Key: str,
    Fileobj: Any,
    ExtraArgs: dict[str, Any] | None = None,
    Callback: Callable[[int], Any] | None = None,
    Config: TransferConfig | None = None,
) -> Any:
    """Download an object into an open binary file; arguments as for ``upload_file``.

    Raises ``ValueError`` for what cannot be written to, ``ClientError`` when S3 refuses. On an async client the
    file's ``write`` may be ``async def``.
    """
    if not hasattr(Fileobj, "write"):
        raise ValueError(
            f"Fileobj must implement write: open the file in binary mode, or wrap {type(Fileobj)}"
        )
    return _transfer(self, "download_fileobj", Bucket, Key, Fileobj, ExtraArgs, Callback, Config)


def copy(
    self: Any,
    CopySource: dict[str, Any],
    Bucket: str,
    Key: str,
    ExtraArgs: dict[str, Any] | None = None,
    Callback: Callable[[int], Any] | None = None,
    SourceClient: BaseClient | None = None,
    Config: TransferConfig | None = None,
) -> Any:
    """Copy an object within S3, in parts when it is large; further arguments as for ``upload_file``.

    ``CopySource``: ``{"Bucket": ..., "Key": ...}``, perhaps with ``VersionId`` · ``SourceClient``: the client that looks at
    the source, where this one may not. Raises ``ClientError`` when S3 refuses.
    """
    return _transfer(self, "copy_object", CopySource, Bucket, Key, ExtraArgs, Callback, SourceClient, Config)
