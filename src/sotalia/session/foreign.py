"""Handlers that other packages put into the reference's list of built-in ones, for sessions and clients to come.

moto does so when it is imported. Here the list (``botocore.handlers.BUILTIN_HANDLERS``) is looked at whenever a session
or a client is made, so the clients of a session older than moto hear of it too. botocore is never imported for this.
"""

from __future__ import annotations

import sys

from sotalia.events.registrations import ADAPTERS
from sotalia.events.tree import MIDDLE
from sotalia.transport.messages import is_read_asynchronously

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.events import EventRegistry
    from sotalia.transport.messages import AWSPreparedRequest


class ForeignHandlers:
    """Keeps one session's registry up to date with the reference's list."""

    __slots__ = ("_events", "_known_rows")

    def __init__(self, events: EventRegistry) -> None:
        self._events = events
        self._known_rows = 0
        self.refresh()

    def refresh(self) -> None:
        """Register what is new in the list; a comparison of lengths where nothing is."""
        rows = getattr(sys.modules.get("botocore.handlers"), "BUILTIN_HANDLERS", ())
        if len(rows) == self._known_rows:
            return
        self._known_rows = len(rows)
        for row in rows:
            event, handler = row[0], row[1]
            if getattr(handler, "__module__", "").startswith("botocore."):
                continue  # Ours stand in sotalia.session.builtin_handlers.
            position = row[2] if len(row) > 2 and isinstance(row[2], int) else MIDDLE
            install(self._events, event, handler, position)

    def remove_from(self, events: EventRegistry) -> None:
        """Take the handlers out of a copy of the registry."""
        for row in getattr(sys.modules.get("botocore.handlers"), "BUILTIN_HANDLERS", ()):
            event, handler = row[0], row[1]
            if not getattr(handler, "__module__", "").startswith("botocore."):
                events.unregister(event, _adapted(event, handler))


def install(events: EventRegistry, event: str, handler: Callable[..., Any], position: int = MIDDLE) -> None:
    """Register a handler written for the reference's own requests, unless it is registered already."""
    handler = _adapted(event, handler)
    if handler not in events.handlers(event):
        events.install(event, handler, position)


def remove(events: EventRegistry, event: str, handler: Callable[..., Any]) -> None:
    """Take back what :func:`install` registered."""
    events.unregister(event, _adapted(event, handler))


def _adapted(event: str, handler: Callable[..., Any]) -> Callable[..., Any]:
    return BeforeSend(handler) if event.partition(".")[0] == "before-send" else handler


class BeforeSend:
    """Gives a handler of ``before-send`` the reference's own ``AWSPreparedRequest``: moto takes no other.

    Headers are shared; what the handler assigns to ``url`` or ``body`` is taken over. A handler whose ``enabled`` is
    ``False`` is passed over. Bodies that are read asynchronously are read here, and kept to be sent.
    """

    __slots__ = ("handler",)

    def __init__(self, handler: Callable[..., Any]) -> None:
        self.handler = handler

    def __call__(self, request: AWSPreparedRequest, **kwargs: Any) -> Any:
        """What the handler returns: a response in the network's place, or ``None``."""
        if getattr(self.handler, "enabled", True) is False:
            return None
        if is_read_asynchronously(request.body):
            return self._after_reading(request, kwargs)
        return self._ask(request, kwargs)

    async def _after_reading(self, request: AWSPreparedRequest, kwargs: dict[str, Any]) -> Any:
        body = request.body
        if hasattr(body, "__aiter__"):
            parts = [part async for part in body]
        else:
            parts = [await body.read()]
        request.body = b"".join(parts)
        return self._ask(request, kwargs)

    def _ask(self, request: AWSPreparedRequest, kwargs: dict[str, Any]) -> Any:
        from botocore.awsrequest import AWSPreparedRequest as ReferenceRequest

        headers: Any = request.headers
        url: Any = request.url
        method: Any = request.method
        theirs = ReferenceRequest(method, url, headers, request.body, request.stream_output, request.context)
        answer = self.handler(request=theirs, **kwargs)
        request.url, request.body = theirs.url, theirs.body
        return answer

    def __eq__(self, other: object) -> bool:
        # The handler itself is meant where somebody unregisters it.
        return bool((other.handler if isinstance(other, BeforeSend) else other) == self.handler)

    def __hash__(self) -> int:
        return hash(self.handler)

    def __repr__(self) -> str:
        return f"<BeforeSend {self.handler!r}>"


def _of_moto(handler: Callable[..., Any]) -> BeforeSend | None:
    """Moto's handler, which ``moto.core.patch_client`` and recipes register on clients that may have it already."""
    module = getattr(handler, "__module__", None) or ""
    return BeforeSend(handler) if module.startswith("moto.") else None


ADAPTERS["before-send"] = _of_moto
