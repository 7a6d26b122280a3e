"""The page of recorded calls, used: by filters, by mouse, by keys only, and by what a screen reader is told."""

from __future__ import annotations

from typing import Any

import pytest

from sotalia.recording.records import CallRecord
from tests.recording import scenes
from tests.recording.samples import many
from tests.recording.visits import Open

pytestmark = pytest.mark.browser


def shown(records: list[CallRecord], **wanted: Any) -> int:
    """How many calls a filter should leave."""
    return sum(
        all(
            (
                wanted.get("service") in (None, record.service),
                wanted.get("operation") in (None, record.operation),
                not wanted.get("failed") or record.error is not None,
                not wanted.get("retried") or len(record.attempts) > 1,
            )
        )
        for record in records
    )


# -- filters ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted",
    [
        {"service": "dynamodb"},
        {"operation": "UploadPart"},
        {"service": "s3", "operation": "ListObjectsV2"},
        {"failed": True},
        {"retried": True},
        {"service": "s3", "retried": True},
        {"service": "sqs", "failed": True},
    ],
    ids=str,
)
def test_filters(visit: Open, wanted: dict[str, Any]) -> None:
    records = scenes.program()
    window = visit(records)
    for name, value in wanted.items():
        control = window.page.locator(f"#{name}")
        control.check() if value is True else control.select_option(value)
    assert window.text("#count") == f"{shown(records, **wanted)} of 26 calls shown"
    drawn = window.page.locator("[data-row]:not([aria-expanded])").count()
    assert drawn == shown(records, **wanted)
    window.page.locator("#clear").click()
    assert window.text("#count") == "26 calls"
    assert window.page.locator("#clear").is_hidden()


def test_operations_are_those_of_the_service(visit: Open) -> None:
    window = visit(scenes.program())
    window.page.locator("#service").select_option("dynamodb")
    options = window.page.locator("#operation option").all_inner_texts()
    assert options == ["All operations", "DescribeTable", "PutItem"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("harbour", 10),  # the name of a group, and of its calls
        ("partnumber=6", 1),
        ("SlowDown upload", 1),
        ("x-team: holiday", 26),
        ("default_bucket", 15),
        ("role/photos", 1),
        ("app/index.py:30", 3),
        ("nothing like it", 0),
    ],
)
def test_free_text(visit: Open, text: str, count: int) -> None:
    window = visit(scenes.program())
    window.page.locator("#text").fill(text)
    assert window.text("#count") == ("26 calls" if count == 26 else f"{count} of 26 calls shown")
    assert window.page.locator(".nothing").count() == (count == 0)


def test_slow_calls_are_the_slowest_of_twenty(visit: Open) -> None:
    records = many(200)
    times = sorted(record.seconds or 0 for record in records)
    window = visit(records)
    window.page.locator("#slow").check()
    assert window.text("#count") == "10 of 200 calls shown"
    assert window.text("#slow-label") == f"Slow (≥ {times[190] * 1000:.1f} ms)"


def test_what_is_found_hides_in_no_group(visit: Open) -> None:
    records = many(400)
    window = visit(records)
    group = window.page.locator("[data-row][aria-expanded]")
    assert group.get_attribute("aria-expanded") == "false"  # There are many calls.
    hidden = next(record for record in records if record.groups)
    window.page.locator("#text").fill(f"{hidden.request_id}")
    assert f"{hidden.service}.{hidden.operation}" in window.names()
    window.page.locator("#clear").click()
    assert group.get_attribute("aria-expanded") == "false"


def test_a_call_under_way(visit: Open) -> None:
    records = many(3)
    for record in records[1:]:
        record.seconds = record.status = None
    records[1].attempts[-1].status = records[1].attempts[-1].seconds = None
    records[2].attempts = []
    window = visit(records)
    assert window.text("[data-row='1'] .took") == "under way"
    window.page.locator("[data-row='1']").click()
    assert "Attempt 1 no response under way" in " ".join(window.text("#call .attempt").split())
    window.page.locator("[data-row='2']").click()
    assert "No request was made." in window.text("#call")


# -- zoom and groups -------------------------------------------------------------------------------------------------


def test_a_part_of_the_chart_is_zoomed(visit: Open) -> None:
    records = scenes.program()
    window = visit(records)
    box = window.page.locator("#chart").bounding_box()
    window.page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 20)
    window.page.mouse.down()
    window.page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + 30, steps=4)
    window.page.mouse.up()
    began = records[0].started_at
    span = max(record.started_at + (record.seconds or 0) for record in records) - began
    left, right = began + span * 0.8, began + span * 0.95
    inside = sum(
        record.started_at <= right and record.started_at + (record.seconds or 0) >= left for record in records
    )
    assert window.text("#count") == f"{inside} of 26 calls shown"
    assert window.text("#window").startswith("+1.0")
    window.page.get_by_role("button", name="Earlier").click()
    assert window.text("#window").startswith("+0.9")
    window.page.get_by_role("button", name="All", exact=True).click()
    assert window.text("#count") == "26 calls"


def test_groups_fold(visit: Open) -> None:
    window = visit(scenes.program())
    group = window.page.locator("[data-row]", has_text="list_objects_v2")
    assert group.get_attribute("aria-expanded") == "true"
    before = window.page.locator("[data-row]").count()
    group.click()
    assert group.get_attribute("aria-expanded") == "false"
    assert window.names()[1:3] == ["paginatorlist_objects_v2", "transferuploads3://photos/2026/harbour.tif"]
    assert window.text("#count") == "26 calls"
    window.page.get_by_role("button", name="Collapse groups").click()
    assert window.page.locator("[data-row]").count() == 3 + 10
    window.page.get_by_role("button", name="Expand groups").click()
    assert window.page.locator("[data-row]").count() >= before


# -- one call --------------------------------------------------------------------------------------------------------


def test_a_click_shows_all_of_a_call(visit: Open) -> None:
    records = scenes.program()
    window = visit(records, permissions=["clipboard-read", "clipboard-write"])
    record = next(record for record in records if len(record.attempts) == 3)
    window.page.locator("[data-row]", has_text="349.6 ms").click()
    assert window.text("#call-title") == "s3.UploadPart"
    panel = window.page.locator("#call")
    assert panel.locator(".phases tbody tr:not(.part)").count() == len(record.phases) + sum(
        len(attempt.phases) for attempt in record.attempts
    )
    attempts = panel.locator(".attempt")
    assert [" ".join(text.split()) for text in attempts.locator("h4").all_inner_texts()] == [
        f"Attempt {number} {attempt.status} {(attempt.seconds or 0) * 1000:.1f} ms"
        for number, attempt in enumerate(record.attempts, 1)
    ]
    assert "Retried after 50.0 ms: the service responded 503 SlowDown" in attempts.nth(0).inner_text()
    assert "reused, 52.218.0.1:443" in attempts.nth(0).inner_text()
    assert "8.4 MB" in attempts.nth(0).inner_text()
    attempts.nth(0).locator("summary").first.click()
    assert "Authorization\t***" in attempts.nth(0).inner_text()
    text = panel.inner_text()
    for said in (
        '"Key": "2026/harbour.tif"',
        "default_bucket",
        "app/hooks.py:12",
        "parameter Bucket: added",
        "header X-Team: changed",
        "transfer-",
    ):
        assert said in text
    diff = panel.locator(".diff").nth(1)
    assert (diff.locator("del").inner_text(), diff.locator("ins").inner_text()) == ("unknown", "holiday")
    panel.get_by_role("button", name="Copy").click()
    panel.get_by_role("button", name="Copied").wait_for()
    copied = window.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(
        "curl --request PUT 'https://photos.s3.eu-west-1.amazonaws.com/2026/harbour.tif?partNumber=6&"
    )
    assert "--aws-sigv4 aws:amz:eu-west-1:s3" in copied


def test_errors_are_shown(visit: Open) -> None:
    window = visit(many(60))
    window.page.locator("#failed").check()
    window.page.locator("[data-row]:not([aria-expanded])").first.click()
    assert window.text("#call .error-box") == "NoSuchKey The specified key does not exist."


def test_handlers_that_did_nothing_can_be_left_out(visit: Open) -> None:
    records = many(2)
    for record in records:
        record.handlers[1].changes = []
    window = visit(records)
    window.page.locator("[data-row='0']").click()
    handlers = window.page.locator("#call .handlers li")
    assert handlers.count() == len(records[0].handlers)
    window.page.get_by_label("Only those that did something").check()
    shown_handlers = [one for one in handlers.all() if one.is_visible()]
    assert len(shown_handlers) == len(records[0].handlers) - 1
    window.page.locator("[data-row='1']").click()
    assert window.page.get_by_label("Only those that did something").is_checked()


# -- keys ------------------------------------------------------------------------------------------------------------


def focused(window: Any) -> str:
    found: str = window.page.evaluate("document.activeElement.id")
    return found


def test_everything_by_keys(visit: Open) -> None:
    window = visit(scenes.program())
    for _ in range(30):
        window.press("Tab")
        if focused(window) == "grid":
            break
    assert window.active() == "sts.AssumeRole"
    window.press("ArrowDown", "ArrowLeft")
    assert window.active() == "paginatorlist_objects_v2"
    assert window.names()[2] == "transferuploads3://photos/2026/harbour.tif"
    window.press("ArrowRight", "ArrowRight")
    assert window.active() == "s3.ListObjectsV2"
    window.press("ArrowLeft")
    assert window.active() == "paginatorlist_objects_v2"
    window.press("ArrowRight", "Enter")
    assert (focused(window), window.text("#call-title")) == ("call-title", "s3.ListObjectsV2")
    window.press("Escape")
    assert (focused(window), window.page.locator("#call").is_hidden()) == ("grid", True)
    window.press("End")
    assert window.active() == "sqs.SendMessage"
    window.press("Home", "PageDown", "ArrowUp", "ArrowUp", "Home")
    assert window.active() == "sts.AssumeRole"
    window.press("Enter", "Shift+Tab", "Escape")
    assert focused(window) == "grid"


def test_keys_of_search_zoom_and_table(visit: Open) -> None:
    window = visit(scenes.program())
    window.press("/")
    assert focused(window) == "text"
    window.page.keyboard.type("putitem")
    assert window.text("#count") == "6 of 26 calls shown"
    window.press("ArrowDown")
    assert (focused(window), window.active()) == ("grid", "dynamodb.PutItem")
    window.press("Escape")
    assert window.text("#count") == "26 calls"
    window.press("End", "+", "+")
    assert window.text("#count") != "26 calls"
    assert window.active() == "sqs.SendMessage"
    window.press("Shift+ArrowLeft", "-", "0")
    assert window.text("#count") == "26 calls"
    window.press("t")
    assert window.page.locator("#plain tbody tr").count() == 26
    assert window.page.locator("#scroll").is_hidden()
    window.press("t", "?")
    assert window.page.get_by_role("dialog", name="Keys").is_visible()
    window.press("t", "Escape")
    assert window.page.locator("#keys").is_hidden()
    assert window.page.locator("#plain").is_hidden()


def test_an_open_call_follows_the_arrows(visit: Open) -> None:
    window = visit(scenes.program())
    window.page.locator("[data-row]", has_text="AssumeRole").click()
    window.page.locator("#grid").focus()
    window.press("ArrowDown", "ArrowDown")
    assert window.text("#call-title") == "s3.ListObjectsV2"
    window.page.get_by_role("button", name="Previous call").click()
    assert window.text("#call-title") == "sts.AssumeRole"


def test_the_plain_table_turns_pages(visit: Open) -> None:
    window = visit(many(250))
    window.press("t")
    assert window.text("#plain caption") == "Calls 1 to 100 of 250, in the order of the list"
    window.page.get_by_role("button", name="Next", exact=True).click()
    window.page.get_by_role("button", name="Next", exact=True).click()
    assert window.text("#plain caption").startswith("Calls 201 to 250")
    window.page.locator("#plain tbody button").first.click()
    assert focused(window) == "call-title"


# -- what a screen reader is told ------------------------------------------------------------------------------------

CONTROLS = {
    "button",
    "textbox",
    "searchbox",
    "combobox",
    "checkbox",
    "link",
    "treegrid",
    "complementary",
    "region",
    "dialog",
    "table",
}


def test_everything_has_a_name(visit: Open) -> None:
    window = visit(scenes.program())
    window.page.locator("[data-row]", has_text="349.6 ms").click()
    session = window.page.context.new_cdp_session(window.page)
    nodes = [
        (node["role"]["value"], node.get("name", {}).get("value", ""), node.get("properties", []))
        for node in session.send("Accessibility.getFullAXTree")["nodes"]
        if not node["ignored"]
    ]
    roles = {role for role, _, _ in nodes}
    assert {
        "treegrid",
        "row",
        "gridcell",
        "columnheader",
        "searchbox",
        "status",
        "complementary",
        "search",
    } <= roles
    assert [(role, name) for role, name, _ in nodes if role in CONTROLS and not name] == []
    names = {(role, name) for role, name, _ in nodes}
    assert ("treegrid", "Calls") in names
    assert ("complementary", "Call 13: s3.UploadPart") in names
    assert any(
        role in ("img", "image") and name.startswith("At most 5 calls in flight") for role, name in names
    )
    assert any(role == "row" and name == "13 s3.UploadPart 200 349.6 ms" for role, name in names)
    grid = window.page.locator("#grid")
    assert int(grid.get_attribute("aria-rowcount")) == 26 + 3 + 1
    active = window.page.locator(f"#{grid.get_attribute('aria-activedescendant')}")
    assert (active.get_attribute("aria-selected"), active.get_attribute("aria-level")) == ("true", "2")


def test_the_active_row_is_there_also_out_of_view(visit: Open) -> None:
    window = visit(many(500))
    window.page.locator("#grid").focus()
    window.page.locator("#scroll").evaluate("element => { element.scrollTop = 6000; }")
    window.page.locator("[aria-rowindex='205']").wait_for()
    assert (
        window.page.locator(f"#{window.page.locator('#grid').get_attribute('aria-activedescendant')}").count()
        == 1
    )


def test_the_count_is_announced(visit: Open) -> None:
    window = visit(scenes.program())
    count = window.page.get_by_role("status").first
    assert count.get_attribute("aria-live") == "polite"
    assert window.page.locator("#text").get_attribute("aria-describedby") == "count"
