"""Checksums of responses: verified at once for bodies in memory, for streams when you have read them to the end."""

from __future__ import annotations

from sotalia.checksums.algorithms import checksum, verify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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
            from sotalia.checksums.streams import checked_stream  # Few first responses are streams.

            response["body"] = checked_stream(
                body, http_response.raw, headers.get("content-length"), checksum(algorithm), expected
            )
        else:
            started = checksum(algorithm)
            started.update(body)
            verify(started, expected)
        response["context"]["checksum"] = {"response_algorithm": algorithm}
        return
