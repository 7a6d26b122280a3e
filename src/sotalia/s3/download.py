"""Downloads on asynchronous clients.

HeadObject tells size and ETag. An object below the threshold comes in one call, a larger one in ranges, as many at once
as ``max_concurrency`` says, all of the same ETag. Into a file that cannot seek they are written one after another.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.runtime import resolved
from sotalia.s3 import arguments
from sotalia.s3.config import TransferConfig
from sotalia.s3.parts import Progress, ranges, run_bounded
from sotalia.s3.transfer import appends, is_seekable, path_of
from sotalia.useragent import features

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine


async def download_file(
    client: Any, bucket: str, key: str, filename: Any, extra: Any, callback: Any, config: Any
) -> None:
    """Download to a file by name: beside it first, and in its place when all is there."""
    import asyncio

    path = path_of(filename)
    is_special = await asyncio.to_thread(_is_special, path)
    written = path if is_special else f"{path}.{os.urandom(4).hex()}"
    file = await asyncio.to_thread(open, written, "wb")
    try:
        try:
            await download_fileobj(client, bucket, key, file, extra, callback, config)
        finally:
            file.close()
        if not is_special:
            os.replace(written, path)
    except BaseException:
        if not is_special:
            os.unlink(written)
        raise


def _is_special(path: str) -> bool:
    """Whether this is a device, pipe or socket: written to directly, as it must stay what it is."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


async def download_fileobj(
    client: Any, bucket: str, key: str, fileobj: Any, extra: Any, callback: Any, config: Any
) -> None:
    """Download into an open file, whose ``write`` may be ``async def``."""
    extra = arguments.checked(extra, arguments.ALLOWED_DOWNLOAD_ARGS, bucket)
    config = config or TransferConfig()
    place = {"Bucket": bucket, "Key": key, **extra}
    with features.used("S3_TRANSFER"):
        head = await client.head_object(**place)
        if head.get("ETag") is not None:
            # Ranges, and attempts to get one again, must be of one object.
            place["IfMatch"] = head["ETag"]
        writer = _writer(fileobj)
        size = head["ContentLength"]
        download = _Download(client, place, size, writer, Progress(callback), config)
        if size < config.multipart_threshold:
            await download.fetch(0, None)
        else:
            limit = config.max_request_concurrency if writer.takes_any_order else 1
            await run_bounded(download.jobs(), limit)


class _Download:
    """One download: where from, where to."""

    def __init__(
        self, client: Any, place: dict[str, Any], size: int, writer: _Writer, progress: Progress, config: Any
    ) -> None:
        self._client = client
        self._place = place
        self._size = size
        self._writer = writer
        self._progress = progress
        self._config = config

    async def jobs(self) -> AsyncGenerator[Coroutine[Any, Any, None], None]:
        """One job for each range."""
        for _, first, last in ranges(self._size, self._config.multipart_chunksize):
            yield self.fetch(first, last)

    async def fetch(self, first: int, last: int | None) -> None:
        """Get one range, all of the object for no ``last``; anew when its stream breaks.

        Raises ``RetriesExceededError``, ``S3DownloadFailedError`` when the object was replaced meanwhile.
        """
        failure: Exception | None = None
        for _ in range(self._config.num_download_attempts):
            received = [0]
            try:
                await self._fetch_once(first, last, received)
                return
            except exceptions.ClientError as error:
                if error.response.get("Error", {}).get("Code") not in ("PreconditionFailed", "412"):
                    raise
                place = self._place
                raise exceptions.S3DownloadFailedError(
                    f'Contents of stored object "{place["Key"]}" in bucket "{place["Bucket"]}" did not match expected '
                    "ETag: it was replaced during the download; download it again"
                ) from error
            except _stream_errors() as error:
                failure = error
                await self._progress.add(-received[0])
        raise exceptions.RetriesExceededError(failure) from failure

    async def _fetch_once(self, first: int, last: int | None, received: list[int]) -> None:
        # The last range is left open, as the reference leaves it; the check below is as strict.
        end = "" if last == self._size - 1 else last
        wanted = {} if last is None else {"Range": f"bytes={first}-{end}"}
        answer = await self._client.get_object(**self._place, **wanted)
        async with answer["Body"] as body:
            if last is not None:
                _check_range(answer.get("ContentRange"), first, last)
            while chunk := await body.read(self._config.io_chunksize):
                await self._writer.write(first + received[0], chunk)
                received[0] += len(chunk)
                await self._progress.add(len(chunk))


def _check_range(found: str | None, first: int, last: int) -> None:
    if found is not None and not found.startswith(f"bytes {first}-{last}/"):
        raise exceptions.S3ValidationError(
            f"Requested range bytes={first}-{last}, but the answer is of {found}: not written to the file"
        )


def _stream_errors() -> tuple[type[Exception], ...]:
    return (
        exceptions.ReadTimeoutError,
        exceptions.IncompleteReadError,
        exceptions.ResponseStreamingError,
        ConnectionError,
        TimeoutError,
    )


class _Writer:
    """Writes into a file that can seek, at any place."""

    takes_any_order = True

    def __init__(self, fileobj: Any) -> None:
        self._fileobj = fileobj

    async def write(self, offset: int, data: bytes) -> None:
        """Write at ``offset``, counted from the beginning of the object."""
        # Nothing is awaited in between, so no other part comes between seek and write.
        self._fileobj.seek(offset)
        self._fileobj.write(data)


class _OrderedWriter(_Writer):
    """Writes from start to end; what comes again, as a broken part starts anew, is passed over."""

    takes_any_order = False

    def __init__(self, fileobj: Any) -> None:
        super().__init__(fileobj)
        self._written = 0

    async def write(self, offset: int, data: bytes) -> None:
        fresh = data[self._written - offset :]
        if fresh:
            await resolved(self._fileobj.write(fresh))
            self._written += len(fresh)


def _writer(fileobj: Any) -> _Writer:
    import inspect

    is_async = inspect.iscoroutinefunction(fileobj.write)
    if is_async or appends(fileobj) or not is_seekable(fileobj):
        return _OrderedWriter(fileobj)
    return _Writer(fileobj)
