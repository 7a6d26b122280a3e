"""Send the body of a request, and exactly as many bytes as its header announces.

The server would read one byte more as the next request on the connection, and would wait for one that is missing. So a
file that has grown is cut. Any other mismatch is an error, raised before the byte that would complete the body.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable

from sotalia import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.transport.http11 import Stream

# Bytes of a file that are read and sent at a time, and of a response that are received at a time.
CHUNK = 128 * 1024


def announced_length(store: dict[str, tuple[str, Any]], body: Any) -> int | None:
    """What the headers say about the body: its length, or ``None`` for chunks.

    Raises ``RequestBodyLengthError`` when the body is known to have another length, or is not announced at all.
    """
    if "content-length" not in store:
        if "transfer-encoding" not in store and body is not None:
            raise exceptions.RequestBodyLengthError(
                reason="it has a body but neither Content-Length nor Transfer-Encoding; a handler removed them"
            )
        return None
    if "transfer-encoding" in store:
        return None  # It counts: RFC 9112 6.3, rule 3.
    value = store["content-length"][1]
    try:
        length = int(value)
    except ValueError:
        raise exceptions.RequestBodyLengthError(reason=f"its Content-Length is {value!r}") from None
    actual = len(body) if type(body) is bytes else 0 if body is None else None
    if actual is not None and actual != length:
        raise length_error(length, str(actual))
    return length


async def send_body(
    stream: Stream, body: Any, length: int | None, has_response: Callable[[], Awaitable[bool]]
) -> bool:
    """Send a body of ``length`` bytes, or in chunks: bytes, files, iterables, also async ones.

    Stops as soon as there is a response; whether all was sent. Files that count what is sent are told that what is read
    from now on is.
    """
    if hasattr(body, "signal_transferring"):
        body.signal_transferring()
    pieces = _pieces(body, length)
    is_first = (
        True  # It follows the head, or the server's word to go on, which nobody can have responded to yet.
    )
    try:
        async for piece in pieces:
            if is_first:
                is_first = False
            elif await has_response():
                return False
            await stream.send(b"%x\r\n%b\r\n" % (len(piece), piece) if length is None else piece)
    finally:
        await pieces.aclose()  # Or an event loop would do it later, if it still runs then.
    if length is None:
        await stream.send(b"0\r\n\r\n")
    return True


async def _exactly(length: int | None, pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """The same pieces, the last one not before it is known that nothing follows it."""
    left = sys.maxsize if length is None else length
    last = b""
    try:
        async for piece in pieces:
            left -= len(piece)
            if left < 0 or last:
                raise length_error(length, "more")
            if left:
                yield piece
            else:
                last = piece
    finally:
        await pieces.aclose()
    if left and length is not None:
        raise length_error(length, str(length - left))
    if last:
        yield last


def length_error(length: int | None, actual: str) -> Exception:
    """The error for a body of ``actual`` bytes where ``length`` were announced."""
    return exceptions.RequestBodyLengthError(
        reason=f"a body of {length} bytes was announced, but it has {actual}"
    )


def _pieces(body: Any, length: int | None) -> AsyncGenerator[bytes, None]:
    """The pieces of a body, none of them empty; of a file, no more than ``length`` bytes."""
    if hasattr(body, "read"):
        return _of_file(body, length)
    if hasattr(body, "__aiter__"):
        return _exactly(length, _of_async_iterable(body))
    view = _view(body)
    if view is not None:
        parts = (view[start : start + CHUNK] for start in range(0, len(view), CHUNK))
        return _exactly(length, _of_iterable(parts))
    if isinstance(body, Iterable):
        chunks: Iterable[Any] = body  # pyright: ignore[reportUnknownVariableType] # Each chunk is checked.
        return _exactly(length, _of_iterable(chunks))
    raise TypeError(
        f"a request body of type {type(body).__name__} cannot be sent; "
        "give bytes, text, a file opened in binary mode, or an iterable of bytes"
    )


async def _of_iterable(chunks: Iterable[Any]) -> AsyncGenerator[bytes, None]:
    for chunk in chunks:
        if chunk:
            yield as_bytes(chunk)


async def _of_async_iterable(chunks: Any) -> AsyncGenerator[bytes, None]:
    async for chunk in chunks:
        if chunk:
            yield as_bytes(chunk)


def _view(body: Any) -> memoryview | None:
    """The bytes of what is in memory: also of arrays, whose items are no bytes."""
    try:
        return memoryview(body if type(body) is bytes else bytes(memoryview(body)))
    except TypeError:
        return None


async def _of_file(file: Any, length: int | None) -> AsyncGenerator[bytes, None]:
    left = sys.maxsize if length is None else length
    while left:
        chunk = file.read(min(left, CHUNK))
        if hasattr(chunk, "__await__"):
            chunk = await chunk
        if not chunk:
            if length is not None:
                raise length_error(length, str(length - left))
            return
        data = as_bytes(chunk)
        if len(data) > left:
            if not may_have_grown(file, chunk):
                raise length_error(length, "more")
            data = data[:left]
        left -= len(data)
        yield data


def may_have_grown(file: Any, chunk: Any) -> bool:
    """Whether the bytes beyond the length are new ones: not if the file's text takes more bytes in UTF-8 than on disk."""
    if not isinstance(chunk, str):
        return True
    encoding = str(getattr(file, "encoding", "utf-8")).lower().replace("_", "-")
    return encoding in ("utf-8", "utf8", "ascii", "us-ascii")


def as_bytes(chunk: Any) -> bytes:
    """A piece of a body. Raises ``TypeError`` for what holds no bytes."""
    if type(chunk) is bytes:
        return chunk
    if isinstance(chunk, str):
        return chunk.encode("utf-8")
    return bytes(memoryview(chunk))  # Not bytes(5), which are five zeros.


def text(value: Any) -> str:
    """A header's value as text."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
