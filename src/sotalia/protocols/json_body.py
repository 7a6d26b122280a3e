"""The JSON protocol, and JSON bodies of REST services: values made ready for JSON.

Bytes are the reference's own (ASCII, ``", "`` and ``": "`` as separators): the standard library writes and reads small
bodies; from 64 KiB on, orjson is worth the 8 ms that its import takes.
"""

from __future__ import annotations

import json

from sotalia.protocols.compiler import ShapeCompiler
from sotalia.protocols.scalars import SPECIAL_FLOATS, blob_text, plain
from sotalia.protocols.timestamps import timestamp_writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.model.service import OperationModel
    from sotalia.model.shapes import ListShape, MapShape, Shape, StructureShape

    Convert = Callable[[Any], Any]

_LARGE = 64 * 1024
_decode = json.JSONDecoder().raw_decode


def load_json(body: bytes) -> Any:
    """Parse a body. Raises ``ValueError`` for what is no JSON."""
    if len(body) >= _LARGE:
        import re

        import orjson

        # An integer beyond 64 bits is an inexact float to orjson; the standard library reads it whole.
        if re.search(rb"[\[:,\s]-?[0-9]{19,}[\],}\s]", body) is None:
            try:
                return orjson.loads(body)
            except orjson.JSONDecodeError:
                pass  # NaN: the standard library reads it too.
    text = body.decode("utf-8")
    try:
        value, end = _decode(text)
    except ValueError:
        return json.loads(text)  # White space comes first, or it is no JSON.
    return value if end == len(text) else json.loads(text)


def compile_json(model: OperationModel, precision: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The serializer of an operation of a JSON service."""
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
    """Functions from parameters to what ``json.dumps`` takes."""

    def __init__(self, precision: str) -> None:
        super().__init__()
        self._precision = precision

    def structure(self, shape: StructureShape) -> Convert:
        """Members under their names on the wire."""
        if shape.is_document_type:
            return _as_it_is
        members: dict[str, Shape] = shape.members
        table: dict[str, tuple[str, Convert]] = {}

        def convert(value: Any) -> Any:
            result = {}
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

        def convert(value: Any) -> Any:
            nonlocal member
            if member is None:
                member = self.of(shape.member)
            return [member(item) for item in value]

        return convert

    def map_(self, shape: MapShape) -> Convert:
        """Values by key."""
        member: Convert | None = None

        def convert(value: Any) -> Any:
            nonlocal member
            if member is None:
                member = self.of(shape.value)
            return {name: member(item) for name, item in value.items()}

        return convert

    def scalar(self, shape: Shape) -> Convert:
        """Text and numbers as they are; blobs in base64, timestamps in the model's format."""
        kind = shape.type_name
        if kind == "timestamp":
            return timestamp_writer(
                shape.serialization.get("timestampFormat", "unixtimestamp"), self._precision
            )
        if kind == "blob":
            return blob_text
        return _float if kind in ("float", "double") else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _float(value: Any) -> Any:
    if type(value) is float and value == value and value not in (float("inf"), float("-inf")):
        return value
    if isinstance(value, int):
        return value
    special = SPECIAL_FLOATS.get(str(plain(value)).lower().replace("infinity", "inf"))
    return float(value) if special is None else special
