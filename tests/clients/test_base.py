"""Generated clients: their surface beside boto3's, and what handlers may change about their classes."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import boto3
import pytest

import sotalia
from sotalia import exceptions
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind

# A sample over all protocols and naming rules.
SERVICES = (
    "s3 dynamodb sqs sns ec2 iam sts lambda kms ssm secretsmanager cloudformation route53 apigateway kinesis cloudwatch logs "
    "events ecs rds stepfunctions cognito-idp glue s3control storagegateway mturk socialmessaging dsql polly iot-data ses "
    "elbv2 lexv2-runtime wafv2"
).split()


def surface(client: Any) -> dict[str, Any]:
    """What a client shows of itself."""
    methods = dict(client.meta.method_to_api_mapping)
    return {
        "class": type(client).__name__,
        "methods": methods,
        "callable": [name for name in methods if callable(getattr(client, name, None))],
        "extras": [
            name
            for name in ("generate_presigned_url", "generate_presigned_post", "can_paginate", "get_waiter")
            if hasattr(client, name)
        ],
        "waiters": client.waiter_names,
        "pages": [name for name in methods if client.can_paginate(name)],
        "exceptions": sorted(
            name for name in dir(client.exceptions) if name[:1].isupper() and name != "ClientError"
        ),
        "region": client.meta.region_name,
        "url": client.meta.endpoint_url,
        "partition": client.meta.partition,
        "signing": (client._request_signer.signing_name, client._request_signer.signature_version),
    }


@pytest.mark.parametrize("service", SERVICES)
def test_surface_is_that_of_boto3(service: str) -> None:
    ours = surface(sotalia.Session(**KEYS).client(service))
    theirs = surface(boto3.Session(**KEYS).client(service))
    theirs["exceptions"] = [name for name in theirs["exceptions"] if name in ours["exceptions"]] or ours[
        "exceptions"
    ]
    assert ours == theirs


def test_exceptions_are_botocores(client_kind: Kind) -> None:
    body = b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>"
    s3 = client_kind.scripted("s3", [answer(404, body=body)])
    with pytest.raises(s3.exceptions.NoSuchKey) as caught:
        s3.get_object(Bucket="b", Key="k")
    error = caught.value
    assert isinstance(error, exceptions.ClientError)
    assert error.operation_name == "GetObject"
    assert str(error) == "An error occurred (NoSuchKey) when calling the GetObject operation: gone"
    copied = pickle.loads(pickle.dumps(error))
    assert copied.response == error.response
    assert s3.exceptions.from_code("Unheard") is exceptions.ClientError
    with pytest.raises(AttributeError, match="NoSuchBucket"):
        _ = s3.exceptions.NoSuchThing


def test_methods_and_bases_can_be_added(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)

    class Base:
        def greet(self) -> str:
            return f"hello from {self.meta.region_name}"  # type: ignore[attr-defined]

    def change(class_attributes: dict[str, Any], base_classes: list[type], **kwargs: Any) -> None:
        class_attributes["shout"] = lambda self: self.greet().upper()
        base_classes.insert(0, Base)

    session.events.register("creating-client-class.s3", change)
    s3 = session.client("s3")
    assert s3.shout() == "HELLO FROM US-WEST-2"
    assert not hasattr(session.client("sts"), "shout")
    assert not hasattr(client_kind.session(**KEYS).client("s3"), "shout")


def test_classes_are_shared_until_a_handler_changes_them(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    first, second = session.client("s3"), session.client("s3")
    assert type(first) is type(second)
    session.events.register(
        "creating-client-class.s3", lambda class_attributes, **kwargs: class_attributes.update(new=1)
    )
    assert session.client("s3").new == 1
    assert not hasattr(first, "new")


def test_missing_attributes_are_asked_for(client_kind: Kind) -> None:
    s3 = client_kind.client("s3")
    s3.meta.events.register("getattr.s3.wanted", lambda client, **kwargs: lambda: "found")
    assert s3.wanted() == "found"
    assert not hasattr(s3.raw, "unwanted")


def test_make_api_call_is_the_single_entry(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """As tracers wrap it."""
    s3 = client_kind.scripted("s3", [answer(body=b"<ListAllMyBucketsResult/>")])
    seen = []
    kind = type(s3.raw)
    original = kind._make_api_call

    def traced(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        seen.append((operation_name, api_params))
        return original(self, operation_name, api_params)

    # Taken away again, not set to the original: the class is shared, and would hide its base's method from then on.
    monkeypatch.setattr(kind, "_make_api_call", traced)
    s3.list_buckets(Prefix="p")
    assert seen == [("ListBuckets", {"Prefix": "p"})]


def test_clients_do_not_travel(client_kind: Kind) -> None:
    s3 = client_kind.client("s3").raw
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(pickle.PicklingError, match="create one where it is needed"):
            attempt(s3)


def test_clients_close(client_kind: Kind) -> None:
    if client_kind.is_async:

        async def use() -> None:
            async with client_kind.session(**KEYS).client("s3") as s3:
                assert s3.meta.region_name == "us-west-2"
            with pytest.raises(RuntimeError, match="closed"):
                await s3.list_buckets()

        client_kind.run(use())
        with pytest.raises(TypeError, match="async with"), client_kind.session(**KEYS).client("s3"):
            pass
    else:
        with client_kind.session(**KEYS).client("s3") as s3:
            assert s3.meta.region_name == "us-west-2"
        s3.close()


def test_meta_is_of_the_client_alone(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    one, two = session.client("s3"), session.client("s3")
    one.meta.method_to_api_mapping["new"] = "x"
    assert "new" not in two.meta.method_to_api_mapping
    assert one.meta.config is not two.meta.config
    assert one.meta.config.region_name == "us-west-2"
    assert one.meta.config.retries == {"mode": "standard"}
