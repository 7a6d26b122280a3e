"""An explanation of credentials, also as text and as plain data: what ``sotalia credentials explain`` prints.

Nothing here holds a key, a token, or any part of one; only where they stand.
"""

from __future__ import annotations

from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

#: What may have become of a source.
WON, PASSED_OVER, FAILED, NOT_ASKED, LEFT_OUT = "won", "passed over", "failed", "not asked", "left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """One source: its ``METHOD``, where it looks, what became of it, and why (for the winner: where the keys stand)."""

    method: str
    summary: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a look for credentials came to.

    ``winner`` is the ``METHOD`` that gave credentials, ``None`` for none. ``expires_at`` is aware, ``None`` for credentials
    that do not expire or were not fetched. ``error`` is what ended the search or the fetching, as ``Class: message``. ``note`` is a
    hint where the outcome may surprise.
    """

    profile: str
    sources: Sequence[SourceReport]
    winner: str | None = None
    origin: str = ""
    account_id: str | None = None
    expires_at: datetime | None = None
    refreshes: bool = False
    error: str | None = None
    note: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether requests can be signed."""
        return self.winner is not None and self.error is None

    def __str__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return as_html(self)


_MARKS = {WON: "=>", FAILED: "!!"}


def as_text(explanation: Explanation, at: datetime | None = None, *, everything: bool = True) -> str:
    """The answer, and below it the sources in order. ``at`` is the time to count from (default: now).

    Without ``everything`` sources that were not asked are only counted.
    """
    hidden = [] if everything else [one for one in explanation.sources if one.outcome == NOT_ASKED]
    rows = [
        (_MARKS.get(one.outcome, "  "), one.method, one.outcome, " ".join(one.reason.split()))
        for one in explanation.sources
        if one not in hidden
    ]
    widths = [max(map(len, column)) for column in list(zip(*rows, strict=True))[:3]]
    lines = [f"Profile: {explanation.profile}", *_conclusion(explanation, at), ""]
    for *cells, reason in rows:
        padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
        lines.append(f"{'  '.join(padded)}  {reason}".rstrip())
    if hidden:
        lines.append(f"    {len(hidden)} more were not asked")
    return "\n".join(lines)


def as_html(explanation: Explanation) -> str:
    """The same as a cell of a notebook; every value is escaped."""
    from html import escape

    rows: list[str] = []
    for one in explanation.sources:
        cells = (_MARKS.get(one.outcome, ""), one.method, one.outcome, " ".join(one.reason.split()))
        rows.append(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>")
    end = "".join(f"<p>{escape(line)}</p>" for line in _conclusion(explanation, None))
    return f"<p>Profile: {escape(explanation.profile)}</p><table>{''.join(rows)}</table>{end}"


def _conclusion(explanation: Explanation, at: datetime | None) -> list[str]:
    lines: list[str] = []
    if explanation.winner is None and explanation.error is None:
        lines.append("No credentials: none of the sources has any.")
        return lines
    if explanation.winner is not None:
        lines.append(f"Credentials from {explanation.winner}: {' '.join(explanation.origin.split())}")
    if explanation.account_id:
        lines.append(f"Account: {explanation.account_id}")
    if explanation.error is not None:
        lines.append(f"Failed: {' '.join(explanation.error.split())}")
    else:
        lines.append(f"Expiry: {_expiry(explanation, at)}")
    if explanation.note:
        lines.append(f"Note: {explanation.note}")
    return lines


def _expiry(explanation: Explanation, at: datetime | None) -> str:
    from sotalia.credentials.refreshing import now

    until = explanation.expires_at
    if until is None:
        return "not fetched" if explanation.refreshes else "never"
    left = int((until - (at or now())).total_seconds())
    how = f"in {left // 3600} h {left % 3600 // 60} min" if left >= 0 else "expired"
    return f"{until.isoformat()} ({how}{', refreshed ahead of it' if explanation.refreshes else ''})"


def as_dict(explanation: Explanation) -> dict[str, Any]:
    """The same as plain data, for JSON."""
    from dataclasses import asdict

    found = asdict(explanation)
    if explanation.expires_at is not None:
        found["expires_at"] = explanation.expires_at.isoformat()
    return found
