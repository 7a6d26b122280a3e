"""What an extension's settings are for: ``"PutObject"``, ``"s3.PutObject"``, ``"s3"``, or ``"*"`` for all calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sotalia.events import Event

if TYPE_CHECKING:
    from collections.abc import Callable

    from sotalia.events import EventRegistry

E = TypeVar("E", bound=Event)


def on(events: EventRegistry, event: type[E], handler: Callable[[E], object], scope: str) -> None:
    """Register a typed handler for the operations of a scope.

    Handlers of an operation run before those of a wildcard, and all of them before the built-in ones of a service.
    """
    service, operation = _parts(scope)
    events.on(event, handler, service=service, operation=operation)


def is_for_one_operation(scope: str) -> bool:
    """Whether a scope names an operation."""
    return _parts(scope)[1] != "*"


def _parts(scope: str) -> tuple[str | None, str]:
    """The service, ``None`` for any, and the operation."""
    service, _, operation = scope.rpartition(".")
    if not service and (scope == "*" or scope[:1].islower()):
        return scope, "*"  # No operation's name begins with a small letter.
    return service or None, operation
