"""Typed handlers: a function registered for an event's class in the place of its name."""

from __future__ import annotations

from itertools import product
from types import CodeType

from sotalia.events.event import Event
from sotalia.events.handlers import TypedHandler, describe
from sotalia.events.tree import FIRST, LAST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable
    from types import TracebackType
    from typing import Any, Generic, Self, TypeVar

    from sotalia.events.order import Wish
    from sotalia.events.registrations import Registrations

    E = TypeVar("E", bound=Event)
    R = TypeVar("R")
else:
    from sotalia.runtime.generic import Generic

    E = None

# Words of a pattern, by what a program calls them.
_PARTS = {"operation": "OPERATION", "resource": "RESOURCE", "attribute": "NAME"}


class Registration(Generic[E]):
    """Where a typed handler stands. Call it with a function to register that: it is a decorator as well.

    ``event_names`` are the names that it is registered for. Leaving a ``with`` block takes it back.
    """

    def __init__(
        self,
        registry: Registrations,
        event: type[E],
        event_names: tuple[str, ...],
        position: int,
        unique_id: Hashable | None,
        wish: Wish | None = None,
    ) -> None:
        self.event_names = event_names
        self._registry = registry
        self._event = event
        self._position = position
        self._unique_id = unique_id
        self._wish = wish
        self._registered: list[tuple[str, TypedHandler]] = []

    def __call__(self, handler: Callable[[E], R]) -> Callable[[E], R]:
        """Register a function, and give it back as it is. Raises ``OrderError`` for constraints that nothing can hold."""
        _check(self._event, handler)
        typed = TypedHandler(self._event, handler, None if self._wish is None else self._wish.of(handler))
        self._registry.refuse_circle(self.event_names, typed)
        register = {FIRST: self._registry.register_first, LAST: self._registry.register_last}.get(
            self._position, self._registry.register
        )
        for number, name in enumerate(self.event_names):
            unique_id = self._unique_id
            if unique_id is not None and len(self.event_names) > 1:
                unique_id = (unique_id, number)
            register(name, typed, unique_id)
            self._registered.append((name, typed))
        return handler

    def remove(self) -> bool:
        """Take it back, and say whether it was still there."""
        removed = False
        while self._registered:
            name, typed = self._registered.pop()
            removed = self._registry.unregister(name, typed) or removed
        return removed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def __repr__(self) -> str:
        handlers = ", ".join(sorted({repr(typed) for _, typed in self._registered})) or "nothing"
        return f"<Registration of {handlers} for {', '.join(self.event_names)}>"


def _check(event: type[Event], handler: Any) -> None:
    """Raise ``ValueError`` for what cannot be called, ``TypeError`` for a function of keyword arguments, as boto3 has them."""
    if not callable(handler):
        raise ValueError(
            f"a handler of {event.__name__} is a function of one argument, the event, not {handler!r}"
        )
    code = getattr(handler, "__code__", None)
    if type(code) is not CodeType:
        return
    names = code.co_varnames[: code.co_argcount]
    if names[:1] and names[0] in event.described() and names[0] != "event":
        raise TypeError(
            f"{describe(handler)} takes the argument {names[0]!r} by name, as handlers of boto3 do: register it by "
            f"register('{event.name()}...', ...), or write it as a function of one argument, the event"
        )


def event_names(
    event: type[Event], service: str | Iterable[str] | None, parts: dict[str, Any]
) -> tuple[str, ...]:
    """The names to register for: one for each pair of a service and an operation. Raises ``TypeError``."""
    if not (isinstance(event, type) and issubclass(event, Event) and hasattr(event, "pattern")):
        raise TypeError(
            f"on() wants the class of an event, such as sotalia.events.BeforeCall, not {event!r}; for an event's name, "
            "there is register()"
        )
    _, *words = event.pattern.split(".")
    for name in parts:
        if _PARTS[name] not in words:
            raise TypeError(
                f"{event.__name__} has no {name}: its name is {event.pattern!r}; leave {name}= out"
            )
    if service is not None and not words:
        raise TypeError(f"{event.__name__} has no service: its name is {event.pattern!r}; leave service= out")
    if not words or (service is None and not parts):
        return (event.name(),)
    services = _several(service) or ["*"]
    no_parts: list[str] = []
    last = next((_several(part) for part in parts.values()), no_parts)
    if not last:
        return tuple(event.name(each) for each in services)
    return tuple(event.name(*pair) for pair in product(services, last))


def _several(value: str | Iterable[str] | None) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)
