"""Whose calls are meant, for what looks at the calls of a whole process: those of some clients and sessions, or all."""

from __future__ import annotations

from sotalia.session.core import SessionCore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from sotalia.call.call import Caller


class Targets:
    """Clients, each with its views, resources, of which their client is meant, and sessions; of none, all calls are meant.

    A session stands for the clients that it has made and will make. Raises ``TypeError`` for anything else: ``expected`` says in
    the caller's words what may stand there.
    """

    __slots__ = ("clients", "sessions")

    def __init__(self, targets: Iterable[Any], expected: str) -> None:
        self.clients: list[Any] = []
        self.sessions: list[SessionCore] = []
        for target in targets:
            client = getattr(getattr(target, "meta", None), "client", target)
            core = getattr(target, "_session", target)
            if isinstance(core, SessionCore):
                self.sessions.append(core)
            elif hasattr(getattr(client, "parts", None), "cache"):
                self.clients.append(client)
            else:
                raise TypeError(f"{expected}; {type(target).__name__} is none of them")

    @property
    def are_all(self) -> bool:
        """Whether the calls of every client are meant."""
        return not (self.clients or self.sessions)

    def cover(self, client: Caller) -> bool:
        """Whether calls of this client are meant."""
        if self.are_all:
            return True
        parts = client.parts
        # A view shares the cache of its client.
        return any(parts.cache is known.parts.cache for known in self.clients) or any(
            parts.session is known for known in self.sessions
        )
