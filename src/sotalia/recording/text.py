"""Calls for a terminal: a table with a waterfall, and the timeline of one call.

What comes from elsewhere (keys, messages, names of groups) is on one line and without anything that commands a terminal.
"""

from __future__ import annotations

import sys

from sotalia.recording.kinds import KIND_OF, cells
from sotalia.recording.table import cut, duration, parts_of, status_of, styled
from sotalia.runtime.printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final, TextIO

    from sotalia.recording.records import AttemptRecord, CallRecord, Phase
    from sotalia.recording.table import Line

# For terminals that have no such characters.
_PLAIN: Final = str.maketrans({"░": "-", "▒": "~", "█": "=", "·": ".", "…": "~"})
_FILE_WIDTH = 120  # of what is no terminal
# A timeline goes into exceptions and logs, whose encoding nobody knows here: ASCII.
_ASCII: Final = {
    "prepare": "-",
    "credentials": "?",
    "connect": "~",
    "send": "=",
    "wait": "=",
    "receive": "=",
    "parse": "-",
    "delay": ".",
}
_BAR = 32
_LONGEST = 110  # columns of a timeline
_ATTEMPTS = 4  # of which a timeline shows all; of more the first two and the last
_HANDLERS = 3


def write(records: Sequence[CallRecord], file: TextIO | None = None) -> None:
    """Print the table, to standard output unless a file is given: with colors on a terminal where rich is installed.

    ``NO_COLOR`` is obeyed, and so is ``COLUMNS``.
    """
    from shutil import get_terminal_size

    out = sys.stdout if file is None else file
    is_terminal = out.isatty()
    width = get_terminal_size((_FILE_WIDTH, 24)).columns
    table = [_encodable(line, out) for line in styled(records, width)]
    if is_terminal:
        try:
            from rich.console import Console
            from rich.text import Text
        except ImportError:
            pass
        else:
            console = Console(file=out, highlight=False, width=width, soft_wrap=True)
            for line in table:
                console.print(Text.assemble(*line), no_wrap=True, crop=False)
            return
    for line in table:
        print("".join(text for text, _ in line).rstrip(), file=out)


def _encodable(line: Line, file: TextIO) -> Line:
    encoding = getattr(file, "encoding", None) or "utf-8"
    try:
        "".join(text for text, _ in line).encode(encoding)
    except UnicodeEncodeError:
        return [
            (text.translate(_PLAIN).encode(encoding, "backslashreplace").decode(encoding), style)
            for text, style in line
        ]
    return line


def lines(records: Sequence[CallRecord], width: int = 100) -> list[str]:
    """The table as text, no line wider than ``width``."""
    return ["".join(text for text, _ in line).rstrip() for line in styled(records, width)]


def timeline(record: CallRecord) -> list[str]:
    """What one call did, in at most 15 lines: attempts with their phases as bars, delays and reasons, and the handlers of the
    program that changed something. ``-`` is work here, ``~`` connecting, ``=`` the service and the network, ``.`` a delay.
    """
    attempts = record.attempts
    told = f"{status_of(record)} after {duration(record.seconds)}"
    if record.seconds is None:
        told = "under way"
    plural = "s" * (len(attempts) != 1)
    found = [f"{record.name}: {told}, {len(attempts)} attempt{plural} (call {record.number} of the recorder)"]
    if record.caller:
        found.append(f"  called at {record.caller}")
    if record.remarks:
        found.append(f"  {'; '.join(record.remarks)}")
    end = max([end for _, _, end in parts_of(record)] + [record.seconds or 0.0])
    if record.phases:
        found.append(_row("before", record.phases, end, ""))
    shown = attempts if len(attempts) <= _ATTEMPTS else [*attempts[:2], attempts[-1]]
    for attempt in shown:
        if attempt is shown[-1] and len(shown) < len(attempts):
            found.append(f"  ... {len(attempts) - len(shown)} attempts more")
        found += _attempt(attempt, end)
    found += _changes(record)
    return [cut(printable(line), _LONGEST).replace("…", "~") for line in found]


def _attempt(attempt: AttemptRecord, end: float) -> list[str]:
    outcome = attempt.error or ("no response" if attempt.status is None else str(attempt.status))
    found = [_row(f"attempt {attempt.number}", attempt.phases, end, outcome)]
    notes = [f"retried: {attempt.retry_reason}"] if attempt.retry_reason else []
    if attempt.delay_seconds is not None:
        notes.append(f"after {duration(attempt.delay_seconds)}")
    notes += attempt.remarks
    return [*found, f"    {'; '.join(notes)}"] if notes else found


def _row(title: str, phases: Sequence[Phase], end: float, outcome: str) -> str:
    """A title, how long it took, its bar in the time of the whole call, and its longest phases."""
    parts = [
        (KIND_OF.get(phase.name, "prepare"), phase.started, phase.started + (phase.seconds or 0.0))
        for phase in phases
    ]
    drawn = "".join(" " if kind is None else _ASCII[kind] for kind in cells(parts, 0.0, end, _BAR))
    seconds = sum(phase.seconds or 0.0 for phase in phases if phase.name != "delay")
    longest = sorted(phases, key=lambda phase: phase.seconds or 0.0, reverse=True)[:2]
    told = [f"{phase.name} {duration(phase.seconds)}" for phase in longest if phase.name != "delay"]
    return f"  {title:<11}{duration(seconds):>9} |{drawn}| {', '.join([outcome] * bool(outcome) + told)}"


def _changes(record: CallRecord) -> list[str]:
    """Handlers that changed something, without those of sotalia itself: they do so on every call."""
    found: list[str] = []
    for run in record.handlers:
        if run.owner == "sotalia" or not (run.changes or run.error or run.answered):
            continue
        told = [f"{change.action} {change.what} {change.name}" for change in run.changes]
        told += ["responded"] * run.answered + ([f"raised {run.error}"] if run.error else [])
        line = f"  {run.name} ({run.place or run.owner}): {', '.join(told)}"
        if line not in found:
            found.append(line)
    more = len(found) - _HANDLERS
    return (
        found
        if more <= 0
        else [*found[: _HANDLERS - 1], f"  ... {more + 1} handlers more that changed something"]
    )
