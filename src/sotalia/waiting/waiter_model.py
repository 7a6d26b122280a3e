"""What a waiter polls and what ends it: its entry in the service's waiter model.

An acceptor looks at one answer (a parsed response, or the ``response`` of a ``ClientError``) and, when it matches,
says which state that means: ``success``, ``failure`` or ``retry``. The first one that matches decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia import exceptions

if TYPE_CHECKING:
    from collections.abc import Callable

    Answer = dict[str, Any]
    Matcher = Callable[[Answer], bool]


class Acceptor:
    """One condition and the ``state`` it stands for; ``explanation`` is what errors say about it.

    ``matcher``, ``argument`` and ``expected`` are the model's. Raises ``WaiterConfigError`` for a matcher nobody knows.
    """

    __slots__ = ("argument", "expected", "explanation", "matcher", "matches", "state")

    def __init__(self, description: dict[str, Any]) -> None:
        self.state: str = description["state"]
        self.expected = description["expected"]
        self.matcher = matcher = str(description["matcher"])
        make = _MATCHERS.get(matcher)
        if make is None:
            raise exceptions.WaiterConfigError(error_msg=f"Unknown acceptor: {matcher}")
        self.argument = argument = description.get("argument")
        self.matches: Matcher = make(argument, self.expected)
        self.explanation = _EXPLANATIONS[matcher].format(argument=argument, expected=self.expected)


class WaiterModel:
    """One waiter: the operation it polls, every ``delay`` seconds, at most ``max_attempts`` times."""

    __slots__ = ("acceptors", "delay", "description", "max_attempts", "name", "operation")

    def __init__(self, name: str, description: dict[str, Any]) -> None:
        self.name = name
        self.operation: str = description["operation"]
        self.delay: float = description["delay"]
        self.max_attempts: int = description["maxAttempts"]
        self.description: str = description.get("description", "")
        self.acceptors = [Acceptor(acceptor) for acceptor in description["acceptors"]]


def is_error(answer: Answer) -> bool:
    """Whether an answer is a service's error, and not a result that happens to have a member called ``Error``."""
    error = answer.get("Error")
    return isinstance(error, dict) and "Code" in error


def _path(argument: str | None, expected: Any) -> Matcher:
    import jmespath

    expression = jmespath.compile(argument or "")
    return lambda answer: not is_error(answer) and expression.search(answer) == expected


def _path_all(argument: str | None, expected: Any) -> Matcher:
    import jmespath

    expression = jmespath.compile(argument or "")

    def matches(answer: Answer) -> bool:
        if is_error(answer):
            return False
        found = expression.search(answer)
        return isinstance(found, list) and bool(found) and all(item == expected for item in found)

    return matches


def _path_any(argument: str | None, expected: Any) -> Matcher:
    import jmespath

    expression = jmespath.compile(argument or "")

    def matches(answer: Answer) -> bool:
        if is_error(answer):
            return False
        found = expression.search(answer)
        return isinstance(found, list) and any(item == expected for item in found)

    return matches


def _status(argument: str | None, expected: Any) -> Matcher:
    return lambda answer: answer.get("ResponseMetadata", {}).get("HTTPStatusCode") == expected


def _error(argument: str | None, expected: Any) -> Matcher:
    # True means any error and False none, as the waiter models of newer services have it.
    if expected is True:
        return is_error
    if expected is False:
        return lambda answer: "Error" not in answer
    return lambda answer: (answer["Error"]["Code"] if is_error(answer) else "") == expected


_MATCHERS: dict[str, Callable[[str | None, Any], Matcher]] = {
    "path": _path,
    "pathAll": _path_all,
    "pathAny": _path_any,
    "status": _status,
    "error": _error,
}

# What the reference writes into the errors of a waiter; people match on these.
_EXPLANATIONS = {
    "path": 'For expression "{argument}" we matched expected path: "{expected}"',
    "pathAll": 'For expression "{argument}" all members matched expected path: "{expected}"',
    "pathAny": 'For expression "{argument}" we matched expected path: "{expected}" at least once',
    "status": "Matched expected HTTP status code: {expected}",
    "error": "Matched expected service error code: {expected}",
}
