"""Bodies with the checksum as a trailer (``aws-chunked``): chunks with their sizes, then the checksum.

See "Signature calculations for trailing headers" in the Amazon S3 API Reference. We do not sign the chunks.
"""

from __future__ import annotations

import io

from sotalia.checksums.algorithms import as_text, checksum
from sotalia.transport.messages import body_length, check_length, is_read_asynchronously, stands_at
from sotalia.transport.request_body import as_bytes, length_error, may_have_grown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Any

    from sotalia.checksums.algorithms import Checksum

_CHUNK = 1024 * 1024


def add_trailer(request: dict[str, Any], algorithm: dict[str, Any]) -> None:
    """Wrap the body of a request dict, and set the headers that announce the trailer."""
    headers, body = request["headers"], request["body"]
    name: str = algorithm["name"]
    if name in headers or isinstance(body, _Framing):
        return
    headers["Transfer-Encoding"] = "chunked"
    encoding = headers.get("Content-Encoding")
    headers["Content-Encoding"] = f"{encoding},aws-chunked" if encoding else "aws-chunked"
    headers["X-Amz-Trailer"] = name
    length = headers.pop("Content-Length", None)
    if length is None:
        length = body_length(body)
    elif body is not None:
        check_length(length, body)
    if length is not None:
        headers["X-Amz-Decoded-Content-Length"] = str(length)
    if body is None:
        body = io.BytesIO()
    elif isinstance(body, bytes | bytearray | memoryview):
        data: bytes | bytearray | memoryview = body  # pyright: ignore[reportUnknownVariableType] # Any bytes.
        body = io.BytesIO(data)
    elif isinstance(body, str):
        body = io.BytesIO(body.encode("utf-8"))
    body_class: type[AwsChunkedBody | AsyncAwsChunkedBody] = AsyncAwsChunkedBody
    if hasattr(body, "read") and not is_read_asynchronously(body):
        body_class = AwsChunkedBody
    request["body"] = body_class(body, algorithm["algorithm"], name, None if length is None else int(length))


class _Framing:
    """What sync and async bodies share: the frame around each chunk, and the end. ``length``: the body's, if known."""

    def __init__(self, raw: Any, algorithm: str, header_name: str, length: int | None = None) -> None:
        self._raw = raw
        self._algorithm = algorithm
        self._header_name = header_name
        self._length = self._left = length
        self._checksum: Checksum = checksum(algorithm)
        self._ended = False
        self._rest = b""
        self._sent = 0
        self._start = stands_at(raw)

    def _wanted(self) -> int:
        """How much to read of a file: no more than announced, since it may have grown."""
        return _CHUNK if self._left is None else min(_CHUNK, self._left)

    def _frame(self, chunk: Any) -> bytes:
        """A chunk with its frame (RFC 9112 7.1); for an empty chunk, the end and the checksum.

        Raises ``RequestBodyLengthError`` if there is more or less than announced.
        """
        data = as_bytes(chunk)
        if data:
            if self._left is not None:
                if len(data) > self._left and hasattr(self._raw, "read") and may_have_grown(self._raw, chunk):
                    data = data[: self._left]
                self._left -= len(data)
                if self._left < 0:
                    raise length_error(self._length, "more")
            self._checksum.update(data)
            return b"%X\r\n%b\r\n" % (len(data), data)
        if self._left:
            raise length_error(self._length, str((self._length or 0) - self._left))
        self._ended = True
        digest = as_text(self._checksum.digest())
        return f"0\r\n{self._header_name}:{digest}\r\n\r\n".encode("ascii")

    def _restart(self) -> None:
        self._checksum = checksum(self._algorithm)
        self._left = self._length
        self._ended = False

    def signal_transferring(self) -> None:
        """Tell a file that counts progress: what is read from now on is sent."""
        if hasattr(self._raw, "signal_transferring"):
            self._raw.signal_transferring()

    def signal_not_transferring(self) -> None:
        """Tell a file that counts progress: what is read from now on is not sent."""
        if hasattr(self._raw, "signal_not_transferring"):
            self._raw.signal_not_transferring()

    def tell(self) -> int:
        """Bytes read so far. Raises ``OSError`` if the file cannot be wound back."""
        if self._start is None:
            raise OSError("the body cannot be wound back")
        return self._sent

    def seek(self, offset: int, whence: int = 0) -> int:
        """Wind back to the beginning, the only position that works: the frames of others are not known."""
        if offset != 0 or whence != 0 or self._start is None:
            raise OSError("a body with a trailer can only be wound back to its beginning")
        self._raw.seek(self._start)
        self._rest = b""
        self._sent = 0
        self._restart()
        return 0


class AwsChunkedBody(_Framing):
    """A file of frames. ``seek(0)`` starts again from the file's first position."""

    def read(self, size: int | None = None) -> bytes:
        """At most ``size`` bytes of frames, or all; ``b""`` at the end."""
        parts = [self._rest] if self._rest else []
        length = len(self._rest)
        self._rest = b""
        while not self._ended and (size is None or size < 0 or length < size):
            wanted = self._wanted()
            frame = self._frame(self._raw.read(wanted) if wanted else b"")
            parts.append(frame)
            length += len(frame)
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        if size is not None and 0 <= size < len(data):
            self._rest = data[size:]
            data = data[:size]
        self._sent += len(data)
        return data

    def __iter__(self) -> AwsChunkedBody:
        return self

    def __next__(self) -> bytes:
        data = self.read(_CHUNK)
        if not data:
            raise StopIteration
        return data


class AsyncAwsChunkedBody(_Framing):
    """Frames of an async file or iterable, or of a plain iterable."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._restart()
        raw = self._raw
        if hasattr(raw, "read"):
            while (wanted := self._wanted()) and (chunk := await raw.read(wanted)):
                yield self._frame(chunk)
        elif hasattr(raw, "__aiter__"):
            async for chunk in raw:
                if chunk:
                    yield self._frame(chunk)
        else:
            for chunk in raw:
                if chunk:
                    yield self._frame(chunk)
        yield self._frame(b"")
