"""Which rules of a rule set led to an endpoint, and their conditions in words: for ``explain``."""

from __future__ import annotations

from sotalia.endpoints.functions import Partitions
from sotalia.endpoints.ruleset import EndpointProvider, RuleCompiler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.endpoints.ruleset import Rule, RuleSetEndpoint, Scope


class TracingProvider(EndpointProvider):
    """Evaluates a rule set anew for each call. ``path`` has the rules that led to the last endpoint, outermost first."""

    def __init__(self, ruleset: dict[str, Any], partition_data: dict[str, Any]) -> None:
        super().__init__(ruleset, partition_data)
        #: What the rule set was asked with.
        self.values: dict[str, Any] = {}
        self.path: list[dict[str, Any]] = []
        self._compiler = _TracingCompiler(Partitions(partition_data), self.path)
        self._rules = self._compiler.rules(ruleset["rules"])

    def resolve_endpoint(self, **values: Any) -> RuleSetEndpoint:
        """Evaluate the rule set. Raises ``EndpointResolutionError`` with the rule set's own message."""
        self.path.clear()
        self.values = values
        return self._resolve(values)


class _TracingCompiler(RuleCompiler):
    def __init__(self, partition: Partitions, path: list[dict[str, Any]]) -> None:
        super().__init__(partition)
        self._path = path

    def rule(self, described: dict[str, Any]) -> Rule:
        evaluate = super().rule(described)

        def traced(scope: Scope) -> RuleSetEndpoint | None:
            endpoint = evaluate(scope)
            if endpoint is not None:
                self._path.insert(0, described)
            return endpoint

        return traced


def conditions(path: list[dict[str, Any]]) -> list[str]:
    """The conditions of rules in words, one text for each rule that has any."""
    found: list[str] = []
    for rule in path:
        words = [_words(condition) for condition in rule.get("conditions", ())]
        if words:
            found.append(" and ".join(words))
    return found


def _words(described: dict[str, Any] | list[Any] | str | bool | int) -> str:
    if isinstance(described, str):
        return f"'{described}'"
    if isinstance(described, list):
        return f"[{', '.join([_words(item) for item in described])}]"
    if not isinstance(described, dict):
        return str(described).lower() if isinstance(described, bool) else str(described)
    if "ref" in described:
        return str(described["ref"])
    name = str(described["fn"])
    arguments = [_words(argument) for argument in described["argv"]]
    if name == "getAttr":
        text = f"{arguments[0]}.{described['argv'][1]}"
    elif name == "isSet":
        text = f"{arguments[0]} is set"
    elif name == "not":
        text = _negated(arguments[0], described["argv"][0])
    elif name == "booleanEquals" and arguments[1] in ("true", "false"):
        text = arguments[0] if arguments[1] == "true" else f"not {arguments[0]}"
    elif name in ("stringEquals", "booleanEquals"):
        text = f"{arguments[0]} = {arguments[1]}"
    else:
        text = f"{name.removeprefix('aws.')}({', '.join(arguments)})"
    return f"{described['assign']} := {text}" if "assign" in described else text


def _negated(text: str, argument: dict[str, Any]) -> str:
    name = argument.get("fn")
    if name == "isSet":
        return text.replace(" is set", " is not set")
    return f"not {text}" if name in (None, "getAttr") or " " not in text else f"not ({text})"
