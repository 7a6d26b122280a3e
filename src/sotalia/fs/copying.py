"""Objects copied within S3, without their bytes coming here: ``cp_file``, ``merge``."""

from __future__ import annotations

import errno

from fsspec.asyn import sync_wrapper

from sotalia import exceptions
from sotalia.fs.errors import caused, translating
from sotalia.fs.listing import S3Listing
from sotalia.fs.writing import LARGEST_PART, LEAST_PART, Upload
from sotalia.s3.arguments import ALLOWED_COPY_ARGS, only
from sotalia.s3.config import TransferConfig
from sotalia.s3.copying import copy_object
from sotalia.s3.workers import Stop, in_parallel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine
    from typing import Any

    from sotalia.s3.parts import Part

_COPIED_PART = 64 * 2**20


class S3Copying(S3Listing):
    """Copies, in parts when they are large, and objects made of others."""

    #: Up to here by one CopyObject, which takes S3 longer the larger the object is; S3's own limit is 5 GB.
    managed_copy_threshold = 150 * 2**20

    async def _cp_file(
        self,
        path1: str,
        path2: str,
        preserve_etag: bool | None = None,
        passes_over_folders: bool = False,
        **kwargs: Any,
    ) -> None:
        """Copy an object, with its metadata. Large ones are copied in parts.

        ``preserve_etag``: in parts of the very sizes that the source was uploaded in, so that the copy has its ETag. Raises
        ``ValueError`` for a version to copy to.
        """
        path1 = self._strip_protocol(path1)
        bucket, key, version = self.split_path(path1)
        info = await self._info(path1, bucket, key, version_id=version)
        parts = info.get("ETag", "").strip('"').partition("-")[2]
        if info["type"] == "directory":
            if passes_over_folders:
                return
            raise FileNotFoundError(
                errno.ENOENT, "no object but a folder: copy it with recursive=True", path1
            )
        if preserve_etag and parts.isdecimal():
            await self._copy_etag_preserved(path1, path2, info["size"], int(parts), **kwargs)
        elif info["size"] <= self.managed_copy_threshold:
            await self._copy_basic(path1, path2, **kwargs)
        else:
            await self._copy_managed(path1, path2, info["size"], **kwargs)

    async def _copy(self, path1: Any, path2: Any, recursive: bool = False, **kwargs: Any) -> None:
        """Copy objects; with ``recursive`` folders too, which are copied with the objects in them, and need no copy."""
        await super()._copy(path1, path2, recursive=recursive, passes_over_folders=recursive, **kwargs)

    def _places(self, path1: str, path2: str) -> tuple[dict[str, str], dict[str, str]]:
        """Source and target as parameters."""
        bucket, key, version = self.split_path(path2)
        if version:
            raise ValueError(f"a version of an object cannot be written: copy to {bucket}/{key}")
        return self._source(path1), {"Bucket": bucket, "Key": key}

    def _source(self, path: str) -> dict[str, str]:
        bucket, key, version = self.split_path(path)
        return {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}

    async def _copy_basic(self, path1: str, path2: str, **kwargs: Any) -> None:
        source, target = self._places(path1, path2)
        try:
            await self._call_s3("copy_object", kwargs, **target, CopySource=source)
        except exceptions.ParamValidationError as error:
            raise caused(ValueError(f"Copy failed ({path1!r} -> {path2!r}): {error}"), error) from error
        self.invalidate_cache(path2)

    async def _copy_managed(
        self, path1: str, path2: str, size: int, block: int = _COPIED_PART, **kwargs: Any
    ) -> None:
        """In parts of ``block`` bytes, 5 MiB to 5 GiB, ``max_concurrency`` at once; metadata are the source's."""
        if not LEAST_PART <= block <= LARGEST_PART:
            raise ValueError(f"Copy block size must be 5MB<=block<=5GB, not {block}")
        source, target = self._places(path1, path2)
        extra = only({**self.s3_additional_kwargs, **self.req_kw, **kwargs}, [*ALLOWED_COPY_ARGS])
        config = TransferConfig(
            multipart_threshold=1, multipart_chunksize=block, max_concurrency=self.max_concurrency
        )
        client = self._client()
        with translating():
            await copy_object(client, source, target["Bucket"], target["Key"], extra, None, client, config)
        self.invalidate_cache(path2)

    async def _copy_etag_preserved(
        self, path1: str, path2: str, size: int, total_parts: int, **kwargs: Any
    ) -> None:
        """In the parts that the source was uploaded in: HeadObject tells the size of each."""
        source, target = self._places(path1, path2)
        head = await self._call_s3("head_object", kwargs, **source)
        upload = Upload(self, target["Bucket"], target["Key"], {**_metadata(head), **kwargs})
        same = {"CopySourceIfMatch": head["ETag"]}

        async def size_of(number: int) -> tuple[int, int]:
            part = await self._call_s3("head_object", kwargs, **source, PartNumber=number)
            return number, part["ContentLength"]

        async def sizes() -> AsyncGenerator[Coroutine[Any, Any, tuple[int, int]], None]:
            for number in range(1, total_parts + 1):
                yield size_of(number)

        runtime = self._client().meta.runtime
        found = dict(await in_parallel(runtime, sizes(), self.max_concurrency, Stop()))

        async def jobs() -> AsyncGenerator[Coroutine[Any, Any, Part], None]:
            start = 0
            for number in range(1, total_parts + 1):
                end = min(start + found[number], size)
                yield upload.copy(
                    number, CopySource=source, CopySourceRange=f"bytes={start}-{end - 1}", **same
                )
                start = end

        await self._assemble(upload, jobs())
        self.invalidate_cache(path2)

    async def _merge(self, path: str, filelist: list[str], **kwargs: Any) -> None:
        """Make one object of others, in their order, which stay there. All but the last need 5 MiB at least."""
        bucket, key, version = self.split_path(path)
        if version:
            raise ValueError("Cannot write to an explicit versioned file!")
        upload = Upload(self, bucket, key, kwargs)

        async def jobs() -> AsyncGenerator[Coroutine[Any, Any, Part], None]:
            for number, source in enumerate(filelist, 1):
                yield upload.copy(number, CopySource=self._source(source))

        await self._assemble(upload, jobs())
        self.invalidate_cache(path)

    merge = sync_wrapper(_merge)

    async def _assemble(self, upload: Upload, jobs: AsyncGenerator[Coroutine[Any, Any, Part], None]) -> None:
        with translating():
            await upload.begin()
            async with upload.aborting():
                runtime = self._client().meta.runtime
                parts = await in_parallel(runtime, jobs, self.max_concurrency, Stop())
                await upload.complete(parts)


# What an upload in parts does not take over from the source by itself.
_METADATA = (
    "CacheControl ContentDisposition ContentEncoding ContentLanguage ContentType Expires Metadata StorageClass"
).split()


def _metadata(head: dict[str, Any]) -> dict[str, Any]:
    return only(head, _METADATA)
