"""Downloads.

HeadObject tells size and ETag. What is below the threshold comes in one call, what is larger in ranges, of which as many
as ``max_concurrency`` says are under way at once, all of the same ETag. A stream that breaks is continued where it broke.
Into a file that cannot seek the ranges are written in their order; those that came too early wait in memory.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.runtime import resolved
from sotalia.s3 import arguments
from sotalia.s3.config import TransferConfig
from sotalia.s3.files import (
    NamedFile,
    OrderedWriter,
    Writer,
    appends,
    is_special,
    off_loop,
    path_of,
    writer_of,
)
from sotalia.s3.pace import Pace
from sotalia.s3.parts import at_once, count_of, ranges
from sotalia.s3.workers import StoppedError, in_parallel
from sotalia.useragent import features

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine

    Sink = Callable[[int, bytes], Awaitable[None]]


async def download_file(
    client: Any, bucket: str, key: str, filename: Any, extra: Any, callback: Any, config: Any
) -> None:
    """Download to a file by name: beside it first, and in its place when all is there.

    Raises ``RetriesExceededError`` when the stream broke too often, ``OSError`` when the file cannot be written.
    """
    path = path_of(filename)
    download = _Download(client, bucket, key, extra, callback, config)
    try:
        with features.used("S3_TRANSFER"):
            await download.run(_NamedTarget(path, is_async=client._endpoint.runtime.is_async))
    except _BrokenTooOftenError as error:
        raise exceptions.RetriesExceededError(error.last) from error.last


async def download_fileobj(
    client: Any, bucket: str, key: str, fileobj: Any, extra: Any, callback: Any, config: Any
) -> None:
    """Download into an open file, whose ``write`` may be ``async def``. It stays open."""
    if appends(fileobj):
        import logging

        logging.getLogger(__name__).warning(
            "the file to download to is in append mode, so it is written from start to end, one range after another"
        )
    download = _Download(client, bucket, key, extra, callback, config)
    try:
        with features.used("S3_TRANSFER"):
            await download.run(_OpenTarget(fileobj, is_async=client._endpoint.runtime.is_async))
    except _BrokenTooOftenError as error:
        # The reference translates it for files by name only.
        from s3transfer.exceptions import RetriesExceededError

        raise RetriesExceededError(error.last) from error.last


class _BrokenTooOftenError(Exception):
    """No attempt is left for a stream."""

    def __init__(self, last: Exception) -> None:
        super().__init__(str(last))
        self.last = last


# -- where it goes -----------------------------------------------------------------------------------------------------


class _OpenTarget:
    """A file object of the caller's: ``async with`` gives what writes into it."""

    def __init__(self, fileobj: Any, *, is_async: bool) -> None:
        self._fileobj = fileobj
        self._is_async = is_async
        self.takes_one_at_a_time = appends(fileobj)

    async def __aenter__(self) -> Writer | OrderedWriter:
        return writer_of(self._fileobj, is_async=self._is_async)

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        pass


class _NamedTarget:
    """A file by name: written beside it, and put in its place when all went well, else removed.

    A device, pipe or socket is written to directly, as it must stay what it is.
    """

    takes_one_at_a_time = False

    def __init__(self, path: str, *, is_async: bool) -> None:
        self._path = path
        self._is_async = is_async
        self._written = ""

    async def __aenter__(self) -> Writer | OrderedWriter:
        # Not in a thread, where a task that is cancelled would leave it open; a pipe, though, may wait for its reader.
        if is_special(self._path):
            self._file: Any = await off_loop(self._is_async, open, self._path, "wb")
            return OrderedWriter(self._file, is_slow=self._is_async)
        written = f"{self._path}.{os.urandom(4).hex()}"
        self._file = NamedFile(written, "wb")
        self._written = written
        return Writer(self._file, is_slow=self._is_async)

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        # Not in a thread: a task that is being cancelled may not wait any more.
        try:
            self._file.close()
            if error is None and self._written:
                os.replace(self._written, self._path)
                self._written = ""
        finally:
            if self._written:
                os.unlink(self._written)


# -- the download ------------------------------------------------------------------------------------------------------


class _Turn:
    """Whether a range was written, so that the one behind it may be."""

    def __init__(self, event: Any) -> None:
        self._event = event
        self._reached = False

    def pass_on(self, *, reached: bool) -> None:
        """Let the next one go on, or end."""
        self._reached = reached
        self._event.set()

    async def wait(self) -> None:
        """Raises ``StoppedError`` when the one before was not written."""
        await self._event.wait()
        if not self._reached:
            raise StoppedError


class _Download:
    """One download: what, and how."""

    def __init__(
        self, client: Any, bucket: str, key: str, extra: dict[str, Any] | None, callback: Any, config: Any
    ) -> None:
        extra = arguments.checked(extra, arguments.ALLOWED_DOWNLOAD_ARGS, bucket)
        self._client = client
        self._runtime = client._endpoint.runtime
        self._place = {"Bucket": bucket, "Key": key, **extra}
        self._config = config or TransferConfig()
        self._pace = Pace(self._runtime, callback, self._config.max_bandwidth)
        self._writer: Any = None
        # What the first answer said: of which object all others must be.
        self._if_match: dict[str, Any] = {}
        self._size = 0

    async def run(self, target: _OpenTarget | _NamedTarget) -> None:
        """Download all of it."""
        limit = 1 if target.takes_one_at_a_time else at_once(self._config)
        if self._client.meta.config.response_checksum_validation == "when_required":
            # Nobody asks for the whole object's checksum: the first range tells what HeadObject would.
            async with target as self._writer:
                await self._first_range()
                await self._in_ranges(limit, 1)
        else:
            head = await resolved(self._client.head_object(**self._place))
            self._known(head["ContentLength"], head.get("ETag"))
            async with target as self._writer:
                if self._size < self._config.multipart_threshold:
                    await self._fetch(0, None, self._writer.write)
                else:
                    await self._in_ranges(limit, 0)
        await self._pace.finish()

    def _known(self, size: int, etag: str | None) -> None:
        self._size = size
        self._if_match = {} if etag is None else {"IfMatch": etag}

    async def _first_range(self) -> None:
        """Get it, and with it what there is to know of the object."""
        try:
            await self._fetch(0, self._config.multipart_chunksize - 1, self._writer.write)
        except exceptions.ClientError as error:
            if error.response.get("Error", {}).get("Code") != "InvalidRange":
                raise
            self._size = 0  # An empty object has no range.

    async def _in_ranges(self, limit: int, done: int) -> None:
        count = count_of(self._size, self._config.multipart_chunksize) - done
        if count > 0:
            await in_parallel(self._runtime, self._jobs(done, limit), min(limit, count), self._pace.stop)

    async def _jobs(self, done: int, limit: int) -> AsyncGenerator[Coroutine[Any, Any, None], None]:
        """One job for each range after those that are done."""
        in_order = limit > 1 and not self._writer.takes_any_order
        before = _Turn(self._runtime.event())
        before.pass_on(reached=True)
        for number, first, last in ranges(self._size, self._config.multipart_chunksize):
            if number <= done:
                continue
            if in_order:
                own = _Turn(self._runtime.event())
                yield self._fetch_in_turn(first, last, before, own)
                before = own
            else:
                yield self._fetch(first, last, self._writer.write)

    async def _fetch_in_turn(self, first: int, last: int, before: _Turn, own: _Turn) -> None:
        pieces: list[tuple[int, bytes]] = []
        reached = False

        async def keep(offset: int, data: bytes) -> None:
            pieces.append((offset, data))

        try:
            await self._fetch(first, last, keep)
            await before.wait()
            for offset, data in pieces:
                await self._writer.write(offset, data)
            reached = True
        finally:
            own.pass_on(reached=reached)

    async def _fetch(self, first: int, last: int | None, sink: Sink) -> None:
        """Get one range, all of the object for no ``last``. A stream that breaks is continued where it broke.

        One of a whole object with a checksum starts anew, or nobody could check it. Raises ``_BrokenTooOftenError``,
        ``S3DownloadFailedError`` when the object was replaced meanwhile.
        """
        stream = _Stream(first, last)
        failure: Exception | None = None
        for _ in range(self._config.num_download_attempts):
            try:
                await self._receive(stream, sink)
                return
            except exceptions.ClientError as error:
                if error.response.get("Error", {}).get("Code") not in ("PreconditionFailed", "412"):
                    raise
                raise exceptions.S3DownloadFailedError(
                    f'Contents of stored object "{self._place["Key"]}" in bucket "{self._place["Bucket"]}" did not match '
                    "expected ETag: it was replaced during the download; download it again"
                ) from error
            except _stream_errors() as error:
                failure = error
                await self._pace.add(-stream.wind_back())
        assert failure is not None
        raise _BrokenTooOftenError(failure)

    async def _receive(self, stream: _Stream, sink: Sink) -> None:
        self._pace.stop.look()
        answer = await resolved(
            self._client.get_object(**{**self._if_match, **self._place, **stream.wanted(self._size)})
        )
        body = answer["Body"]
        try:
            stream.check(answer)
            if not self._size and stream.last is not None:
                self._known(stream.size_of_object(answer), answer.get("ETag"))
            while chunk := await resolved(body.read(self._config.io_chunksize)):
                self._pace.stop.look()
                await self._pace.keep(len(chunk))
                await sink(stream.position, chunk)
                stream.position += len(chunk)
                await self._pace.add(len(chunk))
        finally:
            body.close()


class _Stream:
    """One range that is being received, or the whole object for no ``last``."""

    def __init__(self, first: int, last: int | None) -> None:
        self.first = first
        self.last = last
        self.position = first
        self._has_checksum = False

    def wanted(self, size: int) -> dict[str, str]:
        """The parameter that asks for what is missing; the last range of an object is left open, as the reference does."""
        if self.last is None and self.position == 0:
            return {}
        end = "" if self.last is None or self.last == size - 1 else self.last
        return {"Range": f"bytes={self.position}-{end}"}

    def check(self, answer: dict[str, Any]) -> None:
        """Look whether this is what was asked for. Raises ``S3ValidationError``."""
        if self.last is None and self.position == 0:
            self._has_checksum = any(
                name.startswith("Checksum") and name != "ChecksumType" for name in answer
            )
            return
        found = answer.get("ContentRange")
        if found is None:
            if self.position > self.first:
                raise exceptions.S3ValidationError(
                    f"Requested the rest from byte {self.position} on, but the answer is no range: not written to the file"
                )
            return
        start, _, end = found.removeprefix("bytes ").partition("/")[0].partition("-")
        if int(start) != self.position or (self.last is not None and int(end) > self.last):
            raise exceptions.S3ValidationError(
                f"Requested range bytes={self.position}-{'' if self.last is None else self.last}, "
                f"but the answer is of {found}: not written to the file"
            )

    def size_of_object(self, answer: dict[str, Any]) -> int:
        """How large the object is of which this is the first range."""
        found = answer.get("ContentRange")
        return int(found.rpartition("/")[2]) if found else int(answer["ContentLength"])

    def wind_back(self) -> int:
        """Where to go on after the stream broke; how many bytes have to be received again."""
        if not self._has_checksum:
            return 0
        lost, self.position = self.position - self.first, self.first
        return lost


def _stream_errors() -> tuple[type[Exception], ...]:
    return (
        exceptions.ReadTimeoutError,
        exceptions.IncompleteReadError,
        exceptions.ResponseStreamingError,
        ConnectionError,
        TimeoutError,
    )
