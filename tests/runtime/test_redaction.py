"""What stays out of logs."""

from __future__ import annotations

import io
import json
import random
from typing import Any

import pytest

from sotalia.model.loader import Loader
from sotalia.runtime.redaction import redact_headers, redact_params, redact_text, redact_url

LOADER = Loader()


def operation(service: str, name: str) -> Any:
    return LOADER.service(service).operation_model(name)


@pytest.mark.parametrize(
    ("service", "name", "params", "expected"),
    [
        ("secretsmanager", "CreateSecret", {"Name": "db", "SecretString": "planted", "SecretBinary": b"planted"},
         {"Name": "db", "SecretString": "***", "SecretBinary": "***"}),
        ("s3", "PutObject", {"Bucket": "b", "Key": "k", "SSECustomerKey": "planted", "SSECustomerKeyMD5": "planted",
                             "Body": b"planted", "Metadata": {"a": "b"}},
         {"Bucket": "b", "Key": "k", "SSECustomerKey": "***", "SSECustomerKeyMD5": "***", "Body": "<7 bytes>",
          "Metadata": {"a": "b"}}),
        ("s3", "CopyObject", {"Bucket": "b", "CopySourceSSECustomerKey": "planted", "CopySource": {"Bucket": "x"}},
         {"Bucket": "b", "CopySourceSSECustomerKey": "***", "CopySource": {"Bucket": "x"}}),
        ("sts", "AssumeRoleWithWebIdentity", {"RoleArn": "arn", "WebIdentityToken": "planted"},
         {"RoleArn": "arn", "WebIdentityToken": "***"}),
        ("kms", "Encrypt", {"KeyId": "k", "Plaintext": b"planted"}, {"KeyId": "k", "Plaintext": "***"}),
        ("ec2", "CopySnapshot", {"PresignedUrl": "https://ec2.us-east-1.amazonaws.com/?X-Amz-Signature=planted&a=b"},
         {"PresignedUrl": "***"}),
        ("sqs", "SendMessage", {"MessageBody": "https://b.s3.amazonaws.com/k?X-Amz-Signature=planted&a=b"},
         {"MessageBody": "https://b.s3.amazonaws.com/k?X-Amz-Signature=***&a=b"}),
        ("dynamodb", "PutItem", {"TableName": "t", "Item": {"id": {"S": "1"}, "data": {"B": b"abc"}}},
         {"TableName": "t", "Item": {"id": {"S": "1"}, "data": {"B": "<3 bytes>"}}}),
    ],
)  # fmt: skip
def test_parameters(service: str, name: str, params: Any, expected: Any) -> None:
    given = repr(params)
    assert redact_params(params, operation(service, name)) == expected
    assert repr(params) == given


def test_responses_and_plain_dictionaries() -> None:
    keys = {
        "AccessKeyId": "AKID",
        "SecretAccessKey": "planted",
        "SessionToken": "planted",
        "Expiration": None,
    }
    shape = operation("sts", "AssumeRole").output_shape
    expected = {"AccessKeyId": "AKID", "SecretAccessKey": "***", "SessionToken": "***", "Expiration": None}
    assert redact_params({"Credentials": keys}, shape) == {"Credentials": expected}
    assert redact_params({"Credentials": keys}) == {"Credentials": expected}
    assert redact_params({"db_password": "planted", "NextToken": "page"}) == {
        "db_password": "***",
        "NextToken": "page",
    }
    assert redact_params({"Body": io.BytesIO(b"planted")}) == {"Body": "<BytesIO>"}
    nested: dict[str, Any] = {}
    nested["itself"] = nested
    assert "..." in repr(redact_params(nested))


HEADERS = (
    "Authorization authorization X-Amz-Security-Token x-amz-s3session-token Proxy-Authorization Cookie "
    "x-amz-server-side-encryption-customer-key X-Amz-Server-Side-Encryption-Customer-Key-MD5 "
    "x-amz-copy-source-server-side-encryption-customer-key X-aws-ec2-metadata-token"
).split()


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("value", ["planted", b"planted"])
def test_headers(name: str, value: Any) -> None:
    assert redact_headers({name: value, "Host": "s3"}) == {name: "***", "Host": "s3"}


@pytest.mark.parametrize(
    "name", ["X-Api-Key", "X-Auth-Token", "x-amz-meta-password", "X-Vault-Client-Secret"]
)
def test_headers_that_are_secrets_by_their_names(name: str) -> None:
    assert redact_headers({name: "planted", "X-Team": "data"}) == {name: "***", "X-Team": "data"}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (
            {"Parameters": [{"ParameterKey": "DBPassword", "ParameterValue": "planted"}]},
            {"Parameters": [{"ParameterKey": "DBPassword", "ParameterValue": "***"}]},
        ),
        (
            {"environment": [{"name": "API_KEY", "value": "planted"}, {"name": "STAGE", "value": "test"}]},
            {"environment": [{"name": "API_KEY", "value": "***"}, {"name": "STAGE", "value": "test"}]},
        ),
        ({"Tags": [{"Key": "secret", "Value": "planted"}]}, {"Tags": [{"Key": "secret", "Value": "***"}]}),
        ({"Key": {"id": {"S": "1"}}, "Value": "v"}, {"Key": {"id": {"S": "1"}}, "Value": "v"}),
    ],
)
def test_members_that_name_what_stands_beside_them(params: Any, expected: Any) -> None:
    assert redact_params(params) == expected


def test_headers_of_sensitive_members() -> None:
    name = "x-amz-server-side-encryption-aws-kms-key-id"
    assert redact_headers({name: "planted"}, operation("s3", "PutObject")) == {name: "***"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://b.s3.amazonaws.com/k", "https://b.s3.amazonaws.com/k"),
        ("https://b/k?X-Amz-Signature=planted&X-Amz-Credential=planted%2F2026&X-Amz-Security-Token=planted&partNumber=1",
         "https://b/k?X-Amz-Signature=***&X-Amz-Credential=***&X-Amz-Security-Token=***&partNumber=1"),
        ("https://b/k?AWSAccessKeyId=planted&Signature=planted&Expires=1",
         "https://b/k?AWSAccessKeyId=***&Signature=***&Expires=1"),
        ("https://b/k?x-amz-server-side-encryption-customer-key=planted", "https://b/k?x-amz-server-side-encryption-customer-key=***"),
        ("http://me:planted@proxy:8080/x?a=b", "http://***@proxy:8080/x?a=b"),
        ("https://b/k?password=planted&list-type=2", "https://b/k?password=***&list-type=2"),
    ],
)  # fmt: skip
def test_addresses(url: str, expected: str) -> None:
    assert redact_url(url) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: AWS4-HMAC-SHA256 Credential=planted/2026/x, SignedHeaders=host, Signature=planted",
        "{'Authorization': b'AWS4-HMAC-SHA256 Credential=planted, Signature=planted', 'Host': 'x'}",
        '{"X-Amz-Security-Token": "planted", "Host": "x"}',
        "GET https://b/k?X-Amz-Signature=planted&X-Amz-Credential=planted HTTP/1.1",
        "aws_secret_access_key = planted",
        "x-amz-security-token:planted",
        "Authorization: Bearer planted",
        "{'SecretAccessKey': 'planted', 'SessionToken': 'planted'}",
        "aws_session_token=planted",
        "Action=A&Password=planted%26planted%3Cplanted&B=c",
        "b/k%3FX-Amz-Signature%3Dplanted%26a%3Db",
        "b/k%253FX-Amz-Signature%253Dplanted%2526a%253Db",
        "<Password>planted&amp;planted&lt;planted</Password>",
        "&lt;Password&gt;planted&lt;/Password&gt;",
        r'{"message": "POST\\n/\\nhost:x\\nx-amz-security-token:planted\\n"}',
        "<SignatureProvided>planted</SignatureProvided>",
    ],
)
def test_text(text: str) -> None:
    assert "planted" not in redact_text(text)


@pytest.mark.parametrize("name", ["X-Amz-Signature%3D", "SecretAccessKey: ", "password="])
def test_a_secret_that_begins_like_bytes(name: str) -> None:
    # The b of b'...' is no part of a value, that of another value is.
    assert redact_text(f"{name}bplanted") == f"{name}***"


def test_text_without_secrets_stays() -> None:
    for text in (
        "",
        "nothing here",
        "attempt 1: GET https://b/k?list-type=2",
        "signature version s3v4",
        "token: no",
    ):
        assert redact_text(text) == text


def planted(
    shape: Any, generator: random.Random, secret: str, depth: int = 5, *, hidden: bool = False
) -> Any:
    """A random value of a shape, in which every sensitive place holds the secret."""
    hidden = hidden or bool(shape.metadata.get("sensitive"))
    kind = shape.type_name
    if kind == "structure":
        members = list(shape.members.items())
        chosen = [
            it for it in members if depth and (it[1].metadata.get("sensitive") or generator.random() < 0.6)
        ]
        return {name: planted(it, generator, secret, depth - 1, hidden=hidden) for name, it in chosen}
    if kind == "list":
        return [
            planted(shape.member, generator, secret, depth - 1, hidden=hidden)
            for _ in range(2 if depth else 0)
        ]
    if kind == "map":
        return {
            f"key{n}": planted(shape.value, generator, secret, depth - 1, hidden=hidden) for n in range(2)
        }
    if kind == "blob":
        return secret.encode() if hidden else b"plain"
    if kind == "string":
        return secret if hidden else generator.choice(["plain", "x=y", "https://host/path?a=b"])
    return {"boolean": True, "timestamp": 0}.get(kind, 7)


@pytest.mark.parametrize(
    "service", ["s3", "secretsmanager", "cognito-idp", "kms", "iam", "ssm", "bedrock-runtime", "rds"]
)
def test_nothing_that_the_model_calls_sensitive_is_shown(service: str) -> None:
    generator = random.Random(service)
    model = LOADER.service(service)
    count = 0
    for name in model.operation_names:
        found = model.operation_model(name)
        for shape in (found.input_shape, found.output_shape):
            if shape is None:
                continue
            value = planted(shape, generator, "PLANTED")
            shown = redact_params(value, shape)
            assert "PLANTED" not in repr(shown), name
            count += repr(value).count("PLANTED")
            # It can be written as JSON, and has the members that were given.
            json.dumps(shown)
            if isinstance(shown, dict):
                assert shown.keys() == value.keys()
    assert count > 0


@pytest.mark.parametrize(
    "repeated",
    [
        "//a:b",
        "a-b_",
        "\\",
        "//",
        "<a>",
        '\\"',
        "%3D",
        "a=",
        "//a@",
        '{"Name":"password","Value":"',
        "&lt;a&gt;",
    ],
)
def test_a_long_text_is_read_once(repeated: str) -> None:
    """Reading it anew from each of its places would take hours."""
    text = repeated * (400_000 // len(repeated))
    assert "hunter2" not in redact_text(f"{text} password=hunter2")
