"""Read timeouts by operation: :class:`Timeouts`."""

from __future__ import annotations

from sotalia.events import BeforeCall
from sotalia.extensions.scopes import ByScope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from sotalia.events import EventRegistry


class Timeouts:
    """Lets single operations wait for longer, or shorter, than ``Config(read_timeout=...)`` says.

    ``seconds`` by operation: ``{"lambda.Invoke": 900, "dynamodb": 2}``; the more specific one counts. It is how long an attempt
    waits for the next bytes of its response. Raises ``ValueError`` for what is no positive number.
    """

    def __init__(self, seconds: Mapping[str, float]) -> None:
        for scope, limit in seconds.items():
            if not isinstance(limit, int | float) or isinstance(limit, bool) or not 0 < limit < float("inf"):
                raise ValueError(
                    f"the timeout of {scope!r} must be a positive number of seconds, not {limit!r}"
                )
        self._seconds = ByScope(seconds)

    def install(self, events: EventRegistry) -> None:
        """Register a handler of ``before-call`` for each operation."""
        self._seconds.register(events, BeforeCall, self.set)

    def set(self, event: BeforeCall) -> None:
        """Set it, unless it is set for this call already."""
        for _, limit in self._seconds.of(event):
            event.context.setdefault("read_timeout", limit)

    def __repr__(self) -> str:
        return f"<Timeouts for {self._seconds}>"
