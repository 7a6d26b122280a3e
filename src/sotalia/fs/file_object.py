"""What every open file of S3 has: its object, and calls for it."""

from __future__ import annotations

from fsspec.spec import AbstractBufferedFile

from sotalia.runtime import groups

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any, TypeVar

    from sotalia.fs.background import Background
    from sotalia.fs.filesystem import S3FileSystem
    from sotalia.fs.writing import Upload
    from sotalia.s3.parts import Part

    T = TypeVar("T")


class ObjectFile(AbstractBufferedFile):
    """An object that is open; :class:`~sotalia.fs.file.S3File` sets what stands here."""

    fs: S3FileSystem
    bucket: str
    key: str
    version_id: str | None
    acl: bool | str
    s3_additional_kwargs: dict[str, Any]
    _request_payer_kw: dict[str, str | None]
    _has_own_size: bool
    _is_exclusive: bool
    #: Whether the first part is what the object had before: it is appended to.
    append_block = False
    # A file whose constructor failed is collected as well.
    mpu: Upload | None = None
    _parts: list[Part] | None = None
    _background: Background | None = None
    # Where a file that is written was opened: after a fork it is still that process's to finish.
    process = 0
    # Its calls belong together, from the first read or write to the end.
    _group: groups.Lasting = groups.Lasting("filesystem", "open")

    def _call_s3(self, method: str, *kwarglist: dict[str, Any], **kwargs: Any) -> Any:
        with self._group.within():
            return self.fs.call_s3(method, self._parameters(), *kwarglist, **kwargs)

    def _sync(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """What a coroutine gives, run on the filesystem's loop while this thread waits."""
        with self._group.within():
            return self.fs._sync(coroutine)

    def _parameters(self) -> dict[str, Any]:
        acl = {"ACL": self.acl} if self.acl else {}
        return {**self.s3_additional_kwargs, **acl, **self._request_payer_kw}

    @property
    def etag(self) -> str | None:
        """Which content is read; ``None`` for whatever is there, where the caller has said how much that is."""
        return None if self._has_own_size else self.details.get("ETag") or None
