"""Registrations that can never do what they are meant for, found when they are made.

A misspelt event, a service that this client is not of, ``list_buckets`` for ``ListBuckets``, an argument that the event does
not have: the reference accepts all of these, and the handler is never called or fails in the middle of a call.
:func:`findings` says what is wrong, what was meant, and what to write. It is pure: what is known of a registry's
surroundings comes in as :class:`~sotalia.events.place.Place`, so the check of source code uses it as well.
"""

from __future__ import annotations

from types import CodeType, FunctionType, MethodType

from sotalia.events.catalog import BY_NAME, CATALOG, BeforeSign, ChooseSigner, GetAttribute
from sotalia.events.handlers import OwnedHandler, TypedHandler, describe
from sotalia.runtime.spelling import closest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from typing import Any

    from sotalia.events.event import Event
    from sotalia.events.place import Place

#: First parts of events that the reference emits and we do not, as they shape documentation: no mistake, but without effect.
REFERENCE_ONLY = frozenset({"docs"})
# Presigned database tokens are signed for operations that no model has.
_TOKEN_OPERATIONS = frozenset({"connect", "DbConnect", "DbConnectAdmin"})
# Any name may be an attribute's: what is meant by a wildcard is an operation.
_OF_WILDCARDS = tuple(event for event in CATALOG if event is not GetAttribute)
_PACKAGE = __name__.partition(".")[0]


class DeadHandlerWarning(UserWarning):
    """A registration that can never do what it is meant for. Its text says what to write."""


class DeadHandlerError(ValueError):
    """The same as an error, under ``lint="error"``: the registration was not made."""


class Finding:
    """One mistake. ``code`` is a word for programs, ``message`` says what was found, what is expected and what to write."""

    __slots__ = ("code", "message")

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message

    def __repr__(self) -> str:
        return f"<Finding {self.code}: {self.message}>"


class SourceHandler:
    """A handler of which only the source is there: what messages call it, and the arguments that it demands."""

    __slots__ = ("description", "required")

    def __init__(self, description: str, required: list[str]) -> None:
        self.description = description
        self.required = required


def findings(
    event_name: str,
    handler: Any,
    place: Place,
    *,
    alias: Callable[[str], str],
    declared: Collection[str] = (),
) -> list[Finding]:
    """What is wrong with registering ``handler`` for ``event_name``; nothing for a registration that is right.

    ``alias`` translates names as the registry does. ``declared`` are events of the program's own. ``handler`` may be
    ``None``: then only the name is looked at.
    """
    if not isinstance(event_name, str):
        return []
    fault = _malformed(event_name)
    if fault is not None:
        return [fault]
    parts = alias(event_name).split(".")
    if parts[0] in declared or parts[0] in REFERENCE_ONLY:
        return []
    candidates = _OF_WILDCARDS if parts[0] == "*" else tuple(filter(None, [BY_NAME.get(parts[0])]))
    if not candidates:
        return [_unknown_event(event_name, parts, declared, place)]
    faults = [(event, _fault(event, event_name, parts, place)) for event in candidates]
    fitting = [event for event, fault in faults if fault is None]
    if not fitting:
        return [fault for _, fault in faults if fault is not None][-1:]
    return [] if handler is None else _wrong_arguments(event_name, handler, fitting)


# -- names ---------------------------------------------------------------------------------------------------------


def _malformed(name: str) -> Finding | None:
    parts = name.split(".")
    if "" in parts:
        rest = ".".join(filter(None, parts))
        return Finding("empty-part", f"{name!r} has an empty part, and no event has; write {rest!r}")
    for part in parts:
        if "*" in part and part != "*":
            fixed = ".".join("*" if "*" in each else each for each in parts)
            return Finding(
                "glued-wildcard",
                f"{name!r} never matches: '*' stands for one whole part, not for a piece of {part!r}; write {fixed!r}",
            )
    return None


def _unknown_event(name: str, parts: list[str], declared: Collection[str], place: Place) -> Finding:
    known = [*BY_NAME, *declared]
    meant = closest(parts[0], known)
    if meant:
        fixed = ".".join([meant, *name.split(".")[1:]])
        hint = f"did you mean {fixed!r}?"
    else:
        hint = f"the events are listed in docs/events.md; {place.own_event.format(event=parts[0])}"
    return Finding("unknown-event", f"{name!r} is never emitted: there is no event {parts[0]!r}; {hint}")


def _fault(event: type[Event], name: str, parts: list[str], place: Place) -> Finding | None:
    """Why an emission of this event never reaches the name, or ``None``."""
    if place.is_client and event.is_on_session:
        return Finding(
            "session-event",
            f"{name!r} is never emitted on {place.description}, but on sessions, before a client is there: register it "
            "with session.events before you make the client",
        )
    pattern = event.pattern.split(".")
    if len(parts) > len(pattern):
        shorter = ".".join(name.split(".")[: len(pattern)])
        return Finding(
            "too-many-parts",
            f"{name!r} has more parts than the event, which is {event.pattern!r}; write {shorter!r}",
        )
    service = parts[1] if len(parts) > 1 else "*"
    # Endpoint prefixes are not looked at: they are in the descriptions of all services, which nobody has loaded.
    checks = {"SERVICE": _service, "OPERATION": _operation, "RESOURCE": _resource}
    for position in range(1, len(parts)):
        check = checks.get(pattern[position])
        if check is not None and parts[position] != "*":
            fault = check(event, name, parts[position], service, place)
            if fault is not None:
                return fault
    return None


def _service(event: type[Event], name: str, part: str, service: str, place: Place) -> Finding | None:
    if place.has_service(part):
        return None
    return _unknown_part(
        name,
        part,
        place.services(),
        "unknown-service" if place.service_id is None else "wrong-service",
        place,
    )


def _operation(event: type[Event], name: str, part: str, service: str, place: Place) -> Finding | None:
    known = place.operations(service)
    if known is None:
        if "_" not in part:
            return None
        known = [part.title().replace("_", "")]  # No service has an underscore in an operation.
    elif part in known or (event in (ChooseSigner, BeforeSign) and part in _TOKEN_OPERATIONS):
        return None
    return _unknown_part(name, part, known, "unknown-operation", place)


def _resource(event: type[Event], name: str, part: str, service: str, place: Place) -> Finding | None:
    known = place.resources(service)
    if known is None or part in known:
        return None
    return _unknown_part(name, part, known, "unknown-resource", place)


_NOUNS = {
    "wrong-service": "service",
    "unknown-service": "service",
    "unknown-operation": "operation",
    "unknown-resource": "resource class",
}


def _unknown_part(name: str, part: str, known: Collection[str], code: str, place: Place) -> Finding:
    meant = next(iter(known)) if code == "wrong-service" and len(known) == 1 else closest(part, known)
    if code == "wrong-service":
        problem = f"{name!r} is never emitted on {place.description}"
    else:
        problem = f"{name!r} is never emitted: there is no {_NOUNS[code]} {part!r}"
    if meant is None:
        few = sorted(known)[:5]
        hint = f"there are {', '.join(map(repr, few))}{' and others' if len(known) > 5 else ''}"
    else:
        fixed = ".".join(meant if each == part else each for each in name.split("."))
        # An alias may stand for the part: then there is nothing to replace in the name as it was written.
        hint = f"did you mean {fixed!r}?" if fixed != name else f"the {_NOUNS[code]} here is {meant!r}"
    return Finding(code, f"{problem}; {hint}")


# -- arguments -----------------------------------------------------------------------------------------------------


def _wrong_arguments(event_name: str, handler: Any, events: list[type[Event]]) -> list[Finding]:
    if isinstance(handler, OwnedHandler):
        handler = handler.function
    if isinstance(handler, TypedHandler):
        return []
    sent = {"event_name"}.union(*(event.described() for event in events))
    missing = [name for name in _required(handler) if name not in sent]
    if not missing:
        return []
    name = missing[0]
    meant = closest(name, sent)
    hint = (
        f"did you mean {meant!r}?"
        if meant
        else "give it a default value, or take what you need from **kwargs"
    )
    return [
        Finding(
            "unknown-argument",
            f"{event_name!r} never sends the argument {name!r} that {_described(handler)} demands: it sends "
            f"{', '.join(sorted(sent))}; {hint}",
        )
    ]


def _described(handler: Any) -> str:
    return handler.description if isinstance(handler, SourceHandler) else describe(handler)


def _required(handler: Any) -> list[str]:
    """The arguments without which a handler cannot be called; none where that cannot be found out."""
    if isinstance(handler, SourceHandler):
        return handler.required
    function, skipped = (handler.__func__, 1) if type(handler) is MethodType else (handler, 0)
    if type(function) is FunctionType and not hasattr(function, "__wrapped__"):
        code: CodeType = function.__code__
        positional = code.co_varnames[skipped : code.co_argcount]
        with_default = len(function.__defaults__ or ())
        keyword = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        known = function.__kwdefaults__ or {}
        # What is positional only cannot be given by name at all, but then **kwargs takes the name.
        return [
            *positional[: len(positional) - with_default],
            *(name for name in keyword if name not in known),
        ]
    from inspect import Parameter, signature

    try:
        parameters = signature(handler).parameters.values()
    except (TypeError, ValueError):
        return []
    wanted = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    return [each.name for each in parameters if each.kind in wanted and each.default is Parameter.empty]


# -- registrations that another one makes pointless ------------------------------------------------------------------


def twice(event_name: str, handler: Any, registered: Iterable[Any]) -> list[Finding]:
    """A handler that is registered for this very name already: it would be called twice."""
    if handler not in registered:
        return []
    return [
        Finding(
            "registered-twice",
            f"{event_name!r}: {describe(handler)} is registered already, and would be called once more for each emission; "
            "register it once, or give a unique_id, which makes later registrations do nothing",
        )
    ]


def hidden(
    event_name: str, handler: Any, unique_id: Any, known: Any, registered: Iterable[Any]
) -> list[Finding]:
    """A handler that is not registered, since its id belongs to another handler or to another event."""
    if describe(known) == describe(handler) and known in registered:
        return []
    return [
        Finding(
            "hidden-by-id",
            f"{event_name!r}: {describe(handler)} is not registered, as the unique_id {unique_id!r} belongs to "
            f"{describe(known)}{'' if describe(known) != describe(handler) else ' on another event'}; choose another unique_id, "
            "or unregister that one first",
        )
    ]


def report(finding: Finding, *, is_error: bool) -> None:
    """Warn about a registration at the line that makes it, which is not ours, or raise ``DeadHandlerError``."""
    if is_error:
        raise DeadHandlerError(finding.message)
    import warnings
    from sys import _getframe

    frame = _getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        frame = frame.f_back
    warnings.warn_explicit(
        finding.message,
        DeadHandlerWarning,
        frame.f_code.co_filename,
        frame.f_lineno,
        module=frame.f_globals.get("__name__"),
        registry=frame.f_globals.setdefault("__warningregistry__", {}),
    )
