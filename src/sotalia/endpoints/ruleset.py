"""Endpoint rule sets, compiled to closures as calls reach them. Results are cached by parameters.

See "Endpoint rule set" in the Smithy documentation. If all conditions of a rule hold (anything but ``False`` and no
value does), it returns an endpoint, raises an error, or continues with the rules below it. S3's rule set has a thousand
conditions, of which a call meets some twenty. Compiling those is faster than reading a compiled form of all.
"""

from __future__ import annotations

from sotalia.endpoints.functions import FUNCTIONS, Partitions, compile_path, error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Scope = dict[str, Any]
    Evaluate = Callable[[Scope], Any]
    Rule = Callable[[Scope], "RuleSetEndpoint | None"]

_RESULTS_CACHED = 100
#: Parameters of S3 that no rule reads, but that differ in every call. As part of a key they would defeat the cache.
UNUSED_PARAMETERS = frozenset(("Key", "Prefix", "CopySource"))
_TYPES: dict[str, tuple[type, ...]] = {"string": (str,), "boolean": (bool,), "stringarray": (tuple,)}


class RuleSetEndpoint:
    """Where a request goes: ``url``, ``properties`` (authSchemes and the like), ``headers``. Treat it as read-only."""

    __slots__ = ("headers", "properties", "url")

    def __init__(self, url: str, properties: dict[str, Any], headers: dict[str, list[str]]) -> None:
        self.url = url
        self.properties = properties
        self.headers = headers

    def __repr__(self) -> str:
        from sotalia.runtime.redaction import redact_url

        return f"RuleSetEndpoint(url={redact_url(self.url)!r}, properties={self.properties!r}, headers={self.headers!r})"


class RuleSetParameter:
    """One parameter of a rule set."""

    __slots__ = ("builtin", "default", "name", "required", "type_name")

    def __init__(self, name: str, described: dict[str, Any]) -> None:
        self.name = name
        self.type_name: str = described["type"].lower()
        self.builtin: str | None = described.get("builtIn")
        default: list[str] | str | bool | None = described.get("default")
        self.default: str | bool | tuple[str, ...] | None = (
            tuple(default) if isinstance(default, list) else default
        )
        self.required: bool = described.get("required", False)

    def checked(self, value: list[str] | tuple[str, ...] | str | bool | None) -> object:
        """The value, or the default. Raises ``EndpointResolutionError`` if it is required and missing, or of a wrong type."""
        if value is None:
            if self.default is None and self.required:
                raise error(f"Cannot find value for required parameter {self.name}")
            return self.default
        if isinstance(value, list):
            value = tuple(value)
        types = _TYPES[self.type_name]
        if not isinstance(value, types):
            raise error(
                f"Value ({self.name}) is the wrong type. Must be {types[0]}, found {value!r} of {type(value)}."
            )
        return value


class EndpointProvider:
    """Evaluates one rule set."""

    def __init__(self, ruleset: dict[str, Any], partition_data: dict[str, Any]) -> None:
        self.parameters = [RuleSetParameter(name, it) for name, it in ruleset["parameters"].items()]
        self._keyed = [it for it in self.parameters if it.name not in UNUSED_PARAMETERS]
        self._compiler = RuleCompiler(Partitions(partition_data))
        self._rules = self._compiler.rules(ruleset["rules"])
        self._results: dict[tuple[object, ...], RuleSetEndpoint] = {}

    def resolve_endpoint(self, **values: Any) -> RuleSetEndpoint:
        """Evaluate the rule set. Raises ``EndpointResolutionError`` with the rule set's own message."""
        key: tuple[object, ...] = tuple([_hashable(values.get(it.name)) for it in self._keyed])
        try:
            endpoint = self._results.get(key)
        except TypeError:  # A value of a wrong type that cannot be a key. `_resolve` reports it.
            endpoint, key = None, ()
        if endpoint is None:
            endpoint = self._resolve(values)
            if len(self._results) >= _RESULTS_CACHED:
                self._results.clear()
            self._results[key] = endpoint
        return endpoint

    def _resolve(self, values: Scope) -> RuleSetEndpoint:
        scope: Scope = {}
        for parameter in self.parameters:
            value = parameter.checked(values.get(parameter.name))
            if value is not None:
                scope[parameter.name] = value
        endpoint = self._rules(scope)
        if endpoint is None:
            shown = "\n".join(f"{name}: {value}" for name, value in values.items())
            raise error(f"No endpoint found for parameters:\n{shown}")
        return endpoint


class RuleCompiler:
    """Compiles the rules of one rule set."""

    def __init__(self, partition: Partitions) -> None:
        self._functions: dict[str, Callable[..., Any]] = {**FUNCTIONS, "aws.partition": partition}

    # -- rules -------------------------------------------------------------------------------------------------

    def rules(self, described: list[dict[str, Any]]) -> Rule:
        """Compile rules, of which the first that returns an endpoint wins."""
        compiled: list[Rule | None] = [None] * len(described)

        def evaluate(scope: Scope) -> RuleSetEndpoint | None:
            for index, rule in enumerate(compiled):
                if rule is None:
                    rule = compiled[index] = self.rule(described[index])
                endpoint = rule(scope)
                if endpoint is not None:
                    return endpoint
            return None

        return evaluate

    def rule(self, described: dict[str, Any]) -> Rule:
        """One rule: its conditions, then what it gives."""
        conditions = described.get("conditions", ())
        assigns = any("assign" in it for it in conditions)
        # Compiled when they are first reached: most rules fail at an early one. Replaced as a whole, for threads.
        compiled: tuple[Callable[[Scope], bool], ...] = ()
        outcome: Rule | None = None

        def evaluate(scope: Scope) -> RuleSetEndpoint | None:
            nonlocal compiled, outcome
            if assigns:
                scope = dict(scope)
            known = compiled
            for condition in known:
                if not condition(scope):
                    return None
            if len(known) < len(conditions):
                for described_condition in conditions[len(known) :]:
                    known = compiled = (*known, self.condition(described_condition))
                    if not known[-1](scope):
                        return None
            if outcome is None:
                outcome = self.outcome(described)
            return outcome(scope)

        return evaluate

    def outcome(self, described: dict[str, Any]) -> Rule:
        """Compile a rule's result: more rules, an endpoint, or an error."""
        rule_type = described["type"]
        if rule_type == "tree":
            return self.rules(described["rules"])
        if rule_type == "endpoint":
            return self.endpoint(described["endpoint"])
        message = self.expression(described["error"])

        def fail(scope: Scope) -> RuleSetEndpoint | None:
            raise error(message(scope))

        return fail

    def endpoint(self, described: dict[str, Any]) -> Rule:
        """Compile an endpoint: URL, properties and headers."""
        url = self.expression(described["url"])
        properties = self.structure(described.get("properties", {}))
        headers = self.structure(described.get("headers", {}))
        return lambda scope: RuleSetEndpoint(url(scope), properties(scope), headers(scope))

    def condition(self, described: dict[str, Any]) -> Callable[[Scope], bool]:
        """Compile a condition. It may assign its value to a name for the conditions and rules after it."""
        evaluate = self.expression(described)
        name = described.get("assign")

        def holds(scope: Scope) -> bool:
            value = evaluate(scope)
            if name is not None:
                if name in scope:
                    raise error(f"Cannot assign {name} a second time.")
                if value is not None:
                    scope[name] = value
            return value is not None and value is not False

        return holds

    # -- values ------------------------------------------------------------------------------------------------

    def expression(self, described: dict[str, Any] | str | bool | int) -> Evaluate:
        """Compile a reference, a function call, a template, or a plain value."""
        if isinstance(described, dict):
            if "ref" in described:
                name = described["ref"]
                return lambda scope: scope.get(name)
            return self.call(described["fn"], described["argv"])
        if isinstance(described, str):
            return self.template(described)
        return lambda scope: described

    def call(self, name: str, arguments: list[Any]) -> Evaluate:
        """Compile a call of a library function."""
        if name == "getAttr":
            of, get = self.expression(arguments[0]), compile_path(arguments[1])
            return lambda scope: get(of(scope))
        if name == "isSet":
            of = self.expression(arguments[0])
            return lambda scope: of(scope) is not None
        if name == "not":
            of = self.expression(arguments[0])
            return lambda scope: not of(scope)
        function = self._functions[name]
        values = [self.expression(argument) for argument in arguments]
        if len(values) == 1:
            (only,) = values
            return lambda scope: function(only(scope))
        if len(values) == 2:
            first, second = values
            return lambda scope: function(first(scope), second(scope))
        return lambda scope: function(*[value(scope) for value in values])

    def template(self, text: str) -> Evaluate:
        """Compile text with ``{Name}`` and ``{Name#attribute}`` in it. Doubled braces are braces."""
        if "{" not in text:
            plain = text.replace("}}", "}")
            return lambda scope: plain
        parts: list[Evaluate] = []
        position = 0
        literal = ""
        while position < len(text):
            if text.startswith(("{{", "}}"), position):
                literal += text[position]
                position += 2
            elif text[position] == "{":
                end = text.index("}", position)
                parts += [_constant(literal), _reference(text[position + 1 : end])]
                literal = ""
                position = end + 1
            else:
                literal += text[position]
                position += 1
        parts.append(_constant(literal))
        return lambda scope: "".join([str(part(scope)) for part in parts])

    def structure(self, described: dict[str, Any] | list[Any] | str | bool | int) -> Evaluate:
        """Compile dictionaries and lists with expressions inside."""
        if isinstance(described, dict) and not ("ref" in described or "fn" in described):
            members = {name: self.structure(value) for name, value in described.items()}
            return lambda scope: {name: value(scope) for name, value in members.items()}
        if isinstance(described, list):
            items = [self.structure(value) for value in described]
            return lambda scope: [item(scope) for item in items]
        return self.expression(described)


def _hashable(value: list[str] | str | bool | None) -> object:
    return tuple(value) if isinstance(value, list) else value


def _constant(value: str) -> Evaluate:
    return lambda scope: value


def _reference(text: str) -> Evaluate:
    name, _, path = text.partition("#")
    if not path:
        return lambda scope: scope.get(name)
    get = compile_path(path)
    return lambda scope: get(scope.get(name))
