"""Messages of event streams, written for tests."""

from __future__ import annotations

import json
import struct
from typing import Any
from zlib import crc32


def header(name: str, value: Any, kind: int = 7) -> bytes:
    """One header; text unless another kind is named."""
    start = bytes([len(name)]) + name.encode() + bytes([kind])
    if kind in (0, 1):
        return start
    if kind in (6, 7):
        raw = value.encode() if isinstance(value, str) else value
        return start + struct.pack(">H", len(raw)) + raw
    if kind == 9:
        return start + bytes(value)
    return start + struct.pack({2: ">b", 3: ">h", 4: ">i", 5: ">q", 8: ">q"}[kind], value)


def frame(headers: bytes, payload: bytes = b"") -> bytes:
    """A whole message."""
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    data = prelude + struct.pack(">I", crc32(prelude)) + headers + payload
    return data + struct.pack(">I", crc32(data))


def event(name: str, payload: Any = b"", more: bytes = b"") -> bytes:
    """An event; a payload that is no ``bytes`` goes as JSON."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return frame(header(":message-type", "event") + header(":event-type", name) + more, raw)


def exception(name: str, payload: Any = b"") -> bytes:
    """A modeled exception."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return frame(header(":message-type", "exception") + header(":exception-type", name), raw)


def error(code: str, message: str) -> bytes:
    """An error that no model knows."""
    return frame(
        header(":message-type", "error") + header(":error-code", code) + header(":error-message", message)
    )
