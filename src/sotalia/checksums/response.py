"""Checksums of responses: checked at once for bodies in memory, at the end of the read for streams."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.checksums.algorithms import as_text, checksum
from sotalia.transport.body import AsyncStreamingBody, StreamingBody

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.checksums.algorithms import Checksum
    from sotalia.model.service import OperationModel
    from sotalia.transport.messages import AWSResponse


def handle_checksum_body(
    http_response: AWSResponse, response: dict[str, Any], context: dict[str, Any], model: OperationModel
) -> None:
    """Check the body of a response, or have it checked while it is read.

    Raises ``FlexibleChecksumError`` for a body in memory that does not have the checksum that was sent.
    """
    decided = context.get("checksum")
    algorithms = decided and decided.get("response_algorithms")
    if not algorithms:
        return
    headers = response["headers"]
    for algorithm in algorithms:
        expected = headers.get(f"x-amz-checksum-{algorithm}")
        # A dash marks a checksum of the checksums of parts, which nothing here can verify.
        if expected is None or "-" in expected:
            continue
        body = response["body"]
        if model.has_streaming_output and not isinstance(body, bytes):
            kind = (
                AsyncStreamingChecksumBody if isinstance(body, AsyncStreamingBody) else StreamingChecksumBody
            )
            response["body"] = kind(
                http_response.raw, headers.get("content-length"), checksum(algorithm), expected
            )
        else:
            started = checksum(algorithm)
            started.update(body)
            verify(started, expected)
        response["context"]["checksum"] = {"response_algorithm": algorithm}
        return


def verify(found: Checksum, expected: str) -> None:
    """Raise ``FlexibleChecksumError`` unless the checksum is the expected one."""
    actual = as_text(found.digest())
    if actual != expected:
        raise exceptions.FlexibleChecksumError(
            error_msg=f"Expected checksum {expected} did not match calculated checksum: {actual}"
        )


class _Checked:
    """Adds up what is read; at the end compares."""

    _checksum: Checksum
    _expected: str

    def _received(self, data: bytes, amount: int | None) -> None:
        self._checksum.update(data)
        if amount is None or (not data and amount > 0):
            verify(self._checksum, self._expected)


class StreamingChecksumBody(_Checked, StreamingBody):
    """A :class:`~sotalia.transport.body.StreamingBody` that raises ``FlexibleChecksumError`` at the end of damaged data."""

    def __init__(self, raw_stream: Any, content_length: Any, started: Checksum, expected: str) -> None:
        StreamingBody.__init__(self, raw_stream, content_length)
        self._checksum = started
        self._expected = expected


class AsyncStreamingChecksumBody(_Checked, AsyncStreamingBody):
    """The same for asynchronous clients."""

    def __init__(self, raw_stream: Any, content_length: Any, started: Checksum, expected: str) -> None:
        AsyncStreamingBody.__init__(self, raw_stream, content_length)
        self._checksum = started
        self._expected = expected
