"""Names of cassettes: safe wherever a project is checked out, and one for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sotalia.testing.cassette_paths import cassette_path, default_mode, safe_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("test_store", "test_store"),
        ("test_store[a-1]", "test_store[a-1]"),
        ("TestUpload.test_store[x=1,y=2]", "TestUpload.test_store[x=1,y=2]"),
        ("test_größe", "test_größe"),
    ],
)
def test_most_names_stay(name: str, expected: str) -> None:
    assert safe_name(name) == expected


@pytest.mark.parametrize(
    "name",
    ["test[a/b]", "test[a\\b]", "..", "", "con", "NUL.x", "a" * 300, "a\0b", "a:b", "test[ ]", "\ud800"],
)
def test_others_get_a_digest(name: str) -> None:
    safe = safe_name(name)
    assert safe != name
    assert safe.rpartition("-")[2].isalnum()


def test_names_that_look_alike_stay_apart() -> None:
    names = ["test[a/b]", "test[a\\b]", "test[a-b]", "test[a b]", "test[a:b]"]
    assert len({safe_name(name) for name in names}) == len(names)


@given(st.text(max_size=200))
def test_every_name_can_be_written(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe.encode("utf-8", "surrogatepass")) < 250 * 2
    assert not set(safe) & set('/\\:*?"<>|\0\n')
    assert safe not in (".", "..")


def test_the_path() -> None:
    path = cassette_path(Path("/project/tests/test_upload.py"), "test_store[a-1]")
    assert path == Path("/project/tests/cassettes/test_upload/test_store[a-1].json")


@pytest.mark.parametrize(
    ("value", "mode"),
    [
        (None, "once"),
        ("", "once"),
        ("false", "once"),
        ("0", "once"),
        ("true", "none"),
        ("1", "none"),
        ("yes", "none"),
    ],
)
def test_the_mode(value: str | None, mode: str) -> None:
    assert default_mode({} if value is None else {"CI": value}) == mode
