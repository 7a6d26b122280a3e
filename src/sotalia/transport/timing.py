"""A transport that notes when each part of a conversation began and ended: for one call, around the connections of a client.

It is a view of the client's :class:`~sotalia.transport.http.HTTPTransport`: pool, limits and end are the client's. It lies
innermost of all layers, so what it measures is the network and nothing else.
"""

from __future__ import annotations

from sotalia.transport.http import HTTPTransport, TransportView

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.transport.body import RawBody
    from sotalia.transport.http import Destination
    from sotalia.transport.http11 import Conversation, Stream
    from sotalia.transport.messages import AWSPreparedRequest, AWSResponse


class Timing:
    """One request: moments by the clock of who asked, ``None`` for what did not happen (yet).

    ``asked_at`` a connection was asked for · ``opening_at`` none was idle · ``connecting_at``, ``connected_at``,
    ``securing_at``, ``secured_at`` · ``sending_at``, ``sent_at`` · ``first_byte_at`` · ``ended_at`` the body's end, or the failure's ·
    ``destination`` host and port · ``received`` bytes of a body that streams, of which ``beginning`` has up to ``limit`` ·
    ``is_complete`` whether all of it came, ``None`` until it ended · ``failure`` the class of what cut it.
    """

    # Attributes of the class, not slots that have to be filled: one is made for every request.
    asked_at: float
    opening_at: float | None = None
    connecting_at: float | None = None
    connected_at: float | None = None
    securing_at: float | None = None
    secured_at: float | None = None
    sending_at: float | None = None
    sent_at: float | None = None
    first_byte_at: float | None = None
    ended_at: float | None = None
    is_reused: bool | None = None
    destination: tuple[str, int] | None = None
    #: Of a body that streams.
    streams: bool = False
    received: int = 0
    beginning: bytes = b""
    is_complete: bool | None = None
    failure: str | None = None
    #: Called when the body has ended.
    when_ended: Callable[[], None] | None = None

    def __init__(self, clock: Callable[[], float], limit: int = 0) -> None:
        self.clock = clock
        self.limit = limit

    def follow(self, body: RawBody) -> None:
        """Note what is received of a body, and its end."""
        self.streams = True
        watch_body(body, self._note_chunk, self._note_end)

    def _note_chunk(self, data: bytes) -> None:
        self.received += len(data)
        missing = self.limit - len(self.beginning)
        if missing > 0:
            self.beginning += data[:missing]

    def _note_end(self, complete: bool, failure: str | None) -> None:
        self.ended_at = self.clock()
        self.is_complete, self.failure = complete, failure
        if self.when_ended is not None:
            self.when_ended()


def watch_body(
    body: RawBody,
    received: Callable[[bytes], None],
    ended: Callable[[bool, str | None], None],
) -> None:
    """Have ``received`` called with what comes of a body, and ``ended`` once, with whether it came whole and the class of what cut it."""
    inner, finish = body._next_chunk, body._finish
    failure: str | None = None

    async def next_chunk(wanted: int | None) -> bytes:
        nonlocal failure
        try:
            data = await inner(wanted)
        except BaseException as error:
            failure = type(error).__name__
            raise
        received(data)
        return data

    def finished(complete: bool) -> None:
        try:
            ended(complete, failure)
        finally:
            finish(complete)

    body._next_chunk, body._finish = next_chunk, finished


def timed(transport: Any, clock: Callable[[], float], limit: int = 0) -> TimedTransport | None:
    """The transport with a stop-watch, for one call; ``None`` for one that is not ours.

    ``limit``: how many bytes of streaming bodies are kept.
    """
    if type(transport) is not HTTPTransport and type(transport) is not TransportView:
        return None
    view = object.__new__(TimedTransport)
    view.__dict__.update(transport.__dict__)
    view._origin = transport
    view.pool = _Pool(transport.pool)  # type: ignore[assignment]  # By its methods it is one.
    view._clock = clock
    view._limit = limit
    view.timings = []
    return view


class TimedTransport(TransportView):
    """The view. ``timings`` has one entry for each request that was sent."""

    _clock: Callable[[], float]
    _limit: int
    timings: list[Timing]

    async def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """The response to a prepared request."""
        timing = Timing(self._clock, self._limit)
        self.timings.append(timing)
        timing.asked_at = self._clock()
        try:
            response = await super().send(request)
        except BaseException:
            timing.ended_at = self._clock()
            raise
        if not timing.streams:
            timing.ended_at = self._clock()
        return response

    async def _converse(self, lease: Any, request: AWSPreparedRequest, head: bytes) -> AWSResponse:
        timing = self.timings[-1]
        destination: Destination = lease.destination
        timing.is_reused = lease.is_reused
        proxy = destination.proxy
        timing.destination = (
            (destination.host, destination.port) if proxy is None else (proxy.host, proxy.port)
        )
        lease.stream = _TimedStream(lease.stream, timing)
        timing.sending_at = self._clock()
        return await super()._converse(lease, request, head)

    async def _open(self, destination: Destination, url: str, deadline: Any = None) -> Stream:
        timing = self.timings[-1]
        timing.opening_at = self._clock()
        if type(self._connector) is not _TimedConnector:
            self._connector = _TimedConnector(self._connector, self.timings)
        return await super()._open(destination, url, deadline)

    def _body(self, conversation: Conversation, lease: Any, url: str) -> RawBody:
        body = super()._body(conversation, lease, url)
        self.timings[-1].follow(body)
        return body


class _Pool:
    """The client's pool, which gets back the streams that it gave out."""

    __slots__ = ("_pool",)

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)

    def release(self, destination: Any, stream: Any, *, reusable: bool) -> None:
        """A connection is no longer in use."""
        inner = stream.inner if type(stream) is _TimedStream else stream
        self._pool.release(destination, inner, reusable=reusable)


class _TimedStream:
    """A connection for one conversation with a stop-watch."""

    __slots__ = ("_timing", "inner")

    def __init__(self, inner: Any, timing: Timing) -> None:
        self.inner = inner
        self._timing = timing

    def __getattr__(self, name: str) -> Any:
        # Only what has `fill` receives into memory of others.
        return getattr(self.inner, name)

    @property
    def has_sent(self) -> bool:
        """Whether any byte may have left."""
        sent: bool = self.inner.has_sent
        return sent

    @has_sent.setter
    def has_sent(self, value: bool) -> None:
        self.inner.has_sent = value

    async def send(self, data: bytes) -> None:
        """All of ``data``."""
        timing = self._timing
        await self.inner.send(data)
        timing.sent_at = timing.clock()
        timing.first_byte_at = None  # What came before was word that the body may follow.

    def receive(self) -> Any:
        """Some bytes, ``b""`` once the peer has closed."""
        return self._first() if self._timing.first_byte_at is None else self.inner.receive()

    async def _first(self) -> bytes:
        data: bytes = await self.inner.receive()
        self._timing.first_byte_at = self._timing.clock()
        return data

    async def received_now(self) -> bytes | None:
        """What has arrived, without waiting."""
        data: bytes | None = await self.inner.received_now()
        if data and self._timing.first_byte_at is None:
            self._timing.first_byte_at = self._timing.clock()
        return data


class _TimedConnector:
    """Opens connections with a stop-watch."""

    __slots__ = ("_inner", "_timings")

    def __init__(self, inner: Any, timings: list[Timing]) -> None:
        self._inner = inner
        self._timings = timings

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def with_connect_timeout(self, seconds: float | None) -> _TimedConnector:
        """The same with another limit for each step of connecting."""
        return _TimedConnector(self._inner.with_connect_timeout(seconds), self._timings)

    async def connect(self, host: str, port: int) -> Any:
        """A plain connection."""
        timing = self._timings[-1]
        timing.connecting_at = timing.clock()
        stream = await self._inner.connect(host, port)
        timing.connected_at = timing.clock()
        return stream

    async def secure(self, stream: Any, context: Any, server_name: str) -> Any:
        """TLS over a connection. Through a proxy there may be two of them."""
        timing = self._timings[-1]
        if timing.securing_at is None:
            timing.securing_at = timing.clock()
        secured = await self._inner.secure(stream, context, server_name)
        timing.secured_at = timing.clock()
        return secured
