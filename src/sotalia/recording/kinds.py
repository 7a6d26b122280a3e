"""Phases by what time is spent for, as bars and legends show them: fourteen colors would be more than an eye can hold."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from sotalia.recording.records import CallRecord, Phase

#: Kinds in the order in which a call meets them, with their phases.
KINDS: Final = {
    "prepare": ("parameters", "endpoint", "serialize", "prepare", "sign"),
    "credentials": ("credentials",),
    "connect": ("pool", "connect", "tls"),
    "send": ("send",),
    "wait": ("wait",),
    "receive": ("body",),
    "parse": ("parse",),
    "delay": ("delay",),
}
#: The kind of each phase.
KIND_OF: Final = {phase: kind for kind, phases in KINDS.items() for phase in phases}


def phases_of(record: CallRecord) -> list[Phase]:
    """All phases of a call, those of its attempts with them, in the order of time."""
    phases = [*record.phases, *(phase for attempt in record.attempts for phase in attempt.phases)]
    return sorted(phases, key=lambda phase: phase.started)


def cells(
    parts: Sequence[tuple[str, float, float]], began: float, span: float, count: int
) -> list[str | None]:
    """A bar of so many cells from ``began`` on: in each the kind that fills most of it. ``parts`` are kinds with start and end.

    What is shorter than a cell still gets one, so that no call is invisible.
    """
    best: list[tuple[float, str | None]] = [(0.0, None)] * count
    scale = count / span if span > 0 else 0.0
    for kind, start, end in parts:
        if not start <= end:  # Also what is no number.
            continue
        left = min(max((start - began) * scale, 0.0), count - 1e-9)
        right = min(max((end - began) * scale, left), float(count))
        for cell in range(int(left), max(int(left), -int(-right // 1) - 1) + 1):
            overlap = max(min(right, cell + 1) - max(left, cell), 1e-12)
            if overlap > best[cell][0]:
                best[cell] = (overlap, kind)
    return [kind for _, kind in best]
