"""Credentials as sessions and clients hold them: found once, set by hand, of the reference's make; sync and async."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import botocore.credentials
import pytest

import sotalia
from sotalia import credentials as public
from sotalia import exceptions
from tests.client_kinds import KEYS, Kind
from tests.credentials.conftest import found, keys
from tests.credentials.services import Services


def signed_by(client_kind: Kind, session: Any) -> str:
    """The access key that a request of a new client carries."""
    client = client_kind.client("dynamodb", session, region_name="us-east-1")
    seen: list[Any] = []

    def stop(request: Any, **kwargs: Any) -> None:
        seen.append(request.headers["Authorization"])
        raise InterruptedError

    client.raw.meta.events.register("before-send.dynamodb.ListTables", stop)
    with pytest.raises(InterruptedError):
        client.list_tables()
    text = seen[0] if isinstance(seen[0], str) else seen[0].decode()
    return str(text.partition("Credential=")[2].partition("/")[0])


class Provider(botocore.credentials.CredentialProvider):
    """One of the reference's make, as programs in the field have them."""

    METHOD = "mine"
    CANONICAL_NAME = "custom-mine"

    def __init__(self, result: Any = None) -> None:
        super().__init__()
        self.result = result
        self.calls = 0

    def load(self) -> Any:
        self.calls += 1
        return self.result


def resolver(session: Any) -> Any:
    return session._session.get_component("credential_provider")


def test_providers_of_the_reference_fit_into_the_chain(client_kind: Kind) -> None:
    session = client_kind.session()
    provider = Provider(botocore.credentials.Credentials("THEIRS", "S", "T"))
    resolver(session).insert_before("env", provider)
    assert keys(client_kind, session)[:3] == ("THEIRS", "S", "T")
    assert signed_by(client_kind, session) == "THEIRS"
    assert provider.calls == 1


def test_a_provider_may_be_a_coroutine_function(client_kind: Kind) -> None:
    class Waiting(public.CredentialProvider):
        METHOD = "waiting"

        async def load(self) -> Any:
            if client_kind.is_async:
                await asyncio.sleep(0)
            return public.Credentials("WAITED", "S", method=self.METHOD)

    session = client_kind.session()
    resolver(session).insert_after("env", Waiting())
    assert signed_by(client_kind, session) == "WAITED"


def test_the_chain_can_be_changed(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ENV")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "S")
    session = client_kind.session()
    chain = resolver(session)
    assert chain.get_provider("env").METHOD == "env"
    chain.remove("env")
    chain.remove("env")
    for change in (
        lambda: chain.get_provider("env"),
        lambda: chain.insert_before("env", Provider()),
        lambda: chain.insert_after("env", Provider()),
    ):
        with pytest.raises(exceptions.UnknownCredentialError, match="env"):
            change()
    assert keys(client_kind, session) is None
    session._session.register_component(
        "credential_provider",
        botocore.credentials.CredentialResolver([Provider(botocore.credentials.Credentials("R", "S"))]),
    )
    assert keys(client_kind, session).access_key == "R"


def test_credentials_set_on_the_session_are_used(client_kind: Kind) -> None:
    """The widest-spread idiom for roles: refreshable credentials put into ``session._session._credentials``."""
    calls: list[None] = []

    def refresh() -> dict[str, str]:
        calls.append(None)
        return {
            "access_key": f"R{len(calls)}",
            "secret_key": "S",
            "token": "T",
            "expiry_time": "2099-01-01T00:00:00Z",
        }

    for kind in (botocore.credentials.RefreshableCredentials, public.RefreshableCredentials):
        calls.clear()
        session = client_kind.session()
        session._session._credentials = kind.create_from_metadata(
            metadata=refresh(), refresh_using=refresh, method="sts-assume-role"
        )
        assert signed_by(client_kind, session) == "R1"
        session._session._credentials._expiry_time = datetime.now(UTC)
        assert signed_by(client_kind, session) == "R2"
        assert found(client_kind, session) is session._session._credentials


def test_the_references_fetchers_work_with_our_clients(services: Services) -> None:
    """Programs that assume roles by botocore's own parts, handed our session and our STS client."""
    session = sotalia.Session(**KEYS)
    refresher = botocore.credentials.create_assume_role_refresher(
        session.client("sts"), {"RoleArn": "arn:aws:iam::1:role/r", "RoleSessionName": "me"}
    )
    assumed = sotalia.Session()
    assumed._session._credentials = public.RefreshableCredentials.create_from_metadata(
        metadata=refresher(), refresh_using=refresher, method="sts-assume-role"
    )
    assert assumed.get_credentials().access_key.startswith("AK-")
    fetcher = botocore.credentials.AssumeRoleCredentialFetcher(
        session._session.create_client, session.get_credentials(), "arn:aws:iam::1:role/other"
    )
    deferred = botocore.credentials.DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
    assumed._session._credentials = deferred
    client = assumed.client("sts", region_name="us-east-1")
    client.assume_role(RoleArn="arn:aws:iam::1:role/third", RoleSessionName="me")
    assert services.operations() == ["AssumeRole"] * 3
    assert deferred.access_key in services.seen[-1][2]["authorization"]


@pytest.mark.parametrize(
    ("variables", "arguments", "feature"),
    [
        ({"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}, {}, "g"),
        ({}, {"aws_access_key_id": "a", "aws_secret_access_key": "b"}, "e"),
    ],
)
def test_the_user_agent_tells_where_keys_come_from(
    variables: dict[str, str], arguments: dict[str, str], feature: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for module in (boto3, sotalia):
        client: Any = module.Session(**arguments, region_name="us-east-1").client("dynamodb")
        seen: list[Any] = []

        def stop(request: Any, seen: list[Any] = seen, **kwargs: Any) -> None:
            seen.append(request.headers["User-Agent"])
            raise InterruptedError

        client.meta.events.register("before-send.dynamodb.ListTables", stop)
        with pytest.raises(InterruptedError):
            client.list_tables()
        text = seen[0] if isinstance(seen[0], str) else seen[0].decode()
        assert feature in text.partition(" m/")[2].partition(" ")[0].split(",")


def test_a_log_tells_where_keys_come_from(
    client_kind: Kind, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "xAKx")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "xSKx")
    caplog.set_level("INFO", "sotalia")
    assert keys(client_kind, client_kind.session()).access_key == "xAKx"
    assert "Found credentials by env: variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY" in caplog.text
    assert "xAKx" not in caplog.text
    assert "xSKx" not in caplog.text


def test_nothing_found_is_not_remembered(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    session = client_kind.session()
    client = client_kind.client("dynamodb", session, region_name="us-east-1")
    assert keys(client_kind, session) is None
    with pytest.raises(exceptions.NoCredentialsError):
        client.list_tables()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "LATER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "S")
    assert keys(client_kind, session).access_key == "LATER"
    assert found(client_kind, session) is found(client_kind, session)
    assert signed_by(client_kind, session) == "LATER"


def test_variables_may_have_other_names() -> None:
    environ = {"MY_KEY": "A", "MY_SECRET": "S", "T2": "T", "AWS_ACCOUNT_ID": "1", "AWS_ACCESS_KEY_ID": "no"}
    mapping = {"access_key": "MY_KEY", "secret_key": "MY_SECRET", "token": ["T1", "T2"]}
    for kind in (botocore.credentials.EnvProvider, public.EnvProvider):
        made = kind(environ=environ, mapping=mapping).load()
        assert tuple(made.get_frozen_credentials()) == ("A", "S", "T", "1")
        with pytest.raises(exceptions.PartialCredentialsError, match="MY_SECRET"):
            kind(environ={"MY_KEY": "A"}, mapping=mapping).load()


def test_default_options_of_the_session_reach_sts(services: Services, configure: Callable[..., None]) -> None:
    configure(
        "[profile p]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = b\n"
        "[profile b]\naws_access_key_id = A\naws_secret_access_key = S\n"
    )
    session = sotalia.Session(profile_name="p")
    session._session.set_default_client_config(sotalia.config.Config(user_agent_extra="mine/1"))
    assert session.get_credentials().access_key.startswith("AK-")
    assert "mine/1" in services.seen[0][2]["user-agent"]


def test_tasks_look_once() -> None:
    class Slow(public.CredentialProvider):
        METHOD = "slow"
        calls = 0

        async def load(self) -> Any:
            Slow.calls += 1
            await asyncio.sleep(0.005)
            return public.Credentials("A", "S")

    async def main() -> None:
        session = sotalia.AsyncSession()
        resolver(session).insert_before("env", Slow())
        results = await asyncio.gather(*[session.get_credentials() for _ in range(20)])
        assert all(one is results[0] for one in results)

    asyncio.run(main())
    assert Slow.calls == 1


def test_threads_look_once() -> None:
    entered, go = threading.Event(), threading.Event()

    class Slow(public.CredentialProvider):
        METHOD = "slow"
        calls = 0

        def load(self) -> Any:
            Slow.calls += 1
            entered.set()
            assert go.wait(10)
            return public.Credentials("A", "S")

    session = sotalia.Session()
    resolver(session).insert_before("env", Slow())
    results: list[Any] = []
    threads = [threading.Thread(target=lambda: results.append(session.get_credentials())) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert entered.wait(10)
    go.set()
    for thread in threads:
        thread.join(10)
    assert len(results) == 8
    assert all(one is results[0] for one in results)
    assert Slow.calls == 1


def test_a_provider_that_asks_its_own_session_is_told() -> None:
    class Loop(public.CredentialProvider):
        METHOD = "loop"

        def load(self) -> Any:
            return self.session.get_credentials()

    session = sotalia.Session()
    resolver(session).insert_before("env", Loop(session))
    with pytest.raises(RuntimeError, match="asked for the very credentials"):
        session.get_credentials()


def test_what_an_asynchronous_client_holds(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{services.url}/container/keys")

    async def main() -> None:
        session = sotalia.AsyncSession()
        async with session.client("dynamodb") as client:
            held = client._get_credentials()
            assert services.seen == []
            assert "not looked for yet" in repr(held)
            with pytest.raises(RuntimeError, match=r"await credentials\.freeze\(\)"):
                held.get_frozen_credentials()
            assert (await held.freeze()).access_key == "AK-CONTAINER"
            assert (held.access_key, held.token, held.method) == (
                "AK-CONTAINER",
                "T-CONTAINER",
                "container-role",
            )
            assert held.get_frozen_credentials().secret_key == "SK-CONTAINER"
            assert "SK-CONTAINER" not in repr(held)

    asyncio.run(main())
    assert len(services.asked("/container/keys")) == 1


def test_one_session_on_several_event_loops(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials outlive the loop that found them."""
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{services.url}/container/keys")
    session = sotalia.AsyncSession()

    async def main() -> str:
        held = await session.get_credentials()
        held._expiry_time = datetime.now(UTC)
        return str((await held.freeze()).access_key)

    assert [asyncio.run(main()) for _ in range(3)] == ["AK-CONTAINER"] * 3
    assert len(services.asked("/container/keys")) == 4


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        ({"aws_access_key_id": "A"}, "aws_secret_access_key"),
        ({"aws_secret_access_key": "S"}, "aws_access_key_id"),
    ],
)
def test_half_of_the_keys_of_a_client(client_kind: Kind, arguments: dict[str, str], missing: str) -> None:
    with pytest.raises(exceptions.PartialCredentialsError, match=missing):
        client_kind.session(**KEYS).client("s3", **arguments)


def test_public_names_load() -> None:
    for name in public.__all__:
        assert getattr(public, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        _ = public.nothing
