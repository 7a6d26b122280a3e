"""What a call notes about its attempts in ``context["retries"]``, from which the ``amz-sdk-*`` headers are written.

``attempt`` counts from 1 · ``invocation-id`` is the same for all attempts of a call · ``ttl`` until when the caller waits
for the response, by the service's clock · ``max`` is noted by retry modes.
"""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.call.call import Attempt, Call


def new_uuid() -> str:
    """A random UUID (RFC 9562, version 4). The standard library's module takes 6 ms to import."""
    text = os.urandom(16).hex()
    variant = "89ab"[int(text[16], 16) & 3]
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"


def note_next_attempt(call: Call, last: Attempt) -> None:
    """Count another attempt after the last one, and let the service know until when the caller waits for it."""
    retries: dict[str, Any] = call.context["retries"]
    retries["attempt"] = last.number + 1
    date = None if last.response is None else last.response.headers.get("Date")
    if date is None or call.context.get("has_streaming_input"):
        return
    from sotalia.protocols.timestamps import parse_timestamp

    try:
        server_time = parse_timestamp(date).timestamp()
    except (ValueError, OverflowError):
        return  # The header is no date.
    until = server_time + (call.context.get("read_timeout") or call.channel.read_timeout or 60)
    retries["ttl"] = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(until))
