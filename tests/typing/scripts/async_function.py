"""Call a function."""

from __future__ import annotations

import json
from typing import Any

from aiobotocore.session import get_session


async def call(name: str, event: dict[str, Any]) -> Any:
    async with get_session().create_client("lambda") as functions:
        response = await functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        async with response["Payload"] as stream:
            return json.loads(await stream.read())


async def names() -> list[str]:
    async with get_session().create_client("lambda") as functions:
        pages = functions.get_paginator("list_functions").paginate()
        return [function["FunctionName"] async for page in pages for function in page["Functions"]]
