"""What a recorder keeps of a call: plain objects without secrets, and their form in JSON.

Times within a call are seconds since its start, measured by the machine's steady clock. Whatever is text here has passed
:mod:`~sotalia.runtime.redaction` already: what prints, saves or exports records need not hide anything.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    JSON = dict[str, Any]

#: The version of the form in JSON. It grows when a name changes its meaning or goes; more names do not count.
VERSION: Final = 1

#: What a call spends its time with, in order, and in words. Of those in ``OF_ATTEMPTS`` each attempt has its own.
PHASES: Final = {
    "parameters": "handlers of parameters",
    "endpoint": "where it goes",
    "serialize": "parameters checked and written as a request",
    "prepare": "handlers of before-call, checksums, compression",
    "credentials": "waiting for credentials",
    "sign": "request made and signed",
    "pool": "waiting for a connection",
    "connect": "name looked up, connection opened",
    "tls": "TLS negotiated",
    "send": "request sent",
    "wait": "waiting for the first byte of the response",
    "body": "response received",
    "parse": "response parsed, and handlers of the response",
    "delay": "waiting before the next attempt",
}
OF_ATTEMPTS: Final = (
    "credentials",
    "sign",
    "pool",
    "connect",
    "tls",
    "send",
    "wait",
    "body",
    "parse",
    "delay",
)


class Phase:
    """A part of a call's time. ``name`` is one of :data:`PHASES`; ``seconds`` is ``None`` while it lasts."""

    __slots__ = ("name", "seconds", "started")

    def __init__(self, name: str, started: float, seconds: float | None = None) -> None:
        self.name, self.started, self.seconds = name, started, seconds

    def as_json(self) -> JSON:
        """``{"name", "started", "seconds"}``."""
        return _fields(self)


class Change:
    """What a handler changed. ``what`` is ``parameter``, ``header``, ``URL`` or ``result``; ``action`` ``added``, ``changed`` or
    ``removed``; ``before`` and ``after`` are text, cut and without secrets, ``None`` where there was nothing.
    """

    __slots__ = ("action", "after", "before", "name", "what")

    def __init__(self, what: str, name: str, action: str, before: str | None, after: str | None) -> None:
        self.what, self.name, self.action, self.before, self.after = what, name, action, before, after

    def as_json(self) -> JSON:
        """Its fields."""
        return _fields(self)


class HandlerRun:
    """One handler that ran. ``event`` the whole name · ``name`` the function's · ``place`` ``file:line``, ``""`` where unknown ·
    ``owner`` ``yours``, ``sotalia``, or the name of an extension · ``attempt`` the number of the attempt, ``None`` outside of one ·
    ``answered`` whether it returned something · ``error`` the class and text of what it raised.
    """

    __slots__ = (
        "answered",
        "attempt",
        "changes",
        "error",
        "event",
        "name",
        "owner",
        "place",
        "seconds",
        "started",
    )

    def __init__(
        self,
        *,
        event: str,
        name: str,
        place: str,
        owner: str,
        started: float,
        seconds: float,
        attempt: int | None = None,
        changes: list[Change] | None = None,
        answered: bool = False,
        error: str | None = None,
    ) -> None:
        self.event, self.name, self.place, self.owner = event, name, place, owner
        self.started, self.seconds, self.attempt = started, seconds, attempt
        self.changes: list[Change] = changes or []
        self.answered, self.error = answered, error

    def as_json(self) -> JSON:
        """Its fields."""
        return _fields(self)


class AttemptRecord:
    """One attempt. ``url`` and headers are as they were sent, without secrets · ``error`` class and text of what sending raised ·
    ``connection`` ``new``, ``reused`` or ``None`` (nothing was sent, or by no connection of ours) · ``peer`` ``host:port`` ·
    ``request_bytes`` and ``response_bytes`` sizes of bodies, ``None`` where unknown · ``request_body`` and ``response_body``
    their beginning, only where the recorder was asked for bodies · ``remarks`` what others say of it, such as an injected fault.
    """

    __slots__ = (
        "connection",
        "delay_seconds",
        "error",
        "method",
        "number",
        "peer",
        "phases",
        "remarks",
        "request_body",
        "request_bytes",
        "request_headers",
        "request_id",
        "response_body",
        "response_bytes",
        "response_headers",
        "retry_reason",
        "seconds",
        "started",
        "status",
        "url",
    )

    def __init__(self, number: int, started: float) -> None:
        self.number = number
        self.started = started
        self.seconds: float | None = None
        self.method = ""
        self.url = ""
        self.request_headers: dict[str, str] = {}
        self.request_bytes: int | None = None
        self.request_body: str | None = None
        self.status: int | None = None
        self.response_headers: dict[str, str] = {}
        self.response_bytes: int | None = None
        self.response_body: str | None = None
        self.request_id: str | None = None
        self.error: str | None = None
        self.connection: str | None = None
        self.peer: str | None = None
        self.delay_seconds: float | None = None
        self.retry_reason: str | None = None
        self.phases: list[Phase] = []
        self.remarks: list[str] = []

    def as_json(self) -> JSON:
        """Its fields."""
        return _fields(self)


class GroupRecord:
    """What calls belong to: see :mod:`sotalia.runtime.groups`. ``parent`` is the number of the group around it."""

    __slots__ = ("kind", "name", "number", "parent")

    def __init__(self, number: int, kind: str, name: str, parent: int | None = None) -> None:
        self.number, self.kind, self.name, self.parent = number, kind, name, parent

    def as_json(self) -> JSON:
        """Its fields."""
        return _fields(self)


class CallRecord:
    """One call. ``number`` counts the calls of a recorder from 1 · ``service`` the hyphenized id, ``operation`` the API's name ·
    ``started_at`` seconds since 1970, ``seconds`` how long it took, ``None`` while it lasts · ``thread`` the thread's name, ``task`` the
    task's on an async client · ``caller`` ``file:line`` and function of the program's own line · ``parent`` the number of the call within which it was made
    (for credentials, say) · ``groups`` what it belongs to, outermost first · ``parameters`` as they were sent · ``phases`` of the whole call; those of
    attempts are theirs · ``error`` the code of the service or the name of the exception, ``message`` its text · ``status`` and ``request_id`` of the last
    response · ``remarks`` what others say of it, such as a cassette that answered.
    """

    __slots__ = (
        "attempts",
        "caller",
        "error",
        "groups",
        "handlers",
        "is_async",
        "message",
        "number",
        "operation",
        "parameters",
        "parent",
        "phases",
        "region",
        "remarks",
        "request_id",
        "seconds",
        "service",
        "started_at",
        "status",
        "task",
        "thread",
    )

    def __init__(self, number: int, service: str, operation: str, started_at: float) -> None:
        self.number = number
        self.service = service
        self.operation = operation
        self.started_at = started_at
        self.seconds: float | None = None
        self.region: str | None = None
        self.is_async = False
        self.thread = ""
        self.task: str | None = None
        self.caller: str | None = None
        self.parent: int | None = None
        self.groups: list[GroupRecord] = []
        self.parameters: dict[str, Any] = {}
        self.phases: list[Phase] = []
        self.attempts: list[AttemptRecord] = []
        self.handlers: list[HandlerRun] = []
        self.status: int | None = None
        self.error: str | None = None
        self.message: str | None = None
        self.request_id: str | None = None
        self.remarks: list[str] = []

    @property
    def name(self) -> str:
        """``s3.ListObjectsV2``."""
        return f"{self.service}.{self.operation}"

    def as_json(self) -> JSON:
        """Its fields, with those of all parts: what JSON lines and the page are made of."""
        return _fields(self)

    def __repr__(self) -> str:
        took = "under way" if self.seconds is None else f"{self.seconds * 1000:.1f} ms"
        return f"<CallRecord {self.number}: {self.name}, {self.error or self.status}, {took}>"


def _fields(record: Any) -> JSON:
    names: tuple[str, ...] = record.__slots__
    return {name: _plain(getattr(record, name)) for name in names}


def _plain(value: list[Any] | dict[str, Any] | str | float | None) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    part: Any = value
    return part.as_json() if hasattr(part, "as_json") else part
