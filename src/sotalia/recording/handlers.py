"""What handlers did: when each ran, and what it changed. Noted while they run, put into words when somebody looks."""

from __future__ import annotations

from sotalia.events.handlers import OwnedHandler, is_built_in, place_of, unwrapped
from sotalia.explain.inputs import Inputs
from sotalia.recording.current import running
from sotalia.recording.failing import failed
from sotalia.recording.values import copied
from sotalia.runtime.redaction import SECRET, is_secret_name
from sotalia.transport.messages import HTTPHeaders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.events.handlers import Handler
    from sotalia.events.watching import WatchedListeners
    from sotalia.recording.capture import Capture

    #: What, its name, how, and copies of before and after.
    RawChange = tuple[str, str, str, Any, Any]

_EXTENSIONS = "sotalia.extensions."
# What handlers of an event may change: its parameters, the headers and the URL of a request dict or a request, or the result.
_NOTHING, _PARAMETERS, _REQUEST_DICT, _REQUEST, _RESULT = range(5)
_SUBJECTS = {
    "provide-client-params": (_PARAMETERS, "params"),
    "before-parameter-build": (_PARAMETERS, "params"),
    "before-call": (_REQUEST_DICT, "params"),
    "request-created": (_REQUEST, "request"),
    "before-sign": (_REQUEST, "request"),
    "before-send": (_REQUEST, "request"),
    "before-parse": (_RESULT, "customized_response_dict"),
    "response-received": (_RESULT, "parsed_response"),
    "after-call": (_RESULT, "parsed"),
}
_UNKNOWN = (_NOTHING, "")


class Described:
    """The handlers of one event as records show them, worked out once: ``rows`` are name, place and owner of each."""

    __slots__ = ("argument", "event_name", "has_own", "kind", "rows")

    def __init__(self, event_name: str, handlers: tuple[Handler, ...]) -> None:
        self.event_name = event_name
        self.kind, self.argument = _SUBJECTS.get(event_name.partition(".")[0], _UNKNOWN)
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


def emission_of(listeners: WatchedListeners, arguments: dict[str, Any]) -> Emission | None:
    """What to note an emission in; ``None`` outside of calls that are recorded."""
    capture = running.get()
    if capture is None:
        return None
    try:
        described: Described | None = listeners.described
        if described is None:
            described = listeners.described = Described(listeners.event_name, listeners.handlers)
        times = [capture.clock()]
        emission = Emission(capture, described, times, len(capture.emissions))
        capture.emissions.append((described, times))
        if described.kind:
            emission.begin(arguments)
        return emission
    except Exception as error:
        failed(error)
        return None


class Emission:
    """One emission while it lasts. The capture keeps nothing of it but the list ``times``."""

    __slots__ = (
        "_capture",
        "_described",
        "_index",
        "_request",
        "before",
        "clock",
        "looks",
        "subject",
        "times",
    )

    def __init__(self, capture: Capture, described: Described, times: list[float], index: int) -> None:
        self._capture, self._described, self._index = capture, described, index
        self.clock = capture.clock
        self.times = times
        self.subject = self.before = None
        self.looks = False

    def begin(self, arguments: dict[str, Any]) -> None:
        """Copy what the handlers may change."""
        described = self._described
        subject: Any = arguments.get(described.argument)
        kind = described.kind
        if subject is None:
            return
        if kind == _PARAMETERS or kind == _RESULT:
            if not isinstance(subject, dict):
                return
            self.subject = subject
            # Handlers of ours put new values in, those of programs may change what is there.
            self.before = Inputs.plain_copy(subject) if described.has_own else subject.copy()
        else:
            self._request = subject
            self.before = _request_seen(subject, kind)
        self.looks = True

    def look(self) -> None:
        """Note what the last handler changed."""
        try:
            described = self._described
            if self.subject is None:
                now = _request_seen(self._request, described.kind)
                if now != self.before:
                    self._note(_request_changes(self.before, now, self._capture))
                    self.before = now
                return
            now = Inputs.plain_copy(self.subject) if described.has_own else self.subject.copy()
            self._note(_value_changes(self.before, now, described.kind, self._capture))
            self.before = now
        except Exception as error:
            failed(error)

    def _note(self, changes: list[RawChange]) -> None:
        if changes:
            self._capture.extras.append((self._index, len(self.times) - 2, "changes", changes))

    def answered(self) -> None:
        """The last handler returned something."""
        self._capture.extras.append((self._index, len(self.times) - 2, "answered", True))

    def raised(self, error: BaseException) -> None:
        """The handler after the last one raised this."""
        self.times.append(self.clock())
        if self.looks:
            self.look()
        try:
            text = self._capture.error_text(error)
        except Exception as failure:
            failed(failure)
            text = type(error).__name__
        self._capture.extras.append((self._index, len(self.times) - 2, "error", text))


def _request_seen(request: Any, kind: int) -> tuple[Any, Any]:
    """URL and headers of a request or a request dict: a list of triples, or a dictionary of pairs by lower-case name."""
    if kind == _REQUEST_DICT:
        return request.get("url"), dict(request["headers"])
    headers = request.headers
    if type(headers) is HTTPHeaders:
        return request.url, headers.keyed_items().copy()
    by_lower_name = getattr(headers, "by_lower_name", None)
    return request.url, dict(headers.items()) if by_lower_name is None else by_lower_name.copy()


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
        triples: list[tuple[str, str, Any]] = seen
        return {key: (name, value) for key, name, value in triples}
    pairs: dict[str, Any] = seen
    return {name.lower(): value if type(value) is tuple else (name, value) for name, value in pairs.items()}


def header_value(value: Any) -> str:
    """A header's value as text, cut."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    cut: str = copied(text)
    return cut


def _value_changes(
    before: dict[Any, Any], now: dict[Any, Any], kind: int, capture: Capture
) -> list[RawChange]:
    found: list[RawChange] = []
    hiding = capture.hiding
    what, shape = (
        ("parameter", hiding.input_shape) if kind == _PARAMETERS else ("result", hiding.output_shape)
    )
    for name in [*now, *(name for name in before if name not in now)]:
        old, new = before.get(name), now.get(name)
        if name in before and name in now and (old is new or not _differ(old, new)):
            continue
        values = [
            None if name not in held else copied({name: held[name]}, shape).get(str(name))
            for held in (before, now)
        ]
        action = "added" if name not in before else "removed" if name not in now else "changed"
        found.append((what, str(name), action, *values))
    return found


def _differ(old: Any, new: Any) -> bool:
    try:
        return bool(old != new)
    except Exception:  # Values of the program's, whose comparison may do anything.
        return True


def _change(what: str, name: str, before: Any, after: Any) -> RawChange:
    return what, name, "added" if before is None else "removed" if after is None else "changed", before, after
