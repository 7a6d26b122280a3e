"""Signatures of generated methods: every parameter, by name, with its type."""

from __future__ import annotations

import inspect
from datetime import datetime
from typing import Any

import pytest

from sotalia.model.signatures import signature
from tests.client_kinds import KEYS, Kind


def parameters(function: Any) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(function).parameters)


def test_a_method(client_kind: Kind) -> None:
    client = client_kind.client("s3").raw
    found = parameters(client.get_object)
    assert [name for name, one in found.items() if one.default is one.empty] == ["Bucket", "Key"]
    assert {one.kind for one in found.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert (found["Bucket"].annotation, found["IfModifiedSince"].annotation) == (str, datetime)
    assert str(found["Range"]) == "Range: str = ..."
    assert next(iter(parameters(type(client).get_object))) == "self"
    assert parameters(client.delete_objects)["Delete"].annotation is dict
    assert parameters(client.list_objects_v2)["OptionalObjectAttributes"].annotation == list[str]


def test_paginators_and_waiters(client_kind: Kind) -> None:
    client = client_kind.client("s3").raw
    assert "PaginationConfig" in parameters(client.get_paginator("list_objects_v2").paginate)
    assert list(parameters(client.get_waiter("bucket_exists").wait)) == [
        "Bucket",
        "ExpectedBucketOwner",
        "WaiterConfig",
    ]


def test_resources(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    s3 = session.resource("s3")
    bucket = s3.Bucket("bucket")
    assert list(parameters(s3.Object)) == ["bucket_name", "key"]
    assert "Bucket" in parameters(s3.create_bucket)
    assert "Bucket" not in parameters(bucket.put_object)
    assert {"Prefix", "limit", "page_size"} <= set(parameters(bucket.objects.filter))
    assert "Prefix" in parameters(bucket.objects.all().filter)
    assert list(parameters(bucket.wait_until_exists)) == ["ExpectedBucketOwner", "WaiterConfig"]
    table = session.resource("dynamodb").Table("table")
    assert parameters(table.put_item)["Item"].annotation == dict[str, object]


@pytest.mark.parametrize(("service", "method"), [("logs", "get_log_events"), ("cloudsearchdomain", "search")])
def test_names_that_python_cannot_write(service: str, method: str, client_kind: Kind) -> None:
    endpoint = "https://search.example.org" if service == "cloudsearchdomain" else None
    client = client_kind.client(service, endpoint_url=endpoint).raw
    found = parameters(getattr(client, method))
    assert found.keys().isdisjoint({"from", "return"})


def test_every_operation_has_one(client_kind: Kind) -> None:
    for service in ("dynamodb", "ec2", "iam", "logs", "s3", "cloudsearchdomain", "bedrock-runtime"):
        model = client_kind.session(**KEYS)._loader.service(service)
        for name in model.operation_names:
            operation = model.operation_model(name)
            found = signature(operation)
            members = () if operation.input_shape is None else operation.input_shape.members
            assert {"self", *members} - set(found.parameters) <= {"from", "return"}
