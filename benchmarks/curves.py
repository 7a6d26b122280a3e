"""Draws what a simulation gave second by second: a panel for each run, in the look of :mod:`benchmarks.plots`."""

from __future__ import annotations

from typing import NamedTuple
from xml.sax.saxutils import escape

from benchmarks.plots import BAR, MARGIN, STYLE, WIDTH

PANEL, GAP, LEFT = 110, 44, 56


class Curve(NamedTuple):
    """Requests of each second of a run: served, and refused."""

    name: str
    seconds: float
    served: list[int]
    refused: list[int]


def _line(kind: str, values: list[int], top: float, seconds: int, most: float) -> str:
    width = WIDTH - MARGIN - LEFT
    points = " ".join(
        f"{LEFT + width * (second + 0.5) / seconds:.1f},{top + PANEL * (1 - value / most):.1f}"
        for second, value in enumerate(values)
    )
    return f'<polyline class="{kind}" points="{points}"/>'


def picture(title: str, curves: list[Curve], limit: float) -> str:
    """The SVG. All panels have the same axes; ``limit`` is a dashed line."""
    seconds = max(len(curve.served) for curve in curves)
    most = 1.05 * max(limit, *(max(curve.served + curve.refused) for curve in curves))
    height = 96 + (PANEL + GAP) * len(curves)
    said = "; ".join(
        f"{c.name}: {sum(c.served)} served and {sum(c.refused)} refused in {c.seconds:.1f} seconds"
        for c in curves
    )
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<desc>Requests a second. {escape(said)}.</desc>",
        f"<style>{STYLE}",
        "  polyline { fill: none; stroke-width: 2 } .served { stroke: #00796b } .refused { stroke: #c0392b }",
        "  .axis { stroke: #d5dae1 } .limit { stroke: #566072; stroke-dasharray: 4 4 } .small { font-size: 12px }",
        "  @media (prefers-color-scheme: dark) { .served { stroke: #2cc2b0 } .refused { stroke: #ff8a75 }",
        "    .axis { stroke: #39414d } .limit { stroke: #a3adbb } }",
        "</style>",
        f'<rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
        f'<text x="{MARGIN}" y="28" class="title">{escape(title)}</text>',
    ]
    for number, (kind, label) in enumerate(
        (("served", "served/s"), ("refused", "refused/s (503)"), ("limit", "the limit"))
    ):
        left = MARGIN + 150 * number
        tag = f'class="{kind}" stroke-width="2"'
        lines.append(f'<line {tag} x1="{left}" y1="{40 + BAR / 2}" x2="{left + 24}" y2="{40 + BAR / 2}"/>')
        lines.append(f'<text x="{left + 30}" y="51" class="quiet">{label}</text>')
    for number, curve in enumerate(curves):
        top = 88 + (PANEL + GAP) * number
        line = top + PANEL * (1 - limit / most)
        lines += [
            f'<text x="{MARGIN}" y="{top - 8}">{escape(curve.name)}</text>',
            f'<text x="{WIDTH - MARGIN}" y="{top - 8}" class="end quiet small">done after {curve.seconds:.1f} s</text>',
            f'<line class="axis" x1="{LEFT}" y1="{top + PANEL}" x2="{WIDTH - MARGIN}" y2="{top + PANEL}"/>',
            f'<line class="limit" x1="{LEFT}" y1="{line:.1f}" x2="{WIDTH - MARGIN}" y2="{line:.1f}"/>',
            f'<text x="{LEFT - 6}" y="{line + 4:.1f}" class="end quiet small">{limit:.0f}</text>',
            f'<text x="{LEFT - 6}" y="{top + PANEL + 4}" class="end quiet small">0</text>',
            _line("refused", curve.refused, top, seconds, most),
            _line("served", curve.served, top, seconds, most),
        ]
    lines += [
        f'<text x="{LEFT}" y="{height - 28}" class="quiet small">0 s</text>',
        f'<text x="{WIDTH - MARGIN}" y="{height - 28}" class="end quiet small">{seconds} s</text>',
        "</svg>",
        "",
    ]
    return "\n".join(lines)
