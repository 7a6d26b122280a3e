"""Objects written: in one request, or in parts that are uploaded at once. What fails leaves no object and no upload."""

from __future__ import annotations

import math
import mimetypes
import os

from fsspec.asyn import sync_wrapper
from fsspec.callbacks import DEFAULT_CALLBACK

from sotalia.fs.buckets import S3Buckets
from sotalia.fs.calls import S3Calls
from sotalia.fs.errors import translating
from sotalia.s3.arguments import FULL_CHECKSUMS
from sotalia.s3.files import Memory, NamedFile, is_special, off_loop
from sotalia.s3.parts import COMPLETED, Abort, check_result, completed_part, in_order, needed, ranges
from sotalia.s3.workers import Stop, in_parallel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine
    from typing import Any

    from fsspec.callbacks import Callback

    from sotalia.s3.files import Content
    from sotalia.s3.parts import Part

# See "Amazon S3 multipart upload limits" in the Amazon S3 User Guide.
MAX_UPLOAD_PARTS = 10_000
LEAST_PART = 5 * 2**20
LARGEST_PART = 5 * 2**30
#: Parts of what is uploaded from memory or from a file, unless the caller names a size or S3's limits ask for more.
PART = 16 * 2**20
# Arguments about the body of one request, which mean nothing for its parts.
_OF_WHOLE = {"ContentLength", "ContentMD5", *FULL_CHECKSUMS}
_SLOW = 2**20


def calculate_chunksize(
    filesize: int, chunksize: int | None = None, max_parts: int = MAX_UPLOAD_PARTS
) -> int:
    """The size of the parts of a file: 50 MiB as in s3fs, or more where it would have too many of them."""
    if chunksize is not None:
        return chunksize
    usual = 50 * 2**20
    return usual if math.ceil(filesize / usual) <= max_parts else math.ceil(filesize / max_parts)


class Upload:
    """One upload in parts: ``begin``, ``send`` each part, ``complete``.

    ``parameters`` are those of the caller; each of the calls gets what it knows of them.
    """

    def __init__(self, fs: S3Calls, bucket: str, key: str, parameters: dict[str, Any]) -> None:
        self.place = {"Bucket": bucket, "Key": key}
        self.upload_id: str | None = None
        self._fs = fs
        self._parameters = {name: value for name, value in parameters.items() if name not in _OF_WHOLE}

    async def begin(self) -> None:
        """Create the upload."""
        response = await self._fs._call_s3("create_multipart_upload", self._parameters, **self.place)
        self.upload_id = needed(response, "UploadId", "CreateMultipartUpload")

    async def send(self, number: int, data: Any) -> Part:
        """Upload a part; what the completion has to know of it."""
        return self._completed(
            number,
            await self._fs._call_s3(
                "upload_part", self._parameters, **self._named(), PartNumber=number, Body=data
            ),
        )

    async def copy(self, number: int, **source: Any) -> Part:
        """Copy a part from an object, ``CopySource=...``, perhaps with ``CopySourceRange``."""
        response = await self._fs._call_s3(
            "upload_part_copy", self._parameters, **self._named(), PartNumber=number, **source
        )
        return self._completed(number, response.get("CopyPartResult") or {})

    def _completed(self, number: int, response: dict[str, Any]) -> Part:
        algorithm = self._fs._get_s3_method_kwargs("create_multipart_upload", self._parameters).get(
            "ChecksumAlgorithm"
        )
        return completed_part(number, response, algorithm)

    async def complete(self, parts: list[Part], **conditions: Any) -> dict[str, Any]:
        """Make the object of the parts."""
        response: dict[str, Any] = await self._fs._call_s3(
            "complete_multipart_upload",
            self._parameters,
            **self._named(),
            MultipartUpload={"Parts": in_order(parts)},
            **conditions,
        )
        check_result(response, COMPLETED, "CompleteMultipartUpload")
        return response

    async def abort(self) -> None:
        """Have S3 forget the parts. One that S3 does not know any more is no error."""
        if self.upload_id is not None:
            try:
                await self._fs._call_s3("abort_multipart_upload", self._parameters, **self._named())
            except FileNotFoundError:
                pass

    def aborting(self) -> Abort:
        """``async with`` that aborts the upload when its body fails or is cancelled."""
        return Abort(
            self._fs._client(),
            self._fs._get_s3_method_kwargs("abort_multipart_upload", self._parameters, **self._named()),
        )

    def _named(self) -> dict[str, Any]:
        return {**self.place, "UploadId": self.upload_id}


class S3Writing(S3Buckets):
    """``pipe_file``, ``put_file``, ``touch``."""

    async def _pipe_file(
        self,
        path: str,
        value: Any = b"",
        chunksize: int | None = None,
        max_concurrency: int | None = None,
        mode: str = "overwrite",
        data: Any = None,
        **kwargs: Any,
    ) -> dict[str, Any] | None:
        """Write bytes to an object. ``mode="create"``: only where there is none yet, else ``FileExistsError``."""
        content = value if data is None else data
        if not isinstance(content, bytes):
            content = memoryview(content).cast("B")
        result = await self._store(
            path, Memory(content), len(content), chunksize, max_concurrency, mode, kwargs, DEFAULT_CALLBACK
        )
        self.invalidate_cache(path)
        return result

    async def _put_file(
        self,
        lpath: str,
        rpath: str,
        callback: Callback = DEFAULT_CALLBACK,
        chunksize: int | None = None,
        max_concurrency: int | None = None,
        mode: str = "overwrite",
        **kwargs: Any,
    ) -> None:
        """Upload a file; a folder makes a bucket where ``rpath`` is one, and nothing else.

        ``ContentType`` is guessed from the name. ``mode``: see ``pipe_file``.
        """
        if is_folder(lpath):
            if not self.split_path(rpath)[1]:
                await self._makedirs(rpath, exist_ok=True)
            return
        if "ContentType" not in kwargs:
            content_type, _ = mimetypes.guess_type(lpath)
            if content_type is not None:
                kwargs["ContentType"] = content_type
        if is_special(lpath):
            data = await off_loop(True, _all_of, lpath)
            callback.set_size(len(data))
            await self._store(
                rpath, Memory(data), len(data), chunksize, max_concurrency, mode, kwargs, callback
            )
        else:
            file = NamedFile(lpath, "rb")
            try:
                callback.set_size(file.size)
                await self._store(rpath, file, file.size, chunksize, max_concurrency, mode, kwargs, callback)
            finally:
                file.close()
        self.invalidate_cache(rpath)

    async def _store(
        self,
        path: str,
        content: Content,
        size: int,
        chunksize: int | None,
        max_concurrency: int | None,
        mode: str,
        parameters: dict[str, Any],
        callback: Callback,
    ) -> dict[str, Any]:
        bucket, key, version = self.split_path(path)
        if version:
            raise ValueError(f"a version of an object cannot be written: write to {bucket}/{key}")
        if not key:
            raise ValueError(f"{path!r} names a bucket: an object needs a name behind it")
        conditions = {"IfNoneMatch": "*"} if mode == "create" else {}
        step = chunksize or max(PART, math.ceil(size / MAX_UPLOAD_PARTS))
        if size < min(LARGEST_PART, 2 * step):
            data = await off_loop(_is_slow(content, size), _read_at, content, 0, size)
            response: dict[str, Any] = await self._call_s3(
                "put_object", parameters, Bucket=bucket, Key=key, Body=data, **conditions
            )
            callback.relative_update(size)
            return response
        upload = Upload(self, bucket, key, {**parameters, **conditions})
        limit = max_concurrency or self.max_concurrency
        if limit < 1:
            raise ValueError("max_concurrency must be >= 1")
        return await self._store_in_parts(upload, content, size, step, limit, callback)

    async def _store_in_parts(
        self, upload: Upload, content: Content, size: int, step: int, limit: int, callback: Callback
    ) -> dict[str, Any]:
        async def send(number: int, first: int, amount: int) -> Part:
            async with self._slots():
                data = await off_loop(_is_slow(content, amount), _read_at, content, first, amount)
                part = await upload.send(number, data)
            callback.relative_update(amount)
            return part

        async def jobs() -> AsyncGenerator[Coroutine[Any, Any, Part], None]:
            for number, first, last in ranges(size, step):
                yield send(number, first, last + 1 - first)

        with translating():
            await upload.begin()
            async with upload.aborting():
                parts = await in_parallel(self._client().meta.runtime, jobs(), limit, Stop())
                return await upload.complete(parts)

    async def _touch(
        self, path: str, truncate: bool = True, data: Any = None, **kwargs: Any
    ) -> dict[str, Any]:
        """Write an empty object, over what is there. Raises ``ValueError`` for ``truncate=False`` where there is one."""
        bucket, key, version = self.split_path(path)
        if version:
            raise ValueError("S3 does not support touching existing versions of files")
        if not truncate and await self._exists(path):
            raise ValueError("S3 does not support touching existent files")
        response: dict[str, Any] = await self._call_s3("put_object", kwargs, Bucket=bucket, Key=key)
        self.invalidate_cache(self._parent(path))
        return response

    touch = sync_wrapper(_touch)


def is_folder(path: str) -> bool:
    """Whether a path of this machine is a folder."""
    return os.path.isdir(path)


def _all_of(path: str) -> bytes:
    """What a pipe or device gives."""
    with open(path, "rb") as stream:
        return stream.read()


def _is_slow(content: Content, amount: int) -> bool:
    return amount > _SLOW and not isinstance(content, Memory)


def _read_at(content: Content, offset: int, amount: int) -> bytes:
    """Bytes of a file. Raises ``OSError`` for one that has become shorter."""
    data = content.read_at(offset, amount)
    if len(data) < amount:
        raise OSError(
            f"the file became shorter while it was uploaded: {offset + len(data)} bytes, of {offset + amount} at least"
        )
    return data
