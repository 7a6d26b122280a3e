"""Items of a table, by the resource."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, Key

table = boto3.resource("dynamodb", region_name="eu-west-1").Table("orders")


def put(order: str, total: Decimal) -> None:
    table.put_item(Item={"pk": order, "total": total}, ConditionExpression=Attr("pk").not_exists())


def orders(customer: str) -> list[dict[str, Any]]:
    condition = Key("customer").eq(customer) & Key("day").begins_with("2026-")
    found = table.query(KeyConditionExpression=condition, FilterExpression=Attr("open").eq(True))
    return [dict(item) for item in found["Items"]]


def count() -> int:
    table.load()
    return table.item_count


def fill(names: list[str]) -> None:
    with table.batch_writer() as batch:
        for name in names:
            batch.put_item(Item={"pk": name})


def total(order: str) -> Decimal | None:
    item = table.get_item(Key={"pk": order}).get("Item")
    if item is None:
        return None
    value = item["total"]
    return value if isinstance(value, Decimal) else None
