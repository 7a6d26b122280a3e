"""moto's in-process mock, the real one, on clients made before, within and after it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import io
import os
import subprocess
import sys
import unittest
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import moto
import pytest
from moto.core.config import default_user_config
from moto.core.models import botocore_stubber

import sotalia
from sotalia.clients.base import BaseClient
from sotalia.compatibility import moto as bridge
from sotalia.config import Config
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind

ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=1)
MOCKS = [moto.mock_aws, bridge.mock_aws]


def use_s3(client: Callable[..., Any]) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_object(Bucket="bucket", Key="a b/ü", Body=b"in memory", Metadata={"k": "v"})
    s3.put_object(Bucket="bucket", Key="file", Body=io.BytesIO(b"x" * 100_000))
    found = s3.get_object(Bucket="bucket", Key="a b/ü")
    assert found["Body"].read() == b"in memory"
    assert found["Metadata"] == {"k": "v"}
    assert [entry["Size"] for entry in s3.list_objects_v2(Bucket="bucket")["Contents"]] == [9, 100_000]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="bucket", PaginationConfig={"PageSize": 1})
    assert len(list(pages)) == 2
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="bucket", Key="missing")
    s3.get_waiter("object_exists").wait(Bucket="bucket", Key="file")


def use_dynamodb(client: Callable[..., Any]) -> None:
    dynamodb = client("dynamodb")
    dynamodb.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName="t", Item={"k": {"S": "x"}, "b": {"B": b"\0"}})
    item = dynamodb.get_item(TableName="t", Key={"k": {"S": "x"}})["Item"]
    assert item == {"k": {"S": "x"}, "b": {"B": b"\0"}}


def use_sqs(client: Callable[..., Any]) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"


def use_others(client: Callable[..., Any]) -> None:
    """The query, EC2 and REST JSON protocols."""
    assert client("sts").get_caller_identity()["Account"] == "123456789012"
    assert client("ec2").describe_instances()["Reservations"] == []
    assert client("lambda").list_functions()["Functions"] == []
    assert client("sns").create_topic(Name="t")["TopicArn"].endswith(":t")


@pytest.mark.parametrize("use", [use_s3, use_dynamodb, use_sqs, use_others], ids=lambda use: use.__name__)
@pytest.mark.parametrize("mock_aws", MOCKS, ids=["moto's", "ours"])
def test_clients_made_within(mock_aws: Any, use: Any, client_kind: Kind) -> None:
    with mock_aws():
        session = client_kind.session(**KEYS)
        use(lambda service: client_kind.client(service, session))


@pytest.mark.parametrize("mock_aws", MOCKS, ids=["moto's", "ours"])
def test_clients_made_before_once_moto_is_imported(mock_aws: Any, client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    s3 = client_kind.client("s3", session)
    with mock_aws():
        use_s3(lambda _: s3)
    with mock_aws():
        assert s3.list_buckets()["Buckets"] == []


@pytest.mark.parametrize("mock_aws", MOCKS, ids=["moto's", "ours"])
def test_outside_calls_go_to_the_network(mock_aws: Any, client_kind: Kind) -> None:
    with mock_aws():
        s3 = client_kind.scripted("s3", [answer(200, body=b"<ListAllMyBucketsResult/>")])
        s3.list_buckets()
        assert s3.transport.requests == []
    s3.list_buckets()
    assert len(s3.transport.requests) == 1


def test_nested_mocks_share_their_data(client_kind: Kind) -> None:
    s3 = client_kind.client("s3")
    with bridge.mock_aws():
        s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        with moto.mock_aws():
            assert len(s3.list_buckets()["Buckets"]) == 1
        assert len(s3.list_buckets()["Buckets"]) == 1


def test_default_session_is_put_aside() -> None:
    sotalia.setup_default_session(region_name="eu-west-3")
    try:
        before = sotalia.DEFAULT_SESSION
        with bridge.mock_aws(), bridge.mock_aws():
            assert sotalia.DEFAULT_SESSION is None
            s3 = sotalia.client("s3", region_name="us-east-1")
            assert s3._get_credentials().access_key == "FOOBARKEY"
            s3.list_buckets()
        assert sotalia.DEFAULT_SESSION is before
    finally:
        sotalia.DEFAULT_SESSION = None


@bridge.mock_aws
def test_as_a_decorator() -> None:
    assert sotalia.client("s3", region_name="us-east-1").list_buckets()["Buckets"] == []


@bridge.mock_aws(config={"core": {"mock_credentials": False}})
def test_as_a_decorator_with_a_configuration() -> None:
    s3 = sotalia.Session(**KEYS).client("s3")
    assert s3._get_credentials().access_key == "AKIDEXAMPLE"
    assert s3.list_buckets()["Buckets"] == []


@bridge.mock_aws
class TestAsAClassDecorator(unittest.TestCase):
    def setUp(self) -> None:
        self.s3 = sotalia.client("s3", region_name="us-east-1")
        self.s3.create_bucket(Bucket="of-setup")

    def test_sees_what_its_setup_made(self) -> None:
        assert [bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]] == ["of-setup"]


def test_addresses_that_are_not_of_aws_go_out(client_kind: Kind) -> None:
    with bridge.mock_aws():
        s3 = client_kind.scripted(
            "s3", [answer(200, body=b"<ListAllMyBucketsResult/>")], endpoint_url="http://localhost:1"
        )
        s3.list_buckets()
        assert len(s3.transport.requests) == 1


def test_patch_client_twice_answers_once(client_kind: Kind) -> None:
    s3 = client_kind.client("s3")
    for _ in range(2):
        bridge.patch_client(s3.raw)
    handlers = s3.raw.meta.events.handlers("before-send.s3.ListBuckets")
    assert len(handlers) == 1
    with pytest.raises(TypeError, match="no client of sotalia"):
        bridge.patch_client(object())


class Pieces:
    """An asynchronous file."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def read(self, amount: int | None = None) -> bytes:
        found, self._content = (
            (self._content, b"")
            if amount is None or amount < 0
            else (self._content[:amount], self._content[amount:])
        )
        return found


def test_bodies_that_are_read_asynchronously() -> None:
    async def main() -> bytes:
        with bridge.mock_aws():
            async with sotalia.AsyncSession(**KEYS).client("s3") as s3:
                await s3.create_bucket(
                    Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
                )
                await s3.put_object(Bucket="bucket", Key="k", Body=Pieces(b"from afar"))
                found = await s3.get_object(Bucket="bucket", Key="k")
                return bytes(await found["Body"].read())

    assert asyncio.run(main()) == b"from afar"


def test_without_payload_trailers(client_kind: Kind) -> None:
    with moto.mock_aws():
        use_s3(
            lambda _: client_kind.client("s3", config=Config(request_checksum_calculation="when_required"))
        )


# -- processes in which moto is not there from the beginning -------------------------------------------------------


def run(program: str) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


BEFORE_MOTO = """
import asyncio, sys, sotalia
from sotalia.transport.scripted import ScriptedTransport
keys = dict(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
transport = ScriptedTransport([AssertionError("went out")])
session = sotalia.Session(**keys, transport=transport)
s3 = session.client("s3")
other = sotalia.AsyncSession(**keys, transport=transport).client("sqs")
assert "moto" not in sys.modules and "botocore.handlers" not in sys.modules
"""


def test_clients_older_than_moto() -> None:
    run(
        BEFORE_MOTO
        + """
from sotalia.compatibility.moto import mock_aws
with mock_aws():
    s3.create_bucket(Bucket="bucket")
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["bucket"]
    assert "QueueUrl" in asyncio.run(other.create_queue(QueueName="q"))
"""
    )


def test_clients_of_sessions_older_than_moto() -> None:
    """moto's own mock reaches them: the list is read when a client is made."""
    run(
        BEFORE_MOTO
        + """
import moto
with moto.mock_aws():
    assert session.client("sqs").list_queues().get("QueueUrls", []) == []
    assert len(session.events.handlers("before-send.sqs.ListQueues")) == 1
"""
    )


def test_a_session_takes_what_is_added_to_the_list_later(monkeypatch: pytest.MonkeyPatch) -> None:
    import botocore.handlers

    from sotalia.transport.scripted import ScriptedTransport

    seen: list[str] = []

    def note(event_name: str, **kwargs: Any) -> None:
        seen.append(event_name)

    def answers(request: Any, **kwargs: Any) -> Any:
        request.headers["x-seen"] = "yes"
        request.url += "?changed"

    transport = ScriptedTransport([answer(200, body=b"<ListAllMyBucketsResult/>")])
    session = sotalia.Session(**KEYS, transport=transport)
    extra = [("before-call.s3", note), ("before-send.s3", answers)]
    monkeypatch.setattr(botocore.handlers, "BUILTIN_HANDLERS", [*botocore.handlers.BUILTIN_HANDLERS, *extra])

    s3: BaseClient = session.client("s3")
    s3.list_buckets()  # type: ignore[attr-defined]
    request = transport.requests[0]
    assert seen == ["before-call.s3.ListBuckets"]
    assert request.headers["X-Seen"] == "yes"
    assert request.url.endswith("?changed")


# -- work that is not done when the function returns ---------------------------------------------------------------


def list_buckets() -> list[str]:
    """Refused at once where nothing is mocked."""
    s3 = sotalia.client("s3", region_name="us-east-1", endpoint_url="http://s3.amazonaws.com", config=ONCE)
    if not botocore_stubber.enabled:
        raise AssertionError("this call would go to AWS")
    return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


async def list_asynchronously() -> list[str]:
    await asyncio.sleep(0)
    list_buckets()
    async with sotalia.AsyncSession(region_name="us-east-1").client("s3") as s3:
        await s3.create_bucket(Bucket="bucket")
        await asyncio.sleep(0)
        found = await s3.list_buckets()
    return [bucket["Name"] for bucket in found["Buckets"]]


class CallableObject:
    async def __call__(self, found: list[str]) -> list[str]:
        return await list_asynchronously()

    async def method(self, found: list[str]) -> list[str]:
        return await list_asynchronously()


def passed_on(function: Any) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


async def plain(found: list[str]) -> list[str]:
    return await list_asynchronously()


async def in_a_task(found: list[str]) -> list[str]:
    return await asyncio.create_task(list_asynchronously())


COROUTINES: dict[str, Any] = {
    "function": plain,
    "partial": functools.partial(plain, []),
    "object": CallableObject(),
    "method": CallableObject().method,
    "behind another decorator": passed_on(plain),
    "lambda": lambda found: list_asynchronously(),
    "task": lambda found: asyncio.ensure_future(list_asynchronously()),
    "nested mocks": bridge.mock_aws(plain),
    "task within": in_a_task,
}


@pytest.mark.parametrize("form", ["@mock_aws", "@mock_aws()"])
@pytest.mark.parametrize("function", COROUTINES.values(), ids=COROUTINES)
def test_decorated_coroutines_are_mocked(function: Any, form: str) -> None:
    before = dict(os.environ)
    decorated = bridge.mock_aws(function) if form == "@mock_aws" else bridge.mock_aws()(function)

    async def main() -> list[str]:
        found: list[str] = await (decorated() if "partial" in repr(function) else decorated([]))
        return found

    assert asyncio.run(main()) == ["bucket"]
    assert not botocore_stubber.enabled
    assert dict(os.environ) == before


def test_a_decorated_coroutine_function_is_still_one() -> None:
    decorated = bridge.mock_aws(plain)
    assert inspect.iscoroutinefunction(decorated)
    assert str(inspect.signature(decorated)) == str(inspect.signature(plain))
    assert decorated.__name__ == "plain"


@bridge.mock_aws
def generator(found: list[Any]) -> Any:
    try:
        found.append((yield list_buckets()))
    except KeyError:
        found.append("caught")
    yield list_buckets()
    return "end"


@bridge.mock_aws
async def async_generator(found: list[Any]) -> Any:
    try:
        found.append((yield await list_asynchronously()))
    except KeyError:
        found.append("caught")
    yield list_buckets()


@pytest.mark.parametrize("how", ["send", "throw", "close"])
def test_decorated_generators_are_mocked(how: str) -> None:
    found: list[Any] = []
    running = generator(found)
    assert not botocore_stubber.enabled
    assert next(running) == []
    if how == "close":
        running.close()
    else:
        assert running.send("sent") == [] if how == "send" else running.throw(KeyError()) == []
        assert list(running) == []
    assert found == {"send": ["sent"], "throw": ["caught"], "close": []}[how]
    assert not botocore_stubber.enabled


@pytest.mark.parametrize("how", ["send", "throw", "close"])
def test_decorated_asynchronous_generators_are_mocked(how: str) -> None:
    found: list[Any] = []

    async def main() -> None:
        running = async_generator(found)
        assert await anext(running) == ["bucket"]
        if how == "close":
            await running.aclose()
        else:
            step = running.asend("sent") if how == "send" else running.athrow(KeyError())
            assert await step == ["bucket"]
            assert [value async for value in running] == []

    assert inspect.isasyncgenfunction(async_generator)
    asyncio.run(main())
    assert found == {"send": ["sent"], "throw": ["caught"], "close": []}[how]
    assert not botocore_stubber.enabled


@bridge.mock_aws
@contextlib.contextmanager
def managed() -> Any:
    yield list_buckets()


@bridge.mock_aws
@contextlib.asynccontextmanager
async def managed_asynchronously() -> Any:
    yield await list_asynchronously()


def test_decorated_context_managers_are_mocked() -> None:
    async def main() -> list[str]:
        async with managed_asynchronously() as found:
            await asyncio.sleep(0)
            return [*found, *list_buckets()]

    with managed() as found:
        assert [*found, *list_buckets()] == []
    assert asyncio.run(main()) == ["bucket", "bucket"]
    assert not botocore_stubber.enabled


def test_a_block_within_asynchronous_code() -> None:
    async def main() -> list[str]:
        with bridge.mock_aws():
            return await list_asynchronously()

    assert asyncio.run(main()) == ["bucket"]
    assert not botocore_stubber.enabled


@bridge.mock_aws
class TestDecoratedAsynchronousTests(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        assert await list_asynchronously() == ["bucket"]

    async def test_sees_what_its_setup_made(self) -> None:
        assert list_buckets() == ["bucket"]
        async with sotalia.AsyncSession(region_name="us-east-1").client("s3") as s3:
            await s3.create_bucket(Bucket="another")

    async def test_sees_nothing_of_other_tests(self) -> None:
        await self.test_sees_what_its_setup_made()

    async def asyncTearDown(self) -> None:
        assert sorted(list_buckets()) == ["another", "bucket"]


@bridge.mock_aws
class TestDecoratedMethodsOfAPlainClass:
    def test_as_a_coroutine(self) -> None:
        assert asyncio.run(self.coroutine()) == ["bucket"]

    async def coroutine(self) -> list[str]:
        return await list_asynchronously()

    class TestInner:
        def test_inner(self) -> None:
            assert list_buckets() == []


@pytest.fixture
@bridge.mock_aws
def bucket_names() -> Iterator[Callable[[], list[str]]]:
    sotalia.client("s3", region_name="us-east-1").create_bucket(Bucket="of-fixture")
    yield list_buckets  # noqa: PT022 - a generator is what is tested


def test_a_decorated_fixture(bucket_names: Callable[[], list[str]]) -> None:
    assert bucket_names() == ["of-fixture"]


def test_a_fixture_decorated_from_outside_is_refused() -> None:
    with pytest.raises(TypeError, match="write @pytest\\.fixture above @mock_aws"):
        bridge.mock_aws(pytest.fixture(lambda: None))


@pytest.mark.parametrize("first_to_end", [0, 1])
def test_mocks_that_overlap(first_to_end: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of tasks end in any order; the environment, moto's configuration and the default sessions are as before."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDMINE")
    before, config = dict(os.environ), dict(default_user_config)
    boto3.setup_default_session(region_name="eu-west-3")
    sotalia.setup_default_session(region_name="eu-west-3")
    sessions = boto3.DEFAULT_SESSION, sotalia.DEFAULT_SESSION
    ends = [asyncio.Event(), asyncio.Event()]

    async def one(number: int) -> None:
        await ends[number].wait()
        assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
        list_buckets()

    async def main() -> None:
        mocked = [
            bridge.mock_aws(one),
            bridge.mock_aws(config={"iam": {"load_aws_managed_policies": True}})(one),
        ]
        tasks = []
        for number, function in enumerate(mocked):
            tasks.append(asyncio.create_task(function(number)))
            await asyncio.sleep(0)
        for number in (first_to_end, 1 - first_to_end):
            ends[number].set()
            await tasks[number]

    try:
        asyncio.run(main())
        assert sessions == (boto3.DEFAULT_SESSION, sotalia.DEFAULT_SESSION)
    finally:
        boto3.DEFAULT_SESSION = sotalia.DEFAULT_SESSION = None
    assert (dict(os.environ), dict(default_user_config)) == (before, config)
    assert not botocore_stubber.enabled


def test_modes_that_reach_boto3s_functions_only_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moto.settings.TEST_SERVER_MODE", True)
    with pytest.raises(RuntimeError, match="endpoint_url"):
        bridge.mock_aws()
