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

    __slots__ = ("composed", "found", "found_for_operation", "root")

    def __init__(self, root: Node) -> None:
        self.root = root
        self.found: dict[str, Listeners] = {}
        self.found_for_operation: dict[str, Listeners | None] = {}
        self.composed: dict[str, Any] = {}

    def replaced(self, root: Node, event_name: str) -> Snapshot:
        """The snapshot of a tree that differs at ``event_name``: it forgets only look-ups that can differ."""
        new = Snapshot(root)
        first = event_name.partition(".")[0]
        if first == "*" or not (self.found or self.composed):
            return new
        # A dictionary is copied at once, while other threads may add to it.
        dot = f"{first}."
        for name, listeners in self.found.copy().items():
            # The name with aliases applied: one of them may be its first part.
            if listeners.event_name != first and not listeners.event_name.startswith(dot):
                new.found[name] = listeners
        for name, heard in self.found_for_operation.copy().items():
            if name != first and not name.startswith(dot):
                new.found_for_operation[name] = heard
        if first != AROUND:
            new.composed = self.composed.copy()
        return new
