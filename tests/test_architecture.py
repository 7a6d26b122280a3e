"""The house has one direction: rooms import only rooms below them, and files do not import in a circle."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from benchmarks.shared_lines import counted

from tests.rooms import ALLOWED, FILES, ROOMS, imported, room, table, upward


def test_every_room_has_its_place() -> None:
    assert {room(module) for module in FILES} == set(ROOMS)


def test_rooms_import_only_rooms_below_them() -> None:
    assert upward() == sorted(ALLOWED)


def test_no_files_import_in_a_circle() -> None:
    # The front door names modules in strings that stand for attributes, which are imported when somebody uses one.
    above = {module: imported(module) - {""} for module in FILES if module}
    try:
        list(TopologicalSorter(above).static_order())
    except CycleError as error:
        pytest.fail(f"these import each other: {' -> '.join(reversed(error.args[1]))}")


def test_the_page_shows_the_rooms() -> None:
    page = Path(__file__).parent.parent / "docs" / "architecture.md"
    assert table() in page.read_text("utf-8"), "run: python -m tests.rooms, and paste it"


def test_few_lines_are_for_sync_or_async_only() -> None:
    only, total = counted()
    assert only / total < 0.05
