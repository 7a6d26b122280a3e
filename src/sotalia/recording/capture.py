"""One call while it is recorded: what is noted of it on the way, in the form that costs least.

:mod:`~sotalia.recording.building` makes a record of it when somebody looks.
"""

from __future__ import annotations

import sys
import threading
from time import perf_counter, time

from sotalia.recording.bodies import beginning, response_beginning
from sotalia.recording.by_value import secrets_of
from sotalia.recording.hiding import hiding
from sotalia.recording.values import copied
from sotalia.runtime import AsyncioRuntime, SyncRuntime, groups
from sotalia.runtime.redaction import SECRET, redact_text
from sotalia.transport.body import RawBody
from sotalia.transport.timing import Timing, timed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.call.call import Attempt, Call
    from sotalia.explain.secrets import Secrets
    from sotalia.recording.handlers import Described
    from sotalia.recording.hiding import Hiding
    from sotalia.recording.recorder import Entry

_OUR_CLOCKS = (SyncRuntime, AsyncioRuntime)
# In characters; validation names every parameter, and some services send pages of HTML.
_MOST_OF_ERROR = 2000


class SeenAttempt:
    """What is kept of an attempt. Headers are pairs by lower-case name."""

    # Attributes of the class: most attempts set few of them.
    number: int
    started: float | None
    sent: float | None = None
    ended: float | None = None
    delay: float | None = None
    reason: str | None = None
    error: str | None = None
    method: str = ""
    url: str = ""
    request_headers: Any = None
    request_body: str | None = None
    status: int | None = None
    response_headers: Any = None
    response_bytes: int | None = None
    response_body: str | None = None
    request_id: str | None = None


class Capture:
    """One call. All times are those of ``clock``."""

    # As there: what a call does not do costs nothing.
    parameters: Any = None
    parameters_until: float | None = None
    endpoint_until: float | None = None
    serialized_at: float | None = None
    prepared_at: float | None = None
    ended: float | None = None
    error: str | None = None
    message: str | None = None
    task: str | None = None
    timings: list[Timing] = []
    attempts: list[SeenAttempt] = []
    remarks: list[tuple[int | None, str]] = []
    waits: list[tuple[str, float, float]] = []
    secrets: Secrets

    def __init__(self, call: Call, bodies: int) -> None:
        runtime = call.channel.runtime
        self.clock: Callable[[], float] = perf_counter if type(runtime) in _OUR_CLOCKS else runtime.now
        self.started: float = self.clock() if call.started_at is None else call.started_at
        self.started_at = time()
        self.call: Call | None = call
        operation = call.operation
        self.service, self.operation = operation.service_id, operation.name
        self.region = call.client.meta.region_name
        self.hiding: Hiding = hiding(operation.model)
        self.emissions: list[tuple[Described, list[float]]] = []
        self.extras: list[tuple[int, int, str, Any]] = []
        self.entries: list[Entry] = []
        self.bodies = bodies
        self.thread = threading.current_thread().name
        self.group = groups.current()
        self.is_async = runtime.is_async
        if self.is_async:
            self.task = _task_name()
        self.place = _callers_place(3 if self.is_async else 5)
        channel = call.channel
        view = timed(channel.transport, self.clock, bodies)
        if view is not None:
            self.timings = view.timings
            call.channel = channel.replaced(transport=view)

    # -- while it lasts ----------------------------------------------------------------------------------------

    def take_parameters(self, parameters: Any) -> None:
        """The handlers have made of the parameters what they wanted."""
        self.parameters_until = self.clock()
        self.parameters = copied(parameters, self.hiding.input_shape)

    def remark(self, text: str) -> None:
        """Of the attempt that is running, else of the call."""
        call = self.call
        number = None
        if call is not None and call.attempts and call.attempts[-1].ended_at is None:
            number = call.attempts[-1].number
        # Not the class's list, which all share.
        self.remarks = [*self.remarks, (number, redact_text(text))]
        self.changed()

    def note_wait(self, what: str, since: float, until: float) -> None:
        """The call has waited for something of its own."""
        self.waits = [*self.waits, (what, since, until)]

    def error_text(self, error: BaseException) -> str:
        """Class and text of an error, without secrets."""
        return f"{type(error).__name__}: {self._cleaned(str(error))}"

    def _cleaned(self, text: str) -> str:
        """Text of others: without what looks like a secret, and without the secrets among the parameters."""
        text = self.known_secrets().clean_text(text)
        return text if len(text) <= _MOST_OF_ERROR else f"{text[:_MOST_OF_ERROR]}..."

    def known_secrets(self) -> Secrets:
        """What is searched for by value. While the call lasts, parameters may change."""
        if self.call is not None and self.ended is None:
            return secrets_of(self.call, with_parameters=True)
        return self.secrets

    def seen_attempts(self) -> list[SeenAttempt]:
        """The attempts so far."""
        call = self.call
        return self.attempts if call is None else [self._seen(call, attempt) for attempt in call.attempts]

    # -- its end -----------------------------------------------------------------------------------------------

    def end(self, error: BaseException | None) -> None:
        """The call has ended: keep what is needed of it, and let go of the rest."""
        self.ended = self.clock()
        call = self.call
        assert call is not None
        if self.parameters is None:
            self.parameters = copied(call.parameters, self.hiding.input_shape)
        # Errors and bodies repeat parameters also where the model calls none of them a secret.
        has_more = error is not None or self.bodies > 0
        self.secrets = secrets_of(call, with_parameters=has_more or self.hiding.input_shape is not None)
        self.attempts = [self._seen(call, attempt) for attempt in call.attempts]
        if error is not None:
            self._keep_error(error)
        elif call.operation.stream_output:
            self._follow_body(call)
        self.call = None
        self.changed()

    def _keep_error(self, error: BaseException) -> None:
        response: Any = getattr(error, "response", None)
        fields = response.get("Error") if isinstance(response, dict) else None
        if isinstance(fields, dict) and fields.get("Code"):
            self.error, message = str(fields["Code"]), str(fields.get("Message") or "")
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
            timing = Timing(self.clock, self.bodies)
            timing.asked_at = self.attempts[-1].sent or self.started if self.attempts else self.started
            timing.follow(raw)
            self.timings = [*self.timings, timing]
        if timing.is_complete is None:
            timing.when_ended = self.changed

    def changed(self) -> None:
        """Have records that somebody has seen already follow."""
        for entry in self.entries:
            entry.refresh()

    def _seen(self, call: Call, attempt: Attempt) -> SeenAttempt:
        seen = SeenAttempt()
        seen.number = attempt.number
        seen.started, seen.sent, seen.ended = attempt.started_at, attempt.sent_at, attempt.ended_at
        if attempt.delay_seconds is not None:
            seen.delay, seen.reason = attempt.delay_seconds, attempt.retry_reason
        if attempt.error is not None:
            seen.error = self.error_text(attempt.error)
        hidden = self.hiding
        request = attempt.request
        if request is not None:
            seen.method, seen.url = str(request.method), hidden.url(request.url)
            seen.request_headers = _headers(request.headers, hidden.headers)
            if self.bodies:
                seen.request_body = beginning(call, request.body, self.bodies, self.known_secrets())
        response = attempt.response
        if response is not None:
            seen.status = response.status_code
            seen.response_headers = _headers(response.headers, hidden.headers)
            content = getattr(response, "_content", None)
            if type(content) is bytes:
                seen.response_bytes = len(content)
                if self.bodies:
                    seen.response_body = response_beginning(call, content, self.bodies, self.known_secrets())
        result = attempt.result
        if result is not None:
            metadata = result.get("ResponseMetadata")
            if metadata is not None:
                seen.request_id = metadata.get("RequestId")
        return seen


def _headers(headers: Any, secret: frozenset[str]) -> dict[str, tuple[str, Any]]:
    """Spelling and value by lower-case name, without secrets; none of the caller's objects."""
    known = getattr(headers, "by_lower_name", None)
    store: dict[str, tuple[str, Any]] = (
        {str(name).lower(): (str(name), value) for name, value in headers.items()}
        if known is None
        else known.copy()
    )
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
_MOST_FRAMES = 60


def _callers_place(depth: int) -> tuple[Any, int] | None:
    """The code and the instruction of the program's own line, as its number takes longer to find than all of this."""
    try:
        frame: Any = sys._getframe(depth)
    except ValueError:
        return None
    known = _are_outside
    for _ in range(_MOST_FRAMES):
        if frame is None:
            return None
        code = frame.f_code
        is_outside = known.get(code.co_filename)
        if is_outside is None:
            is_outside = _is_outside(code.co_filename)
        if is_outside:
            return code, frame.f_lasti
        frame = frame.f_back
    return None


def _is_outside(filename: str) -> bool:
    if len(_are_outside) > 5000:
        _are_outside.clear()
    found = _are_outside[filename] = not filename.startswith((_PACKAGE, *_MACHINERY)) and filename[:1] != "<"
    return found
