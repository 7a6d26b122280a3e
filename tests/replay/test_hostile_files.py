"""Files that are no cassettes, were merged badly, or were made to do harm: an error that says where and what, never another one."""

from __future__ import annotations

import json
import os
import random
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sotalia
from sotalia.replay.errors import CassetteFileError
from sotalia.replay.file_format import Reader
from sotalia.transport.scripted import answer
from tests.client_kinds import SyncKind

GOOD: dict[str, Any] = {
    "format": "sotalia cassette",
    "version": 1,
    "calls": [
        {
            "service": "s3",
            "operation": "GetObject",
            "region": "us-west-2",
            "parameters": {"Bucket": "b", "Key": "k", "ChecksumMode": "ENABLED"},
            "attempts": [{"status": 200, "headers": {"content-length": "2"}, "body": {"text": "ok"}}],
        }
    ],
}


def _changed(*path: Any, to: Any) -> str:
    """The good document with another value in one place."""
    document = json.loads(json.dumps(GOOD))
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = to
    return json.dumps(document, indent=2)


_TEXT = json.dumps(GOOD, indent=2)
_LINES = _TEXT.split("\n")
_CONFLICT = "\n".join(
    [*_LINES[:3], "<<<<<<< HEAD", *_LINES[3:5], "=======", *_LINES[3:5], ">>>>>>> theirs", *_LINES[5:]]
)

#: What is in the file, and what the error says of it.
HOSTILE: dict[str, tuple[str | bytes, list[str]]] = {
    "empty": ("", ["not JSON"]),
    "binary": (bytes(range(256)), ["not UTF-8"]),
    "UTF-16": (_TEXT.encode("utf-16"), ["not UTF-8"]),
    "cut off": (_TEXT[:200], ["not JSON", "c.json:"]),
    "a comma too many": (_TEXT.replace('"version": 1,', '"version": 1,,'), ["c.json:3", "not JSON"]),
    "a conflict": (_CONFLICT, ["c.json:4", "merge"]),
    "a conflict in a line of Windows": (_CONFLICT.replace("\n", "\r\n"), ["c.json:4", "merge"]),
    "the end of a conflict": (_TEXT.replace('  "version"', '>>>>>>> theirs\n  "version"'), ["c.json:3", "merge"]),
    "the middle of a conflict": (_TEXT.replace('  "version"', '=======\n  "version"'), ["c.json:3", "merge"]),
    "a list": ("[]", ["no cassette"]),
    "a number": ("1", ["no cassette"]),
    "null": ("null", ["no cassette"]),
    "another JSON file": ('{"name": "x"}', ["no cassette"]),
    "vcrpy's": ('{"version": 1, "interactions": []}', ["no cassette"]),
    "a newer version": (_changed("version", to=2), ["version 2", "newer sotalia"]),
    "a version that is text": (_changed("version", to="1"), ["version '1'"]),
    "a version that is true": (_changed("version", to=True), ["version"]),
    "no calls": (_changed("calls", to=None), ["calls"]),
    "calls that are no list": (_changed("calls", to={}), ["calls"]),
    "a call that is no object": (_changed("calls", 0, to=[]), ["call 1"]),
    "a call that is null": (_changed("calls", 0, to=None), ["call 1"]),
    "a service that is a number": (_changed("calls", 0, "service", to=1), ["call 1", "service"]),
    "parameters that are a list": (_changed("calls", 0, "parameters", to=[]), ["call 1", "parameters"]),
    "attempts that are text": (_changed("calls", 0, "attempts", to="x"), ["call 1", "attempts"]),
    "an attempt that is null": (_changed("calls", 0, "attempts", 0, to=None), ["call 1"]),
    "no status": (_changed("calls", 0, "attempts", 0, "status", to=None), ["call 1", "status"]),
    "a status that is text": (_changed("calls", 0, "attempts", 0, "status", to="ok"), ["call 1"]),
    "a status that is a list": (_changed("calls", 0, "attempts", 0, "status", to=[200]), ["call 1"]),
    "headers that are a list": (_changed("calls", 0, "attempts", 0, "headers", to=[1]), ["call 1"]),
    "a body of no kind": (_changed("calls", 0, "attempts", 0, "body", to={"pickle": "x"}), ["call 1"]),
    "a body that is text": (_changed("calls", 0, "attempts", 0, "body", to="x"), ["call 1"]),
    "text that is a number": (_changed("calls", 0, "attempts", 0, "body", to={"text": 1}), ["call 1"]),
    "lines that are a number": (_changed("calls", 0, "attempts", 0, "body", to={"lines": 1}), ["call 1"]),
    "wrong base64": (_changed("calls", 0, "attempts", 0, "body", to={"base64": "%%%"}), ["call 1"]),
    "base64 that is cut": (_changed("calls", 0, "attempts", 0, "body", to={"base64": "YWJ"}), ["call 1"]),
    "base64 of other letters": (_changed("calls", 0, "attempts", 0, "body", to={"base64": "\u00fc"}), ["call 1"]),
    "JSON in no style": (_changed("calls", 0, "attempts", 0, "body", to={"json": 1, "style": "x"}), ["call 1"]),
    "XML that is nothing": (_changed("calls", 0, "attempts", 0, "body", to={"xml": []}), ["call 1"]),
    "events that are wrong": (_changed("calls", 0, "attempts", 0, "body", to={"events": [{"headers": {"a": 1}}]}), ["call 1"]),
    "a surrogate": (_changed("calls", 0, "attempts", 0, "body", to={"text": "\ud800"}), ["call 1"]),
    "a file above": (_changed("calls", 0, "attempts", 0, "body", to={"file": "../secret"}), ["call 1", "not in c.bodies/"]),
    "a file above within": (
        _changed("calls", 0, "attempts", 0, "body", to={"file": "c.bodies/../secret"}), ["not in c.bodies/"],
    ),
    "an absolute file": (_changed("calls", 0, "attempts", 0, "body", to={"file": "/etc/passwd"}), ["not in c.bodies/"]),
    "a file of Windows": (
        _changed("calls", 0, "attempts", 0, "body", to={"file": "c.bodies\\..\\secret"}), ["call 1"],
    ),
    "a drive of Windows": (
        _changed("calls", 0, "attempts", 0, "body", to={"file": "c.bodies/C:secret"}), ["not in c.bodies/"],
    ),
    "the folder itself": (_changed("calls", 0, "attempts", 0, "body", to={"file": "c.bodies/."}), ["call 1"]),
    "a file with a NUL": (_changed("calls", 0, "attempts", 0, "body", to={"file": "c.bodies/\x00"}), ["call 1"]),
    "a file that is missing": (_changed("calls", 0, "attempts", 0, "body", to={"file": "c.bodies/abc"}), ["call 1"]),
    "a failure of no kind": (_changed("calls", 0, "attempts", 0, "failure", to={"class": None}), ["call 1"]),
    "a failure that is text": (_changed("calls", 0, "attempts", 0, "failure", to="x"), ["call 1"]),
    "arguments that are a list": (
        _changed("calls", 0, "attempts", 0, "failure", to={"class": "X", "arguments": [1]}), ["call 1"],
    ),
    "an unknown member": (_changed("calls", 0, "attempts", 0, "surprise", to=1), ["surprise", "version 1"]),
    "an unknown member of a call": (_changed("calls", 0, "surprise", to=1), ["surprise"]),
    "deep": ('{"format": "sotalia cassette", "version": 1, "calls": ' + "[" * 100_000 + "]" * 100_000 + "}", ["deep"]),
    "deep parameters": (
        _TEXT.replace('"k"', '{"a":' * 50_000 + "1" + "}" * 50_000), ["deep"],
    ),
    "a number of a million digits": (_TEXT.replace("200", "9" * 1_000_000), ["c.json"]),
    "a status that is infinite": (_TEXT.replace("200", "1e999"), ["call 1"]),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(name: str, tmp_path: Path) -> None:
    text, says = HOSTILE[name]
    (tmp_path / "secret").write_text("do not read")
    path = tmp_path / "c.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    for mode in ("none", "once", "new"):
        cassette = sotalia.cassette(path, mode=mode)
        with pytest.raises(CassetteFileError) as caught:
            cassette.start()
        message = str(caught.value)
        assert str(path) in message
        for words in says:
            assert words in message
        assert len(message) < 1000
        assert "do not read" not in message
        assert not cassette.is_running
    # A new recording heals it.
    with sotalia.cassette(path, mode="all"):
        kind = SyncKind()
        kind.scripted("s3", [answer(200, {}, b"ok")]).get_object(Bucket="b", Key="k")["Body"].read()
        kind.close()
    with sotalia.cassette(path, mode="none"):
        pass


#: What is odd, and still the same cassette.
HARMLESS = {
    "BOM": b"\xef\xbb\xbf" + _TEXT.encode(),
    "lines of Windows": _TEXT.replace("\n", "\r\n").encode(),
    "lines of an old Mac": _TEXT.replace("\n", "\r").encode(),
    "one line": json.dumps(GOOD).encode(),
    "blanks around": f"\n\n{_TEXT}\n\n".encode(),
    "escapes": _TEXT.replace('"ok"', '"\\u006f\\u006b"').encode(),
    "another order": json.dumps(json.loads(_TEXT), sort_keys=True).encode(),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_files(name: str, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(HARMLESS[name])
    kind = SyncKind()
    with sotalia.cassette(path, mode="none"):
        assert kind.client("s3").get_object(Bucket="b", Key="k")["Body"].read() == b"ok"
    kind.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no links for everybody")
def test_links_are_not_followed(tmp_path: Path) -> None:
    """A cassette of somebody else's must not bring files of yours into what a test shows."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "abc").write_text("do not read")
    path = tmp_path / "c.json"
    path.write_text(_changed("calls", 0, "attempts", 0, "body", to={"file": "c.bodies/abc"}))
    folder = tmp_path / "c.bodies"
    folder.symlink_to(tmp_path / "home")
    with pytest.raises(CassetteFileError, match="is a link"):
        sotalia.cassette(path, mode="none").start()
    folder.unlink()
    folder.mkdir()
    (folder / "abc").symlink_to(tmp_path / "home" / "abc")
    with pytest.raises(CassetteFileError, match="is a link"):
        sotalia.cassette(path, mode="none").start()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders")
def test_a_pipe_in_the_place_of_a_body(tmp_path: Path) -> None:
    (tmp_path / "c.bodies").mkdir()
    os.mkfifo(tmp_path / "c.bodies" / "abc")
    path = tmp_path / "c.json"
    path.write_text(_changed("calls", 0, "attempts", 0, "body", to={"file": "c.bodies/abc"}))
    with pytest.raises(CassetteFileError, match="no plain file"):
        sotalia.cassette(path, mode="none").start()


def test_a_folder_in_the_place_of_a_body(tmp_path: Path) -> None:
    (tmp_path / "c.bodies" / "abc").mkdir(parents=True)
    path = tmp_path / "c.json"
    path.write_text(_changed("calls", 0, "attempts", 0, "body", to={"file": "c.bodies/abc"}))
    with pytest.raises(CassetteFileError, match="abc"):
        sotalia.cassette(path, mode="none").start()


@pytest.mark.parametrize("member", ["format", "version", "calls"])
def test_duplicate_members(member: str, tmp_path: Path) -> None:
    """A merge that kept both sides: one of them would be lost without a word."""
    path = tmp_path / "c.json"
    line = next(line for line in _LINES if f'"{member}"' in line)
    twice = f"{line}{'],' if line.endswith('[') else ''}\n{line}"
    path.write_text(_TEXT.replace(line, twice))
    with pytest.raises(CassetteFileError, match=f"{member}.*twice"):
        sotalia.cassette(path, mode="none").start()


def test_nan_is_no_json(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(_TEXT.replace("200", "NaN"))
    with pytest.raises(CassetteFileError, match=r"c\.json"):
        sotalia.cassette(path, mode="none").start()


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.mkdir()
    with pytest.raises(CassetteFileError, match=r"c\.json"):
        sotalia.cassette(path, mode="none").start()


def test_a_large_file_takes_memory_in_proportion(tmp_path: Path) -> None:
    document = json.loads(_TEXT)
    document["calls"][0]["attempts"][0]["body"] = {"text": "x" * 30_000_000}
    data = json.dumps(document).encode()
    tracemalloc.start()
    try:
        [recording] = Reader(str(tmp_path / "c.json"), data).recordings()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(recording.replies[0].body) == 30_000_000
    assert peak < 300_000_000


@given(st.data())
@settings(max_examples=300)
def test_whatever_is_wrong_it_is_an_error_of_the_file(data: Any) -> None:
    """A character is lost, doubled or changed: then it is a cassette, or ``CassetteFileError``."""
    text = list(_TEXT)
    chosen = random.Random(data.draw(st.integers(0, 2**32)))
    for _ in range(data.draw(st.integers(1, 3))):
        position = chosen.randrange(len(text))
        text[position] = chosen.choice(
            ["", text[position] * 2, chosen.choice('{}[]",:0x\\\n-e'), chosen.choice(text)]
        )
    try:
        Reader("c.json", "".join(text).encode()).recordings()
    except CassetteFileError:
        pass  # Any other is a fault.


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.just("c.bodies/x"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
_PLACES = [
    ("format",), ("version",), ("calls",), ("calls", 0), *(("calls", 0, name) for name in GOOD["calls"][0]),
    ("calls", 0, "attempts", 0), *(("calls", 0, "attempts", 0, name) for name in ("status", "headers", "body", "failure", "is_cut", "clock_offset_seconds")),
    *(("calls", 0, "attempts", 0, "body", name) for name in ("text", "lines", "json", "style", "xml", "events", "base64", "file")),
]  # fmt: skip


@given(st.sampled_from(_PLACES), _VALUES)
@settings(max_examples=400)
def test_whatever_stands_in_a_place(path: tuple[Any, ...], value: Any) -> None:
    try:
        recordings = Reader("c.json", _changed(*path, to=value).encode("utf-8", "surrogatepass")).recordings()
    except CassetteFileError:
        return
    for recording in recordings:
        assert isinstance(recording.key, str)
        assert all(isinstance(reply.body, bytes) for reply in recording.replies)
