"""Sign requests by the service's clock if the service refused them because the local clock is wrong.

A signature is valid for some minutes around its time. If a service refuses one as too old or too new, the ``Date`` header
(RFC 9110 6.6.1) of its response shows by how much the local clock is off. The refused attempt is repeated once, signed by
the service's clock. If that succeeds, the client signs its later calls by it from the start. The reference lacks this.

A peer controls ``Date``, so it is not trusted beyond ``BOUND_SECONDS``. It decides only the time of a signature that is
sent at once: never when a presigned URL or form expires, nor whether credentials have expired.
"""

from __future__ import annotations

import time

from sotalia.events.handlers import named
from sotalia.retries.backoff import Delay
from sotalia.retries.conditions import error_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.auth.signer import RequestSigner

#: The service says that the clocks differ.
CERTAIN_CODES = frozenset(("RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"))
#: The signature was refused for any reason. ``403`` is all that the response to a ``HEAD`` request can say.
POSSIBLE_CODES = frozenset(("InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure", "403"))
#: Services accept signatures that are up to 5 minutes off. A minute is left for slow responses.
TOLERATED_SECONDS = 240.0
#: A clock set to another time zone is 14 hours off at most. Without a bound, whoever responds in a service's place could
#: collect signatures that become valid in a year.
BOUND_SECONDS = 24 * 3600.0
# The Date header has whole seconds, so a smaller difference means nothing.
_RESOLUTION_SECONDS = 1.0
_CORRECTED = "clock_skew_corrected"
#: Where the signer finds the offset: in the context of the call.
OFFSET = "clock_offset_seconds"
#: Where the context of a call has the local time of its last response, in seconds since 1970, if the response did not come
#: now: one that was recorded. Nothing is learned from it about today's clocks.
RESPONDED_AT = "responded_at"


def clock_offset(
    code: str | None, server_time: float | None, local_time: float, offset_used: float
) -> float | None:
    """Seconds to add to the local clock, when that may be why a request was refused; else ``None``. Pure.

    ``server_time`` and ``local_time`` are seconds since 1970, ``offset_used`` what the refused request was signed with.
    """
    if server_time is None:
        return None
    if code in CERTAIN_CODES:
        tolerated = _RESOLUTION_SECONDS
    elif code in POSSIBLE_CODES:
        tolerated = TOLERATED_SECONDS
    else:
        return None
    offset = server_time - local_time
    return offset if abs(offset - offset_used) > tolerated and abs(offset) <= BOUND_SECONDS else None


class ClockSkewCorrection:
    """The handler of one client: :meth:`needs_retry`. It sets the offset of the client's signer."""

    def __init__(self, signer: RequestSigner, clock: Callable[[], float] = time.time) -> None:
        self._signer = signer
        self._clock = clock

    @named("clock_skew")
    def needs_retry(self, response: Any, request_dict: dict[str, Any], **kwargs: Any) -> float | None:
        """A handler of ``needs-retry``: returns 0, to retry at once, if the local clock is wrong.

        It does so once in a call, beyond the maximum of attempts, since the service never carried the request out. A body
        that can be read only once is not retried. If the corrected attempt succeeds, later calls use the offset too.
        """
        if response is None:
            return None
        http_response, parsed = response
        context = request_dict["context"]
        if http_response.status_code < 300:
            if _CORRECTED in context and "Error" not in parsed and RESPONDED_AT not in context:
                self._signer.clock_offset_seconds = context[OFFSET]
            return None
        if _CORRECTED in context or http_response.status_code < 400:
            return None
        offset = clock_offset(
            error_code(parsed),
            server_seconds(http_response.headers.get("Date")),
            context[RESPONDED_AT] if RESPONDED_AT in context else self._clock(),
            context.get(OFFSET, 0.0),
        )
        if offset is None or not _can_be_sent_again(request_dict.get("body")):
            return None
        context[OFFSET] = offset
        context[_CORRECTED] = True
        return Delay(0, f"the local clock is {-offset:+.0f} s off, by the service's")


def server_seconds(date: str | None) -> float | None:
    """A ``Date`` header in seconds since 1970; ``None`` if it is missing or invalid."""
    if not date:
        return None
    from sotalia.protocols.timestamps import parse_timestamp

    try:
        return float(parse_timestamp(date).timestamp())
    except (ValueError, OverflowError):
        return None


def _can_be_sent_again(body: Any) -> bool:
    if body is None or isinstance(body, bytes | bytearray | memoryview | str | dict | list | tuple):
        return True
    ask = getattr(body, "seekable", None)
    return bool(ask()) if ask is not None else hasattr(body, "seek")
