"""Bodies of responses: as they arrive (:class:`RawBody`), and as you read them (:class:`StreamingBody`)."""

from __future__ import annotations

import io
from _thread import allocate_lock

from sotalia import exceptions
from sotalia.runtime import drive
from sotalia.runtime.pickling import OfOneProcess
from sotalia.runtime.reference_base import ReferenceBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from types import TracebackType
    from typing import Any

_CHUNK = 1024
_INTERRUPTED = "an earlier read of this body was interrupted, and the rest of it is lost"


class RawBody:
    """The bytes of a response as they arrive.

    One core, :meth:`take`, serves sync and async code: ``read``, ``stream`` and iteration block the thread, ``aread`` and
    ``async for`` the task. ``finish`` is called once, when the body is complete or abandoned, with whether it is complete.
    Nobody has to read beyond the last byte for that, and dropping an unread body abandons it. ``is_complete`` says
    whether nothing more will come. ``next_chunk`` gives what arrives next. It is told how much is wanted, ``None`` for all, and may
    give less or more.

    One reader at a time: a second thread waits for the first. A second task gets a ``RuntimeError``
    (``threads_wait=False``), since it cannot wait in the first one's thread.
    """

    def __init__(
        self,
        next_chunk: Callable[[int | None], Awaitable[bytes]],
        finish: Callable[[bool], None],
        set_timeout: Callable[[float | None], None] | None = None,
        is_complete: Callable[[], bool] | None = None,
        *,
        threads_wait: bool = True,
    ) -> None:
        # Two readers of one stream would each take a part of the other's bytes, and the second one those of the next
        # conversation, which may begin as soon as the first one has seen the end.
        self._turn = allocate_lock()
        self._threads_wait = threads_wait
        self._is_complete = is_complete
        self._next_chunk = next_chunk
        self._finish = finish
        self._set_timeout = set_timeout
        self._buffer = b""
        self._ended = False
        # The error that cut the body short. Every later read raises it again.
        self._failure: Exception | None = None
        self.closed = False

    async def take(self, amount: int | None = None) -> bytes:
        """Read up to ``amount`` bytes, or all of the rest for ``None``; ``b""`` at the end.

        If the connection fails, you get the bytes before the failure first, unless you asked for all.
        """
        if amount == 0:
            return b""
        self._begin()
        try:
            return await self._taken(amount)
        finally:
            self._turn.release()

    def _begin(self) -> None:
        if not self._turn.acquire(self._threads_wait):
            raise RuntimeError(
                "another task is reading this body; have one task read it and hand on what it read to the others"
            )

    async def _taken(self, amount: int | None) -> bytes:
        parts = [self._buffer] if self._buffer else []
        size = len(self._buffer)
        self._buffer = b""
        while not self._ended and (amount is None or size < amount):
            try:
                chunk = await self._chunk(None if amount is None else amount - size)
            except Exception:
                if amount is None or not size:
                    raise
                break
            if not chunk:
                break
            parts.append(chunk)
            size += len(chunk)
        if self._failure is not None and (amount is None or not size):
            raise self._failure
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        if amount is not None and size > amount:
            self._buffer = data[amount:]
            data = data[:amount]
        return data

    async def _chunk(self, wanted: int | None) -> bytes:
        """Read what arrives next, of ``wanted`` bytes (``None``: all). The end releases the connection, a failure closes it."""
        try:
            chunk = await self._next_chunk(wanted)
        except BaseException as error:
            self._end(complete=False)
            self._failure = error if isinstance(error, Exception) else ConnectionAbortedError(_INTERRUPTED)
            raise
        if self.closed:
            return b""  # By another thread, while this one waited.
        if not chunk or (self._is_complete is not None and self._is_complete()):
            self._end(complete=True)
        return chunk

    def _end(self, *, complete: bool) -> None:
        if not self._ended:
            self._ended = True
            self._finish(complete)

    def mark_ended(self) -> None:
        """Note that nothing is left and nothing has to be released."""
        self._ended = True

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come of it: all has arrived, or it was given up."""
        return self._ended

    def read(self, amt: int | None = None) -> bytes:
        """:meth:`take` for sync code."""
        return drive(self.take(amt))

    def stream(self, amt: int | None = 65536, decode_content: bool | None = None) -> Iterator[bytes]:
        """The rest in pieces, as they arrive."""
        while data := drive(self.piece()):
            yield data

    async def piece(self) -> bytes:
        """Read what arrives next; ``b""`` at the end."""
        self._begin()
        try:
            if self._buffer:
                data, self._buffer = self._buffer, b""
                return data
            if self._failure is not None:
                raise self._failure
            return b"" if self._ended else await self._chunk(0)
        finally:
            self._turn.release()

    def __iter__(self) -> Iterator[bytes]:
        return self.stream()

    async def aread(self, amt: int | None = None) -> bytes:
        """:meth:`take` for async code."""
        return await self.take(amt)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while data := await self.piece():
            yield data

    def readable(self) -> bool:
        """Always."""
        return True

    def set_socket_timeout(self, seconds: float | None) -> None:
        """How long each following read may wait."""
        if self._set_timeout is not None:
            self._set_timeout(seconds)

    def close(self) -> None:
        """Give up the rest; a connection in the middle of a body is closed, not reused."""
        self.closed = True
        self._buffer = b""
        self._end(complete=False)

    async def aclose(self) -> None:
        """:meth:`close`, to be awaited."""
        self.close()

    def __del__(self) -> None:
        # Otherwise a caller that ignores a body would keep its connection, and its place in the pool, for ever.
        if not self._ended:
            try:
                self._end(complete=False)
            except Exception:
                pass  # The event loop is closed, or the interpreter shuts down.

    def __repr__(self) -> str:
        return f"<RawBody {'complete' if self._ended else 'open'}>"


def spent_body() -> RawBody:
    """A body of which nothing is left."""

    async def next_chunk(wanted: int | None) -> bytes:
        return b""

    body = RawBody(next_chunk, lambda complete: None)
    body.mark_ended()
    return body


class _Body(OfOneProcess):
    """What sync and async streaming bodies share: counting, the length check, lines and chunks."""

    _pickle_instead = "it is read from a connection of this process; read it here, and pickle the bytes"

    def __init__(self, raw_stream: Any, content_length: str | int | None) -> None:
        self._raw_stream = raw_stream
        self._content_length = content_length
        self._amount_read = 0

    async def _take(self, amount: int | None) -> bytes:
        """Read, count, and check the length once the end is reached."""
        if amount is not None and amount < 0:
            amount = None  # As files do.
        try:
            data = await self._read_raw(amount)
        except Exception as error:
            translated = self._translated(error, amount)
            if translated is error:
                raise
            raise translated from error
        self._amount_read += len(data)
        self._received(data, amount)
        if amount is None or (not data and amount > 0):
            self._verify_content_length()
        return data

    def _translated(self, error: Exception, amount: int | None) -> Exception:
        """The reference's error for a failed read. Compares names of classes, as the raw stream may be urllib3's."""
        # Our own transport has translated the error already.
        cause: Exception = getattr(error, "kwargs", {}).get("error", error)
        name = type(cause).__name__
        if isinstance(cause, TimeoutError) or name in ("ReadTimeoutError", "HTTPReadTimeoutError"):
            if not isinstance(error, exceptions.BotoCoreError):
                error = exceptions.ReadTimeoutError(endpoint_url=_url(self._raw_stream), error=error)
        elif isinstance(cause, OSError) or name in ("ProtocolError", "IncompleteRead"):
            if not isinstance(cause, OSError) and amount is not None:
                self._verify_content_length()
            error = exceptions.ResponseStreamingError(error=cause)
        return error

    def _received(self, data: bytes, amount: int | None) -> None:
        """Called with the bytes of each read, for subclasses that add them up."""

    async def _read_raw(self, amount: int | None) -> bytes:
        take = getattr(self._raw_stream, "take", None)
        if take is not None:
            taken: bytes = await take(amount)
            return taken
        data: Any = self._raw_stream.read() if amount is None else self._raw_stream.read(amount)
        if hasattr(data, "__await__"):
            data = await data
        found: bytes = data
        return found

    def _verify_content_length(self) -> None:
        if self._content_length is not None and self._amount_read != int(self._content_length):
            raise exceptions.IncompleteReadError(
                actual_bytes=self._amount_read, expected_bytes=int(self._content_length)
            )

    def tell(self) -> int:
        """Bytes read so far."""
        return self._amount_read

    def readable(self) -> bool:
        """Whether it can still be read."""
        readable = getattr(self._raw_stream, "readable", None)
        return True if readable is None else bool(readable())

    def set_socket_timeout(self, timeout: float | None) -> None:
        """How many seconds each following read may wait."""
        setter = getattr(self._raw_stream, "set_socket_timeout", None)
        if setter is not None:
            setter(timeout)

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} {self._amount_read} of {self._content_length or 'unknown'} bytes read>"
        )


def _split(pending: bytes, chunk: bytes, *, keepends: bool) -> tuple[list[bytes], bytes]:
    """Whole lines of ``pending + chunk``, and the unfinished last one."""
    lines = (pending + chunk).splitlines(keepends=True)
    rest = lines.pop() if lines else b""
    return (lines if keepends else [line.splitlines()[0] for line in lines]), rest


class _File(ReferenceBase, io.IOBase):
    """A file in the standard library's sense."""


class StreamingBody(_Body, _File):
    """The body of a response whose operation streams: read it, iterate over it, or close it.

    A file for everything that takes one (``io.TextIOWrapper``, ``csv``, ``gzip``, ``pandas``): as in the reference it
    can be read but neither wound back nor written, and ``closed`` stays ``False``.

    Raises ``IncompleteReadError`` when fewer bytes came than were announced, ``ReadTimeoutError`` and
    ``ResponseStreamingError`` when the connection fails. ``with`` gives the raw stream, as in the reference.
    """

    def read(self, amt: int | None = None) -> bytes:
        """At most ``amt`` bytes, or all of the rest."""
        return drive(self._take(amt))

    def readinto(self, b: Any) -> int:
        """Read into a writable buffer; how many bytes."""
        data = self.read(len(b))
        b[: len(data)] = data
        return len(data)

    def readlines(self, hint: int = -1, /) -> list[bytes]:
        """All lines of the rest, whatever the hint."""
        return self.read().splitlines(keepends=True)

    def __iter__(self) -> Iterator[bytes]:
        return self.iter_chunks(_CHUNK)

    def __next__(self) -> bytes:
        chunk = self.read(_CHUNK)
        if not chunk:
            raise StopIteration
        return chunk

    next = __next__

    def iter_chunks(self, chunk_size: int = _CHUNK) -> Iterator[bytes]:
        """The rest in pieces of ``chunk_size`` bytes."""
        while chunk := self.read(chunk_size):
            yield chunk

    def iter_lines(self, chunk_size: int = _CHUNK, keepends: bool = False) -> Iterator[bytes]:
        """The rest line by line, however long the lines are."""
        pending = b""
        for chunk in self.iter_chunks(chunk_size):
            lines, pending = _split(pending, chunk, keepends=keepends)
            yield from lines
        if pending:
            yield pending if keepends else pending.splitlines()[0]

    def close(self) -> None:
        """Give up the rest."""
        self._raw_stream.close()

    def __del__(self) -> None:
        """Leave the raw stream open, which ``io.IOBase`` would close: others may be reading it."""

    def __enter__(self) -> Any:
        return self._raw_stream

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._raw_stream.close()


class AsyncStreamingBody(_Body):
    """:class:`StreamingBody` of an async client: ``await body.read()``, ``async for``, ``async with``."""

    async def read(self, amt: int | None = None) -> bytes:
        """At most ``amt`` bytes, or all of the rest."""
        return await self._take(amt)

    async def readinto(self, b: Any) -> int:
        """Read into a writable buffer; how many bytes."""
        data = await self.read(len(b))
        b[: len(data)] = data
        return len(data)

    async def readlines(self) -> list[bytes]:
        """All lines of the rest."""
        return (await self.read()).splitlines(keepends=True)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await self.read(_CHUNK):
            yield chunk

    async def __anext__(self) -> bytes:
        chunk = await self.read(_CHUNK)
        if not chunk:
            raise StopAsyncIteration
        return chunk

    anext = __anext__

    async def iter_chunks(self, chunk_size: int = _CHUNK) -> AsyncIterator[bytes]:
        """The rest in pieces of ``chunk_size`` bytes."""
        while chunk := await self.read(chunk_size):
            yield chunk

    async def iter_lines(self, chunk_size: int = _CHUNK, keepends: bool = False) -> AsyncIterator[bytes]:
        """The rest line by line, however long the lines are."""
        pending = b""
        async for chunk in self.iter_chunks(chunk_size):
            lines, pending = _split(pending, chunk, keepends=keepends)
            for line in lines:
                yield line
        if pending:
            yield pending if keepends else pending.splitlines()[0]

    def close(self) -> None:
        """Give up the rest."""
        self._raw_stream.close()

    async def aclose(self) -> None:
        """The same, to be awaited."""
        self._raw_stream.close()

    async def __aenter__(self) -> AsyncStreamingBody:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._raw_stream.close()


def _url(raw_stream: Any) -> str:
    return getattr(raw_stream, "url", None) or getattr(raw_stream, "_request_url", None) or "unknown"
