"""Uploads on asynchronous clients.

A file below the threshold goes up in one call. A larger one is read part by part, and as many parts as
``max_concurrency`` says are in flight, and in memory, at once. When anything fails the upload is aborted, so that S3 does
not keep, and bill, its parts.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.checksums.request import DEFAULT_ALGORITHM
from sotalia.runtime import resolved
from sotalia.s3 import arguments
from sotalia.s3.config import TransferConfig
from sotalia.s3.parts import Progress, part_size, run_bounded
from sotalia.s3.transfer import path_of
from sotalia.transport.messages import body_length, is_read_asynchronously
from sotalia.useragent import features

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

    Part = dict[str, Any]


async def upload_file(
    client: Any, filename: Any, bucket: str, key: str, extra: Any, callback: Any, config: Any
) -> None:
    """Upload a file by name. Raises ``S3UploadFailedError`` for what the service answers with an error."""
    import asyncio

    path = path_of(filename)
    file = await asyncio.to_thread(open, path, "rb")
    try:
        await upload_fileobj(client, file, bucket, key, extra, callback, config)
    except exceptions.ClientError as error:
        raise exceptions.S3UploadFailedError(f"Failed to upload {path} to {bucket}/{key}: {error}") from error
    finally:
        file.close()


async def upload_fileobj(
    client: Any, fileobj: Any, bucket: str, key: str, extra: Any, callback: Any, config: Any
) -> None:
    """Upload from an open file, whose ``read`` may be ``async def``, from where it stands."""
    with features.used("S3_TRANSFER"):
        upload = _Upload(client, bucket, key, arguments.checked(extra, arguments.ALLOWED_UPLOAD_ARGS, bucket))
        await upload.run(_Reader(fileobj), Progress(callback), config or TransferConfig())


class _Reader:
    """Reads a file in pieces of exact size; real files in a thread, as disks may be slow."""

    def __init__(self, fileobj: Any) -> None:
        self.fileobj = fileobj
        self._in_thread = _is_real_file(fileobj)
        self._first = b""

    def give_back(self, data: bytes) -> None:
        """Have this read again first."""
        self._first = data

    async def read(self, amount: int) -> bytes:
        """``amount`` bytes, fewer only at the end."""
        data, self._first = self._first[:amount], self._first[amount:]
        parts, size = [data], len(data)
        while size < amount:
            piece = await self._piece(amount - size)
            if not piece:
                break
            parts.append(piece)
            size += len(piece)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def _piece(self, amount: int) -> bytes:
        if self._in_thread:
            import asyncio

            found: bytes = await asyncio.to_thread(self.fileobj.read, amount)
            return found
        return await resolved(self.fileobj.read(amount))


def _is_real_file(fileobj: Any) -> bool:
    return isinstance(fileobj, io.BufferedIOBase | io.RawIOBase) and not isinstance(fileobj, io.BytesIO)


class _Upload:
    """One upload: where to, and with which arguments."""

    def __init__(self, client: Any, bucket: str, key: str, extra: dict[str, Any]) -> None:
        self._client = client
        self._place = {"Bucket": bucket, "Key": key}
        has_checksum = any(name in extra for name in arguments.FULL_CHECKSUMS)
        if not has_checksum and client.meta.config.request_checksum_calculation == "when_supported":
            extra.setdefault("ChecksumAlgorithm", DEFAULT_ALGORITHM)
        self._extra = extra

    async def run(self, reader: _Reader, progress: Progress, config: Any) -> None:
        threshold = config.multipart_threshold
        size = None if is_read_asynchronously(reader.fileobj) else body_length(reader.fileobj)
        body: Any = reader.fileobj
        if size is None:
            # Nobody knows how long it is: what is below the threshold can be held.
            body = await reader.read(threshold)
            reader.give_back(body)
            size = len(body) if len(body) < threshold else None
        if size is not None and size < threshold:
            extra = arguments.without(self._extra, arguments.NOT_FOR_PUT)
            await self._client.put_object(**self._place, Body=body, **extra)
            await progress.add(size)
        else:
            chunk_size = part_size(config.multipart_chunksize, size)
            await self._in_parts(reader, progress, chunk_size, config.max_request_concurrency)

    async def _in_parts(self, reader: _Reader, progress: Progress, chunk_size: int, limit: int) -> None:
        for name in arguments.FULL_CHECKSUMS:
            if name in self._extra:
                # The checksum is one of the whole object; parts must be checked in the same way.
                self._extra["ChecksumType"] = "FULL_OBJECT"
                self._extra["ChecksumAlgorithm"] = name.removeprefix("Checksum")
        created = await self._client.create_multipart_upload(
            **self._place, **arguments.without(self._extra, arguments.NOT_FOR_CREATE)
        )
        upload = {**self._place, "UploadId": created["UploadId"]}
        async with Abort(self._client, upload):
            parts = await run_bounded(self._parts(upload, reader, progress, chunk_size), limit)
            await self._client.complete_multipart_upload(
                **upload,
                MultipartUpload={"Parts": in_order(parts)},
                **arguments.only(self._extra, arguments.COMPLETE_UPLOAD),
            )

    async def _parts(
        self, upload: dict[str, Any], reader: _Reader, progress: Progress, chunk_size: int
    ) -> AsyncGenerator[Coroutine[Any, Any, Part], None]:
        number = 0
        while data := await reader.read(chunk_size):
            number += 1
            yield self._part(upload, number, data, progress)

    async def _part(self, upload: dict[str, Any], number: int, data: bytes, progress: Progress) -> Part:
        extra = arguments.only(self._extra, arguments.UPLOAD_PART)
        answer = await self._client.upload_part(**upload, PartNumber=number, Body=data, **extra)
        await progress.add(len(data))
        return completed_part(number, answer, extra.get("ChecksumAlgorithm"))


def completed_part(number: int, answer: dict[str, Any], algorithm: str | None) -> Part:
    """What the completion of an upload must know about a part."""
    part = {"PartNumber": number, "ETag": answer["ETag"]}
    checksum = f"Checksum{algorithm.upper()}" if algorithm else ""
    if checksum in answer:
        part[checksum] = answer[checksum]
    return part


def in_order(parts: list[Part]) -> list[Part]:
    """Parts by number, as S3 wants them."""
    return sorted(parts, key=lambda part: part["PartNumber"])


class Abort:
    """Aborts an upload in parts when the body of ``async with`` fails or is cancelled."""

    def __init__(self, client: Any, upload: dict[str, Any]) -> None:
        self._client = client
        self._upload = upload

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None:
            return
        try:
            await self._client.abort_multipart_upload(**self._upload)
        except Exception:
            # What went wrong first is what the caller must hear of.
            import logging

            logging.getLogger(__name__).warning(
                "the upload %s could not be aborted; S3 keeps its parts until a lifecycle rule removes them",
                self._upload["UploadId"],
                exc_info=True,
            )
