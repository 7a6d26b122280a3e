"""Responses that no server of ours gives: of every protocol, with what parsers must bear, and errors. Played back they are equal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.config import Config
from sotalia.transport.scripted import answer
from tests.client_kinds import Kind
from tests.protocols.answers import AnswerWriter
from tests.protocols.generated import Generator
from tests.services.every_operation import fitting

#: Services by protocol. CBOR is here only: embedded servers do not speak it.
SERVICES = {
    "smithy-rpc-v2-cbor": ("cloudwatchomni", "eventbridgev2"),
    "json": ("dynamodb", "kinesis", "cloudwatch"),
    "rest-json": ("lambda", "glacier", "apigateway"),
    "rest-xml": ("s3", "route53", "cloudfront"),
    "query": ("iam", "rds", "sns"),
    "ec2": ("ec2",),
}
OPERATIONS = 8  # of each service


def _names(shape: Any, found: set[str]) -> set[str]:
    """Names of all members within a shape: secrets are to be kept here, to compare all that comes back."""
    seen: set[str] = set()
    todo = [shape] if shape is not None else []
    while todo:
        one = todo.pop()
        if one.name in seen:
            continue
        seen.add(one.name)
        members = getattr(one, "members", {})
        found |= members.keys()
        todo += members.values()
        todo += [getattr(one, name) for name in ("member", "key", "value") if hasattr(one, name)]
    return found


def _outcome(kind: Kind, client: Any, method: str, parameters: Any) -> str:
    try:
        result = getattr(client.raw, method)(**parameters)
        result = kind.run(result)
        for name, value in result.items():
            if hasattr(value, "read"):
                result[name] = kind.run(value.read())
        return repr(result)
    except sotalia.exceptions.ClientError as error:
        return f"{type(error).__name__} {error} {error.response!r}"
    except Exception as error:
        return f"{type(error).__name__} {error}"


@pytest.mark.parametrize(
    ("protocol", "service"),
    [(protocol, service) for protocol, services in SERVICES.items() for service in services],
)
def test_made_up_responses(protocol: str, service: str, client_kind: Kind, tmp_path: Path) -> None:
    options = {"config": Config(retries={"total_max_attempts": 1}, parameter_validation=False)}
    model = client_kind.client(service, **options).raw.meta.service_model
    assert model.resolved_protocol == protocol
    methods = client_kind.client(service).raw.meta.method_to_api_mapping
    results = 0
    for number, (method, name) in enumerate(sorted(methods.items())[:OPERATIONS]):
        operation = model.operation_model(name)
        if operation.has_event_stream_output:
            continue
        keep: Any = dict.fromkeys(_names(operation.output_shape, set()), False)
        for is_good in (True, False):
            seed = number * 2 + is_good
            writer = AnswerWriter(operation, seed)
            status, headers, body = writer.good() if is_good else writer.error()
            if any("customer-key" in header for header in headers):
                continue  # Hidden whatever the rules say.
            # Texts of their own: a secret parameter is also looked for in responses.
            parameters = (
                {}
                if operation.input_shape is None
                else fitting(Generator(seed, text=["p-1", "p-2"]).value(operation.input_shape))
            )
            path = tmp_path / f"{name}-{is_good}.json"
            client = client_kind.scripted(service, [answer(status, headers, body)], **options)
            with sotalia.cassette(path, redact=keep):
                recorded = _outcome(client_kind, client, method, parameters)
            if not client.transport.requests:
                continue  # The parameters were refused.
            client = client_kind.scripted(service, [AssertionError("it was sent")], **options)
            with sotalia.cassette(path, mode="none", redact=keep):
                assert _outcome(client_kind, client, method, parameters) == recorded
            results += 1
    assert results >= 7
