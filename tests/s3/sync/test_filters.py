"""Filters whose order matters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sotalia.s3.sync.filters import OrderedFilters

WORDS = st.text(st.sampled_from("ab/*"), max_size=5).filter(lambda word: not word.startswith("/"))
RULES = st.lists(st.tuples(st.booleans(), WORDS), max_size=4)


@pytest.mark.parametrize(
    ("rules", "taken", "left"),
    [
        ([], ["a"], []),
        ([(True, "*.txt")], ["a.txt", "b"], []),
        ([(False, "*"), (True, "*.txt")], ["a.txt", "d/b.txt"], ["a.gz"]),
        ([(True, "*.txt"), (False, "*")], [], ["a.txt", "a"]),
        ([(False, "d/"), (True, "d/x")], ["d/x", "a"], ["d/y", "d/e/f"]),
        ([(False, "[ab]?")], ["c1", "a"], ["a1", "b2"]),
    ],
)
def test_the_last_match_wins(rules: list[tuple[bool, str]], taken: list[str], left: list[str]) -> None:
    filters = OrderedFilters(rules)
    assert [path for path in taken if not filters.take(path)] == []
    assert [path for path in left if filters.take(path)] == []


def test_a_glob_that_can_match_nothing() -> None:
    with pytest.raises(ValueError, match="begins with '/'"):
        OrderedFilters([(False, "/a")])


@given(RULES, WORDS, WORDS)
def test_no_folder_is_passed_over_that_has_something_to_take(
    rules: list[tuple[bool, str]], folder: str, name: str
) -> None:
    filters = OrderedFilters(rules)
    if filters.prune(f"{folder}/"):
        assert not filters.take(f"{folder}/{name}")


def test_folders_are_passed_over() -> None:
    filters = OrderedFilters([(False, "*"), (True, "a/b/*.txt")])
    assert [filters.prune(folder) for folder in ("a/", "a/b/", "a/b/c/", "c/", "a/c/")] == [
        False,
        False,
        False,
        True,
        True,
    ]
