"""Errors as services write them: each protocol's own body, headers and content type."""

from __future__ import annotations

import time

from sotalia.fault_injection.service_codes import wire_names
from sotalia.protocols import cbor
from sotalia.transport.scripted import canned_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sotalia.fault_injection.delivery import Delivery
    from sotalia.fault_injection.service_codes import WireNames
    from sotalia.model.service import OperationModel, ServiceModel
    from sotalia.transport.messages import AWSResponse

    Members = dict[str, Any]

# Of these services the root of an error is `<Error>` itself ("REST Error Responses" of the S3 User Guide).
_BARE_XML = frozenset(("s3",))


def http_date(at: float | None = None) -> str:
    """A time as the header ``Date`` has it (RFC 9110 5.6.7), now by default."""
    from email.utils import formatdate

    return formatdate(time.time() if at is None else at, usegmt=True)


def service_response(
    delivery: Delivery,
    code: str,
    message: str,
    status: int,
    *,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
) -> AWSResponse:
    """The error ``code`` as the service of this call sends it. ``members`` are further ones of the error."""
    operation = delivery.call.operation.model
    own, body = error_form(operation, code, message, status, members or {}, delivery.identity)
    fields = {"Date": http_date(), **own, "Content-Length": str(len(body)), **(headers or {})}
    return canned_response(delivery.request, status, fields, body)


def error_form(
    operation: OperationModel, code: str, message: str, status: int, members: Mapping[str, Any], identity: str
) -> tuple[dict[str, str], bytes]:
    """Headers and body of an error as the service writes it. ``identity``: sixteen hexadecimal digits, of which ids are made."""
    model = operation.service_model
    write = _WRITERS[model.resolved_protocol]
    return write(model, wire_names(operation, code), message, status, dict(members), identity)


def html_response(delivery: Delivery, status: int, reason: str) -> AWSResponse:
    """The page of a load balancer that has no response of the service."""
    title = f"{status} {reason}"
    body = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        "</body>\r\n</html>\r\n"
    ).encode()
    fields = {
        "Server": "awselb/2.0",
        "Date": http_date(),
        "Content-Type": "text/html",
        "Content-Length": str(len(body)),
    }
    return canned_response(delivery.request, status, fields, body)


def bare_response(delivery: Delivery, status: int) -> AWSResponse:
    """A status without a body."""
    return canned_response(delivery.request, status, {"Date": http_date(), "Content-Length": "0"}, b"")


def _json(
    model: ServiceModel, names: WireNames, message: str, status: int, members: Members, identity: str
) -> tuple[dict[str, str], bytes]:
    version = model.metadata.get("jsonVersion", "1.0")
    headers = {"Content-Type": f"application/x-amz-json-{version}", "x-amzn-RequestId": _request_id(identity)}
    if model.is_query_compatible:
        headers["x-amzn-query-error"] = f"{names.code};{_side(status)}"
    return headers, _dumped(
        {"__type": f"com.amazonaws.{model.endpoint_prefix}#{names.shape}", "message": message, **members}
    )


def _rest_json(
    model: ServiceModel, names: WireNames, message: str, status: int, members: Members, identity: str
) -> tuple[dict[str, str], bytes]:
    headers = {
        "Content-Type": "application/json",
        "x-amzn-RequestId": _request_id(identity),
        "x-amzn-ErrorType": names.shape,
    }
    return headers, _dumped({"message": message, **members})


def _cbor(
    model: ServiceModel, names: WireNames, message: str, status: int, members: Members, identity: str
) -> tuple[dict[str, str], bytes]:
    headers = {
        "Content-Type": "application/cbor",
        "smithy-protocol": "rpc-v2-cbor",
        "x-amzn-RequestId": _request_id(identity),
    }
    if model.is_query_compatible:
        headers["x-amzn-query-error"] = f"{names.code};{_side(status)}"
    named = {"__type": f"com.amazonaws.{model.endpoint_prefix}#{names.shape}", "message": message}
    pairs = b"".join(cbor.text(name) + cbor.text(value) for name, value in named.items())
    return headers, cbor.head(5, len(named)) + pairs  # RFC 8949 3.1: major type 5 is a map.


def _query(
    model: ServiceModel, names: WireNames, message: str, status: int, members: Members, identity: str
) -> tuple[dict[str, str], bytes]:
    request_id = _request_id(identity)
    namespace = model.metadata.get("xmlNamespace")
    opening = f'<ErrorResponse xmlns="{namespace}">' if isinstance(namespace, str) else "<ErrorResponse>"
    error = _elements({"Type": _side(status), "Code": names.code, "Message": message, **members})
    body = f"{opening}<Error>{error}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    return {"Content-Type": "text/xml", "x-amzn-RequestId": request_id}, _document(body)


def _ec2(
    model: ServiceModel, names: WireNames, message: str, status: int, members: Members, identity: str
) -> tuple[dict[str, str], bytes]:
    request_id = _request_id(identity)
    error = _elements({"Code": names.code, "Message": message, **members})
    body = f"<Response><Errors><Error>{error}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
    return {"Content-Type": "text/xml;charset=UTF-8", "x-amzn-RequestId": request_id}, _document(body)


def _rest_xml(
    model: ServiceModel, names: WireNames, message: str, status: int, members: Members, identity: str
) -> tuple[dict[str, str], bytes]:
    if model.service_id.hyphenize() not in _BARE_XML:
        return _query(model, names, message, status, members, identity)
    request_id, host_id = identity.upper(), f"{identity}/injected"
    error = _elements(
        {"Code": names.code, "Message": message, **members, "RequestId": request_id, "HostId": host_id}
    )
    headers = {
        "Content-Type": "application/xml",
        "Server": "AmazonS3",
        "x-amz-request-id": request_id,
        "x-amz-id-2": host_id,
    }
    return headers, _document(f"<Error>{error}</Error>")


def s3_error_body(code: str, message: str, identity: str) -> bytes:
    """An error of S3 as it stands within a response that began as a success."""
    return _document(
        f"<Error>{_elements({'Code': code, 'Message': message, 'RequestId': identity.upper()})}</Error>"
    )


def _document(root: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}'.encode()


def _dumped(value: Members) -> bytes:
    import json

    return json.dumps(value).encode()


def _elements(values: Members) -> str:
    from xml.sax.saxutils import escape

    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in values.items())


def _side(status: int) -> str:
    return "Receiver" if status >= 500 else "Sender"


def _request_id(identity: str) -> str:
    """A UUID, as most services have it."""
    return f"fa017000-{identity[:4]}-4{identity[4:7]}-8{identity[7:10]}-000000{identity[10:16]}"


_WRITERS = {
    "json": _json,
    "rest-json": _rest_json,
    "smithy-rpc-v2-cbor": _cbor,
    "query": _query,
    "ec2": _ec2,
    "rest-xml": _rest_xml,
}
