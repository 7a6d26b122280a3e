"""Signatures of generated methods, for :func:`inspect.signature`: help, completion at prompts, documentation tools.

Parameters are by keyword only. Those that an operation requires come first and have no default; the default of the others is
``...``, which means: leave it out.
"""

from __future__ import annotations

from datetime import datetime
from inspect import Parameter, Signature
from keyword import iskeyword

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from sotalia.model.service import OperationModel


class _LeftOut:
    """Stands for the default of a parameter that may be left out."""

    def __repr__(self) -> str:
        return "..."


_LEFT_OUT = _LeftOut()
_TYPES: dict[str, Any] = {
    "structure": dict,
    "blob": bytes,
    "timestamp": datetime,
    "long": int,
    "integer": int,
    "bigInteger": int,
    "short": int,
    "byte": int,
    "double": float,
    "float": float,
    "bigDecimal": float,
    "boolean": bool,
    "string": str,
    "character": str,
}


def signature(
    operation: OperationModel,
    given: Collection[str] = (),
    more: Mapping[str, Any] | None = None,
    types: Mapping[str, Any] | None = None,
) -> Signature:
    """The signature of a method that makes calls of an operation.

    Without parameters that are ``given`` already; with ``more``, optional ones by name, such as ``PaginationConfig``;
    ``types`` are those of shapes that are something else to the method, by the shape's name.
    """
    shape = operation.input_shape
    members: Mapping[str, Any] = {} if shape is None else shape.members
    required = () if shape is None else shape.required_members
    names = [name for name in members if name not in given]
    parameters = [_keyword(name, type_of(members[name], types or {})) for name in names if name in required]
    optional = {name: type_of(members[name], types or {}) for name in names if name not in required} | dict(
        more or {}
    )
    parameters += [_keyword(name, kind, default=_LEFT_OUT) for name, kind in optional.items()]
    proper = [parameter for parameter in parameters if parameter is not None]
    if len(proper) < len(parameters):  # Names that Python cannot write: pass them by **{"name": value}.
        proper.append(Parameter("kwargs", Parameter.VAR_KEYWORD))
    return Signature([Parameter("self", Parameter.POSITIONAL_ONLY), *proper])


def plain_signature(names: Collection[str], kind: Any = str) -> Signature:
    """The signature of a method with these parameters, given in order or by name."""
    parameters = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=kind) for name in names]
    return Signature([Parameter("self", Parameter.POSITIONAL_ONLY), *parameters])


def type_of(shape: Any, types: Mapping[str, Any], depth: int = 3) -> Any:
    """The type of a parameter: ``str``, ``list[dict]``, ``dict[str, int]``."""
    if shape.name in types:
        return types[shape.name]
    name = shape.type_name
    if name == "structure" and shape.is_document_type:
        return object
    if name == "list":
        return list[type_of(shape.member, types, depth - 1)] if depth else list  # type: ignore[misc]
    if name == "map":
        return dict[str, type_of(shape.value, types, depth - 1)] if depth else dict  # type: ignore[misc]
    return _TYPES.get(name, object)


def _keyword(name: str, kind: Any, default: Any = Parameter.empty) -> Parameter | None:
    if not name.isidentifier() or iskeyword(name):
        return None
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind, default=default)
