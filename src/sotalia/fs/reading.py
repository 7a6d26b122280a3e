"""Objects read: whole or in ranges, large ones in pieces of which several are under way at once.

One GET tells the size, so a small object takes one request. What is larger than a piece is asked for piece by piece, all of the
ETag of the first response: nobody gets half of an old object and half of a new one. A stream that breaks is continued where
it broke.
"""

from __future__ import annotations

import asyncio
import errno
import os
from contextlib import suppress
from functools import partial
from io import BytesIO

from fsspec.callbacks import DEFAULT_CALLBACK

from sotalia import exceptions
from sotalia.fs.attempts import delay_seconds, policy
from sotalia.fs.calls import S3Calls
from sotalia.fs.errors import FileExpired, code_of, translated
from sotalia.fs.listing import S3Listing
from sotalia.fs.older_fsspec import check_within
from sotalia.fs.writing import is_folder
from sotalia.s3.files import NamedFile, beside, is_special, off_loop, write_all
from sotalia.s3.parts import ranges
from sotalia.s3.streams import StoredObject, Stream
from sotalia.s3.workers import Stop, in_parallel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
    from typing import Any

    from fsspec.callbacks import Callback

    #: Takes the bytes at an offset.
    Sink = Callable[[int, bytes], Awaitable[None]]

#: The size of a piece, unless the caller names one. Of 8 to 16 MB are the ranges that "Performance design patterns for
#: Amazon S3" advises.
PIECE = 8 * 2**20
# Read at once of a stream that is left before its end.
_CHUNK = 2**18
# From here on writing to a file goes to a thread: to do so costs as much as copying some 100 KiB.
_SLOW = 2**20


class ObjectReader:
    """Reads one object, ``place`` being the parameters that name it (``Bucket``, ``Key``, ``VersionId`` ...).

    ``etag`` and ``size``: of the content that is to be read, where they are known. Reading raises
    :class:`~sotalia.fs.errors.FileExpired` when there is another one. ``checks_here``: compare ETags of responses, for servers
    that do not know ``If-Match``.
    """

    def __init__(
        self,
        fs: S3Calls,
        place: dict[str, Any],
        *,
        etag: str | None = None,
        size: int | None = None,
        checks_here: bool = False,
        piece: int | None = None,
        max_concurrency: int = 1,
    ) -> None:
        self._fs = fs
        self._place = place
        self._known = StoredObject(size=size, etag=etag or None)
        self._checks_here = checks_here
        self._piece = piece or PIECE
        self._limit = max_concurrency

    def in_their_order(self) -> ObjectReader:
        """The same, one piece after another."""
        self._limit = 1
        return self

    async def read(self, start: int, end: int | None) -> bytes:
        """The bytes from ``start`` to before ``end``, or to the last one."""
        whole: bytes = b""
        memory: BytesIO | None = None

        async def keep(offset: int, data: bytes) -> None:
            nonlocal whole, memory
            if memory is None:
                # Any response told the size.
                ends = [known for known in (self._known.size, end) if known is not None]
                last = min(ends, default=offset + len(data))
                if last - start <= len(data):
                    whole = data
                    return
                memory = BytesIO(bytes(last - start))
            # Not joined at the end: the memory of a piece serves the next one, so all of them take little beside the whole.
            with memory.getbuffer() as view:
                view[offset - start : offset - start + len(data)] = data

        await self.into(keep, start, end)
        return whole if memory is None else memory.getvalue()

    async def into(
        self, sink: Sink, start: int, end: int | None, begun: Callable[[int | None], Any] | None = None
    ) -> None:
        """Give the bytes to ``sink`` piece by piece, in any order. ``begun`` hears the object's size before that."""
        if self._known.size is not None:
            end = self._known.size if end is None else min(end, self._known.size)
        is_first_of_many = self._known.size is None and end is not None and end - start > self._piece
        if self._known.size is not None and end is not None and end - start > self._piece:
            await self._run(sink, start, end)
            return
        stop = start + self._piece if is_first_of_many else end
        stream = Stream(start, None if stop is None else stop - 1)
        response = await self._open(stream)
        try:
            size = self._known.size
            if begun is not None:
                begun(size)
            end = size if end is None or size is None else min(end, size)
            is_long = end is not None and end - start > (2 if stop is None else 1) * self._piece
            stop = start + self._piece if is_long else None
            first = partial(self._piece_into, sink, stream, stop, response)
            if is_long and stop is not None and end is not None:
                await self._run(sink, stop, end, first)
            else:
                await first()
        finally:
            response["Body"].close()

    async def _run(
        self, sink: Sink, start: int, end: int, first: Callable[[], Coroutine[Any, Any, None]] | None = None
    ) -> None:
        """The piece that is under way already, and those from ``start`` to before ``end``."""

        async def jobs() -> AsyncGenerator[Coroutine[Any, Any, None], None]:
            if first is not None:
                yield first()
            for _, offset, last in ranges(end - start, self._piece):
                yield self._fetch(sink, Stream(start + offset, start + last))

        await in_parallel(self._fs._client().meta.runtime, jobs(), self._limit, Stop())

    async def _fetch(self, sink: Sink, stream: Stream) -> None:
        async with self._fs._slots():
            await self._piece_into(sink, stream, None, None)

    async def _piece_into(
        self, sink: Sink, stream: Stream, stop: int | None, response: dict[str, Any] | None
    ) -> None:
        """One piece, asked for again when its stream breaks; ``response`` is the first one, if there is one already."""
        attempt = 0
        while True:
            try:
                if response is None:
                    response = await self._open(stream)
                data = await _read(response["Body"], stream, stop)
                break
            except Exception as error:
                attempt += 1
                if attempt >= self._fs.retries or not _is_broken_stream(error):
                    raise translated(error) from error
            finally:
                if response is not None:
                    response["Body"].close()
            response = None
            stream.position = stream.first
            await self._fs._client().meta.runtime.sleep(delay_seconds(attempt))
        await sink(stream.first, data)

    async def _open(self, stream: Stream) -> dict[str, Any]:
        """A response that is of the stream's range, and of the object that is being read."""
        known = self._known
        condition = {} if known.etag is None or self._checks_here else {"IfMatch": known.etag}
        try:
            response: dict[str, Any] = await self._fs._call_s3(
                "get_object", self._place, **condition, **stream.wanted(known.size)
            )
        except OSError as error:
            if condition and code_of(error.__cause__) in ("PreconditionFailed", "412"):
                raise self._expired() from error
            raise
        try:
            if known.etag is not None and known.is_another(response):
                raise self._expired()
            self._known = stream.check(response, known)
        except BaseException as error:
            response["Body"].close()
            if isinstance(error, Exception):
                raise translated(error) from error
            raise
        return response

    def _expired(self) -> FileExpired:
        return FileExpired(f"{self._place['Bucket']}/{self._place['Key']}", self._known.etag)


async def _read(body: Any, stream: Stream, stop: int | None) -> bytes:
    """All of a body, or what is before ``stop`` of one that is left then. Raises for one that ends too early."""
    if stop is None:
        data: bytes = await body.read()
    else:
        chunks: list[bytes] = []
        left = stop - stream.first
        while left and (chunk := await body.read(min(_CHUNK, left))):
            chunks.append(chunk)
            left -= len(chunk)
        data = b"".join(chunks)
        if left:
            stream.check_piece(len(data))
            stream.position += len(data)
            stream.check_piece(0)
        return data
    stream.check_piece(len(data))
    stream.position += len(data)
    if stream.end is not None and stream.position < stream.end:
        stream.check_piece(0)
    return data


def _is_broken_stream(error: Exception) -> bool:
    """Whether the body of a response broke; errors of calls were retried by the client."""
    return isinstance(
        error,
        exceptions.ReadTimeoutError
        | exceptions.IncompleteReadError
        | exceptions.ResponseStreamingError
        | ConnectionError,
    ) or (not isinstance(error, OSError) and policy.wants_another(error))


class S3Reading(S3Listing):
    """``cat_file``, ``cat_ranges``, ``get_file``."""

    local_expiry_check: bool

    def _reader(
        self, path: str, version_id: str | None, chunksize: int | None, concurrency: int | None
    ) -> ObjectReader:
        bucket, key, version_of_path = self.split_path(path)
        if not key:
            raise IsADirectoryError(errno.EISDIR, "a bucket has no bytes: name an object in it", path)
        place = {"Bucket": bucket, "Key": key}
        version = version_id or version_of_path
        if version:
            place["VersionId"] = version
        return ObjectReader(
            self,
            place,
            checks_here=self.local_expiry_check,
            piece=chunksize,
            max_concurrency=concurrency or self.max_concurrency,
        )

    async def _cat_file(
        self,
        path: str,
        version_id: str | None = None,
        start: int | None = None,
        end: int | None = None,
        chunksize: int | None = None,
        max_concurrency: int | None = None,
    ) -> bytes:
        """The bytes of an object, from ``start`` to before ``end``; negative ones count from its end.

        What is larger than ``chunksize`` (8 MiB) is read in pieces, ``max_concurrency`` at once.
        """
        if (start or 0) < 0 or (end or 0) < 0:
            size = (await self._info(path, version_id=version_id))["size"]
            start = max(0, size + start) if start is not None and start < 0 else start
            end = size + end if end is not None and end < 0 else end
        if end is not None and end <= (start or 0):
            return b""
        reader = self._reader(path, version_id, chunksize, max_concurrency)
        return await reader.read(start or 0, end)

    async def _cat(
        self,
        path: str | list[str],
        recursive: bool = False,
        on_error: str = "raise",
        batch_size: int | None = None,
        **kwargs: Any,
    ) -> Any:
        """The bytes of an object; those of several by their paths. ``recursive``: of all objects below folders."""
        if recursive:
            below = await self._expand_path(path, recursive=True)
            path = [one for one in below if self.split_path(one)[1] and not await self._isdir(one)]
        return await super()._cat(path, on_error=on_error, batch_size=batch_size, **kwargs)

    async def _cat_ranges(
        self,
        paths: list[str],
        starts: Any,
        ends: Any,
        max_gap: int | None = None,
        batch_size: int | None = None,
        on_error: str = "return",
        **kwargs: Any,
    ) -> list[Any]:
        """Ranges of objects at once. ``max_gap``: ranges of one object that are not further apart are read as one."""
        if max_gap is None:
            return list(
                await super()._cat_ranges(
                    paths, starts, ends, batch_size=batch_size, on_error=on_error, **kwargs
                )
            )
        return await self._cat_merged(paths, starts, ends, max_gap, batch_size, on_error, kwargs)

    async def _cat_merged(
        self,
        paths: list[str],
        starts: Any,
        ends: Any,
        max_gap: int,
        batch_size: int | None,
        on_error: str,
        options: dict[str, Any],
    ) -> list[Any]:
        if not isinstance(paths, list):
            raise TypeError(f"paths must be a list, not {type(paths)}")
        starts, ends = (
            [value] * len(paths) if value is None or isinstance(value, int) else list(value)
            for value in (starts, ends)
        )
        if not len(paths) == len(starts) == len(ends):
            raise ValueError(
                f"{len(paths)} paths, {len(starts)} starts and {len(ends)} ends: one of each per range"
            )
        groups = _merged(paths, starts, ends, max_gap)
        read = await super()._cat_ranges(
            [group[0] for group in groups],
            [group[1] for group in groups],
            [group[2] for group in groups],
            batch_size=batch_size,
            on_error=on_error,
            **options,
        )
        results: list[Any] = [None] * len(paths)
        for (_, first, _, members), data in zip(groups, read, strict=True):
            for member in members:
                if isinstance(data, BaseException) or len(members) == 1:
                    results[member] = data
                else:
                    results[member] = data[starts[member] - first : ends[member] - first]
        return results

    async def _get_file(
        self,
        rpath: str,
        lpath: str,
        callback: Callback = DEFAULT_CALLBACK,
        version_id: str | None = None,
        chunksize: int | None = None,
        max_concurrency: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Download an object to a file, which appears when all of it is there."""
        check_within(lpath, kwargs.pop("within", None))
        if is_folder(lpath):
            return
        reader = self._reader(rpath, version_id, chunksize, max_concurrency)
        path = os.fspath(lpath)
        if is_special(path):
            await self._get_into_pipe(reader, path, callback)
            return
        temporary = beside(path)
        file = NamedFile(temporary, "xb")
        try:

            async def write(offset: int, data: bytes) -> None:
                await off_loop(len(data) > _SLOW, file.write_at, offset, data)
                callback.relative_update(len(data))

            await reader.into(write, 0, None, begun=callback.set_size)
            file.close()
            _move(temporary, path)
        except BaseException:
            file.close()
            with suppress(OSError):
                os.unlink(temporary)
            raise

    async def _get_into_pipe(self, reader: ObjectReader, path: str, callback: Callback) -> None:
        """To a device, pipe or socket, which takes bytes in their order only."""
        with await asyncio.to_thread(open, path, "wb", buffering=0) as file:

            async def write(offset: int, data: bytes) -> None:
                await asyncio.to_thread(write_all, file, data)
                callback.relative_update(len(data))

            await reader.in_their_order().into(write, 0, None, begun=callback.set_size)


def _move(path: str, target: str) -> None:
    os.replace(path, target)


def _merged(
    paths: list[str], starts: list[Any], ends: list[Any], max_gap: int
) -> list[tuple[str, Any, Any, list[int]]]:
    """Ranges that one read each gives: path, start, end, and which of the ranges asked for it has."""
    groups: list[tuple[str, Any, Any, list[int]]] = []

    def is_plain(number: int) -> bool:
        start, end = starts[number], ends[number]
        return start is not None and end is not None and 0 <= start <= end

    plain = [number for number in range(len(paths)) if is_plain(number)]
    for number in sorted(plain, key=lambda number: (paths[number], starts[number])):
        path, start, end = paths[number], starts[number], ends[number]
        if groups and groups[-1][0] == path and start - groups[-1][2] <= max_gap:
            _, first, last, members = groups[-1]
            groups[-1] = (path, first, max(last, end), [*members, number])
        else:
            groups.append((path, start, end, [number]))
    others = [number for number in range(len(paths)) if not is_plain(number)]
    return [*groups, *((paths[number], starts[number], ends[number], [number]) for number in others)]
