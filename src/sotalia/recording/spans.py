"""Recorded calls as spans of OpenTelemetry, with the times at which things happened.

>>> with sotalia.recorder() as calls: ...
>>> spans.export(calls)                        # to the global provider, or export(calls, provider)

A span for each call, as :mod:`sotalia.extensions.opentelemetry` makes it (same name, kind and attributes), and in it

    a span for each attempt        its request, status and error; its phases are events of it, with their seconds
    a span for each group          around its calls: a transfer, a listing, a waiter, an operation of the filesystem
    spans of calls within it       as those for its credentials

They are children of the current span, if there is one. What OpenTelemetry's instrumentation of botocore knows about single services needs a live
call, so that is not here.

Needs ``sotalia[otel]``.
"""

from __future__ import annotations

from math import isfinite

from sotalia.call.spans import (
    SCHEMA,
    call_attributes,
    is_failure,
    known,
    response_attributes,
    span_name,
)
from sotalia.runtime.version import __version__

try:
    from opentelemetry import trace
except ImportError as missing:
    raise ImportError(
        f"exporting spans needs OpenTelemetry's API ({missing}); install it with: pip install 'sotalia[otel]'"
    ) from missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from sotalia.recording.records import AttemptRecord, CallRecord, GroupRecord, Phase

__all__ = ["export"]

# The conventions have no names for these.
_OURS = "sotalia"


def export(records: Iterable[CallRecord], tracer_provider: Any = None) -> None:
    """Make spans of recorded calls. ``tracer_provider``: default: the global one.

    A call that has not ended yet ends where the last thing known of it does.
    """
    tracer = trace.get_tracer(__name__, __version__, tracer_provider, schema_url=SCHEMA)
    _Export(tracer, list(records)).run()


class _Export:
    """One run: what has a span already, so that what is within it can be given it as parent."""

    def __init__(self, tracer: Any, records: list[CallRecord]) -> None:
        self._tracer = tracer
        self._calls = {record.number: record for record in records}
        self._records = records
        self._groups: dict[int, GroupRecord] = {}
        self._ends: dict[int, float] = {}
        self._begins: dict[int, float] = {}
        self._spans_of_groups: dict[int, Any] = {}
        self._spans_of_calls: dict[int, Any] = {}
        self._service_ids: dict[str, str] = {}

    def run(self) -> None:
        """Make all spans."""
        for record in self._records:
            self._widen_groups(record)
        for record in self._records:
            self._call(record)
        for number, span in self._spans_of_groups.items():
            span.end(end_time=_nanoseconds(self._ends[number]))

    def _widen_groups(self, record: CallRecord) -> None:
        """A group is as long as its calls, also those of groups within it."""
        start, end = record.started_at, _end(record)
        for group in record.groups:
            number = group.number
            self._groups.setdefault(number, group)
            self._begins[number] = min(self._begins.get(number, start), start)
            self._ends[number] = max(self._ends.get(number, end), end)

    def _call(self, record: CallRecord) -> Any:
        """The span of a call, made once."""
        if record.number in self._spans_of_calls:
            return self._spans_of_calls[record.number]
        # Before its parent's is made: a file of others may name a call as its own parent.
        self._spans_of_calls[record.number] = None
        service_id = self._service_id(record.service)
        name = span_name(service_id, record.operation)
        url = record.attempts[-1].url if record.attempts else None
        span = self._tracer.start_span(
            name,
            context=self._around(record),
            kind=trace.SpanKind.CLIENT,
            attributes=call_attributes(service_id, record.operation, record.region, url),
            start_time=_nanoseconds(record.started_at),
        )
        self._spans_of_calls[record.number] = span
        retries = max(len(record.attempts) - 1, 0) if record.status is not None else None
        span.set_attributes(response_attributes(record.request_id, retries, record.status))
        span.set_attributes(known({f"{_OURS}.caller": record.caller, "thread.name": record.thread or None}))
        for attempt in record.attempts:
            self._attempt(name, record, attempt, span)
        _note_phases(span, record.phases, record.started_at)
        _note_remarks(span, record.remarks, _end(record))
        if record.error is not None:
            _note_error(span, record.error, record.message or record.error, _end(record))
            if record.status is None or is_failure(record.status):
                span.set_status(trace.StatusCode.ERROR, record.message or record.error)
        span.end(end_time=_nanoseconds(_end(record)))
        return span

    def _around(self, record: CallRecord) -> Any:
        """What holds a call: its group, if the call within which it was made is in the same one or in none; else that call."""
        parent = self._calls.get(record.parent) if record.parent is not None else None
        group = record.groups[-1] if record.groups else None
        if parent is not None and (
            group is None or any(each.number == group.number for each in parent.groups)
        ):
            return _context_of(self._call(parent))
        return None if group is None else _context_of(self._group(group))

    def _group(self, group: GroupRecord) -> Any:
        """The span of a group, made once, and of those around it."""
        if group.number in self._spans_of_groups:
            return self._spans_of_groups[group.number]
        outer = self._groups.get(group.parent) if group.parent is not None else None
        # Numbers count up, so a group whose parent comes later is of a file that nobody should trust.
        is_within = outer is not None and outer.number < group.number
        span = self._tracer.start_span(
            f"{group.kind} {group.name}",
            context=_context_of(self._group(outer)) if outer is not None and is_within else None,
            attributes={f"{_OURS}.group": group.kind},
            start_time=_nanoseconds(self._begins[group.number]),
        )
        self._spans_of_groups[group.number] = span
        return span

    def _attempt(self, name: str, record: CallRecord, attempt: AttemptRecord, parent: Any) -> None:
        span = self._tracer.start_span(
            f"{name} attempt {attempt.number}",
            context=_context_of(parent),
            attributes=known(
                {
                    "http.method": attempt.method or None,
                    "http.url": attempt.url or None,
                    "http.status_code": attempt.status,
                    "http.request_content_length": attempt.request_bytes,
                    "http.response_content_length": attempt.response_bytes,
                    "aws.request_id": attempt.request_id,
                    f"{_OURS}.attempt": attempt.number,
                    f"{_OURS}.connection": attempt.connection,
                    f"{_OURS}.peer": attempt.peer,
                    f"{_OURS}.retry_reason": attempt.retry_reason,
                    f"{_OURS}.delay_seconds": attempt.delay_seconds,
                }
            ),
            start_time=_nanoseconds(record.started_at + attempt.started),
        )
        end = record.started_at + _end_of_attempt(attempt)
        _note_phases(span, attempt.phases, record.started_at)
        _note_remarks(span, attempt.remarks, end)
        if attempt.error is not None:
            kind, _, text = attempt.error.partition(": ")
            _note_error(span, kind, text or kind, end)
            span.set_status(trace.StatusCode.ERROR, attempt.error)
        elif is_failure(attempt.status):
            span.set_status(trace.StatusCode.ERROR, attempt.retry_reason or str(attempt.status))
        span.end(end_time=_nanoseconds(end))

    def _service_id(self, service: str) -> str:
        if service not in self._service_ids:
            self._service_ids[service] = _service_id(service)
        return self._service_ids[service]


def _service_id(service: str) -> str:
    """The model's id of a service: ``CloudWatch Logs`` for ``cloudwatch-logs``."""
    from sotalia.events.aliases import EVENT_ALIASES
    from sotalia.session.core import SessionCore
    from sotalia.session.session import sync_kind

    loader = SessionCore(sync_kind()).loader
    names = [service, *(alias for alias, known_id in EVENT_ALIASES.items() if known_id == service)]
    for name in names:
        try:
            service_id = loader.service(name).service_id
        except Exception:  # There is no such service here, or its description cannot be read.
            continue
        if service_id.hyphenize() == service:
            return str(service_id)
    # A service of another machine's own models.
    return service


def _context_of(span: Any) -> Any:
    return None if span is None else trace.set_span_in_context(span)


def _note_phases(span: Any, phases: list[Phase], began: float) -> None:
    for phase in phases:
        attributes = {} if phase.seconds is None else {"seconds": phase.seconds}
        span.add_event(phase.name, attributes, timestamp=_nanoseconds(began + phase.started))


def _note_remarks(span: Any, remarks: list[str], at: float) -> None:
    for remark in remarks:
        span.add_event("remark", {"text": remark}, timestamp=_nanoseconds(at))


def _note_error(span: Any, kind: str, text: str, at: float) -> None:
    attributes = {"exception.type": kind, "exception.message": text}
    span.add_event("exception", attributes, timestamp=_nanoseconds(at))


def _end(record: CallRecord) -> float:
    if record.seconds is not None:
        return record.started_at + max(record.seconds, 0.0)
    ends = [_end_of_attempt(attempt) for attempt in record.attempts]
    return record.started_at + max([0.0, *ends, *(_end_of_phase(phase) for phase in record.phases)])


def _end_of_attempt(attempt: AttemptRecord) -> float:
    if attempt.seconds is not None:
        return attempt.started + max(attempt.seconds, 0.0)
    return max([attempt.started, *(_end_of_phase(phase) for phase in attempt.phases)])


def _end_of_phase(phase: Phase) -> float:
    return phase.started + (phase.seconds or 0.0)


def _nanoseconds(seconds: float) -> int:
    # OTLP has 64 bits without a sign for them.
    return min(max(int(seconds * 1e9), 0), 2**64 - 1) if isfinite(seconds) else 0
