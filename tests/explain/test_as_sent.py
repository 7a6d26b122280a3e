"""What is explained is what is then sent: method, URL, headers and body of 500 operations of 50 services."""

from __future__ import annotations

import gzip
import io
import random
from typing import Any

import pytest

from sotalia.config import Config
from sotalia.explain.rehearsal import Rehearsal
from sotalia.runtime import drive
from sotalia.transport.scripted import ScriptedTransport
from tests.client_kinds import AsyncKind, Kind, SyncKind
from tests.protocols.generated import Generator
from tests.services.every_operation import fitting, standing_clock

SERVICES, OPERATIONS = 50, 500
#: Each stands for a protocol or for handlers of its own.
_ALWAYS = (
    "s3",
    "s3control",
    "dynamodb",
    "ec2",
    "rds",
    "sqs",
    "sns",
    "glacier",
    "apigateway",
    "route53",
    "lambda",
    "cloudwatch",
    "logs",
    "iam",
    "sts",
    "kms",
    "neptune",
    "machinelearning",
    "cloudsearchdomain",
    "bedrock-runtime",
    "arc-region-switch",
    "timestream-write",
)
# Time stands still in this test, so even signatures are equal.
_OF_ONE_ATTEMPT = ("amz-sdk-invocation-id",)


_ONCE = Config(retries={"total_max_attempts": 1})


class UnsentError(Exception):
    """In the place of a response."""


def scripted(client_kind: Kind, service: str, **arguments: Any) -> Any:
    """A client whose calls end with :class:`UnsentError`."""
    # Timestream would first ask where to go.
    if service.startswith("timestream"):
        arguments["endpoint_url"] = "https://timestream.example.com"
    return client_kind.scripted(
        service, [UnsentError()], config=Config(retries={"total_max_attempts": 1}), **arguments
    )


def services() -> list[str]:
    names = SyncKind().session(region_name="us-west-2").get_available_services()
    rest = sorted(set(names) - set(_ALWAYS))
    return [*_ALWAYS, *random.Random(13).sample(rest, SERVICES - len(_ALWAYS))]


def wire(request: Any) -> dict[str, Any]:
    """A prepared request in a form that can be compared."""
    body = request.body
    if hasattr(body, "read"):
        body = body.read()
    body = bytes(body or b"")
    headers = {
        name.lower(): value.decode() if isinstance(value, bytes) else str(value)
        for name, value in request.headers.items()
        if name.lower() not in _OF_ONE_ATTEMPT
    }
    signature = headers.get("authorization", "")
    if "ECDSA" in signature:  # Each of these is another one.
        headers["authorization"] = signature.partition("Signature=")[0]
    if body[:2] == b"\x1f\x8b":  # A header of gzip tells the time.
        body = gzip.decompress(body)
    return {"method": request.method, "url": request.url, "headers": headers, "body": body}


def parameters_of(model: Any, seed: int) -> dict[str, Any]:
    """Valid ones; tokens are given, since each call makes one of its own."""
    shape = model.input_shape
    if shape is None:
        return {}
    found: dict[str, Any] = fitting(Generator(seed, text=["abc", "x-y", "a1"]).value(shape))
    for name in model.idempotent_members:
        found[name] = "a-token-of-the-callers-own-0123456789"
    return found


def outcome(client_kind: Kind, client: Any, name: str, parameters: dict[str, Any]) -> Any:
    """What a call sends, or raises."""
    requests = client.transport.requests
    before = len(requests)
    try:
        client_kind.run(client.raw._make_api_call(name, parameters))
    except UnsentError:
        return wire(requests[before])
    except Exception as error:
        return type(error).__name__, str(error)
    raise AssertionError("the transport raises")


def explained(client_kind: Kind, client: Any, name: str, parameters: dict[str, Any], **options: bool) -> Any:
    rehearsal = Rehearsal(client.raw, name, parameters)
    if client_kind.is_async:
        client_kind.run(rehearsal.run(**options))
    else:
        drive(rehearsal.run(**options))
    assert not rehearsal.notes, rehearsal.notes
    if rehearsal.error is not None:
        return type(rehearsal.error).__name__, str(rehearsal.error)
    return wire(rehearsal.prepared)


def cases(service: str, client: Any) -> list[str]:
    names = sorted(client.raw.meta.service_model.operation_names)
    wanted = [
        name
        for name in names
        if not client.raw.meta.service_model.operation_model(name).has_event_stream_input
    ]
    return random.Random(service).sample(wanted, min(len(wanted), 2 * OPERATIONS // SERVICES))


def test_500_operations_of_50_services() -> None:
    differences, sent = compare(SyncKind(), services())
    assert not differences, "\n".join(differences)
    assert sent >= OPERATIONS


def test_async_clients() -> None:
    client_kind = AsyncKind()
    differences, sent = compare(client_kind, list(_ALWAYS))
    client_kind.close()
    assert not differences, "\n".join(differences)
    assert sent >= 300


def test_other_settings(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of variables with a token, Express buckets aside; TLS or not; addresses of one's own; FIPS."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDOFVARIABLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-variable")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token-of-variable")
    for arguments in (
        {},
        {"use_ssl": False},
        {"endpoint_url": "http://localhost:4566/base"},
        {"config": Config(use_fips_endpoint=True, retries={"total_max_attempts": 1})},
        {"config": Config(signature_version="s3", retries={"mode": "legacy", "max_attempts": 0})},
    ):
        session = client_kind.through(
            ScriptedTransport([UnsentError()]), client_kind.session(region_name="us-east-1")
        )
        client: Any = client_kind.client("s3", session, **{"config": _ONCE, **arguments})
        client.transport = session._session._kind.transport(None)
        with standing_clock():
            for parameters in (
                {"Bucket": "bucket", "Key": "a b/ü", "Body": b"text", "Metadata": {"a": "b"}},
                {"Bucket": "bucket", "Key": "k", "Body": io.BytesIO(b"text"), "ChecksumAlgorithm": "SHA256"},
                {"Bucket": "bucket.with.dots", "Key": "k", "ContentMD5": "1B2M2Y8AsgTpgAmY7PhCfg=="},
            ):
                said = explained(client_kind, client, "PutObject", parameters)
                if isinstance(parameters.get("Body"), io.BytesIO):
                    parameters["Body"] = io.BytesIO(b"text")  # What is said was read by this test.
                assert said == outcome(client_kind, client, "PutObject", parameters)
                assert isinstance(said, dict), said


def test_handlers_of_the_program(client_kind: Kind) -> None:
    client = scripted(client_kind, "s3")
    events = client.raw.meta.events
    events.register("provide-client-params.s3", lambda params, **kwargs: {**params, "Key": "other"})
    events.register("before-parameter-build.s3", lambda params, **kwargs: params.update(ACL="private"))
    events.register("before-call.s3", lambda params, **kwargs: params["headers"].update({"x-amz-a": "1"}))
    events.register("request-created.s3", lambda request, **kwargs: request.headers.add_header("X-Late", "1"))
    events.register("choose-signer.s3", lambda **kwargs: "v4")
    events.register("before-sign.s3", lambda request, **kwargs: request.headers.add_header("x-amz-b", "2"))
    parameters = {"Bucket": "bucket", "Key": "k", "Body": b"text"}
    with standing_clock():
        said = explained(client_kind, client, "PutObject", parameters, run_handlers=True)
        assert said == outcome(client_kind, client, "PutObject", parameters)
    assert said["url"].endswith("/other")


def compare(client_kind: Kind, services: list[str]) -> tuple[list[str], int]:
    differences: list[str] = []
    sent = 0
    with standing_clock():
        for service in services:
            client = scripted(client_kind, service)
            for number, name in enumerate(cases(service, client)):
                model = client.raw.meta.service_model.operation_model(name)
                parameters = parameters_of(model, number)
                said = explained(client_kind, client, name, parameters)
                assert not client.transport.requests
                done = outcome(client_kind, client, name, parameters)
                client.transport.requests.clear()
                if said != done:
                    differences.append(f"{service}.{name}: {said}\n  {done}\n  {parameters}")
                elif isinstance(done, dict):
                    sent += 1
    return differences, sent
