"""Serializer of the "Smithy RPC v2 CBOR protocol": one POST per operation, with the parameters as a CBOR map."""

from __future__ import annotations

from sotalia.protocols import cbor
from sotalia.protocols.compiler import ShapeCompiler
from sotalia.protocols.timestamps import unix_timestamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from typing import Any

    from sotalia.model.service import OperationModel
    from sotalia.model.shapes import ListShape, MapShape, Shape, StructureShape

    Write = Callable[[Any], bytes]


def compile_cbor(model: OperationModel, precision: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Compile the serializer of an operation of an RPC v2 service."""
    service = model.service_model
    path = f"/service/{service.metadata['targetPrefix']}/operation/{model.name}"
    headers = {
        "smithy-protocol": "rpc-v2-cbor",
        "Accept": "application/vnd.amazon.eventstream"
        if model.has_event_stream_output
        else "application/cbor",
    }
    if service.is_query_compatible:
        headers["x-amzn-query-mode"] = "true"
    shape = model.input_shape
    write = None if shape is None else CBORWriter(precision).of(shape)

    def serialize(params: dict[str, Any]) -> dict[str, Any]:
        body = b"" if write is None else write(params)
        return {
            "url_path": path,
            "query_string": "",
            "method": "POST",
            "headers": {**headers, "Content-Type": "application/cbor"} if body else dict(headers),
            "body": body,
        }

    return serialize


class CBORWriter(ShapeCompiler["Write"]):
    """Compiles functions from values to CBOR."""

    def __init__(self, precision: str) -> None:
        super().__init__()
        self._precision = precision

    def structure(self, shape: StructureShape) -> Write:
        """Members as a map of texts."""
        members: dict[str, Shape] = shape.members
        table: dict[str, tuple[bytes, Write]] = {}

        def write(value: Mapping[str, Any]) -> bytes:
            parts: list[bytes] = []
            for name, item in value.items():
                if item is None:
                    continue
                entry = table.get(name)
                if entry is None:
                    member = members[name]
                    wire = cbor.text(member.serialization.get("name", name))
                    entry = table[name] = (wire, self.of(member))
                parts.append(entry[0] + entry[1](item))
            return cbor.head(5, len(parts)) + b"".join(parts)

        return write

    def list_(self, shape: ListShape) -> Write:
        """Items as an array."""
        member: Write | None = None

        def write(value: Collection[Any]) -> bytes:
            nonlocal member
            if member is None:
                member = self.of(shape.member)
            return cbor.head(4, len(value)) + b"".join([member(item) for item in value])

        return write

    def map_(self, shape: MapShape) -> Write:
        """Entries as a map."""
        pair: tuple[Write, Write] | None = None

        def write(value: Mapping[Any, Any]) -> bytes:
            nonlocal pair
            if pair is None:
                pair = self.of(shape.key), self.of(shape.value)
            entries = [pair[0](key) + pair[1](item) for key, item in value.items() if item is not None]
            return cbor.head(5, len(entries)) + b"".join(entries)

        return write

    def scalar(self, shape: Shape) -> Write:
        """One value."""
        if shape.type_name == "timestamp":
            precision = self._precision
            return lambda value: cbor.timestamp(unix_timestamp(value, precision))
        return _WRITERS.get(shape.type_name, cbor.text)


def _boolean(value: object) -> bytes:
    return b"\xf5" if value else b"\xf4"


def _blob(value: Any) -> bytes:
    if isinstance(value, str):
        value = str.encode(value, "utf-8")
    elif hasattr(value, "read"):
        value = value.read()
    return cbor.blob(bytes(value))


def _float(value: float) -> bytes:
    return cbor.floating(value, double=False)


def _double(value: float) -> bytes:
    return cbor.floating(value, double=True)


_WRITERS: dict[str, Callable[[Any], bytes]] = {
    "blob": _blob,
    "boolean": _boolean,
    "double": _double,
    "float": _float,
    "integer": cbor.integer,
    "long": cbor.integer,
}
