"""The query and EC2 protocols: parameters as a form, nested ones under dotted names (``Filter.1.Name``).

Smithy's pages "AWS query protocol" and "AWS EC2 query protocol" define the names.
"""

from __future__ import annotations

from sotalia.protocols.compiler import ShapeCompiler
from sotalia.protocols.scalars import SPECIAL_FLOATS, float_text, plain, text_writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from typing import Any

    from sotalia.model.service import OperationModel
    from sotalia.model.shapes import ListShape, MapShape, Shape, StructureShape

    Form = dict[str, Any]
    # Writes a value into the form under a name.
    Write = Callable[[Form, str, Any], None]


def compile_query(model: OperationModel, precision: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Compile the serializer of an operation of a query or EC2 service."""
    service = model.service_model
    method = model.http.get("method", "POST")
    action, version = model.name, service.metadata["apiVersion"]
    compiler = _Ec2(precision) if service.resolved_protocol == "ec2" else _Query(precision)
    write = None if model.input_shape is None else compiler.of(model.input_shape)

    def serialize(params: dict[str, Any]) -> dict[str, Any]:
        form: Form = {"Action": action, "Version": version}
        if write is not None:
            write(form, "", params)
        return {
            "url_path": "/",
            "query_string": "",
            "method": method,
            "headers": {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
            "body": form,
        }

    return serialize


class _Query(ShapeCompiler["Write"]):
    def __init__(self, precision: str) -> None:
        super().__init__()
        self._precision = precision

    def member_name(self, name: str, shape: Shape) -> str:
        """The name of a member in the form."""
        return str(shape.serialization.get("name", name))

    def structure(self, shape: StructureShape) -> Write:
        members: dict[str, Shape] = shape.members
        table: dict[str, tuple[str, Write]] = {}

        def write(form: Form, prefix: str, value: Mapping[str, Any]) -> None:
            start = f"{prefix}." if prefix else ""
            for name, item in value.items():
                entry = table.get(name)
                if entry is None:
                    member = members[name]
                    entry = table[name] = (self.member_name(name, member), self.of(member))
                entry[1](form, start + entry[0], item)

        return write

    def list_(self, shape: ListShape) -> Write:
        flattened = shape.serialization.get("flattened")
        item_name = None if flattened else shape.member.serialization.get("name", "member")
        # A flattened list has the name of its items, unless it is empty.
        own_name = shape.member.serialization.get("name") if flattened else None
        member: Write | None = None

        def write(form: Form, prefix: str, value: Collection[Any]) -> None:
            nonlocal member
            if not value:
                form[prefix] = ""  # Tells an empty list, which clears the setting, from an absent one.
                return
            if member is None:
                member = self.of(shape.member)
            start = prefix if item_name is None else f"{prefix}.{item_name}"
            if own_name:
                before, dot, _ = prefix.rpartition(".")
                start = f"{before}{dot}{own_name}"
            for number, item in enumerate(value, 1):
                member(form, f"{start}.{number}", item)

        return write

    def map_(self, shape: MapShape) -> Write:
        infix = "" if shape.serialization.get("flattened") else ".entry"
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        pair: tuple[Write, Write] | None = None

        def write(form: Form, prefix: str, value: Mapping[Any, Any]) -> None:
            nonlocal pair
            if pair is None:
                pair = self.of(shape.key), self.of(shape.value)
            for number, (name, item) in enumerate(value.items(), 1):
                pair[0](form, f"{prefix}{infix}.{number}.{key_name}", name)
                pair[1](form, f"{prefix}{infix}.{number}.{value_name}", item)

        return write

    def scalar(self, shape: Shape) -> Write:
        if shape.type_name in ("string", "integer", "long"):
            return _write_plain
        if shape.type_name in ("float", "double"):
            return _write_float
        text = text_writer(shape, "iso8601", self._precision)

        def write(form: Form, prefix: str, value: Any) -> None:
            form[prefix] = text(value)

        return write


def _write_plain(form: Form, prefix: str, value: object) -> None:
    form[prefix] = plain(value)


def _write_float(form: Form, prefix: str, value: object) -> None:
    text = float_text(value)
    form[prefix] = text if text in SPECIAL_FLOATS.values() else plain(value)


class _Ec2(_Query):
    """EC2's dialect: other names, and every list is flattened."""

    def member_name(self, name: str, shape: Shape) -> str:
        """``queryName``, else the name on the wire with its first letter in upper case."""
        query_name = shape.serialization.get("queryName")
        if query_name is not None:
            return str(query_name)
        wire = shape.serialization.get("name")
        return name if wire is None else f"{wire[0].upper()}{wire[1:]}"

    def list_(self, shape: ListShape) -> Write:
        member: Write | None = None

        def write(form: Form, prefix: str, value: Collection[Any]) -> None:
            nonlocal member
            if member is None:
                member = self.of(shape.member)
            for number, item in enumerate(value, 1):
                member(form, f"{prefix}.{number}", item)

        return write
