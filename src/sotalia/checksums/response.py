"""Checksums of responses: verified at once for bodies in memory, for streams when you have read them to the end."""

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
    """Verify the body of a response, or wrap it so that reading verifies it.

    Raises ``FlexibleChecksumError`` if a body in memory does not have the checksum that the service sent.
    """
    decided = context.get("checksum")
    algorithms = decided and decided.get("response_algorithms")
    if not algorithms:
        return
    headers = response["headers"]
    for algorithm in algorithms:
        expected = headers.get(f"x-amz-checksum-{algorithm}")
        # "Checking object integrity": a dash and a number mark a composite checksum, computed from those of the parts.
        # Without the parts it cannot be verified.
        if expected is None or "-" in expected:
            continue
        body = response["body"]
        if model.has_streaming_output and not isinstance(body, bytes):
            body_class = (
                AsyncStreamingChecksumBody if isinstance(body, AsyncStreamingBody) else StreamingChecksumBody
            )
            response["body"] = body_class(
                http_response.raw, headers.get("content-length"), checksum(algorithm), expected
            )
        else:
            started = checksum(algorithm)
            started.update(body)
            verify(started, expected)
        response["context"]["checksum"] = {"response_algorithm": algorithm}
        return


def verify(computed: Checksum, expected: str) -> None:
    """Raise ``FlexibleChecksumError`` unless the checksum is the expected one."""
    actual = as_text(computed.digest())
    if actual != expected:
        raise exceptions.FlexibleChecksumError(
            error_msg=f"Expected checksum {expected} did not match calculated checksum: {actual}"
        )


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
