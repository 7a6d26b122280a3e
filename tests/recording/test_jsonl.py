"""Recorded calls as JSON lines, there and back."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sotalia.recording import jsonl
from sotalia.recording.records import VERSION, AttemptRecord, CallRecord, GroupRecord, HandlerRun, Phase
from tests.recording.samples import many
from tests.recording.strategies import calls


def write(folder: Path, *lines: str, end: str = "\n") -> Path:
    path = folder / "calls.jsonl"
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass") + end.encode())
    return path


@given(st.lists(calls(), max_size=3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_record_comes_back(tmp_path: Path, records: list[CallRecord]) -> None:
    path = write(tmp_path, *jsonl.lines(records))
    found = jsonl.read(path)
    assert [each.as_json() for each in found] == [each.as_json() for each in records]
    assert all(isinstance(each, CallRecord) for each in found)


def test_parts_are_records_again(tmp_path: Path) -> None:
    [record] = many(1)
    record.groups = [GroupRecord(1, "transfer", "upload")]
    [found] = jsonl.read(write(tmp_path, jsonl.line(record)))
    assert [
        type(part) for part in (found.attempts[0], found.phases[0], found.handlers[0], found.groups[0])
    ] == [AttemptRecord, Phase, HandlerRun, GroupRecord]


def test_a_line_is_ascii_and_says_its_version() -> None:
    record = many(1)[0]
    record.message = "line\nseparator\u2028 lone \ud800 ünïcode"
    text = jsonl.line(record)
    assert text.isascii()
    assert "\n" not in text
    assert json.loads(text)["version"] == VERSION


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, None),
        (math.inf, None),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01 00:00:00+00:00"),
        ({1: "one", (2,): -math.inf}, {"1": "one", "(2,)": None}),
        (MappingProxyType({"Key": b"x"}), {"Key": "b'x'"}),
        ((1, b"x"), [1, "b'x'"]),
        ({1.5, "x"}.__class__([1.5]), "{1.5}"),
    ],
)
def test_what_json_lacks(value: Any, expected: Any) -> None:
    record = many(1)[0]
    record.parameters = {"Value": value}
    assert json.loads(jsonl.line(record))["parameters"] == {"Value": expected}


def test_blank_lines_and_what_is_new_are_passed_over(tmp_path: Path) -> None:
    form = {
        **json.loads(jsonl.line(many(1)[0])),
        "humidity": 3,
    }
    form["attempts"][0]["humidity"] = {"of": "it"}
    [found] = jsonl.read(write(tmp_path, "", json.dumps(form), "  \r", ""))
    assert found.as_json() == many(1)[0].as_json()


def test_little_is_enough(tmp_path: Path) -> None:
    text = '{"version": 1, "number": 1, "service": "s3", "operation": "ListBuckets", "started_at": 0}'
    [found] = jsonl.read(write(tmp_path, text))
    assert found.as_json() == CallRecord(1, "s3", "ListBuckets", 0).as_json()


GOOD = jsonl.line(many(1)[0])


def changed(**fields: Any) -> str:
    return json.dumps({**json.loads(GOOD), **fields})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<html>", "2: this is no JSON"),
        ("[" * 100_000, "2: this is no JSON"),
        ("[]", "2: this is no recorded call"),
        ("{}", "2: this is no recorded call"),
        (changed(version="1"), "2: this is no recorded call"),
        (changed(version=True), "2: this is no recorded call"),
        (changed(version=VERSION + 1), f"has version {VERSION + 1} .* reads up to {VERSION}; .* upgrade"),
        ('{"version": 1, "number": 1}', "2: a CallRecord without service, operation, started_at"),
        (changed(number="1"), "2: number of CallRecord is '1', and not int"),
        (changed(number=True), "2: number of CallRecord is True, and not int"),
        (changed(seconds="long"), "2: seconds of CallRecord is 'long', and not int or float or null"),
        (changed(attempts={}), "2: attempts of CallRecord is {}, and not list"),
        (changed(attempts=[1]), "2: attempts of CallRecord: 1 is no AttemptRecord"),
        (changed(attempts=[{"number": 1}]), "a AttemptRecord without started"),
        (changed(phases=[{"name": "x" * 50, "started": []}]), "started of Phase is"),
        (changed(remarks=[1]), "2: remarks of CallRecord is 1, and not str"),
        (changed(message=["x" * 100]), r"is list \['x+\.\.\., and not str or null"),
    ],
)
def test_what_is_damaged_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as raised:
        jsonl.read(write(tmp_path, GOOD, text, GOOD))
    assert str(tmp_path / "calls.jsonl") in str(raised.value)
    assert len(str(raised.value)) < 600


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "calls.jsonl").write_bytes(b"\x1f\x8b\xff")
    with pytest.raises(ValueError, match="this is no text"):
        jsonl.read(tmp_path / "calls.jsonl")


@pytest.mark.parametrize("kept", [1, len(GOOD) // 2, len(GOOD) - 1])
def test_a_line_that_was_cut_off_is_left_out_with_a_warning(tmp_path: Path, kept: int) -> None:
    path = write(tmp_path, GOOD, GOOD[:kept], end="")
    with pytest.warns(RuntimeWarning, match=":2: the last line is incomplete"):
        assert len(jsonl.read(path)) == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        jsonl.read(tmp_path / "none.jsonl")


def test_no_calls(tmp_path: Path) -> None:
    assert jsonl.read(write(tmp_path)) == []
