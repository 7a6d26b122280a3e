"""Open files that are written: in one request, or in parts that go up while the program writes on."""

from __future__ import annotations

import io

from sotalia.fs import leaving
from sotalia.fs.background import Background
from sotalia.fs.file_ending import EndingFile
from sotalia.fs.reading import ObjectReader
from sotalia.fs.writing import LARGEST_PART, LEAST_PART, Upload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.s3.parts import Part

# What an object has beside its bytes, and keeps when it is written anew with more of them.
_KEPT_BY_APPENDING = (
    "CacheControl ContentDisposition ContentEncoding ContentLanguage ContentType Expires WebsiteRedirectLocation "
    "ServerSideEncryption SSECustomerAlgorithm SSEKMSKeyId BucketKeyEnabled StorageClass ObjectLockMode "
    "ObjectLockRetainUntilDate ObjectLockLegalHoldStatus Metadata"
).split()
# So many bytes of finished parts may be on their way while the program writes on.
_IN_BACKGROUND = 64 * 2**20
# After so many parts each is made twice as large: with S3's 10,000 parts a file can then grow to S3's limit of 5 TB and more.
_PARTS_OF_ONE_SIZE = 1000


class WrittenFile(EndingFile):
    """An object that appears when its file is closed."""

    # HeadObject of the object that is appended to.
    _appended_to: dict[str, Any]
    _is_committed = False

    @property
    def parts(self) -> list[Part] | None:
        """The parts that have arrived, once those on their way have; ``None`` before there is an upload."""
        if self._background is not None:
            self._finish_parts()
        return self._parts

    def _begin_to_append(self) -> None:
        """Have what the object has stand before what is written: copied within S3, unless it is too small for a part."""
        try:
            head = self._call_s3("head_object", Bucket=self.bucket, Key=self.key)
        except FileNotFoundError:
            return
        size: int = head["ContentLength"]
        kept = {name: head[name] for name in _KEPT_BY_APPENDING if name in head}
        self.s3_additional_kwargs = {**kept, **self.s3_additional_kwargs}
        self._appended_to = head
        if size < LEAST_PART:
            self.write(self._sync(self._content_of(head)))
        else:
            self.append_block = True
        self.loc = size

    async def _content_of(self, head: dict[str, Any]) -> bytes:
        place = {**self._parameters(), "Bucket": self.bucket, "Key": self.key}
        return await ObjectReader(self.fs, place, etag=head.get("ETag")).read(0, None)

    def _is_one_request(self) -> bool:
        """Whether all that was written fits into one PutObject."""
        return bool(self.autocommit and not self.append_block and self.tell() < self.blocksize)

    def _initiate_upload(self) -> None:
        if self.mpu is not None or (self.forced and self._is_one_request()):
            return
        self._parts = []
        self.mpu = Upload(self.fs, self.bucket, self.key, {**self._parameters(), **self._conditions()})
        self._background = Background(self.fs, self.mpu)
        self._sync(self._begin_upload(self.mpu))

    async def _begin_upload(self, upload: Upload) -> None:
        await upload.begin()
        if self.append_block and self._parts is not None:
            try:
                self._parts += await self._copied_parts(upload)
            except BaseException:
                await upload.abort()
                raise

    async def _copied_parts(self, upload: Upload) -> list[Part]:
        """What the object has as the first parts, of 5 GB at most each."""
        head = self._appended_to
        source = {"Bucket": self.bucket, "Key": self.key}
        if head.get("VersionId") not in (None, "null"):
            source["VersionId"] = head["VersionId"]
        size, etag = head["ContentLength"], head.get("ETag")
        same = {} if etag is None else {"CopySourceIfMatch": etag}
        if size <= LARGEST_PART:
            return [await upload.copy(1, CopySource=source, **same)]
        step = -(-size // -(-size // LARGEST_PART))
        return [
            await upload.copy(
                number,
                CopySource=source,
                CopySourceRange=f"bytes={start}-{min(start + step, size) - 1}",
                **same,
            )
            for number, start in enumerate(range(0, size, step), 1)
        ]

    def _upload_chunk(self, final: bool = False) -> bool:
        """Send what is in the buffer, as parts; the last one is smaller than a block only at the end."""
        if self.mpu is None:
            if final and self.autocommit:
                self.commit()
            return False
        assert self.buffer is not None
        self.buffer.seek(0)
        size = self.buffer.getbuffer().nbytes
        while (left := size - self.buffer.tell()) >= (1 if final else self.blocksize):
            is_last = left < 2 * self.blocksize and not self.fs.fixed_upload_size
            self._send_part(self.buffer.read(left if is_last else self.blocksize))
        self.offset = (self.offset or 0) + self.buffer.tell()
        self.buffer = io.BytesIO(self.buffer.read())
        self.buffer.seek(0, 2)
        if final and self.autocommit:
            self.commit()
        return False  # The buffer is as it should be.

    def _send_part(self, data: bytes) -> None:
        """Begin to upload a part, once not too many bytes are on their way."""
        assert self._background is not None
        assert self._parts is not None
        number = len(self._parts) + len(self._background) + 1
        if number % _PARTS_OF_ONE_SIZE == 0 and not self.fs.fixed_upload_size:
            self.blocksize = min(2 * self.blocksize, LARGEST_PART)
        limit = max(1, min(self.fs.max_concurrency, _IN_BACKGROUND // max(len(data), 1)))
        self._finish_parts(limit - 1)
        with self._group.within():
            self._background.send(number, data)

    def _finish_parts(self, left: int = 0) -> None:
        """Wait for the oldest parts until so many are on their way. Raises what uploading one of them raised."""
        assert self._background is not None
        assert self._parts is not None
        while len(self._background) > left:
            self._parts.append(self._background.finish_oldest())

    def flush(self, force: bool = False) -> None:
        """Upload what is there for a part; all of it, and the object with it, for ``force``.

        What was taken for a part is nowhere else any more, so after an error, or an interrupt, there is no object.
        """
        try:
            super().flush(force)
        except ValueError:
            raise
        except BaseException:
            self.give_up()
            raise

    def _conditions(self) -> dict[str, str]:
        return {"IfNoneMatch": "*"} if self._is_exclusive else {}

    def commit(self) -> None:
        """Make the object, of all that was written. Once it is done there is nothing left to discard."""
        if self._is_committed:
            return
        if self.buffer is None:
            raise ValueError(f"what was written to {self.path} was discarded: open the file anew")
        try:
            if self.mpu is None:
                result = self._call_s3(
                    "put_object",
                    Bucket=self.bucket,
                    Key=self.key,
                    Body=self.buffer.getvalue(),
                    **self._conditions(),
                )
            elif self.tell() == 0:
                # An upload needs a part with something in it.
                self._abort()
                result = self._call_s3("put_object", Bucket=self.bucket, Key=self.key, **self._conditions())
            else:
                self._finish_parts()
                result = self._sync(self.mpu.complete(self._parts or []))
        except BaseException:
            self.give_up()
            raise
        self.mpu = self._background = None
        self.buffer = None
        self._is_committed = True
        leaving.forget(self)
        if self.fs.version_aware:
            self.version_id = result.get("VersionId")
        self.fs.invalidate_cache(self.path)
