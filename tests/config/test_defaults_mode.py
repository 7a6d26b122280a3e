"""Defaults modes: what each sets, and how ``auto`` finds out where it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

import sotalia
from sotalia import exceptions
from sotalia.config import Config
from sotalia.config.defaults_mode import MODES, apply_defaults_mode
from sotalia.config.store import ConfigStore
from sotalia.model.loader import Loader
from sotalia.transport.http import asyncio_transport, sync_transport
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Connecting, Kind
from tests.transport.servers import Connection, serving

NAMES = ("retry_mode", "sts_regional_endpoints", "connect_timeout", "s3")


def values_of(
    mode: str, environ: dict[str, str] | None = None, instance_region: Any = None
) -> dict[str, Any]:
    store = ConfigStore(dict, environ or {})
    load = lambda: Loader().load_data("sdk-default-configuration")  # noqa: E731
    apply_defaults_mode(store, mode, "eu-west-1", load, environ or {}, instance_region)
    return {name: store.get_config_variable(name) for name in NAMES}


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode not in ("auto", "legacy")])
def test_values_beside_botocore(mode: str) -> None:
    session = botocore.session.Session()
    store = session.get_component("config_store")
    factory = session._get_internal_component("smart_defaults_factory")
    factory.merge_smart_defaults(store, mode, "eu-west-1")
    assert values_of(mode) == {name: store.get_config_variable(name) for name in NAMES}


IN_REGION, CROSS_REGION, STANDARD = (values_of(mode) for mode in ("in-region", "cross-region", "standard"))


def broken() -> str:
    raise OSError("nobody answers")


@pytest.mark.parametrize(
    ("environ", "instance_region", "expected"),
    [
        ({}, None, STANDARD),
        ({"AWS_REGION": "eu-west-1"}, None, STANDARD),
        ({"AWS_EXECUTION_ENV": "x", "AWS_REGION": "eu-west-1"}, None, IN_REGION),
        ({"AWS_EXECUTION_ENV": "x", "AWS_DEFAULT_REGION": "eu-west-1"}, None, IN_REGION),
        (
            {"AWS_EXECUTION_ENV": "x", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "eu-west-1"},
            None,
            CROSS_REGION,
        ),
        ({"AWS_EXECUTION_ENV": "x"}, None, STANDARD),
        ({"AWS_EXECUTION_ENV": "x"}, lambda: "eu-west-1", IN_REGION),
        ({}, lambda: "eu-west-1", IN_REGION),
        ({}, lambda: "us-east-1", CROSS_REGION),
        ({}, lambda: None, STANDARD),
        ({}, broken, STANDARD),
    ],
)
def test_auto(environ: dict[str, str], instance_region: Any, expected: dict[str, Any]) -> None:
    assert values_of("auto", environ, instance_region) == expected


def test_a_mode_replaces_defaults_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_RETRY_MODE", "adaptive")
    session = sotalia.Session(region_name="us-east-1")
    config = session.client("sts", config=Config(defaults_mode="mobile")).meta.config
    assert (config.retries["mode"], config.connect_timeout) == ("adaptive", 30)
    config = session.client("sts", config=Config(defaults_mode="mobile", connect_timeout=2)).meta.config
    assert config.connect_timeout == 2
    # One client's mode is not the session's.
    assert session.client("sts").meta.config.connect_timeout == 60
    with pytest.raises(exceptions.InvalidDefaultsMode, match="faster"):
        session.client("sts", config=Config(defaults_mode="faster"))


def test_the_session_can_be_told_how_to_find_its_region() -> None:
    asked: list[int] = []
    session = sotalia.Session(region_name="eu-west-1")
    session._session.instance_region = lambda: asked.append(1) or "eu-west-1"
    assert session.client("sts").meta.config.connect_timeout == 60
    assert asked == []
    for _ in range(2):
        assert session.client("sts", config=Config(defaults_mode="auto")).meta.config.connect_timeout == 1.1
    assert asked == [1]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """What the metadata service, which knows that we are in eu-west-1, is asked."""
    found: list[bytes] = []

    def metadata(connection: Connection) -> None:
        while True:
            head, _ = connection.request()
            found.append(head.split(b" ")[1])
            body = b"token" if b"api/token" in head else b"eu-west-1a"
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    with serving(metadata) as port:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"http://127.0.0.1:{port}/")
        yield found


QUESTIONS = [b"/latest/api/token", b"/latest/meta-data/placement/availability-zone/"]
EMPTY = answer(body=b"<ListTopicsResponse/>")


class OnTheInstance:
    """Questions to the instance go out; all else is answered with ``EMPTY``."""

    def __init__(self, instance: Any) -> None:
        self._instance = instance
        self._service = ScriptedTransport([EMPTY])

    async def send(self, request: Any) -> Any:
        goes_out = "/latest/" in request.url
        return await (self._instance if goes_out else self._service).send(request)

    def close(self) -> None:
        self._instance.close()

    async def aclose(self) -> None:
        await self._instance.aclose()


def session_of(client_kind: Kind) -> Any:
    """A session of a program on the instance."""
    make = asyncio_transport if client_kind.is_async else sync_transport
    return client_kind.session(**KEYS, transport=lambda options: OnTheInstance(make(options)))


def auto(client_kind: Kind, session: Any, region: str = "eu-west-1", **options: Any) -> Any:
    """A client in the mode ``auto``."""
    config = Config(defaults_mode="auto", **options)
    return client_kind.client("sns", session, region_name=region, config=config)


def test_auto_asks_the_instance_once(client_kind: Kind, asked: list[bytes]) -> None:
    """A synchronous client when it is made, an asynchronous one at its first call."""
    session = session_of(client_kind)
    clients = [auto(client_kind, session, region) for region in ("eu-west-1", "us-east-1")]
    if client_kind.is_async:
        assert asked == []
        assert [client.meta.config.connect_timeout for client in clients] == [3.1, 3.1]
    for _ in range(2):
        for client, timeout in zip(clients, (1.1, 3.1), strict=True):
            client.list_topics()
            assert client.meta.config.connect_timeout == timeout
    assert asked == QUESTIONS
    # What the session knows, later clients have from the start.
    assert auto(client_kind, session).meta.config.connect_timeout == 1.1


def test_what_was_configured_is_not_asked_for(client_kind: Kind, asked: list[bytes]) -> None:
    client = auto(client_kind, session_of(client_kind), connect_timeout=7)
    client.list_topics()
    assert client.meta.config.connect_timeout == 7
    assert asked == ([] if client_kind.is_async else QUESTIONS)


def test_off_ec2_nothing_is_wrong(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "nowhere")
    client = auto(client_kind, session_of(client_kind))
    client.list_topics()
    assert client.meta.config.connect_timeout == 3.1


def test_a_first_call_tells_the_transport(asked: list[bytes]) -> None:
    """Several first calls at once ask once, and other tasks go on meanwhile; then no handler is left."""

    async def main() -> None:
        connecting = Connecting(asyncio_transport)
        session = sotalia.AsyncSession(**KEYS, transport=connecting)
        config = Config(defaults_mode="auto", retries={"total_max_attempts": 1})
        async with session.client(
            "sns", region_name="eu-west-1", config=config, endpoint_url="http://127.0.0.1:1"
        ) as client:
            connector = connecting.made[0]._connector
            assert connector.connect_timeout == 3.1
            calls = await asyncio.gather(*(client.list_topics() for _ in range(5)), return_exceptions=True)
            assert {type(call) for call in calls} == {exceptions.EndpointConnectionError}
            assert connector.connect_timeout == 1.1
            modules = [handler.__module__ for handler in client.meta.events.handlers("before-call.sns")]
            assert "sotalia.services.instance_region" not in modules

    asyncio.run(main())
    assert asked == QUESTIONS


def test_the_modes_that_auto_chooses_among_differ_in_the_connect_timeout_alone() -> None:
    """A first call can still change that. If the data ever say more, :mod:`sotalia.services.instance_region` must too."""
    for mode in (IN_REGION, CROSS_REGION):
        assert {**mode, "connect_timeout": 0} == {**STANDARD, "connect_timeout": 0}
    assert IN_REGION["connect_timeout"] != STANDARD["connect_timeout"]
