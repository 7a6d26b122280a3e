"""``isinstance`` with the reference's classes while boto3 is patched, and only then."""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import boto3
import boto3.resources.base
import boto3.resources.collection
import botocore.client
import botocore.config
import botocore.credentials
import botocore.paginate
import botocore.response
import botocore.session
import botocore.waiter
import moto.core
import pytest

import sotalia
from sotalia.compatibility.joined_classes import PAIRS
from sotalia.transport.body import StreamingBody
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind

REAL_SESSION = boto3.session.Session
LISTING = b"<ListAllMyBucketsResult/>"


def objects(session: Any) -> list[tuple[Any, type]]:
    client = session.client("s3")
    resource = session.resource("s3")
    paginator = client.get_paginator("list_objects_v2")
    return [
        (client, botocore.client.BaseClient),
        (client.meta, botocore.client.ClientMeta),
        (client.meta.config, botocore.config.Config),
        (session, REAL_SESSION),
        (session._session, botocore.session.Session),
        (session.get_credentials(), botocore.credentials.Credentials),
        (paginator, botocore.paginate.Paginator),
        (paginator.paginate(Bucket="b"), botocore.paginate.PageIterator),
        (client.get_waiter("bucket_exists"), botocore.waiter.Waiter),
        (resource, boto3.resources.base.ServiceResource),
        (resource.Bucket("b"), boto3.resources.base.ServiceResource),
        (resource.meta, boto3.resources.base.ResourceMeta),
        (resource.buckets, boto3.resources.collection.CollectionManager),
        (resource.buckets.all(), boto3.resources.collection.ResourceCollection),
        (StreamingBody(io.BytesIO(b"x"), 1), botocore.response.StreamingBody),
    ]


@pytest.fixture(autouse=True)
def _unpatched() -> Iterator[None]:
    bases = [(_class(own), _class(own).__bases__) for own, _ in PAIRS]
    yield
    sotalia.unpatch_boto3()
    assert [(kind, kind.__bases__) for kind, _ in bases] == bases


def _class(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


def test_objects_made_before_and_within() -> None:
    before = objects(sotalia.Session(**KEYS))
    assert [isinstance(*pair) for pair in before] == [False] * len(before)
    with sotalia.patch_boto3():
        within = objects(boto3.Session(**KEYS))
        for found, kind in before + within:
            assert isinstance(found, kind)
            assert issubclass(type(found), kind)
        with sotalia.patch_boto3():
            pass
        assert isinstance(*before[0])
    assert [isinstance(*pair) for pair in before + within] == [False] * (2 * len(before))
    # Files stay files: their class remembers what isinstance found.
    with sotalia.patch_boto3():
        assert isinstance(*before[-1])
    assert isinstance(before[-1][0], io.IOBase)


def test_asynchronous_clients_too(client_kind: Kind) -> None:
    client = client_kind.client("s3").raw
    with sotalia.patch_boto3():
        assert isinstance(client, botocore.client.BaseClient)
    assert not isinstance(client, botocore.client.BaseClient)


def test_nothing_of_the_reference_shines_through() -> None:
    pairs = objects(sotalia.Session(**KEYS))
    plain = [(set(dir(found)), {name for name in dir(kind) if hasattr(found, name)}) for found, kind in pairs]
    with sotalia.patch_boto3():
        for (found, kind), (_, known) in zip(pairs, plain, strict=True):
            hidden = {
                "PAGE_ITERATOR_CLS",
                "_DEFAULT_CHUNK_SIZE",
                "__abstractmethods__",
                "_abc_impl",
                "__annotations__",
                "__static_attributes__",
                "__firstlineno__",
            }
            assert {name for name in dir(kind) if hasattr(found, name)} - known <= hidden, found
        client = pairs[0][0]
        with pytest.raises(AttributeError, match="'S3' object has no attribute '_register_handlers'"):
            client._register_handlers()
        with pytest.raises(AttributeError, match="Did you mean 'list_buckets'"):
            client.list_bucket()
        assert repr(pairs[-1][0]) == "<StreamingBody 0 of 1 bytes read>"


def test_values_that_tools_leave_on_a_class_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Datadog's configuration is one, and is looked for on the client."""
    client = sotalia.Session(**KEYS).client("s3")
    monkeypatch.setattr(botocore.client.BaseClient, "_of_a_tool", object(), raising=False)
    with sotalia.patch_boto3():
        assert client._of_a_tool is botocore.client.BaseClient._of_a_tool  # type: ignore[attr-defined]
        monkeypatch.setattr(botocore.client.BaseClient, "_of_another", 1, raising=False)
        assert client._of_another == 1


def test_attributes_of_handlers_are_found() -> None:
    """A name that botocore's class has and ours has not still asks ``getattr.s3.NAME``."""
    client = sotalia.Session(**KEYS).client("s3")
    client.meta.events.register("getattr.s3._register_handlers", lambda **kwargs: "ours")
    with sotalia.patch_boto3():
        assert client._register_handlers == "ours"


def test_a_patch_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from sotalia.compatibility import joined_methods

    def fail() -> Any:
        raise OSError("no")

    client = sotalia.Session(**KEYS).client("s3")
    monkeypatch.setattr(joined_methods, "join_all", fail)
    before = boto3.Session
    for _ in range(2):
        with pytest.raises(OSError, match="no"):
            sotalia.patch_boto3()
    assert boto3.Session is before
    assert not isinstance(client, botocore.client.BaseClient)


@pytest.mark.parametrize("what", ["client", "resource"])
def test_motos_patch_client(what: str) -> None:
    """It asks isinstance, and then registers its own handler on our client."""
    with sotalia.patch_boto3():
        transport = ScriptedTransport([answer(body=LISTING)])
        session = boto3.Session(**KEYS, transport=transport)
        resource = session.resource("s3")
        client = resource.meta.client
        if what == "client":
            moto.core.patch_client(client)
        else:
            moto.core.patch_resource(resource)
        with moto.mock_aws():
            client.create_bucket(
                Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
            )
            client.put_object(Bucket="bucket", Key="k", Body=io.BytesIO(b"content"))
            assert client.get_object(Bucket="bucket", Key="k")["Body"].read() == b"content"
            assert client.list_objects_v2(Bucket="bucket")["KeyCount"] == 1
        assert transport.requests == []
        client.list_buckets()
        assert len(transport.requests) == 1


def test_motos_patch_client_for_one_older_than_moto() -> None:
    """In a process of its own: moto's handler is not among the built-in ones yet when the client is made."""
    import subprocess
    import sys

    program = """
import sotalia
sotalia.patch_boto3()
import boto3
from sotalia.transport.scripted import ScriptedTransport
session = boto3.Session("a", "b", region_name="us-east-1", transport=ScriptedTransport([]))
s3, dynamodb = session.client("s3"), session.client("dynamodb")
from moto import mock_aws
from moto.core import patch_client
patch_client(s3)
patch_client(dynamodb)
with mock_aws():
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="k", Body=b"x" * 100)
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"x" * 100
    assert dynamodb.list_tables()["TableNames"] == []
"""
    subprocess.run([sys.executable, "-c", program], check=True)
