"""Identifiers, equality, ``meta``, where clients come from."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse

import sotalia
from sotalia import exceptions
from sotalia.config import Config
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import Kind
from tests.resources.answers import KEYS
from tests.resources.plain import plain

CONSTRUCTIONS: list[Callable[[Any], Any]] = [
    lambda s3: s3.Object("b", "k"),
    lambda s3: s3.Object("b", key="k"),
    lambda s3: s3.Object(bucket_name="b", key="k"),
    lambda s3: s3.Object("b", 5),
    lambda s3: s3.Object("b"),
    lambda s3: s3.Object(),
    lambda s3: s3.Object(key="k"),
    lambda s3: s3.Object("b", "k", "x"),
    lambda s3: s3.Object("b", "k", nonsense="x"),
    lambda s3: s3.Object("b", "k", key="other"),
    lambda s3: s3.Object("b", None),
    lambda s3: s3.Bucket("b").Object("k"),
    lambda s3: s3.Bucket("b").Object("k").Acl(),
    lambda s3: s3.Bucket("b").Object(),
    lambda s3: s3.Bucket(""),
]


def outcome(make: Callable[[Any], Any], s3: Any) -> Any:
    try:
        return repr(make(s3))
    except Exception as error:
        return type(error).__name__, str(error)


@pytest.mark.parametrize("make", CONSTRUCTIONS)
def test_identifiers(make: Callable[[Any], Any]) -> None:
    expected = outcome(make, boto3.Session(**KEYS).resource("s3"))
    for session in (sotalia.Session, sotalia.AsyncSession):
        assert outcome(make, session(**KEYS).resource("s3")) == expected


def test_equality() -> None:
    s3 = sotalia.Session(**KEYS).resource("s3")
    bucket = s3.Bucket("a")
    bucket.meta.data = {"CreationDate": 1}
    assert bucket == s3.Bucket("a")
    assert bucket != s3.Bucket("b")
    assert bucket != s3.Object("a", "b")
    assert bucket != "s3.Bucket(name='a')"
    assert len({bucket, s3.Bucket("a"), s3.Bucket("b")}) == 2


def test_identifiers_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        sotalia.Session(**KEYS).resource("s3").Bucket("a").name = "b"


def test_each_resource_has_data_of_its_own() -> None:
    s3 = sotalia.Session(**KEYS).resource("s3")
    one, other = s3.Bucket("a"), s3.Bucket("a")
    one.meta.data = {}
    assert other.meta.data is None
    assert type(one).meta.client is None
    twin = one.meta.copy()
    assert twin == one.meta
    assert twin != other.meta
    assert twin != "meta"
    twin.mine = 1
    assert (twin.mine, twin == one.meta) == (1, False)


def test_resources_share_their_client() -> None:
    s3 = sotalia.Session(**KEYS).resource("s3")
    assert s3.Bucket("a").Object("b").meta.client is s3.meta.client
    another = sotalia.Session(**KEYS).client("s3")
    assert s3.Bucket("a", client=another).meta.client is another


def test_default_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sotalia, "DEFAULT_SESSION", None)
    sotalia.setup_default_session(**KEYS)
    kind = type(sotalia.resource("s3").Bucket("a"))
    assert kind("b").meta.client.meta.service_model.service_name == "s3"


def test_asynchronous_resources_have_no_default_client() -> None:
    kind = type(sotalia.AsyncSession(**KEYS).resource("s3").Bucket("a"))
    with pytest.raises(ValueError, match="client not set: give the asynchronous s3 client"):
        kind("b")


@pytest.mark.parametrize(
    ("config", "extra"),
    [
        (None, "Resource"),
        (Config(connect_timeout=3), "Resource"),
        (Config(user_agent_extra="mine"), "mine"),
    ],
)
def test_user_agent(client_kind: Kind, config: Any, extra: str) -> None:
    transport = ScriptedTransport([answer(200)])
    s3 = client_kind.through(transport).resource("s3", config=config)
    client_kind.run(s3.meta.client.delete_object(Bucket="b", Key="k"))
    assert transport.requests[0].headers["User-Agent"].decode().split()[-1] == extra
    assert config is None or config.user_agent_extra in (None, "mine")


def test_user_agent_with_default_options() -> None:
    session = sotalia.Session(**KEYS)
    session._session.set_default_client_config(Config(connect_timeout=7))
    s3 = session.resource("s3", config=Config(read_timeout=8))
    assert s3.meta.client.meta.config.connect_timeout == 7
    assert s3.meta.client.meta.config.user_agent_extra == "Resource"


def test_attributes_of_asynchronous_resources_say_what_to_do() -> None:
    table = sotalia.AsyncSession(**KEYS).resource("dynamodb").Table("x")
    with pytest.raises(exceptions.ResourceLoadException, match=r"call 'await resource.load\(\)' before"):
        _ = table.item_count


def test_attributes_without_a_way_to_load_them() -> None:
    upload = sotalia.Session(**KEYS).resource("s3").MultipartUpload("b", "k", "1")
    with pytest.raises(exceptions.ResourceLoadException, match=r"s3.MultipartUpload has no load method"):
        _ = upload.initiated


def test_handlers_of_the_session_see_what_resources_call(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    heard: list[str] = []

    def stop(event_name: str, **kwargs: Any) -> Any:
        heard.append(event_name)
        return AWSResponse("", 200, {}, None), {
            "Contents": [{"Key": "k"}],
            "IsTruncated": False,
            "ResponseMetadata": {"HTTPStatusCode": 200},
        }

    def note(event_name: str, **kwargs: Any) -> None:
        heard.append(event_name)

    session.events.register("before-call.s3", stop)
    s3 = session.resource("s3")
    client_kind._clients.append(s3.meta.client)
    s3.meta.client.meta.events.register("provide-client-params.s3", note)
    bucket = plain(s3, client_kind).Bucket("b")
    assert [found.key for found in bucket.objects.all()] == ["k"]
    bucket.objects.delete()
    bucket.put_object(Key="x")
    bucket.wait_until_exists(WaiterConfig={"MaxAttempts": 1})
    assert bucket.Object("k").content_length is None
    operations = ["ListObjects", "ListObjects", "DeleteObjects", "PutObject", "HeadBucket", "HeadObject"]
    assert heard == [
        f"{event}.s3.{operation}"
        for operation in operations
        for event in ("provide-client-params", "before-call")
    ]


def test_copies_and_pickles() -> None:
    bucket = sotalia.Session(**KEYS).resource("s3").Bucket("b")
    twin = copy.copy(bucket)
    assert (twin, twin.meta.client) == (bucket, bucket.meta.client)
    assert copy.deepcopy(bucket.objects.filter(Prefix="x")._params) == {"Prefix": "x"}
    for attempt in (pickle.dumps, copy.deepcopy):
        with pytest.raises(pickle.PicklingError):
            attempt(bucket)
