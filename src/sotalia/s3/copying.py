"""Copies within S3 on asynchronous clients: one CopyObject below the threshold, else part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.s3 import arguments
from sotalia.s3.config import TransferConfig
from sotalia.s3.parts import Progress, part_size, ranges, run_bounded
from sotalia.s3.upload import Abort, completed_part, in_order
from sotalia.useragent import features

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine


async def copy_object(
    client: Any,
    source: dict[str, Any],
    bucket: str,
    key: str,
    extra: Any,
    callback: Any,
    source_client: Any,
    config: Any,
) -> None:
    """Copy an object. Raises ``TypeError`` for a source that is no dictionary, ``ValueError`` for bad arguments."""
    extra = arguments.checked(extra, arguments.ALLOWED_COPY_ARGS, bucket)
    if not isinstance(source, dict):
        raise TypeError(
            f'Expecting dictionary formatted: {{"Bucket": bucket_name, "Key": key}} but got {source} or type {type(source)}.'
        )
    config = config or TransferConfig()
    with features.used("S3_TRANSFER"):
        copying = _Copy(client, source_client or client, source, {"Bucket": bucket, "Key": key}, extra)
        await copying.run(Progress(callback), config)


class _Copy:
    """One copy: where from, where to, with which arguments."""

    def __init__(
        self,
        client: Any,
        source_client: Any,
        source: dict[str, Any],
        place: dict[str, Any],
        extra: dict[str, Any],
    ) -> None:
        self._client = client
        self._source_client = source_client
        self._source = source
        self._place = place
        self._extra = extra

    async def run(self, progress: Progress, config: Any) -> None:
        mapped = {
            arguments.HEAD_OF_SOURCE[name]: value
            for name, value in self._extra.items()
            if name in arguments.HEAD_OF_SOURCE
        }
        head = await self._source_client.head_object(**self._source, **mapped)
        size = head["ContentLength"]
        if size < config.multipart_threshold:
            await self._client.copy_object(CopySource=self._source, **self._place, **self._extra)
            await progress.add(size)
            return
        if self._extra.get("AnnotationDirective") == "COPY":
            raise ValueError(
                "AnnotationDirective='COPY' is not supported for copies in parts on asynchronous clients: copy the "
                "annotations yourself, or raise multipart_threshold above the size of the object"
            )
        await self._in_parts(head, progress, config)
        await self._tag()

    async def _in_parts(self, head: dict[str, Any], progress: Progress, config: Any) -> None:
        created = await self._client.create_multipart_upload(
            **self._place, **arguments.without(self._kept(head), arguments.NOT_FOR_CREATE_COPY)
        )
        upload = {**self._place, "UploadId": created["UploadId"]}
        async with Abort(self._client, upload):
            jobs = self._parts(upload, head, progress, config)
            parts = await run_bounded(jobs, config.max_request_concurrency)
            completed = await self._client.complete_multipart_upload(
                **upload,
                MultipartUpload={"Parts": in_order(parts)},
                **arguments.only(self._extra, arguments.COMPLETE_COPY),
            )
        self._version = {"VersionId": completed["VersionId"]} if completed.get("VersionId") else {}

    def _kept(self, head: dict[str, Any]) -> dict[str, Any]:
        """The arguments, with what is taken over from the source: parts bring nothing but their bytes."""
        if self._extra.get("MetadataDirective") == "REPLACE":
            return self._extra
        kept = arguments.only(head, arguments.PRESERVED)
        return {**arguments.without(self._extra, arguments.PRESERVED), **kept}

    async def _parts(
        self, upload: dict[str, Any], head: dict[str, Any], progress: Progress, config: Any
    ) -> AsyncGenerator[Coroutine[Any, Any, dict[str, Any]], None]:
        extra = arguments.only(self._extra, arguments.COPY_PART)
        if head.get("ETag") is not None:
            extra["CopySourceIfMatch"] = head["ETag"]
        size = head["ContentLength"]
        for number, first, last in ranges(size, part_size(config.multipart_chunksize, size)):
            wanted = {**upload, **extra, "PartNumber": number, "CopySourceRange": f"bytes={first}-{last}"}
            yield self._part(wanted, last + 1 - first, progress)

    async def _part(self, wanted: dict[str, Any], size: int, progress: Progress) -> dict[str, Any]:
        try:
            answer = await self._client.upload_part_copy(CopySource=self._source, **wanted)
        except exceptions.ClientError as error:
            if error.response.get("Error", {}).get("Code") != "PreconditionFailed":
                raise
            raise exceptions.S3CopyFailedError(
                f'Contents of stored object "{self._source["Key"]}" did not match expected ETag: it was replaced during '
                "the copy; copy it again"
            ) from error
        await progress.add(size)
        algorithm = self._extra.get("ChecksumAlgorithm")
        return completed_part(wanted["PartNumber"], answer["CopyPartResult"], algorithm)

    async def _tag(self) -> None:
        """Tags are no part of an upload in parts: copy the source's, or set the caller's, where it was asked for."""
        directive = self._extra.get("TaggingDirective")
        if directive == "COPY":
            owner = arguments.only(self._extra, arguments.TAGGING_OWNER)
            answer = await self._source_client.get_object_tagging(**self._source, **owner)
            tags = answer.get("TagSet", [])
        elif directive == "REPLACE":
            from urllib.parse import parse_qsl

            written = parse_qsl(self._extra.get("Tagging", ""), keep_blank_values=True)
            tags = [{"Key": key, "Value": value} for key, value in written]
        else:
            return
        if tags:
            extra = arguments.only(self._extra, [*arguments.TAGGING_OWNER, "ChecksumAlgorithm"])
            await self._client.put_object_tagging(
                **self._place, **self._version, Tagging={"TagSet": tags}, **extra
            )
