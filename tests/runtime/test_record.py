"""Records: fields by name, never changed, never shown."""

from __future__ import annotations

import copy
import pickle

import pytest

from sotalia.runtime.record import Record


class Point(Record):
    x: int
    y: int = 2


def test_fields_and_their_defaults() -> None:
    point = Point(x=1)
    assert (point.x, point.y) == (1, 2)
    assert (Point(x=1, y=3).y, point.y) == (3, 2)


def test_a_record_does_not_change() -> None:
    point = Point(x=1)
    with pytest.raises(AttributeError, match=r"Point\.x cannot be set: make another Point"):
        point.x = 5  # type: ignore[misc]
    assert point.x == 1


def test_values_are_not_shown() -> None:
    assert repr(Point(x=12345)) == "<Point of x>"


def test_copies() -> None:
    point = Point(x=1)
    assert vars(copy.deepcopy(point)) == vars(copy.copy(point)) == vars(pickle.loads(pickle.dumps(point)))
