"""Records of several processes as one list: numbers that say the same there say different things here, so they are given anew."""

from __future__ import annotations

from sotalia.recording.records import GroupRecord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from sotalia.recording.records import CallRecord


def joined(own: Iterable[CallRecord], others: Iterable[tuple[str, list[CallRecord]]]) -> list[CallRecord]:
    """The calls in the order in which they started. ``others`` are names of processes with their calls, whose threads are named after them.

    Numbers of one's own calls stay. Those of the others are changed in place.
    """
    calls = list(own)
    last = max((record.number for record in calls), default=0)
    last_group = max((group.number for record in calls for group in record.groups), default=0)
    for process, records in others:
        highest, highest_group = last, last_group
        for record in records:
            record.number += last
            record.parent = None if record.parent is None else record.parent + last
            record.thread = f"{process} {record.thread}".rstrip()
            record.groups = [_moved(group, last_group) for group in record.groups]
            highest = max(highest, record.number)
            highest_group = max([highest_group, *(group.number for group in record.groups)])
        last, last_group = highest, highest_group
        calls += records
    calls.sort(key=lambda record: (record.started_at, record.number))
    return calls


def _moved(group: GroupRecord, by: int) -> GroupRecord:
    parent = None if group.parent is None else group.parent + by
    return GroupRecord(group.number + by, group.kind, group.name, parent)
