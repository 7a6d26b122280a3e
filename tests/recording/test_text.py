"""The table of calls and the timeline of one, on every kind of terminal."""

from __future__ import annotations

import io
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from sotalia.recording import text
from sotalia.recording.records import AttemptRecord, CallRecord, Change, GroupRecord, HandlerRun, Phase
from tests.recording import scenes
from tests.recording.samples import BEGAN_AT, many

PROGRAM = """\
 #    start  call                         status  attempts      time
 1   +0.000  sts.AssumeRole               200            1   79.2 ms ▒████
             paginator list_objects_v2  3 calls in 215.6 ms
 2   +0.118    s3.ListObjectsV2           200            1   74.5 ms       ▒▒██░
 3   +0.198    s3.ListObjectsV2           200            1   54.8 ms           ████
 4   +0.278    s3.ListObjectsV2           200            1   55.6 ms               ████
             transfer upload s3://photos/2026/harbour.tif  10 calls in 638.4 ms, 1 retried, at most 4 at once
"""


class Terminal(io.StringIO):
    """A terminal of some encoding."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__()
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def write(self, text: str) -> int:
        text.encode(self._encoding)
        return super().write(text)

    def isatty(self) -> bool:
        return True


def columns(line: str) -> int:
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in line
    )


# -- the table -------------------------------------------------------------------------------------------------------


def test_the_table() -> None:
    lines = text.lines(scenes.program(), 134)
    assert "\n".join(lines[:7]) + "\n" == PROGRAM
    assert lines[-2] == "26 calls in 1.25 s, 1 failed, 2 retried, at most 5 at once"
    retried = next(line for line in lines if "349.6 ms" in line)
    assert retried.split()[1:5] == ["+0.558", "s3.UploadPart", "200", "3"]
    assert "██·" in retried
    assert any(" 404  " in line and "404 404" not in line for line in lines)


def test_the_docs_show_this_table() -> None:
    docs = (Path(__file__).resolve().parents[2] / "docs/recorder-page.md").read_text("utf-8")
    assert "\n".join(["```", *text.lines(scenes.program(), 96), "```"]) in docs


@pytest.mark.parametrize("width", [1, 24, 40, 59, 60, 72, 80, 99, 100, 134, 300])
@pytest.mark.parametrize(
    "records", [many(60), scenes.program(), scenes.hostile()], ids=["many", "program", "hostile"]
)
def test_no_line_is_wider_than_the_terminal(width: int, records: list[CallRecord]) -> None:
    lines = text.lines(records, width)
    assert max(map(columns, lines)) <= max(width, 24)
    assert len([line for line in lines if line]) >= len(records) + 2


def test_bars_stand_under_each_other_where_the_calls_were() -> None:
    records = [CallRecord(number, "s3", "GetObject", BEGAN_AT + number) for number in range(4)]
    for record in records:
        record.seconds, record.phases = 1.0, [Phase("wait", 0.0, 1.0)]
    bars = [line.partition(" s ")[2] for line in text.lines(records, 100)[1:5]]
    starts = [bar.index("█") for bar in bars]
    width = len(bars[-1]) - starts[0]
    assert [start - starts[0] for start in starts] == pytest.approx(
        [0, width / 4, width / 2, width * 3 / 4], abs=1
    )
    assert [bar.count("█") for bar in bars] == pytest.approx([width / 4] * 4, abs=1.5)


@pytest.mark.parametrize(
    ("error", "status", "seconds", "shown"),
    [
        (None, 200, 1.0, "200"),
        ("NoSuchKey", 404, 1.0, "404 NoSuchKey"),
        ("EndpointConnectionError", None, 1.0, "EndpointConnectionError"),
        (None, None, None, "under way"),
        (None, None, 1.0, "no request"),
        ("A\x1b[2JB", None, 1.0, r"A\x1b[2JB"),
    ],
)
def test_what_became_of_a_call(
    error: str | None, status: int | None, seconds: float | None, shown: str
) -> None:
    record = CallRecord(1, "s3", "GetObject", BEGAN_AT)
    record.error, record.status, record.seconds = error, status, seconds
    assert f" {shown} " in text.lines([record], 110)[1]


def test_no_calls() -> None:
    assert text.lines([], 80) == ["No calls."]
    assert "No calls." in written([])


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (None, "under way"),
        (0.0, "0.00 ms"),
        (0.00031, "0.31 ms"),
        (0.0843, "84.3 ms"),
        (0.99949, "999.5 ms"),
        (1.239, "1.24 s"),
        (99.99, "99.99 s"),
        (125.0, "2 min 5 s"),
    ],
)
def test_durations(seconds: float | None, told: str) -> None:
    from sotalia.recording.table import duration

    assert duration(seconds) == told


# -- where it is printed ---------------------------------------------------------------------------------------------


def written(records: list[CallRecord], file: Any = None) -> str:
    file = file or io.StringIO()
    text.write(records, file)
    found: str = file.getvalue()
    return found


@pytest.fixture
def colorful(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return monkeypatch


def test_colors_on_a_terminal_only(colorful: pytest.MonkeyPatch) -> None:
    records = scenes.program()
    assert "\x1b[" in written(records, Terminal())
    plain = written(records)
    assert "\x1b" not in plain
    assert plain.splitlines() == text.lines(records, 120)


def test_no_color(colorful: pytest.MonkeyPatch) -> None:
    colorful.setenv("NO_COLOR", "1")
    shown = written(scenes.program(), Terminal())
    assert not {f"\x1b[{code}m" for code in (31, 32, 33, 34, 35, 36, 90)} & set(shown.split("░"))
    assert "[31m" not in shown
    assert "[34m" not in shown


def test_without_rich(colorful: pytest.MonkeyPatch) -> None:
    for name in ("rich", "rich.console", "rich.text"):
        colorful.setitem(sys.modules, name, None)
    assert written(scenes.program(), Terminal()).splitlines() == text.lines(scenes.program(), 120)


@pytest.mark.parametrize("width", [30, 70, 120])
def test_as_wide_as_the_terminal(colorful: pytest.MonkeyPatch, width: int) -> None:
    colorful.setenv("COLUMNS", str(width))
    colorful.setenv("NO_COLOR", "1")
    colorful.setenv("TERM", "dumb")
    shown = written(scenes.program(), Terminal())
    assert [line.rstrip() for line in shown.splitlines()] == text.lines(scenes.program(), width)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
@pytest.mark.parametrize("records", [scenes.program(), scenes.hostile()], ids=["program", "hostile"])
def test_terminals_of_other_encodings(
    colorful: pytest.MonkeyPatch, encoding: str, records: list[CallRecord]
) -> None:
    shown = written(records, Terminal(encoding))
    assert ("█" in shown) == (encoding == "utf-8")
    assert "calls in" in shown


def test_nothing_commands_the_terminal() -> None:
    shown = written(scenes.hostile())
    assert {one for one in shown if not one.isprintable()} == {"\n"}
    for record in scenes.hostile():
        told = "\n".join(text.timeline(record))
        assert {one for one in told if not one.isprintable()} <= {"\n"}


def test_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    text.write(scenes.program())
    assert "26 calls in 1.25 s" in capsys.readouterr().out


# -- the timeline of one call ----------------------------------------------------------------------------------------


def test_a_timeline() -> None:
    record = next(record for record in scenes.program() if len(record.attempts) == 3)
    assert text.timeline(record) == [
        "s3.UploadPart: 200 after 349.6 ms, 3 attempts (call 13 of the recorder)",
        "  called at app/photos.py:41 in store",
        "  before       1.31 ms |-                               | prepare 0.57 ms, parameters 0.32 ms",
        "  attempt 1    47.3 ms |====......                      | 503, send 39.5 ms",
        "    retried: the service responded 503 SlowDown, a throttling error; after 50.0 ms",
        "  attempt 2    53.0 ms |         =====..........        | 503, send 45.7 ms",
        "    retried: the service responded 503 SlowDown, a throttling error; after 100.0 ms",
        "  attempt 3    97.9 ms |                       =========| 200, send 54.3 ms, wait 41.5 ms",
        "  default_bucket (app/hooks.py:12): added parameter Bucket",
        "  team_header (app/hooks.py:21): changed header X-Team",
    ]


def test_a_timeline_is_short_whatever_happened() -> None:
    record = many(1)[0]
    record.remarks = ["played back from a cassette"] * 9
    record.attempts = [AttemptRecord(number, number * 0.1) for number in range(1, 51)]
    for attempt in record.attempts:
        attempt.retry_reason, attempt.delay_seconds, attempt.remarks = "x" * 500, 0.1, ["y" * 500] * 20
        attempt.phases = [Phase("send", attempt.started, 0.05), Phase("delay", attempt.started + 0.05, 0.05)]
    record.handlers = [
        HandlerRun(
            event="before-call",
            name=f"handler_{number}",
            place="app.py:1",
            owner="yours",
            started=0.0,
            seconds=0.0,
            changes=[Change("header", "X", "added", None, "1")] * 30,
        )
        for number in range(40)
    ]
    lines = text.timeline(record)
    assert len(lines) <= 15
    assert max(map(len, lines)) <= 110
    assert "  ... 47 attempts more" in lines
    assert lines[-1] == "  ... 38 handlers more that changed something"


@pytest.mark.parametrize(
    "record", [*scenes.hostile(), *scenes.program()], ids=lambda record: str(record.number)
)
def test_a_timeline_goes_into_any_log(record: CallRecord) -> None:
    lines = text.timeline(record)
    assert 2 <= len(lines) <= 15
    assert not any("\n" in line or "\x1b" in line for line in lines)


def test_a_timeline_of_a_call_of_which_little_is_known() -> None:
    record = CallRecord(1, "s3", "GetObject", BEGAN_AT)
    assert text.timeline(record) == ["s3.GetObject: under way, 0 attempts (call 1 of the recorder)"]
    record.attempts = [AttemptRecord(1, 0.0)]
    record.attempts[0].error = "ConnectTimeoutError: timed out"
    assert text.timeline(record)[1].endswith("| ConnectTimeoutError: timed out")


def test_handlers_of_sotalia_are_no_news() -> None:
    record = many(1)[0]
    assert [line for line in text.timeline(record) if "Signer" in line] == []
    assert text.timeline(record)[-1] == "  stamp (app/hooks.py:7): added header X-Team"


def test_groups_are_headings() -> None:
    record = CallRecord(1, "s3", "GetObject", BEGAN_AT)
    record.seconds, record.groups = 1.0, [GroupRecord(1, "transfer", "up"), GroupRecord(2, "paginator", "in")]
    lines = text.lines([record], 100)
    assert [line.strip() for line in lines[1:3]] == [
        "transfer up  1 call in 1.00 s",
        "paginator in  1 call in 1.00 s",
    ]
