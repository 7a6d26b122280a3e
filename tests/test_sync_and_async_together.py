"""One session for clients sync and async, and sessions with a transport of the caller's."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

import sotalia
from sotalia.credentials.chain import CredentialResolver
from sotalia.credentials.refreshable import RefreshableCredentials
from sotalia.transport import TransportOptions
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind

LISTING = (
    b"<ListAllMyBucketsResult><Buckets><Bucket><Name>mine</Name></Bucket></Buckets></ListAllMyBucketsResult>"
)


def pair(first: type, second: type) -> tuple[Any, Any]:
    one = first(**KEYS, transport=ScriptedTransport([answer(body=LISTING)]))
    two = second(botocore_session=one._session, transport=ScriptedTransport([answer(body=LISTING)]))
    return one, two


def listed(session: Any) -> Any:
    async def asynchronously() -> Any:
        async with session.client("s3") as s3:
            return await s3.list_buckets()

    if isinstance(session, sotalia.AsyncSession):
        return asyncio.run(asynchronously())
    return session.client("s3").list_buckets()


@pytest.mark.parametrize(
    ("first", "second"),
    [(sotalia.Session, sotalia.AsyncSession), (sotalia.AsyncSession, sotalia.Session)],
)
def test_handlers_of_a_session_reach_clients_sync_and_async(first: type, second: type) -> None:
    one, two = pair(first, second)
    heard: list[str] = []
    one.events.register("before-call.s3", lambda **kwargs: heard.append("one"))
    two.events.register("before-call.s3", lambda **kwargs: heard.append("two"))
    assert two.region_name == "us-west-2"
    for session in (one, two):
        heard.clear()
        assert listed(session)["Buckets"] == [{"Name": "mine"}]
        assert heard == ["one", "two"]


def test_a_coroutine_of_the_session_is_refused_when_a_synchronous_client_is_made() -> None:
    one, two = pair(sotalia.AsyncSession, sotalia.Session)
    heard: list[str] = []

    async def audit(event_name: str, **kwargs: Any) -> None:
        await asyncio.sleep(0)
        heard.append(event_name)

    one.events.register("before-call.s3.ListBuckets", audit)
    listed(one)
    assert heard == ["before-call.s3.ListBuckets"]
    with pytest.raises(
        ValueError,
        match=r"before-call\.s3\.ListBuckets: handler '.*audit' \(.*test_sync_and_async_together\.py:\d+\)",
    ):
        two.client("s3")


def test_an_asynchronous_client_of_a_synchronous_session_takes_coroutines_itself() -> None:
    _, two = pair(sotalia.Session, sotalia.AsyncSession)

    async def audit(**kwargs: Any) -> None: ...

    with pytest.raises(ValueError, match="synchronous"):
        two.events.register("before-call.s3", audit)
    two.client("s3").meta.events.register("before-call.s3", audit)


def test_the_transport_of_a_session_serves_all_its_clients(client_kind: Kind) -> None:
    transport = ScriptedTransport([answer(body=LISTING)])
    session = client_kind.session(**KEYS, transport=transport)
    client_kind.client("s3", session).list_buckets()
    client_kind.client("sts", session)
    client_kind.client("s3", session).list_buckets()
    assert [request.method for request in transport.requests] == ["GET", "GET"]


def test_a_function_makes_a_transport_for_each_client(client_kind: Kind) -> None:
    made: list[Any] = []

    def make(options: TransportOptions) -> ScriptedTransport:
        made.append(options)
        return ScriptedTransport([answer(body=LISTING)])

    session = client_kind.session(**KEYS, transport=make)
    for timeout in (1, 2):
        config = sotalia.config.Config(read_timeout=timeout)
        assert client_kind.client("s3", session, config=config).list_buckets()["Buckets"]
    assert [options.read_timeout for options in made] == [1, 2]


def renewed() -> dict[str, Any]:
    return {"access_key": "MINE", "secret_key": "S", "token": "T", "expiry_time": "2999-01-01T00:00:00Z"}


async def keys_of(session: Any) -> Any:
    found = session.get_credentials()
    return await found if isinstance(session, sotalia.AsyncSession) else found


@pytest.mark.parametrize("second", [sotalia.Session, sotalia.AsyncSession])
def test_credentials_that_somebody_set_are_those_of_every_session_made_from_it(second: type) -> None:
    one = sotalia.Session(region_name="us-west-2")
    given = RefreshableCredentials.create_from_metadata(renewed(), renewed, "mine")
    one._session._credentials = given
    two = second(botocore_session=one._session, transport=ScriptedTransport([answer(body=LISTING)]))
    assert asyncio.run(keys_of(two)) is given
    assert listed(two)["Buckets"] == [{"Name": "mine"}]


class Slow:
    """A provider that is still looking when the next one asks."""

    METHOD = CANONICAL_NAME = "slow"

    def __init__(self, expected: int) -> None:
        self._together = threading.Barrier(expected)

    def load(self) -> Any:
        self._together.wait(10)
        return RefreshableCredentials.create_from_metadata(renewed(), renewed, "slow")


def test_sessions_that_share_their_settings_each_find_credentials() -> None:
    one = sotalia.Session(region_name="us-west-2")
    one._session.get_component("credential_provider").providers.clear()
    assert one.get_credentials() is None  # By now it has all that it needs to look.
    slow = Slow(2)  # Both look at once, so neither takes its own keys for the other's.
    one._session.register_component("credential_provider", CredentialResolver([slow]))
    two = sotalia.Session(botocore_session=one._session, transport=ScriptedTransport([]))
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda s=session: found.append(s.get_credentials())) for session in (one, two)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [credentials.method for credentials in found] == ["slow", "slow"]
