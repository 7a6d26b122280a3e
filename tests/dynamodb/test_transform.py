"""Where conditions and values are found in parameters and results, beside boto3's transformation."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import boto3
import boto3.dynamodb.types as reference
import pytest
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.transform import ParameterTransformer

from sotalia import exceptions
from sotalia.dynamodb.transform import compile_walk, copy_params
from sotalia.model.loader import Loader
from sotalia.model.shapes import ShapeResolver
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import Kind
from tests.resources.answers import KEYS, made

MODEL = Loader().service("dynamodb")
REFERENCE = boto3.Session(**KEYS).client("dynamodb").meta.service_model


@pytest.mark.parametrize("target", ["AttributeValue", "ConditionExpression", "KeyExpression"])
@pytest.mark.parametrize("operation", MODEL.operation_names)
def test_walks(operation: str, target: str) -> None:
    source = random.Random(operation)
    for side in ("input_shape", "output_shape"):
        shape = getattr(REFERENCE.operation_model(operation), side)
        walk = compile_walk(getattr(MODEL.operation_model(operation), side), target)
        for _ in range(5):
            data = made(shape, source) if shape is not None else {}
            expected, found = copy.deepcopy(data), copy.deepcopy(data)
            if shape is not None:
                ParameterTransformer().transform(expected, shape, lambda value: ("changed", value), target)
            if walk is not None:
                walk(found, lambda value: ("changed", value))
            assert found == expected


def test_shapes_inside_themselves() -> None:
    shapes = {
        "Tree": {
            "type": "structure",
            "members": {"Leaf": {"shape": "Leaf"}, "Below": {"shape": "Trees"}, "Other": {"shape": "Ring"}},
        },
        "Trees": {"type": "list", "member": {"shape": "Tree"}},
        "Ring": {"type": "structure", "members": {"Ring": {"shape": "Ring"}}},
        "Leaf": {"type": "string"},
    }
    shape = ShapeResolver(shapes).get_shape_by_name("Tree")
    walk = compile_walk(shape, "Leaf")
    assert walk is not None
    data = {"Leaf": "a", "Below": [{"Leaf": "b"}, {"Below": [{"Leaf": "c", "Other": {"Ring": {}}}]}]}
    walk(data, str.upper)
    assert data == {"Leaf": "A", "Below": [{"Leaf": "B"}, {"Below": [{"Leaf": "C", "Other": {"Ring": {}}}]}]}
    assert compile_walk(ShapeResolver(shapes).get_shape_by_name("Ring"), "Leaf") is None


def test_copies_are_separate_everywhere() -> None:
    shared: dict[str, Any] = {"a": [1]}
    copied = copy_params({"one": shared, "two": shared, "text": "x"})
    copied["one"]["a"].append(2)
    assert copied == {"one": {"a": [1, 2]}, "two": {"a": [1]}, "text": "x"}
    assert shared == {"a": [1]}


CALLS: list[Callable[[Any], Any]] = [
    lambda table: table.query(KeyConditionExpression=Key("a").eq(1), FilterExpression=Attr("b").eq("x")),
    lambda table: table.query(FilterExpression=Attr("b").eq("x"), KeyConditionExpression=Key("a").eq(1)),
    lambda table: table.query(
        KeyConditionExpression=Key("a").eq(1),
        ExpressionAttributeNames={"#x": "y"},
        ExpressionAttributeValues={":x": {1, 2}},
    ),
    lambda table: table.query(KeyConditionExpression="a = :a", ExpressionAttributeValues={":a": 1}),
    lambda table: table.put_item(
        Item={"a": 1, "b": [None, {"c": b"x"}]}, ConditionExpression=Attr("a").exists()
    ),
    lambda table: table.update_item(
        Key={"a": 1},
        AttributeUpdates={"b": {"Value": {"x"}, "Action": "ADD"}},
        Expected={"c": {"Exists": False}},
    ),
    lambda table: table.scan(ScanFilter={"a": {"AttributeValueList": [1, "x"], "ComparisonOperator": "IN"}}),
    lambda table: table.meta.client.transact_write_items(
        ClientRequestToken="token",
        TransactItems=[
            {"Put": {"TableName": "t", "Item": {"a": 1}, "ConditionExpression": "attribute_not_exists(a)"}},
            {"Delete": {"TableName": "t", "Key": {"a": 2}, "ExpressionAttributeValues": {":x": {"m": [1]}}}},
        ],
    ),
    lambda table: table.meta.client.batch_write_item(
        RequestItems={"t": [{"PutRequest": {"Item": {"a": 1}}}, {"DeleteRequest": {"Key": {"a": 2}}}]}
    ),
]


# Calls right and wrong, of the table and of its client.
MORE_CALLS: list[Callable[[Any], Any]] = [
    lambda table: table.put_item(),
    lambda table: table.put_item(Item=None),
    lambda table: table.put_item(Item="x"),
    lambda table: table.put_item(Item=[1]),
    lambda table: table.put_item(Item={"a": 1.5}),
    lambda table: table.put_item(Item={"a": {"b": int}}),
    lambda table: table.put_item(Item={1: "x"}),
    lambda table: table.put_item(Item={"a": {"S": "x"}, "b": set(), "c": reference.Binary(b"x")}),
    lambda table: table.put_item(Item={"a": Decimal("1E200")}),
    lambda table: table.put_item(Item={"a": 10**39}),
    lambda table: table.get_item(Key=5),
    lambda table: table.query(KeyConditionExpression=5),
    lambda table: table.query(KeyConditionExpression=None),
    lambda table: table.query(KeyConditionExpression=Attr("a").eq(1)),
    lambda table: table.query(TableName="other", KeyConditionExpression=Key("a").between(1, 2)),
    lambda table: table.query(
        KeyConditionExpression=Key("a").eq(1),
        ExpressionAttributeNames={"#n0": "mine", "#x": "y"},
        ExpressionAttributeValues={":v0": 5, ":x": {1}},
    ),
    lambda table: table.query(Nonsense=1),
    lambda table: table.query("x"),
    lambda table: table.scan(FilterExpression=Attr("a").is_in([1, 2.5])),
    lambda table: table.scan(FilterExpression=Attr("a").is_in(5)),
    lambda table: table.scan(FilterExpression=Key("a").eq(1) | Attr("b[0].c").size().gt(3)),
    lambda table: table.scan(ExclusiveStartKey={"a": 1}),
    lambda table: table.batch_writer(1, 2),
    lambda table: table.delete_item(Key={"a": b"x"}, ConditionExpression=Attr("a").eq(bytearray(b"y"))),
    lambda table: table.meta.client.transact_write_items(
        ClientRequestToken="token",
        TransactItems=[
            {"Put": {"TableName": "t", "Item": {"a": 1}, "ConditionExpression": Attr("a").eq(1)}},
            {
                "ConditionCheck": {
                    "TableName": "t",
                    "Key": {"a": 1},
                    "ConditionExpression": Attr("b").exists(),
                }
            },
        ],
    ),
    lambda table: table.meta.client.transact_get_items(
        TransactItems=[{"Get": {"TableName": "t", "Key": {"a": 1}}}]
    ),
    lambda table: table.meta.client.batch_get_item(RequestItems={"t": {"Keys": [{"a": 1}, {"a": "x"}]}}),
    lambda table: table.meta.client.batch_get_item(RequestItems={"t": {"Keys": "x"}}),
    lambda table: table.meta.client.execute_statement(Statement="x", Parameters=[1, "a", {1}]),
    lambda table: table.meta.client.batch_execute_statement(
        Statements=[{"Statement": "x", "Parameters": [None]}]
    ),
    lambda table: table.meta.client.create_table(TableName="x"),
]


class SentError(Exception):
    pass


@pytest.mark.slow(keep=24)
@pytest.mark.parametrize("number", range(len(MORE_CALLS)))
def test_calls_right_and_wrong(number: int, client_kind: Kind) -> None:
    def stop(params: dict[str, Any], **kwargs: Any) -> None:
        raise SentError(
            bytes(params["body"]) if isinstance(params["body"], bytes) else params["body"].encode()
        )

    def outcome(table: Any) -> Any:
        table.meta.client.meta.events.register("before-call.dynamodb", stop)
        try:
            return client_kind.run(MORE_CALLS[number](table))
        except Exception as error:
            return type(error).__name__, re.sub(r"\S+\.(\w+\(\))", r"\1", str(error))

    ours = client_kind.session(**KEYS).resource("dynamodb").Table("t")
    client_kind._clients.append(ours.meta.client)
    assert outcome(ours) == outcome(boto3.Session(**KEYS).resource("dynamodb").Table("t"))


@pytest.mark.parametrize("names", ["x", 5])
def test_names_that_are_none_are_reported(names: Any, client_kind: Kind) -> None:
    table = client_kind.session(**KEYS).resource("dynamodb").Table("t")
    client_kind._clients.append(table.meta.client)
    with pytest.raises(exceptions.ParamValidationError, match="parameter ExpressionAttributeNames"):
        client_kind.run(table.query(KeyConditionExpression=Key("a").eq(1), ExpressionAttributeNames=names))


def test_paginators_convert(client_kind: Kind) -> None:
    pages = [
        b'{"Items": [{"a": {"N": "1"}}], "LastEvaluatedKey": {"a": {"B": "eA=="}}}',
        b'{"Items": [{"a": {"NULL": true}}]}',
    ]
    transport = ScriptedTransport([answer(200, body=body) for body in pages])
    table = client_kind.through(transport).resource("dynamodb").Table("t")
    client_kind._clients.append(table.meta.client)
    scan = table.meta.client.get_paginator("scan")
    condition = Attr("a").gt(Decimal("1.5"))
    found = client_kind.run(scan.paginate(TableName="t", FilterExpression=condition).build_full_result())
    assert found["Items"] == [{"a": 1}, {"a": None}]
    assert [json.loads(request.body) for request in transport.requests] == [
        {
            "TableName": "t",
            "FilterExpression": "#n0 > :v0",
            "ExpressionAttributeNames": {"#n0": "a"},
            "ExpressionAttributeValues": {":v0": {"N": "1.5"}},
            **start,
        }
        for start in ({}, {"ExclusiveStartKey": {"a": {"B": "eA=="}}})
    ]


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_requests(number: int, client_kind: Kind) -> None:
    bodies: list[Any] = []

    def stop(params: dict[str, Any], **kwargs: Any) -> None:
        bodies.append(params["body"])
        raise SentError

    theirs = boto3.Session(**KEYS).resource("dynamodb").Table("t")
    ours = client_kind.session(**KEYS).resource("dynamodb").Table("t")
    client_kind._clients.append(ours.meta.client)
    for table in (theirs, ours):
        table.meta.client.meta.events.register("before-call.dynamodb", stop)
    with pytest.raises(SentError):
        CALLS[number](theirs)
    with pytest.raises(SentError):
        client_kind.run(CALLS[number](ours))
    assert bodies[1] == bodies[0]


def test_results_and_arguments(client_kind: Kind) -> None:
    body = b'{"Item": {"a": {"N": "1.5"}, "b": {"L": [{"NULL": true}, {"SS": ["x"]}]}}}'
    session = client_kind.through(ScriptedTransport([answer(200, body=body)]))
    table = session.resource("dynamodb").Table("t")
    client_kind._clients.append(table.meta.client)
    key = {"a": 1}
    found = client_kind.run(table.get_item(Key=key))
    assert found["Item"] == {"a": 1.5, "b": [None, {"x"}]}
    assert key == {"a": 1}


def test_plain_clients_are_left_alone(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    client_kind._clients.append(session.resource("dynamodb").meta.client)
    client = client_kind.scripted("dynamodb", [answer(200, body=b'{"Item": {"a": {"N": "1"}}}')], session)
    assert client.get_item(TableName="t", Key={"a": {"N": "1"}})["Item"] == {"a": {"N": "1"}}
