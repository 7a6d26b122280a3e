"""Requests and responses of every protocol, against the public protocol test data."""

from __future__ import annotations

import base64
import datetime
import json
import math
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

import botocore.model
import botocore.parsers
import botocore.serialize
import pytest

from sotalia.checksums.compression import maybe_compress_request
from sotalia.config import Config
from sotalia.endpoints.url import request_url
from sotalia.model.service import OperationModel, ServiceModel
from sotalia.protocols.cbor import decode
from sotalia.protocols.eventstream import EventStream
from sotalia.protocols.parse import compile_parser
from sotalia.protocols.serialize import compile_serializer
from sotalia.runtime import drive
from sotalia.services.general import fill_idempotency_tokens
from sotalia.transport.messages import AWSResponse, HeadersDict
from sotalia.transport.query_string import percent_encode_sequence

from .data import conformance_json, conformance_path

PROTOCOLS = sorted(path.stem for path in conformance_path("protocols", "input").glob("*.json"))

# What is not done as the data says, and why. The reference does not do these as the data says either: of each of these
# cases it is tested that the outcome is the reference's.
GAPS: dict[str, str] = {}
_JSON_HEADER = "a header of JSON is a Python value in boto3, where the data has text"
GAPS |= {
    "RestJsonHttpChecksumRequired": "the checksum is CRC32 since 2024, no longer Content-MD5",
    "MediaTypeHeaderInputBase64": _JSON_HEADER,
    "MediaTypeHeaderOutputBase64": _JSON_HEADER,
    "RestJsonNullAndEmptyHeaders": "boto3 leaves out a header whose list is empty",
    "HttpPayloadTraitsWithNoBlobBody": "a blob payload is always a stream, here an empty one",
    "RestJsonHttpPayloadTraitsWithNoBlobBody": "a blob payload is always a stream, here an empty one",
}
_NAMES = "names follow the rules that the installed models are written for, which the data's models are not"
GAPS |= dict.fromkeys(
    (
        "Ec2TimestampsInput",
        "Ec2ProtocolIdempotencyTokenAutoFillIsSet",
        "QueryFlattenedListArgWithXmlName",
        "BodyWithXmlName",
        "HttpPayloadWithXmlName",
        "HttpPayloadWithXmlNamespace",
        "RestXmlHttpPayloadWithUnion",
        "XmlAttributesOnPayload",
    ),
    _NAMES,
)
COMPRESSING = Config(request_min_compression_size_bytes=1)
# Sent by no version of boto3 unless a parameter says so: for XML, and for payloads that are text or bytes.
UNSENT_CONTENT_TYPES = ("application/xml", "application/octet-stream", "text/plain", "image/jpeg")


def cases(direction: str, *, gaps: bool = False) -> list[Any]:
    found = []
    for folder in ((direction,), ("legacy", direction)):
        for path in sorted(conformance_path("protocols", *folder).glob("*.json")):
            for suite_number, suite in enumerate(conformance_json("protocols", *folder, path.name)):
                for number, case in enumerate(suite["cases"]):
                    name = case.get("id", f"{suite_number}-{number}")
                    if (name in GAPS) == gaps:
                        identity = "-".join((*folder, path.stem, name))
                        found.append(pytest.param(suite, case, id=identity))
    return found


def description(suite: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    """The service of a case as a ``service-2`` description."""
    metadata = dict(suite["metadata"])
    for name, value in {"endpointPrefix": "service", "targetPrefix": "Target", "jsonVersion": "1.0"}.items():
        metadata.setdefault(name, value)
    metadata.setdefault("protocols", [metadata["protocol"]])
    if metadata["protocol"] == "query" and "output" in case["given"]:
        # Real models name the wrapper of the result; the data leaves it to the reader.
        case["given"]["output"].setdefault("resultWrapper", f"{case['given']['name']}Result")
    for error in case["given"].get("errors", []):
        suite["shapes"][error["shape"]]["exception"] = True
    return {
        "metadata": metadata,
        "operations": {case["given"]["name"]: case["given"]},
        "shapes": suite["shapes"],
    }


def operation(suite: dict[str, Any], case: dict[str, Any]) -> OperationModel:
    return ServiceModel(description(suite, case)).operation_model(case["given"]["name"])


def reference_operation(suite: dict[str, Any], case: dict[str, Any]) -> Any:
    return botocore.model.ServiceModel(description(suite, case)).operation_model(case["given"]["name"])


# -- requests ------------------------------------------------------------------------------------------------------


def with_types(shape: Any, value: Any) -> Any:
    """The parameters of a case as a caller would give them: blobs as bytes, numbers' names as numbers."""
    if shape is None or value is None:
        return value
    if shape.type_name == "structure" and isinstance(value, dict) and not shape.is_document_type:
        return {name: with_types(shape.members.get(name), item) for name, item in value.items()}
    if shape.type_name == "list":
        return [with_types(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: with_types(shape.value, item) for key, item in value.items()}
    if shape.type_name == "blob":
        return value.encode("utf-8")
    if shape.type_name in ("float", "double") and isinstance(value, str):
        return float(value)
    return value


@pytest.mark.parametrize(("suite", "case"), cases("input"))
def test_request(suite: dict[str, Any], case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "urandom", bytes)  # The data's tokens are made of no chance at all.
    model = operation(suite, case)
    params = with_types(model.input_shape, case.get("params", {}))
    fill_idempotency_tokens(params, model)
    request = compile_serializer(model)(params)
    maybe_compress_request(COMPRESSING, request, model)
    expected = case["serialized"]
    host = suite.get("clientEndpoint", "https://host.example.com")
    if "/" in expected.get("host", ""):
        host = f"https://{expected['host']}"
    url = request_url(host, request)

    if "method" in expected:
        assert request["method"] == expected["method"]
    assert_same_address(url, expected)
    if "host" in expected and "host_prefix" in request:
        assert urlsplit(url).netloc == expected["host"]
    headers = {name.lower(): value for name, value in request["headers"].items()}
    for name, value in expected.get("headers", {}).items():
        if name == "Content-Type" and headers.get("content-type") is None and value in UNSENT_CONTENT_TYPES:
            continue
        # A form may say its charset, and a list may leave out the blank after a comma.
        found = str(headers.get(name.lower())).removesuffix("; charset=utf-8")
        wanted = value.removesuffix("; charset=utf-8")
        assert found.replace(", ", ",") == wanted.replace(", ", ",")
    for name in expected.get("forbidHeaders", []):
        assert name.lower() not in headers
    for name in expected.get("requireHeaders", []):
        assert name.lower() in headers or name in ("Content-Length", "Content-Type")
    if "body" in expected:
        protocol = model.service_model.resolved_protocol
        assert_same_body(protocol, request["body"], expected["body"], headers)


@pytest.mark.parametrize(("suite", "case"), cases("input", gaps=True))
def test_request_that_the_reference_writes_otherwise(suite: dict[str, Any], case: dict[str, Any]) -> None:
    theirs = reference_operation(suite, case)
    model = operation(suite, case)
    params = with_types(model.input_shape, case.get("params", {}))
    serializer = botocore.serialize.create_serializer(theirs.service_model.resolved_protocol, False)
    requests = compile_serializer(model)(params), serializer.serialize_to_request(params, theirs)
    for request in requests:
        if isinstance(request["body"], dict):  # A form, in which numbers become text.
            request["body"] = {name: str(value) for name, value in request["body"].items()}
    assert requests[0] == requests[1]


def assert_same_address(url: str, expected: dict[str, Any]) -> None:
    if "uri" not in expected:
        return
    found, wanted = urlsplit(url), urlsplit(expected["uri"])
    assert found.path.rstrip("/") == wanted.path.rstrip("/")
    assert sorted(parse_qsl(found.query, keep_blank_values=True)) == sorted(
        parse_qsl(wanted.query, keep_blank_values=True)
    )


def assert_same_body(protocol: str, found: Any, expected: str, headers: dict[str, str]) -> None:
    if isinstance(found, dict):
        assert sorted(parse_qsl(urlencode(found, doseq=True), keep_blank_values=True)) == sorted(
            parse_qsl(expected.replace("\n", ""), keep_blank_values=True)
        )
    elif protocol == "smithy-rpc-v2-cbor":
        assert same(
            decode(found) if found else None, decode(base64.b64decode(expected)) if expected else None
        )
    elif not expected or not found:
        # An empty body may be written as an empty object where the data has none.
        assert found in (expected.encode(), b"{}" if "json" in protocol else b"")
    elif "json" in protocol:
        try:
            wanted = json.loads(expected)
        except ValueError:
            assert found == expected.encode()
        else:
            assert json.loads(found) == wanted
    elif found.lstrip().startswith(b"<"):
        assert canonical(found) == canonical(expected.encode())
    else:
        assert found == expected.encode()


def canonical(xml: bytes) -> Any:
    """An element as nested tuples, children sorted: the order of map entries and members is free."""

    def of(node: ElementTree.Element) -> Any:
        return (
            node.tag,
            sorted(node.attrib.items()),
            (node.text or "").strip(),
            sorted((of(item) for item in node), key=repr),
        )

    return of(ElementTree.fromstring(xml))


# -- responses -----------------------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """A parsed response as the data writes it: timestamps in seconds, blobs as text."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return value


def same(found: Any, expected: Any) -> bool:
    if isinstance(expected, dict) and isinstance(found, dict):
        return found.keys() == expected.keys() and all(same(found[key], expected[key]) for key in expected)
    if isinstance(expected, list) and isinstance(found, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(found, float) and isinstance(expected, int | float | str):
        wanted = float(expected)
        return (math.isnan(found) and math.isnan(wanted)) or math.isclose(found, wanted, rel_tol=1e-6)
    return found == expected


class Stream:
    def __init__(self, body: bytes) -> None:
        self.body = body

    def read(self) -> bytes:
        return self.body


@pytest.mark.parametrize(("suite", "case"), cases("output"))
def test_response(suite: dict[str, Any], case: dict[str, Any]) -> None:
    model = operation(suite, case)
    response = case["response"]
    raw_body = response.get("body", "")
    body = raw_body.encode("utf-8")
    if model.has_event_stream_output:
        assert_same_events(model, base64.b64decode(body), case)
        return
    if model.service_model.resolved_protocol == "smithy-rpc-v2-cbor":
        body = base64.b64decode(raw_body)
    status = response.get("status_code", 200)
    parser = compile_parser(model)
    given: Any = body
    if model.has_streaming_output and status < 300:
        given = Stream(body)
    answer = {
        "status_code": status,
        "headers": HeadersDict(response.get("headers", {})),
        "body": given,
        "context": {"operation_name": model.name},
    }
    parsed = parser.parse(answer)
    if status >= 300:
        parser.add_modeled_error(answer, parsed)
    metadata = parsed.pop("ResponseMetadata", {})
    assert metadata["HTTPStatusCode"] == status
    if "errorCode" in case or "error" in case:
        error = parsed.pop("Error")
        if "errorCode" in case:
            assert error["Code"] == case["errorCode"]
        if "errorMessage" in case:
            assert error["Message"] == case["errorMessage"]
        if "error" in case:
            assert same(plain(parsed), case["error"])
        return
    expected = case.get("result", {})
    expected.pop("ResponseMetadata", None)
    for name, value in list(parsed.items()):
        if isinstance(value, Stream):
            parsed[name] = value.read()
    assert same(plain(parsed), expected)


@pytest.mark.parametrize(("suite", "case"), cases("output", gaps=True))
def test_response_that_the_reference_reads_otherwise(suite: dict[str, Any], case: dict[str, Any]) -> None:
    theirs, model = reference_operation(suite, case), operation(suite, case)
    response = case["response"]
    body: Any = response.get("body", "").encode()
    given = {
        "status_code": response.get("status_code", 200),
        "headers": HeadersDict(response.get("headers", {})),
        "body": Stream(body) if model.has_streaming_output else body,
        "context": {"operation_name": model.name},
    }
    parser = botocore.parsers.create_parser(theirs.service_model.resolved_protocol)
    assert compile_parser(model).parse(given) == parser.parse(given, theirs.output_shape)


def assert_same_events(model: OperationModel, body: bytes, case: dict[str, Any]) -> None:
    raw = AWSResponse(None, 200, {}, Chunks(body))
    answer = {"status_code": 200, "headers": raw.headers, "body": raw.raw, "context": {}}
    parsed = drive(compile_parser(model).parse_event_stream(answer))
    parsed.pop("ResponseMetadata")
    found = {name: list(value) if isinstance(value, EventStream) else value for name, value in parsed.items()}
    assert same(plain(found), case["result"])


class Chunks:
    """A body that comes in pieces which do not fit the messages."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self) -> Iterator[bytes]:
        for start in range(0, len(self.body), 7):
            yield self.body[start : start + 7]


def test_no_gap_is_left_over() -> None:
    named = {
        param.id.split("-")[-1] for direction in ("input", "output") for param in cases(direction, gaps=True)
    }
    assert named == set(GAPS)


def test_every_protocol_has_data() -> None:
    assert PROTOCOLS == [
        "ec2",
        "json",
        "json_1_0",
        "json_1_0-query-compatible",
        "query",
        "rest-json",
        "rest-xml",
        "smithy-rpc-v2-cbor",
        "smithy-rpc-v2-cbor-non-query-compatible",
        "smithy-rpc-v2-cbor-query-compatible",
    ]


def test_query_strings_are_encoded_as_signatures_want_them() -> None:
    assert percent_encode_sequence({"a b": ["1/2", "~"], "c": "é"}) == "a%20b=1%2F2&a%20b=~&c=%C3%A9"
