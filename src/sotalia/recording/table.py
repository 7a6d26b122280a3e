"""The table of calls, as pieces of lines with styles: the columns for which there is room, and a waterfall."""

from __future__ import annotations

from sotalia.recording.kinds import KIND_OF, cells, phases_of
from sotalia.recording.tree import end_of, most_at_once, tree, walk
from sotalia.runtime.printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from sotalia.recording.records import CallRecord
    from sotalia.recording.tree import Node

    #: Pieces of a line, each with its style in the words of rich.
    Line = list[tuple[str, str]]

# What a bar is drawn with, and in which color. Without colors, shades tell work here, connecting, and the service apart.
_BAR: Final = {
    "prepare": ("░", "bright_black"),
    "credentials": ("░", "yellow"),
    "connect": ("▒", "magenta"),
    "send": ("█", "cyan"),
    "wait": ("█", "blue"),
    "receive": ("█", "green"),
    "parse": ("░", "bright_black"),
    "delay": ("·", "red"),
}
_LEGEND: Line = [
    ("░", "bright_black"),
    (" here  ", "dim"),
    ("▒", "magenta"),
    (" connecting  ", "dim"),
    ("█", "blue"),
    (" sent, waited, received  ", "dim"),
    ("·", "red"),
    (" delay before a retry", "dim"),
]
_MINIMUM = 24  # columns: narrower, a table says nothing
_LONGEST_BAR = 80


def styled(records: Sequence[CallRecord], width: int) -> list[Line]:
    """The table, each line as pieces with the styles of rich."""
    width = max(width, _MINIMUM)
    if not records:
        return [[("No calls.", "")]]
    nodes = tree(records)
    began = min(record.started_at for record in records)
    ended = max(map(end_of, records))
    layout = _Layout(nodes, width, began, max(ended - began, 1e-9))
    table = [layout.heading()]
    for depth, node in walk(nodes):
        table.append(layout.call(depth, node.call) if node.call is not None else layout.group(depth, node))
    table += [[], [(cut(summary(records, ended - began), width), "bold")]]
    if layout.bar:
        table.append(_LEGEND if sum(len(text) for text, _ in _LEGEND) <= width else [])
    return [clipped(line, width) for line in table]


def clipped(line: Line, width: int) -> Line:
    """The pieces that fit, the last of them cut: numbers may be longer than any column."""
    pieces: Line = []
    for text, style in line:
        if width <= 0:
            break
        pieces.append((cut(text, width), style))
        width -= width_of(text)
    return pieces


def summary(records: Sequence[CallRecord], seconds: float) -> str:
    """``12 calls in 1.2 s, 1 failed, 2 retried, at most 4 at once``."""
    failed = sum(record.error is not None for record in records)
    retried = sum(len(record.attempts) > 1 for record in records)
    parts = [f"{len(records):,} call{'s' * (len(records) != 1)} in {duration(seconds)}"]
    parts += [f"{failed:,} failed"] * bool(failed) + [f"{retried:,} retried"] * bool(retried)
    at_once = most_at_once(records)
    return ", ".join([*parts, f"at most {at_once:,} at once"] if at_once > 1 else parts)


def duration(seconds: float | None) -> str:
    """``0.31 ms``, ``84.3 ms``, ``1.24 s``, ``2 min 5 s``; ``under way`` for ``None``."""
    if seconds is None:
        return "under way"
    if not abs(seconds) < 1e12:
        return "unknown"
    if seconds < 0.9995:
        return f"{seconds * 1000:.2f} ms" if seconds < 0.00995 else f"{seconds * 1000:.1f} ms"
    if seconds < 99.995:
        return f"{seconds:.2f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def status_of(record: CallRecord) -> str:
    """The code of the error with the status, or the status, or that there is none yet."""
    if record.error is not None:
        # The code of an error without a body is its status.
        known = "" if record.status is None or str(record.status) == record.error else f"{record.status} "
        return f"{known}{printable(record.error)}"
    if record.status is not None:
        return str(record.status)
    return "under way" if record.seconds is None else "no request"


class _Layout:
    """Which columns there is room for, and how wide they are."""

    def __init__(self, nodes: list[Node], width: int, began: float, span: float) -> None:
        self.width, self._began, self._span = width, began, span
        calls = [(depth, node.call) for depth, node in walk(nodes) if node.call is not None]
        self._number = max(len(str(call.number)) for _, call in calls)
        name = max(width_of(printable(call.name)) + 2 * depth for depth, call in calls)
        status = max(6, *(width_of(status_of(call)) for _, call in calls))
        self._status = min(status, 24 if width >= 100 else 12 if width >= 40 else 6)
        self._start = 9 if width >= 72 else 0
        self._attempts = 10 if width >= 60 else 0
        self._time = 10
        rest = width - self._number - self._start - self._attempts - self._time - self._status - 3
        self._name = max(min(name, rest * 3 // 5 if rest >= 40 else rest), 4)
        if width < 60:
            self._name = max(min(name, rest), 4)
        rest -= self._name + 1
        self.bar = min(rest, _LONGEST_BAR) if rest >= 8 else 0

    def heading(self) -> Line:
        """The names of the columns."""
        attempts = "  attempts"[: self._attempts].rjust(self._attempts)
        start = "start".rjust(self._start) if self._start else ""
        text = (
            f"{'#'.rjust(self._number)}{start}  {padded('call', self._name)} {padded('status', self._status)}"
        )
        return [(cut(f"{text}{attempts}{'time'.rjust(self._time)}", self.width), "dim")]

    def group(self, depth: int, node: Node) -> Line:
        """A heading for the calls below it."""
        assert node.group is not None
        calls = node.calls()
        seconds = max(map(end_of, calls)) - min(call.started_at for call in calls)
        indent = " " * (self._number + self._start + 2 + 2 * depth)
        name = f"{printable(node.group.kind)} {printable(node.group.name)}"
        told = f"  {summary(calls, seconds)}"
        room = self.width - len(indent)
        if room < _MINIMUM // 2:
            indent, room = "", self.width
        if width_of(name) + len(told) > room:
            told = ""
        return [(indent, ""), (cut(name, room), "bold"), (told, "dim")]

    def call(self, depth: int, record: CallRecord) -> Line:
        """One call."""
        indent = min(2 * depth, max(self._name - 12, 0))
        name = padded(" " * indent + printable(record.name), self._name)
        bad = record.error is not None
        line: Line = [(str(record.number).rjust(self._number), "dim")]
        if self._start:
            line.append((f"+{record.started_at - self._began:.3f}".rjust(self._start), "dim"))
        line += [
            (f"  {name} ", "bold red" if bad else ""),
            (padded(status_of(record), self._status), "red" if bad else "green"),
        ]
        if self._attempts:
            attempts = len(record.attempts)
            line.append((str(attempts).rjust(self._attempts), "yellow" if attempts > 1 else "dim"))
        line.append((duration(record.seconds).rjust(self._time), ""))
        if self.bar:
            line.append((" ", ""))
            line += self._drawn(record)
        return line

    def _drawn(self, record: CallRecord) -> Line:
        offset = record.started_at - self._began
        parts = [(kind, start + offset, end + offset) for kind, start, end in parts_of(record)]
        pieces: Line = []
        for kind in cells(parts, 0.0, self._span, self.bar):
            drawn, style = (" ", "") if kind is None else _BAR[kind]
            if pieces and pieces[-1][1] == style and pieces[-1][0][-1] == drawn:
                pieces[-1] = (pieces[-1][0] + drawn, style)
            else:
                pieces.append((drawn, style))
        return pieces


def parts_of(record: CallRecord) -> list[tuple[str, float, float]]:
    """Kinds of the phases of a call, with start and end in seconds since its start."""
    parts = [
        (KIND_OF.get(phase.name, "prepare"), phase.started, phase.started + (phase.seconds or 0.0))
        for phase in phases_of(record)
    ]
    return parts or [("prepare", 0.0, record.seconds or 0.0)]


def padded(text: str, width: int) -> str:
    """At least so many columns: filled with spaces, or cut."""
    text = cut(text, width)
    return text + " " * (width - width_of(text))


def cut(text: str, width: int) -> str:
    """At most so many columns, with ``…`` where there was more."""
    if width_of(text) <= width:
        return text
    while width_of(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def width_of(text: str) -> int:
    """Columns of a terminal: ideographs take two, marks over a letter none."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)
