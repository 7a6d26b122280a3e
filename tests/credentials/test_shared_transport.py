"""Who makes a transport closes it: one that the caller gives to a session outlives the session's clients, however nested."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha1
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest

from sotalia.transport import TransportOptions
from sotalia.transport.http import HTTPTransport, asyncio_transport, sync_transport
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind
from tests.credentials.conftest import keys
from tests.credentials.services import FUTURE, Services

START = "https://start.example/start"
SSO = f"sso_account_id = 1\nsso_role_name = reader\nsso_start_url = {START}\nsso_region = eu-west-1\n"
ROLE = "role_arn = arn:aws:iam::111122223333:role/mine\n"
# What a profile holds, and the variables of the environment that it needs.
SOURCES = {
    "SSO": ("[profile p]\n" + SSO, {}),
    "role": (
        f"[profile p]\n{ROLE}source_profile = q\n[profile q]\naws_access_key_id = A\naws_secret_access_key = S\n", {}
    ),
    "role of SSO": (f"[profile p]\n{ROLE}source_profile = q\n[profile q]\n{SSO}", {}),
    "role of a role": (
        f"[profile p]\n{ROLE}source_profile = q\n[profile q]\n{ROLE}source_profile = r\n[profile r]\n{SSO}", {}
    ),
    "web identity": (f"[profile p]\n{ROLE}web_identity_token_file = {{home}}/jwt\n", {}),
    "container": ("[profile p]\n", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/container/keys"}),
    "instance": (
        "[profile p]\n",
        {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}/imds-v2"},
    ),
    "role of a container": (
        f"[profile p]\n{ROLE}credential_source = EcsContainer\n",
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/container/keys"},
    ),
}  # fmt: skip


class Watched:
    """A transport that notes who closes it."""

    def __init__(self, transport: HTTPTransport) -> None:
        self._transport = transport
        self.sent = 0
        self.closed: list[str] = []

    async def send(self, request: Any) -> Any:
        assert not self.closed
        self.sent += 1
        return await self._transport.send(request)

    def close(self) -> None:
        self.closed.append("close")
        self._transport.close()

    async def aclose(self) -> None:
        self.closed.append("aclose")
        await self._transport.aclose()

    def set_connect_timeout(self, seconds: float | None) -> None:
        raise AssertionError("a shared transport was changed for one client")


def watched(client_kind: Kind, options: TransportOptions | None = None) -> Watched:
    return Watched(
        (asyncio_transport if client_kind.is_async else sync_transport)(options or TransportOptions())
    )


@pytest.mark.parametrize("source", SOURCES)
def test_credentials_of_every_source_leave_it_open(
    client_kind: Kind,
    source: str,
    services: Services,
    home: Path,
    configure: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config, variables = SOURCES[source]
    (home / "jwt").write_text("a.b.c")
    cache = home / ".aws/sso/cache"
    cache.mkdir(parents=True)
    token = {"accessToken": "TOKEN", "expiresAt": FUTURE}
    (cache / f"{sha1(START.encode()).hexdigest()}.json").write_text(json.dumps(token))
    configure(config.format(home=home))
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(url=services.url))
    transport = watched(client_kind)
    session = client_kind.session(profile_name="p", transport=transport)
    assert keys(client_kind, session).access_key
    sent = transport.sent
    assert sent > 0, "the keys did not come through the transport that was given"
    client = client_kind.client("sts", session)
    client.assume_role(RoleArn="arn:aws:iam::111122223333:role/x", RoleSessionName="name")
    assert transport.sent == sent + 1
    assert transport.closed == []
    client_kind.run(transport.aclose() if client_kind.is_async else transport.close())


def test_clients_share_a_transport_and_leave_it_open(client_kind: Kind) -> None:
    transport = ScriptedTransport([answer(200, body=b"<ListAllMyBucketsResult/>")])
    session = client_kind.session(**KEYS, transport=transport)

    async def in_async_with() -> None:
        async with session.client("s3") as client:
            await client.list_buckets()
        async with session.resource("s3") as s3:
            await s3.meta.client.list_buckets()
        client = session.client("s3")
        await client.aclose()

    def in_with() -> None:
        with session.client("s3") as client:
            client.list_buckets()
        session.client("s3").close()

    for _ in range(2):
        client_kind.run(in_async_with()) if client_kind.is_async else in_with()
    twin = client_kind.session(botocore_session=session._session)
    assert twin.client("s3")._endpoint.transport is transport
    client_kind.client("s3", twin).list_buckets()
    assert len(transport.requests) == (5 if client_kind.is_async else 3)
    assert not transport.is_closed


def test_what_a_function_makes_is_closed_with_its_client(client_kind: Kind) -> None:
    made: list[Watched] = []

    def make(options: TransportOptions) -> Watched:
        made.append(watched(client_kind, options))
        return made[-1]

    session = client_kind.session(**KEYS, transport=make)
    clients = [session.client("s3") for _ in range(2)]
    assert len(made) == 2
    client_kind.run(clients[0].aclose() if client_kind.is_async else clients[0].close())
    assert made[0].closed == ["aclose" if client_kind.is_async else "close"]
    assert made[1].closed == []


class Made:
    """A class of transports."""

    def __init__(self, options: TransportOptions) -> None:
        self.options = options

    async def send(self, request: Any) -> Any:
        raise NotImplementedError


def test_a_class_makes_transports_and_an_object_that_can_be_called_is_one(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS, transport=Made)
    found = session.client("s3")._endpoint.transport
    assert type(found) is Made
    assert found.options.max_pool_connections == 10
    mock = MagicMock()
    assert client_kind.session(**KEYS, transport=mock).client("s3")._endpoint.transport is mock


def test_a_shared_transport_keeps_its_timeouts(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULTS_MODE", "auto")
    monkeypatch.setenv("AWS_EXECUTION_ENV", "AWS_Lambda_python3.11")
    scripted = ScriptedTransport([answer(200, body=b"<ListAllMyBucketsResult/>")])
    scripted.set_connect_timeout = Watched.set_connect_timeout  # type: ignore[attr-defined]
    client_kind.client("s3", client_kind.session(**KEYS, transport=scripted)).list_buckets()
