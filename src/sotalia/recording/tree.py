"""Calls in the order in which people look at them: groups and calls within calls stand together.

A node is a call or a group. A group's node stands where its first call began, with its calls and groups below it, also where
other calls ran between them. A call that was made within another one, for credentials say, stands below that one.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sotalia.recording.records import CallRecord, GroupRecord


class Node:
    """A call with ``call``, or a group with ``group``, and what stands below it."""

    __slots__ = ("call", "children", "group")

    def __init__(self, call: CallRecord | None = None, group: GroupRecord | None = None) -> None:
        self.call, self.group = call, group
        self.children: list[Node] = []

    def calls(self) -> list[CallRecord]:
        """All calls of it and below it."""
        return [node.call for _, node in walk([self]) if node.call is not None]


def tree(records: Sequence[CallRecord]) -> list[Node]:
    """The outermost nodes, in the order of their first calls."""
    ordered = sorted(records, key=lambda record: (record.started_at, record.number))
    nodes = [Node(record) for record in ordered]
    # Records of several processes may have the same numbers: a call then stands below the first that has its parent's.
    numbers: dict[int, tuple[int, CallRecord]] = {}
    for place, record in enumerate(ordered):
        numbers.setdefault(record.number, (place, record))
    groups: dict[tuple[object, ...], Node] = {}
    roots: list[Node] = []
    for place, (record, node) in enumerate(zip(ordered, nodes, strict=True)):
        siblings = roots
        path: tuple[object, ...] = ()
        above = record.groups
        if record.parent in numbers and numbers[record.parent][0] < place:
            parent_place, parent = numbers[record.parent]
            siblings, path = nodes[parent_place].children, ("call", parent_place)
            shared = {group.number for group in parent.groups}
            above = [group for group in above if group.number not in shared]
        for group in above:
            path = (*path, group.number, group.kind, group.name)
            if path not in groups:
                groups[path] = Node(group=group)
                siblings.append(groups[path])
            siblings = groups[path].children
        siblings.append(node)
    return roots


def walk(nodes: Sequence[Node]) -> Iterator[tuple[int, Node]]:
    """Each node with its depth, from top to bottom. Not recursive: calls may be nested deeper than Python's stack."""
    waiting = [(0, node) for node in reversed(nodes)]
    while waiting:
        depth, node = waiting.pop()
        yield depth, node
        waiting += [(depth + 1, child) for child in reversed(node.children)]


def end_of(record: CallRecord) -> float:
    """When a call ended, in seconds since 1970; of one under way, when the last of it that is known did."""
    if record.seconds is not None:
        return record.started_at + record.seconds
    phases = [*record.phases, *(phase for attempt in record.attempts for phase in attempt.phases)]
    return record.started_at + max([phase.started + (phase.seconds or 0.0) for phase in phases], default=0.0)


def most_at_once(records: Sequence[CallRecord]) -> int:
    """How many calls were in flight at the busiest moment. One that begins when another ends comes after it."""
    moments = [(record.started_at, 1) for record in records] + [(end_of(record), -1) for record in records]
    most = current = 0
    for _, step in sorted(moments):
        current += step
        most = max(most, current)
    return most
