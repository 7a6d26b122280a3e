"""Open files of S3: read through fsspec's block caches, written in parts.

An object appears when its file is closed, whole or not at all. A file that is left by an exception, discarded, or dropped
without being closed leaves neither an object nor an upload.
"""

from __future__ import annotations

import errno
import io
import logging
import os
import warnings

from fsspec.spec import AbstractBufferedFile

from sotalia.fs import leaving
from sotalia.fs.attributes import OBJECT_ACLS
from sotalia.fs.background import Background
from sotalia.fs.paths import one_version
from sotalia.fs.reading import ObjectReader
from sotalia.fs.writing import LARGEST_PART, LEAST_PART, Upload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.fs.filesystem import S3FileSystem
    from sotalia.s3.parts import Part

logger = logging.getLogger(__name__)

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


class S3File(AbstractBufferedFile):  # type: ignore[misc]  # fsspec has no types
    """An object as a file; get one from :meth:`sotalia.fs.S3FileSystem.open`.

    ``mode``: ``rb``, ``wb``, ``ab``, or ``xb`` for an object that there is not yet, which S3 checks again when the file is closed ·
    ``block_size``: bytes per block of the cache when reading, and per part when writing (5 MiB at least) · ``acl``: a canned ACL ·
    ``version_id``: which version to read · ``autocommit``: false leaves the object to :meth:`commit`.
    """

    part_min = LEAST_PART
    part_max = LARGEST_PART
    # A file whose constructor failed is collected as well.
    mpu: Upload | None = None
    _parts: list[Part] | None = None
    _background: Background | None = None
    # fsspec's: a BytesIO, None once there is nothing more to write; and the size of a part.
    buffer: Any
    blocksize: int
    # Where a file that is written was opened: after a fork it is still that process's to finish.
    process = 0

    def __init__(
        self,
        s3: S3FileSystem,
        path: str,
        mode: str = "rb",
        block_size: int | str | None = 50 * 2**20,
        acl: bool | str = False,
        version_id: str | None = None,
        fill_cache: bool = True,
        s3_additional_kwargs: dict[str, Any] | None = None,
        autocommit: bool = True,
        cache_type: str = "readahead",
        requester_pays: bool = False,
        cache_options: dict[str, Any] | None = None,
        size: int | None = None,
    ) -> None:
        bucket, key, version_of_path = s3.split_path(path)
        if not key:
            raise ValueError(f"Attempt to open non key-like path: {path}")
        if acl and acl not in OBJECT_ACLS:
            raise ValueError(f"ACL {acl!r} is not in {sorted(OBJECT_ACLS)}")
        self.bucket = bucket
        self.key = key
        self.version_id = one_version(version_id, version_of_path)
        self.acl = acl
        self.fill_cache = fill_cache
        self.s3_additional_kwargs = dict(s3_additional_kwargs or {})
        self.req_kw = {"RequestPayer": "requester"} if requester_pays else {}
        self._request_payer_kw = {"RequestPayer": self.req_kw.get("RequestPayer")}
        self._is_committed = False
        self._has_own_size = size is not None
        #: Whether the first part is what the object had before: it is appended to.
        self.append_block = False
        if block_size in ("default", None):
            block_size = s3.default_block_size
        if "r" in mode:
            self._find_version(s3, path)
        elif isinstance(block_size, int) and block_size < LEAST_PART:
            raise ValueError(
                f"Block size must be >=5MB, which is S3's least for a part: not {block_size} bytes"
            )
        super().__init__(
            s3,
            path,
            mode,
            block_size,
            autocommit=autocommit,
            cache_type=cache_type,
            cache_options=cache_options,
            size=size,
        )
        self.s3 = self.fs
        if "r" not in mode:
            if "x" in mode and s3.exists(path):
                self.closed = True
                raise FileExistsError(errno.EEXIST, "the object exists already", path)
            self.process = os.getpid()
            leaving.remember(self)
            if "a" in mode:
                self._begin_to_append()

    def _find_version(self, fs: S3FileSystem, path: str) -> None:
        """Which version the file reads, whatever is written meanwhile."""
        if not fs.version_aware:
            return
        if self.version_id is None:
            fs.invalidate_cache(path)  # Listings do not say the version.
        self.details = fs.info(path, version_id=self.version_id)
        if self.version_id is None:
            self.version_id = self.details.get("VersionId")

    def _call_s3(self, method: str, *kwarglist: dict[str, Any], **kwargs: Any) -> Any:
        return self.fs.call_s3(method, self._parameters(), *kwarglist, **kwargs)

    def _parameters(self) -> dict[str, Any]:
        acl = {"ACL": self.acl} if self.acl else {}
        return {**self.s3_additional_kwargs, **acl, **self._request_payer_kw}

    @property
    def etag(self) -> str | None:
        """Which content is read; ``None`` for whatever is there, where the caller has said how much that is."""
        return None if self._has_own_size else self.details.get("ETag") or None

    # -- reading -----------------------------------------------------------------------------------------------------

    def _fetch_range(self, start: int, end: int) -> bytes:
        """Bytes for the cache; large ranges in pieces, several at once. Raises ``FileExpired``."""
        if start >= end:
            return b""
        data: bytes = self.fs._sync(self._fetch(start, end))
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

    @property
    def parts(self) -> list[Part] | None:
        """The parts that have arrived, once those on their way have; ``None`` before there is an upload."""
        if self._background is not None:
            self._finish_parts()
        return self._parts

    # -- writing -----------------------------------------------------------------------------------------------------

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
            self.write(self.fs._sync(self._content_of(head)))
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
        self.fs._sync(self._begin_upload(self.mpu))

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
        self.buffer.seek(0)
        size = self.buffer.getbuffer().nbytes
        while (left := size - self.buffer.tell()) >= (1 if final else self.blocksize):
            is_last = left < 2 * self.blocksize and not self.fs.fixed_upload_size
            self._send_part(self.buffer.read(left if is_last else self.blocksize))
        self.offset += self.buffer.tell()
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
        if "x" in self.mode:
            return {"IfNoneMatch": "*"}
        return {}

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
                result = self.fs._sync(self.mpu.complete(self._parts or []))
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

    def discard(self) -> None:
        """Leave no object, and no upload. The file can not be used any more."""
        self._abort()
        self.buffer = None
        self.forced = True
        leaving.forget(self)
        self.closed = True
        if self.fs._transaction is not None:
            # There is nothing to be committed with the others.
            files = self.fs._transaction.files
            for number, file in enumerate(files):
                if file is self:
                    del files[number]
                    break

    def _abort(self) -> None:
        """Have S3 forget the upload, once no part of it is on its way."""
        background, self._background, self.mpu = self._background, None, None
        if background is not None and self.process == os.getpid():
            self.fs._sync(background.abort())

    def give_up(self) -> None:
        """:meth:`discard` after an error, which must be heard of rather than one of aborting."""
        upload = self.mpu
        try:
            self.discard()
        except Exception:
            logger.warning(
                "the upload %s of %s could not be aborted; S3 keeps its parts until a lifecycle rule removes them",
                upload and upload.upload_id,
                self.path,
                exc_info=True,
            )

    # -- the end -----------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the file; the object is there when this returns."""
        if self.closed:
            return
        if self.mode != "rb" and leaving.is_left_by_error():
            self.give_up()
            return
        super().close()

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is not None and self.mode != "rb" and not self.closed:
            self.give_up()
        else:
            self.close()

    def __del__(self) -> None:
        """What nobody closed is discarded: nobody knows whether it is all."""
        background, self._background, self.mpu = self._background, None, None
        # Another process is the one that a file was opened in before a fork; it goes on writing. For reading it is none.
        if not self.closed and self.process == os.getpid():
            self._closed = True
            warnings.warn(
                f"{self.path} was opened for writing and never closed, so that there is no object of it: use "
                "'with fs.open(...)', or close the file",
                ResourceWarning,
                stacklevel=2,
                source=self,
            )
        if background is not None and self.process == os.getpid():
            # Collected in whatever thread, also in that of the loop: nobody waits for it.
            leaving.run_later(self.fs.loop, background.abort())

    # -- as an object ------------------------------------------------------------------------------------------------

    def __hash__(self) -> int:
        """Of what is read: files of the same content are equal."""
        return super().__hash__() if self.mode == "rb" else id(self)

    def __reduce__(self) -> Any:
        """As it was opened, at the same place of the same content. Raises ``RuntimeError`` for a file that is written."""
        if self.mode != "rb":
            raise RuntimeError(
                f"{self.path} is open for writing: such a file belongs to the process that opened it"
            )
        options = {
            "block_size": self.blocksize,
            "version_id": self.version_id,
            "fill_cache": self.fill_cache,
            "s3_additional_kwargs": self.s3_additional_kwargs,
            "cache_type": "none" if self.cache is None else self.cache.name,
            "requester_pays": bool(self.req_kw),
            "size": self.size,
        }
        details = None if self._has_own_size else self.details
        return _reopened, (self.fs, self.path, options, self.loc, details)

    # -- as of the filesystem ----------------------------------------------------------------------------------------

    def metadata(self, refresh: bool = False, **kwargs: Any) -> dict[str, str]:
        """:meth:`sotalia.fs.S3FileSystem.metadata` of the object."""
        metadata: dict[str, str] = self.fs.metadata(self.path, refresh, **kwargs)
        return metadata

    def getxattr(self, xattr_name: str, **kwargs: Any) -> str | None:
        """:meth:`sotalia.fs.S3FileSystem.getxattr` of the object."""
        value: str | None = self.fs.getxattr(self.path, xattr_name, **kwargs)
        return value

    def setxattr(self, copy_kwargs: dict[str, Any] | None = None, **kwargs: str | None) -> None:
        """:meth:`sotalia.fs.S3FileSystem.setxattr` of the object. Raises ``NotImplementedError`` while it is written."""
        if self.writable():
            raise NotImplementedError("cannot update metadata while file is open for writing: close it first")
        self.fs.setxattr(self.path, copy_kwargs=copy_kwargs, **kwargs)

    def url(self, **kwargs: Any) -> str:
        """:meth:`sotalia.fs.S3FileSystem.url` of the object."""
        url: str = self.fs.url(self.path, **kwargs)
        return url


def _reopened(
    fs: S3FileSystem, path: str, options: dict[str, Any], position: int, details: dict[str, Any] | None
) -> S3File:
    file = S3File(fs, path, "rb", **options)
    if details is not None:
        file.details = details
        file._has_own_size = False
    file.seek(position)
    return file
