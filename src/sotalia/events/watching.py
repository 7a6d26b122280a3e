"""Watching handlers: while somebody does, registries hand out listeners that say when each handler ran.

The class of listeners is chosen when an event is looked up, not when it is emitted. So starting and ending a watch has every
registry look up anew, and an emission that nobody watches costs what it cost before there was anything to watch with.
"""

from __future__ import annotations

from functools import partial
from types import CoroutineType

from sotalia.events import listeners
from sotalia.events.listeners import Listeners, name_culprit
from sotalia.events.registry import forget_lookups_everywhere

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any, Protocol

    from sotalia.events.handlers import Handler, Returned
    from sotalia.events.listeners import Calling
    from sotalia.events.tree import Handlers

    class Emission(Protocol):
        """One emission that somebody watches.

        ``times`` gets the end of each handler, as ``clock`` tells it · ``looks`` whether :meth:`look` is to be called after each
        handler: always, or where there is a ``subject``, only if that differs from ``before``.
        """

        clock: Callable[[], float]
        times: list[float]
        subject: Any
        before: Any
        looks: bool

        def look(self) -> None:
            """The last handler has run, and is not known to have changed nothing."""
            ...

        def answered(self) -> None:
            """The last handler returned something."""
            ...

        def raised(self, error: BaseException) -> None:
            """The handler after the last one has raised this."""
            ...

    #: What to note an emission in; ``None`` for one that is of no interest.
    Watcher = Callable[["WatchedListeners", dict[str, Any]], Emission | None]

_watcher: Watcher | None = None


def watch(watcher: Watcher | None) -> None:
    """Have all emissions of the process go by ``watcher``, in place of the one before; ``None`` for nobody.

    A watcher raises nothing, and neither do its emissions.
    """
    global _watcher
    _watcher = watcher
    listeners.found_class = Listeners if watcher is None else WatchedListeners
    forget_lookups_everywhere()


class WatchedListeners(Listeners):
    """Listeners that are watched. ``described`` is for what a watcher knows about the handlers."""

    __slots__ = ("described",)

    def __init__(self, event_name: str, handlers: Handlers) -> None:
        self.event_name = event_name
        self.handlers = handlers
        self.described: Any = None

    def notify(self, **kwargs: Any) -> Coroutine[Any, Any, None]:
        """Call sync and async handlers, in order."""
        watcher = _watcher
        emission = None if watcher is None else watcher(self, kwargs)
        if emission is None:
            return super().notify(**kwargs)
        return self._watched(kwargs, emission, None)  # type: ignore[return-value]  # Nobody looks at it.

    def first_response(self, **kwargs: Any) -> Coroutine[Any, Any, tuple[Handler | None, Any]]:
        """Call all handlers, sync and async, in order; the first value that is not ``None``, and whose it is."""
        watcher = _watcher
        emission = None if watcher is None else watcher(self, kwargs)
        return (
            super().first_response(**kwargs) if emission is None else self._watched(kwargs, emission, _FIRST)
        )

    def until_response(self, **kwargs: Any) -> Coroutine[Any, Any, tuple[Handler | None, Any]]:
        """Call handlers, sync and async, up to the first that returns something else than ``None``."""
        watcher = _watcher
        emission = None if watcher is None else watcher(self, kwargs)
        return (
            super().until_response(**kwargs) if emission is None else self._watched(kwargs, emission, _STOPS)
        )

    async def all(self, **kwargs: Any) -> list[tuple[Handler, Any]]:
        """Call sync and async handlers; the pairs of handler and return value, in order."""
        watcher = _watcher
        emission = None if watcher is None else watcher(self, kwargs)
        if emission is None:
            return await super().all(**kwargs)
        responses: list[tuple[Handler, Any]] = []
        await self._watched(kwargs, emission, responses)
        return responses

    async def _watched(self, kwargs: dict[str, Any], emission: Emission, wanted: Any) -> Any:
        """The loop of all the methods above. ``wanted``: a list of pairs, or which of the values is wanted."""
        kwargs["event_name"] = self.event_name
        clock, times, subject, looks = emission.clock, emission.times, emission.subject, emission.looks
        first, whose, handler = None, None, None
        for handler in self.handlers:
            try:
                value: Returned = handler(**kwargs)
                if type(value) is CoroutineType:
                    value = await value
            except BaseException as error:
                emission.raised(error)
                if isinstance(error, Exception):
                    name_culprit(error, handler, self.event_name)
                raise
            times.append(clock())
            if looks and (subject is None or _differ(subject, emission.before)):
                emission.look()
            if value is not None:
                emission.answered()
                if wanted is _STOPS:
                    return handler, value
                if first is None:
                    first, whose = value, handler
            if type(wanted) is list:
                wanted.append((handler, value))
        return (handler if wanted is _STOPS else whose), first

    def watched(self, call: Calling, kwargs: dict[str, Any]) -> Calling:
        """How to call the handlers where they are not awaited."""
        emission = None if _watcher is None else _watcher(self, kwargs)
        return call if emission is None else partial(_called, call, emission)


_FIRST = "first"
_STOPS = "stops"


def _differ(subject: Any, before: Any) -> bool:
    try:
        return bool(subject != before)
    except Exception:  # Values of the program's, whose comparison may do anything.
        return True


def _called(
    call: Calling,
    emission: Emission,
    handler: Handler,
    kwargs: dict[str, Any],
) -> Any:
    try:
        value = call(handler, kwargs)
    except BaseException as error:
        emission.raised(error)
        raise
    emission.times.append(emission.clock())
    if emission.looks and (emission.subject is None or _differ(emission.subject, emission.before)):
        emission.look()
    if value is not None:
        emission.answered()
    return value
