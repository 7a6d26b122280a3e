"""What buckets and objects can do beyond their definitions: load themselves, and transfer files."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.clients.injection import add_attribute
from sotalia.runtime import resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.resources.base import ResourceMeta
    from sotalia.s3.config import TransferConfig


def add_bucket_methods(class_attributes: dict[str, Any], **kwargs: Any) -> None:
    """A handler of ``creating-resource-class.s3.Bucket``."""
    add_attribute(class_attributes, "load", load_bucket)
    _add_transfers(class_attributes, BucketTransfers)


def add_object_methods(class_attributes: dict[str, Any], **kwargs: Any) -> None:
    """A handler of ``creating-resource-class.s3.Object``."""
    _add_transfers(class_attributes, ObjectTransfers)


def _add_transfers(class_attributes: dict[str, Any], kind: type) -> None:
    for name in ("upload_file", "download_file", "copy", "upload_fileobj", "download_fileobj"):
        add_attribute(class_attributes, name, vars(kind)[name])


def add_object_summary_methods(class_attributes: dict[str, Any], **kwargs: Any) -> None:
    """A handler of ``creating-resource-class.s3.ObjectSummary``."""
    add_attribute(class_attributes, "load", load_object_summary)


def load_bucket(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Read the bucket's attributes from the listing of all buckets; arguments are ignored.

    They stay ``None`` for a bucket of somebody else, and where listing buckets is not allowed.
    """
    return self._finish(_load_bucket(self))


async def _load_bucket(self: Any) -> None:
    found: dict[str, Any] = {}
    try:
        answer = await resolved(self.meta.client.list_buckets())
        buckets: list[dict[str, Any]] = answer["Buckets"]
        found = next((bucket for bucket in buckets if bucket["Name"] == self.name), found)
    except exceptions.ClientError as error:
        if error.response.get("Error", {}).get("Code") != "AccessDenied":
            raise
    self.meta.data = found


def load_object_summary(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Read the attributes with ``HeadObject``; arguments are ignored."""
    return self._finish(_load_object_summary(self))


async def _load_object_summary(self: Any) -> None:
    answer = await resolved(self.meta.client.head_object(Bucket=self.bucket_name, Key=self.key))
    if "ContentLength" in answer:
        answer["Size"] = answer.pop("ContentLength")
    self.meta.data = answer


# -- transfers: those of the client, with what the resource knows filled in ------------------------------------------


class BucketTransfers:
    """What buckets transfer; arguments and errors are those of the client's methods of these names."""

    meta: ResourceMeta
    name: str

    def upload_file(
        self,
        Filename: str | os.PathLike[str],
        Key: str,
        ExtraArgs: dict[str, Any] | None = None,
        Callback: Callable[[int], Any] | None = None,
        Config: TransferConfig | None = None,
    ) -> Any:
        """Upload the file ``Filename`` as ``Key``, in parts where it is large."""
        return self.meta.client.upload_file(Filename, self.name, Key, ExtraArgs, Callback, Config)

    def download_file(
        self,
        Key: str,
        Filename: str | os.PathLike[str],
        ExtraArgs: dict[str, Any] | None = None,
        Callback: Callable[[int], Any] | None = None,
        Config: TransferConfig | None = None,
    ) -> Any:
        """Download the object ``Key`` to the file ``Filename``."""
        return self.meta.client.download_file(self.name, Key, Filename, ExtraArgs, Callback, Config)

    def copy(
        self,
        CopySource: Any,
        Key: str,
        ExtraArgs: dict[str, Any] | None = None,
        Callback: Callable[[int], Any] | None = None,
        SourceClient: BaseClient | None = None,
        Config: TransferConfig | None = None,
    ) -> Any:
        """Copy an object into this bucket, within S3."""
        return self.meta.client.copy(CopySource, self.name, Key, ExtraArgs, Callback, SourceClient, Config)

    def upload_fileobj(
        self,
        Fileobj: Any,
        Key: str,
        ExtraArgs: dict[str, Any] | None = None,
        Callback: Callable[[int], Any] | None = None,
        Config: TransferConfig | None = None,
    ) -> Any:
        """Upload what an open file gives, as ``Key``."""
        return self.meta.client.upload_fileobj(Fileobj, self.name, Key, ExtraArgs, Callback, Config)

    def download_fileobj(
        self,
        Key: str,
        Fileobj: Any,
        ExtraArgs: dict[str, Any] | None = None,
        Callback: Callable[[int], Any] | None = None,
        Config: TransferConfig | None = None,
    ) -> Any:
        """Download the object ``Key`` into an open file."""
        return self.meta.client.download_fileobj(self.name, Key, Fileobj, ExtraArgs, Callback, Config)


class ObjectTransfers:
    """The same for objects, which know their keys as well."""

    meta: ResourceMeta
    bucket_name: str
    key: str

    def upload_file(
        self,
        Filename: str | os.PathLike[str],
        ExtraArgs: dict[str, Any] | None = None,
        Callback: Callable[[int], Any] | None = None,
        Config: TransferConfig | None = None,
    ) -> Any:
        """Upload the file ``Filename``, in parts where it is large."""
        return self.meta.client.upload_file(Filename, self.bucket_name, self.key, ExtraArgs, Callback, Config)

    def download_file(
        self,
        Filename: str | os.PathLike[str],
        ExtraArgs: dict[str, Any] | None = None,
        Callback: Callable[[int], Any] | None = None,
        Config: TransferConfig | None = None,
    ) -> Any:
        """Download this object to the file ``Filename``."""
        return self.meta.client.download_file(
            self.bucket_name, self.key, Filename, ExtraArgs, Callback, Config
        )

    def copy(
        self,
        CopySource: Any,
        ExtraArgs: dict[str, Any] | None = None,
        Callback: Callable[[int], Any] | None = None,
        SourceClient: BaseClient | None = None,
        Config: TransferConfig | None = None,
    ) -> Any:
        """Copy another object over this one, within S3."""
        return self.meta.client.copy(
            CopySource, self.bucket_name, self.key, ExtraArgs, Callback, SourceClient, Config
        )

    def upload_fileobj(
        self,
        Fileobj: Any,
        ExtraArgs: dict[str, Any] | None = None,
        Callback: Callable[[int], Any] | None = None,
        Config: TransferConfig | None = None,
    ) -> Any:
        """Upload what an open file gives."""
        return self.meta.client.upload_fileobj(
            Fileobj, self.bucket_name, self.key, ExtraArgs, Callback, Config
        )

    def download_fileobj(
        self,
        Fileobj: Any,
        ExtraArgs: dict[str, Any] | None = None,
        Callback: Callable[[int], Any] | None = None,
        Config: TransferConfig | None = None,
    ) -> Any:
        """Download this object into an open file."""
        return self.meta.client.download_fileobj(
            self.bucket_name, self.key, Fileobj, ExtraArgs, Callback, Config
        )
