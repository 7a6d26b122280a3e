"""The page of recorded calls in Chromium: drawn, filtered, opened, by mouse and by keys, and quick with many calls.

``SOTALIA_SCREENSHOTS=1 make test-browser`` makes the pictures of the docs out of ``scenes.program()``.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sotalia.recording import page
from tests.recording import scenes
from tests.recording.samples import many
from tests.recording.visits import Open

IMAGES = Path(__file__).resolve().parents[2] / "docs/images"
pytestmark = pytest.mark.browser
#: Elements of the page with any number of calls. Without virtual rows, 10,000 calls would take 150,000.
MOST_ELEMENTS = 1500
#: The plain table has a hundred calls a page.
MOST_OF_TABLE = 3000
#: Rows that fit into the window, with those drawn around them.
MOST_ROWS = 60


# -- what is drawn ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_shows_the_calls(visit: Open, scheme: str) -> None:
    window = visit(scenes.program(), scheme=scheme)
    assert window.text(".told") == "26 calls to 4 services in 1.25 s, 1 failed, 2 retried, at most 5 at once"
    assert window.text(".when") == "26 November 2026, 12:00:00.000 to 12:00:01.250 UTC"
    assert window.names()[:4] == [
        "sts.AssumeRole",
        "paginatorlist_objects_v2",
        "s3.ListObjectsV2",
        "s3.ListObjectsV2",
    ]
    retried = window.page.locator("[data-row]", has_text="349.6 ms")
    assert retried.locator(".attempts").inner_text() == "3"
    bar = retried.locator(".bar")
    image = bar.evaluate("element => getComputedStyle(element).backgroundImage")
    delay, wait = (
        ("rgb(194, 65, 12)", "rgb(58, 108, 208)")
        if scheme == "light"
        else ("rgb(251, 141, 89)", "rgb(117, 159, 245)")
    )
    assert delay in image
    assert wait in image
    assert bar.get_attribute("title") == "delay 150.0 ms, send 139.5 ms, wait 51.9 ms, body 2.64 ms"
    assert "At most 5 calls in flight" in window.page.locator("#chart svg").get_attribute("aria-label")
    assert window.page.locator("#legend li").count() == 8


def test_bars_stand_where_their_calls_were(visit: Open) -> None:
    records = scenes.program()
    window = visit(records)
    rows = window.page.locator("[data-row]:not([aria-expanded])")
    whole = max(record.started_at + (record.seconds or 0) for record in records) - records[0].started_at
    number = int(rows.nth(1).locator(".number").inner_text())
    record = records[number - 1]
    track, bar = (rows.nth(1).locator(part).bounding_box() for part in (".waterfall", ".bar"))
    assert (bar["x"] - track["x"]) / track["width"] == pytest.approx(
        (record.started_at - records[0].started_at) / whole, abs=0.01
    )
    assert bar["width"] / track["width"] == pytest.approx((record.seconds or 0) / whole, abs=0.01)


def test_no_calls(visit: Open) -> None:
    window = visit([])
    assert window.text(".nothing") == "No calls were recorded."
    window.press("Tab", "/", "Escape", "t", "0", "+", "ArrowDown", "Enter")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colors_have_contrast(visit: Open, scheme: str) -> None:
    """WCAG AA: 4.5 for text, 3 for the bars."""
    window = visit(scenes.program(), scheme=scheme)
    window.page.locator("[data-row]", has_text="404").first.click()
    for opened in window.page.locator("#call summary").all():
        opened.click()
    window.page.mouse.move(1, 1)
    window.page.wait_for_timeout(200)
    low = window.page.evaluate(CONTRAST)
    assert low == []


CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
  const under = element => { for (; element; element = element.parentElement) { const back = rgba(getComputedStyle(element).backgroundColor); if (back[3] > 200) return back; } return [255, 255, 255]; };
  const low = [];
  for (const element of document.querySelectorAll("body *")) {
    const said = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    const style = getComputedStyle(element);
    if (said && !element.disabled && element.checkVisibility() && !element.closest(".unseen, option, script, noscript")) {
      const found = ratio(rgba(style.color), under(element));
      if (found < 4.5) low.push(`${element.tagName}.${element.className} ${element.textContent.slice(0, 20)}: ${found.toFixed(2)}`);
    }
  }
  const surface = rgba(getComputedStyle(document.querySelector(".list")).backgroundColor);
  for (const swatch of document.querySelectorAll("#legend .swatch")) {
    const found = ratio(rgba(getComputedStyle(swatch).backgroundColor), surface);
    if (found < 3) low.push(`${swatch.className}: ${found.toFixed(2)}`);
  }
  return low;
}"""


def test_dark_and_light_by_a_button(visit: Open) -> None:
    window = visit(scenes.program())
    color = "getComputedStyle(document.body).backgroundColor"
    light = window.page.evaluate(color)
    window.page.get_by_role("button", name="Dark colors").click()
    dark = window.page.evaluate(color)
    assert dark != light
    window.page.get_by_role("button", name="Light colors").click()
    assert window.page.evaluate(color) == light
    window.page.emulate_media(color_scheme="dark")
    assert window.page.evaluate(color) == light  # What was chosen stays.


def test_a_phone(visit: Open) -> None:
    window = visit(scenes.program(), "phone")
    across = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert window.page.evaluate(across) == 0
    window.page.locator("[data-row]", has_text="AssumeRole").click()
    assert window.page.evaluate(across) == 0
    assert window.page.locator("#call").bounding_box()["width"] == 390
    window.page.get_by_role("button", name="Close this call").click()
    assert window.page.locator("#call").is_hidden()


def test_less_motion(visit: Open) -> None:
    moving = "[...document.querySelectorAll('*')].filter(one => parseFloat(getComputedStyle(one).transitionDuration) || getComputedStyle(one).animationName !== 'none').length"
    assert visit(scenes.program(), reduced_motion="reduce").page.evaluate(moving) == 0


def test_paper(visit: Open) -> None:
    window = visit(many(1200))
    window.page.locator("[data-row]", has_text="ListObjectsV2").first.click()
    window.page.emulate_media(media="print")
    window.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert window.text("#printed caption") == "1,200 calls, of which the first 1000 are printed"
    assert window.page.locator("#printed tbody tr").count() == 1000
    assert window.page.locator("#scroll").is_hidden()
    window.page.set_viewport_size({"width": 760, "height": 1080})
    box, below = (window.page.locator(part).bounding_box() for part in ("#call", "#printed"))
    assert box["y"] + box["height"] <= below["y"]
    assert below["x"] + window.page.locator("#printed table").evaluate("one => one.scrollWidth") <= 760
    window.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert window.page.locator("#printed").count() == 0


def test_without_scripts(visit: Open) -> None:
    window = visit(scenes.program(), java_script_enabled=False)
    assert "Allow scripts" in window.text(".noscript")
    assert "26 calls" in window.text(".told")


# -- values that mean harm -------------------------------------------------------------------------------------------


def test_values_are_only_text(visit: Open) -> None:
    window = visit(scenes.hostile())
    elements = (
        "document.querySelectorAll('img, iframe, svg svg, #grid script, #call script, #call svg').length"
    )
    for place in range(len(scenes.HOSTILE)):
        row = window.page.locator("[data-row]:not([aria-expanded])").nth(place)
        row.click()
        for opened in window.page.locator("#call summary").all():
            opened.click()
        assert window.page.evaluate("typeof window.hacked") == "undefined"
        assert window.page.evaluate(elements) == 0
    window.press("t")
    window.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert window.page.evaluate("typeof window.hacked") == "undefined"
    shown = window.page.evaluate(
        "document.body.textContent.replace(document.getElementById('data').textContent, '')"
    )
    assert scenes.HOSTILE[0] in shown
    assert (
        re.findall(
            "[\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\x00-\x08\x1b]", shown.replace("🐬", "")
        )
        == []
    )


@pytest.mark.parametrize(
    ("searched", "count"),
    [
        ("onerror=window.hacked", 1),
        ("HACKED=1", 5),
        (r"\u202etxt.exe", 1),
        ("surrogate", 1),
        ("\u65e5本", 1),
        ("$(id)", 1),
    ],
)
def test_values_can_be_searched(visit: Open, searched: str, count: int) -> None:
    window = visit(scenes.hostile())
    window.page.locator("#text").fill(searched)
    assert window.text("#count") == f"{count} of 12 calls shown"


def test_the_policy_forbids_the_network_and_other_scripts(visit: Open, browser: Any, tmp_path: Path) -> None:
    """What a page that had been tampered with could do: nothing."""
    tried = (
        "<script>window.hacked = 1</script><img src='http://127.0.0.1:9/x'>"
        "<style>body{color:red}</style><link rel=stylesheet href='http://127.0.0.1:9/y'>"
    )
    path = tmp_path / "tampered.html"
    path.write_text(page.html(many(3)).replace("<header", f"{tried}<header", 1), encoding="utf-8")
    opened = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    opened.on("requestfinished", lambda request: asked.append(request.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.goto(path.as_uri())
    result = opened.evaluate(
        "fetch('http://127.0.0.1:9/').then(() => 'fetched', error => typeof window.hacked)"
    )
    assert result == "undefined"
    assert asked == [path.as_uri()] or set(asked) == {path.as_uri(), "data:,"}
    assert len([line for line in said if "Content Security Policy" in line]) >= 4
    with pytest.raises(Exception, match="TrustedHTML"):
        opened.evaluate("document.body.innerHTML = '<b>x</b>'")
    opened.close()


# -- many calls ------------------------------------------------------------------------------------------------------


def test_ten_thousand_calls_stay_quick(visit: Open, capsys: pytest.CaptureFixture[str]) -> None:
    """Counted by what is drawn; the times are only printed."""
    spent: dict[str, float] = {}

    def timed(name: str, act: Callable[[], object]) -> int:
        before = window.drawn()
        began = time.perf_counter()
        act()
        window.page.evaluate("new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)))")
        spent[name] = time.perf_counter() - began
        assert window.elements() < (MOST_OF_TABLE if name == "plain table" else MOST_ELEMENTS), name
        return window.drawn() - before

    records = many(10_000)
    began = time.perf_counter()
    window = visit(records)
    spent["written and opened"] = time.perf_counter() - began
    assert 0 < window.drawn() <= MOST_ROWS
    assert window.elements() < MOST_ELEMENTS
    text = window.page.locator("#text")
    assert 0 < timed("first search", lambda: text.fill("r777-1")) <= MOST_ROWS
    assert window.text("#count") == "1 of 10,000 calls shown"
    assert 0 < timed("all again", lambda: text.fill("")) <= MOST_ROWS
    assert 0 < timed("failed only", lambda: window.page.locator("#failed").check()) <= MOST_ROWS
    assert 0 < timed("all again", lambda: window.page.locator("#failed").uncheck()) <= MOST_ROWS
    scroll = "element => { element.scrollTop = element.scrollHeight / 2; }"
    assert 0 < timed("to the middle", lambda: window.page.locator("#scroll").evaluate(scroll)) <= MOST_ROWS
    window.page.locator("#grid").focus()
    assert 0 < timed("to the end", lambda: window.press("End")) <= MOST_ROWS
    assert window.page.locator(".row.active .number").inner_text() == "10000"
    assert timed("one call", lambda: window.press("Enter")) == 0
    assert 0 < timed("groups opened", lambda: window.page.locator("#fold").click()) <= 2 * MOST_ROWS
    assert 0 < timed("zoomed in", lambda: window.press("+")) <= 2 * MOST_ROWS
    assert timed("plain table", lambda: window.press("t")) <= MOST_ROWS
    with capsys.disabled():
        print("\n  10,000 calls:", ", ".join(f"{name} {took * 1000:.0f} ms" for name, took in spent.items()))


# -- pictures --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "scheme", "opened"),
    [
        ("recorder-light", "light", None),
        ("recorder-dark", "dark", None),
        ("recorder-call", "light", "349.6 ms"),
    ],
)
def test_pictures_of_the_docs(visit: Open, name: str, scheme: str, opened: str | None) -> None:
    path = IMAGES / f"{name}.png"
    if os.environ.get("SOTALIA_SCREENSHOTS"):
        window = visit(scenes.program(), scheme=scheme)
        if opened:
            window.page.locator("[data-row]", has_text=opened).click()
            window.page.mouse.move(1, 1)
        window.page.screenshot(path=path, animations="disabled")
    picture = path.read_bytes()
    assert picture.startswith(b"\x89PNG\r\n")
    assert len(picture) < 200_000
