"""Links that others may use without keys."""

from __future__ import annotations

from aiobotocore.session import get_session


async def link(key: str) -> str:
    async with get_session().create_client("s3", endpoint_url="http://localhost:9000") as s3:
        return await s3.generate_presigned_url("get_object", Params={"Bucket": "reports", "Key": key})


async def form(key: str) -> dict[str, str]:
    async with get_session().create_client("s3") as s3:
        return (await s3.generate_presigned_post("uploads", key, ExpiresIn=60))["fields"]
