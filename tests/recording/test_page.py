"""What the page of recorded calls consists of, without a browser: one file, no network, no value that ends its script."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from sotalia.recording import page
from sotalia.recording.page_data import ATTEMPT, FIELDS, page_data
from sotalia.recording.records import PHASES, CallRecord
from tests.recording import scenes
from tests.recording.samples import BEGAN_AT, many

IMAGES = Path(__file__).resolve().parents[2] / "docs/images"


class Parsed(HTMLParser):
    """Elements, and the text of scripts and styles, as a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements:
            self.texts.append((self.elements[-1][0], data))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def data_of(text: str) -> dict[str, Any]:
    [found] = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    read: dict[str, Any] = json.loads(found)
    return read


@pytest.fixture(params=["program", "hostile", "many", "none"])
def records(request: pytest.FixtureRequest) -> list[CallRecord]:
    found: list[CallRecord] = {
        "program": scenes.program,
        "hostile": scenes.hostile,
        "many": lambda: many(50),
        "none": list,
    }[request.param]()
    return found


# -- one file --------------------------------------------------------------------------------------------------------


def test_elements_are_those_of_the_template(records: list[CallRecord]) -> None:
    """Whatever the records say, the page has the same elements: values are nowhere read as HTML."""
    empty, full = Parsed(page.html([])), Parsed(page.html(records))
    assert [name for name, _ in full.elements] == [name for name, _ in empty.elements]
    assert full.of("meta") == empty.of("meta")
    assert len(full.of("script")) == 2


def test_nothing_is_fetched() -> None:
    text = page.html(scenes.program())
    for _, attributes in Parsed(text).elements:
        for name in ("src", "href", "action", "data", "srcset"):
            assert (attributes.get(name) or "#")[:5] in ("#", "#grid", "data:")
    outside = text.replace(re.findall(r'id="data">(.*?)</script>', text, re.DOTALL)[0], "")
    assert set(re.findall(r"https?://[^\s\"'`]+", outside)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(
        r"@import|url\(|\bfetch\(|XMLHttpRequest|WebSocket|\beval\(|innerHTML|insertAdjacentHTML", outside
    )


def test_the_policy_names_the_script_and_the_style_by_hash() -> None:
    text = page.html(scenes.program())
    policy = next(
        str(one["content"])
        for one in Parsed(text).of("meta")
        if one.get("http-equiv") == "Content-Security-Policy"
    )
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    assert rules["default-src"] == ["'none'"]
    assert rules["require-trusted-types-for"] == ["'script'"]
    assert "unsafe" not in policy
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        source = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[0]
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert rules[rule] == [f"'sha256-{digest}'"]


def test_it_is_written_in_characters_that_every_file_can_hold(records: list[CallRecord]) -> None:
    text = page.html(records)
    text.encode("utf-8")
    [found] = re.findall(r'id="data">(.*?)</script>', text, re.DOTALL)
    assert found.isascii()
    assert not set(found) & set("<>&\u2028")


def test_the_same_records_give_the_same_page() -> None:
    assert page.html(scenes.program()) == page.html(scenes.program())


def test_the_top_says_what_and_when() -> None:
    text = page.html(scenes.program())
    assert "26 calls to 4 services in 1.25 s, 1 failed, 2 retried, at most 5 at once" in text
    assert "26 November 2026, 12:00:00.000 to 12:00:01.250 UTC" in text
    over_midnight = CallRecord(1, "s3", "GetObject", BEGAN_AT + 43_199.5)
    over_midnight.seconds = 1.0
    assert "26 November 2026, 23:59:59.500 to 27 November 2026, 00:00:00.500 UTC" in page.html(
        [over_midnight]
    )


# -- its data --------------------------------------------------------------------------------------------------------


def test_the_data_say_all_of_a_record() -> None:
    records = scenes.program()
    data = data_of(page.html(records))
    texts = data["texts"]
    assert len(texts) == len(set(texts))
    for record, call in zip(records, sorted(data["calls"], key=lambda call: call[0]), strict=True):
        said = dict(zip(FIELDS, call, strict=True))
        assert texts[said["service"]] == record.service
        assert texts[said["operation"]] == record.operation
        assert said["took"] == round((record.seconds or 0) * 1e6)
        assert said["start"] == round((record.started_at - BEGAN_AT) * 1e6)
        assert json.loads(texts[said["parameters"]]) == record.parameters
        for attempt, one in zip(record.attempts, said["attempts"], strict=True):
            told = dict(zip(ATTEMPT, one, strict=True))
            headers = [texts[index] for index in told["requestHeaders"]]
            assert dict(zip(headers[::2], headers[1::2], strict=True)) == attempt.request_headers
            phases = list(data["phases"])
            assert [phases[index] for index in told["phases"][::3]] == [
                phase.name for phase in attempt.phases
            ]
            assert told["delay"] == (
                -1 if attempt.delay_seconds is None else round(attempt.delay_seconds * 1e6)
            )
        handlers = [data["handlers"][index] for index in said["handlers"][::7]]
        assert [texts[who[2]] for who in handlers] == [run.place for run in record.handlers]
    assert list(data["phases"])[: len(PHASES)] == list(PHASES)


def test_rows_are_the_tree() -> None:
    data = page_data(scenes.program())
    rows = data["rows"]
    assert len(rows) == 3 * (26 + 3)
    for row in range(0, len(rows), 3):
        depth, index, above = rows[row : row + 3]
        assert depth == (0 if above < 0 else rows[3 * above] + 1)
        assert above < row // 3
        assert -1 - len(data["groups"]) < index < len(data["calls"])


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\u202eb", r"a\u202eb"),
        ("a\ud800b", r"a\ud800b"),
        ("a\u2028b\x00", r"a\u2028b\x00"),
        ("one\r\ntwo\tthree", "one\ntwo\tthree"),
        ("日本 é", "日本 é"),
    ],
)
def test_what_is_invisible_is_shown(value: str, shown: str) -> None:
    record = CallRecord(1, "s3", "GetObject", BEGAN_AT)
    record.message = value
    assert shown in data_of(page.html([record]))["texts"]


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), {1: 2}, {(1, 2): 3}, b"\xff", object, 10**400, None]
)
def test_parameters_of_any_kind(value: Any) -> None:
    record = CallRecord(1, "s3", "GetObject", BEGAN_AT)
    record.parameters = {"Given": value}
    assert any("Given" in text for text in data_of(page.html([record]))["texts"])


def test_parameters_that_hold_themselves() -> None:
    record = CallRecord(1, "s3", "GetObject", BEGAN_AT)
    record.parameters = {"Given": {}}
    record.parameters["Given"]["Again"] = record.parameters
    assert any("Given" in text for text in data_of(page.html([record]))["texts"])


def test_ten_thousand_calls_are_a_small_file() -> None:
    records = many(10_000)
    assert len(page.html(records)) < 800 * len(records)
    assert len(page.html(records)) * 3 < sum(len(json.dumps(record.as_json())) for record in records)


# -- a notebook's cell -----------------------------------------------------------------------------------------------


def test_a_cell_has_no_script_and_escapes_all(records: list[CallRecord]) -> None:
    cell = page.notebook(records)
    elements = Parsed(cell).elements
    assert {name for name, _ in elements} <= {"div", "p", "strong", "pre", "details", "summary"}
    assert all(set(attributes) <= {"class"} for _, attributes in elements)
    assert len([name for name, _ in elements if name == "details"]) == len(records)
    cell.encode("utf-8")


def test_a_cell_is_short() -> None:
    cell = page.notebook(many(1000))
    assert cell.count("<details>") == 100
    assert "900 more are not shown: save('calls.html') shows all." in cell
    assert len(cell) < 120_000


# -- the pictures of the docs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["recorder-light", "recorder-dark", "recorder-call"])
def test_pictures_are_there(name: str) -> None:
    picture = (IMAGES / f"{name}.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n"), "SOTALIA_SCREENSHOTS=1 make test-browser"
    assert len(picture) < 200_000
