"""Records of several processes as one list."""

from __future__ import annotations

from sotalia.recording.processes import joined
from sotalia.recording.records import CallRecord, GroupRecord
from tests.recording.samples import BEGAN_AT


def call(number: int, at: float, *groups: GroupRecord, parent: int | None = None) -> CallRecord:
    record = CallRecord(number, "s3", "GetObject", BEGAN_AT + at)
    record.groups, record.parent, record.thread = list(groups), parent, "MainThread"
    return record


def test_numbers_of_each_process_are_its_own() -> None:
    outer, inner = GroupRecord(3, "filesystem", "open"), GroupRecord(5, "transfer", "upload", 3)
    own = [call(1, 0.0, outer), call(4, 0.3)]
    child = [call(1, 0.1), call(2, 0.2, outer, inner, parent=1)]
    other = [call(1, 0.15, outer)]
    found = joined(own, [("process 7", child), ("process 8", other)])
    assert [(record.number, record.parent, record.thread) for record in found] == [
        (1, None, "MainThread"),
        (5, None, "process 7 MainThread"),
        (7, None, "process 8 MainThread"),
        (6, 5, "process 7 MainThread"),
        (4, None, "MainThread"),
    ]
    groups = [[(group.number, group.parent) for group in record.groups] for record in found]
    assert groups == [[(3, None)], [], [(11, None)], [(6, None), (8, 6)], []]


def test_nothing() -> None:
    assert joined([], [("process 1", [])]) == []
