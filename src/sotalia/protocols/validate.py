"""Validators: check parameters against the model before anything is sent, with the reference's report texts.

A check returns ``None`` (or an empty list) for a valid value, so valid parameters cost a few comparisons each. For an
invalid one it returns its problems as pairs of path and text. Each level puts its name before the paths from below.
"""

from __future__ import annotations

from datetime import datetime

from sotalia.protocols.compiler import ShapeCompiler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from sotalia.model.shapes import ListShape, MapShape, Shape, StructureShape

    Problems = list[tuple[str, str]]
    Check = Callable[[Any], "Problems | None"]
    Document = str | float | None | dict[str, "Document"] | list["Document"]

# Stands for the path in a problem's text until the path is complete; no parameter can contain it by accident.
_NAME = "\0name\0"
_DOCUMENT_TYPES = (str, int, bool, float, list, dict)
# Python types of the scalars that need no more than a type check and a minimum.
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "bigInteger": (int,),
}


#: The report for parameters that exceed Python's recursion limit.
TOO_DEEP = (
    "The parameters are nested too deeply, or contain themselves. "
    "Expected: as many levels as the service takes, far fewer than Python's recursion limit"
)


def compile_validator(shape: Shape | None) -> Callable[[object], str]:
    """Compile the function from parameters to a report: ``""`` if they are valid, else a line per problem."""
    if shape is None:
        return lambda _: ""
    check = _Validator().of(shape)

    def validate(params: object) -> str:
        try:
            problems = check(params)
        except RecursionError:
            return TOO_DEEP
        if not problems:
            return ""
        return "\n".join(text.replace(_NAME, path.lstrip(".") or "input") for path, text in problems)

    return validate


def validate_parameters(params: object, shape: Shape) -> None:
    """Raise ``ParamValidationError`` unless ``params`` fit the shape."""
    report = compile_validator(shape)(params)
    if report:
        from sotalia import exceptions

        raise exceptions.ParamValidationError(report=report)


def _wrong_type(value: object, *valid: object, shape: Shape | None = None) -> Problems:
    names = ", ".join(str(valid_type) for valid_type in valid)
    shown = value
    if shape is not None:
        from sotalia.runtime.redaction import SECRET, holds_secrets

        if holds_secrets(shape):
            shown = SECRET
    return [
        (
            "",
            f"Invalid type for parameter {_NAME}, value: {shown}, type: {type(value)}, valid types: {names}",
        )
    ]


def _hidden(problems: Problems, value: object) -> Problems:
    """The problems of a secret without its value, since reports end up in logs."""
    return [(path, text.replace(f"value: {value},", "value: ***,")) for path, text in problems]


def _below(what: str, shown: object, minimum: object) -> Problems:
    return [
        ("", f"Invalid {what} for parameter {_NAME}, value: {shown}, valid min {what}: {minimum}"),
    ]


def _placed(prefix: str, problems: Problems) -> Problems:
    return [(prefix + path, text) for path, text in problems]


class _Validator(ShapeCompiler["Check"]):
    def structure(self, shape: StructureShape) -> Check:
        if shape.is_document_type:
            return _check_document
        members: dict[str, Shape] = shape.members
        required: list[str] = shape.required_members
        is_union: bool = shape.is_tagged_union
        checks: dict[str, Check] = {}

        def check(value: dict[str, object]) -> Problems | None:
            if not isinstance(value, dict):
                return _wrong_type(value, dict, shape=shape)
            problems: Problems = _check_union(value, members) if is_union else []
            for name in required:
                if name not in value:
                    problems.append(("", f'Missing required parameter in {_NAME}: "{name}"'))
            for name in value:
                if name not in members:
                    known = ", ".join(members)
                    problems.append(("", f'Unknown parameter in {_NAME}: "{name}", must be one of: {known}'))
            for name, item in value.items():
                member = checks.get(name)
                if member is None:
                    if name not in members:
                        continue
                    member = checks[name] = self.of(members[name])
                below = member(item)
                if below:
                    from sotalia.runtime.redaction import is_secret_name

                    problems += _placed(f".{name}", _hidden(below, item) if is_secret_name(name) else below)
            return problems

        return check

    def list_(self, shape: ListShape) -> Check:
        minimum = shape.metadata.get("min")
        member: Check | None = None

        def check(value: Sequence[object]) -> Problems | None:
            nonlocal member
            if not isinstance(value, list | tuple):
                return _wrong_type(value, list, tuple, shape=shape)
            problems: Problems = []
            if minimum is not None and len(value) < minimum:
                problems += _below("length", len(value), minimum)
            if member is None:
                member = self.of(shape.member)
            for index, item in enumerate(value):
                below = member(item)
                if below:
                    problems += _placed(f"[{index}]", below)
            return problems

        return check

    def map_(self, shape: MapShape) -> Check:
        pair: tuple[Check, Check] | None = None

        def shown(name: object) -> object:
            return "***" if shape.key.metadata.get("sensitive") else name

        def check(value: dict[object, object]) -> Problems | None:
            nonlocal pair
            if not isinstance(value, dict):
                return _wrong_type(value, dict, shape=shape)
            if pair is None:
                pair = self.of(shape.key), self.of(shape.value)

            problems: Problems = []
            for name, item in value.items():
                if below := pair[0](name):
                    problems += _placed(f" (key: {shown(name)})", below)
                if below := pair[1](item):
                    problems += _placed(f".{shown(name)}", below)
            return problems

        return check

    def scalar(self, shape: Shape) -> Check:
        check = self._scalar(shape)
        if not shape.metadata.get("sensitive"):
            return check

        def check_secret(value: object) -> Problems | None:
            problems = check(value)
            return _hidden(problems, value) if problems else None

        return check_secret

    def _scalar(self, shape: Shape) -> Check:
        type_name = shape.type_name
        minimum = shape.metadata.get("min")
        if shape.serialization.get("jsonvalue") and shape.serialization.get("location") == "header":
            return _check_json
        if type_name in ("float", "double", "bigDecimal"):
            return _number(minimum)
        if type_name in ("blob", "timestamp"):
            return _check_blob if type_name == "blob" else _check_timestamp
        if type_name in ("string", "character"):
            if shape.serialization.get("hostLabel") and not minimum:
                minimum = 1  # RFC 1035 2.3.1: a label of a host name has a character at least.
            return _text(minimum)
        types = _TYPES[type_name]

        def check(value: Any) -> Problems | None:
            if not isinstance(value, types):
                return _wrong_type(value, *types)
            if minimum is not None and value < minimum:
                return _below("value", value, minimum)
            return None

        return check


def _check_union(value: dict[str, object], members: dict[str, Shape]) -> Problems:
    known = ", ".join(members)
    if not value:
        return [("", f"Must set one of the following keys for tagged unionstructure {_NAME}: {known}.")]
    if len(value) > 1:
        return [
            (
                "",
                f"Invalid number of parameters set for tagged union structure {_NAME}. "
                f"Can only set one of the following keys: {known}.",
            )
        ]
    return []


def _text(minimum: int | None) -> Check:
    def check(value: object) -> Problems | None:
        if not isinstance(value, str):
            return _wrong_type(value, str)
        if minimum is not None and len(value) < minimum:
            return _below("length", len(value), minimum)
        return None

    return check


def _number(minimum: Any) -> Check:
    def check(value: Any) -> Problems | None:
        if not isinstance(value, float | int):
            from decimal import Decimal

            if not isinstance(value, Decimal):
                return _wrong_type(value, float, Decimal, int)
        # Comparing a Decimal NaN raises.
        if minimum is not None and (getattr(value, "is_nan", bool)() or value < minimum):
            return _below("value", value, minimum)
        return None

    return check


def _check_blob(value: object) -> Problems | None:
    if isinstance(value, bytes | bytearray | str) or hasattr(value, "read") or hasattr(value, "__aiter__"):
        return None
    return _wrong_type(value, bytes, bytearray, "file-like object")


def _check_timestamp(value: object) -> Problems | None:
    if isinstance(value, datetime):
        return None
    from sotalia.protocols.timestamps import parse_timestamp

    try:
        if value is not None:
            parse_timestamp(value)
            return None
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        pass
    return _wrong_type(value, datetime, "timestamp-string")


def _check_json(value: object) -> Problems | None:
    import json

    try:
        json.dumps(value)
    except (RecursionError, TypeError, ValueError) as error:
        return [("", f"Invalid parameter {_NAME} must be json serializable: {error}")]
    return None


def _check_document(value: Document) -> Problems | None:
    """Check a document, which may be any JSON, but only of plain Python values."""
    problems: Problems = []
    if isinstance(value, dict):
        for name, item in value.items():
            problems += _placed(f".{name}", _check_document(item) or [])
    elif isinstance(value, list):
        for index, item in enumerate(value):
            problems += _placed(f"[{index}]", _check_document(item) or [])
    elif value is not None and not isinstance(value, _DOCUMENT_TYPES):
        names = ", ".join(str(document_type) for document_type in _DOCUMENT_TYPES)
        return [
            (
                "",
                f"Invalid type for document parameter {_NAME}, value: {value}, type: {type(value)}, "
                f"valid types: {names}",
            )
        ]
    return problems
