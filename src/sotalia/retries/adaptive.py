"""The retry mode ``adaptive``: what ``standard`` does, and a limit to how fast the client sends.

The limit begins with the first throttling. From then on each attempt takes a token first; how fast tokens come follows the
service's responses. The limiter is one client's, shared by its threads or tasks. It waits through the runtime: an
async client suspends the task, and no lock is held meanwhile.
"""

from __future__ import annotations

from threading import Lock
from time import monotonic

from sotalia.events.handlers import named
from sotalia.retries.conditions import error_code, throttling_rule
from sotalia.retries.rate import CubicRate, MeasuredRate, TokenBucket
from sotalia.runtime import renew_in_child
from sotalia.runtime.pauses import are_skipped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from sotalia.runtime import Runtime

_MAX_GROWTH = 2.0
#: Who waits looks this often whether the rate has changed.
_LOOK_SECONDS = 0.5


class RateLimiter:
    """The handlers of one client: :meth:`before_send` and :meth:`measure`.

    ``clock`` gives seconds and never goes back.
    """

    def __init__(self, runtime: Runtime, clock: Callable[[], float] = monotonic) -> None:
        self._runtime = runtime
        self._clock = clock
        now = clock()
        self._measured = MeasuredRate(now)
        self._cubic = CubicRate(now)
        self._bucket = TokenBucket(now)
        self.is_enabled = False
        self.renew()
        renew_in_child(self)

    def renew(self) -> None:
        """In a forked child: forget who holds the lock."""
        self._lock = Lock()

    @property
    def rate(self) -> float:
        """Requests per second that are allowed at the moment, once the limit is on."""
        return self._bucket.rate

    @named("rate_limit")
    def before_send(self, **kwargs: Any) -> Coroutine[Any, Any, None] | None:
        """A handler of ``before-send``: wait for a token."""
        return self._wait() if self.is_enabled and not are_skipped() else None

    async def _wait(self) -> None:
        with self._lock:
            number = self._bucket.take_number()
        try:
            while True:
                with self._lock:
                    seconds = self._bucket.due_in(number, self._clock())
                if not seconds:
                    return
                await self._runtime.sleep(min(seconds, _LOOK_SECONDS))
        except BaseException:
            with self._lock:
                self._bucket.give_back()
            raise

    @named("measure_rate")
    def measure(self, response: Any, operation: Any, **kwargs: Any) -> None:
        """A handler of ``needs-retry`` that never wants a retry: it sees every response and sets the rate."""
        http_response, parsed = (None, None) if response is None else response
        status = None if http_response is None else http_response.status_code
        throttled = throttling_rule(operation, status, error_code(parsed)) is not None
        with self._lock:
            now = self._clock()
            measured = self._measured.record(now)
            if throttled:
                rate = min(measured, self._bucket.rate) if self.is_enabled else measured
                rate = self._cubic.throttled(rate, now)
                self.is_enabled = True
            else:
                rate = self._cubic.succeeded(now)
            self._bucket.set_rate(min(rate, _MAX_GROWTH * measured), now)

    def __repr__(self) -> str:
        return f"<RateLimiter {f'{self.rate:.1f} requests/s' if self.is_enabled else 'off'}>"
