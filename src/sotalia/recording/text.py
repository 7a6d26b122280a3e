"""Calls as text: the least that there can be."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from sotalia.recording.records import CallRecord


def timeline(call: CallRecord) -> list[str]:
    """A line for the call, and one for each attempt."""
    took = "under way" if call.seconds is None else f"{call.seconds * 1000:.1f} ms"
    lines = [f"{call.name}: {took}{f', called at {call.caller}' if call.caller else ''}"]
    for attempt in call.attempts:
        spent = ", ".join(
            f"{phase.name} {phase.seconds * 1000:.1f}"
            for phase in attempt.phases
            if phase.seconds is not None
        )
        outcome = attempt.error or attempt.status or "under way"
        lines.append(f"  attempt {attempt.number}: {outcome}, {spent} ms")
    return lines


def write(calls: Iterable[CallRecord], file: TextIO | None = None) -> None:
    """All calls, one after another."""
    out = sys.stdout if file is None else file
    for call in calls:
        out.write("\n".join(timeline(call)) + "\n")
