"""A stream over an asyncio transport (also uvloop's): the protocol hands bytes to one waiting reader."""

from __future__ import annotations

import asyncio

from sotalia.transport.sync_stream import readiness

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from typing import Any

# Unread bytes beyond which we pause reading, so that TCP slows the peer down.
_HIGH_WATER = 256 * 1024


class AsyncioStream(asyncio.Protocol):
    """One connection of an event loop; one reader and one writer at a time."""

    def __init__(self, read_timeout: float | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._usual_timeout = read_timeout
        self._timeout = read_timeout
        self.transport: Any = None
        self._received: list[bytes] = []
        self._size = 0
        self._paused = False
        self._ended = False
        self._lost = False
        self._error: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._is_full = False
        self._is_readable: Callable[[], Any] | None = None
        #: Whether any byte may have left since it was set to ``False``.
        self.has_sent = False
        #: How many bytes the last :meth:`fill` received.
        self.filled = 0

    # -- called by the event loop ------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is open."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes arrived."""
        self._received.append(data)
        self._size += len(data)
        _wake(self._writable)
        if self._size > _HIGH_WATER and not self._paused:
            self._paused = True
            self.transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> bool:
        """The peer has closed its side."""
        self._ended = True
        _wake(self._reader)
        _wake(self._writable)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed."""
        self._ended = self._lost = True
        self._error = exc
        _wake(self._reader)
        _wake(self._writable)

    def pause_writing(self) -> None:
        """The write buffer is full: the peer is slower than we are."""
        self._is_full = True

    def resume_writing(self) -> None:
        """The write buffer has room again."""
        self._is_full = False
        _wake(self._writable)

    # -- the stream --------------------------------------------------------------------------------------------

    def set_timeout(self, seconds: float | None) -> None:
        """Limit each following operation to ``seconds``; ``None`` restores the default limit."""
        self._timeout = self._usual_timeout if seconds is None else seconds

    def set_read_timeout(self, seconds: float | None) -> None:
        """Change the default limit."""
        self._usual_timeout = self._timeout = seconds

    async def receive(self) -> bytes:
        """Some bytes, ``b""`` once the peer has closed."""
        while not self._received:
            if self._ended:
                if self._error is not None:
                    raise self._error
                return b""
            self._reader = self._loop.create_future()
            try:
                await self._wait(self._reader)
            finally:
                self._reader = None
        return await self._taken()

    async def fill(self, view: memoryview) -> None:
        """Fill ``view``, or as much of it as comes before the peer closes: ``filled`` bytes, also when this raises."""
        from sotalia.transport.asyncio_filling import Filling, is_fillable

        self.filled = 0
        while self.filled < len(view):
            if self._ended or self._received or not is_fillable(self.transport):
                data = await self.receive()
                if not data:
                    return
                count = min(len(data), len(view) - self.filled)
                view[self.filled : self.filled + count] = data[:count]
                self.filled += count
                if count < len(data):  # More than the body: before what has come since.
                    self._received.insert(0, data[count:])
                    self._size += len(data) - count
                continue
            self._reader = self._loop.create_future()
            filling = Filling(self, view, self.filled, self._reader)
            try:
                await filling.done(self._timeout)
            finally:
                self._reader = None
                self.filled = filling.position

    async def received_now(self) -> bytes | None:
        """What has arrived, without waiting: ``None`` for nothing, ``b""`` for the peer's end."""
        if not self._received and not self._ended and self._has_arrived():
            for _ in range(2):  # The loop looks at the socket in one round, and reads from it in the next.
                await asyncio.sleep(0)
        if self._received:
            return await self._taken()
        if self._ended and self._error is not None:
            raise self._error
        return b"" if self._ended else None

    async def _taken(self) -> bytes:
        received = self._received
        data = received[0] if len(received) == 1 else b"".join(received)
        received.clear()
        self._size = 0
        if self._paused:
            self._paused = False
            self.transport.resume_reading()
            if self.transport.get_extra_info("sslcontext") is not None:
                # The layer of TLS hands over what it held in a call that it has just asked the loop for. Nobody may take
                # the connection for an idle one before.
                await asyncio.sleep(0)
        return data

    async def send(self, data: bytes) -> None:
        """Hand ``data`` over; waits while the peer is slower than we are, but not once it has something to say."""
        if self._lost or self.transport.is_closing():
            raise self._error or ConnectionResetError("the connection was closed")
        self.has_sent = True
        self.transport.write(data)
        while self._is_full and not self._received and not self._ended:
            self._writable = self._loop.create_future()
            try:
                await self._wait(self._writable)
            finally:
                self._writable = None
        if self._lost:
            raise self._error or ConnectionResetError("the connection was closed")

    async def _wait(self, future: asyncio.Future[None]) -> None:
        if self._timeout is None:
            await future
            return
        timer = self._loop.call_later(self._timeout, _expire, future)
        try:
            await future
        finally:
            timer.cancel()

    def close(self) -> None:
        """Close at once; unsent bytes are dropped."""
        # A transport that has reported its end must not be touched any more, nor one whose loop is gone.
        if self.transport is None or self._lost or self._loop.is_closed():
            return
        running = asyncio._get_running_loop()
        if running is None or running is self._loop:
            self.transport.abort()
        else:
            self._loop.call_soon_threadsafe(self.transport.abort)

    def is_stale(self) -> bool:
        """Whether an idle connection can no longer be used: it belongs to another event loop, the peer has closed it, or
        it holds bytes that nobody asked for, or a request that has not left.

        Also looks at the socket itself, since the loop may not have run since something arrived. A record of TLS of
        which only half has come is not seen, nor what arrives after this look: they cannot be told from a response.
        """
        return (
            self._ended
            or self._lost
            or bool(self._received)
            or self._loop is not asyncio._get_running_loop()
            or self.transport.is_closing()
            or self.transport.get_write_buffer_size() > 0
            or self._has_arrived()
        )

    def _has_arrived(self) -> bool:
        if self._is_readable is None:
            self._is_readable = readiness(self.transport.get_extra_info("socket"))
        return bool(self._is_readable())

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop that the connection belongs to."""
        return self._loop


class Slots:
    """Limits the connections in use: others wait their turn. On another event loop the count starts again."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._loop: asyncio.AbstractEventLoop | None = None
        self._semaphore: asyncio.Semaphore

    async def acquire(self) -> asyncio.Semaphore:
        """Wait for a place. Release the semaphore that you get."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._semaphore = loop, asyncio.Semaphore(self._limit)
        semaphore = self._semaphore
        await semaphore.acquire()
        return semaphore


def _wake(future: asyncio.Future[None] | None) -> None:
    if future is not None and not future.done():
        future.set_result(None)


def _expire(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_exception(TimeoutError("the operation timed out"))


def _loses_errors(transport: Any) -> bool:
    """Whether it is a TLS transport whose ``_force_close`` raises TypeError, so that a handshake's error never arrives.

    Up to Python 3.11.7 and 3.12.1 ``_abort``, which it hands the error, takes none (gh-113214). Later ones let ``abort`` call
    ``_force_close``.
    """
    abort = getattr(getattr(transport, "_ssl_protocol", None), "_abort", None)
    code = getattr(abort, "__code__", None)  # uvloop's has none.
    return code is not None and code.co_argcount == 1


class AsyncioConnector:
    """Opens :class:`AsyncioStream` connections."""

    def __init__(self, *, connect_timeout: float | None, read_timeout: float | None, keepalive: bool) -> None:
        self.connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._keepalive = keepalive

    async def connect(self, host: str, port: int) -> AsyncioStream:
        """A plain connection. Raises ``OSError``, ``TimeoutError``, ``UnicodeError`` for a host that cannot be one."""
        loop = asyncio.get_running_loop()
        stream = AsyncioStream(self._read_timeout)
        try:
            async with asyncio.timeout(self.connect_timeout):
                transport, _ = await loop.create_connection(lambda: stream, host, port)
            if self._keepalive:
                import socket

                transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        except BaseException:
            stream.close()
            raise
        return stream

    async def secure(self, stream: AsyncioStream, context: ssl.SSLContext, server_name: str) -> AsyncioStream:
        """TLS over a connection, be it TLS itself. Raises ``ssl.SSLError``; the connection is closed then."""
        outer = stream.transport
        if outer.get_extra_info("sslcontext") is not None and _loses_errors(outer):

            def abort(error: object) -> None:
                outer.abort()

            outer._force_close = abort
        try:
            async with asyncio.timeout(self.connect_timeout):
                # The event loop has a limit of its own (60 s), which must not come first.
                transport = await stream.loop.start_tls(
                    outer,
                    stream,
                    context,
                    server_hostname=server_name,
                    ssl_handshake_timeout=(self.connect_timeout or 3600) + 1,
                )
        except BaseException:
            stream.close()
            raise
        stream.transport = transport
        return stream

    def with_connect_timeout(self, seconds: float | None) -> AsyncioConnector:
        """The same with another limit for each step of connecting."""
        return AsyncioConnector(
            connect_timeout=seconds, read_timeout=self._read_timeout, keepalive=self._keepalive
        )

    async def finish_closing(self) -> None:
        """Wait until closed connections have released their descriptors, which takes some turns of the loop."""
        for _ in range(3):
            await asyncio.sleep(0)
