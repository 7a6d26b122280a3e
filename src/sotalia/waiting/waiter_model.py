"""One waiter: the operation to poll and its acceptors, from the service's waiter model.

An acceptor matches one response (a parsed one, or the ``response`` of a ``ClientError``) and has the state that the match
means: ``success``, ``failure`` or ``retry``. The first acceptor that matches decides. See "Waiters" in the Smithy
documentation, whose matchers are the successors of these.
"""

from __future__ import annotations

from sotalia import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Response = dict[str, Any]
    Matcher = Callable[[Response], bool]


class Acceptor:
    """One condition and the ``state`` that it means; ``explanation`` is its text in errors.

    ``matcher``, ``argument`` and ``expected`` are the model's. Raises ``WaiterConfigError`` for an unknown matcher.
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


def is_error(response: Response) -> bool:
    """Whether a response is an error, not a result with a member called ``Error``."""
    error: dict[str, Any] | str | None = response.get("Error")
    return isinstance(error, dict) and "Code" in error


def _path(argument: str | None, expected: object) -> Matcher:
    import jmespath

    expression = jmespath.compile(argument or "")
    return lambda response: not is_error(response) and expression.search(response) == expected


def _path_all(argument: str | None, expected: object) -> Matcher:
    import jmespath

    expression = jmespath.compile(argument or "")

    def matches(response: Response) -> bool:
        if is_error(response):
            return False
        values: list[Any] | str | float | dict[str, Any] | None = expression.search(response)
        return isinstance(values, list) and bool(values) and all(item == expected for item in values)

    return matches


def _path_any(argument: str | None, expected: object) -> Matcher:
    import jmespath

    expression = jmespath.compile(argument or "")

    def matches(response: Response) -> bool:
        if is_error(response):
            return False
        values: list[Any] | str | float | dict[str, Any] | None = expression.search(response)
        return isinstance(values, list) and any(item == expected for item in values)

    return matches


def _status(argument: str | None, expected: object) -> Matcher:
    return lambda response: response.get("ResponseMetadata", {}).get("HTTPStatusCode") == expected


def _error(argument: str | None, expected: object) -> Matcher:
    # Newer models use booleans: True matches any error, False any success.
    if expected is True:
        return is_error
    if expected is False:
        return lambda response: "Error" not in response
    return lambda response: (response["Error"]["Code"] if is_error(response) else "") == expected


_MATCHERS: dict[str, Callable[[str | None, Any], Matcher]] = {
    "path": _path,
    "pathAll": _path_all,
    "pathAny": _path_any,
    "status": _status,
    "error": _error,
}

# The reference's texts, which programs match on.
_EXPLANATIONS = {
    "path": 'For expression "{argument}" we matched expected path: "{expected}"',
    "pathAll": 'For expression "{argument}" all members matched expected path: "{expected}"',
    "pathAny": 'For expression "{argument}" we matched expected path: "{expected}" at least once',
    "status": "Matched expected HTTP status code: {expected}",
    "error": "Matched expected service error code: {expected}",
}
