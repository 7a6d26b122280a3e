"""What handlers did: when each ran, and what it changed. Noted while they run, put into words when somebody looks."""

from __future__ import annotations

from functools import partial
from itertools import count
from types import CoroutineType

from sotalia.events.handlers import OwnedHandler, is_built_in, place_of, unwrapped
from sotalia.events.listeners import Listeners, name_culprit
from sotalia.explain.inputs import Inputs
from sotalia.recording.failing import failed
from sotalia.recording.noting import ADDING, NOTHING, OTHER, REQUEST, VALUES, noting
from sotalia.recording.values import copied, copied_part, is_secret
from sotalia.runtime.notes import running
from sotalia.runtime.redaction import SECRET
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
        self.rows: list[tuple[str, str, str]] = [
            (_name(handler), place_of(handler), _owner(handler)) for handler in handlers
        ]
        self.has_own = any(owner != "sotalia" for _, _, owner in self.rows)
        if self.kind == REQUEST and not self.has_own:
            self.kind = ADDING


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
    """Listeners that note what they call, in calls that a recorder keeps.

    Their methods are functions of :mod:`~sotalia.recording.noting`, each made when it is first asked for. They do not refer to the
    listeners, so there is no cycle that would keep handlers, and what these refer to, until somebody collects garbage.
    """

    __slots__ = ("all", "described", "first_response", "notify", "until_response")

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            mode = _MODES.get(name)
            if mode is None:
                raise AttributeError(name)
            described = self.describe()
            make = noting(mode, described.kind, len(self.handlers), _GLOBALS)
            made = make(self.event_name, described, self.handlers)
            setattr(self, name, made)
            return made

    def __init__(self, event_name: str, handlers: Handlers) -> None:
        self.event_name = event_name
        self.handlers = handlers
        self.described: Described | None = None

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
        return partial(_called, call, Look(capture, self.describe(), kwargs), count())


_MODES = {"notify": "notify", "first_response": "first", "until_response": "until", "all": "all"}


def _called(call: Calling, look: Look, indexes: Any, handler: Handler, kwargs: dict[str, Any]) -> Any:
    capture, index = look.capture, next(indexes)
    more: tuple[Any, ...] = (0, "index", index)
    began = capture.now()
    try:
        value = call(handler, kwargs)
    except BaseException as error:
        more += _error(0, capture, error)
        capture.emissions += (look.described, more, began, capture.now())
        raise
    ended = capture.now()
    more += look.changes(0)
    if value is not None:
        more += (0, "answered", True)
    capture.emissions += (look.described, more, began, ended)
    return value


def _note_raised(
    names: dict[str, Any], described: Described, handlers: Handlers, capture: Capture, error: BaseException
) -> None:
    """Note the handlers up to the one that raised. ``names``: the variables of the function that called them."""
    times: list[float] = []
    while (at := names.get(f"at_{len(times)}")) is not None:
        times.append(at)
    index = len(times) - 1
    if index < len(handlers):
        more = names["more"] + _error(index, capture, error)
        capture.emissions += (described, more, *times, capture.now())
        if isinstance(error, Exception):
            name_culprit(error, handlers[index], described.event_name)


def _error(index: int, capture: Capture, error: BaseException) -> tuple[Any, ...]:
    try:
        return index, "error", capture.error_text(error)
    except Exception as failure:
        failed(failure)
        return ()


class Look:
    """Looks for changes of whatever the handlers of an event may change."""

    __slots__ = ("_before", "_subject", "capture", "described")

    def __init__(self, capture: Capture, described: Described, kwargs: dict[str, Any]) -> None:
        self.capture, self.described = capture, described
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
        if self.described.kind != VALUES:
            return _request_seen(subject)
        return Inputs.plain_copy(subject) if isinstance(subject, dict) else None

    def changes(self, index: int) -> tuple[Any, ...]:
        """What the last handler changed, for what else is known of handlers: its number, the word, and that."""
        if self._before is None:
            return ()
        try:
            now = self._seen()
            if _differ(now, self._before):
                if self.described.kind == VALUES:
                    changes = _value_changes(self._before, now, self.described.what, self.capture)
                else:
                    changes = _request_changes(self._before, now, self.capture)
                self._before = now
                if changes:
                    return index, "changes", changes
        except Exception as error:
            failed(error)
        return ()


def _note_values(
    described: Described, capture: Capture, before: Any, subject: dict[str, Any]
) -> tuple[Any, list[RawChange]]:
    """What parameters or a result are now, and what of them changed. Comparing them may have failed."""
    try:
        now = Inputs.plain_copy(subject) if described.has_own else subject.copy()
        return now, _value_changes(before, now, described.what, capture)
    except Exception as error:
        failed(error)
        return before, []


def _note_request(capture: Capture, before: tuple[Any, Any], request: Any) -> list[RawChange]:
    try:
        return _request_changes(before, _request_seen(request), capture)
    except Exception as error:
        failed(error)
        return []


def _note_headers(capture: Capture, before: tuple[Any, Any], request: dict[str, Any]) -> list[RawChange]:
    """Note what changed in a request dict. Only what differs is worth reading names in two spellings."""
    url, old = before
    try:
        new: dict[str, Any] = request["headers"]
        added = {name: value for name, value in new.items() if old.get(name) != value}
        gone = {name: value for name, value in old.items() if new.get(name) != value}
        return _request_changes((url, gone), (request.get("url"), added), capture)
    except Exception as error:
        failed(error)
        return []


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
    secret = capture.shared.hiding.headers
    for key in [*later, *(key for key in earlier if key not in later)]:
        old, new = earlier.get(key), later.get(key)
        if old is not None and new is not None and old[1] == new[1]:
            continue
        name = (new or old or ("", ""))[0]
        if key in secret or is_secret(key):
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
    hiding = capture.shared.hiding
    shape = hiding.input_shape if what == "parameter" else hiding.output_shape
    for name in [*now, *(name for name in before if name not in now)]:
        old, new = before.get(name), now.get(name)
        if name in before and name in now and (old is new or not _differ(old, new)):
            continue
        text = str(name)
        known = None if what == "parameter" and name not in hiding.secret_names else shape
        old = None if old is None else copied_part(text, old, known)
        new = None if new is None else copied_part(text, new, known)
        action = "added" if name not in before else "removed" if name not in now else "changed"
        found.append((what, text, action, old, new))
    return found


def _differ(old: Any, new: Any) -> bool:
    try:
        return bool(old != new)
    except Exception:  # Values of the program's, whose comparison may do anything.
        return True


def _change(what: str, name: str, before: Any, after: Any) -> RawChange:
    return what, name, "added" if before is None else "removed" if after is None else "changed", before, after


def _unwatched(
    event_name: str, handlers: Handlers, kwargs: dict[str, Any], mode: str
) -> Coroutine[Any, Any, Any]:
    """Call the handlers as if nobody watched."""
    methods: dict[str, Any] = {
        "notify": Listeners.notify,
        "first": Listeners.first_response,
        "until": Listeners.until_response,
        "all": Listeners.all,
    }
    work: Coroutine[Any, Any, Any] = methods[mode](Listeners(event_name, handlers), **kwargs)
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
    "note_headers": _note_headers,
    "note_request": _note_request,
    "note_values": _note_values,
    "plain_copy": Inputs.plain_copy,
    "running": running.get,
    "unwatched": _unwatched,
}
