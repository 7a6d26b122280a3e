"""Event streams (``application/vnd.amazon.eventstream``): decode messages, parse events one by one.

A message on the wire, as the "Amazon Event Stream Specification" of Smithy draws it:

    total length (4) | headers length (4) | CRC-32 of these 8 bytes (4) | headers | payload | CRC-32 of all before (4)
"""

from __future__ import annotations

import struct
from collections import deque
from zlib import crc32

from sotalia import exceptions
from sotalia.protocols.response import MISFITS
from sotalia.runtime import drive
from sotalia.runtime.reference_base import ReferenceBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from types import TracebackType
    from typing import Any, NoReturn, Protocol

    from sotalia.model.shapes import Shape

    class EventParser(Protocol):
        """What an event stream needs of its operation's parser."""

        @property
        def parse_timestamp(self) -> Callable[[Any], Any]:
            """Converts a header of type timestamp, given in seconds."""
            ...

        def body_reader(self, shape: Shape) -> Callable[[bytes], Any]:
            """Compile the function that reads a payload of this shape."""
            ...

        def raise_unreadable(self, error: Exception, body: object = None) -> NoReturn:
            """Raise ``ResponseParserError`` in place of what reading raised."""
            ...


# The reference's limits. They also bound what a damaged length field can make a reader buffer.
_MAX_HEADERS = 128 * 1024
_MAX_PAYLOAD = 24 * 1024 * 1024


class Message:
    """One message: ``headers`` by name, ``payload`` as bytes."""

    __slots__ = ("headers", "payload")

    def __init__(self, headers: dict[str, Any], payload: bytes) -> None:
        self.headers = headers
        self.payload = payload


class MessageDecoder:
    """Takes bytes as they arrive and collects whole ``messages``. Raises ``ResponseParserError`` for a damaged one.

    Messages in front of a damaged one stay readable: ``failure`` then holds the error to raise after them.
    """

    def __init__(self) -> None:
        self._data = bytearray()
        self.messages: deque[Message] = deque()
        self.failure: Exception | None = None

    def feed(self, data: bytes) -> None:
        """Add bytes that have arrived."""
        self._data += data
        try:
            while (message := self._next()) is not None:
                self.messages.append(message)
        except exceptions.ResponseParserError as error:
            if not self.messages:
                raise
            self.failure = error

    def _next(self) -> Message | None:
        """Take the first message off the data, or return ``None`` until all of it has arrived."""
        data = self._data
        if len(data) < 12:
            return None
        total, headers_length, prelude_crc = struct.unpack_from(">III", data)
        if crc32(data[:8]) != prelude_crc:
            raise _broken(f"its prelude's checksum is {crc32(data[:8]):#x}, expected {prelude_crc:#x}")
        if headers_length > _MAX_HEADERS:
            raise _broken(f"its headers are {headers_length} bytes long, the maximum is {_MAX_HEADERS}")
        # 12 bytes of prelude and 4 of checksum surround headers and payload.
        payload_length = total - headers_length - 16
        if not 0 <= payload_length <= _MAX_PAYLOAD:
            raise _broken(f"its payload is {payload_length} bytes long, the maximum is {_MAX_PAYLOAD}")
        if len(data) < total:
            return None
        frame = bytes(data[:total])
        del data[:total]
        (expected,) = struct.unpack_from(">I", frame, total - 4)
        if crc32(frame[:-4]) != expected:
            raise _broken(f"its checksum is {crc32(frame[:-4]):#x}, expected {expected:#x}")
        headers = _decode_headers(frame[12 : 12 + headers_length])
        return Message(headers, frame[12 + headers_length : -4])

    @property
    def is_between_messages(self) -> bool:
        """Whether all bytes received so far make up whole messages."""
        return not self._data


def _broken(why: str) -> Exception:
    error: Exception = exceptions.ResponseParserError(f"A message of the event stream is damaged: {why}.")
    return error


# Types of header values in the specification: 0 true, 1 false, 2 byte, 3 short, 4 integer, 5 long, 6 bytes, 7 string,
# 8 timestamp in milliseconds, 9 UUID.
_FIXED = {2: ">b", 3: ">h", 4: ">i", 5: ">q", 8: ">q"}


def _decode_headers(data: bytes) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    position = 0
    try:
        while position < len(data):
            length = data[position]
            name = data[position + 1 : position + 1 + length].decode("utf-8")
            position += 1 + length
            value, position = _decode_value(data, data[position], position + 1)
            if name in headers:
                raise _broken(f"the header {name!r} appears twice")
            headers[name] = value
    except (IndexError, struct.error, UnicodeDecodeError) as error:
        raise _broken(f"its headers end early ({error})") from error
    return headers


def _decode_value(data: bytes, value_type: int, position: int) -> tuple[Any, int]:
    """A header's value, and where the next header starts."""
    if value_type in (0, 1):
        return value_type == 0, position
    if value_type in _FIXED:
        layout = _FIXED[value_type]
        value = struct.unpack_from(layout, data, position)[0]
        return value, position + struct.calcsize(layout)
    if value_type in (6, 7):
        (length,) = struct.unpack_from(">H", data, position)
        raw = data[position + 2 : position + 2 + length]
        if len(raw) != length:
            raise _broken("a header's value ends early")
        return (raw if value_type == 6 else raw.decode("utf-8")), position + 2 + length
    if value_type == 9:
        return data[position : position + 16], position + 16
    raise _broken(f"a header has the unknown type {value_type}")


def open_event_stream(
    parser: EventParser, response: dict[str, Any], shape: Shape
) -> EventStream | AsyncEventStream:
    """Open the stream of a response: sync or async, as its body."""
    stream_class = AsyncEventStream if response["context"].get("is_async") else EventStream
    return stream_class(response["body"], shape, parser, response["context"].get("operation_name", ""))


class _Events:
    """What sync and async streams share: from chunks of bytes to parsed events."""

    def __init__(
        self, raw_stream: Any, output_shape: Shape, parser: EventParser, operation_name: str
    ) -> None:
        self._raw_stream = raw_stream
        self._members: dict[str, Shape] = getattr(output_shape, "members", {})
        self._parser = parser
        self._operation_name = operation_name
        self._decoder = MessageDecoder()
        self._readers: dict[str, Callable[[Message], dict[str, Any]]] = {}
        self._chunks: Iterator[bytes] | None = None

    async def _message(self) -> Message | None:
        """Read the next message; ``None`` at the end."""
        decoder = self._decoder
        while not decoder.messages:
            if decoder.failure is not None:
                raise decoder.failure
            chunk = await self._chunk()
            if not chunk:
                if not decoder.is_between_messages:
                    raise exceptions.ResponseStreamingError(
                        error="the event stream ended in the middle of a message"
                    )
                return None
            decoder.feed(chunk)
        return decoder.messages.popleft()

    async def _chunk(self) -> bytes:
        piece: Callable[[], Awaitable[bytes]] | None = getattr(self._raw_stream, "piece", None)
        if piece is not None:
            return await piece()
        # A body that a `before-send` handler returned has urllib3's interface only.
        if self._chunks is None:
            self._chunks = iter(self._raw_stream.stream())
        return next(self._chunks, b"")

    async def _event(self) -> dict[str, Any] | None:
        """Read the next event that the model knows; ``None`` at the end. A stream that fails is closed."""
        try:
            while (message := await self._message()) is not None:
                event = self._read(message)
                if event is not None:
                    return event
        except BaseException:
            self.close()
            raise
        return None

    def _read(self, message: Message) -> dict[str, Any] | None:
        """Parse a message. Raises ``ResponseParserError`` if it does not fit the model."""
        try:
            return self._parse(message)
        except (*MISFITS, exceptions.ResponseParserError) as error:
            self._parser.raise_unreadable(error, message.payload)
            raise

    def _parse(self, message: Message) -> dict[str, Any] | None:
        headers = message.headers
        if headers.get(":message-type", "event") in ("error", "exception"):
            raise self._error(message)
        name = headers.get(":event-type", "")
        member = self._members.get(name)
        if member is None:
            return None  # Newer than the model.
        read = self._readers.get(name)
        if read is None:
            read = self._readers[name] = _compile_event(member, self._parser)
        return {name: read(message)}

    def _error(self, message: Message) -> Exception:
        from botocore.exceptions import EventStreamError

        headers = message.headers
        # "error" is not modeled and has no payload; "exception" is modeled, its members are the payload.
        if headers[":message-type"] == "error":
            body = {"Code": headers.get(":error-code", ""), "Message": headers.get(":error-message", "")}
        else:
            code = headers.get(":exception-type", "")
            text = ""
            member = self._members.get(code)
            if member is not None and message.payload:
                parsed = self._parser.body_reader(member)(message.payload)
                text = parsed.get("message", parsed.get("Message", ""))
            body = {"Code": code, "Message": text}
        response: dict[str, Any] = {"Error": body}
        error: Exception = EventStreamError(response, self._operation_name)  # pyright: ignore[reportArgumentType]
        return error

    async def take_initial_response(self) -> bytes | None:
        """Read the payload of the first message, with which RPC protocols begin their streams."""
        message = await self._message()
        if message is None:
            return None
        if message.headers.get(":message-type") in ("error", "exception"):
            raise self._error(message)
        return message.payload if message.headers.get(":event-type") == "initial-response" else None

    def close(self) -> None:
        """Close the stream without reading the rest."""
        self._raw_stream.close()


def _compile_event(shape: Shape, parser: EventParser) -> Callable[[Message], dict[str, Any]]:
    """Compile the function that reads an event's members from headers and payload of its message."""
    members: dict[str, Shape] = getattr(shape, "members", {})
    from_headers = [
        (name, member.type_name == "timestamp")
        for name, member in members.items()
        if member.serialization.get("eventheader")
    ]
    payload = next(
        (name for name, member in members.items() if member.serialization.get("eventpayload")), None
    )
    read_payload: Callable[[bytes], Any] | None = None
    if payload is not None:
        read_payload = _payload_reader(members[payload], parser)
    elif len(from_headers) < len(members):
        read_payload = parser.body_reader(shape)

    def read(message: Message) -> dict[str, Any]:
        event: dict[str, Any] = {}
        for name, is_timestamp in from_headers:
            if name in message.headers:
                value = message.headers[name]
                # Milliseconds on the wire, seconds for the parser.
                event[name] = parser.parse_timestamp(value / 1000) if is_timestamp else value
        if payload is not None and read_payload is not None:
            event[payload] = read_payload(message.payload)
        elif read_payload is not None and message.payload:
            event.update(read_payload(message.payload))
        return event

    return read


def _payload_reader(shape: Shape, parser: EventParser) -> Callable[[bytes], Any]:
    if shape.type_name == "blob":
        return bytes
    if shape.type_name == "string":
        return lambda body: body.decode("utf-8")
    return parser.body_reader(shape)


class EventStream(_Events, ReferenceBase):
    """The events of a response. Iterate over it, or ``close`` it early.

    Each event is ``{name: members}``. Raises ``EventStreamError`` (a ``ClientError``) if the service ends the stream
    with an error.
    """

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while (event := drive(self._event())) is not None:
            yield event

    def get_initial_response(self) -> bytes | None:
        """Read the payload of the first message; ``None`` if the stream is empty or begins with an event."""
        return drive(self.take_initial_response())

    def __enter__(self) -> EventStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncEventStream(_Events):
    """:class:`EventStream` of an async client: ``async for event in stream``."""

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        while (event := await self._event()) is not None:
            yield event

    async def get_initial_response(self) -> bytes | None:
        """Read the payload of the first message; ``None`` if the stream is empty or begins with an event."""
        return await self.take_initial_response()

    async def __aenter__(self) -> AsyncEventStream:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
