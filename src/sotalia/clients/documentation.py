"""Writes docstrings of generated classes and methods from the service's model.

``help(client.get_object)`` shows what the operation does, its parameters, its result and its errors.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from sotalia.model.service import OperationModel, ServiceModel

_DEEPEST = 3
_TYPES = {
    "structure": "dict",
    "map": "dict",
    "list": "list",
    "blob": "bytes",
    "timestamp": "datetime",
    "long": "int",
    "integer": "int",
    "double": "float",
    "float": "float",
    "boolean": "bool",
    "string": "str",
}


def client_documentation(model: ServiceModel) -> str:
    """The docstring of a client class: the service's own words."""
    name = model.metadata.get("serviceFullName", model.service_name)
    text = plain(model.documentation)
    return f"A client of {name}.\n\n{text}\n" if text else f"A client of {name}.\n"


def method_documentation(model: ServiceModel, operation_name: str, method_name: str) -> str:
    """The docstring of one method: purpose, call, parameters, result, errors."""
    operation = model.operation_model(operation_name)
    parts = [plain(operation.documentation) or f"Calls {operation_name}."]
    parts.append(f"::\n\n    client.{method_name}({arguments(operation.input_shape)})")
    parts += [parameters(model, operation), result(model, operation), errors(operation)]
    return "\n\n".join(filter(None, parts)) + "\n"


def arguments(shape: Any, given: Collection[str] = ()) -> str:
    """The arguments of a call in short: those that are required; ``given`` ones are left out."""
    if shape is None:
        return ""
    members = [name for name in shape.members if name not in given]
    required = [name for name in members if name in shape.required_members]
    return ", ".join([f"{name}=..." for name in required] + ["..."] * (len(required) < len(members)))


def parameters(model: ServiceModel, operation: OperationModel, given: Collection[str] = ()) -> str:
    """What an operation takes, but for what is ``given`` already; empty where it takes nothing."""
    shape = operation.input_shape
    lines = [] if shape is None else _members(model, shape, without=given)
    return "Parameters:\n\n" + "\n".join(lines) if lines else ""


def result(model: ServiceModel, operation: OperationModel) -> str:
    """What an operation gives; empty where it gives nothing."""
    shape = operation.output_shape
    lines = [] if shape is None else _members(model, shape)
    return "Returns a dict:\n\n" + "\n".join(lines) if lines else ""


def members_below(model: ServiceModel, shape: Any) -> str:
    """The members of the structure that a value is, or is a list or map of; empty where it is none."""
    inner = _structure_in(shape)
    return "" if inner is None else "\n".join(_members(model, inner, 1, frozenset({inner.name})))


def errors(operation: OperationModel) -> str:
    """The errors that an operation has of its own."""
    if not operation.error_shapes:
        return ""
    names = ", ".join(f"client.exceptions.{shape.name}" for shape in operation.error_shapes)
    return f"Raises: {names}, or botocore.exceptions.ClientError for other errors of the service."


def _members(
    model: ServiceModel,
    shape: Any,
    depth: int = 0,
    above: frozenset[str] = frozenset(),
    without: Collection[str] = (),
) -> list[str]:
    """One entry per member: type, whether it is required, what it is for; members of members below it."""
    lines: list[str] = []
    indent = "    " * depth
    for name, member in shape.members.items():
        if name in without:
            continue
        notes = [type_name(member)]
        if name in shape.required_members:
            notes.append("required")
        text = plain(model.member_documentation(shape, name)).replace("\n\n", " ")
        lines.append(f"{indent}- {name} ({', '.join(notes)}){': ' if text else ''}{text}")
        inner = _structure_in(member)
        if inner is not None and depth < _DEEPEST and inner.name not in above:
            lines += _members(model, inner, depth + 1, above | {inner.name})
    return lines


def _structure_in(shape: Any) -> Any:
    """The structure that a member is, or is a list or map of."""
    while shape.type_name in ("list", "map"):
        shape = shape.member if shape.type_name == "list" else shape.value
    return shape if shape.type_name == "structure" and not shape.is_document_type else None


def type_name(shape: Any) -> str:
    """What a value of the shape is in Python, with the values of an enumeration."""
    if shape.serialization.get("eventstream"):
        return "event stream"
    if shape.type_name == "list":
        return f"list of {type_name(shape.member)}"
    if shape.type_name == "map":
        return f"dict of {type_name(shape.value)}"
    if shape.type_name == "structure" and shape.is_document_type:
        return "any JSON value"
    kind = _TYPES.get(shape.type_name, shape.type_name)
    return f"{kind}: {' | '.join(shape.enum)}" if getattr(shape, "enum", None) else kind


def plain(html: str) -> str:
    """The text of HTML, paragraph by paragraph."""
    if not html:
        return ""
    from html.parser import HTMLParser

    pieces: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            if tag in ("p", "ul", "ol", "dl", "note", "important"):
                pieces.append("\n\n")
            elif tag in ("li", "dt", "dd"):
                pieces.append("\n\n* ")
            elif tag == "code":
                pieces.append("``")

        def handle_endtag(self, tag: str) -> None:
            if tag == "code":
                pieces.append("``")

        def handle_data(self, data: str) -> None:
            pieces.append(data)

    reader = Reader()
    reader.feed(html)
    reader.close()
    paragraphs = (" ".join(part.split()) for part in "".join(pieces).split("\n\n"))
    return "\n\n".join(part for part in paragraphs if part not in ("", "*"))
