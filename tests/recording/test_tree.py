"""Calls below their groups and below the calls that made them, in the order of time."""

from __future__ import annotations

import pytest

from sotalia.recording.records import AttemptRecord, CallRecord, GroupRecord, Phase
from sotalia.recording.tree import end_of, most_at_once, tree, walk

LISTING, INNER, OTHER = (
    GroupRecord(1, "paginator", "list"),
    GroupRecord(2, "transfer", "upload", parent=1),
    GroupRecord(3, "waiter", "exists"),
)


def call(
    number: int, at: float, *groups: GroupRecord, seconds: float | None = 1.0, parent: int | None = None
) -> CallRecord:
    record = CallRecord(number, "s3", "GetObject", at)
    record.seconds, record.groups, record.parent = seconds, list(groups), parent
    return record


def drawn(*records: CallRecord) -> list[str]:
    return [
        "  " * depth
        + (str(node.call.number) if node.call is not None else node.group.name if node.group else "?")
        for depth, node in walk(tree(records))
    ]


@pytest.mark.parametrize(
    ("records", "rows"),
    [
        ([], []),
        ([call(2, 1.0), call(1, 0.0)], ["1", "2"]),
        ([call(1, 0.0, LISTING), call(2, 1.0), call(3, 2.0, LISTING)], ["list", "  1", "  3", "2"]),
        (
            [call(1, 0.0, LISTING), call(2, 1.0, LISTING, INNER), call(3, 2.0, LISTING)],
            ["list", "  1", "  upload", "    2", "  3"],
        ),
        ([call(1, 0.0, LISTING), call(2, 1.0, LISTING, parent=1)], ["list", "  1", "    2"]),
        ([call(1, 0.0), call(2, 1.0, OTHER, parent=1)], ["1", "  exists", "    2"]),
        # A parent that the ring has dropped already, one that is itself, and two that are each other's.
        ([call(7, 0.0, parent=3)], ["7"]),
        ([call(1, 0.0, parent=1)], ["1"]),
        ([call(1, 0.0, parent=2), call(2, 0.0, parent=1)], ["1", "  2"]),
        # Files of two processes, put together.
        ([call(1, 0.0), call(1, 1.0), call(2, 2.0, parent=1)], ["1", "  2", "1"]),
    ],
)
def test_what_stands_below_what(records: list[CallRecord], rows: list[str]) -> None:
    assert drawn(*records) == rows


def test_the_same_number_of_another_process_is_another_group() -> None:
    assert drawn(call(1, 0.0, LISTING), call(2, 1.0, GroupRecord(1, "waiter", "exists"))) == [
        "list",
        "  1",
        "exists",
        "  2",
    ]


def test_calls_within_calls_deeper_than_the_stack() -> None:
    records = [call(number, number, parent=number - 1) for number in range(1, 5001)]
    assert len(drawn(*records)) == 5000


@pytest.mark.parametrize(
    ("spans", "most"),
    [([], 0), ([(0, 1)], 1), ([(0, 1), (1, 1)], 1), ([(0, 2), (1, 2), (1.5, 0.1)], 3), ([(0, None)], 0)],
)
def test_how_many_at_once(spans: list[tuple[float, float | None]], most: int) -> None:
    records = [call(number, at, seconds=seconds) for number, (at, seconds) in enumerate(spans, 1)]
    assert most_at_once(records) == most


def test_a_call_under_way_has_come_as_far_as_its_phases() -> None:
    record = call(1, 100.0, seconds=None)
    assert end_of(record) == 100.0
    record.phases = [Phase("parameters", 0.0, 0.25)]
    record.attempts = [AttemptRecord(1, 0.25)]
    record.attempts[0].phases = [Phase("send", 0.25, 0.5), Phase("wait", 0.75)]
    assert end_of(record) == 100.75
