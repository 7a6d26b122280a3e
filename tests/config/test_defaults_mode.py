"""Defaults modes: what each sets, and how ``auto`` finds out where it runs."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

import sotalia
from sotalia import exceptions
from sotalia.config import Config
from sotalia.config.defaults_mode import MODES, apply_defaults_mode
from sotalia.config.store import ConfigStore
from sotalia.model.loader import Loader
from tests.colours import KEYS
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


def test_auto_asks_the_instance_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    def metadata(connection: Connection) -> None:
        while True:
            head, _ = connection.request()
            asked.append(head.split(b" ")[1])
            body = b"token" if b"api/token" in head else b"eu-west-1a"
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    with serving(metadata) as port:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"http://127.0.0.1:{port}/")
        session = sotalia.Session(**{**KEYS, "region_name": "eu-west-1"})
        for region, timeout in (("eu-west-1", 1.1), ("us-east-1", 3.1)):
            config = Config(defaults_mode="auto")
            client = session.client("sts", region_name=region, config=config)
            assert client.meta.config.connect_timeout == timeout
    assert asked == [b"/latest/api/token", b"/latest/meta-data/placement/availability-zone/"]
