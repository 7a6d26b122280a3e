"""Records, made of what was noted of calls. It is done when somebody looks, so calls do not pay for it."""

from __future__ import annotations

import os
import sys

from sotalia.recording.bodies import stream_beginning
from sotalia.recording.by_value import clean
from sotalia.recording.handlers import Described, header_value
from sotalia.recording.records import (
    AttemptRecord,
    CallRecord,
    Change,
    GroupRecord,
    HandlerRun,
    Phase,
)
from sotalia.recording.values import shown, thawed, told_text
from sotalia.runtime.redaction import SECRET, is_secret_name
from sotalia.transport.address import split_url
from sotalia.transport.http import Destination

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from sotalia.recording.capture import Capture, SeenAttempt
    from sotalia.recording.handlers import RawChange
    from sotalia.runtime.groups import Group
    from sotalia.transport.timing import Timing

# The first parts of the names of events that come once per attempt.
_OF_ATTEMPTS = frozenset(
    "request-created choose-signer before-sign before-send before-parse response-received needs-retry".split()
)


def new_record(capture: Capture, number: int, parent: int | None) -> CallRecord:
    """The record of a call, with what does not change any more."""
    record = CallRecord(number, capture.hiding.service, capture.hiding.operation, capture.started_at)
    record.region, record.is_async = capture.shared.region, capture.shared.is_async
    record.thread, record.task, record.parent = capture.thread, capture.task, parent
    if capture.place is not None:
        code, instruction = capture.place
        record.caller = f"{shown_place(code.co_filename, _line(code, instruction))} in {code.co_name}"
    record.groups = _groups(capture.group)
    return record


def fill(record: CallRecord, capture: Capture, bodies: int) -> None:
    """Bring a record up to date. ``bodies``: characters of bodies that are shown."""
    _Building(record, capture, bodies).fill()


_REQUEST_IDS = ("x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id")


class _Building:
    def __init__(self, record: CallRecord, capture: Capture, bodies: int) -> None:
        self.record, self.capture, self.bodies = record, capture, bodies
        self.seen = capture.seen_attempts()
        self.timings = _by_attempt(self.seen, capture.timings)

    def since_start(self, at: float) -> float:
        return max(0.0, at - self.capture.started)

    def fill(self) -> None:
        record, capture = self.record, self.capture
        record.parameters = thawed(capture.parameters or {})
        record.phases = self._phases_of_call()
        record.attempts = [self._attempt(index) for index in range(len(self.seen))]
        record.handlers = self._handlers()
        record.remarks = [text for number, text in capture.remarks if number is None]
        record.error = capture.error
        record.message = capture.message
        for attempt in record.attempts:
            record.status = attempt.status
            record.request_id = attempt.request_id
        if capture.ended is not None:
            record.seconds = self.since_start(capture.ended)
        clean(record, capture.known_secrets())

    # -- phases ------------------------------------------------------------------------------------------------

    def _phases_of_call(self) -> list[Phase]:
        capture = self.capture
        first = self.seen[0].started if self.seen else None
        marks = (
            ("parameters", capture.parameters_until),
            ("endpoint", capture.endpoint_until),
            ("serialize", capture.serialized_at),
            ("prepare", first),
        )
        phases: list[Phase] = []
        since = capture.started
        for name, until in marks:
            if until is None:
                # What it was at when it ended, or is at still.
                self._add(phases, name, since, capture.ended)
                break
            self._add(phases, name, since, until)
            since = until
        for what, since, until in capture.waits:
            if first is None or since < first:
                self._add(phases, what, since, until)
        return phases

    def _add(self, phases: list[Phase], name: str, since: float, until: float | None) -> None:
        seconds = None if until is None else max(0.0, until - since)
        phases.append(Phase(name, self.since_start(since), seconds))

    def _phases(self, index: int, until: float | None) -> list[Phase]:
        """Those of an attempt, which ended with all its handlers at ``until``."""
        seen, timing = self.seen[index], self.timings[index]
        phases: list[Phase] = []
        started = self.capture.started if seen.started is None else seen.started
        waits = [wait for wait in self.capture.waits if started <= wait[1] <= (until or wait[1])]
        for what, since, end in waits:
            self._add(phases, what, since, end)
        signing = max([started, *[wait[2] for wait in waits if wait[2] <= (seen.sent or wait[2])]])
        asked = None if timing is None else timing.asked_at
        signed = asked or seen.sent or until
        self._add(phases, "sign", signing, signed)
        if seen.sent is None:
            return phases
        if timing is None:
            # Something else than our transport answered: how it did it is its own.
            if seen.response_headers is not None or seen.error is not None:
                self._add(phases, "wait", seen.sent, seen.ended)
            over = seen.ended
        else:
            over = self._network(phases, timing, seen.ended)
        if over is not None and seen.error is None and (timing is None or not timing.streams):
            self._add(phases, "parse", over, until)
        elif timing is not None and timing.streams and seen.ended is not None:
            self._add(phases, "parse", timing.first_byte_at or seen.ended, until)
        return phases

    def _network(self, phases: list[Phase], timing: Timing, ended: float | None) -> float | None:
        """What was done with the connection; when all of it was over."""
        over = timing.ended_at
        if over is None and not timing.streams:
            over = ended
        marks = [
            ("pool", timing.asked_at),
            ("connect", timing.connecting_at or timing.opening_at),
            ("tls", timing.securing_at),
            ("send", timing.sending_at),
            ("wait", timing.sent_at if timing.sending_at is not None else None),
            ("body", timing.first_byte_at),
        ]
        steps = [(name, at) for name, at in marks if at is not None]
        for (name, at), following in zip(steps, [*steps[1:], ("", over)], strict=True):
            self._add(phases, name, at, following[1])
        return over

    # -- attempts ----------------------------------------------------------------------------------------------

    def _attempt(self, index: int) -> AttemptRecord:
        seen, timing, capture = self.seen[index], self.timings[index], self.capture
        started = capture.started if seen.started is None else seen.started
        record = AttemptRecord(seen.number, self.since_start(started))
        following = self.seen[index + 1].started if index + 1 < len(self.seen) else None
        until = capture.ended if following is None else following - (seen.delay or 0.0)
        until = until if until is None or seen.ended is None else max(until, seen.ended)
        if following is not None and until is not None:
            until = min(until, following)
        record.seconds = None if until is None else max(0.0, until - started)
        record.phases = self._phases(index, until)
        record.method, record.url = seen.method, told_text(seen.url)
        record.request_headers = _headers(seen.request_headers)
        record.response_headers = _headers(seen.response_headers)
        record.request_bytes = _length(seen.request_headers)
        record.status, record.error = seen.status, seen.error
        record.request_id = seen.request_id or _request_id(record.response_headers)
        record.response_bytes = seen.response_bytes
        if self.bodies:
            record.request_body = seen.request_body and seen.request_body[: self.bodies]
            record.response_body = seen.response_body and seen.response_body[: self.bodies]
        record.retry_reason = seen.reason
        if seen.delay is not None:
            record.delay_seconds = seen.delay
            if until is not None:
                self._add(record.phases, "delay", until, following or capture.ended)
        record.remarks = [text for number, text in capture.remarks if number == seen.number]
        if timing is not None:
            self._add_connection(record, timing)
        return record

    def _add_connection(self, record: AttemptRecord, timing: Timing) -> None:
        if timing.is_reused is not None:
            record.connection = "reused" if timing.is_reused else "new"
            _add_written_headers(record)
        destination = timing.destination
        if destination is None and timing.is_reused:
            # The address says the same, and takes longer to read than all that is noted of a connection.
            scheme, authority = split_url(record.url)[:2]
            destination = Destination(scheme, authority, None, forwards_https=False).key
        if destination is not None:
            _, host, port = destination
            record.peer = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        if not timing.streams:
            return
        record.response_bytes = timing.received
        if self.bodies and timing.received:
            shape = self.capture.hiding.whole_output
            record.response_body = stream_beginning(
                timing.beginning, timing.received, shape, self.bodies, self.capture.known_secrets()
            )
        if timing.is_complete is False:
            total = record.response_headers.get("content-length") or record.response_headers.get(
                "Content-Length"
            )
            came = f"{timing.received} of {total} bytes" if total else f"{timing.received} bytes"
            cut = f"{timing.failure} cut the body" if timing.failure else "the body was given up"
            record.remarks.append(f"{cut} after {came}")

    # -- handlers ----------------------------------------------------------------------------------------------

    def _handlers(self) -> list[HandlerRun]:
        runs: list[HandlerRun] = []
        for described, more, times in _emissions(self.capture.emissions):
            is_of_attempt = described.event_name.partition(".")[0] in _OF_ATTEMPTS
            of_runs: dict[int, dict[str, Any]] = {}
            for number, what, data in zip(more[::3], more[1::3], more[2::3], strict=True):
                of_runs.setdefault(number, {})[what] = data
            for index, until in enumerate(times[1:]):
                found = of_runs.get(index, {})
                row: int = found.get("index", index)
                name, place, owner = described.rows[row]
                started = times[index]
                runs.append(
                    HandlerRun(
                        event=described.event_name,
                        name=name,
                        place=_shown(place),
                        owner=owner,
                        started=self.since_start(started),
                        seconds=max(0.0, until - started),
                        attempt=self._number(started) if is_of_attempt else None,
                        changes=_changes(found),
                        answered="answered" in found,
                        error=found.get("error"),
                    )
                )
        runs.sort(key=_begin)
        return runs

    def _number(self, at: float) -> int | None:
        number = None
        for seen in self.seen:
            if seen.started is not None and seen.started <= at:
                number = seen.number
        return number


def _emissions(noted: list[Any]) -> Iterator[tuple[Described, tuple[Any, ...], list[float]]]:
    """The events that were noted: their handlers, what else is known of them, and moments."""
    parts = noted.copy()  # Another thread may note more.
    starts = [index for index, part in enumerate(parts) if type(part) is Described]
    for start, end in zip(starts, [*starts[1:], len(parts)], strict=True):
        yield parts[start], parts[start + 1], parts[start + 2 : end]


def _begin(run: HandlerRun) -> float:
    return run.started


def _request_id(headers: dict[str, str]) -> str | None:
    for name, value in headers.items():
        if name.lower() in _REQUEST_IDS:
            return value
    return None


def _changes(found: dict[str, Any]) -> list[Change]:
    # Headers that built-in handlers add are kept as they came.
    triples: list[tuple[str, str, Any]] = found.get("added", [])
    changes: list[RawChange] = found.get("changes", [])
    added = [_change("header", name, "added", None, header_value(value)) for _, name, value in triples]
    return added + [_change(*change) for change in changes]


def _change(what: str, name: str, action: str, before: Any, after: Any) -> Change:
    if what == "header" and is_secret_name(name):
        before = after = SECRET
    return Change(
        what,
        name,
        action,
        None if action == "added" else shown(before),
        None if action == "removed" else shown(after),
    )


def _by_attempt(seen: tuple[SeenAttempt, ...], timings: list[Timing]) -> list[Timing | None]:
    """The timing of each attempt: the last request that was sent in it."""
    found: list[Timing | None] = [None] * len(seen)
    for timing in list(timings):
        for index, attempt in reversed(list(enumerate(seen))):
            if attempt.started is not None and attempt.started <= timing.asked_at:
                found[index] = timing
                break
    return found


def _headers(headers: dict[str, tuple[str, Any]] | None) -> dict[str, str]:
    return {} if headers is None else {name: _header(name, value) for name, value in headers.values()}


def _header(name: str, value: Any) -> str:
    return SECRET if is_secret_name(name) else told_text(header_value(value))


def _add_written_headers(record: AttemptRecord) -> None:
    """The two headers that the transport writes itself."""
    names = {name.lower() for name in record.request_headers}
    if "host" not in names:
        record.request_headers = {
            "Host": split_url(record.url)[1].rpartition("@")[2],
            **record.request_headers,
        }
    if "accept-encoding" not in names:
        record.request_headers["Accept-Encoding"] = "identity"


def _length(headers: dict[str, tuple[str, Any]] | None) -> int | None:
    if headers is None:
        return None
    found = headers.get("content-length") or headers.get("x-amz-decoded-content-length")
    if found is None:
        return None if "transfer-encoding" in headers else 0
    try:
        return int(found[1])
    except ValueError:
        return None


def _groups(group: Group | None) -> list[GroupRecord]:
    chain: list[GroupRecord] = []
    while group is not None:
        parent = group.parent
        chain.append(
            GroupRecord(
                group.number, group.kind, told_text(group.name), None if parent is None else parent.number
            )
        )
        group = parent
    return chain[::-1]


# -- places -----------------------------------------------------------------------------------------------------------


def _line(code: Any, instruction: int) -> int:
    for start, end, line in code.co_lines():
        if start <= instruction < end and line is not None:
            return int(line)
    return int(code.co_firstlineno)


def _shown(place: str) -> str:
    filename, colon, line = place.rpartition(":")
    return shown_place(filename, line) if colon else place


def shown_place(filename: str, line: object) -> str:
    """``file:line``, the file from the current directory or from where modules are found."""
    # The longest one counts: a virtual environment lies within the project, mostly.
    best = ""
    for folder in [_here(), *sys.path]:
        prefix = folder.rstrip(os.sep) + os.sep
        if len(prefix) > len(best) and len(prefix) > 1 and filename.startswith(prefix):
            best = prefix
    return f"{filename[len(best) :]}:{line}"


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:  # It was deleted.
        return ""
