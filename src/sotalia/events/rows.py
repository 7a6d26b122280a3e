"""One event as a row of a table: for the page of events and for ``sotalia events``."""

from __future__ import annotations

from dataclasses import dataclass

from sotalia.events.catalog import CATALOG
from sotalia.events.event import FIRST, IGNORED, STOPS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sotalia.events.event import Event

_RETURNS = {
    IGNORED: "ignored",
    FIRST: "the first that is not `None`: ",
    STOPS: "the first that is not `None` ends the emission: ",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """``name`` is its pattern, or what is emitted for one service or operation. ``arguments``: texts by name."""

    name: str
    class_name: str
    when: str
    arguments: dict[str, str]
    returns: str
    is_in_guide: bool
    is_per_attempt: bool
    is_on_session: bool


def returns(event: type[Event]) -> str:
    """What becomes of the value that a handler returns, in Markdown."""
    effect = event.effect if event.returns != IGNORED or not event.effect else f"; {event.effect}"
    return _RETURNS[event.returns] + effect


def rows(service_id: str | None = None, operation: str | None = None) -> Iterator[EventRow]:
    """All events in the order in which a program meets them; of one service (``s3``), or one operation of it."""
    for event in CATALOG:
        yield EventRow(
            name=_name(event, service_id, operation),
            class_name=event.__name__,
            when=" ".join((event.__doc__ or "").split()),
            arguments={
                name: event.annotation(name) + (f", {_note(argument)}" if _note(argument) else "")
                for name, argument in event.described().items()
            },
            returns=returns(event),
            is_in_guide=event.is_in_guide,
            is_per_attempt=event.is_per_attempt,
            is_on_session=event.is_on_session,
        )


def _note(argument: Any) -> str:
    notes = [str(argument.note)] if argument.note else []
    return ", ".join([*(["may be changed"] if argument.is_changeable else []), *notes])


def _name(event: type[Event], service_id: str | None, operation: str | None) -> str:
    words = {"SERVICE": service_id or "SERVICE", "OPERATION": operation or "OPERATION"}
    return ".".join(words.get(part, part) for part in event.pattern.split("."))
