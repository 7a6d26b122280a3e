"""Read, write and list objects."""

from __future__ import annotations

import json

from aiobotocore.session import get_session
from botocore.exceptions import ClientError


async def load(bucket: str, key: str) -> dict[str, str]:
    async with get_session().create_client("s3", region_name="eu-west-1") as s3:
        try:
            response = await s3.get_object(Bucket=bucket, Key=key)
        except s3.exceptions.NoSuchKey:
            return {}
        except ClientError as error:
            print(error.response["Error"]["Code"])  # boto3 only: "Error" may be missing
            raise
        async with response["Body"] as stream:
            found: dict[str, str] = json.loads(await stream.read())
        return found


async def save(bucket: str, key: str, settings: dict[str, str]) -> str:
    async with get_session().create_client("s3") as s3:
        written = await s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(settings).encode())
        return written["ETag"]


async def first(bucket: str) -> str:
    async with get_session().create_client("s3") as s3:
        return (await s3.list_objects_v2(Bucket=bucket))["Contents"][0]["Key"]
