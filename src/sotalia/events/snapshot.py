"""One tree of registrations, with what was looked up in it so far."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from sotalia.events.listeners import Listeners
    from sotalia.events.tree import Node

#: The first part of the names under which hooks and observers stand in the tree.
AROUND: Final = "around"


class Snapshot:
    """One tree and what was looked up in it so far; shared by all copies that have not changed since."""

    __slots__ = ("asked", "composed", "forgotten", "found", "found_for_operation", "number", "root")

    def __init__(self, root: Node, number: int = 0, forgotten: dict[str, int] | None = None) -> None:
        self.root = root
        #: How many registrations came before it, and events that were emitted earlier, each with the number of the last
        #: snapshot in which it was: from these :mod:`~sotalia.events.usage` works out what ran.
        self.number = number
        self.forgotten: dict[str, int] = {} if forgotten is None else forgotten
        #: Look-ups of who only asked. What is in ``found`` was emitted.
        self.asked: dict[str, Listeners] = {}
        self.found: dict[str, Listeners] = {}
        self.found_for_operation: dict[str, Listeners | None] = {}
        self.composed: dict[str, Any] = {}

    def replaced(self, root: Node, event_name: str) -> Snapshot:
        """The snapshot of a tree that differs at ``event_name``: it forgets only look-ups that can differ."""
        new = Snapshot(root, self.number + 1, self.forgotten)
        first = event_name.partition(".")[0]
        if not (self.found or self.composed):
            return new
        if first == "*":
            return new._without(
                [*self.composed.copy(), *[listeners.event_name for listeners in self.found.copy().values()]]
            )
        dropped: list[str] = []
        # A dictionary is copied at once, while other threads may add to it.
        dot = f"{first}."
        for name, listeners in self.found.copy().items():
            # The name with aliases applied: one of them may be its first part.
            if listeners.event_name != first and not listeners.event_name.startswith(dot):
                new.found[name] = listeners
            else:
                dropped.append(listeners.event_name)
        for name, heard in self.found_for_operation.copy().items():
            if name != first and not name.startswith(dot):
                new.found_for_operation[name] = heard
        if first != AROUND:
            new.composed = self.composed.copy()
        else:
            dropped += self.composed.copy()
        return new._without(dropped) if dropped else new

    def _without(self, dropped: list[str]) -> Snapshot:
        """Note, in a new snapshot, what it no longer has although it was emitted."""
        self.forgotten = {**self.forgotten, **dict.fromkeys(dropped, self.number - 1)}
        return self
