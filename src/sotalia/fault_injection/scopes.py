"""Which calls a rule is for, in a text: ``"s3"``, ``"s3.PutObject"``, ``"PutObject"``, or ``"*"`` for all."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.config.settings import SessionSettings
from sotalia.events import EVENT_ALIASES
from sotalia.model.loader import Loader
from sotalia.runtime.spelling import closest, did_you_mean, shortened
from sotalia.session.place import SessionPlace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from sotalia.events.place import Place


class Scope:
    """``service`` is a hyphenized id and ``operation`` a name of the API, each ``None`` for any.

    Raises ``TypeError`` or ``ValueError`` for what is no such text.
    """

    __slots__ = ("operation", "service", "text")

    def __init__(self, text: object) -> None:
        if not isinstance(text, str):
            raise TypeError(
                f"operation is a text such as 's3.PutObject', 's3' or '*', not {text!r}; other settings are given by name"
            )
        service, _, operation = text.rpartition(".")
        if not service and text[:1].islower() and "_" not in text:
            service, operation = text, "*"  # No operation's name begins with a small letter.
        if not text or not operation:
            raise ValueError(
                f"operation is {text!r}; write 's3.PutObject', 's3', 'PutObject', or '*' for all"
            )
        self.text = text
        self.service = None if service in ("", "*") else EVENT_ALIASES.get(service, service)
        self.operation = None if operation == "*" else operation

    def fits(self, service: str, operation: str) -> bool:
        """Whether it is for calls of this operation."""
        return self.service in (None, service) and self.operation in (None, operation)

    def overlaps(self, other: Scope) -> bool:
        """Whether there can be a call that both are for."""
        return (None in (self.service, other.service) or self.service == other.service) and (
            None in (self.operation, other.operation) or self.operation == other.operation
        )

    def __repr__(self) -> str:
        return f"<Scope {self.text}>"


def check(scope: Scope, clients: Iterable[Any], *, has_sessions: bool) -> None:
    """Raise ``ValueError`` for a service or an operation that there is not; it says what was meant.

    ``clients`` are those that the rule is for; other services are looked up among the installed models. An operation without
    a service is looked up in ``clients`` alone, unless there are sessions too: of which service it is to be, nobody knows.
    """
    models = [client.meta.service_model for client in clients]
    known = {model.service_id.hyphenize(): list(model.operation_names) for model in models}
    if scope.service is None:
        if scope.operation is not None:
            _check_any(scope.operation, known, has_sessions=has_sessions)
        return
    operations: Iterable[str] | None = known.get(scope.service)
    if operations is None:
        place = _installed()
        if not place.has_service(scope.service):
            names = [*known, *place.services()]
            raise ValueError(
                f"operation={scope.text!r}: there is no service {scope.service!r}{did_you_mean(scope.service, names)}"
            )
        if scope.operation is None:
            return
        operations = place.operations(scope.service)
    if scope.operation is not None and operations is not None:
        _check_operation(scope.text, scope.service, scope.operation, list(operations))


def _installed() -> Place:
    try:
        paths = SessionSettings().data_paths
    except exceptions.BotoCoreError:
        paths = None  # Broken files of settings are somebody else's to report.
    return SessionPlace(lambda: Loader(paths))


def _check_operation(text: str, service: str, operation: str, operations: list[str]) -> None:
    if operation in operations:
        return
    meant = closest(operation, operations)
    hint = (
        f"did you mean '{service}.{meant}'?"
        if meant
        else f"it has {shortened(operations, 'see its reference')}"
    )
    raise ValueError(f"operation={text!r}: the service {service!r} has no operation {operation!r}; {hint}")


def _check_any(operation: str, known: dict[str, list[str]], *, has_sessions: bool) -> None:
    if "_" in operation:
        name = operation.title().replace("_", "")
        raise ValueError(
            f"operation={operation!r} is a method's name; write the operation's, such as {name!r}"
        )
    if not known or has_sessions or any(operation in names for names in known.values()):
        return
    every = [name for names in known.values() for name in names]
    raise ValueError(
        f"operation={operation!r}: no client given has such an operation{did_you_mean(operation, every)}"
    )
