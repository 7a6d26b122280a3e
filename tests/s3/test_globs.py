"""Patterns of keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sotalia.s3.globs import Glob, quoted

KEYS = st.text(st.sampled_from("ab/*?\\[]{}.!-\n\0é"), max_size=12)


@pytest.mark.parametrize(
    ("pattern", "prefix", "folder", "yes", "no"),
    [
        ("a*", "a", "", ["a", "ab", "a*"], ["a/b", "b", "A"]),
        (
            "logs/2026-*/x*.gz",
            "logs/2026-",
            "logs/",
            ["logs/2026-01/x.gz"],
            ["logs/2026-01/y/x.gz", "logs/x.gz"],
        ),
        ("logs/**.gz", "logs/", "logs/", ["logs/a.gz", "logs/a/b.gz"], ["logs/a", "a.gz"]),
        ("a?c", "a", "", ["abc", "a\nc"], ["ac", "a/c"]),
        (r"a\*b*", "a*b", "", ["a*b", "a*bc"], ["axb"]),
        (r"\?", "?", "", ["?"], ["a"]),
        ("file [1].txt", "file [1].txt", "", ["file [1].txt"], ["file 1.txt"]),
        (r"a\b", r"a\b", "", [r"a\b"], ["ab"]),
        ("{a,b}", "{a,b}", "", ["{a,b}"], ["a"]),
        ("**", "", "", ["", "a/b"], []),
        ("a.c", "a.c", "", ["a.c"], ["abc"]),
    ],
)
def test_patterns(pattern: str, prefix: str, folder: str, yes: list[str], no: list[str]) -> None:
    glob = Glob(pattern)
    assert (glob.prefix, glob.folder) == (prefix, folder)
    assert [key for key in yes if not glob.matches(key)] == []
    assert [key for key in no if glob.matches(key)] == []


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("logs/2026-*", ["logs/2026-01", "logs/2026-01/a", "logs/2026-01/a/b"], ["logs/2025/2026-1"]),
        ("*/", ["a/", "a/b"], ["a"]),
    ],
)
def test_what_is_below(pattern: str, yes: list[str], no: list[str]) -> None:
    glob = Glob(pattern, below=True)
    assert [key for key in yes if not glob.matches(key)] == []
    assert [key for key in no if glob.matches(key)] == []


@given(KEYS, KEYS)
def test_a_quoted_key_means_itself_alone(key: str, other: str) -> None:
    # A backslash before a star cannot be written in a pattern: that is what --no-glob is for.
    if "\\*" in key or "\\?" in key:
        return
    glob = Glob(quoted(key))
    assert glob.is_literal
    assert (glob.prefix, glob.matches(key)) == (key, True)
    assert glob.matches(other) == (other == key)


@given(KEYS, KEYS)
def test_whatever_matches_begins_with_the_prefix(pattern: str, key: str) -> None:
    glob = Glob(pattern)
    if glob.matches(key):
        assert key.startswith(glob.prefix)
    assert glob.prefix.startswith(glob.folder)
