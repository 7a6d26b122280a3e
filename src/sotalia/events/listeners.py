"""Who hears an event, and how they are called.

An exception from a handler goes to the caller as it is, with a note that names the event, the handler and its place in the
source. Notes are for what programs register: built-in handlers raise errors that are the call's own.
"""

from __future__ import annotations

from types import CoroutineType

from sotalia.events.handlers import OwnedHandler, add_note, describe, is_built_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.events.handlers import Handler, Returned
    from sotalia.events.tree import Handlers

    Calling = Callable[[Handler, dict[str, Any]], Any]


def name_culprit(error: Exception, handler: Handler, event_name: str) -> None:
    """Add a note to an exception: which handler of which event it comes from."""
    if not isinstance(handler, OwnedHandler) and not is_built_in(handler):
        add_note(error, f"raised in {describe(handler)} of {event_name}")


class Listeners:
    """What one event name found: the name as handlers see it, and the handlers in order of calling."""

    __slots__ = ("event_name", "handlers")

    def __init__(self, event_name: str, handlers: Handlers) -> None:
        self.event_name = event_name
        self.handlers = handlers

    def explain_coroutine(self, handler: Handler) -> str:
        """Whose coroutine waits for an event loop that a synchronous client does not have."""
        return (
            f"{self.event_name}: {describe(handler)} returned a coroutine, but this client is synchronous: "
        )

    def watched(self, call: Calling, kwargs: dict[str, Any]) -> Calling:
        """How to call the handlers where they are not awaited: by ``call``, or by what watches it."""
        return call

    async def all(self, **kwargs: Any) -> list[tuple[Handler, Any]]:
        """Call sync and async handlers; the pairs of handler and return value, in order."""
        kwargs["event_name"] = self.event_name
        responses: list[tuple[Handler, Any]] = []
        for handler in self.handlers:
            try:
                value: Returned = handler(**kwargs)
                if type(value) is CoroutineType:
                    value = await value
            except Exception as error:
                name_culprit(error, handler, self.event_name)
                raise
            responses.append((handler, value))
        return responses

    async def notify(self, **kwargs: Any) -> None:
        """Call sync and async handlers, in order, of an event for which return values mean nothing."""
        kwargs["event_name"] = self.event_name
        for handler in self.handlers:
            try:
                value: Returned = handler(**kwargs)
                if type(value) is CoroutineType:
                    await value
            except Exception as error:
                name_culprit(error, handler, self.event_name)
                raise

    async def first_response(self, **kwargs: Any) -> tuple[Handler | None, Any]:
        """Call all handlers, sync and async, in order; the first value that is not ``None``, and whose it is."""
        kwargs["event_name"] = self.event_name
        first, whose = None, None
        for handler in self.handlers:
            try:
                value: Returned = handler(**kwargs)
                if type(value) is CoroutineType:
                    value = await value
            except Exception as error:
                name_culprit(error, handler, self.event_name)
                raise
            if first is None and value is not None:
                first, whose = value, handler
        return whose, first

    async def until_response(self, **kwargs: Any) -> tuple[Handler | None, Any]:
        """Call handlers, sync and async, up to the first that returns something else than ``None``."""
        kwargs["event_name"] = self.event_name
        handler: Handler | None = None
        for handler in self.handlers:
            try:
                value: Returned = handler(**kwargs)
                if type(value) is CoroutineType:
                    value = await value
            except Exception as error:
                name_culprit(error, handler, self.event_name)
                raise
            if value is not None:
                return handler, value
        return handler, None


#: The class of what look-ups find: see :mod:`sotalia.events.watching`.
found_class: type[Listeners] = Listeners
