"""What comparisons of values give, where both are known, and whether values are true."""

from __future__ import annotations

import ast

from sotalia.lint.values import (
    BLANK,
    NOTHING,
    UNKNOWN,
    Client,
    Emitter,
    Function,
    Nothing,
    Resource,
    Sequence,
    Session,
    Text,
    Unknown,
    Value,
    Values,
)


def truth(value: Value) -> bool | None:
    """Whether a value is true; ``None`` where only the running program knows."""
    match value:
        case Nothing() | Text(text=""):
            return False
        case Text(text=text):
            return None if text.strip(BLANK) == "" else True
        case Client() | Resource() | Session() | Emitter() | Function():
            return True
    return None


def compared(op: ast.cmpop, left: Values, right: Values) -> bool | None:
    """What a comparison of two values gives, where both are known."""
    if len(left) != 1 or len(right) != 1:
        if isinstance(op, ast.Is | ast.IsNot) and right == NOTHING and NOTHING[0] not in left:
            return None if UNKNOWN[0] in left else isinstance(op, ast.IsNot)
        return None
    first, second = left[0], right[0]
    if isinstance(op, ast.In | ast.NotIn):
        if isinstance(second, Sequence) and _is_exact(first):
            decided = [_equal((first,), item) for item in second.items]
            found = True if True in decided else None if None in decided else False
            return None if found is None else found is isinstance(op, ast.In)
        return None
    if isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
        equal = _equal(left, right)
        return None if equal is None else equal is isinstance(op, ast.Eq | ast.Is)
    return None


def _equal(left: Values, right: Values) -> bool | None:
    if len(left) != 1 or len(right) != 1:
        return None
    first, second = left[0], right[0]
    if _is_exact(first) and _is_exact(second):
        return first == second
    is_known = not isinstance(first, Unknown) and not isinstance(second, Unknown)
    return False if is_known and NOTHING[0] in (first, second) else None


def _is_exact(value: Value) -> bool:
    return isinstance(value, Nothing) or (isinstance(value, Text) and BLANK not in value.text)
