"""Messages of event streams, taken apart and put together again: headers with their types, and payloads.

What reads events for programs (:mod:`sotalia.protocols.eventstream`) drops the types, which a copy needs.
"""

from __future__ import annotations

import struct
from zlib import crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    Headers = list[tuple[str, int, Any]]

# Types of header values: 0 true, 1 false, 2 byte, 3 short, 4 integer, 5 long, 6 bytes, 7 string, 8 timestamp, 9 UUID.
_FIXED: Final = {2: ">b", 3: ">h", 4: ">i", 5: ">q", 8: ">q"}
_SHORTEST: Final = 16


def messages_of(body: bytes) -> list[tuple[Headers, bytes]] | None:
    """The messages of a whole stream; ``None`` if the body is none, or is damaged."""
    messages: list[tuple[Headers, bytes]] = []
    position = 0
    try:
        while position < len(body):
            total, headers_length, prelude = struct.unpack_from(">III", body, position)
            end = position + total
            if total < _SHORTEST + headers_length or end > len(body):
                return None
            if crc32(body[position : position + 8]) != prelude:
                return None
            if crc32(body[position : end - 4]) != struct.unpack_from(">I", body, end - 4)[0]:
                return None
            start = position + 12
            messages.append(
                (
                    _headers(body[start : start + headers_length]),
                    body[start + headers_length : end - 4],
                )
            )
            position = end
    except (struct.error, IndexError, UnicodeDecodeError, KeyError):
        return None
    return messages or None


def _headers(data: bytes) -> Headers:
    headers: Headers = []
    position = 0
    while position < len(data):
        length = data[position]
        name = data[position + 1 : position + 1 + length].decode("utf-8")
        kind = data[position + 1 + length]
        position += length + 2
        value: Any
        if kind < 2:
            value = kind == 0
        elif kind in (6, 7):
            (size,) = struct.unpack_from(">H", data, position)
            raw = data[position + 2 : position + 2 + size]
            value = raw if kind == 6 else raw.decode("utf-8")
            position += 2 + size
        elif kind == 9:
            value = data[position : position + 16]
            position += 16
        else:
            (value,) = struct.unpack_from(_FIXED[kind], data, position)
            position += struct.calcsize(_FIXED[kind])
        headers.append((name, kind, value))
    return headers


def written(headers: Headers, payload: bytes) -> bytes:
    """One message, with its lengths and checksums."""
    packed = b"".join(map(_packed, headers))
    prelude = struct.pack(">II", len(packed) + len(payload) + _SHORTEST, len(packed))
    message = prelude + struct.pack(">I", crc32(prelude)) + packed + payload
    return message + struct.pack(">I", crc32(message))


def _packed(header: tuple[str, int, Any]) -> bytes:
    name, kind, value = header
    encoded = name.encode("utf-8")
    start = bytes((len(encoded),)) + encoded + bytes((kind,))
    if kind < 2:
        return start
    if kind in (6, 7):
        raw: bytes = value.encode("utf-8") if kind == 7 else value
        return start + struct.pack(">H", len(raw)) + raw
    if kind == 9:
        return start + bytes(value)
    return start + struct.pack(_FIXED[kind], value)
