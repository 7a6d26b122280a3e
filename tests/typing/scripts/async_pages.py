"""Everything that is listed in pages."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiobotocore.session import get_session


async def keys(bucket: str) -> AsyncIterator[str]:
    async with get_session().create_client("s3") as s3:
        paginator = s3.get_paginator("list_objects_v2")
        async for page in paginator.paginate(Bucket=bucket, PaginationConfig={"PageSize": 100}):
            for entry in page.get("Contents", []):
                yield entry["Key"]


async def everything(bucket: str) -> int:
    async with get_session().create_client("s3") as s3:
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
        return len((await pages.build_full_result())["Versions"])
