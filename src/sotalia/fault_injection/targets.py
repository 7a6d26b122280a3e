"""Whose calls are meant: those of some clients and sessions, or all."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class Targets:
    """Clients (their views count too), resources and sessions; of none, all calls are meant. Raises ``TypeError``."""

    __slots__ = ("_events", "_operations", "clients", "has_sessions")

    def __init__(self, targets: Iterable[Any]) -> None:
        self.clients: list[Any] = []
        self._events: list[Any] = []
        for target in targets:
            client = getattr(getattr(target, "meta", None), "client", target)
            if hasattr(client, "parts") and hasattr(client, "meta"):
                self.clients.append(client)
            elif hasattr(target, "client") and hasattr(getattr(target, "events", None), "around_call"):
                self._events.append(target.events)
            else:
                raise TypeError(
                    f"faults are rules, clients and sessions; {type(target).__name__} is none of them. A rule is a kind's name "
                    "('throttle'), a dictionary with a 'kind', or what throttle(...) returns"
                )
        self.has_sessions = bool(self._events)
        # A view shares the compiled operations of its client.
        self._operations = [client.parts.operations for client in self.clients]

    def has(self, client: Any) -> bool:
        """Whether calls of this client are meant."""
        if not self.clients and not self._events:
            return True
        parts = client.parts
        return any(parts.operations is known for known in self._operations) or any(
            parts.session.events is known for known in self._events
        )
