"""A deadline for each call: :class:`CallDeadline`."""

from __future__ import annotations

from sotalia.call.deadlines import deadline_hook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from sotalia.events import EventRegistry


class CallDeadline:
    """Ends each call after so many seconds in all: attempts, back-off, waiting, connecting, sending and reading.

    ``scope`` is written as for hooks: ``""`` for all calls, ``"s3"``, ``"s3.GetObject"``, ``"*.GetObject"``. ``at`` is one time
    for all calls, in the place of ``seconds``. For a block of calls there is ``with sotalia.deadline(5):``.
    """

    def __init__(self, seconds: float | None = None, *, at: datetime | None = None, scope: str = "") -> None:
        self._hook = deadline_hook(seconds, at=at)
        self._limit = f"at={at.isoformat()}" if at is not None else f"{seconds:g}"
        self._scope = scope

    def install(self, events: EventRegistry) -> None:
        """Register a hook around the calls."""
        events.around_call(self._hook, self._scope)

    def __repr__(self) -> str:
        return f"<CallDeadline {self._limit}{f' for {self._scope}' if self._scope else ''}>"
