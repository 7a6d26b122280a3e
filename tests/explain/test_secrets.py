"""Planted secrets never appear in an explanation: not in its text, HTML, JSON or repr."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
from base64 import b64encode
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

import sotalia
from sotalia.config import Config
from sotalia.credentials.objects import Credentials
from sotalia.explain.secrets import Secrets
from sotalia.transport.scripted import answer
from tests.client_kinds import AsyncKind, Kind, SyncKind
from tests.protocols.generated import Generator
from tests.services.every_operation import fitting

ACCESS_KEY, SECRET_KEY, TOKEN = "AKIAPLANTEDACCESS", "planted/secret+key=", "planted-session-token=="
PLANTED = "planted-0123456789"
KEYS = {
    "aws_access_key_id": ACCESS_KEY,
    "aws_secret_access_key": SECRET_KEY,
    "aws_session_token": TOKEN,
    "region_name": "us-west-2",
}


def shown(found: Any) -> str:
    from rich.console import Console

    console = Console(file=io.StringIO(), width=10_000, record=True)
    console.print(found)
    return "\n".join(
        [
            str(found),
            repr(found),
            found._repr_html_(),
            found.to_json(),
            repr(found.to_dict()),
            console.export_text(),
        ]
    )


def forms(secret: str) -> list[str]:
    data = secret.encode()
    return [secret, base64.b64encode(data).decode(), base64.b64encode(hashlib.md5(data).digest()).decode()]


def client_of(client_kind: Kind, service: str, **arguments: Any) -> Any:
    return client_kind.scripted(service, [answer()], client_kind.session(**KEYS), **arguments)


CALLS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "s3",
        "PutObject",
        {
            "Bucket": "bucket",
            "Key": "k",
            "Body": PLANTED.encode(),
            "SSECustomerAlgorithm": "AES256",
            "SSECustomerKey": PLANTED,
        },
    ),
    (
        "s3",
        "UploadPartCopy",
        {
            "Bucket": "bucket",
            "Key": "k",
            "PartNumber": 1,
            "UploadId": "u",
            "CopySource": "b/k",
            "CopySourceSSECustomerAlgorithm": "AES256",
            "CopySourceSSECustomerKey": PLANTED,
            "SSECustomerAlgorithm": "AES256",
            "SSECustomerKey": PLANTED,
        },
    ),
    ("secretsmanager", "CreateSecret", {"Name": "n", "SecretString": PLANTED}),
    ("secretsmanager", "CreateSecret", {"Name": "n", "SecretBinary": PLANTED.encode()}),
    ("iam", "CreateLoginProfile", {"UserName": "u", "Password": PLANTED}),
    (
        "rds",
        "CreateDBInstance",
        {"DBInstanceIdentifier": "i", "DBInstanceClass": "c", "Engine": "e", "MasterUserPassword": PLANTED},
    ),
    ("kms", "Encrypt", {"KeyId": "k", "Plaintext": PLANTED.encode()}),
    (
        "sts",
        "AssumeRoleWithWebIdentity",
        {"RoleArn": "a" * 20, "RoleSessionName": "session", "WebIdentityToken": PLANTED},
    ),
    (
        "cognito-idp",
        "InitiateAuth",
        {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": PLANTED, "AuthParameters": {"PASSWORD": PLANTED}},
    ),
    ("lambda", "Invoke", {"FunctionName": "f", "Payload": PLANTED.encode()}),
    (
        "lambda",
        "UpdateFunctionConfiguration",
        {"FunctionName": "f", "Environment": {"Variables": {"X": PLANTED}}},
    ),
    (
        "ec2",
        "CopySnapshot",
        {
            "SourceRegion": "eu-west-1",
            "SourceSnapshotId": "s",
            "PresignedUrl": f"https://x.org/?X-Amz-Signature={PLANTED}&X-Amz-Credential={ACCESS_KEY}/x",
        },
    ),
    (
        "sqs",
        "SendMessage",
        {
            "QueueUrl": "https://user:" + PLANTED + "@sqs.us-west-2.amazonaws.com/1/q",
            "MessageBody": f"password={PLANTED}",
        },
    ),
    (
        "chime-sdk-messaging",
        "SendChannelMessage",
        {
            "ChannelArn": "arn:aws:chime:us-west-2:123456789012:app/x",
            "Content": PLANTED,
            "Type": "STANDARD",
            "Persistence": "PERSISTENT",
            "ClientRequestToken": "token",
            "ChimeBearer": "arn:aws:chime:us-west-2:123456789012:app/y",
        },
    ),
]


@pytest.mark.parametrize(
    ("service", "operation", "parameters"), CALLS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_planted_parameters(
    client_kind: Kind, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    found = client_of(client_kind, service).explain(operation, **parameters, run_handlers=True)
    assert found.error is None, found.error
    text = shown(found)
    for secret in (PLANTED, ACCESS_KEY, SECRET_KEY, TOKEN):
        for form in forms(secret):
            assert form not in text


def test_a_handler_that_puts_secrets_elsewhere(client_kind: Kind) -> None:
    client = client_of(client_kind, "secretsmanager")

    def leak(params: dict[str, Any], **kwargs: Any) -> None:
        params["headers"]["X-Debug"] = f"{PLANTED} {SECRET_KEY}"
        params["url"] += f"?debug={PLANTED}"
        raise RuntimeError(f"cannot handle {PLANTED}, {SECRET_KEY}")

    client.raw.meta.events.register("before-call", leak, unique_id=f"{PLANTED}")
    found = client.explain("CreateSecret", Name="n", SecretString=PLANTED, run_handlers=True)
    text = shown(found)
    assert "X-Debug" in text
    assert PLANTED not in text
    assert SECRET_KEY not in text


def test_errors_hold_no_secrets(client_kind: Kind) -> None:
    found = client_of(client_kind, "secretsmanager").explain("CreateSecret", Name=5, SecretString=[PLANTED])
    assert found.error is not None
    assert PLANTED not in shown(found)


def test_proxies_and_addresses(client_kind: Kind) -> None:
    proxies = {"https": f"http://me:{PLANTED}@proxy.example.com:3128"}
    session = client_kind.session(**KEYS)
    client = client_kind.client("s3", session, config=Config(proxies=proxies))
    found = client.explain("ListBuckets")
    assert found.proxy == "http://***@proxy.example.com:3128"
    assert PLANTED not in shown(found)
    client = client_kind.client("s3", session, endpoint_url=f"https://me:{PLANTED}@s3.example.com")
    text = shown(client.explain("ListObjectsV2", Bucket="bucket"))
    assert "s3.example.com" in text
    assert PLANTED not in text


def test_bearer_tokens(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", PLANTED)
    client = client_kind.client("bedrock", client_kind.session(region_name="us-west-2"))
    for fetch in (False, True):
        found = client.explain("ListFoundationModels", fetch_credentials=fetch)
        assert found.error is None
        assert found.auth.version == "bearer"
        assert PLANTED not in shown(found)


def test_fetched_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for made in (SyncKind(), AsyncKind()):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
        client = made.client("sqs", made.session(region_name="us-west-2"))
        for fetch in (False, True):
            found = client.explain("ListQueues", fetch_credentials=fetch)
            assert (found.credentials.method, found.credentials.are_fetched) == ("env", True)
            for secret in (ACCESS_KEY, SECRET_KEY, TOKEN):
                assert secret not in shown(found)
        made.close()


def plant(value: Any, shape: Any, depth: int = 0) -> Any:
    """Parameters in which each sensitive text and blob is the planted one."""
    if shape is None or depth > 20:
        return value
    if (
        shape.metadata.get("sensitive")
        and shape.type_name in ("string", "blob")
        and not getattr(shape, "enum", None)
    ):
        return PLANTED.encode() if shape.type_name == "blob" else PLANTED
    if isinstance(value, dict) and hasattr(shape, "members"):
        return {name: plant(item, shape.members.get(name), depth + 1) for name, item in value.items()}
    if isinstance(value, dict) and shape.type_name == "map":
        return {name: plant(item, shape.value, depth + 1) for name, item in value.items()}
    if isinstance(value, list | tuple) and hasattr(shape, "member"):
        return [plant(item, shape.member, depth + 1) for item in value]
    return value


def test_sensitive_members_of_any_service() -> None:
    from sotalia.runtime.redaction import holds_secrets

    session = sotalia.Session(**KEYS)
    names = random.Random(7).sample(session.get_available_services(), 60)
    planted = 0
    for service in names:
        client: Any = session.client(service)
        model = client.meta.service_model
        operations = [
            name for name in model.operation_names if model.operation_model(name).input_shape is not None
        ]
        for number, name in enumerate(operations):
            shape = model.operation_model(name).input_shape
            if not holds_secrets(shape):
                continue
            parameters = plant(fitting(Generator(number, text=["abc", "x-y"]).value(shape)), shape)
            if PLANTED not in repr(parameters):
                continue
            planted += 1
            found = client.explain(name, **parameters)
            text = "\n".join([str(found), found.to_json()])
            for form in forms(PLANTED):
                assert form not in text, (service, name)
            if planted % 8 == 0:
                break
    assert planted > 50


@pytest.mark.parametrize(
    "write",
    [
        str,
        quote,
        quote_plus,
        escape,
        json.dumps,
        lambda text: b64encode(text.encode()).decode(),
        lambda text: b64encode(f"user:{text}!".encode()).decode(),
        lambda text: b64encode(f"me:{text}".encode()).decode(),
        lambda text: f"x{text[:20]}...",
        lambda text: f"x{text.lower()}y",
    ],
)
def test_a_value_is_found_in_each_form(write: Any) -> None:
    secret = "wJalrXUtnFEMI/K7MDENG+bPx=RfiCY<&EXAMPLEKEY"
    secrets = Secrets()
    secrets.add(secret)
    cleaned = secrets.clean(f"a {write(secret)}")
    assert "***" in cleaned
    assert "K7MDENG" not in cleaned
    assert b64encode(secret.encode()).decode()[8:40] not in cleaned
    assert secrets.clean("nothing of it") == "nothing of it"


def test_keys_as_short_as_those_of_tests_are_not_searched_for() -> None:
    secrets = Secrets()
    secrets.add_keys(Credentials("testing", "minioadmin", "token"))
    assert secrets.clean("bucket testing-minioadmin-token") == "bucket testing-minioadmin-token"
    secrets.add_keys(Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"))
    assert secrets.clean("by AKIAIOSFODNN7EXAMPLE") == "by ***"
