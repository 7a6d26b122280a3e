"""Endpoint discovery: scenarios played to boto3 and to sotalia, which send the same requests with the same outcome."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.awsrequest
import botocore.config
import pytest

import sotalia
from sotalia import exceptions
from sotalia.runtime import drive
from sotalia.services.discovery import DiscoveredEndpoints, normalized
from tests.client_kinds import KEYS, Kind
from tests.services.answers import Raw


class Service:
    """Answers in the network's place (``before-send``) and keeps what it was asked.

    ``told``: what each question for addresses gets: pairs of address and minutes, or an exception. ``answers``: bodies
    of the other operations in order, ``{}`` after the last; a pair is status and body.
    """

    def __init__(self, told: list[Any], answers: list[Any]) -> None:
        self.told = list(told)
        self.answers = list(answers)
        self.seen: list[Any] = []

    def answer(self, request: Any, **kwargs: Any) -> Any:
        target = request.headers["X-Amz-Target"]
        target = target.decode() if isinstance(target, bytes) else target
        authorization = request.headers["Authorization"]
        authorization = authorization.decode() if isinstance(authorization, bytes) else authorization
        version = request.headers.get("x-amz-api-version")
        version = version.decode() if isinstance(version, bytes) else version
        url = urlsplit(request.url)
        self.seen.append(
            (
                url.scheme,
                url.netloc,
                url.path or "/",
                target,
                authorization.split("/")[3],
                version,
                bytes(request.body),
            )
        )
        if target.endswith("DescribeEndpoints"):
            told = self.told.pop(0) if len(self.told) > 1 else self.told[0]
            if isinstance(told, Exception):
                raise told
            body = {
                "Endpoints": [{"Address": host, "CachePeriodInMinutes": minutes} for host, minutes in told]
            }
            return response(200, body)
        status, body = self.answers.pop(0) if self.answers else (200, {})
        return response(status, body)


def response(status: int, body: dict[str, Any]) -> Any:
    return botocore.awsrequest.AWSResponse("https://x", status, {}, Raw(json.dumps(body).encode()))


BROKEN = exceptions.EndpointConnectionError(endpoint_url="https://x")
INVALID = (400, {"__type": "InvalidEndpointException", "message": "elsewhere"})
QUERY = ("query", {"QueryString": "select 1", "ClientToken": "t" * 32})
GET = ("get_item", {"TableName": "t", "Key": {"id": {"S": "x"}}})
LIST = ("list_tables", {})
ALWAYS = {"endpoint_discovery_enabled": True}
# Name: service, options of the Config, what discovery tells, answers of other operations, calls.
SCENARIOS: dict[str, tuple[str, dict[str, Any], list[Any], list[Any], list[Any]]] = {
    "required": ("timestream-query", {}, [[("cell1.example.com", 10)]], [], [QUERY, QUERY]),
    "a scheme": ("timestream-query", {}, [[("https://cell1.example.com:8443", 10)]], [], [QUERY]),
    "expired": (
        "timestream-query",
        {},
        [[("cell1.example.com", 0)], [("cell2.example.com", 0)]],
        [],
        [QUERY, QUERY],
    ),
    "the first of several": (
        "timestream-query",
        {},
        [[("a.example.com", 1), ("b.example.com", 1)]],
        [],
        [QUERY],
    ),
    "refused": (
        "timestream-query",
        {},
        [[("cell1.example.com", 10)], [("cell2.example.com", 10)]],
        [INVALID],
        [QUERY, QUERY],
    ),
    "misdirected": (
        "timestream-query",
        {},
        [[("cell1.example.com", 10)], [("cell2.example.com", 10)]],
        [(421, {})],
        [QUERY],
    ),
    "unreachable": ("timestream-query", {}, [BROKEN], [], [QUERY, QUERY]),
    "reachable again": ("timestream-query", {}, [BROKEN, [("cell1.example.com", 10)]], [], [QUERY, QUERY]),
    "stale": ("timestream-query", {}, [[("cell1.example.com", 0)], BROKEN], [], [QUERY, QUERY, QUERY]),
    "nothing told": ("timestream-query", {}, [[]], [], [QUERY]),
    "off where required": (
        "timestream-query",
        {"endpoint_discovery_enabled": False},
        [[("cell1.example.com", 10)]],
        [],
        [QUERY, ("describe_endpoints", {})],
    ),
    "writing": (
        "timestream-write",
        {},
        [[("cell1.example.com", 10)]],
        [],
        [("list_databases", {}), ("describe_database", {"DatabaseName": "abc"})],
    ),
    "optional": ("dynamodb", {}, [[("cell1.example.com", 10)]], [], [GET]),
    "asked for": ("dynamodb", ALWAYS, [[("cell1.example.com", 10)]], [], [GET, LIST, GET]),
    "asked for, unreachable": ("dynamodb", ALWAYS, [BROKEN], [], [GET, GET]),
    "asked for, refused": (
        "dynamodb",
        ALWAYS,
        [[("cell1.example.com", 10)], [("cell2.example.com", 10)]],
        [(421, {})],
        [GET],
    ),
    "auto": ("dynamodb", {"endpoint_discovery_enabled": " Auto"}, [[("cell1.example.com", 10)]], [], [GET]),
    "text": ("dynamodb", {"endpoint_discovery_enabled": "TRUE"}, [[("cell1.example.com", 10)]], [], [GET]),
    "wrong parameters": ("dynamodb", ALWAYS, [[("cell1.example.com", 10)]], [], [("get_item", {})]),
}


def play(client: Any, events: Any, service: Service, calls: list[Any]) -> list[Any]:
    events.register("before-send", service.answer)
    outcomes = []
    for method, params in calls:
        try:
            answer = getattr(client, method)(**params)
            answer.pop("ResponseMetadata", None)
            outcomes.append(answer)
        except Exception as error:
            outcomes.append((type(error), str(error)))
    return [outcomes, service.seen]


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str, client_kind: Kind) -> None:
    service, options, told, answers, calls = SCENARIOS[name]
    config = botocore.config.Config(retries={"max_attempts": 0}, **options)
    reference = boto3.Session(**KEYS).client(service, config=config)
    expected = play(reference, reference.meta.events, Service(told, answers), calls)
    client = client_kind.client(service, config=config)
    assert play(client, client.meta.events, Service(told, answers), calls) == expected


def test_scenarios_can_tell() -> None:
    """The handler that records sees discovery at work: else all scenarios would compare nothing."""
    config = botocore.config.Config(endpoint_discovery_enabled=True)
    client = boto3.Session(**KEYS).client("dynamodb", config=config)
    _, seen = play(client, client.meta.events, Service([[("cell1.example.com", 10)]], []), [GET, GET])
    assert [row[1] for row in seen] == ["dynamodb.us-west-2.amazonaws.com"] + ["cell1.example.com"] * 2


@pytest.mark.parametrize(
    ("environment", "profile", "hosts"),
    [
        ("true", None, ["dynamodb.us-west-2.amazonaws.com", "cell.example.com"]),
        (None, "True", ["dynamodb.us-west-2.amazonaws.com", "cell.example.com"]),
        ("auto", "true", ["dynamodb.us-west-2.amazonaws.com"]),
        ("false", "true", ["dynamodb.us-west-2.amazonaws.com"]),
        (None, None, ["dynamodb.us-west-2.amazonaws.com"]),
    ],
)
def test_environment_and_profile(
    client_kind: Kind,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
    environment: Any,
    profile: Any,
    hosts: Any,
) -> None:
    if environment is not None:
        monkeypatch.setenv("AWS_ENDPOINT_DISCOVERY_ENABLED", environment)
    if profile is not None:
        path = tmp_path / "config"
        path.write_text(f"[default]\nendpoint_discovery_enabled = {profile}\n")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    client = client_kind.client("dynamodb")
    _, seen = play(client, client.meta.events, Service([[("cell.example.com", 10)]], []), [LIST])
    assert [row[1] for row in seen] == hosts


def test_an_endpoint_url_turns_it_off(client_kind: Kind) -> None:
    client = client_kind.client("timestream-query", endpoint_url="https://here.example.com")
    _, seen = play(client, client.meta.events, Service([[("cell.example.com", 10)]], []), [QUERY])
    assert [row[1] for row in seen] == ["here.example.com"]


@pytest.mark.parametrize("setting", ["maybe", 1, ""])
def test_impossible_settings(client_kind: Kind, setting: Any) -> None:
    config = botocore.config.Config(endpoint_discovery_enabled=setting)
    with pytest.raises(exceptions.InvalidEndpointDiscoveryConfigurationError) as caught:
        client_kind.client("dynamodb", config=config)
    with pytest.raises(exceptions.InvalidEndpointDiscoveryConfigurationError) as expected:
        boto3.Session(**KEYS).client("dynamodb", config=config)
    assert str(caught.value) == str(expected.value)
    # Services without discovery do not look at it.
    client_kind.client("sqs", config=config)


HOSTILE = [
    "http://cell1.example.com",  # the client uses TLS
    "evil.com/#",
    "evil.com/path",
    "user@evil.com",
    "https://a@evil.com",
    "evil.com?x=",
    "evil.com:port",
    "evil.com:99999",
    "ftp://evil.com",
    "evil com",
    "evil.com\r\nX: y",
    "",
    None,
]


@pytest.mark.parametrize("address", HOSTILE)
def test_what_is_no_address_is_not_followed(client_kind: Kind, address: Any) -> None:
    """Not required, the call goes to its usual address; required, it fails."""
    client = client_kind.client("dynamodb", config=botocore.config.Config(**ALWAYS))
    _, seen = play(client, client.meta.events, Service([[(address, 10)]], []), [GET])
    assert [row[:2] for row in seen] == [("https", "dynamodb.us-west-2.amazonaws.com")] * 2
    client = client_kind.client("timestream-query")
    outcomes, _ = play(client, client.meta.events, Service([[(address, 10)]], []), [QUERY])
    assert outcomes[0][0] is exceptions.EndpointDiscoveryRefreshFailed


def test_the_first_usable_address_is_taken(client_kind: Kind) -> None:
    client = client_kind.client("timestream-query")
    service = Service([[("evil.com/#", 10), ("cell1.example.com", 10)]], [])
    _, seen = play(client, client.meta.events, service, [QUERY])
    assert [row[1] for row in seen][-1] == "cell1.example.com"


def test_a_client_without_tls_may_be_told_a_plain_address(client_kind: Kind) -> None:
    client = client_kind.client("timestream-query", use_ssl=False)
    _, seen = play(client, client.meta.events, Service([[("http://cell1.example.com", 10)]], []), [QUERY])
    assert [row[:2] for row in seen][-1] == ("http", "cell1.example.com")


def test_settings() -> None:
    assert [normalized(setting) for setting in (True, False, "TRUE", "false", "Auto ")] == [
        True,
        False,
        True,
        False,
        "auto",
    ]


def test_periods_and_pauses(client_kind: Kind) -> None:
    """By a clock of the test's own: an address serves for its minutes, a failure is followed by a minute of rest."""
    config = botocore.config.Config(retries={"max_attempts": 0})
    client = client_kind.client("dynamodb", config=config)
    service = Service([[("a.example.com", 2)], BROKEN, [("b.example.com", 2)]], [])
    client.meta.events.register("before-send", service.answer)
    clock = [0.0]
    endpoints = DiscoveredEndpoints(client.raw, always=True, clock=lambda: clock[0])
    found = []
    for seconds in (1000, 1119.9, 1120, 1179.9, 1180, 1299.9):
        clock[0] = seconds
        coroutine = endpoints.address("GetItem", {})
        address = client_kind.run(coroutine) if client_kind.is_async else drive(coroutine)
        found.append((address, len(service.seen)))
    assert found == [
        ("a.example.com", 1),
        ("a.example.com", 1),
        ("a.example.com", 2),
        ("a.example.com", 2),
        ("b.example.com", 3),
        ("b.example.com", 3),
    ]


def test_many_at_once_ask_once() -> None:
    """Calls that start together share one question."""
    service = Service([[("cell.example.com", 10)]], [])

    async def main() -> None:
        async with sotalia.AsyncSession(**KEYS).client(
            "dynamodb", config=botocore.config.Config(endpoint_discovery_enabled=True)
        ) as client:

            async def answer(**kwargs: Any) -> Any:
                await asyncio.sleep(0)
                return service.answer(**kwargs)

            client.meta.events.register("before-send", answer)
            await asyncio.gather(*(client.list_tables() for _ in range(10)))

    asyncio.run(main())
    assert sum(row[3].endswith("DescribeEndpoints") for row in service.seen) == 1


def test_a_conversation_with_timestream(aws: Any, client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded AWS tells an address of AWS; that it was asked for is what shows."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    client = client_kind.client("timestream-query")
    told = client.describe_endpoints()["Endpoints"]
    assert told[0]["Address"]


def test_identifiers_are_asked_with(
    client_kind: Kind, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No installed service has identifiers, but models may: addresses are kept per operation and identifier."""
    text = {"shape": "Text"}
    model = {
        "metadata": {
            "apiVersion": "2020-01-01",
            "endpointPrefix": "places",
            "jsonVersion": "1.0",
            "protocol": "json",
            "serviceId": "Places",
            "signatureVersion": "v4",
            "targetPrefix": "Places",
        },
        "operations": {
            "DescribeEndpoints": {
                "name": "DescribeEndpoints",
                "input": {"shape": "Question"},
                "output": {"shape": "Told"},
            }
            | {"endpointoperation": True, "http": {"method": "POST", "requestUri": "/"}},
            "Go": {"name": "Go", "input": {"shape": "Going"}, "endpointdiscovery": {"required": True}}
            | {"http": {"method": "POST", "requestUri": "/"}},
        },
        "shapes": {
            "Text": {"type": "string"},
            "Long": {"type": "long"},
            "Names": {"type": "map", "key": text, "value": text},
            "Question": {
                "type": "structure",
                "members": {"Operation": text, "Identifiers": {"shape": "Names"}},
            },
            "Endpoint": {
                "type": "structure",
                "members": {"Address": text, "CachePeriodInMinutes": {"shape": "Long"}},
            },
            "Endpoints": {"type": "list", "member": {"shape": "Endpoint"}},
            "Told": {"type": "structure", "members": {"Endpoints": {"shape": "Endpoints"}}},
            "Where": {
                "type": "structure",
                "members": {"Sea": {"shape": "Text", "endpointdiscoveryid": True}, "Depth": text},
            },
            "Going": {"type": "structure", "members": {"Where": {"shape": "Where"}, "How": text}},
        },
    }
    folder = tmp_path / "places" / "2020-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(model))
    rules = {
        "version": "1.0",
        "parameters": {},
        "rules": [{"type": "endpoint", "conditions": [], "endpoint": {"url": "https://places.example.com"}}],
    }
    (folder / "endpoint-rule-set-1.json").write_text(json.dumps(rules))
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    calls: list[Any] = [("go", {"Where": {"Sea": sea, "Depth": "1"}}) for sea in ("north", "south", "north")]
    calls.append(("go", {"How": "fast"}))
    told: list[Any] = [[(f"cell{number}.example.com", 5)] for number in range(4)]
    reference = boto3.Session(**KEYS).client("places")
    expected = play(reference, reference.meta.events, Service(told, []), calls[:3])
    client = client_kind.client("places")
    service = Service(told, [])
    outcomes, seen = play(client, client.meta.events, service, calls)
    assert [outcomes[:3], seen[: len(expected[1])]] == expected
    assert outcomes[3] == {}
    assert [row[1] for row in service.seen if row[3] == "Places.Go"] == [
        f"cell{number}.example.com" for number in (0, 1, 0, 2)
    ]
