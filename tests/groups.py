"""Sees to which groups calls belong, without a recorder: a hook around every call of the process notes where it was made."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

from sotalia.call.hooks import EVERYWHERE
from sotalia.runtime import groups


class Seen(NamedTuple):
    """One call: its operation, and the group it was made in, which knows those around it."""

    operation: str
    group: groups.Group | None
    thread: str

    @property
    def names(self) -> list[str]:
        """The names of its groups, outermost first."""
        names: list[str] = []
        group = self.group
        while group is not None:
            names.insert(0, group.name)
            group = group.parent
        return names


class Watched(list[Seen]):
    """The calls made inside ``with``, in the order in which they began."""

    def __init__(self, *, watches: bool = True) -> None:
        super().__init__()
        self._watchers = int(watches)

    def __enter__(self) -> Watched:
        EVERYWHERE.around_call(self._note, unique_id=f"watched-{id(self)}")
        groups.watch(self._watchers)
        return self

    def __exit__(self, *error: object) -> None:
        groups.watch(-self._watchers)
        EVERYWHERE.unregister("around.call", unique_id=f"watched-{id(self)}")

    async def _note(self, call: Any, proceed: Any) -> Any:
        self.append(Seen(call.operation.name, groups.current(), threading.current_thread().name))
        return await proceed()

    def by_group(self) -> dict[tuple[str, ...], list[str]]:
        """Operations by the names of their groups, in order."""
        found: dict[tuple[str, ...], list[str]] = {}
        for seen in self:
            found.setdefault(tuple(seen.names), []).append(seen.operation)
        return found

    def numbers(self) -> set[int | None]:
        """The numbers of the groups that calls were made in."""
        return {seen.group.number if seen.group is not None else None for seen in self}
