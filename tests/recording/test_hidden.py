"""Secrets never reach a record, wherever they are put; what is kept of a call is bounded."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

import sotalia
from sotalia.exceptions import ClientError, ParamValidationError
from sotalia.recording.values import MOST_CHARACTERS, MOST_ITEMS, copied, snapshot, thawed
from sotalia.testing import ScriptedTransport, answer
from tests.client_kinds import Kind

SECRET = "hunter2-7f3a9c"
KEYS = {
    "aws_access_key_id": "AKIDEXAMPLE",
    "aws_secret_access_key": f"key-{SECRET}",
    "aws_session_token": f"token-{SECRET}",
    "region_name": "us-west-2",
}
JSON = {"content-type": "application/x-amz-json-1.1"}
SSE = {"SSECustomerKey": (SECRET * 3)[:32], "SSECustomerAlgorithm": "AES256"}

CASES: list[tuple[str, str, dict[str, Any], Any]] = [
    ("secretsmanager", "create_secret", {"Name": "n", "SecretString": SECRET}, answer(200, JSON, b"{}")),
    (
        "secretsmanager",
        "create_secret",
        {"Name": "n", "SecretBinary": SECRET.encode()},
        answer(200, JSON, b"{}"),
    ),
    (
        "secretsmanager",
        "get_secret_value",
        {"SecretId": "n"},
        answer(200, JSON, json.dumps({"SecretString": SECRET}).encode()),
    ),
    ("kms", "encrypt", {"KeyId": "k", "Plaintext": SECRET.encode()}, answer(200, JSON, b"{}")),
    ("kms", "encrypt", {"KeyId": 5, "Plaintext": SECRET.encode()}, answer(200, JSON, b"{}")),
    ("s3", "put_object", {"Bucket": "b", "Key": "k", "Body": b"x", **SSE}, answer(200)),
    (
        "s3",
        "get_object",
        {"Bucket": "b", "Key": "k", **SSE},
        answer(200, {"x-amz-server-side-encryption-customer-key": SECRET}, b"x"),
    ),
    ("s3", "head_object", {"Bucket": "b", "Key": "k", **SSE}, answer(404)),
    ("s3", "put_object", {"Bucket": "b", "Key": "k", "Body": f"password={SECRET}"}, answer(200)),
    ("s3", "put_object", {"Bucket": "b", "Key": "k", "Metadata": {"password": SECRET}}, answer(200)),
    (
        "s3",
        "copy_object",
        {"Bucket": "b", "Key": "k", "CopySource": f"b/k?X-Amz-Signature={SECRET}"},
        answer(200, body=b"<CopyObjectResult/>"),
    ),
    (
        "s3",
        "list_objects_v2",
        {"Bucket": "b"},
        answer(200, {"set-cookie": SECRET, "x-url": f"https://u:{SECRET}@h/"}, b"<ListBucketResult/>"),
    ),
    (
        "s3",
        "list_objects_v2",
        {"Bucket": "b"},
        answer(403, {}, f"<Error><Code>X</Code><Message>SessionToken: {SECRET}</Message></Error>".encode()),
    ),
    ("s3", "list_objects_v2", {"Bucket": "b"}, RuntimeError(f"https://user:{SECRET}@proxy:80 failed")),
    (
        "sts",
        "assume_role",
        {"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "s", "ExternalId": SECRET},
        answer(
            200,
            {"content-type": "text/xml"},
            f"<AssumeRoleResponse><AssumeRoleResult><Credentials><SecretAccessKey>{SECRET}</SecretAccessKey><SessionToken>"
            f"{SECRET}</SessionToken></Credentials></AssumeRoleResult></AssumeRoleResponse>".encode(),
        ),
    ),
    (
        "cognito-idp",
        "initiate_auth",
        {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": SECRET, "AuthParameters": {"PASSWORD": SECRET}},
        answer(200, JSON, b"{}"),
    ),
    (
        "dynamodb",
        "put_item",
        {"TableName": "t", "Item": {"password": {"S": SECRET}}},
        answer(200, JSON, b"{}"),
    ),
]


@pytest.mark.parametrize("bodies", [0, 10_000])
@pytest.mark.parametrize(
    ("service", "method", "parameters", "response"),
    CASES,
    ids=[f"{number}-{case[1]}" for number, case in enumerate(CASES)],
)
def test_no_secret_in_a_record(
    client_kind: Kind, service: str, method: str, parameters: dict[str, Any], response: Any, bodies: int
) -> None:
    session = client_kind.session(**KEYS, transport=ScriptedTransport([response]))
    client = client_kind.client(service, session)

    def watch(**kwargs: Any) -> None:
        """A handler of the program's: what others change is compared deeply."""

    def leak(params: Any, **kwargs: Any) -> None:
        params["headers"]["Authorization"] = SECRET
        params["headers"]["X-Address"] = f"https://user:{SECRET}@host/"

    for event in (
        "provide-client-params",
        "before-parameter-build",
        "request-created",
        "before-send",
        "after-call",
    ):
        client.raw.meta.events.register(f"{event}.{service}", watch)
    client.raw.meta.events.register(f"before-call.{service}", leak)
    with sotalia.recorder(bodies=bodies) as calls:
        try:
            result = getattr(client, method)(**parameters)
            if "Body" in result:
                result["Body"].read()
        except (ClientError, ParamValidationError, RuntimeError):
            pass
    [record] = calls
    text = json.dumps(record.as_json())
    assert SECRET not in text
    assert SECRET not in repr(record)
    assert "signature=***" in text.lower() or "***" in text


def test_secrets_in_other_headers_are_found_by_value(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS, transport=ScriptedTransport([answer(200, JSON, b"{}")]))
    client = client_kind.client("secretsmanager", session)

    def leak(params: Any, **kwargs: Any) -> None:
        params["headers"]["X-Debug"] = f"sent {SECRET}"

    client.raw.meta.events.register("before-call.secretsmanager", leak)
    with sotalia.recorder() as calls:
        client.create_secret(Name="n", SecretString=SECRET)
    text = json.dumps(calls[0].as_json())
    assert SECRET not in text
    assert "sent ***" in text


def test_keys_in_other_headers_are_found_by_value(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS, transport=ScriptedTransport([answer(200)]))
    client = client_kind.client("s3", session)

    def leak(request: Any, **kwargs: Any) -> None:
        request.headers["X-Debug"] = f"{KEYS['aws_secret_access_key']} {KEYS['aws_session_token']}"

    client.raw.meta.events.register("before-sign.s3", leak)
    with sotalia.recorder() as calls:
        client.head_bucket(Bucket="b")
    assert SECRET not in json.dumps(calls[0].as_json())


# -- bounds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "take", [copied, lambda value: thawed(snapshot(value, None))], ids=["copy", "snapshot"]
)
def test_what_is_kept_is_bounded(take: Any) -> None:
    chosen = random.Random(16)
    wide = {f"name{number}": "x" * chosen.randrange(2000) for number in range(1000)}
    deep: Any = "end"
    for _ in range(50):
        deep = {"deeper": [deep]}
    value = {
        "wide": wide,
        "deep": deep,
        "list": list(range(10_000)),
        "blob": b"x" * 10_000_000,
        "long": "x" * 1_000_000,
    }
    kept = take(value)
    assert len(json.dumps(kept)) < 100_000
    assert kept["blob"] == "<10000000 bytes>"
    assert kept["list"][:2] == [0, 1]
    assert kept["list"][-1] == f"... {10_000 - MOST_ITEMS} more"
    assert kept["long"] == "x" * MOST_CHARACTERS + "..."


def test_what_json_cannot_say() -> None:
    class Text(str):
        __slots__ = ()

    value = {
        "broken": "a\ud800b",
        "set": {1},
        "text": Text("t"),
        "number": float("inf"),
        "large": 2**70,
        5: "key",
        "file": open,
        "nothing": None,
        "tuple": (1, 2),
    }
    kept = thawed(snapshot(value, None))
    json.dumps(kept)
    assert (kept["set"], kept["text"], kept["large"], kept["5"], kept["tuple"]) == (
        [1],
        "t",
        2**70,
        "key",
        [1, 2],
    )
