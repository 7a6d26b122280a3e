"""What a sync is made of: filters, places, the order of the two sides, threads."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sotalia.runtime import drive
from sotalia.s3.sync.comparison import Ancestors, OutOfOrderError, pairs
from sotalia.s3.sync.filters import Filters
from sotalia.s3.sync.folders import delete, make_room
from sotalia.s3.sync.listing import Entry, walk
from sotalia.s3.sync.places import Folder, Prefix, place, why_no_file


@pytest.mark.parametrize(
    ("include", "exclude", "taken", "left"),
    [
        ((), (), ["a", "a/b", ""], []),
        (["*.html"], (), ["a.html", "d/a.html"], ["a.htm", "a.html/b", ".HTML"]),
        ((), ["*.tmp"], ["a", "tmp"], ["a.tmp", "d/e/a.tmp"]),
        ((), "*.tmp", ["a", "*"], ["a.tmp"]),
        (["*.html", "*.css"], ["draft/*"], ["a.css", "x/draft/a.css"], ["draft/a.css", "a.js"]),
        ((), [".git/"], [".git", ".gitignore", "a/.git/x"], [".git/x", ".git/a/b"]),
        ((), ["[ab]?"], ["c1", "a", "a12"], ["a1", "b/"]),
        (["d/*"], (), ["d/a\nb"], ["d", "e/d/a"]),
        (["a+b(1)"], (), ["a+b(1)"], ["aab1"]),
    ],
)
def test_filters(include: Any, exclude: Any, taken: list[str], left: list[str]) -> None:
    filters = Filters(include, exclude)
    assert [path for path in taken + left if filters.take(path)] == taken


GLOBS = st.lists(st.text("ab/*?", min_size=1, max_size=4).filter(lambda glob: glob[0] != "/"), max_size=3)


@given(GLOBS, st.text("ab/", max_size=4), st.text("ab/", max_size=4))
def test_what_is_in_a_pruned_folder_is_not_taken(exclude: list[str], folder: str, rest: str) -> None:
    filters = Filters((), exclude)
    if filters.prune(f"{folder}/"):
        assert not filters.take(f"{folder}/{rest}")


def test_pruning() -> None:
    filters = Filters("*.html", ["node_modules/", "*.tmp", "x/*.tmp", "deep/*/y*"])
    folders = ["node_modules/", "node_modules/a/", "a/", "x/", "deep/", "deep/er/", "deep/er/yes/"]
    assert [one for one in folders if filters.prune(one)] == [
        "node_modules/",
        "node_modules/a/",
        "deep/er/yes/",
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("s3://b", Prefix("b", "")),
        ("s3://b/", Prefix("b", "")),
        ("s3://b/p", Prefix("b", "p/")),
        ("s3://b/p/q/", Prefix("b", "p/q/")),
        ("s3://b//p", Prefix("b", "/p/")),
        (
            "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/mine/p",
            Prefix("arn:aws:s3:us-west-2:123456789012:accesspoint/mine", "p/"),
        ),
        (
            "s3://arn:aws:s3:us-west-2:123456789012:accesspoint:mine",
            Prefix("arn:aws:s3:us-west-2:123456789012:accesspoint:mine", ""),
        ),
        (
            "s3://arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/accesspoint/mine/p/q",
            Prefix("arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/accesspoint/mine", "p/q/"),
        ),
        ("/a/b/", Folder("/a/b")),
        ("/a/S3://b", Folder("/a/S3:/b")),
        (Path("/a/../c"), Folder("/c")),
    ],
)
def test_places(given: Any, expected: Any) -> None:
    assert place(given) == expected


@pytest.mark.parametrize(
    "path", ["", "a/", "/a", "a//b", "../a", "a/..", "./a", "a/./b", "a\0b", "/", "a/../../b"]
)
def test_keys_that_cannot_be_files(path: str) -> None:
    assert why_no_file(path)


@pytest.mark.parametrize(
    "path", ["C:/x", "a\\b", "..\\a", "con", "a/NUL.txt", "com1", "a.", "a /b", "a\n", "x|y"]
)
def test_keys_that_cannot_be_files_on_windows(path: str) -> None:
    assert why_no_file(path, is_windows=True)
    assert not why_no_file(path, is_windows=False)


@pytest.mark.parametrize("path", ["a", "a/b", "...", "..a", "a..", " a", "ü", "console", "~"])
def test_keys_that_can(path: str) -> None:
    assert not why_no_file(path, is_windows=False)
    if path not in ("...", "a.."):
        assert not why_no_file(path, is_windows=True)


PARTS = st.text(st.sampled_from("a-.0b! /~ü\U0001f600\uffee".replace("/", "")), min_size=1, max_size=3)
PATHS = st.lists(PARTS.filter(lambda part: part not in (".", "..")), min_size=1, max_size=4).map("/".join)


@given(st.lists(PATHS, max_size=12))
@settings(max_examples=60)
def test_folders_are_walked_in_the_order_of_keys(tmp_path_factory: Any, paths: list[str]) -> None:
    root = tmp_path_factory.mktemp("walk")
    written = set()
    for path in paths:
        name = root / path
        try:
            name.parent.mkdir(parents=True, exist_ok=True)
            name.write_bytes(b"x")
        except OSError:  # One of them is a folder in the other.
            continue
        written.add(path)
    found = [entry.path for entry in walk(str(root), lambda _: False, is_source=True)]
    assert found == sorted(written, key=str.encode)


async def listed(paths: list[str]) -> AsyncIterator[Entry]:
    for path in paths:
        yield Entry(path)


async def paired(left: list[str], right: list[str], *, to_the_end: bool = True) -> list[Any]:
    return [
        (one and one.path, other and other.path)
        async for one, other in pairs(listed(left), listed(right), to_the_end=to_the_end)
    ]


SIDES = st.sets(st.text(min_size=1, max_size=3), max_size=20).map(sorted)


@given(SIDES, SIDES)
def test_both_sides_are_merged(left: list[str], right: list[str]) -> None:
    found = drive(paired(left, right))
    assert [one for one, _ in found if one is not None] == left
    assert [other for _, other in found if other is not None] == right
    assert [one if one is not None else other for one, other in found] == sorted({*left, *right})
    assert all(one == other for one, other in found if one is not None and other is not None)
    if left:
        part = drive(paired(left, right, to_the_end=False))
        assert part == found[: found.index(next(pair for pair in found if pair[0] == left[-1])) + 1]


@pytest.mark.parametrize("paths", [["b", "a"], ["a", "a"]])
def test_sides_that_are_not_in_order(paths: list[str]) -> None:
    with pytest.raises(OutOfOrderError, match=f"the source lists '{paths[1]}' after '{paths[0]}'"):
        drive(paired(paths, []))
    with pytest.raises(OutOfOrderError, match="the target lists"):
        drive(paired([], paths))


@given(st.sets(st.text("a/-0", min_size=1, max_size=5), max_size=15).map(sorted))
def test_files_that_would_be_folders(paths: list[str]) -> None:
    ancestors = Ancestors()
    kept: list[str] = []
    for path in paths:
        above = [one for one in kept if path.startswith(f"{one}/")]
        assert ancestors.above(path) == (above[0] if above else None)
        if not above:
            kept.append(path)


def test_making_room(tmp_path: Path) -> None:
    root = tmp_path / "not" / "there"
    assert make_room(str(root), "a/b/c") == str(root / "a" / "b" / "c")
    assert (root / "a" / "b").is_dir()
    (root / "file").touch()
    (tmp_path / "outside").mkdir()
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "to-file").symlink_to(root / "file")
    for path, error in (
        ("file/x", "a file stands where a folder has to be: move .*file away"),
        ("link/x", "a link stands where a folder has to be"),
        ("a", "a folder stands in the file's place"),
    ):
        with pytest.raises(OSError, match=error):
            make_room(str(root), path)
    assert make_room(str(root), "to-file") == str(root / "to-file")
    assert os.listdir(tmp_path / "outside") == []


def test_deleting(tmp_path: Path) -> None:
    for path in ("a/b/c", "a/d", "e/f/g"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    for path in ("a/b/c", "e/f/g", "gone", "gone/too"):
        delete(str(tmp_path), path)
    assert sorted(os.listdir(tmp_path)) == ["a"]
    assert os.listdir(tmp_path / "a") == ["d"]
    with pytest.raises(OSError):
        delete(str(tmp_path), "a")
    assert tmp_path.exists()


def test_pairs_on_a_loop() -> None:
    assert asyncio.run(paired(["a"], ["b"])) == [("a", None), (None, "b")]
