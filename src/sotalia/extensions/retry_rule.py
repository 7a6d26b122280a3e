"""Retries of one's own, beside those of the retry mode: :class:`RetryRule`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from sotalia.events import NeedsRetry
from sotalia.extensions.scopes import Scope, register_for_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.events import EventRegistry


class RetryRule:
    """Decides about the attempts that meet a condition, in place of the retry mode; for all others the mode decides.

    One of the conditions is enough: ``codes`` of errors (``"ConflictException"``), ``statuses`` (503), ``exceptions`` (classes),
    ``when(event)``, a function of the :class:`~sotalia.events.NeedsRetry`. ``delay``: seconds before the next attempt, a list of
    them (the last one counts for all further attempts), or a function of the number of attempts made. ``max_attempts`` counts
    all attempts of a call, also those that the retry mode made; after them the call ends with what it has. So rules and mode
    never multiply, and ``max_attempts=1`` switches retries off for its cases. ``scope``: an operation, ``"s3.PutObject"``, a
    service or, by default, all calls. Of several rules that fit, the one installed first decides. The mode ``legacy`` raises an exception itself after its own
    maximum of attempts, as in boto3, whatever a rule says.
    """

    def __init__(
        self,
        *,
        codes: Collection[str] = (),
        statuses: Collection[int] = (),
        exceptions: type[BaseException] | Collection[type[BaseException]] = (),
        when: Callable[[NeedsRetry], object] | None = None,
        delay: float | Sequence[float] | Callable[[int], float] = 1.0,
        max_attempts: int = 3,
        scope: str = "*",
    ) -> None:
        self._codes = frozenset([codes] if isinstance(codes, str) else codes)
        self._statuses = frozenset([statuses] if isinstance(statuses, int) else statuses)
        self._exceptions = (exceptions,) if isinstance(exceptions, type) else tuple(exceptions)
        self._when = when
        if not (self._codes or self._statuses or self._exceptions or when):
            raise ValueError("a RetryRule needs a condition: codes, statuses, exceptions or when")
        if not isinstance(max_attempts, int) or max_attempts < 1:
            raise ValueError(f"max_attempts must be a whole number from 1 on, not {max_attempts!r}")
        self._delay = delay if callable(delay) else _checked(delay)
        self._max_attempts = max_attempts
        self._scope = Scope(scope)

    def install(self, events: EventRegistry) -> None:
        """Register a handler of ``needs-retry``, before the one of the retry mode."""
        register_for_all(events, NeedsRetry, self.decide, self._scope)

    def decide(self, event: NeedsRetry) -> None:
        """Have a fitting attempt followed by another one, or by none."""
        if not self._scope.fits(event.event_name) or not self._fits(event):
            return
        if event.attempts >= self._max_attempts:
            event.give_up()
        elif callable(self._delay):
            event.retry_after(self._delay(event.attempts))
        else:
            event.retry_after(self._delay[min(event.attempts, len(self._delay)) - 1])

    def _fits(self, event: NeedsRetry) -> bool:
        return bool(
            event.status_code in self._statuses
            or event.error_code in self._codes
            or isinstance(event.caught_exception, self._exceptions)
            or (self._when is not None and self._when(event))
        )

    def __repr__(self) -> str:
        return f"<RetryRule for {self._scope.text}, {self._max_attempts} attempts>"


def _checked(delay: float | Sequence[float]) -> tuple[float, ...]:
    delays = tuple(delay) if isinstance(delay, Sequence) else (delay,)
    if not delays or not all(isinstance(each, int | float) and 0 <= each < float("inf") for each in delays):
        raise ValueError(f"a delay is a number of seconds, 0 or more, or a list of them, not {delay!r}")
    return delays
