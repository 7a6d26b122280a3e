"""One HTTP/1.1 conversation: a request out, a response in (RFC 9112).

Written once, as ``async def``, over the :class:`Stream` protocol. A sync stream never suspends. This module orders the
headers, waits for ``100 Continue``, and decides which connections can be reused: those that carried a whole request and
a whole response, and not a byte more. :mod:`request_body` sends bodies, :mod:`response_reader` reads responses.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.transport.request_body import CHUNK, announced_length, send_body, text
from sotalia.transport.response_reader import ProtocolError, ResponseReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from sotalia.transport.messages import AWSPreparedRequest, HeadersDict

# How long a server may think about `Expect: 100-continue` before the body is sent anyway. RFC 9110 10.1.1.
CONTINUE_SECONDS = 1.0
# From here on a piece of a body is received into memory of its own: less is in the stream already, mostly.
LARGE = 256 * 1024


if TYPE_CHECKING:

    class Stream(Protocol):
        """Bytes to and from one peer. A read or write that takes longer than the timeout raises ``TimeoutError``.

        ``has_sent``: whether any byte may have left since it was set to ``False``.
        """

        has_sent: bool

        def set_timeout(self, seconds: float | None) -> None:
            """Limit each following operation; ``None`` brings the usual limit back."""
            ...

        async def receive(self) -> bytes:
            """Some bytes, ``b""`` once the peer has closed."""
            ...

        async def received_now(self) -> bytes | None:
            """What has arrived, without waiting: ``None`` for nothing, ``b""`` once the peer has closed."""
            ...

        async def send(self, data: bytes) -> None:
            """All of ``data``."""
            ...

        def close(self) -> None:
            """Close at once."""
            ...

        def is_stale(self) -> bool:
            """Whether an idle stream can no longer be used: the peer has closed, or sent what nobody asked for."""
            ...

    class FillableStream(Stream, Protocol):
        """A stream that also receives into memory of others."""

        filled: int

        async def fill(self, view: memoryview) -> None:
            """Fill ``view``, or as much of it as comes before the peer closes: ``filled`` bytes, also when this raises."""
            ...


# -- request -------------------------------------------------------------------------------------------------------


def request_head(request: AWSPreparedRequest, target: str, host: str, extra: bytes = b"") -> bytes:
    """The request line and headers, and lines of our own before the last. Raises ``ParamValidationError`` for a value that would end its line early."""
    # By turns a value, and the start of the next line up to its value.
    parts = [
        f"{request.method} {target} HTTP/1.1".encode(),
        b"\r\nHost: ",
        host.encode("utf-8"),
        b"\r\nAccept-Encoding: ",
        b"identity",
    ]
    for key, (name, value) in request.headers.by_lower_name.items():
        start = _line_starts.get(name)
        if start is None:
            if any(character in name for character in "\r\n\0"):
                _refuse(request, target)
            if ":" in name or name != name.strip():
                raise exceptions.ParamValidationError(
                    report=f"the request was not sent: its header {name!r} holds a colon or white space, at which servers "
                    "end the name; remove it"
                )
            start = _line_start(name)
        data = value if type(value) is bytes else str(value).encode("utf-8")
        if key == "host":
            parts[2] = data
        elif key == "accept-encoding":
            parts[3:5] = start, data
        else:
            parts.append(start)
            parts.append(data)
    values = b"".join(parts[::2])
    if b"\r" in values or b"\n" in values or b"\0" in values:
        _refuse(request, target)
    parts += (b"\r\n", extra, b"\r\n")
    return b"".join(parts)


# The start of a line by the header's name. Cached, since a program uses few names.
_line_starts: dict[str, bytes] = {}
_LINE_STARTS_CACHED = 1000


def _line_start(name: str) -> bytes:
    if len(_line_starts) >= _LINE_STARTS_CACHED:
        _line_starts.clear()
    start = _line_starts[name] = b"\r\n%b: " % name.encode("utf-8")
    return start


def _refuse(request: AWSPreparedRequest, target: str) -> None:
    for what, value in (("method", request.method), ("address", target), *request.headers.items()):
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        if any(character in text or character in what for character in "\r\n\0"):
            raise exceptions.ParamValidationError(
                report=f"the request was not sent: its {what!r} holds a line break or a zero byte, which would let it "
                "be read as other headers; remove it from the value"
            )
    raise exceptions.ParamValidationError(report="the request was not sent: its headers hold a line break")


# -- response ------------------------------------------------------------------------------------------------------


class Conversation:
    """One request and its response over one stream."""

    __slots__ = ("_failure", "_is_whole", "_reader", "_stream", "answered", "is_reusable")

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._reader = ResponseReader()
        #: Whether anything came back.
        self.answered = False
        #: Whether the stream may carry another conversation; decided when the response is complete.
        self.is_reusable = False
        # Whether all of the request went out, and the server may expect another one after it.
        self._is_whole = False
        # What ended the body too early, once the bytes before it were given out.
        self._failure: Exception | None = None

    async def request(self, head: bytes, request: AWSPreparedRequest) -> None:
        """Send a request. A server that responds early, instead of ``100 Continue``, is not sent the body.

        Raises ``RequestBodyLengthError`` when the body has another length than its header says.
        """
        body = request.body
        store = request.headers.by_lower_name
        self._reader.is_head_request = request.method == "HEAD"
        length = None
        if body is not None or "content-length" in store:
            length = announced_length(store, body)
        is_small = type(body) is bytes and len(body) == length and len(body) <= CHUNK
        if body is None:
            await self._stream.send(head)
        elif is_small and "expect" not in store:
            await self._stream.send(head + body)
        elif length == 0:
            # Sends nothing, but fails if there is something: the head alone would be a whole request.
            await send_body(self._stream, body, length, self.has_response)
            await self._stream.send(head)
        else:
            await self._stream.send(head)
            expects = "expect" in store and text(store["expect"][1]).lower() == "100-continue"
            if expects and not await self._may_continue(request.context.get("read_timeout")):
                return
            if is_small:
                await self._stream.send(body)
            elif not await send_body(self._stream, body, length, self.has_response):
                return
        self._is_whole = "connection" not in store or "close" not in text(store["connection"][1]).lower()

    async def has_response(self) -> bool:
        """Whether the server has responded already, or closed: it wants no more of the request (RFC 9112 9.5)."""
        while not self._reader.has_head:
            data = await self._stream.received_now()
            if data is None:
                return False
            self._take(data)
        return True

    async def _may_continue(self, seconds: float | None) -> bool:
        """Wait for the server's word on the body: ``True`` to send it, also when the server says nothing.

        ``seconds`` is the stream's limit afterwards, ``None`` for its usual one.
        """
        reader = self._reader
        self._stream.set_timeout(CONTINUE_SECONDS)
        try:
            while not reader.may_continue and not reader.has_head:
                self._take(await self._stream.receive())
        except TimeoutError:
            return True
        finally:
            self._stream.set_timeout(seconds)
        # The connection still owes the server a body after an early response, so it ends with it.
        return not reader.has_head

    async def response(self) -> tuple[int, HeadersDict]:
        """Receive up to the end of the headers: status and headers."""
        reader = self._reader
        while not reader.has_head:
            self._take(await self._stream.receive())
        if reader.is_complete:
            self._finish()
        return reader.status, reader.headers

    async def chunk(self) -> bytes:
        """Some of the body, ``b""`` at its end. Raises ``ProtocolError`` when the peer stops before it."""
        reader = self._reader
        while not reader.chunks:
            if reader.is_complete:
                return b""
            self._take(await self._stream.receive())
            if reader.is_complete:
                self._finish()
        if len(reader.chunks) == 1:
            return reader.chunks.pop()
        data = b"".join(reader.chunks)
        reader.chunks.clear()
        return data

    async def block(self, limit: int | None) -> bytes:
        """:meth:`chunk`; where much of the body is wanted and still to come, all of that in one piece, ``limit`` at most.

        It is received where it stays. When the peer stops in the middle, this returns what came; the next call raises.
        """
        if self._failure is not None:
            raise self._failure
        reader = self._reader
        awaited = reader.awaited_length
        if awaited < LARGE or (limit is not None and limit < LARGE) or not hasattr(self._stream, "fill"):
            return await self.chunk()
        if limit is not None:
            awaited = min(awaited, limit - sum(map(len, reader.chunks)))
            if awaited <= 0:
                return await self.chunk()
        from sotalia.transport.large_bodies import received

        stream: FillableStream = self._stream  # type: ignore[assignment]
        data, count, self._failure = await received(stream, reader.chunks, awaited)
        reader.pass_by(count)
        if reader.is_complete:
            self._finish()
        return data

    async def rest(self) -> bytes:
        """All that is left of the body."""
        reader = self._reader
        if reader.is_complete:  # Most responses come in one piece.
            chunks = reader.chunks
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)
        parts: list[bytes] = []
        while data := await self.chunk():
            parts.append(data)
        return b"".join(parts)

    def is_complete(self) -> bool:
        """Whether all of the body was given out."""
        reader = self._reader
        return reader.is_complete and not reader.chunks

    def _take(self, data: bytes) -> None:
        if data:
            self.answered = True
            self._reader.feed(data)
        elif self.answered:
            self._reader.end()
        else:
            raise ProtocolError("the connection was closed before a response came")

    def _finish(self) -> None:
        self.is_reusable = self._is_whole and self._reader.is_persistent
