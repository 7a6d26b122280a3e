"""What an extension's settings are for: ``"PutObject"``, ``"s3.PutObject"``, ``"s3"``, or ``"*"`` for all calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sotalia.events import EVENT_ALIASES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sotalia.events import Event, EventRegistry

E = TypeVar("E", bound="Event")
T = TypeVar("T")


class Scope:
    """Which calls are meant: ``service`` (a hyphenized id) and ``operation``, each ``None`` for any."""

    __slots__ = ("operation", "service", "text")

    def __init__(self, text: str) -> None:
        service, _, operation = text.rpartition(".")
        if not service and text[:1].islower():
            service, operation = text, "*"  # No operation's name begins with a small letter.
        self.text = text
        self.service = None if service in ("", "*") else EVENT_ALIASES.get(service, service)
        self.operation = None if operation == "*" else operation

    def fits(self, event_name: str) -> bool:
        """Whether an event of a call in this scope has this name."""
        _, service, operation = event_name.split(".")
        return self.service in (None, service) and self.operation in (None, operation)

    def register(self, events: EventRegistry, event: type[E], handler: Callable[[E], object]) -> None:
        """Register a typed handler for the operations of this scope: before the built-in handlers of a service."""
        events.on(event, handler, service=self.service, operation=self.operation or "*")


class ByScope(Generic[T]):
    """Settings by scope. The more specific one counts: of handlers, those of a wildcard would come first."""

    def __init__(self, settings: Mapping[str, T]) -> None:
        found = [(Scope(text), value) for text, value in settings.items()]
        found.sort(key=lambda row: (row[0].operation is None, row[0].service is None))
        self._rows = tuple(found)

    def register(self, events: EventRegistry, event: type[E], handler: Callable[[E], object]) -> None:
        """Register a typed handler for every operation that has settings."""
        seen: set[tuple[str, ...]] = set()
        for scope, _ in self._rows:
            # On a client "PutObject" and "s3.PutObject" are one.
            registration = events.on(event, service=scope.service, operation=scope.operation or "*")
            if registration.event_names not in seen:
                seen.add(registration.event_names)
                registration(handler)

    def of(self, event: Event) -> Iterator[tuple[Scope, T]]:
        """The settings of a call, the most specific ones first."""
        return ((scope, value) for scope, value in self._rows if scope.fits(event.event_name))

    def __repr__(self) -> str:
        return ", ".join(scope.text for scope, _ in self._rows)


def register_for_all(
    events: EventRegistry, event: type[E], handler: Callable[[E], object], scope: Scope
) -> None:
    """Register for all operations, so that several handlers run in the order of registration; they look at the scope.

    The scope is registered for as well, and taken back, for the check of its names.
    """
    check: Any = events.on(event, handler, service=scope.service, operation=scope.operation or "*")
    check.remove()
    events.on(event, handler, service="*", operation="*")
