"""How it looks: for a terminal in colours, and as plain text of 80 columns where there is none."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from examples.demo.calls import CALLS, Act, Flight
from examples.demo.comparison import MEASURES, ROUNDS
from rich.console import Console
from rich.table import Table
from rich.text import Text

import sotalia
from sotalia.recording.text import lines

if TYPE_CHECKING:
    from sotalia.recording.recorder import Recorder

# For terminals that have ASCII only.
PLAIN = str.maketrans("░▒█·…", "-~#..")
GUIDE_ORDER = (
    "creating-client-class",
    "creating-resource-class",
    "provide-client-params",
    "before-call",
    "request-created",
    "before-send",
    "needs-retry",
    "after-call",
    "after-call-error",
)
NEXT = (
    ("pip install sotalia", "then in your program: import sotalia as boto3"),
    ("docs/guide.md", "the events' guide, three ways; docs/async.md for async"),
    ("make test", "everything this rests on, compared with boto3"),
)


class Screen:
    """Writes the demo's sections."""

    def __init__(self, console: Console) -> None:
        self._console = console
        is_unicode = self._is_unicode = (console.encoding or "").lower().startswith("utf")
        self._bar, self._arrow, self._micro = ("█", "→", "µ") if is_unicode else ("#", "->", "u")

    def title(self) -> None:
        """What this is."""
        versions = (
            f"sotalia {sotalia.__version__}, boto3 {version('boto3')}, Python {platform.python_version()}"
        )
        self._line((versions, "bold"), ("  everything below comes from this run", "dim"))

    def _line(self, *parts: str | tuple[str, str]) -> None:
        """One line, cut where the terminal ends."""
        self._console.print(Text.assemble(*parts), no_wrap=True, overflow="ellipsis")

    def _heading(self, number: int, text: str, more: str = "") -> None:
        """The line above a section."""
        self._console.print()
        self._line((f"{number} ", "bold cyan"), (text, "bold"), (f"  {more}" if more else "", "dim"))

    def one_line(self, printed: Iterable[str]) -> None:
        """The line that changes, and the guide's app with it."""
        self._heading(1, "Change one line", "examples/s3_client, the app of boto3's guide to events, runs:")
        self._line(("  - import boto3", "red"))
        self._line(("  + import sotalia as boto3", "green"))
        for line in printed:
            self._line(f"    {line}")

    def events(self, acts: list[Act]) -> None:
        """The timeline."""
        self._heading(2, "The guide's nine events as they fire", "and what each handler changed")
        for act in acts:
            self._line(
                ("  ", ""),
                (act.code, "bold"),
                (f"  {self._arrow} {act.outcome}" if act.outcome else "", "magenta"),
                (f"  ({act.left_out})" if act.left_out else "", "dim"),
            )
            for row in act.rows:
                name = row.event.partition(".")[0]
                number = GUIDE_ORDER.index(name) + 1
                self._line(
                    (f"{row.milliseconds:7.1f} ms ", "dim"),
                    (f"{number} {name:<24}", "cyan"),
                    f"{row.handler:<15}",
                    (row.changes, "green"),
                )

    def flight(self, flight: Flight) -> None:
        """A hundred at once."""
        self._heading(3, f"The same handlers, async, {CALLS} calls at once", "one in ten meets an overload")
        counts = flight.recorder.counts()
        table = Table.grid(padding=(0, 2))
        said = [
            f"{number} {name} {counts[name]}"
            for number, name in enumerate(GUIDE_ORDER, 1)
            if number in range(3, 9)
        ]
        for start in range(0, len(said), 3):
            table.add_row("", *(Text(text, style="cyan") for text in said[start : start + 3]))
        self._console.print(table)
        took = max(float(result["Took"].split()[0]) for result in flight.results)
        self._line(
            f"  {len(flight.results)} results in {flight.seconds * 1e3:.0f} ms, "
            f"{counts['before-send'] - len(flight.results)} retried, "
            f"up to {flight.recorder.most_at_once()} at once, slowest {took:.0f} ms"
        )

    def timeline(self, calls: Recorder, page: Path) -> None:
        """What a recorder saw."""
        self._heading(4, "What calls did, phase by phase", "with sotalia.recorder() as calls")
        # Not indented, as bars take what is left of the width.
        for line in filter(None, lines(list(calls), min(self._console.width, 100))):
            self._line(line if self._is_unicode else line.translate(PLAIN))
        self._line(
            "  phases, handlers, headers of each: ",
            (str(page), "bold"),
            (f" {self._arrow} your browser", "dim"),
        )

    def costs(self, figures: list[tuple[float, float]]) -> None:
        """Bars beside boto3."""
        self._heading(5, "Beside boto3", f"best of {ROUNDS} starts; S3's HeadObject, server on this machine")
        table = Table.grid(padding=(0, 1))
        table.add_column(width=21, no_wrap=True)
        table.add_column(width=7, no_wrap=True)
        table.add_column(width=7, no_wrap=True, justify="right")
        width = min(self._console.width, 100) - 21 - 7 - 7 - 12 - 4
        for (name, unit), (theirs, ours) in zip(MEASURES, figures, strict=True):
            scale = width / max(theirs, ours)
            unit = unit.replace("µ", self._micro)
            table.add_row(f"  {name}", "boto3", f"{theirs:.0f} {unit}", self._bars(theirs * scale, "yellow"))
            ratio = Text(f"{theirs / ours:.1f} times less", style="bold")
            bar = Text.assemble(self._bars(ours * scale, "green"), " ", ratio)
            table.add_row("", "sotalia", f"{ours:.0f} {unit}", bar)
        self._console.print(table)

    def _bars(self, length: float, style: str) -> Text:
        return Text(self._bar * max(round(length), 1), style=style)

    def next_steps(self) -> None:
        """Where to go from here."""
        self._heading(6, "Next")
        table = Table.grid(padding=(0, 2))
        for step, why in NEXT:
            table.add_row(Text(f"  {step}", style="bold cyan"), why)
        self._console.print(table)


def console() -> Console:
    """Standard output, on which nothing is an error for want of a character."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    return Console(highlight=False)
