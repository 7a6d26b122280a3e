"""Downloads.

HeadObject tells size and ETag. What is below the threshold comes in one call, what is larger in ranges, of which as many
as ``max_concurrency`` says are under way at once, all of the same ETag. A stream that breaks is continued where it broke.
Into a file that cannot seek the ranges are written in their order; those that came too early wait in memory.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace

from sotalia import exceptions
from sotalia.runtime import groups, resolved
from sotalia.runtime.features import features
from sotalia.s3 import arguments
from sotalia.s3.config import TransferConfig
from sotalia.s3.files import (
    NamedFile,
    OrderedWriter,
    Writer,
    appends,
    beside,
    is_special,
    path_of,
    writer_of,
)
from sotalia.s3.pace import Pace
from sotalia.s3.parts import at_once, count_of, ranges
from sotalia.s3.streams import Listed, StoredObject, Stream
from sotalia.s3.workers import StoppedError, in_parallel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.runtime import Runtime

    Sink = Callable[[int, bytes], Awaitable[None]]


#: Files that downloads of this process are writing, for a program that has to end before they can.
PARTIAL: set[str] = set()


async def download_file(
    client: BaseClient,
    bucket: str,
    key: str,
    filename: str | os.PathLike[str],
    extra: dict[str, Any] | None,
    callback: Callable[[int], Any] | None,
    config: TransferConfig | None,
    listed: Listed | None = None,
) -> None:
    """Download to a file by name: beside it first, and in its place when all is there.

    ``listed``: what a listing said of the object, to be checked before anything is replaced. Raises
    ``S3DownloadFailedError``, ``S3ValidationError`` for another object or other bytes than were asked for, ``RetriesExceededError`` when the stream broke too often, ``OSError`` when the file cannot be written.
    """
    path = path_of(filename)
    download = _Download(client, bucket, key, extra, callback, config, listed)
    group = groups.begin("transfer", "download s3://{}/{}", bucket, key)
    try:
        with features.used("S3_TRANSFER"), group.within():
            await download.run(_NamedTarget(path, client.meta.runtime))
    except _BrokenTooOftenError as error:
        raise exceptions.RetriesExceededError(error.last) from error.last


async def download_fileobj(
    client: BaseClient,
    bucket: str,
    key: str,
    fileobj: Any,
    extra: dict[str, Any] | None,
    callback: Callable[[int], Any] | None,
    config: TransferConfig | None,
) -> None:
    """Download into an open file, whose ``write`` may be ``async def``. It stays open."""
    if appends(fileobj):
        import logging

        logging.getLogger(__name__).warning(
            "the file to download to is in append mode, so it is written from start to end, one range after another"
        )
    download = _Download(client, bucket, key, extra, callback, config)
    group = groups.begin("transfer", "download s3://{}/{}", bucket, key)
    try:
        with features.used("S3_TRANSFER"), group.within():
            await download.run(_OpenTarget(fileobj, client.meta.runtime))
    except _BrokenTooOftenError as error:
        # The reference translates it for files by name only.
        from s3transfer.exceptions import RetriesExceededError

        raise RetriesExceededError(error.last) from error.last


class _BrokenTooOftenError(Exception):
    """No attempt is left for a stream."""

    def __init__(self, last: Exception) -> None:
        super().__init__(str(last))
        self.last = last


class _BrokenStreamError(Exception):
    """A stream broke. Errors of the file that is written to, and of the caller's callback, are none of these."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


# -- where it goes -----------------------------------------------------------------------------------------------------


class _OpenTarget:
    """A file object of the caller's."""

    def __init__(self, fileobj: Any, runtime: Runtime) -> None:
        self._fileobj = fileobj
        self._runtime = runtime
        self.takes_one_at_a_time = appends(fileobj)

    async def open(self) -> Writer | OrderedWriter:
        """What writes into it."""
        return writer_of(self._fileobj, is_async=self._runtime.is_async)

    def finish(self) -> None:
        """All is written."""

    def discard(self) -> None:
        """Nothing of it is ours to remove."""


class _NamedTarget:
    """A file by name: written beside it, and put in its place when all went well, else removed.

    A device, pipe or socket is written to directly, as it must stay what it is.
    """

    takes_one_at_a_time = False

    def __init__(self, path: str, runtime: Runtime) -> None:
        self._path = path
        self._runtime = runtime
        self._file: Any = None
        # Known before there is such a file, so that an interrupt at any moment leaves none.
        self._beside = "" if is_special(path) else beside(path)

    async def open(self) -> Writer | OrderedWriter:
        """What writes into it."""
        # Not in a thread, where a task that is cancelled would leave it open; a pipe, though, may wait for its reader.
        if not self._beside:
            self._file = await self._runtime.offload(open, self._path, "wb")
            return OrderedWriter(self._file, is_slow=self._runtime.is_async)
        try:
            self._file = NamedFile(self._beside, "xb")
        except FileExistsError:
            self._beside = ""  # Somebody else's.
            raise
        PARTIAL.add(self._beside)
        return Writer(self._file, is_slow=self._runtime.is_async)

    def finish(self) -> None:
        """All is written."""
        # Not in a thread: a task that is being cancelled may not wait any more.
        self._file.close()
        if self._beside:
            os.replace(self._beside, self._path)
            PARTIAL.discard(self._beside)
            self._beside = ""

    def discard(self) -> None:
        """Remove what did not get into its place."""
        try:
            if self._file is not None:
                self._file.close()
        finally:
            if self._beside:
                # What went wrong first is what the caller must hear of, not that this failed too.
                with suppress(OSError):
                    os.unlink(self._beside)
                PARTIAL.discard(self._beside)


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
        self,
        client: BaseClient,
        bucket: str,
        key: str,
        extra: dict[str, Any] | None,
        callback: Callable[[int], Any] | None,
        config: TransferConfig | None,
        listed: Listed | None = None,
    ) -> None:
        extra = arguments.checked(extra, arguments.ALLOWED_DOWNLOAD_ARGS, bucket)
        self._client = client
        self._runtime = client.meta.runtime
        self._place = {"Bucket": bucket, "Key": key, **extra}
        self._config = config or TransferConfig()
        self._pace = Pace(self._runtime, callback, self._config.max_bandwidth)
        self._writer: Any = None
        # What the first response said: of which object all others must be.
        self._object = StoredObject()
        self._listed = listed

    async def run(self, target: _OpenTarget | _NamedTarget) -> None:
        """Download all of it."""
        limit = 1 if target.takes_one_at_a_time else at_once(self._config)
        # Nobody asks for the whole object's checksum: the first range tells what HeadObject would.
        has_head = self._client.meta.config.response_checksum_validation != "when_required"
        # A listing has said that one call gets all of it; what the call says is checked against that.
        is_small = self._listed is not None and self._listed.size < self._config.multipart_threshold
        if has_head and not is_small:
            head = await resolved(self._client.head_object(**self._place))
            self._know(StoredObject.of(head, head.get("ContentLength")))
        try:
            self._writer = await target.open()
            if is_small:
                await self._fetch(0, None, self._writer.write)
            elif not has_head:
                await self._first_range()
                await self._in_ranges(limit, 1)
            elif self._object.size is None or self._object.size < self._config.multipart_threshold:
                await self._fetch(0, None, self._writer.write)
            else:
                await self._in_ranges(limit, 0)
            target.finish()
        finally:
            target.discard()
        await self._pace.finish()

    def _know(self, found: StoredObject) -> None:
        found.check_listed(self._listed, f"s3://{self._place['Bucket']}/{self._place['Key']}")
        self._object = found

    async def _first_range(self) -> None:
        """Get it, and with it what there is to know of the object."""
        try:
            await self._fetch(0, self._config.multipart_chunksize - 1, self._writer.write)
        except exceptions.ClientError as error:
            if self._object.size is not None or not _is_of_empty_object(error):
                raise
            self._know(StoredObject(size=0))

    async def _in_ranges(self, limit: int, done: int) -> None:
        count = count_of(self._object.size or 0, self._config.multipart_chunksize) - done
        if count > 0:
            await in_parallel(self._runtime, self._jobs(done, limit), min(limit, count), self._pace.stop)

    async def _jobs(self, done: int, limit: int) -> AsyncGenerator[Coroutine[Any, Any, None], None]:
        """One job for each range after those that are done."""
        in_order = limit > 1 and not self._writer.takes_any_order
        before = _Turn(self._runtime.event())
        before.pass_on(reached=True)
        for number, first, last in ranges(self._object.size or 0, self._config.multipart_chunksize):
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
        ``S3DownloadFailedError`` when the object was replaced meanwhile, ``S3ValidationError`` for other bytes than those
        that were asked for.
        """
        stream = Stream(first, last)
        failure: Exception | None = None
        for _ in range(self._config.num_download_attempts):
            try:
                await self._receive(stream, sink)
                return
            except exceptions.ClientError as error:
                if error.response.get("Error", {}).get("Code") not in ("PreconditionFailed", "412"):
                    raise
                raise self._replaced() from error
            except _BrokenStreamError as error:
                failure = error.cause
                await self._pace.add(-stream.wind_back())
        assert failure is not None
        raise _BrokenTooOftenError(failure)

    def _replaced(self) -> Exception:
        error: Exception = exceptions.S3DownloadFailedError(
            f'Contents of stored object "{self._place["Key"]}" in bucket "{self._place["Bucket"]}" did not match '
            "expected ETag: it was replaced during the download; download it again"
        )
        return error

    async def _receive(self, stream: Stream, sink: Sink) -> None:
        self._pace.stop.look()
        known = self._object
        # One response is of one object whatever happens, so the first one of a single call may be of a newer object.
        is_bound = stream.last is not None or stream.has_begun
        condition = {"IfMatch": known.etag} if is_bound and known.etag is not None else {}
        wanted = {**condition, **self._place, **stream.wanted(known.size)}
        response = await _from_network(self._client.get_object, **wanted)
        body = response["Body"]
        try:
            # Servers that do not know If-Match send what they have.
            if is_bound and known.is_another(response):
                raise self._replaced()
            found = stream.check(response, known)
            if found is not known:
                self._know(found)
            stream.has_begun = True
            await self._read(body, stream, sink)
        finally:
            body.close()

    async def _read(self, body: Any, stream: Stream, sink: Sink) -> None:
        while True:
            chunk = await _from_network(body.read, self._config.io_chunksize)
            try:
                stream.check_piece(len(chunk))
            except exceptions.IncompleteReadError as error:
                raise _BrokenStreamError(error) from None
            if not chunk:
                break
            self._pace.stop.look()
            await self._pace.keep(len(chunk))
            await sink(stream.position, chunk)
            stream.position += len(chunk)
            await self._pace.add(len(chunk))
        if self._object.size is None:  # No response has said it.
            self._object = replace(self._object, size=stream.position)


def _is_of_empty_object(error: Any) -> bool:
    """Whether an error says that the object has no first byte, and so no range at all."""
    details = error.response.get("Error", {})
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    # RFC 9110, section 15.5.17: "Content-Range: bytes */47022".
    sizes = {
        details.get("ActualObjectSize", "0"),
        headers.get("content-range", "bytes */0").rpartition("/")[2],
    }
    return details.get("Code") == "InvalidRange" and sizes <= {"0", "*"}


async def _from_network(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What a call gives. Raises ``_BrokenStreamError`` where asking again may help."""
    try:
        return await resolved(function(*args, **kwargs))
    except _stream_errors() as error:
        raise _BrokenStreamError(error) from None


def _stream_errors() -> tuple[type[Exception], ...]:
    return (
        exceptions.ReadTimeoutError,
        exceptions.IncompleteReadError,
        exceptions.ResponseStreamingError,
        ConnectionError,
        TimeoutError,
    )
