"""A transport that notes when each part of a conversation began and ended.

It is a view of the client's :class:`~sotalia.transport.http.HTTPTransport`: pool, limits and end are the client's. It lies
innermost of all layers, so what it measures is the network and nothing else.
"""

from __future__ import annotations

from sotalia.runtime.notes import running
from sotalia.transport.http import HTTPTransport, TransportView
from sotalia.transport.http11 import Conversation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CoroutineType
    from typing import Any

    from sotalia.transport.body import RawBody
    from sotalia.transport.http import Destination
    from sotalia.transport.http11 import Stream
    from sotalia.transport.messages import AWSPreparedRequest, AWSResponse, HeadersDict


class Timing:
    """One request: moments by the clock of who asked, ``None`` for what did not happen (yet).

    ``asked_at`` a connection was asked for · ``opening_at`` none was idle · ``connecting_at``, ``connected_at``,
    ``securing_at``, ``secured_at`` · ``sending_at``, ``sent_at`` · ``first_byte_at`` · ``ended_at`` the body's end, or the failure's ·
    ``destination`` scheme, host and port of a new connection · ``received`` bytes of a body that streams, of which ``beginning`` has up to ``limit`` ·
    ``is_complete`` whether all of it came, ``None`` until it ended · ``failure`` the class of what cut it.
    """

    # Attributes of the class, not slots that have to be filled: one is made for every request.
    clock: Callable[[], float]
    limit: int = 0
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
    destination: tuple[str, str, int] | None = None
    #: Of a body that streams.
    streams: bool = False
    received: int = 0
    beginning: bytes = b""
    is_complete: bool | None = None
    failure: str | None = None
    #: Called when the body has ended.
    when_ended: Callable[[], None] | None = None

    def follow(self, body: RawBody, limit: int) -> None:
        """Note what is received of a body, of which ``limit`` bytes are kept, and its end."""
        # All of it may have arrived.
        self.streams, self.limit, self.ended_at = True, limit, None
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


def timed(transport: Any) -> TimedTransport | None:
    """The transport with a stop-watch, for all calls that are noted; ``None`` for one that is not ours."""
    if type(transport) is not HTTPTransport and type(transport) is not TransportView:
        return None
    view = object.__new__(TimedTransport)
    view.__dict__.update(transport.__dict__)
    view._origin = transport
    view._connector = _TimedConnector(transport._connector)
    return view


class TimedTransport(TransportView):
    """The view. What it measures, it puts into :data:`sotalia.runtime.notes.running`."""

    def send(self, request: AWSPreparedRequest) -> CoroutineType[Any, Any, AWSResponse]:
        """The response to a prepared request."""
        notes = running.get()
        if notes is not None:
            timing = Timing()
            timing.clock = clock = notes.now
            timing.asked_at = clock()
            notes.timings.append(timing)
        work: Any = HTTPTransport.send(self, request)
        return work  # type: ignore[no-any-return]

    async def _open(self, destination: Destination, url: str, deadline: Any = None) -> Stream:
        timing = _timing()
        if timing is None:
            return await super()._open(destination, url, deadline)
        timing.opening_at = timing.clock()
        timing.destination = destination.key
        try:
            stream = await super()._open(destination, url, deadline)
        except BaseException:
            timing.ended_at = timing.clock()
            raise
        return stream

    def _conversation(self, stream: Any) -> Conversation:  # There it is a class.
        notes = running.get()
        if notes is None:
            return Conversation(stream)
        conversation = _TimedConversation(stream)
        conversation.timing = timing = notes.timings[-1]
        timing.is_reused = timing.opening_at is None
        return conversation

    def _translated(self, error: BaseException, url: str) -> BaseException:
        # It may be the body of a call that ended, read where another one runs that has sent nothing yet.
        notes = running.get()
        if notes is not None and notes.timings and notes.timings[-1].ended_at is None:
            notes.timings[-1].ended_at = notes.now()
        return super()._translated(error, url)

    def _body(self, conversation: Conversation, lease: Any, url: str) -> RawBody:
        body = super()._body(conversation, lease, url)
        notes = running.get()
        if notes is not None:
            timing: Timing = notes.timings[-1]
            timing.follow(body, notes.bodies)
        return body


def _timing() -> Timing | None:
    """That of the request that is being sent."""
    notes = running.get()
    return None if notes is None else notes.timings[-1]


class _TimedConversation(Conversation):
    """A conversation with a stop-watch."""

    __slots__ = ("timing",)

    timing: Timing

    def request(self, head: bytes, request: AWSPreparedRequest) -> CoroutineType[Any, Any, None]:
        """Send a request."""
        timing = self.timing
        timing.sending_at = timing.clock()
        work: Any = Conversation.request(self, head, request)
        return work  # type: ignore[no-any-return]

    def response(self) -> CoroutineType[Any, Any, tuple[int, HeadersDict]]:
        """Receive up to the end of the headers."""
        timing = self.timing
        if not self._reader.has_head:
            # What came before was word that the body may follow.
            timing.sent_at, timing.first_byte_at = timing.clock(), None
        elif timing.sent_at is None:
            timing.sent_at = timing.first_byte_at
        work: Any = Conversation.response(self)
        return work  # type: ignore[no-any-return]

    def _take(self, data: bytes) -> None:
        timing = self.timing
        if data and timing.first_byte_at is None:
            timing.first_byte_at = timing.clock()
        Conversation._take(self, data)
        if self._reader.is_complete:
            timing.ended_at = timing.clock()


class _TimedConnector:
    """Opens connections with a stop-watch."""

    __slots__ = ("_inner",)

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def with_connect_timeout(self, seconds: float | None) -> _TimedConnector:
        """The same with another limit for each step of connecting."""
        return _TimedConnector(self._inner.with_connect_timeout(seconds))

    async def connect(self, host: str, port: int) -> Any:
        """A plain connection."""
        timing = _timing()
        if timing is None:
            return await self._inner.connect(host, port)
        timing.connecting_at = timing.clock()
        stream = await self._inner.connect(host, port)
        timing.connected_at = timing.clock()
        return stream

    async def secure(self, stream: Any, context: Any, server_name: str) -> Any:
        """TLS over a connection. Through a proxy there may be two of them."""
        timing = _timing()
        if timing is not None and timing.securing_at is None:
            timing.securing_at = timing.clock()
        secured = await self._inner.secure(stream, context, server_name)
        if timing is not None:
            timing.secured_at = timing.clock()
        return secured
