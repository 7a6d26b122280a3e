"""What somebody meant who wrote a name that there is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sotalia.runtime.spelling import closest, did_you_mean, shortened, shown

METHODS = ["get_object", "list_objects", "list_objects_v2", "put_object"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("GetObject", "get_object"),
        ("get-object", "get_object"),
        ("ListObjectsV2", "list_objects_v2"),
        ("lst_objects_v2", "list_objects_v2"),
        ("zzz", None),
        ("", None),
        (None, None),
        (3, None),
        ("get_object" * 100, None),
    ],
)
def test_closest(name: object, meant: str | None) -> None:
    assert closest(name, METHODS) == meant


def test_letters_that_changed_places() -> None:
    assert closest("us-esat-1", ["us-west-1", "us-east-1", "us-east-2"]) == "us-east-1"


@settings(max_examples=50)
@given(st.one_of(st.text(), st.none(), st.binary()), st.lists(st.text(max_size=20), max_size=20))
def test_any_names(name: object, known: list[str]) -> None:
    meant = closest(name, known)
    assert meant is None or meant in known
    if isinstance(name, str) and 0 < len(name) <= 100 and name in known:
        assert meant is not None
    assert did_you_mean(name, known) == ("" if meant is None else f". Did you mean {meant!r}?")


def test_lists_are_cut() -> None:
    assert shortened("abc", "see x") == "a, b, c"
    assert shortened((), "see x") == ""
    assert shortened("abcdefghij", "see x") == "a, b, c, d, e and 5 more: see x"


def test_names_are_cut() -> None:
    assert shown("a" * 1000) == repr("a" * 100 + "...")
    assert shown(None) == "None"
