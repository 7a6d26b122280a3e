"""How long to wait before the next attempt. Pure: the caller passes the random number.

See "Retry behavior" in the AWS SDKs and Tools Reference Guide.
"""

from __future__ import annotations

#: Upper bound in seconds on the wait before the second attempt. It doubles with each further attempt.
TYPE_CHECKING = False
if TYPE_CHECKING:
    pass

#: Seconds that the wait before the second attempt stays below; doubled for each attempt more.
SCALE_SECONDS = 0.05
THROTTLING_SCALE_SECONDS = 1.0
#: The same for these services, which respond within milliseconds.
QUICK_SCALE_SECONDS = 0.025
QUICK_SERVICES = frozenset(("dynamodb", "dynamodb-streams"))
MAX_BACKOFF_SECONDS = 20.0
#: How much longer than our own delay a service may make us wait.
MAX_RETRY_AFTER_SECONDS = 5.0
RETRY_AFTER = "x-amz-retry-after"


class Delay(float):
    """Seconds to wait before the next attempt: what built-in handlers of ``needs-retry`` return.

    ``reason``: the rule behind it, in words, for the log (``standard mode: throttling, by code SlowDown``).
    """

    __slots__ = ("reason",)
    reason: str

    def __new__(cls, seconds: float, reason: str) -> Delay:
        """``seconds`` because of ``reason``."""
        delay = super().__new__(cls, seconds)
        delay.reason = reason
        return delay


def scale_seconds(service_id: str, *, is_throttled: bool) -> float:
    """The upper bound of the first delay."""
    if is_throttled:
        return THROTTLING_SCALE_SECONDS
    return QUICK_SCALE_SECONDS if service_id in QUICK_SERVICES else SCALE_SECONDS


def exponential_delay(
    attempts: int, scale: float, random_number: float, retry_after: float | None = None
) -> float:
    """Seconds to wait after ``attempts`` attempts: exponential, with full jitter.

    ``random_number`` is in [0, 1). ``retry_after`` is what the service asks for. We follow it up to 5 seconds beyond the
    delay.
    """
    # From 2**31 on every scale exceeds the maximum. A larger exponent would overflow the float.
    delay: float = random_number * min(scale * 2 ** min(attempts - 1, 31), MAX_BACKOFF_SECONDS)
    if retry_after is None:
        return delay
    return max(delay, min(retry_after, delay + MAX_RETRY_AFTER_SECONDS))


def retry_after_seconds(header: str | None) -> float | None:
    """The value of ``x-amz-retry-after`` (milliseconds) in seconds; ``None`` if it is missing or not such a number."""
    if header is None:
        return None
    try:
        seconds = int(header) / 1000
    except (ValueError, TypeError, OverflowError):
        return None
    return seconds if seconds >= 0 else None
