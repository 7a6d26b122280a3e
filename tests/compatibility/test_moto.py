"""moto's in-process mock, the real one, on clients made before, within and after it."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import unittest
from collections.abc import Callable
from typing import Any

import moto
import pytest

import sotalia
from sotalia.clients import BaseClient
from sotalia.compatibility import moto as bridge
from sotalia.config import Config
from sotalia.transport.scripted import answer
from tests.colours import KEYS, Colour

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
def test_clients_made_within(mock_aws: Any, use: Any, colour: Colour) -> None:
    with mock_aws():
        session = colour.session(**KEYS)
        use(lambda service: colour.client(service, session))


@pytest.mark.parametrize("mock_aws", MOCKS, ids=["moto's", "ours"])
def test_clients_made_before_once_moto_is_imported(mock_aws: Any, colour: Colour) -> None:
    session = colour.session(**KEYS)
    s3 = colour.client("s3", session)
    with mock_aws():
        use_s3(lambda _: s3)
    with mock_aws():
        assert s3.list_buckets()["Buckets"] == []


@pytest.mark.parametrize("mock_aws", MOCKS, ids=["moto's", "ours"])
def test_outside_calls_go_to_the_network(mock_aws: Any, colour: Colour) -> None:
    with mock_aws():
        s3 = colour.scripted("s3", [answer(200, body=b"<ListAllMyBucketsResult/>")])
        s3.list_buckets()
        assert s3.transport.requests == []
    s3.list_buckets()
    assert len(s3.transport.requests) == 1


def test_nested_mocks_share_their_data(colour: Colour) -> None:
    s3 = colour.client("s3")
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


def test_addresses_that_are_not_of_aws_go_out(colour: Colour) -> None:
    with bridge.mock_aws():
        s3 = colour.scripted(
            "s3", [answer(200, body=b"<ListAllMyBucketsResult/>")], endpoint_url="http://localhost:1"
        )
        s3.list_buckets()
        assert len(s3.transport.requests) == 1


def test_patch_client_twice_answers_once(colour: Colour) -> None:
    s3 = colour.client("s3")
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


def test_without_payload_trailers(colour: Colour) -> None:
    with moto.mock_aws():
        use_s3(lambda _: colour.client("s3", config=Config(request_checksum_calculation="when_required")))


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
