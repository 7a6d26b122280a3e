"""Copies within S3: one CopyObject below the threshold, else part by part, with what parts do not bring themselves."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.runtime import groups, resolved
from sotalia.runtime.features import features
from sotalia.s3 import arguments
from sotalia.s3.config import TransferConfig
from sotalia.s3.pace import Pace
from sotalia.s3.parts import (
    COMPLETED,
    Abort,
    at_once,
    check_result,
    completed_part,
    count_of,
    in_order,
    needed,
    part_size,
    ranges,
)
from sotalia.s3.workers import in_parallel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine
    from typing import Any

    from sotalia.clients.base import BaseClient


async def copy_object(
    client: BaseClient,
    source: dict[str, Any],
    bucket: str,
    key: str,
    extra: dict[str, Any] | None,
    callback: Callable[[int], Any] | None,
    source_client: Any,
    config: TransferConfig | None,
) -> None:
    """Copy an object. Raises ``TypeError`` for a source that is no dictionary, ``ValueError`` for bad arguments."""
    extra = arguments.checked(extra, arguments.ALLOWED_COPY_ARGS, bucket)
    if not isinstance(source, dict):
        raise TypeError(
            f'Expecting dictionary formatted: {{"Bucket": bucket_name, "Key": key}} but got {source} or type {type(source)}.'
        )
    arguments.checked(None, [], source.get("Bucket"))
    _warn_of_arguments_without_directive(extra)
    config = config or TransferConfig()
    group = groups.begin("transfer", "copy s3://{}/{}", bucket, key)
    with features.used("S3_TRANSFER"), group.within():
        copying = _Copy(client, source_client or client, source, {"Bucket": bucket, "Key": key}, extra)
        await copying.run(callback, config)


def _warn_of_arguments_without_directive(extra: dict[str, Any]) -> None:
    for name, directive in (("Metadata", "MetadataDirective"), ("Tagging", "TaggingDirective")):
        if extra.get(name) and extra.get(directive) is None:
            import logging

            logging.getLogger(__name__).warning(
                "%s of the copy will be the source's: pass %s='REPLACE' to have what was given",
                name,
                directive,
            )


class _Copy:
    """One copy: where from, where to, with which arguments."""

    def __init__(
        self,
        client: BaseClient,
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
        # Of the copy, once it is there.
        self._completed: dict[str, Any] = {}

    async def run(self, callback: Callable[[int], Any] | None, config: TransferConfig) -> None:
        """Copy it, in the way its size asks for."""
        pace = Pace(self._client.meta.runtime, callback, None)
        mapped = {
            arguments.HEAD_OF_SOURCE[name]: value
            for name, value in self._extra.items()
            if name in arguments.HEAD_OF_SOURCE
        }
        head = await resolved(self._source_client.head_object(**self._source, **mapped))
        size: int | None = head.get("ContentLength")
        if size is None:
            raise exceptions.S3CopyFailedError(
                f"S3 does not say how large {self._source['Key']!r} is: HeadObject has no ContentLength"
            )
        if size < config.multipart_threshold:
            copied = await resolved(
                self._client.copy_object(CopySource=self._source, **self._place, **self._extra)
            )
            check_result(copied, ("CopyObjectResult",), "CopyObject")
            await pace.add(size)
        else:
            await self._in_parts(head, pace, config)
            await self._tag()
            await self._annotate()
        await pace.finish()

    async def _in_parts(self, head: dict[str, Any], pace: Pace, config: TransferConfig) -> None:
        created = await resolved(
            self._client.create_multipart_upload(
                **self._place, **arguments.without(self._kept(head), arguments.NOT_FOR_CREATE_COPY)
            )
        )
        upload = {**self._place, "UploadId": needed(created, "UploadId", "CreateMultipartUpload")}
        size = head["ContentLength"]
        step = part_size(config.multipart_chunksize, size)
        async with Abort(self._client, upload):
            jobs = self._parts(upload, head, pace, step)
            limit = at_once(config, count_of(size, step))
            parts = await in_parallel(self._client.meta.runtime, jobs, limit, pace.stop)
            self._completed = await resolved(
                self._client.complete_multipart_upload(
                    **upload,
                    MultipartUpload={"Parts": in_order(parts)},
                    **arguments.only(self._extra, arguments.COMPLETE_COPY),
                )
            )
            check_result(self._completed, COMPLETED, "CompleteMultipartUpload")

    def _kept(self, head: dict[str, Any]) -> dict[str, Any]:
        """The arguments, with what is taken over from the source: parts bring nothing but their bytes."""
        if self._extra.get("MetadataDirective") == "REPLACE":
            return self._extra
        kept = arguments.only(head, arguments.PRESERVED)
        return {**arguments.without(self._extra, arguments.PRESERVED), **kept}

    async def _parts(
        self, upload: dict[str, Any], head: dict[str, Any], pace: Pace, step: int
    ) -> AsyncGenerator[Coroutine[Any, Any, dict[str, Any]], None]:
        extra = arguments.only(self._extra, arguments.COPY_PART)
        if head.get("ETag") is not None:
            extra["CopySourceIfMatch"] = head["ETag"]
        for number, first, last in ranges(head["ContentLength"], step):
            wanted = {**upload, **extra, "PartNumber": number, "CopySourceRange": f"bytes={first}-{last}"}
            yield self._part(wanted, last + 1 - first, pace)

    async def _part(self, wanted: dict[str, Any], size: int, pace: Pace) -> dict[str, Any]:
        try:
            answer = await resolved(self._client.upload_part_copy(CopySource=self._source, **wanted))
        except exceptions.ClientError as error:
            if error.response.get("Error", {}).get("Code") != "PreconditionFailed":
                raise
            raise exceptions.S3CopyFailedError(
                f'Contents of stored object "{self._source["Key"]}" did not match expected ETag: it was replaced during '
                "the copy; copy it again"
            ) from error
        await pace.add(size)
        algorithm = self._extra.get("ChecksumAlgorithm")
        return completed_part(wanted["PartNumber"], answer.get("CopyPartResult") or {}, algorithm)

    # -- what parts do not bring -------------------------------------------------------------------------------------

    def _version(self) -> dict[str, Any]:
        return arguments.only(self._completed, ["VersionId"])

    async def _tag(self) -> None:
        """Copy the source's tags, or set the caller's, where it was asked for."""
        directive = self._extra.get("TaggingDirective")
        if directive == "COPY":
            answer = await resolved(
                self._source_client.get_object_tagging(
                    **self._source, **arguments.only(self._extra, arguments.OWNER)
                )
            )
            tags = answer.get("TagSet", [])
        elif directive == "REPLACE":
            from urllib.parse import parse_qsl

            written = parse_qsl(self._extra.get("Tagging", ""), keep_blank_values=True)
            tags = [{"Key": key, "Value": value} for key, value in written]
        else:
            return
        if tags:
            extra = arguments.only(self._extra, [*arguments.OWNER, "ChecksumAlgorithm"])
            await resolved(
                self._client.put_object_tagging(
                    **self._place, **self._version(), Tagging={"TagSet": tags}, **extra
                )
            )

    async def _annotate(self) -> None:
        """Copy the source's annotations where it was asked for. Raises ``S3CopyFailedError`` that names those that failed."""
        if self._extra.get("AnnotationDirective") != "COPY":
            return
        owner = arguments.only(self._extra, arguments.OWNER)
        failed: dict[str, Exception] = {}
        for name in await self._annotations(owner):
            found = await resolved(
                self._source_client.get_object_annotation(**self._source, **owner, AnnotationName=name)
            )
            payload = await resolved(found["AnnotationPayload"].read())
            try:
                await self._put_annotation(name, payload)
            except Exception as error:
                failed[name] = error
        if failed:
            raise exceptions.S3CopyFailedError(
                f"Failed to copy annotations to s3://{self._place['Bucket']}/{self._place['Key']}: {failed}; "
                "the object itself was copied"
            )

    async def _annotations(self, owner: dict[str, Any]) -> list[str]:
        """The names of the source's annotations, of all pages."""
        names: list[str] = []
        more: dict[str, Any] = {}
        while True:
            page = await resolved(
                self._source_client.list_object_annotations(**self._source, **owner, **more)
            )
            names += [annotation["AnnotationName"] for annotation in page.get("Annotations", [])]
            token = page.get("NextContinuationToken")
            if not token or token == more.get("ContinuationToken"):
                return names
            more = {"ContinuationToken": token}

    async def _put_annotation(self, name: str, payload: bytes) -> None:
        etag = self._completed.get("ETag")
        await resolved(
            self._client.put_object_annotation(
                **self._place,
                **self._version(),
                **({"ObjectIfMatch": etag} if etag else {}),
                **arguments.only(self._extra, [*arguments.OWNER, "ChecksumAlgorithm"]),
                AnnotationName=name,
                AnnotationPayload=payload,
            )
        )
