"""Uploads.

What is below the threshold goes up in one call. What is larger goes in parts, of which as many as ``max_concurrency``
says are under way at once. Parts of a file opened here are read while they are sent; parts of a file object are read one
after another and held in memory. When anything fails, the upload is aborted.
"""

from __future__ import annotations

from contextlib import aclosing

from sotalia import exceptions
from sotalia.checksums.request import DEFAULT_ALGORITHM
from sotalia.runtime import groups, resolved
from sotalia.runtime.features import features
from sotalia.s3 import arguments
from sotalia.s3.config import TransferConfig
from sotalia.s3.files import (
    AsyncWindow,
    Memory,
    NamedFile,
    Reader,
    SharedFile,
    Window,
    is_special,
    off_loop,
    path_of,
    waits_for_disk,
)
from sotalia.s3.pace import Pace
from sotalia.s3.parts import (
    COMPLETED,
    Abort,
    at_once,
    check_result,
    checksum_of,
    completed_part,
    count_of,
    in_order,
    needed,
    part_size,
    ranges,
)
from sotalia.s3.workers import in_parallel
from sotalia.transport.messages import body_length, is_read_asynchronously

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import AsyncGenerator, Callable, Coroutine
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.s3.files import Content
    from sotalia.s3.parts import Part

# Up to here a file is read once and held, rather than once for each checksum and once to be sent.
_HELD = 256 * 1024


async def upload_file(
    client: BaseClient,
    filename: str | os.PathLike[str],
    bucket: str,
    key: str,
    extra: dict[str, Any] | None,
    callback: Callable[[int], Any] | None,
    config: TransferConfig | None,
) -> None:
    """Upload a file by name. Raises ``S3UploadFailedError`` for what the service responds with an error.

    And for a file that was changed meanwhile, so that nobody knows what went up.
    """
    path = path_of(filename)
    upload = _Upload(client, bucket, key, extra, callback, config)
    runtime = client.meta.runtime
    group = groups.begin("transfer", "upload s3://{}/{}", bucket, key)
    try:
        with features.used("S3_TRANSFER"), group.within():
            file: Any
            # Not in a thread, where a task that is cancelled would leave it open; a pipe, though, may wait for its writer.
            file = await runtime.offload(open, path, "rb") if is_special(path) else NamedFile(path, "rb")
            try:
                if isinstance(file, NamedFile):
                    await upload.from_file(file)
                else:
                    await upload.from_stream(Reader(file, is_async=runtime.is_async))
            finally:
                file.close()
    except (exceptions.ClientError, EOFError) as error:
        raise exceptions.S3UploadFailedError(f"Failed to upload {path} to {bucket}/{key}: {error}") from error


async def upload_fileobj(
    client: BaseClient,
    fileobj: Any,
    bucket: str,
    key: str,
    extra: dict[str, Any] | None,
    callback: Callable[[int], Any] | None,
    config: TransferConfig | None,
) -> None:
    """Upload from an open file, whose ``read`` may be ``async def``, from where it stands. It stays open."""
    upload = _Upload(client, bucket, key, extra, callback, config)
    group = groups.begin("transfer", "upload s3://{}/{}", bucket, key)
    with features.used("S3_TRANSFER"), group.within():
        size = None if is_read_asynchronously(fileobj) else body_length(fileobj)
        if size is not None and size < upload.threshold and hasattr(fileobj, "seek"):
            await upload.whole(SharedFile(fileobj, fileobj.tell()), size, is_slow=waits_for_disk(fileobj))
        else:
            await upload.from_stream(Reader(fileobj, is_async=client.meta.runtime.is_async), size)


class _Upload:
    """One upload: where to, and with which arguments."""

    def __init__(
        self,
        client: BaseClient,
        bucket: str,
        key: str,
        extra: dict[str, Any] | None,
        callback: Callable[[int], Any] | None,
        config: TransferConfig | None,
    ) -> None:
        config = config or TransferConfig()
        extra = arguments.checked(extra, arguments.ALLOWED_UPLOAD_ARGS, bucket)
        has_checksum = any(name in extra for name in arguments.FULL_CHECKSUMS)
        if not has_checksum and client.meta.config.request_checksum_calculation == "when_supported":
            extra.setdefault("ChecksumAlgorithm", DEFAULT_ALGORITHM)
        self._client = client
        self._runtime = client.meta.runtime
        self._place = {"Bucket": bucket, "Key": key}
        self._extra = extra
        self._config = config
        self._pace = Pace(self._runtime, callback, config.max_bandwidth)
        self.threshold: int = config.multipart_threshold

    async def from_file(self, file: NamedFile) -> None:
        """Upload a file opened by name. Raises ``S3UploadFailedError`` when it was changed meanwhile."""
        if file.size < self.threshold:
            response = await self.whole(file, file.size, is_slow=True)
            if file.size > _HELD:
                await self._verify(file, [checksum_of(response, self._algorithm())], file.size)
        else:
            step = part_size(self._config.multipart_chunksize, file.size)
            await self._in_parts(self._windows(file, step), count_of(file.size, step), (file, step))

    async def from_stream(self, reader: Reader, size: int | None = None) -> None:
        """Upload what can be read from start to end; ``size`` where it is known."""
        if size is None:
            # Nobody knows how long it is: what is below the threshold can be held.
            start = await reader.read(self.threshold)
            if len(start) < self.threshold:
                await self.whole(Memory(start), len(start), is_slow=False)
                return
            reader.give_back(start)
        step = part_size(self._config.multipart_chunksize, size)
        await self._in_parts(
            self._pieces(reader, step, size or 0), None if size is None else count_of(size, step)
        )

    async def whole(self, content: Content, size: int, *, is_slow: bool) -> dict[str, Any]:
        """Upload in one call."""
        extra = arguments.without(self._extra, arguments.NOT_FOR_PUT)
        body: Any
        if size <= _HELD:
            body = await off_loop(is_slow and self._runtime.is_async, content.read_at, 0, size)
            if len(body) < size:
                raise EOFError(f"the file became shorter while it was read: {len(body)} bytes, not {size}")
            await self._pace.keep(size)
        else:
            body = self._window(content, 0, size, is_slow=is_slow)
        response: dict[str, Any] = await resolved(self._client.put_object(**self._place, Body=body, **extra))
        await (body.done() if isinstance(body, Window) else self._pace.add(size))
        await self._pace.finish()
        return response

    def _window(self, content: Content, offset: int, size: int, *, is_slow: bool) -> Window:
        kind = AsyncWindow if is_slow and self._runtime.is_async else Window
        return kind(content, offset, size, self._pace)

    def _algorithm(self) -> str | None:
        return self._extra.get("ChecksumAlgorithm")

    # -- in parts ----------------------------------------------------------------------------------------------------

    async def _windows(self, file: NamedFile, step: int) -> AsyncGenerator[Window, None]:
        for _, first, last in ranges(file.size, step):
            yield self._window(file, first, last + 1 - first, is_slow=True)

    async def _pieces(self, reader: Reader, step: int, least: int) -> AsyncGenerator[Window, None]:
        while data := await reader.read(step):
            least -= len(data)
            yield Window(Memory(data), 0, len(data), self._pace)
        if least > 0:
            raise EOFError(f"the file became shorter while it was uploaded: it ends {least} bytes too early")

    async def _in_parts(
        self,
        windows: AsyncGenerator[Window, None],
        count: int | None,
        source: tuple[NamedFile, int] | None = None,
    ) -> None:
        for name in arguments.FULL_CHECKSUMS:
            if name in self._extra:
                # The checksum is one of the whole object; parts must be checked in the same way.
                self._extra["ChecksumType"] = "FULL_OBJECT"
                self._extra["ChecksumAlgorithm"] = name.removeprefix("Checksum")
        created = await resolved(
            self._client.create_multipart_upload(
                **self._place, **arguments.without(self._extra, arguments.NOT_FOR_CREATE)
            )
        )
        upload = {**self._place, "UploadId": needed(created, "UploadId", "CreateMultipartUpload")}
        async with Abort(self._client, upload):
            jobs = self._jobs(upload, windows)
            parts = in_order(
                await in_parallel(self._runtime, jobs, at_once(self._config, count), self._pace.stop)
            )
            if source is not None:
                await self._verify(source[0], parts, source[1])
            completed = await resolved(
                self._client.complete_multipart_upload(
                    **upload,
                    MultipartUpload={"Parts": parts},
                    **arguments.only(self._extra, arguments.COMPLETE_UPLOAD),
                )
            )
            check_result(completed, COMPLETED, "CompleteMultipartUpload")
        await self._pace.finish()

    async def _jobs(
        self, upload: dict[str, Any], windows: AsyncGenerator[Window, None]
    ) -> AsyncGenerator[Coroutine[Any, Any, Part], None]:
        number = 0
        async with aclosing(windows):
            async for window in windows:
                number += 1
                yield self._part(upload, number, window)

    async def _part(self, upload: dict[str, Any], number: int, window: Window) -> Part:
        extra = arguments.only(self._extra, arguments.UPLOAD_PART)
        response = await resolved(self._client.upload_part(**upload, PartNumber=number, Body=window, **extra))
        await window.done()
        return completed_part(number, response, self._algorithm())

    async def _verify(self, file: NamedFile, parts: list[Part], step: int) -> None:
        """Make sure that a file which somebody wrote to meanwhile still has, there, what went up.

        So it is with one that others append to. Raises ``S3UploadFailedError`` when it has not, or nobody can tell.
        """
        if not await self._runtime.offload(file.was_touched):
            return
        name = f"Checksum{(self._algorithm() or '').upper()}"
        for part, (_, first, last) in zip(parts, ranges(file.size, step), strict=False):
            found = await self._runtime.offload(_checksum_of, file, first, last, self._algorithm())
            if part.get(name) is None or part[name] != found:
                raise exceptions.S3UploadFailedError(
                    f"Failed to upload {file.path} to {self._place['Bucket']}/{self._place['Key']}: the file was changed "
                    "while it was uploaded, so that what went up may be half old, half new; upload it again"
                )


def _checksum_of(file: NamedFile, first: int, last: int, algorithm: str | None) -> str | None:
    from sotalia.checksums.algorithms import as_text, checksum

    if algorithm is None:
        return None
    started = checksum(algorithm.lower())
    while first <= last and (data := file.read_at(first, min(1024 * 1024, last + 1 - first))):
        started.update(data)
        first += len(data)
    return as_text(started.digest())
