"""Registrations that the one before makes pointless.

Only what stands directly one below the other is compared: between other statements anything can happen.
"""

from __future__ import annotations

import ast

from sotalia.events.lint import Finding
from sotalia.lint.values import BLANK, Emitter, Session, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sotalia.lint.knowledge import Registration


def repeated(tree: ast.Module, registrations: Iterable[Registration]) -> Iterator[tuple[Finding, ast.Call]]:
    """Handlers that are registered twice for one name, and those whose ``unique_id`` is taken."""
    by_call: dict[ast.AST, Registration] = {}
    for registration in registrations:
        if _is_clear(registration):
            by_call[registration.call] = registration
    for node in ast.walk(tree) if len(by_call) > 1 else ():
        for block in ("body", "orelse", "finalbody"):
            statements = getattr(node, block, None)
            if isinstance(statements, list):
                yield from _in_block(statements, by_call)


def _is_clear(registration: Registration) -> bool:
    """Whether it is known what is registered where. What is called may give something else each time."""
    receiver = registration.call.func
    return (
        all(isinstance(value, Emitter | Session) for value in registration.receiver)
        and len(registration.name) == 1
        and isinstance(registration.name[0], Text)
        and BLANK not in registration.name[0].text
        and isinstance(registration.handler_node, ast.Name | ast.Attribute)
        and not any(isinstance(inner, ast.Call | ast.NamedExpr) for inner in ast.walk(receiver))
    )


def _in_block(
    statements: list[ast.stmt], by_call: dict[ast.AST, Registration]
) -> Iterator[tuple[Finding, ast.Call]]:
    handlers: dict[tuple[str, ...], tuple[str, int]] = {}
    for statement in statements:
        call = statement.value if isinstance(statement, ast.Expr) else None
        registration = by_call.get(call) if call is not None else None
        if registration is None:
            handlers.clear()
            continue
        name, handler = registration.name[0], ast.unparse(registration.handler_node or registration.call)
        assert isinstance(name, Text)
        receiver = (
            ast.dump(registration.call.func.value)
            if isinstance(registration.call.func, ast.Attribute)
            else ""
        )
        options = {each.arg: each.value for each in registration.call.keywords}
        unique_id = registration.call.args[2] if len(registration.call.args) > 2 else options.get("unique_id")
        line = statement.lineno
        if unique_id is None:
            before = handlers.setdefault((receiver, name.text, handler), (name.text, line))
            if before[1] != line:
                yield _twice(name.text, handler, before[1]), registration.call
        elif isinstance(unique_id, ast.Constant) and len(registration.call.args) < 4 and len(options) < 2:
            what = f"{name.text} {handler}"
            before = handlers.setdefault((receiver, repr(unique_id.value)), (what, line))
            if before[0] != what:
                yield _hidden(name.text, handler, unique_id.value, before[1]), registration.call


def _twice(name: str, handler: str, line: int) -> Finding:
    return Finding(
        "registered-twice",
        f"{name!r}: {handler!r} is registered already, in line {line}, and would be called once more for each emission; "
        "register it once, or give a unique_id, which makes later registrations do nothing",
    )


def _hidden(name: str, handler: str, unique_id: object, line: int) -> Finding:
    return Finding(
        "hidden-by-id",
        f"{name!r}: {handler!r} is not registered, as the unique_id {unique_id!r} belongs to the registration in line "
        f"{line}; choose another unique_id",
    )
