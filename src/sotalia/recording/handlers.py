"""What handlers did: when each ran, and what it changed. Noted while they run, put into words when somebody looks."""

from __future__ import annotations

from functools import partial
from types import CoroutineType

from sotalia.events.handlers import OwnedHandler, is_built_in, place_of, unwrapped
from sotalia.events.listeners import Listeners, name_culprit
from sotalia.explain.inputs import Inputs
from sotalia.recording.failing import failed
from sotalia.recording.noting import NOTHING, OTHER, REQUEST, VALUES, noting
from sotalia.recording.values import copied
from sotalia.runtime.notes import running
from sotalia.runtime.redaction import SECRET, is_secret_name
from sotalia.transport.messages import HeadersDict, HTTPHeaders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from sotalia.events.handlers import Handler
    from sotalia.events.listeners import Calling
    from sotalia.events.tree import Handlers
    from sotalia.recording.capture import Capture

    #: What, its name, how, and copies of before and after.
    RawChange = tuple[str, str, str, Any, Any]
    #: The handlers, when the first began, and when each ended.
    Emission = list[Any]

_EXTENSIONS = "sotalia.extensions."
_SUBJECTS = {
    "provide-client-params": (VALUES, "params"),
    "before-parameter-build": (VALUES, "params"),
    "before-call": (OTHER, "params"),
    "request-created": (REQUEST, "request"),
    "before-sign": (REQUEST, "request"),
    "before-send": (OTHER, "request"),
    "before-parse": (VALUES, "customized_response_dict"),
    "response-received": (VALUES, "parsed_response"),
    "after-call": (VALUES, "parsed"),
}
_UNKNOWN = (NOTHING, "")


class Described:
    """The handlers of one event as records show them, worked out once: ``rows`` are name, place and owner of each."""

    __slots__ = ("argument", "event_name", "has_own", "kind", "rows", "what")

    def __init__(self, event_name: str, handlers: tuple[Handler, ...]) -> None:
        self.event_name = event_name
        self.kind, self.argument = _SUBJECTS.get(event_name.partition(".")[0], _UNKNOWN)
        self.what = "parameter" if self.argument == "params" else "result"
        self.rows = [(_name(handler), place_of(handler), _owner(handler)) for handler in handlers]
        self.has_own = any(owner != "sotalia" for _, _, owner in self.rows)


def _name(handler: Any) -> str:
    target = unwrapped(handler)
    name = getattr(target, "__qualname__", None) or type(target).__qualname__
    return str(name).rpartition("<locals>.")[2]


def _owner(handler: Any) -> str:
    if isinstance(handler, OwnedHandler):
        return handler.owner
    if not is_built_in(handler):
        return "yours"
    target = unwrapped(handler)
    if not str(getattr(target, "__module__", "")).startswith(_EXTENSIONS):
        return "sotalia"
    return type(getattr(target, "__self__", target)).__name__


class RecordedListeners(Listeners):
    """Listeners that note what they call, in calls that a recorder keeps."""

    __slots__ = ("_noting", "described")

    def __init__(self, event_name: str, handlers: Handlers) -> None:
        self.event_name = event_name
        self.handlers = handlers
        self.described: Described | None = None
        self._noting: dict[str, Any] = {}

    def notify(self, **kwargs: Any) -> CoroutineType[Any, Any, Any]:
        """Call sync and async handlers, in order."""
        capture: Any = running.get()
        if capture is None:
            work: Any = Listeners.notify(self, **kwargs)
            return work  # type: ignore[no-any-return]
        return (self._noting.get("notify") or self._note_by("notify"))(self, kwargs, capture)  # type: ignore[no-any-return]

    def first_response(self, **kwargs: Any) -> CoroutineType[Any, Any, tuple[Handler | None, Any]]:
        """Call all handlers, sync and async, in order; the first value that is not ``None``, and whose it is."""
        capture: Any = running.get()
        if capture is None:
            work: Any = Listeners.first_response(self, **kwargs)
            return work  # type: ignore[no-any-return]
        return (self._noting.get("first") or self._note_by("first"))(self, kwargs, capture)  # type: ignore[no-any-return]

    def until_response(self, **kwargs: Any) -> CoroutineType[Any, Any, tuple[Handler | None, Any]]:
        """Call handlers, sync and async, up to the first that returns something else than ``None``."""
        capture: Any = running.get()
        if capture is None:
            work: Any = Listeners.until_response(self, **kwargs)
            return work  # type: ignore[no-any-return]
        return (self._noting.get("until") or self._note_by("until"))(self, kwargs, capture)  # type: ignore[no-any-return]

    async def all(self, **kwargs: Any) -> list[tuple[Handler, Any]]:
        """Call sync and async handlers; the pairs of handler and return value, in order."""
        capture: Any = running.get()
        if capture is None:
            return await Listeners.all(self, **kwargs)
        pairs: list[tuple[Handler, Any]] = await (self._noting.get("all") or self._note_by("all"))(
            self, kwargs, capture
        )
        return pairs

    def _note_by(self, mode: str) -> Any:
        """The function that calls the handlers, see :mod:`~sotalia.recording.noting`."""
        kind = self.describe().kind
        made = self._noting[mode] = noting(mode, kind, len(self.handlers), _GLOBALS)
        return made

    def describe(self) -> Described:
        """The handlers as records show them."""
        described = self.described
        if described is None:
            described = self.described = Described(self.event_name, self.handlers)
        return described

    def watched(self, call: Calling, kwargs: dict[str, Any]) -> Calling:
        """How to call the handlers where they are not awaited."""
        capture: Any = running.get()
        if capture is None:
            return call
        emission: Emission = [self.describe(), capture.now()]
        capture.emissions.append(emission)
        return partial(_called, call, Look(capture, self.describe(), kwargs), emission)


def _called(call: Calling, look: Look, emission: Emission, handler: Handler, kwargs: dict[str, Any]) -> Any:
    try:
        value = call(handler, kwargs)
    except BaseException as error:
        emission.append(look.capture.now())
        _note_error(emission, look.capture, error)
        raise
    emission.append(look.capture.now())
    look.note(emission)
    if value is not None:
        look.capture.more.append((emission, len(emission) - 3, "answered", True))
    return value


def _note_raised(
    listeners: RecordedListeners, capture: Capture, emission: Emission, handler: Handler, error: BaseException
) -> None:
    emission.append(capture.now())
    _note_error(emission, capture, error)
    if isinstance(error, Exception):
        name_culprit(error, handler, listeners.event_name)


def _note_error(emission: Emission, capture: Capture, error: BaseException) -> None:
    try:
        capture.more.append((emission, len(emission) - 3, "error", capture.error_text(error)))
    except Exception as failure:
        failed(failure)


class Look:
    """Looks for changes of whatever the handlers of an event may change."""

    __slots__ = ("_before", "_described", "_subject", "capture")

    def __init__(self, capture: Capture, described: Described, kwargs: dict[str, Any]) -> None:
        self.capture, self._described = capture, described
        self._subject = kwargs.get(described.argument)
        try:
            self._before = self._seen()
        except Exception as error:
            failed(error)
            self._before = None

    def _seen(self) -> Any:
        subject: Any = self._subject
        if subject is None:
            return None
        if self._described.kind != VALUES:
            return _request_seen(subject)
        return Inputs.plain_copy(subject) if isinstance(subject, dict) else None

    def note(self, emission: Emission) -> None:
        """Note what the last handler changed."""
        if self._before is None:
            return
        try:
            now = self._seen()
            if _differ(now, self._before):
                if self._described.kind == VALUES:
                    changes = _value_changes(self._before, now, self._described.what, self.capture)
                else:
                    changes = _request_changes(self._before, now, self.capture)
                if changes:
                    self.capture.more.append((emission, len(emission) - 3, "changes", changes))
                self._before = now
        except Exception as error:
            failed(error)


def _note_values(emission: Emission, capture: Capture, before: Any, subject: dict[str, Any]) -> Any:
    """Note what changed among parameters or in a result; what they are now. Comparing them may have failed."""
    try:
        described: Described = emission[0]
        now = Inputs.plain_copy(subject) if described.has_own else subject.copy()
        changes = _value_changes(before, now, described.what, capture)
        if changes:
            capture.more.append((emission, len(emission) - 3, "changes", changes))
        return now
    except Exception as error:
        failed(error)
        return before


def _note_request(emission: Emission, capture: Capture, before: tuple[Any, Any], request: Any) -> None:
    try:
        changes = _request_changes(before, _request_seen(request), capture)
        if changes:
            capture.more.append((emission, len(emission) - 3, "changes", changes))
    except Exception as error:
        failed(error)


def _request_seen(request: Any) -> tuple[Any, Any]:
    """URL and headers of a request or a request dict: the headers as triples, or as they are in a dictionary."""
    if isinstance(request, dict):
        fields: dict[str, Any] = request  # pyright: ignore[reportUnknownVariableType]
        url, headers = fields.get("url"), fields["headers"]
    else:
        url, headers = request.url, request.headers
    kind: Any = type(headers)  # pyright: ignore[reportUnknownVariableType]
    if kind is HTTPHeaders:
        return url, headers.triples.copy()
    # A mapping of ours is copied item by item otherwise, each by functions of Python's.
    return url, headers.by_lower_name.copy() if kind is HeadersDict else dict(headers.items())


def _request_changes(before: tuple[Any, Any], now: tuple[Any, Any], capture: Capture) -> list[RawChange]:
    found: list[RawChange] = []
    if before[0] != now[0]:
        found.append(_change("URL", "URL", _url(before[0], capture), _url(now[0], capture)))
    earlier, later = _headers(before[1]), _headers(now[1])
    secret = capture.hiding.headers
    for key in [*later, *(key for key in earlier if key not in later)]:
        old, new = earlier.get(key), later.get(key)
        if old is not None and new is not None and old[1] == new[1]:
            continue
        name = (new or old or ("", ""))[0]
        if key in secret or is_secret_name(key):
            values: Any = (None if old is None else SECRET, None if new is None else SECRET)
        else:
            values = (
                None if old is None else header_value(old[1]),
                None if new is None else header_value(new[1]),
            )
        found.append(_change("header", name, *values))
    return found


def _url(url: Any, capture: Capture) -> str | None:
    return None if url is None else capture.hiding.url(str(url))


def _headers(seen: Any) -> dict[str, tuple[str, Any]]:
    """By lower-case name: spelling and value."""
    if isinstance(seen, list):
        triples: list[tuple[str, str, Any]] = seen  # pyright: ignore[reportUnknownVariableType]
        return {key: (name, value) for key, name, value in triples}
    pairs: dict[str, Any] = seen
    return {name.lower(): value if type(value) is tuple else (name, value) for name, value in pairs.items()}


def header_value(value: Any) -> str:
    """A header's value as text, cut."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    cut: str = copied(text)
    return cut


def _value_changes(
    before: dict[Any, Any], now: dict[Any, Any], what: str, capture: Capture
) -> list[RawChange]:
    found: list[RawChange] = []
    hiding = capture.hiding
    shape = hiding.input_shape if what == "parameter" else hiding.output_shape
    for name in [*now, *(name for name in before if name not in now)]:
        old, new = before.get(name), now.get(name)
        if name in before and name in now and (old is new or not _differ(old, new)):
            continue
        old, new = (
            None if name not in held else copied({name: held[name]}, shape).get(str(name))
            for held in (before, now)
        )
        action = "added" if name not in before else "removed" if name not in now else "changed"
        found.append((what, str(name), action, old, new))
    return found


def _differ(old: Any, new: Any) -> bool:
    try:
        return bool(old != new)
    except Exception:  # Values of the program's, whose comparison may do anything.
        return True


def _change(what: str, name: str, before: Any, after: Any) -> RawChange:
    return what, name, "added" if before is None else "removed" if after is None else "changed", before, after


def _unwatched(listeners: Listeners, kwargs: dict[str, Any], mode: str) -> Coroutine[Any, Any, Any]:
    """Call the handlers as if nobody watched."""
    methods: dict[str, Any] = {
        "notify": Listeners.notify,
        "first": Listeners.first_response,
        "until": Listeners.until_response,
        "all": Listeners.all,
    }
    del kwargs["event_name"]  # It is added there.
    work: Coroutine[Any, Any, Any] = methods[mode](listeners, **kwargs)
    return work


def _hide(triple: tuple[str, str, Any]) -> tuple[str, str, Any]:
    return triple[0], triple[1], SECRET


# What the functions of :mod:`~sotalia.recording.noting` use.
_GLOBALS = {
    "CoroutineType": CoroutineType,
    "HTTPHeaders": HTTPHeaders,
    "Look": Look,
    "failed": failed,
    "hide": _hide,
    "note_raised": _note_raised,
    "note_request": _note_request,
    "note_values": _note_values,
    "plain_copy": Inputs.plain_copy,
    "unwatched": _unwatched,
}
