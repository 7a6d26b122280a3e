"""Judges the registrations that :mod:`~sotalia.lint.flow` collects in a module, by the check that registries make.

An expression may have alternatives. A name is reported when it is wrong on every client or session on which it may be
registered there, and a handler when every function that it may be is wrong.
"""

from __future__ import annotations

import ast
from itertools import chain

from sotalia.events.catalog import BY_NAME, CATALOG
from sotalia.events.event import Argument, Event, Settable
from sotalia.events.lint import Finding, SourceHandler, findings
from sotalia.events.typed import event_names
from sotalia.lint.knowledge import TypedFunction
from sotalia.lint.places import alias, is_async
from sotalia.lint.repeated import repeated
from sotalia.lint.values import (
    BLANK,
    Emitter,
    Function,
    Instance,
    Nothing,
    Sequence,
    Session,
    Text,
    Unknown,
    texts,
)
from sotalia.runtime.spelling import closest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sotalia.lint.flow import Flow
    from sotalia.lint.knowledge import Registration, TypedRegistration
    from sotalia.lint.places import Places
    from sotalia.lint.values import Value, Values

    #: A finding, the node that it points at, and the whole call, on whose lines it can be silenced.
    Located = tuple[Finding, ast.AST, ast.AST]

_EVENTS = {event.__name__: event for event in CATALOG}
_OF_HANDLERS = frozenset({"unknown-argument", "no-kwargs", "async-handler"})
# What is wrong with a name whatever it is for. All else may be right for another alternative of what surrounds it: a
# condition that sets the operation sets the service, too.
_ANYWHERE = frozenset({"unknown-event", "glued-wildcard", "empty-part", "no-kwargs", "async-handler"})
# Which argument of on() a finding is about.
_ARGUMENTS = {
    "unknown-operation": "operation",
    "unknown-resource": "resource",
    "unknown-service": "service",
    "wrong-service": "service",
}


class Checks:
    """The checks of one module. ``names_sdk``: whether it speaks of boto3, botocore or sotalia at all."""

    def __init__(self, flow: Flow, places: Places, path: str, *, names_sdk: bool) -> None:
        self._flow = flow
        self._places = places
        self._path = path
        self._names_sdk = names_sdk

    def run(self) -> Iterator[Located]:
        """Everything that is wrong."""
        for registration in self._flow.registrations:
            yield from self._registration(registration)
        for finding, call in repeated(self._flow.tree, self._flow.registrations):
            yield finding, call, call
        typed = dict(self._flow.typed_functions)
        for on in self._flow.typed:
            yield from self._typed_registration(on)
            for function in _functions(on.handler):
                noted = _typed_function(function, on.event)
                if noted is not None:
                    typed.setdefault(noted.node, noted)
        for each in typed.values():
            yield from self._typed_function(each)

    # -- by name -----------------------------------------------------------------------------------------------

    def _registration(self, found: Registration) -> Iterator[Located]:
        receivers = [value for value in found.receiver if _may_register(value)]
        if len(receivers) < len([value for value in found.receiver if not _is_nothing(value)]):
            return  # Something else has a method of this name.
        names = [value.text for value in found.name if isinstance(value, Text)]
        if len(names) > 1:
            names = [name for name in names if name]  # The empty one may stand for none.
        handlers = self._handlers(found.handler)
        per_name = [
            _in_all([self._judge(name, receiver, handlers) for receiver in receivers])
            for name in names or [BLANK]
        ]
        everywhere = set.intersection(*({finding.code for finding in each} for each in per_name))
        for finding in chain.from_iterable(per_name):
            if finding.code in _ANYWHERE or finding.code in everywhere:
                is_handler = finding.code in _OF_HANDLERS
                node = (found.handler_node or found.call) if is_handler else found.name_node
                yield finding, node, found.call

    def _judge(self, name: str, receiver: Value, handlers: list[Function]) -> list[Finding]:
        parts = ["*" if BLANK in part else part for part in name.split(".")]
        is_blank = BLANK in name.partition(".")[0]
        if any(BLANK in part and "*" in part for part in name.split(".")):
            return []
        if not isinstance(receiver, Emitter | Session) and not self._is_an_event(parts, is_blank=is_blank):
            return []
        shown = ".".join(parts)
        place = self._places.of(receiver)
        found = [] if is_blank else findings(shown, None, place, alias=alias)
        if found:
            return found
        return _in_all([self._judge_handler(shown, receiver, handler, is_blank) for handler in handlers])

    def _judge_handler(self, name: str, receiver: Value, handler: Function, is_blank: bool) -> list[Finding]:
        described = self._describe(handler)
        label = f"{name!r}: " if not is_blank else ""
        if not handler.accepts_kwargs:
            return [
                Finding(
                    "no-kwargs",
                    f"{label}{described} takes no **kwargs, so that register() raises ValueError: events may send more "
                    "arguments later; add **kwargs",
                )
            ]
        if handler.is_async and is_async(receiver) is False:
            return [self._is_coroutine(label, described)]
        if is_blank:
            return []
        source = SourceHandler(described, handler.required)
        return findings(name, source, self._places.of(receiver), alias=alias)

    def _is_coroutine(self, label: str, described: str) -> Finding:
        return Finding(
            "async-handler",
            f"{label}{described} is a coroutine function, but the client or session is synchronous, which never awaits it; "
            "register a plain function, or use an asynchronous session",
        )

    def _is_an_event(self, parts: list[str], *, is_blank: bool) -> bool:
        """Whether a name that is registered on something unknown is one of an event, or meant to be."""
        if len(parts) < 2 or is_blank:
            return False
        service = alias(".".join(parts[:2])).partition(".")[2]
        is_service = parts[1] == "*" or bool(service and self._places.anywhere.has_service(service))
        if parts[0] in BY_NAME:
            return self._names_sdk or (is_service and parts[1] != "*")
        return self._names_sdk and is_service and _is_near(parts[0])

    def _handlers(self, values: Values) -> list[Function]:
        """The functions that a handler may be; none where it may be something else, too."""
        functions = _functions(values)
        for value in values:
            if isinstance(value, Instance):
                called = self._flow.attribute_of(value.of, "__call__", of_instance=True)
                functions += _functions(called)
        is_whole = len(functions) == len(values) and all(each.kind != "decorated" for each in functions)
        return functions if is_whole else []

    def _describe(self, function: Function) -> str:
        return f"handler '{function.name}' ({self._path}:{function.node.lineno})"

    # -- typed -------------------------------------------------------------------------------------------------

    def _typed_registration(self, found: TypedRegistration) -> Iterator[Located]:
        event = _EVENTS.get(found.event)
        if event is None:
            return
        receivers = [value for value in found.receiver if not _is_nothing(value)]
        per_receiver = [self._judge_typed(event, found, receiver) for receiver in receivers]
        arguments = {keyword.arg: keyword.value for keyword in found.call.keywords}
        for finding in _in_all(per_receiver):
            yield finding, arguments.get(_ARGUMENTS.get(finding.code)) or found.call, found.call
        for function in _functions(found.handler):
            if function.is_async and receivers and all(is_async(each) is False for each in receivers):
                label = f"{found.event}: "
                node = found.handler_node or found.call
                yield self._is_coroutine(label, self._describe(function)), node, found.call

    def _judge_typed(self, event: type[Event], found: TypedRegistration, receiver: Value) -> list[Finding]:
        place = self._places.of(receiver)
        parts: dict[str, list[str]] = {}
        for name, values in found.parts.items():
            words = _words(values)
            if words is not None:
                parts[name] = ["*" if BLANK in word else word for word in words]
        service: list[str] | str | None = parts.pop("service", None)
        is_any = not isinstance(receiver, Emitter | Session)
        if service is None and "service" not in found.parts and not is_any:
            service = place.service_id
        try:
            names = event_names(event, service, parts)
        except TypeError as error:
            return [Finding("wrong-place", str(error))]
        return [finding for name in names for finding in findings(name, None, place, alias=alias)]

    def _typed_function(self, found: TypedFunction) -> Iterator[Located]:
        events = [_EVENTS[name] for name in found.events if name in _EVENTS]
        if len(events) < len(found.events) or not _is_constant(found):
            return
        for node in ast.walk(found.node):
            if not (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == found.argument
            ):
                continue
            finding = _attribute(node, events)
            if finding is not None:
                yield finding, node, node


# -- what may be reported ----------------------------------------------------------------------------------------


def _is_nothing(value: Value) -> bool:
    return isinstance(value, Nothing)


def _may_register(value: Value) -> bool:
    if isinstance(value, Emitter):
        return not value.is_own
    return isinstance(value, Session | Unknown)


def _in_all(found: list[list[Finding]]) -> list[Finding]:
    """The findings of the first list whose code is in all lists."""
    if not found:
        return []
    codes = set.intersection(*({finding.code for finding in each} for each in found))
    return [finding for finding in found[0] if finding.code in codes]


def _is_near(word: str) -> bool:
    """Whether a word is an event's with a slip in it."""
    from difflib import get_close_matches

    spelled = word.lower().replace("_", "-")
    return bool(get_close_matches(spelled, list(BY_NAME), 1, 0.8))


def _functions(values: Iterable[Value]) -> list[Function]:
    return [value for value in values if isinstance(value, Function)]


def _words(values: Values) -> list[str] | None:
    """The strings of ``operation=``: one, or several in a tuple or list; ``None`` where they are not known."""
    if len(values) != 1:
        return ["*"]
    value = values[0]
    if isinstance(value, Sequence):
        return [word for item in value.items for word in texts(item)]
    if _is_nothing(value):
        return None
    return texts(values)


def _typed_function(function: Function, event: str) -> TypedFunction | None:
    if isinstance(function.node, ast.Lambda) or function.kind == "decorated":
        return None
    arguments = [*function.node.args.posonlyargs, *function.node.args.args][function.positional_taken :]
    if not arguments:
        return None
    return TypedFunction(function.node, arguments[0].arg, frozenset({event}))


def _is_constant(found: TypedFunction) -> bool:
    """Whether the argument stands for the event in the whole function, and nothing asks what it has."""
    for node in ast.walk(found.node):
        if isinstance(node, ast.Name) and node.id == found.argument and not isinstance(node.ctx, ast.Load):
            return False
        if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name == found.argument:
            return False
        if (
            isinstance(node, ast.Match)
            and isinstance(node.subject, ast.Name)
            and node.subject.id == found.argument
        ):
            return False
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            asks = name in ("isinstance", "hasattr", "type", "issubclass", "setattr")
            if asks and any(isinstance(each, ast.Name) and each.id == found.argument for each in node.args):
                return False
        if node is not found.node and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            arguments = node.args
            inner = (
                *arguments.posonlyargs,
                *arguments.args,
                *arguments.kwonlyargs,
                arguments.vararg,
                arguments.kwarg,
            )
            if any(each is not None and each.arg == found.argument for each in inner):
                return False
    return True


def _attribute(node: ast.Attribute, events: list[type[Event]]) -> Finding | None:
    name = node.attr
    titles = " and ".join(sorted(event.__name__ for event in events))
    if not any(hasattr(event, name) for event in events):
        public = sorted(
            {each for event in events for each in dir(event) if not each.startswith("_")} - _OF_CLASSES
        )
        meant = closest(name, public)
        hint = f"did you mean {meant!r}?" if meant else f"there are {', '.join(public)}"
        return Finding("unknown-attribute", f"{titles} has no attribute {name!r}; {hint}")
    if isinstance(node.ctx, ast.Store) and not any(_is_assignable(event, name) for event in events):
        changes = events[0].describe_changes()
        return Finding("read-only-attribute", f"{titles}: {name!r} cannot be replaced; {changes}")
    return None


# What belongs to the classes, not to one emission.
_OF_CLASSES = frozenset(
    {
        "annotation",
        "describe_changes",
        "described",
        "effect",
        "expects",
        "is_in_guide",
        "is_on_session",
        "is_per_attempt",
        "name",
        "pattern",
        "returns",
    }
)


def _is_assignable(event: type[Event], name: str) -> bool:
    found = next(vars(base)[name] for base in event.__mro__ if name in vars(base))
    if isinstance(found, Argument):
        return isinstance(found, Settable)
    return (not isinstance(found, property) and hasattr(found, "__set__")) or (
        isinstance(found, property) and found.fset is not None
    )
