"""What ran: worked out, when somebody asks, from look-ups that a registry caches anyway. Nothing is counted in calls.

A look-up that is cached was emitted since the last registration that can change it. When a registration drops it, the new
snapshot notes the name with its number. So a handler ran if its event is cached, or was dropped by a snapshot that is no
older than the handler. Copies of a registry, such as those of clients, add what they look up to a table of their origin.
"""

from __future__ import annotations

from sotalia.events.handlers import Hook, describe, is_built_in, place_of
from sotalia.events.snapshot import AROUND
from sotalia.runtime.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sotalia.events.handlers import Handler
    from sotalia.events.registry import EventRegistry


class Unused(Record):
    """A registration of the program whose event was never emitted.

    ``event_name`` the name it was made for (``around.call.s3`` for a hook) · ``handler`` the function · ``place`` its file and
    line, ``""`` where they are not known.
    """

    event_name: str
    handler: Any
    place: str

    def __repr__(self) -> str:
        return f"<Unused {self}>"

    def __str__(self) -> str:
        return f"{self.event_name}: {describe(self.handler)}"


def unused(registry: EventRegistry) -> list[Unused]:
    """See :meth:`EventRegistry.unused`."""
    emitted = list(_emitted(registry))
    found: list[Unused] = []
    for event_name, handler in registry.registrations():
        target = handler.target if isinstance(handler, Hook) else handler
        if is_built_in(target):
            continue
        since = registry._since.get((event_name, id(handler)), 0)
        if not any(number >= since and hears(event_name, name) for name, number in emitted):
            found.append(Unused(event_name=event_name, handler=target, place=place_of(target)))
    return found


def has_run(registry: EventRegistry, event_name: str, handler: Handler) -> bool:
    """See :meth:`EventRegistry.has_run`."""
    since = [
        number
        for (name, identity), number in list(registry._since.items())
        if identity == id(handler) and hears(name, event_name)
    ]
    oldest = min(since, default=0)
    return any(number >= oldest and name == event_name for name, number in _emitted_here(registry))


def hears(registered: str, emitted: str) -> bool:
    """Whether a handler of one name hears an emission of another one. Calls are emissions of ``around.SERVICE.OPERATION``."""
    wanted, parts = registered.split("."), emitted.split(".")
    if wanted[0] == AROUND:
        del wanted[1:2]  # Whether it stands around calls or attempts.
    return len(wanted) <= len(parts) and all(
        one in ("*", other) for one, other in zip(wanted, parts, strict=False)
    )


def _emitted(registry: EventRegistry) -> Iterator[tuple[str, int]]:
    yield from _emitted_here(registry)
    yield from registry._heard_by_copies.copy().items()


def _emitted_here(registry: EventRegistry) -> Iterator[tuple[str, int]]:
    """Names of events, each with the number of the latest snapshot in which it was emitted."""
    snapshot = registry._snapshot
    for listeners in snapshot.found.copy().values():
        yield listeners.event_name, snapshot.number
    for name in snapshot.composed.copy():
        yield name, snapshot.number
    yield from snapshot.forgotten.items()
