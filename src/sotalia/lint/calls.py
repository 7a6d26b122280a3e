"""Calls: what they give, and which of them register handlers."""

from __future__ import annotations

import ast
from dataclasses import replace
from string import Formatter

from sotalia.lint import sdk
from sotalia.lint.expressions import Expressions
from sotalia.lint.knowledge import Registration, TypedRegistration
from sotalia.lint.values import (
    BLANK,
    UNKNOWN,
    Class,
    Function,
    Instance,
    Mapping,
    Qualified,
    Sequence,
    Text,
    Value,
    Values,
    concatenated,
    join,
    texts,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.lint.scopes import Frame

REGISTERING = frozenset({"register", "register_first", "register_last"})
_EMITTING = frozenset({"emit", "emit_until_response", "emit_async", "emit_until_response_async", "declare"})
_PARTS = ("service", "operation", "resource", "attribute")
# Built-in functions that give back the items of what they get.
_SAME_ITEMS = frozenset({"tuple", "list", "set", "frozenset", "sorted", "reversed", "iter"})


class Calls(Expressions):
    """Values of calls, and the registrations among them."""

    def call(self, node: ast.Call, frame: Frame) -> Values:
        """What a call gives. What registers a handler is collected."""
        method: str | None = None
        receiver: Values = ()
        if isinstance(node.func, ast.Attribute):
            # Once, not for the function again: chains of calls would take twice as long with each link.
            method, receiver = node.func.attr, self.value(node.func.value, frame)
            functions = self._attribute_from(receiver, node.func, frame) or UNKNOWN
        else:
            functions = self.value(node.func, frame)
        arguments = [self.value(argument, frame) for argument in node.args]
        named = {keyword.arg: self.value(keyword.value, frame) for keyword in node.keywords}
        is_plain = None not in named and not any(isinstance(each, ast.Starred) for each in node.args)
        if method is not None and is_plain and not self.silence:
            self._collect(node, method, receiver, arguments, named)
        if not is_plain:
            arguments, named = [], {}
        services = arguments[0] if arguments else named.get("service_name", UNKNOWN)
        found: list[Values] = []
        for function in functions:
            found.append(self._called(function, node, services, arguments, named))
        if method is not None and UNKNOWN[0] in functions:
            special = [self._method(owner, method, services, arguments, named) for owner in receiver]
            known = [values for values in special if values is not None]
            if known:
                return join(*known, *([UNKNOWN] if len(known) < len(special) else []))
        return join(*found)

    def _called(
        self,
        function: Value,
        node: ast.Call,
        services: Values,
        arguments: list[Values],
        named: dict[str | None, Values],
    ) -> Values:
        match function:
            case Qualified(name="functools.partial"):
                return _partial(arguments, named)
            case Qualified(name=name):
                return sdk.made_by(name, services)
            case Class():
                return (Instance(function),)
            case Function(node=ast.FunctionDef() | ast.AsyncFunctionDef()) if function.kind != "decorated":
                return self.known(("return", function.node)) or UNKNOWN
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if len(arguments) == 1 and name in _SAME_ITEMS:
            return arguments[0] if isinstance(arguments[0][0], Sequence) else UNKNOWN
        if (
            name == "enumerate"
            and arguments
            and len(arguments[0]) == 1
            and isinstance(arguments[0][0], Sequence)
        ):
            return (Sequence(tuple((Sequence((UNKNOWN, item)),) for item in arguments[0][0].items)),)
        return UNKNOWN

    def _method(
        self,
        owner: Value,
        method: str,
        services: Values,
        arguments: list[Values],
        named: dict[str | None, Values],
    ) -> Values | None:
        match owner, method:
            case Text(text=text), "format":
                return _formatted(text, arguments, named)
            case Text(), "join" if len(arguments) == 1 and isinstance(arguments[0][0], Sequence):
                pieces: list[Values] = []
                for item in arguments[0][0].items:
                    pieces += [(owner,), item]
                return concatenated(pieces[1:])
            case Text(), _:
                return (Text(BLANK),)
            case Mapping(pairs=pairs), "items":
                return (Sequence(tuple((Sequence(pair),) for pair in pairs)),)
            case Mapping(pairs=pairs), "keys":
                return (Sequence(tuple(key for key, _ in pairs)),)
            case Mapping(pairs=pairs), "values":
                return (Sequence(tuple(value for _, value in pairs)),)
        is_service = isinstance(services[0], Text) and BLANK not in services[0].text
        return sdk.made_by_method(owner, method, services, is_service)

    def _collect(
        self,
        node: ast.Call,
        method: str,
        receiver: Values,
        arguments: list[Values],
        named: dict[str | None, Values],
    ) -> None:
        by_name = {keyword.arg: keyword.value for keyword in node.keywords}
        if method in REGISTERING:
            name = arguments[0] if arguments else named.get("event_name")
            name_node = node.args[0] if arguments else by_name.get("event_name")
            if name is None or name_node is None:
                return
            has_handler = len(arguments) > 1
            handler = arguments[1] if has_handler else named.get("handler", UNKNOWN)
            handler_node = node.args[1] if has_handler else by_name.get("handler")
            self.registrations.append(Registration(node, receiver, name, name_node, handler, handler_node))
        elif method == "on":
            event = sdk.event_class(arguments[0][0]) if arguments else None
            if event is not None:
                parts = {part: named[part] for part in _PARTS if part in named}
                typed = TypedRegistration(node, receiver, event, parts)
                if len(arguments) > 1 or "handler" in named:
                    typed.handler = arguments[1] if len(arguments) > 1 else named["handler"]
                    typed.handler_node = node.args[1] if len(arguments) > 1 else by_name["handler"]
                self.typed.append(typed)
                self.typed_by_call[node] = typed
        elif method in _EMITTING:
            for values in arguments if method == "declare" else arguments[:1]:
                self.emitted.update(text.partition(".")[0] for text in texts(values) if text)


def _formatted(text: str, arguments: list[Values], named: dict[str | None, Values]) -> Values:

    parts: list[Values] = []
    automatic = 0
    try:
        for literal, name, spec, conversion in Formatter().parse(text):
            parts.append((Text(literal),))
            if name is None:
                continue
            if name == "":
                name, automatic = str(automatic), automatic + 1
            value = UNKNOWN
            if not spec and not conversion:
                if name.isdecimal():
                    value = arguments[int(name)] if int(name) < len(arguments) else UNKNOWN
                else:
                    value = named.get(name, UNKNOWN)
            parts.append(value)
    except ValueError:
        return (Text(BLANK),)
    return concatenated(parts)


def _partial(arguments: list[Values], named: dict[str | None, Values]) -> Values:
    if not arguments or len(arguments[0]) != 1 or not isinstance(arguments[0][0], Function):
        return UNKNOWN
    function = arguments[0][0]
    return (
        replace(
            function,
            positional_taken=function.positional_taken + len(arguments) - 1,
            named_taken=function.named_taken | {name for name in named if name is not None},
        ),
    )
