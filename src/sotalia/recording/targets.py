"""Whose calls are meant: those of clients and their views, of resources, or of sessions."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.call.call import Call


class Targets:
    """Raises ``TypeError`` for what is neither a client, a resource nor a session."""

    def __init__(self, targets: tuple[Any, ...]) -> None:
        self._clients: list[Any] = []
        self._sessions: list[Any] = []
        for target in targets:
            self._add(target)

    def _add(self, target: Any) -> None:
        from sotalia.session.core import SessionCore

        meta = getattr(target, "meta", None)
        client = getattr(meta, "client", None)
        if hasattr(target, "parts"):
            self._clients.append(target)
        elif hasattr(client, "parts"):
            self._clients.append(client)
        else:
            core = getattr(target, "_session", target)
            if not isinstance(core, SessionCore):
                raise TypeError(
                    f"a target is a client, a resource or a session of sotalia, not {type(target).__name__}; leave targets out "
                    "for all clients of the process"
                )
            self._sessions.append(core)

    def has(self, call: Call) -> bool:
        """Whether a call is one of theirs."""
        client: Any = call.client
        if any(client.parts.session is session for session in self._sessions):
            return True
        while client is not None:
            if any(client is target for target in self._clients):
                return True
            client = _viewed(client)
        return False


def _viewed(client: Any) -> Any:
    """The client that a view is one of, ``None`` for no view."""
    return client.__dict__.get("_viewed")
