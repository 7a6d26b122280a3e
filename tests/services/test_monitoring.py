"""Client-side monitoring: the datagrams of scripted calls sync and async beside botocore's, and what goes wrong quietly."""

from __future__ import annotations

import gc
import json
import logging
import socket
import sys
import weakref
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import boto3
import botocore.awsrequest
import pytest
from botocore import exceptions

import sotalia
from sotalia.call import Attempt, Call
from sotalia.config import Config
from sotalia.services.monitoring import Monitor
from sotalia.transport.messages import AWSResponse
from sotalia.transport.scripted import Answer, answer
from tests.client_kinds import KEYS, Kind
from tests.services.every_operation import Body

# What is measured, and what each library says of itself.
OWN = ("Timestamp", "Latency", "AttemptLatency", "UserAgent", "FinalUserAgent")


class Agent:
    """Who listens: ``told()`` are the events that came since, in order."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)  # On loopback a datagram is there when sendto returns.
        self.port = self.socket.getsockname()[1]

    def told(self) -> list[dict[str, Any]]:
        found = []
        with suppress(BlockingIOError):
            while True:
                found.append(json.loads(self.socket.recv(65536)))
        return found


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Agent]:
    """An agent, and the settings that lead to it."""
    made = Agent()
    for name, value in (("ENABLED", "True"), ("PORT", str(made.port)), ("CLIENT_ID", "app")):
        monkeypatch.setenv(f"AWS_CSM_{name}", value)
    yield made
    made.socket.close()


def error(status: int, code: str, message: str = "it was refused") -> Answer:
    headers = {"x-amzn-requestid": "R-1", "x-amz-request-id": "R-2", "x-amz-id-2": "R-3"}
    return answer(status, headers, json.dumps({"__type": code, "message": message}).encode())


GOOD = answer(200, {"x-amzn-RequestId": "R-9"}, b"{}")
LOST = exceptions.EndpointConnectionError(endpoint_url="https://x")
SCRIPTS: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "success": ({}, [GOOD]),
    "error": ({}, [error(400, "ValidationException")]),
    "long texts": ({}, [error(400, "C" * 200, "m" * 600)]),
    "retry": ({}, [error(503, "ServiceUnavailable"), GOOD]),
    "retries used up": ({"retries": {"total_max_attempts": 2}}, [error(500, "InternalFailure")] * 2),
    "throttled": (
        {"retries": {"total_max_attempts": 2}},
        [error(400, "ThrottlingException"), error(429, "Other")],
    ),
    "legacy": (
        {"retries": {"mode": "legacy", "total_max_attempts": 2}},
        [error(500, "InternalFailure")] * 2,
    ),
    "exception": ({}, [ValueError("broken " * 100)]),
    "lost connection": ({"retries": {"total_max_attempts": 2}}, [LOST, GOOD]),
    "lost connections": ({"retries": {"total_max_attempts": 2}}, [LOST, LOST]),
    "read timeout": (
        {"retries": {"total_max_attempts": 1}},
        [exceptions.ReadTimeoutError(endpoint_url="https://x")],
    ),
    "closed connection": (
        {"retries": {"total_max_attempts": 1}},
        [exceptions.ConnectionClosedError(endpoint_url="https://x")],
    ),
    "user agent": ({"user_agent_extra": "x" * 300}, [GOOD]),
}


def reference_client(service: str, script: list[Any], keys: dict[str, str], **options: Any) -> Any:
    """A client of boto3 that is answered from a script."""
    session = boto3.Session(**keys)
    client = session.client(service, config=Config(**options))
    # Nobody would close it.
    opened = session._session._get_internal_component("monitor")._publisher._socket
    weakref.finalize(client, opened.close)
    left = list(script)

    def send(request: Any, **kwargs: Any) -> Any:
        entry = left.pop(0)
        if isinstance(entry, Exception):
            raise entry
        return botocore.awsrequest.AWSResponse(
            request.url, entry.status, botocore.awsrequest.HeadersDict(entry.headers), Body(entry.body)
        )

    client.meta.events.register("before-send", send)
    return client


def events_of(agent: Agent, client: Any, method: str, **parameters: Any) -> list[dict[str, Any]]:
    """What one call has an agent told, but for what both libraries cannot have alike."""
    with suppress(exceptions.ClientError, exceptions.BotoCoreError, ValueError):
        getattr(client, method)(**parameters)
    found = agent.told()
    for event in found:
        for name in OWN:
            if name in event:
                assert event[name] >= 0 if name.endswith(("stamp", "ency")) else len(event[name]) <= 256
                event[name] = "..."
    return found


@pytest.mark.parametrize("name", SCRIPTS)
def test_calls_as_botocore_tells_them(
    name: str, client_kind: Kind, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    options, script = SCRIPTS[name]
    keys = {**KEYS, "aws_session_token": "token"}
    theirs = events_of(agent, reference_client("dynamodb", script, keys, **options), "list_tables")
    mine = client_kind.scripted("dynamodb", script, client_kind.session(**keys), config=Config(**options))
    assert events_of(agent, mine, "list_tables") == theirs
    assert [event["Type"] for event in theirs] == ["ApiCallAttempt"] * len(script) + ["ApiCall"]
    assert {event["ClientId"] for event in theirs} == {"app"}


@pytest.mark.parametrize(
    ("service", "method", "options", "parameters"),
    [
        ("s3", "list_buckets", {}, {}),
        ("s3", "get_object", {}, {"Bucket": "bucket", "Key": "a b"}),
        ("s3", "get_object", {"signature_version": "s3"}, {"Bucket": "bucket", "Key": "k"}),
        ("s3", "get_object", {"signature_version": botocore.UNSIGNED}, {"Bucket": "bucket", "Key": "k"}),
        ("ec2", "describe_regions", {}, {}),
        ("lex-runtime", "get_session", {}, {"botName": "b", "botAlias": "a", "userId": "me"}),
        ("sqs", "send_message", {}, {}),  # Refused before anything is sent: nothing is told of it.
    ],
)
def test_services_and_signatures(
    service: str,
    method: str,
    options: dict[str, Any],
    parameters: dict[str, Any],
    client_kind: Kind,
    agent: Agent,
) -> None:
    body = b"<Error><Code>AccessDenied</Code><Message>No</Message></Error>"
    if service in ("lex-runtime", "sqs"):
        body = b'{"__type": "AccessDenied", "message": "No"}'
    script = [answer(403, {"x-amz-request-id": "R"}, body)]
    theirs = events_of(agent, reference_client(service, script, KEYS, **options), method, **parameters)
    mine = client_kind.scripted(service, script, config=Config(**options))
    assert events_of(agent, mine, method, **parameters) == theirs
    assert len(theirs) == (0 if service == "sqs" else 2)


def test_an_answer_of_a_handler_is_a_call_without_attempts(client_kind: Kind, agent: Agent) -> None:
    def answering(**kwargs: Any) -> Any:
        return botocore.awsrequest.AWSResponse("", 200, {}, None), {"ResponseMetadata": {}}

    found = []
    for client in (reference_client("sqs", [], KEYS), client_kind.scripted("sqs", [])):
        client.meta.events.register("before-call.sqs", answering)
        found.append(events_of(agent, client, "list_queues"))
    assert found[0] == found[1]
    assert found[0][0]["AttemptCount"] == 0


@pytest.mark.parametrize(
    "signature",
    ["Bearer token", "AWS4-ECDSA-P256-SHA256 Credential=AKID/20240501/s3/aws4_request, Signature=0"],
)
def test_a_signature_that_names_no_key_and_region_is_no_reason_to_say_nothing(
    signature: str, client_kind: Kind, agent: Agent
) -> None:
    """The reference loses these attempts."""

    def sign(request: Any, **kwargs: Any) -> None:
        del request.headers["Authorization"]
        request.headers["Authorization"] = signature

    found = []
    for client in (reference_client("sqs", [GOOD], KEYS), client_kind.scripted("sqs", [GOOD])):
        client.meta.events.register_last("request-created.sqs", sign)
        found.append(events_of(agent, client, "list_queues"))
    theirs, (attempt, call) = found
    assert theirs == [call]
    assert attempt["HttpStatusCode"] == 200
    assert not {"AccessKey", "Region"} & {*attempt, *call}


def test_all_clients_of_a_session_and_no_others(
    client_kind: Kind, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = client_kind.session(**KEYS)
    for service in ("sqs", "dynamodb"):
        assert (
            len(
                events_of(
                    agent,
                    client_kind.scripted(service, [GOOD], session),
                    f"list_{'queues' if service == 'sqs' else 'tables'}",
                )
            )
            == 2
        )
    monkeypatch.setenv("AWS_CSM_ENABLED", "false")
    assert events_of(agent, client_kind.scripted("sqs", [GOOD]), "list_queues") == []


def test_what_is_not_switched_on_is_not_loaded(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sotalia.services.monitoring")
    client_kind.scripted("sqs", [GOOD]).list_queues()
    assert "sotalia.services.monitoring" not in sys.modules


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # The reference's socket, which it lets fall.
@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("PORT", "many", "invalid literal for int() with base 10: 'many'"),
        ("CLIENT_ID", "x" * 256, "exceeds the maximum length of 255 characters"),
    ],
)
def test_a_bad_setting_is_named(
    name: str, value: str, text: str, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"AWS_CSM_{name}", value)
    with pytest.raises(ValueError, match=r"value|literal") as theirs:
        boto3.Session(**KEYS).client("sqs")
    gc.collect()
    with pytest.raises(ValueError, match=r"value|literal") as caught:
        sotalia.Session(**KEYS).client("sqs")
    assert text in str(theirs.value)
    assert str(caught.value) == f"{theirs.value} (found in environment variable AWS_CSM_{name})"


def test_nobody_there_breaks_nothing(
    client_kind: Kind, agent: Agent, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    agent.socket.close()
    assert client_kind.scripted("sqs", [GOOD]).list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
    monkeypatch.setenv("AWS_CSM_HOST", "no such host")
    with caplog.at_level(logging.WARNING, "sotalia"):
        client = client_kind.scripted("sqs", [GOOD])
    assert "csm_host 'no such host'" in caplog.text
    assert client.list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_datagram_that_is_too_long_is_not_sent(client_kind: Kind, agent: Agent) -> None:
    session = client_kind.session(**{**KEYS, "aws_session_token": "t" * 8192})
    found = events_of(agent, client_kind.scripted("sqs", [GOOD], session), "list_queues")
    assert [event["Type"] for event in found] == ["ApiCall"]


def test_times_are_milliseconds_of_the_clock(agent: Agent) -> None:
    moments = iter([3.0, 4.25])
    monitor = Monitor("", "127.0.0.1", agent.port, clock=lambda: next(moments))
    client = sotalia.Session(**KEYS).client("sqs")
    call = Call(client, client.parts.operation("ListQueues"), {})
    attempt = Attempt(1)
    attempt.request = botocore.awsrequest.AWSRequest("GET", "https://host:81/x").prepare()
    attempt.result = call.result = {}
    attempt.sent_at, attempt.ended_at = 101.5, 102.0
    call.attempts.append(attempt)
    call.response = AWSResponse(None, 200, {}, None)
    call.started_at, call.ended_at = 100.0, 103.25
    monitor.attempt_ended(call)
    monitor.call_ended(call)
    told, of_call = agent.told()
    assert (told["Timestamp"], told["AttemptLatency"], told["Fqdn"]) == (2500, 500, "host:81")
    assert (of_call["Timestamp"], of_call["Latency"]) == (1000, 3250)
    assert "app" not in repr(monitor)
