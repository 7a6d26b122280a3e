"""Open files that are read, through fsspec's block caches."""

from __future__ import annotations

from sotalia.fs.file_object import ObjectFile
from sotalia.fs.reading import ObjectReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.fs.filesystem import S3FileSystem


class ReadFile(ObjectFile):
    """The bytes of an object for the cache."""

    def _find_version(self, fs: S3FileSystem, path: str) -> None:
        """Which version the file reads, whatever is written meanwhile."""
        if not fs.version_aware:
            return
        if self.version_id is None:
            fs.invalidate_cache(path)  # Listings do not say the version.
        self.details = fs.info(path, version_id=self.version_id)
        if self.version_id is None:
            self.version_id = self.details.get("VersionId")

    def _fetch_range(self, start: int, end: int) -> bytes:
        """Bytes for the cache; large ranges in pieces, several at once. Raises ``FileExpired``."""
        if start >= end:
            return b""
        data: bytes = self._sync(self._fetch(start, end))
        return data

    async def _fetch(self, start: int, end: int) -> bytes:
        place = {**self._parameters(), "Bucket": self.bucket, "Key": self.key}
        if self.version_id:
            place["VersionId"] = self.version_id
        etag = self.etag
        reader = ObjectReader(
            self.fs,
            place,
            etag=etag,
            size=None if etag is None else self.size,
            checks_here=self.fs.local_expiry_check,
            max_concurrency=self.fs.max_concurrency,
        )
        return await reader.read(start, end)
