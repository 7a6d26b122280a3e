"""What handlers did: when each ran, and what it changed. Noted while they run, put into words when somebody looks."""

from __future__ import annotations

from functools import partial
from types import CoroutineType

from sotalia.events.handlers import OwnedHandler, is_built_in, place_of, unwrapped
from sotalia.events.listeners import Listeners, name_culprit
from sotalia.explain.inputs import Inputs
from sotalia.recording.failing import failed
from sotalia.recording.values import MOST_CHARACTERS, copied
from sotalia.runtime.notes import running
from sotalia.runtime.redaction import SECRET
from sotalia.transport.messages import HTTPHeaders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from sotalia.events.handlers import Handler, Returned
    from sotalia.events.listeners import Calling
    from sotalia.events.tree import Handlers
    from sotalia.recording.capture import Capture

    #: What, its name, how, and copies of before and after.
    RawChange = tuple[str, str, str, Any, Any]
    #: The handlers, when they began and when each ended, and then what else was noted: number of the handler, what, and that.
    Emission = list[Any]

_EXTENSIONS = "sotalia.extensions."
# What handlers of an event may change: its parameters or result, a request that is being made, or another form of a request.
_NOTHING, _VALUES, _REQUEST, _OTHER = range(4)
_SUBJECTS = {
    "provide-client-params": (_VALUES, "params"),
    "before-parameter-build": (_VALUES, "params"),
    "before-call": (_OTHER, "params"),
    "request-created": (_REQUEST, "request"),
    "before-sign": (_REQUEST, "request"),
    "before-send": (_OTHER, "request"),
    "before-parse": (_VALUES, "customized_response_dict"),
    "response-received": (_VALUES, "parsed_response"),
    "after-call": (_VALUES, "parsed"),
}
_UNKNOWN = (_NOTHING, "")


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

    __slots__ = ("described",)

    def __init__(self, event_name: str, handlers: Handlers) -> None:
        self.event_name = event_name
        self.handlers = handlers
        self.described: Described | None = None

    def notify(self, **kwargs: Any) -> Coroutine[Any, Any, Any]:
        """Call sync and async handlers, in order."""
        capture: Any = running.get()
        return (
            Listeners.notify(self, **kwargs) if capture is None else self._noted(kwargs, capture, _FIRST, None)
        )

    def first_response(self, **kwargs: Any) -> Coroutine[Any, Any, tuple[Handler | None, Any]]:
        """Call all handlers, sync and async, in order; the first value that is not ``None``, and whose it is."""
        capture: Any = running.get()
        return (
            Listeners.first_response(self, **kwargs)
            if capture is None
            else self._noted(kwargs, capture, _FIRST, None)
        )

    def until_response(self, **kwargs: Any) -> Coroutine[Any, Any, tuple[Handler | None, Any]]:
        """Call handlers, sync and async, up to the first that returns something else than ``None``."""
        capture: Any = running.get()
        return (
            Listeners.until_response(self, **kwargs)
            if capture is None
            else self._noted(kwargs, capture, _STOPS, None)
        )

    async def all(self, **kwargs: Any) -> list[tuple[Handler, Any]]:
        """Call sync and async handlers; the pairs of handler and return value, in order."""
        capture: Any = running.get()
        if capture is None:
            return await Listeners.all(self, **kwargs)
        pairs: list[tuple[Handler, Any]] = []
        await self._noted(kwargs, capture, _FIRST, pairs)
        return pairs

    async def _noted(
        self,
        kwargs: dict[str, Any],
        capture: Capture,
        wanted: str,
        pairs: list[tuple[Handler, Any]] | None,
    ) -> Any:
        """The loop of all the methods above, on the way of every call: hence its length, and no functions for its parts."""
        kwargs["event_name"] = self.event_name
        described = self.described or self._describe()
        now, kind = capture.now, described.kind
        times = [now()]
        emission: Emission = [described, times]
        capture.emissions.append(emission)
        subject = before = request = headers = triples = url = look = None
        count = 0
        if kind == _VALUES:
            subject = kwargs.get(described.argument)
            if type(subject) is dict:
                # Handlers of ours put new values in, those of programs may change what is there.
                before = Inputs.plain_copy(subject) if described.has_own else subject.copy()
            else:
                kind = _NOTHING
        elif kind == _REQUEST and type((request := kwargs["request"]).headers) is HTTPHeaders:
            url, headers = request.url, request.headers
            triples = headers.triples
            count = len(triples)
        elif kind:
            kind, look = _OTHER, _Look(capture, described, kwargs)
        first, whose, handler = None, None, None
        for handler in self.handlers:
            try:
                value: Returned = handler(**kwargs)
                if type(value) is CoroutineType:
                    value = await value
            except BaseException as error:
                times.append(now())
                _note_error(emission, capture, error)
                if isinstance(error, Exception):
                    name_culprit(error, handler, self.event_name)
                raise
            times.append(now())
            if kind == _VALUES:
                try:
                    is_changed = subject != before
                except Exception:  # Values of the program's, whose comparison may do anything.
                    is_changed = True
                if is_changed:
                    before = _note_values(emission, capture, before, subject)
            elif kind == _REQUEST:
                if (
                    request.headers is not headers
                    or headers.triples is not triples
                    or len(triples) != count
                    or request.url is not url
                ):
                    _note_request(emission, capture, (url, triples[:count]), request)
                    if type(request.headers) is not HTTPHeaders:
                        kind, look = _OTHER, _Look(capture, described, kwargs)
                        continue
                    url, headers = request.url, request.headers
                    triples = headers.triples
                    count = len(triples)
            elif look is not None:
                look.note(emission)
            if value is not None:
                emission.append((len(times) - 2, "answered", True))
                if wanted is _STOPS:
                    return handler, value
                if first is None:
                    first, whose = value, handler
            if pairs is not None:
                pairs.append((handler, value))
        return (handler if wanted is _STOPS else whose), first

    def _describe(self) -> Described:
        described = self.described = Described(self.event_name, self.handlers)
        return described

    def watched(self, call: Calling, kwargs: dict[str, Any]) -> Calling:
        """How to call the handlers where they are not awaited."""
        capture: Any = running.get()
        if capture is None:
            return call
        described = self.described or self._describe()
        emission: Emission = [described, [capture.now()]]
        capture.emissions.append(emission)
        return partial(_called, call, _Look(capture, described, kwargs), emission)


_FIRST = "first"
_STOPS = "stops"


def _called(call: Calling, look: _Look, emission: Emission, handler: Handler, kwargs: dict[str, Any]) -> Any:
    times = emission[1]
    try:
        value = call(handler, kwargs)
    except BaseException as error:
        times.append(look.capture.now())
        _note_error(emission, look.capture, error)
        raise
    times.append(look.capture.now())
    look.note(emission)
    if value is not None:
        emission.append((len(times) - 2, "answered", True))
    return value


class _Look:
    """Looks for changes of whatever the handlers of an event may change."""

    __slots__ = ("_before", "_described", "_subject", "capture")

    def __init__(self, capture: Capture, described: Described, kwargs: dict[str, Any]) -> None:
        self.capture, self._described = capture, described
        self._subject = kwargs.get(described.argument)
        self._before = self._seen()

    def _seen(self) -> Any:
        subject: Any = self._subject
        if subject is None:
            return None
        if self._described.kind != _VALUES:
            return _request_seen(subject)
        return Inputs.plain_copy(subject) if isinstance(subject, dict) else None

    def note(self, emission: Emission) -> None:
        """Note what the last handler changed."""
        if self._before is None:
            return
        try:
            now = self._seen()
            if _differ(now, self._before):
                if self._described.kind == _VALUES:
                    changes = _value_changes(self._before, now, self._described.what, self.capture)
                else:
                    changes = _request_changes(self._before, now, self.capture)
                if changes:
                    emission.append((len(emission[1]) - 2, "changes", changes))
                self._before = now
        except Exception as error:
            failed(error)


def _note_error(emission: Emission, capture: Capture, error: BaseException) -> None:
    try:
        emission.append((len(emission[1]) - 2, "error", capture.error_text(error)))
    except Exception as failure:
        failed(failure)


def _note_values(emission: Emission, capture: Capture, before: Any, subject: dict[str, Any]) -> Any:
    """Note what changed among parameters or in a result; what they are now."""
    try:
        described: Described = emission[0]
        now = Inputs.plain_copy(subject) if described.has_own else subject.copy()
        changes = _value_changes(before, now, described.what, capture)
        if changes:
            emission.append((len(emission[1]) - 2, "changes", changes))
        return now
    except Exception as error:
        failed(error)
        return before


def _note_request(emission: Emission, capture: Capture, before: tuple[Any, Any], request: Any) -> None:
    try:
        changes = None
        headers: Any = request.headers
        if request.url is before[0] and type(headers) is HTTPHeaders:
            changes = _added(before[1], headers.triples, capture)
        if changes is None:
            changes = _request_changes(before, _request_seen(request), capture)
        if changes:
            emission.append((len(emission[1]) - 2, "changes", changes))
    except Exception as error:
        failed(error)


def _request_seen(request: Any) -> tuple[Any, Any]:
    """URL and headers of a request or a request dict: the headers as triples, or as they are in a dictionary."""
    if isinstance(request, dict):
        return request.get("url"), dict(request["headers"])
    headers: Any = request.headers
    return request.url, headers.triples.copy() if type(headers) is HTTPHeaders else dict(headers.items())


def _added(before: Any, now: list[tuple[str, str, Any]], capture: Capture) -> list[RawChange] | None:
    """The changes where headers were added at the end and nothing else was changed, as is usual; else ``None``."""
    count = len(before)
    if now[:count] != before:
        return None
    secret, keys = capture.hiding.headers, {key for key, _, _ in before}
    changes: list[RawChange] = []
    for key, name, value in now[count:]:
        if key in keys:
            return None  # It has another value now, which counts.
        if key in secret:
            value = SECRET
        elif type(value) is not str or len(value) > MOST_CHARACTERS:
            value = header_value(value)
        changes.append(("header", name, "added", None, value))
    return changes


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
        if key in secret:
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
    before: dict[Any, Any], now: dict[Any, Any], what: str, capture: Capture
) -> list[RawChange]:
    found: list[RawChange] = []
    hiding = capture.hiding
    shape = hiding.input_shape if what == "parameter" else hiding.output_shape
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
