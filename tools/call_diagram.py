"""Draws the events of a call as SVG, from the catalog: ``python -m tools.call_diagram``; ``tests/test_documents.py`` compares.

Events are boxes, bold where the guide names them. What happens between two events stands between them. The background is the
picture's own, for the page around it may be light or dark.
"""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

from sotalia.events.catalog import CATALOG

PATH = Path(__file__).resolve().parent.parent / "docs/images/call.svg"

#: What a handler may do there, in two or three words.
NOTES = {
    "provide-client-params": "change the parameters",
    "before-parameter-build": "change the parameters",
    "before-endpoint-resolution": "change what the rules see",
    "before-call": "change the request, or respond",
    "request-created": "add headers, not signed yet",
    "choose-signer": "choose the signature",
    "before-sign": "last chance for signed headers",
    "before-send": "see it signed, or respond",
    "before-parse": "change the raw response",
    "response-received": "watch",
    "needs-retry": "ask for another attempt",
    "after-call": "change the result",
    "after-call-error": "watch; the error is raised",
}
#: What happens right before an event.
STEPS = {
    "provide-client-params": "s3.list_objects_v2(Bucket=...)",
    "before-call": "rule set → endpoint; parameters validated and serialized",
    "before-parse": "connection → request out, response in",
    "response-received": "response parsed",
    "before-send": "signed with your credentials",
}
WIDTH, LEFT, BOX, HIGH, GAP, STEP = 620, 60, 250, 28, 10, 28
STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; fill: #1f2733 }
  .quiet { fill: #566072 } .event { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace } .guide { font-weight: 700 }
  .card { fill: #ffffff; stroke: #d5dae1 } .box { fill: #e3f2f0; stroke: #00796b } .loop { fill: none; stroke: #8a94a3; stroke-dasharray: 5 4 }
  .arrow { fill: none; stroke: #566072; stroke-width: 1.5 } .head { fill: #566072 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e4e8ee } .quiet { fill: #a3adbb } .card { fill: #1b2027; stroke: #39414d } .box { fill: #12322f; stroke: #2cc2b0 }
    .loop { stroke: #6b7686 } .arrow { stroke: #a3adbb } .head { fill: #a3adbb }
  }"""


def picture() -> str:
    """The SVG."""
    lines: list[str] = []
    y, loop_top, loop_end, tops = 30, 0, 0, dict[str, int]()
    rows = [event for event in CATALOG if event.pattern.partition(".")[0] in NOTES]
    for event in rows:
        name = event.pattern.partition(".")[0]
        if event.is_per_attempt and not loop_top:
            loop_top = y
            y += 26
        if name == "after-call":
            loop_end = y
            y += 22
        if name in STEPS:
            lines.append(f'<text class="quiet" x="{LEFT + 14}" y="{y + 14}">{escape(STEPS[name])}</text>')
            y += STEP
        tops[name] = y
        weight = " guide" if event.is_in_guide else ""
        lines += [
            f'<rect class="box" x="{LEFT}" y="{y}" width="{BOX}" height="{HIGH}" rx="6"/>',
            f'<text class="event{weight}" x="{LEFT + 14}" y="{y + 19}">{name}</text>',
            f'<text class="quiet" x="{LEFT + BOX + 40}" y="{y + 19}">{escape(NOTES[name])}</text>',
        ]
        y += HIGH + GAP
    lines.append(
        f'<text class="quiet" x="{LEFT + 14}" y="{y + 12}">the result is returned, or the error raised</text>'
    )
    height = y + 32
    loop = (
        f'<rect class="loop" x="{LEFT - 18}" y="{loop_top}" width="{WIDTH - LEFT - 2}" height="{loop_end - loop_top}" rx="10"/>'
        f'<text class="quiet" x="{WIDTH - 34}" y="{loop_top + 18}" text-anchor="end">each attempt</text>'
    )
    back = _turn(LEFT, tops["needs-retry"] + HIGH // 2, tops["request-created"] + HIGH // 2, LEFT - 34)
    right = LEFT + BOX
    skips = _turn(right, tops["before-send"] + 14, tops["before-parse"] + 14, right + 22) + _turn(
        right, tops["before-call"] + 14, tops["after-call"] + 14, right + 32
    )
    label_y = (tops["needs-retry"] + tops["request-created"]) // 2
    label = f'<text class="quiet" x="16" y="{label_y}" text-anchor="middle" transform="rotate(-90 16 {label_y})">another attempt</text>'
    described = "; ".join(f"{event.pattern.partition('.')[0]}" for event in rows)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">',
            "<title>The events of a call, from top to bottom</title>",
            f"<desc>{escape(described)}</desc>",
            f"<style>{STYLE}\n</style>",
            f'<rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
            loop,
            *lines,
            back,
            label,
            skips,
            "</svg>",
            "",
        ]
    )


def _turn(x: int, start: int, end: int, out: int) -> str:
    """An arrow that leaves a box sideways and comes back into another."""
    direction = 1 if out < x else -1
    return (
        f'<path class="arrow" d="M{x} {start} H{out} V{end} H{x - 4 * direction}"/>'
        f'<path class="head" d="M{x} {end} l{-8 * direction} -4 v8 z"/>'
    )


if __name__ == "__main__":
    PATH.write_text(picture(), "utf-8")
