"""Results as services send them: the other direction of the parsers, for scripts that give results as dictionaries."""

from __future__ import annotations

import json

from sotalia.protocols.cbor_body import CBORWriter
from sotalia.protocols.json_body import JSONConverter
from sotalia.protocols.scalars import plain_text, text_writer
from sotalia.protocols.validate import validate_parameters
from sotalia.protocols.xml_body import XMLWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from sotalia.model.service import OperationModel

    Headers = dict[str, str]
    Result = Mapping[str, Any]

_PRECISION = "millisecond"
#: A request id that nobody takes for a real one.
REQUEST_ID = "5c01b7ed-0000-4000-8000-000000000000"


def write_result(model: OperationModel, result: Result) -> tuple[int, Headers, bytes]:
    """Status, headers and body of the response that is parsed to ``result``.

    ``ResponseMetadata`` may say status (``HTTPStatusCode``) and more headers (``HTTPHeaders``). Raises ``ParamValidationError`` for a result that does
    not fit the model, ``NotImplementedError`` for streams of events.
    """
    if model.has_event_stream_output:
        raise NotImplementedError(
            f"{model.name} responds with a stream of events, which a dictionary cannot say; record a cassette"
        )
    metadata = result.get("ResponseMetadata", {})
    members = {
        name: value for name, value in result.items() if name != "ResponseMetadata" and value is not None
    }
    if model.output_shape is not None:
        validate_parameters(members, model.output_shape)
    elif members:
        from sotalia import exceptions

        raise exceptions.ParamValidationError(
            report=f"{model.name} has no result, and the script gives {', '.join(members)}."
        )
    status = metadata.get("HTTPStatusCode", 200)
    headers, body = _WRITERS[model.service_model.resolved_protocol](model, members)
    return status, {**headers, **metadata.get("HTTPHeaders", {})}, body


def _json(model: OperationModel, members: Result) -> tuple[Headers, bytes]:
    headers = {
        "Content-Type": f"application/x-amz-json-{model.service_model.metadata.get('jsonVersion', '1.0')}",
        "x-amzn-RequestId": REQUEST_ID,
    }
    shape = model.output_shape
    return headers, json.dumps({} if shape is None else JSONConverter(_PRECISION).of(shape)(members)).encode()


def _cbor(model: OperationModel, members: Result) -> tuple[Headers, bytes]:
    headers = {
        "Content-Type": "application/cbor",
        "smithy-protocol": "rpc-v2-cbor",
        "x-amzn-RequestId": REQUEST_ID,
    }
    shape = model.output_shape
    return headers, b"\xa0" if shape is None else CBORWriter(_PRECISION).of(shape)(members)


def _query(model: OperationModel, members: Result) -> tuple[Headers, bytes]:
    content = _members(model.output_shape, members)
    wrapper = None if model.output_shape is None else model.output_shape.serialization.get("resultWrapper")
    if wrapper:
        content = f"<{wrapper}>{content}</{wrapper}>"
    content += f"<ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata>"
    return {"Content-Type": "text/xml"}, _document(f"{model.name}Response", content)


def _ec2(model: OperationModel, members: Result) -> tuple[Headers, bytes]:
    content = f"<requestId>{REQUEST_ID}</requestId>{_members(model.output_shape, members)}"
    return {"Content-Type": "text/xml;charset=UTF-8"}, _document(f"{model.name}Response", content)


def _rest_xml(model: OperationModel, members: Result) -> tuple[Headers, bytes]:
    shape = model.output_shape

    def write(body: Result) -> bytes:
        return (
            _document(shape.name if shape is not None else "Result", _members(shape, body)) if body else b""
        )

    def write_payload(member: Any, value: Any) -> bytes:
        return XMLWriter(_PRECISION).of(member)(member.serialization.get("name", member.name), value).encode()

    headers, body = _rest(model, members, write, write_payload)
    return {"Content-Type": "application/xml", "x-amz-request-id": REQUEST_ID, **headers}, body


def _rest_json(model: OperationModel, members: Result) -> tuple[Headers, bytes]:
    shape: Any = model.output_shape

    def write(body: Result) -> bytes:
        return json.dumps(JSONConverter(_PRECISION).of(shape)(body) if body else {}).encode()

    def write_payload(member: Any, value: Any) -> bytes:
        return json.dumps(JSONConverter(_PRECISION).of(member)(value)).encode()

    headers, body = _rest(model, members, write, write_payload)
    return {"Content-Type": "application/json", "x-amzn-RequestId": REQUEST_ID, **headers}, body


def _rest(
    model: OperationModel,
    members: Result,
    write: Callable[[Result], bytes],
    write_payload: Callable[[Any, Any], bytes],
) -> tuple[Headers, bytes]:
    """Headers, and the body of what is neither in headers nor in the status."""
    shape: Any = model.output_shape
    headers: Headers = {}
    in_body: dict[str, Any] = {}
    for name, value in members.items():
        member = shape.members[name]
        location = member.serialization.get("location")
        wire = member.serialization.get("name", name)
        if location == "header":
            headers[wire] = _header(member, value)
        elif location == "headers":
            headers.update({f"{wire}{key}": plain_text(item) for key, item in value.items()})
        elif location != "statusCode":
            in_body[name] = value
    payload = None if shape is None else shape.serialization.get("payload")
    if shape is None or payload is None:
        return headers, write(in_body)
    value = in_body.get(payload)
    member = shape.members[payload]
    if value is None:
        return headers, b""
    if member.type_name in ("blob", "string"):
        return headers, _bytes(value)
    return headers, write_payload(member, value)


def _header(member: Any, value: Any) -> str:
    if member.serialization.get("jsonvalue"):
        from base64 import b64encode

        return b64encode(json.dumps(value).encode()).decode()
    if member.type_name == "list":
        return ", ".join(_header(member.member, item) for item in value)
    return text_writer(member, "rfc822", "default")(value)


def _bytes(value: Any) -> bytes:
    if hasattr(value, "read"):
        value = value.read()
    return value.encode() if isinstance(value, str) else bytes(value)


def _members(shape: Any, members: Result) -> str:
    """The members of a structure as elements, without the structure's own."""
    if shape is None:
        return ""
    writer = XMLWriter(_PRECISION)
    return "".join(_item_named(shape.members[name], name, value, writer) for name, value in members.items())


def _item_named(member: Any, name: str, value: Any, writer: XMLWriter) -> str:
    wire = member.serialization.get("name", name)
    if member.type_name == "list" and member.serialization.get("flattened"):
        wire = member.member.serialization.get("name", wire)
    return writer.of(member)(wire, value)


def _document(root: str, content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{content}</{root}>'.encode()


_WRITERS: dict[str, Callable[[OperationModel, Result], tuple[Headers, bytes]]] = {
    "json": _json,
    "rest-json": _rest_json,
    "smithy-rpc-v2-cbor": _cbor,
    "query": _query,
    "ec2": _ec2,
    "rest-xml": _rest_xml,
}
