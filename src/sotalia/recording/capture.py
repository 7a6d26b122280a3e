"""One call while it is recorded: what is noted of it on the way, in the form that costs least.

:mod:`~sotalia.recording.building` makes a record of it when somebody looks.
"""

from __future__ import annotations

import sys
import threading
from collections import namedtuple
from time import perf_counter, time

from sotalia.credentials.objects import held
from sotalia.recording.bodies import beginning, response_beginning
from sotalia.recording.building import fill, new_record
from sotalia.recording.by_value import secrets_of, with_keys
from sotalia.recording.failing import failed
from sotalia.recording.hiding import hiding
from sotalia.recording.values import snapshot
from sotalia.runtime import AsyncioRuntime, SyncRuntime, groups
from sotalia.runtime.redaction import SECRET, redact_text
from sotalia.transport.body import RawBody
from sotalia.transport.timing import Timing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NamedTuple

    from sotalia.call.call import Attempt, Call
    from sotalia.explain.secrets import Secrets
    from sotalia.recording.hiding import Hiding
    from sotalia.recording.recorder import Recorder
    from sotalia.recording.records import CallRecord

_of_thread = threading.local()
# What a named tuple's own does after it has gathered names.
_new: Any = tuple.__new__  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]What a named tuple's own does after it has gathered names.
_OUR_CLOCKS = (SyncRuntime, AsyncioRuntime)
# In characters; validation names every parameter, and some services send pages of HTML.
_MOST_OF_ERROR = 2000


if TYPE_CHECKING:

    class SeenAttempt(NamedTuple):
        """What is kept of an attempt. Headers are pairs by lower-case name."""

        number: int
        started: float | None
        sent: float | None
        ended: float | None
        delay: float | None
        reason: str | None
        error: str | None
        method: str
        url: str
        request_headers: Any
        request_body: str | None
        status: int | None
        response_headers: Any
        response_bytes: int | None
        response_body: str | None
        request_id: str | None

else:
    SeenAttempt = namedtuple(
        "SeenAttempt",
        "number started sent ended delay reason error method url request_headers request_body status response_headers"
        " response_bytes response_body request_id",
    )


def clock(runtime: Any) -> Callable[[], float]:
    """That of a runtime, without a function of Python's around it."""
    now: Callable[[], float] = perf_counter if type(runtime) in _OUR_CLOCKS else runtime.now
    return now


class Shared:
    """What all calls of one operation of one client have in common."""

    __slots__ = ("depth", "hiding", "is_async", "now", "region")

    def __init__(self, call: Call) -> None:
        runtime = call.channel.runtime
        self.hiding: Hiding = hiding(call.operation.model)
        self.region = call.client.meta.region_name
        self.is_async = runtime.is_async
        self.now = clock(runtime)
        # Frames of ours between the capture and the program's line. A coroutine is awaited by the program itself.
        self.depth = 4 if runtime.is_async else 6


class Capture:
    """One call. All times are those of ``now``."""

    # Attributes of the class: what a call does not do costs nothing.
    parameters: Any = None
    parameters_until: float | None = None
    endpoint_until: float | None = None
    serialized_at: float | None = None
    ended: float | None = None
    error: str | None = None
    message: str | None = None
    task: str | None = None
    attempts: tuple[SeenAttempt, ...] = ()
    remarks: tuple[tuple[int | None, str], ...] = ()
    waits: tuple[tuple[str, float, float], ...] = ()
    #: Searched for by value when somebody looks: of the client's keys, and of the call, if it says more of them.
    keys: Any = None
    secrets: Secrets | None = None
    #: The recorders that keep it, each with the number that it has there, and that of its parent.
    numbers: tuple[tuple[Recorder, int, int | None], ...] = ()
    #: What was made of it so far, by recorder.
    records: dict[Recorder, CallRecord] | None = None

    def __init__(self, call: Call, shared: Shared, bodies: int) -> None:
        self.now = now = shared.now
        self.started = now()
        self.started_at = time()
        self.call: Call | None = call
        self.shared = shared
        self.bodies = bodies
        #: Events one after the other, when all their handlers have run: the handlers, what else is known of them (the number of
        #: one of them, what, and that), when the first began, and when each ended.
        self.emissions: list[Any] = []
        self.timings: list[Timing] = []
        try:
            self.thread = _of_thread.name
        except AttributeError:
            self.thread = _of_thread.name = threading.current_thread().name
        self.group = groups.current()
        if shared.is_async:
            self.task = _task_name()
        self.place = _callers_place(shared.depth)

    @property
    def hiding(self) -> Hiding:
        """What must be hidden."""
        return self.shared.hiding

    # -- while it lasts ----------------------------------------------------------------------------------------

    def take_parameters(self, parameters: Any) -> None:
        """The handlers have made of the parameters what they wanted."""
        self.parameters_until = self.now()
        try:
            hidden = self.shared.hiding
            self.parameters = snapshot(parameters, hidden.input_shape, hidden.secret_names)
        except Exception as error:
            failed(error)

    def remark(self, text: str) -> None:
        """Of the attempt that is running, else of the call."""
        call = self.call
        number = None
        if call is not None and call.attempts and call.attempts[-1].ended_at is None:
            number = call.attempts[-1].number
        self.remarks = (*self.remarks, (number, redact_text(text)))
        self.changed()

    def note_wait(self, what: str, since: float) -> None:
        """The call has waited for something of its own."""
        self.waits = (*self.waits, (what, since, self.now()))

    def error_text(self, error: BaseException) -> str:
        """Class and text of an error, without secrets."""
        return f"{type(error).__name__}: {self._cleaned(str(error))}"

    def _cleaned(self, text: str) -> str:
        """Text of others: without what looks like a secret, and without the secrets among the parameters."""
        text = self.known_secrets().clean_text(text)
        return text if len(text) <= _MOST_OF_ERROR else f"{text[:_MOST_OF_ERROR]}..."

    def known_secrets(self) -> Secrets:
        """What is searched for by value. While the call lasts, parameters may change."""
        if self.call is None or self.ended is not None:
            return with_keys(self.secrets, self.keys)
        return with_keys(secrets_of(self.call), held(self.call.client.parts.request.credentials))

    def seen_attempts(self) -> tuple[SeenAttempt, ...]:
        """The attempts so far."""
        call = self.call
        if call is None:
            return self.attempts
        return tuple([self._seen(call, attempt) for attempt in list(call.attempts)])

    # -- its end -----------------------------------------------------------------------------------------------

    def end(self, error: BaseException | None) -> None:
        """The call has ended: keep what is needed of it, and let go of the rest."""
        self.ended = self.now()
        call = self.call
        assert call is not None
        if self.parameters is None:
            hidden = self.shared.hiding
            self.parameters = snapshot(call.parameters, hidden.input_shape, hidden.secret_names)
        self.keys = held(call.client.parts.request.credentials)
        if (
            error is not None
            or self.bodies
            or not self.shared.hiding.secret_names.isdisjoint(call.parameters)
        ):
            # Errors and bodies repeat parameters also where the model calls none of them a secret.
            self.secrets = secrets_of(call)
        attempts = call.attempts
        self.attempts = (self._seen(call, attempts[0]),) if len(attempts) == 1 else self.seen_attempts()
        if error is not None:
            self._keep_error(error)
        elif call.operation.stream_output:
            self._follow_body(call)
        self.call = None
        if self.records is not None:
            self.changed()

    def _keep_error(self, error: BaseException) -> None:
        response: Any = getattr(error, "response", None)
        fields: Any = _get(response, "Error")
        code = _get(fields, "Code")
        if code:
            self.error, message = str(code), str(_get(fields, "Message") or "")
        else:
            self.error, message = type(error).__name__, str(error)
        self.message = self._cleaned(message)

    def _follow_body(self, call: Call) -> None:
        """Go on with a body that is still to be read."""
        timing = self.timings[-1] if self.timings else None
        if timing is None or not timing.streams:
            raw = getattr(call.response, "raw", None)
            if type(raw) is not RawBody:
                return
            timing = Timing()
            timing.clock = self.now
            timing.asked_at = self.attempts[-1].sent or self.started if self.attempts else self.started
            timing.follow(raw, self.bodies)
            self.timings.append(timing)
        if timing.is_complete is None:
            timing.when_ended = self.changed

    def changed(self) -> None:
        """Have records that somebody has seen already follow."""
        for recorder, record in list((self.records or {}).items()):
            self._fill(record, recorder)

    def record(self, recorder: Recorder | None = None) -> CallRecord:
        """The record, up to date; for a recorder always the same object. By default, that of the first one."""
        if recorder is None:
            recorder = self.numbers[0][0]
        if self.records is None:
            self.records = {}
        known = self.records.get(recorder)
        if known is None:
            number, parent = self.numbers_in(recorder)
            made = new_record(self, number, parent)
            self._fill(made, recorder)
            # Of two threads that look at once, both get the first one's.
            known = self.records.setdefault(recorder, made)
        elif self.ended is None:
            self._fill(known, recorder)
        return known

    def _fill(self, record: CallRecord, recorder: Recorder) -> None:
        try:
            fill(record, self, recorder.bodies)
        except Exception as error:  # A record that lacks something is better than none.
            failed(error)

    def numbers_in(self, recorder: Recorder) -> tuple[int, int | None]:
        """Its own number in a recorder, and that of the call within which it was made."""
        return next((number, parent) for known, number, parent in self.numbers if known is recorder)

    def _seen(self, call: Call, attempt: Attempt) -> SeenAttempt:
        hidden = self.shared.hiding
        request, response, result = attempt.request, attempt.response, attempt.result
        method = url = ""
        sent = sent_body = status = received = size = received_body = request_id = None
        if request is not None:
            method, url = request.method or "", request.url
            if hidden.hides_url or "?" in url or "@" in url:
                url = hidden.url(url)
            sent = _headers(request.headers, hidden.headers)
            if self.bodies:
                sent_body = beginning(call, request.body, self.bodies, self.known_secrets())
        if response is not None:
            status = response.status_code
            received = _headers(response.headers, hidden.headers)
            content = getattr(response, "_content", None)
            if type(content) is bytes:
                size = len(content)
                if self.bodies:
                    received_body = response_beginning(call, content, self.bodies, self.known_secrets())
        if result is not None and (metadata := result.get("ResponseMetadata")) is not None:
            request_id = metadata.get("RequestId")
        seen: SeenAttempt = _new(
            SeenAttempt,
            (
                attempt.number,
                attempt.started_at,
                attempt.sent_at,
                attempt.ended_at,
                None if attempt.delay_seconds is None else _number(attempt.delay_seconds),
                attempt.retry_reason,
                None if attempt.error is None else self.error_text(attempt.error),
                method,
                url,
                sent,
                sent_body,
                status,
                received,
                size,
                received_body,
                request_id,
            ),
        )
        return seen


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _number(value: Any) -> float | None:
    """What a handler returned, which may be anything."""
    return None if value is None or not hasattr(value, "__float__") else float(value)


def _headers(headers: Any, secret: frozenset[str]) -> dict[str, tuple[str, Any]]:
    """Spelling and value by lower-case name, without secrets; none of the caller's objects."""
    try:
        store: dict[str, tuple[str, Any]] = headers.by_lower_name.copy()
    except AttributeError:
        store = {str(name).lower(): (str(name), value) for name, value in headers.items()}
    for key in secret.intersection(store):
        store[key] = (store[key][0], SECRET)
    return store


def _task_name() -> str | None:
    asyncio: Any = sys.modules.get("asyncio")
    try:
        task = None if asyncio is None else asyncio.current_task()
    except RuntimeError:  # Driven without a loop.
        return None
    return None if task is None else str(task.get_name())


# -- whose line it was ------------------------------------------------------------------------------------------------

_PACKAGE = __file__.rpartition("recording")[0]
_LIBRARY = threading.__file__.rpartition("threading")[0]
_MACHINERY = tuple(
    f"{_LIBRARY}{name}" for name in ("asyncio", "concurrent", "threading", "contextlib", "contextvars")
)
_are_outside: dict[str, bool] = {}


def _callers_place(depth: int) -> tuple[Any, int] | None:
    """The code and the instruction of the program's own line, as its number takes longer to find than all of this."""
    try:
        frame: Any = sys._getframe(depth)
    except ValueError:
        frame = None
    while frame is not None:
        code = frame.f_code
        is_outside = _are_outside.get(code.co_filename)
        if is_outside or (is_outside is None and _is_outside(code.co_filename)):
            return code, frame.f_lasti
        frame = frame.f_back
    return None


def _is_outside(filename: str) -> bool:
    if len(_are_outside) > 5000:
        _are_outside.clear()
    found = _are_outside[filename] = not filename.startswith((_PACKAGE, *_MACHINERY)) and filename[:1] != "<"
    return found
