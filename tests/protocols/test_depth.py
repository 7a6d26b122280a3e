"""Nesting without end, in parameters and in answers: an error that says so, at once, in every protocol."""

from __future__ import annotations

from typing import Any

import pytest

from sotalia import exceptions
from sotalia.config import Config
from sotalia.transport.scripted import answer
from tests.client_kinds import Kind

DEPTH = 100_000


def nested(wrap: Any, innermost: Any) -> Any:
    for _ in range(DEPTH):
        innermost = wrap(innermost)
    return innermost


def cycle() -> dict[str, Any]:
    """A value that contains itself."""
    value: dict[str, Any] = {}
    value["a"] = value
    return value


ATTRIBUTE = nested(lambda value: {"M": {"a": value}}, {"S": "x"})
LIST = nested(lambda value: [value], "x")
ITSELF = cycle()
POST = {"botName": "b", "botAlias": "a", "userId": "user", "contentType": "audio/x", "inputStream": b""}
PARAMETERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "JSON": ("dynamodb", "put_item", {"TableName": "ttt", "Item": {"a": ATTRIBUTE}}),
    "a document": ("bedrock-runtime", "converse", {"modelId": "m", "additionalModelRequestFields": ITSELF}),
    "a list in a document": (
        "bedrock-runtime",
        "converse",
        {"modelId": "m", "additionalModelRequestFields": {"a": LIST}},
    ),
    "JSON in a header": ("lex-runtime", "post_content", {**POST, "sessionAttributes": ITSELF}),
}


@pytest.mark.parametrize("validates", [True, False])
@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters(name: str, validates: bool, client_kind: Kind) -> None:
    service, method, params = PARAMETERS[name]
    client = client_kind.scripted(service, [answer()], config=Config(parameter_validation=validates))
    with pytest.raises(
        exceptions.ParamValidationError, match=r"nested too deeply, or contain themselves|json serializ"
    ):
        getattr(client, method)(**params)
    assert client.transport.requests == []


# Service, method and parameters; a body that opens one level, one that closes it.
ANSWERS: dict[str, tuple[str, str, dict[str, Any], bytes, bytes]] = {
    "JSON lists": ("dynamodb", "list_tables", {}, b"[", b"]"),
    "JSON objects": ("dynamodb", "list_tables", {}, b'{"a":', b"}"),
    "REST JSON": ("lambda", "list_functions", {}, b'{"Functions":[', b"]}"),
    "query": ("sts", "get_caller_identity", {}, b"<a>", b"</a>"),
    "EC2": ("ec2", "describe_regions", {}, b"<a>", b"</a>"),
    "REST XML": ("route53", "list_hosted_zones", {}, b"<a>", b"</a>"),
    "S3": ("s3", "list_buckets", {}, b"<a>", b"</a>"),
    "CBOR lists": ("eventbridgev2", "", {}, b"\x81", b""),
    "CBOR maps": ("eventbridgev2", "", {}, b"\xa1\x61a", b""),
    "CBOR tags": ("eventbridgev2", "", {}, b"\xc1", b""),
    "CBOR without lengths": ("eventbridgev2", "", {}, b"\x9f", b"\xff"),
}


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("name", ANSWERS)
def test_answers(name: str, status: int, client_kind: Kind) -> None:
    service, method, params, opening, closing = ANSWERS[name]
    body = opening * DEPTH + closing * DEPTH
    client = client_kind.scripted(
        service, [answer(status, body=body)], config=Config(retries={"max_attempts": 0})
    )
    method = method or next(name for name in client.meta.method_to_api_mapping if name.startswith("list_"))
    try:
        result = getattr(client, method)(**params)
    except (exceptions.ResponseParserError, exceptions.ClientError):
        return
    # XML can be read without going down: these elements are unknown, and passed over.
    assert (opening, list(result)) == (b"<a>", ["ResponseMetadata"])


BOMB = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10 if n else 'x' * 10}'>" for n in range(20))
DECLARATIONS = {
    "a bomb": f"<!DOCTYPE r [{BOMB}]><r>&a19;</r>",
    "quadratic": f"<!DOCTYPE r [<!ENTITY a '{'x' * 50_000}'>]><r>{'&a;' * 5_000}</r>",
    "an external entity": "<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><r>&a;</r>",
    "an external subset": "<!DOCTYPE r SYSTEM 'http://127.0.0.1:1/evil.dtd'><r/>",
    "parameter entities": "<!DOCTYPE r [<!ENTITY % a SYSTEM 'http://127.0.0.1:1/'> %a;]><r/>",
    "after a comment": "<?xml version='1.0'?><!-- so --><!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>",
    "after many comments": "<!-- so -->" * 40 + "<!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>",
    "default attributes": "<!DOCTYPE r [<!ATTLIST r a CDATA 'x'>]><r/>",
}
XML_CALLS: list[tuple[str, str]] = [
    ("sts", "get_caller_identity"),
    ("ec2", "describe_regions"),
    ("route53", "list_hosted_zones"),
    ("s3", "list_buckets"),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("name", DECLARATIONS)
@pytest.mark.parametrize(("service", "method"), XML_CALLS)
def test_declarations_in_xml(service: str, method: str, name: str, encoding: str, client_kind: Kind) -> None:
    """No document type is read: no entity is expanded, nothing is fetched, in results and in errors."""
    body = DECLARATIONS[name].encode(encoding)
    for status in (200, 400):
        script = [answer(status, body=body)]
        client = client_kind.scripted(service, script, config=Config(retries={"max_attempts": 0}))
        with pytest.raises((exceptions.ResponseParserError, exceptions.ClientError)) as caught:
            getattr(client, method)()
        assert len(str(caught.value)) < 1000
        assert "root:" not in str(caught.value)
