"""Slips: each marked line is an error."""

from __future__ import annotations

from aiobotocore.session import get_session

session = get_session()


async def slips() -> None:
    session.create_client("s33")  # E
    session.create_client("s3", regoin_name="eu-west-1")  # E
    async with session.create_client("s3") as s3:
        await s3.list_bucket()  # E
        await s3.list_objects_v2(Buckt="reports")  # E
        await s3.put_object(Bucket="reports", Key="a", ACL="publicread")  # E
        s3.list_buckets()["Buckets"]  # E
        (await s3.list_buckets())["Bucket"]  # E
        s3.get_paginator("list_objects_v3")  # E
        s3.get_paginator("list_objects_v2").paginate(Buckt="reports")  # E
        async for page in s3.get_paginator("list_objects_v2").paginate(Bucket="reports"):
            page["Content"]  # E
        await s3.get_waiter("bucket_exist").wait(Bucket="reports")  # E
        await s3.get_waiter("bucket_exists").wait(Bucket=3)  # E
        with s3:  # E
            pass
