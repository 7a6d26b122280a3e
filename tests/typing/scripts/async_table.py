"""Items of a table."""

from __future__ import annotations

from aiobotocore.session import get_session

session = get_session()


async def put(order: str, total: int) -> None:
    async with session.create_client("dynamodb") as dynamodb:
        await dynamodb.put_item(
            TableName="orders",
            Item={"pk": {"S": order}, "total": {"N": str(total)}},
            ConditionExpression="attribute_not_exists(pk)",
        )


async def total(order: str) -> int:
    async with session.create_client("dynamodb") as dynamodb:
        found = await dynamodb.get_item(TableName="orders", Key={"pk": {"S": order}})
        return int(found["Item"]["total"]["N"])
