"""Streams that verify the checksum of what you read from them."""

from __future__ import annotations

from sotalia.checksums.algorithms import verify
from sotalia.transport.body import AsyncStreamingBody, StreamingBody

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.checksums.algorithms import Checksum


def checked_stream(
    body: Any, raw_stream: Any, content_length: str | int | None, started: Checksum, expected: str
) -> StreamingChecksumBody | AsyncStreamingChecksumBody:
    """A stream of the same kind as ``body`` that verifies its checksum."""
    if isinstance(body, AsyncStreamingBody):
        return AsyncStreamingChecksumBody(raw_stream, content_length, started, expected)
    return StreamingChecksumBody(raw_stream, content_length, started, expected)


class _Checked:
    """Adds what is read to the checksum, and verifies it at the end."""

    _checksum: Checksum
    _expected: str

    def _received(self, data: bytes, amount: int | None) -> None:
        self._checksum.update(data)
        if amount is None or (not data and amount > 0):
            verify(self._checksum, self._expected)


class StreamingChecksumBody(_Checked, StreamingBody):
    """A :class:`~sotalia.transport.body.StreamingBody` that raises ``FlexibleChecksumError`` at the end of damaged data."""

    def __init__(
        self, raw_stream: Any, content_length: str | int | None, started: Checksum, expected: str
    ) -> None:
        StreamingBody.__init__(self, raw_stream, content_length)
        self._checksum = started
        self._expected = expected


class AsyncStreamingChecksumBody(_Checked, AsyncStreamingBody):
    """An :class:`~sotalia.transport.body.AsyncStreamingBody` that raises ``FlexibleChecksumError`` for damaged data."""

    def __init__(
        self, raw_stream: Any, content_length: str | int | None, started: Checksum, expected: str
    ) -> None:
        AsyncStreamingBody.__init__(self, raw_stream, content_length)
        self._checksum = started
        self._expected = expected
