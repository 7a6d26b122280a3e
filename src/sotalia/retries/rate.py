"""How fast a client may send: measured rate, the CUBIC curve and a token bucket. Pure: the time is given.

Times are seconds of any clock that never goes back; rates are requests per second. The constants are those of the
"adaptive" mode in the AWS SDKs; the curve is CUBIC's (RFC 9438), which finds its way back to the rate of the last
failure, stays near it, then looks beyond.
"""

from __future__ import annotations

from math import floor

BETA = 0.7
SCALE = 0.4
SMOOTHING = 0.8
#: Seconds over which sent requests are counted together.
SPAN_SECONDS = 0.5
MIN_RATE = 0.5


class MeasuredRate:
    """The rate at which answers really come, smoothed."""

    __slots__ = ("_count", "_span_start", "rate")

    def __init__(self, now: float) -> None:
        self.rate = 0.0
        self._count = 0
        self._span_start = float(floor(now))

    def record(self, now: float) -> float:
        """Count one request, and give the rate."""
        start = floor(now / SPAN_SECONDS) * SPAN_SECONDS
        self._count += 1
        if start > self._span_start:
            latest = self._count / (start - self._span_start)
            self.rate = latest * SMOOTHING + self.rate * (1 - SMOOTHING)
            self._count = 0
            self._span_start = start
        return self.rate


class CubicRate:
    """The rate that is tried, as a function of the time since the last throttling."""

    __slots__ = ("_last_throttle", "_plateau_after", "rate_at_throttle")

    def __init__(self, now: float) -> None:
        self.rate_at_throttle = 0.0
        self._plateau_after = 0.0
        self._last_throttle = now

    def succeeded(self, now: float) -> float:
        """The rate after a response that is no throttling."""
        since_plateau = now - self._last_throttle - self._plateau_after
        return float(SCALE * since_plateau**3 + self.rate_at_throttle)

    def throttled(self, rate: float, now: float) -> float:
        """The rate after a throttling that came while sending at ``rate``."""
        self.rate_at_throttle = rate
        self._plateau_after = (rate * (1 - BETA) / SCALE) ** (1 / 3)
        self._last_throttle = now
        return rate * BETA


class TokenBucket:
    """One token per request, in the order they are asked for.

    A request takes a number at once and may go when as many tokens have been filled in; so nobody is overtaken, and
    nobody holds a lock while it waits. The bucket never waits itself: :meth:`due_in` says how long.
    """

    __slots__ = ("_capacity", "_filled", "_last", "_numbers", "rate")

    def __init__(self, now: float, rate: float = 1.0) -> None:
        self.rate = max(rate, MIN_RATE)
        self._capacity = max(rate, 1.0)
        self._filled = 0.0
        self._numbers = 0
        self._last = now

    @property
    def available(self) -> float:
        """Tokens that nobody has asked for; negative while requests wait."""
        return self._filled - self._numbers

    def set_rate(self, rate: float, now: float) -> None:
        """Fill at another rate from now on; never slower than one token in two seconds."""
        self._fill(now)
        self.rate = max(rate, MIN_RATE)
        self._capacity = max(rate, 1.0)
        self._filled = min(self._filled, self._numbers + self._capacity)

    def take_number(self) -> int:
        """The place of one more request."""
        self._numbers += 1
        return self._numbers

    def give_back(self) -> None:
        """A request that will not be sent leaves its token to the others."""
        self._filled += 1

    def due_in(self, number: int, now: float) -> float:
        """Seconds until the request with this number may go, at the present rate; 0 for now."""
        self._fill(now)
        missing = number - self._filled
        # Sums of floats end a little beside the whole number; a billionth of a token is one.
        return missing / self.rate if missing > 1e-9 else 0.0

    def _fill(self, now: float) -> None:
        grown = self._filled + max(now - self._last, 0.0) * self.rate
        self._filled = min(grown, self._numbers + self._capacity)
        self._last = now
