"""The JSON protocols ("AWS JSON 1.0" and "1.1"), and JSON bodies of REST services.

Bodies are byte for byte those of the reference (ASCII, ``", "`` and ``": "`` as separators), so the standard library
writes them. It also reads small ones. From 64 KiB on, orjson is worth the 8 ms that its import takes.
"""

from __future__ import annotations

import json

from sotalia.protocols.compiler import ShapeCompiler
from sotalia.protocols.scalars import SPECIAL_FLOATS, blob_text, plain
from sotalia.protocols.timestamps import timestamp_writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from sotalia.model.service import OperationModel
    from sotalia.model.shapes import ListShape, MapShape, Shape, StructureShape

    Convert = Callable[[Any], Any]

_LARGE = 64 * 1024
_decode = json.JSONDecoder().raw_decode


def load_json(body: bytes) -> Any:
    """Parse a body. Raises ``ValueError`` if it is not JSON."""
    if len(body) >= _LARGE:
        import re

        import orjson

        # An integer beyond 64 bits is an inexact float to orjson; the standard library reads it whole.
        if re.search(rb"[\[:,\s]-?[0-9]{19,}[\],}\s]", body) is None:
            try:
                return orjson.loads(body)
            except orjson.JSONDecodeError:
                pass  # NaN and infinities, which RFC 8259 excludes and the standard library reads.
    text = body.decode("utf-8")
    try:
        value, end = _decode(text)
    except ValueError:
        return json.loads(text)  # Leading white space, which `raw_decode` refuses, or not JSON at all.
    return value if end == len(text) else json.loads(text)


def compile_json(model: OperationModel, precision: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Compile the serializer of an operation of a JSON service."""
    service = model.service_model
    method = model.http.get("method", "POST")
    headers = {
        "X-Amz-Target": f"{service.metadata['targetPrefix']}.{model.name}",
        "Content-Type": f"application/x-amz-json-{service.metadata['jsonVersion']}",
    }
    if service.is_query_compatible:
        headers["x-amzn-query-mode"] = "true"
    convert = None if model.input_shape is None else JSONConverter(precision).of(model.input_shape)

    def serialize(params: dict[str, Any]) -> dict[str, Any]:
        value = params if convert is None else convert(params)
        return {
            "url_path": "/",
            "query_string": "",
            "method": method,
            "headers": dict(headers),
            "body": json.dumps(value).encode("utf-8") if convert is not None else b"{}",
        }

    return serialize


class JSONConverter(ShapeCompiler["Convert"]):
    """Compiles functions from parameters to what ``json.dumps`` takes."""

    def __init__(self, precision: str) -> None:
        super().__init__()
        self._precision = precision

    def structure(self, shape: StructureShape) -> Convert:
        """Members under their names on the wire."""
        if shape.is_document_type:
            return _unchanged
        members: dict[str, Shape] = shape.members
        table: dict[str, tuple[str, Convert]] = {}

        def convert(value: Mapping[str, Any]) -> dict[str, Any]:
            result: dict[str, Any] = {}
            for name, item in value.items():
                if item is None:
                    continue
                entry = table.get(name)
                if entry is None:
                    member = members[name]
                    entry = table[name] = (member.serialization.get("name", name), self.of(member))
                result[entry[0]] = entry[1](item)
            return result

        return convert

    def list_(self, shape: ListShape) -> Convert:
        """Items in order."""
        member: Convert | None = None

        def convert(value: Iterable[Any]) -> list[Any]:
            nonlocal member
            if member is None:
                member = self.of(shape.member)
            return [member(item) for item in value]

        return convert

    def map_(self, shape: MapShape) -> Convert:
        """Values by key."""
        member: Convert | None = None

        def convert(value: Mapping[Any, Any]) -> dict[Any, Any]:
            nonlocal member
            if member is None:
                member = self.of(shape.value)
            return {name: member(item) for name, item in value.items()}

        return convert

    def scalar(self, shape: Shape) -> Convert:
        """Text and numbers unchanged, blobs in base64, timestamps in the model's format."""
        type_name = shape.type_name
        if type_name == "timestamp":
            return timestamp_writer(
                shape.serialization.get("timestampFormat", "unixtimestamp"), self._precision
            )
        if type_name == "blob":
            return blob_text
        return _float if type_name in ("float", "double") else _unchanged


def _unchanged(value: Any) -> Any:
    return value


def _float(value: object) -> float | str:
    # JSON has no NaN and no infinities: the protocol writes their names as text.
    if type(value) is float and value == value and value not in (float("inf"), float("-inf")):
        return value
    if isinstance(value, int):
        return value
    number = plain(value)
    special = SPECIAL_FLOATS.get(str(number).lower().replace("infinity", "inf"))
    return float(value) if special is None else special  # type: ignore[arg-type] # Validated: a number or its text.
