"""What the page is given: calls as arrays of numbers, with each text once.

Ten thousand calls say the same few hundred things again and again (names, headers, handlers, places). A text is written once and
named by its index: the page is a sixth as large, and a browser reads it at once. ``FIELDS`` are the places in a call's array,
``ATTEMPT`` those in an attempt's; the page gets both, so that its code names fields, too. Times are whole microseconds, those of
calls since the first call, all others since their call. ``-1`` stands for a text, a number or a time that is not there.
"""

from __future__ import annotations

from sotalia.recording.curl import curl_of
from sotalia.recording.kinds import KINDS
from sotalia.recording.records import PHASES
from sotalia.recording.tree import end_of, tree, walk
from sotalia.runtime.printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Final

    from sotalia.recording.records import AttemptRecord, CallRecord, HandlerRun, Phase
    from sotalia.recording.tree import Node

FIELDS: Final = (
    "number",
    "service",
    "operation",
    "start",
    "took",
    "end",
    "status",
    "error",
    "message",
    "region",
    "caller",
    "thread",
    "task",
    "isAsync",
    "requestId",
    "parent",
    "parameters",
    "remarks",
    "phases",
    "attempts",
    "handlers",
    "curl",
)
ATTEMPT: Final = (
    "number",
    "start",
    "took",
    "status",
    "error",
    "method",
    "url",
    "connection",
    "peer",
    "requestBytes",
    "responseBytes",
    "requestId",
    "delay",
    "reason",
    "requestHeaders",
    "responseHeaders",
    "requestBody",
    "responseBody",
    "remarks",
    "phases",
)
_NONE: Final = -1


def page_data(records: Sequence[CallRecord]) -> dict[str, Any]:
    """Plain values for JSON. ``rows`` holds depth, index of the call or ``-1 - index`` of the group, and the row above, flat."""
    return _Writer(records).data()


class _Writer:
    def __init__(self, records: Sequence[CallRecord]) -> None:
        self._records = records
        self._began = min((record.started_at for record in records), default=0.0)
        self._texts: dict[str, int] = {}  # as they are shown
        self._indexes: dict[str | None, int] = {None: _NONE}  # as they are in records
        self._phases = list(PHASES)
        self._handlers: dict[tuple[int, ...], int] = {}

    def data(self) -> dict[str, Any]:
        nodes = tree(self._records)
        calls: list[list[Any]] = []
        groups: list[list[int]] = []
        rows: list[int] = []
        above: list[int] = []  # the rows above the next one, by depth
        for row, (depth, node) in enumerate(walk(nodes)):
            del above[depth:]
            if node.call is not None:
                index = len(calls)
                calls.append(self._call(node.call))
            else:
                index = -1 - len(groups)
                groups.append(self._group(node))
            rows += (depth, index, above[-1] if above else _NONE)
            above.append(row)
        return {
            "began": self._began,
            "fields": FIELDS,
            "attempt": ATTEMPT,
            "kinds": {kind: list(phases) for kind, phases in KINDS.items()},
            "phases": {name: PHASES.get(name, name) for name in self._phases},
            "calls": calls,
            "groups": groups,
            "rows": rows,
            "handlers": list(self._handlers),
            "texts": list(self._texts),
        }

    def _text(self, text: str | None) -> int:
        index = self._indexes.get(text)
        if index is None:
            assert text is not None
            index = self._indexes[text] = self._texts.setdefault(_shown(text), len(self._texts))
        return index

    def _group(self, node: Node) -> list[int]:
        assert node.group is not None
        calls = node.calls()
        end = max(map(end_of, calls))
        start = min(call.started_at for call in calls)
        return [
            self._text(node.group.kind),
            self._text(node.group.name),
            _micro(start - self._began),
            _micro(end - self._began),
            len(calls),
            sum(call.error is not None for call in calls),
        ]

    def _call(self, record: CallRecord) -> list[Any]:
        last = record.attempts[-1] if record.attempts else None
        return [
            record.number,
            self._text(record.service),
            self._text(record.operation),
            _micro(record.started_at - self._began),
            _micro(record.seconds),
            _micro(end_of(record) - self._began),
            _NONE if record.status is None else record.status,
            self._text(record.error),
            self._text(record.message),
            self._text(record.region),
            self._text(record.caller),
            self._text(record.thread or None),
            self._text(record.task),
            int(record.is_async),
            self._text(record.request_id),
            _NONE if record.parent is None else record.parent,
            self._text(_written(record.parameters)),
            [self._text(remark) for remark in record.remarks],
            self._spent(record.phases),
            [self._attempt(attempt) for attempt in record.attempts],
            [part for run in record.handlers for part in self._handler(run)],
            self._text(None if last is None else curl_of(record, last)),
        ]

    def _attempt(self, attempt: AttemptRecord) -> list[Any]:
        return [
            attempt.number,
            _micro(attempt.started),
            _micro(attempt.seconds),
            _NONE if attempt.status is None else attempt.status,
            self._text(attempt.error),
            self._text(attempt.method),
            self._text(attempt.url or None),
            self._text(attempt.connection),
            self._text(attempt.peer),
            _NONE if attempt.request_bytes is None else attempt.request_bytes,
            _NONE if attempt.response_bytes is None else attempt.response_bytes,
            self._text(attempt.request_id),
            _micro(attempt.delay_seconds),
            self._text(attempt.retry_reason),
            self._headers(attempt.request_headers),
            self._headers(attempt.response_headers),
            self._text(attempt.request_body),
            self._text(attempt.response_body),
            [self._text(remark) for remark in attempt.remarks],
            self._spent(attempt.phases),
        ]

    def _headers(self, headers: Mapping[str, str]) -> list[int]:
        return [self._text(str(part)) for pair in headers.items() for part in pair]

    def _spent(self, phases: Sequence[Phase]) -> list[int]:
        """Phase, start and duration, flat."""
        spent: list[int] = []
        for phase in phases:
            if phase.name not in self._phases:
                self._phases.append(phase.name)
            spent += (self._phases.index(phase.name), _micro(phase.started), _micro(phase.seconds))
        return spent

    def _handler(self, run: HandlerRun) -> tuple[Any, ...]:
        """Who ran, start, duration, attempt, whether it responded, what it raised, and its changes of five texts each."""
        who = (self._text(run.event), self._text(run.name), self._text(run.place), self._text(run.owner))
        return (
            self._handlers.setdefault(who, len(self._handlers)),
            _micro(run.started),
            _micro(run.seconds),
            _NONE if run.attempt is None else run.attempt,
            int(run.answered),
            self._text(run.error),
            [
                self._text(part)
                for change in run.changes
                for part in (change.what, change.name, change.action, change.before, change.after)
            ],
        )


def _shown(text: str) -> str:
    """As the page may show it: lines stay lines, but nothing turns the direction of writing or hides itself."""
    if text.isprintable():
        return text
    return "\n".join(
        "\t".join(printable(part) for part in line.rstrip("\r").split("\t")) for line in text.split("\n")
    )


def _micro(seconds: float | None) -> int:
    """Whole microseconds. A duration below half of one is none, and so is one that no clock measured."""
    if seconds is None or not -1e12 < seconds < 1e12:
        return _NONE
    return max(round(seconds * 1_000_000), 0)


def _written(parameters: Mapping[str, Any]) -> str:
    """Parameters as people read them; what JSON has no form for, as Python would show it."""
    from json import dumps

    try:
        return dumps(parameters, indent=2, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        return "\n".join(f"{name}: {value!r}" for name, value in parameters.items())
