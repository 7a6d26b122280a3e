"""Draws ``benchmarks/figures.json`` as SVG into ``docs/images``, and prints its tables: ``python -m benchmarks.plots``.

A row is a bar as long as what the other package takes, and over it one as long as what sotalia takes. A picture brings its own background,
for the pages that embed it may be light or dark; it is dark where the reader's system is.
"""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.figures import Figure, Section, read

IMAGES = Path(__file__).resolve().parent.parent / "docs/images"
TITLES = {
    "ratios": "Time, CPU and memory: shorter is better",
    "async": "Asynchronous calls, CPU of one request: shorter is better",
}
WIDTH, MARGIN, TOP, ROW, BAR = 600, 20, 74, 46, 12
STYLE = """
  text { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; fill: #1f2733 }
  .title { font-size: 16px; font-weight: 600 } .end { text-anchor: end } .quiet { fill: #566072 } .ratio { font-weight: 700 }
  .card { fill: #ffffff; stroke: #d5dae1 } .other { fill: #c3cad4 } .sotalia { fill: #00796b }
  @media (prefers-color-scheme: dark) {
    text { fill: #e4e8ee } .quiet { fill: #a3adbb } .card { fill: #1b2027; stroke: #39414d }
    .other { fill: #4d5766 } .sotalia { fill: #2cc2b0 }
  }"""


def amount(value: float) -> str:
    """A number as a reader wants it: three digits, no more."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def row(figure: Figure, top: int) -> list[str]:
    """The lines of one row, whose text stands at ``top``."""
    full, share = WIDTH - 2 * MARGIN, figure["sotalia"] / figure["other"]
    unit = figure["unit"].replace("us", "µs")
    numbers = f"{amount(figure['other'])} → {amount(figure['sotalia'])} {unit}"
    bar = f'height="{BAR}" x="{MARGIN}" y="{top + 8}" rx="3"'
    return [
        f'<text x="{MARGIN}" y="{top}">{escape(figure["name"])}</text>',
        f'<text x="{WIDTH - MARGIN}" y="{top}" class="end"><tspan class="quiet">{numbers}</tspan>'
        f'<tspan dx="10" class="ratio">{1 / share:.1f}\N{MULTIPLICATION SIGN}</tspan></text>',
        f'<rect class="other" {bar} width="{full}"/>',
        f'<rect class="sotalia" {bar} width="{min(share, 1) * full:.1f}"/>',
    ]


def picture(title: str, section: Section) -> str:
    """The SVG of a section."""
    other, rows = escape(section["other"]), section["rows"]
    height = TOP + ROW * len(rows) + 4
    said = "; ".join(f"{r['name']}: {r['other'] / r['sotalia']:.1f} times less" for r in rows)
    legend, second = MARGIN + 18, MARGIN + 40 + 8 * len(other)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<desc>sotalia beside {other}. {escape(said)}.</desc>",
        f"<style>{STYLE}\n</style>",
        f'<rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
        f'<text x="{MARGIN}" y="28" class="title">{escape(title)}</text>',
        f'<rect class="other" x="{MARGIN}" y="40" width="{BAR}" height="{BAR}" rx="2"/>',
        f'<text x="{legend}" y="51" class="quiet">{other}</text>',
        f'<rect class="sotalia" x="{second}" y="40" width="{BAR}" height="{BAR}" rx="2"/>',
        f'<text x="{second + 18}" y="51" class="quiet">sotalia</text>',
    ]
    for number, figure in enumerate(rows):
        lines += row(figure, TOP + 12 + ROW * number)
    return "\n".join([*lines, "</svg>", ""])


def table(section: Section) -> str:
    """The section as Markdown, for ``docs/performance.md``."""
    other = section["other"].partition(" ")[0]
    lines = [f"| | {other} | sotalia | ratio |", "|---|---|---|---|"]
    for figure in section["rows"]:
        unit = figure["unit"].replace("us", "µs")
        numbers = " | ".join(
            f"{amount(value)}\N{NO-BREAK SPACE}{unit}" for value in (figure["other"], figure["sotalia"])
        )
        lines.append(f"| {figure['name']} | {numbers} | 1/{figure['other'] / figure['sotalia']:.1f} |")
    return "\n".join(lines)


def main(folder: Path = IMAGES) -> None:
    """Write a picture for each section that was measured."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, section in read().items():
        (folder / f"{name}.svg").write_text(picture(TITLES[name], section), "utf-8")
        print(f"{table(section)}\n")


if __name__ == "__main__":
    main()
