"""One HTTP/1.1 conversation: a request out, a response in (RFC 9112).

Written once, as ``async def``, over the :class:`Stream` protocol; a synchronous stream never suspends. Parsing is
httptools' (llhttp, strict). What this module sees to itself: the order of headers on the wire, bodies of every kind,
waiting for ``100 Continue``, responses that have no body, limits, and that nothing of a response is silently missing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from httptools import HttpParserError, HttpResponseParser

from sotalia import exceptions
from sotalia.transport.messages import HeadersDict

if TYPE_CHECKING:
    from sotalia.transport.messages import AWSPreparedRequest

# Bytes of a file that are read and sent at a time, and of a response that are received at a time.
CHUNK = 128 * 1024
# A response head longer than this is no answer of AWS. (http.client allows 100 lines of 64 KiB.)
MAX_HEAD = 512 * 1024
# How long a server may think about `Expect: 100-continue` before the body is sent anyway. RFC 9110 10.1.1.
CONTINUE_SECONDS = 1.0

_NO_BODY = frozenset((204, 304))


class Stream(Protocol):
    """Bytes to and from one peer. A read or write that takes longer than the timeout raises ``TimeoutError``."""

    def set_timeout(self, seconds: float | None) -> None:
        """Limit each following operation; ``None`` brings the usual limit back."""
        ...

    async def receive(self) -> bytes:
        """Some bytes, ``b""`` once the peer has closed."""
        ...

    async def send(self, data: bytes) -> None:
        """All of ``data``."""
        ...

    def close(self) -> None:
        """Close at once."""
        ...

    def is_stale(self) -> bool:
        """Whether an idle stream can no longer be used."""
        ...


class ProtocolError(Exception):
    """The peer does not speak HTTP, or stopped in the middle of it."""


class NoResponseError(ProtocolError):
    """The peer closed before the first byte of a response."""


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
    for key, (name, value) in request.headers._store.items():
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


# By the name of a header, what stands before its value, kept because the names are few.
_line_starts: dict[str, bytes] = {}
_LINE_STARTS_KEPT = 1000


def _line_start(name: str) -> bytes:
    if len(_line_starts) >= _LINE_STARTS_KEPT:
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


async def send_body(stream: Stream, body: Any, *, chunked: bool) -> None:
    """Send a body of any kind: bytes, files (also asynchronous ones), iterables of either colour.

    Files that count what is sent are told that what is read from now on is.
    """
    if hasattr(body, "signal_transferring"):
        body.signal_transferring()
    async for chunk in _chunks(body):
        if not chunk:
            continue
        if chunked:
            await stream.send(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        else:
            await stream.send(chunk)
    if chunked:
        await stream.send(b"0\r\n\r\n")


async def _chunks(body: Any) -> AsyncIterator[bytes]:
    if isinstance(body, bytes | bytearray | memoryview):
        yield bytes(body)
    elif hasattr(body, "read"):
        while True:
            chunk = body.read(CHUNK)
            if hasattr(chunk, "__await__"):
                chunk = await chunk
            if not chunk:
                return
            yield chunk.encode("utf-8") if isinstance(chunk, str) else chunk
    elif hasattr(body, "__aiter__"):
        async for chunk in body:
            yield chunk
    elif isinstance(body, Iterable):
        for chunk in body:
            yield chunk.encode("utf-8") if isinstance(chunk, str) else chunk
    else:
        raise TypeError(
            f"a request body of type {type(body).__name__} cannot be sent; "
            "give bytes, text, a file opened in binary mode, or an iterable of bytes"
        )


# -- response ------------------------------------------------------------------------------------------------------


class _Receiver:
    """What httptools calls while it reads one response; interim (1xx) responses are passed over."""

    __slots__ = (
        "_parser",
        "chunks",
        "complete",
        "has_head",
        "headers",
        "interim",
        "keep_alive",
        "size",
        "status",
    )

    def __init__(self) -> None:
        self._parser: Any = HttpResponseParser(self)
        self.headers = HeadersDict()
        self.chunks: list[bytes] = []
        self.status = 0
        self.size = 0
        self.has_head = False
        self.interim = False
        self.complete = False
        self.keep_alive = False

    def feed(self, data: bytes) -> None:
        """Take bytes in. Raises ``ProtocolError`` when they are not HTTP, or more than a response."""
        if not self.has_head:
            self.size += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            raise ProtocolError(f"the response is not valid HTTP: {error}") from error
        if not self.has_head and self.size > MAX_HEAD:
            raise ProtocolError(f"the response's headers are longer than {MAX_HEAD} bytes")

    def on_header(self, name: bytes, value: bytes) -> None:
        key, written = _names.get(name) or _name(name)
        try:
            text = value.decode()
        except UnicodeDecodeError:
            # Values are UTF-8 in S3's metadata, and Latin-1 by the letter of HTTP.
            text = value.decode("latin-1")
        store = self.headers._store
        if key in store:
            store[key] = (store[key][0], f"{store[key][1]}, {text}")
        else:
            store[key] = (written, text)

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()
        if 100 <= self.status < 200:
            self.interim = True
            self.headers._store.clear()
        else:
            self.has_head = True
            # llhttp knows this only while it stands at the end of the head.
            self.keep_alive = bool(self._parser.should_keep_alive())

    def on_body(self, data: bytes) -> None:
        self.chunks.append(data)

    def on_message_complete(self) -> None:
        if self.has_head:
            self.complete = True

    def release(self) -> None:
        """Let go of the parser, which holds this object: the two would have to wait for the garbage collector."""
        self._parser = None


# Names of headers as they come, in lower case and as text. A service sends the same ones again and again.
_names: dict[bytes, tuple[str, str]] = {}
_NAMES_KEPT = 1000


def _name(name: bytes) -> tuple[str, str]:
    if len(_names) >= _NAMES_KEPT:
        _names.clear()
    written = name.decode("latin-1")
    found = _names[name] = (written.lower(), written)
    return found


class Conversation:
    """One request and its response over one stream."""

    __slots__ = ("_receiver", "_stream", "answered", "is_reusable")

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._receiver = _Receiver()
        #: Whether anything came back: until then a request on a reused connection may be sent again.
        self.answered = False
        #: Whether the stream may carry another conversation; decided when the response is complete.
        self.is_reusable = False

    async def request(self, head: bytes, request: AWSPreparedRequest) -> None:
        """Send a request. A server that answers early, instead of ``100 Continue``, is not sent the body."""
        body = request.body
        if body is None:
            await self._stream.send(head)
            return
        headers = request.headers
        expects = "expect" in headers and _bytes(headers["expect"]).lower() == b"100-continue"
        chunked = (
            "transfer-encoding" in headers and b"chunked" in _bytes(headers["transfer-encoding"]).lower()
        )
        if type(body) is bytes and len(body) <= CHUNK and not expects and not chunked:
            await self._stream.send(head + body)
            return
        await self._stream.send(head)
        if expects and not await self._may_continue():
            return
        await send_body(self._stream, body, chunked=chunked)

    async def _may_continue(self) -> bool:
        """Wait for the server's word on the body: ``True`` to send it, also when the server says nothing."""
        self._stream.set_timeout(CONTINUE_SECONDS)
        try:
            while not self._receiver.interim and not self._receiver.has_head:
                self._take(await self._stream.receive())
        except TimeoutError:
            return True
        finally:
            self._stream.set_timeout(None)
        # A final answer at this point is the answer; the connection then holds an unsent body, so it ends here.
        return not self._receiver.has_head

    async def response(self, method: str) -> tuple[int, HeadersDict]:
        """Receive up to the end of the headers: status and headers."""
        receiver = self._receiver
        while not receiver.has_head:
            self._take(await self._stream.receive())
        if method == "HEAD" or receiver.status in _NO_BODY:
            receiver.complete = True
            if receiver.chunks:
                # There can be no body (RFC 9110 9.3.2): who knows where the next response would begin.
                receiver.chunks.clear()
                receiver.keep_alive = False
        if receiver.complete:
            self._finish()
        return receiver.status, receiver.headers

    async def chunk(self) -> bytes:
        """Some of the body, ``b""`` at its end. Raises ``ProtocolError`` when the peer stops before it."""
        receiver = self._receiver
        while not receiver.chunks:
            if receiver.complete:
                return b""
            self._take(await self._stream.receive())
            if receiver.complete:
                self._finish()
        if len(receiver.chunks) == 1:
            return receiver.chunks.pop()
        data = b"".join(receiver.chunks)
        receiver.chunks.clear()
        return data

    async def rest(self) -> bytes:
        """All that is left of the body."""
        receiver = self._receiver
        if receiver.complete:  # Most answers come in one piece.
            chunks = receiver.chunks
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)
        parts = []
        while data := await self.chunk():
            parts.append(data)
        return b"".join(parts)

    def is_complete(self) -> bool:
        """Whether all of the body was given out."""
        receiver = self._receiver
        return receiver.complete and not receiver.chunks

    def _take(self, data: bytes) -> None:
        receiver = self._receiver
        if data:
            self.answered = True
            receiver.feed(data)
            return
        if not self.answered:
            raise NoResponseError("the connection was closed before a response came")
        if receiver.has_head and _ends_with_connection(receiver):
            receiver.complete = True
            receiver.release()
            return
        raise ProtocolError("the connection was closed in the middle of the response")

    def _finish(self) -> None:
        self.is_reusable = self._receiver.keep_alive and not _ends_with_connection(self._receiver)
        self._receiver.release()


def _ends_with_connection(receiver: _Receiver) -> bool:
    """Whether only the end of the connection tells where the body ends (RFC 9112 6.3, rule 8)."""
    if receiver.status in _NO_BODY:
        return False
    store = receiver.headers._store
    return "content-length" not in store and "transfer-encoding" not in store


def _bytes(value: Any) -> bytes:
    if value is None:
        return b""
    return value.encode() if isinstance(value, str) else bytes(value)
