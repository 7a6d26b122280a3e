"""Work in another account."""

from __future__ import annotations

from aiobotocore.session import get_session

session = get_session()


async def buckets(role: str) -> list[str]:
    async with session.create_client("sts") as sts:
        keys = (await sts.assume_role(RoleArn=role, RoleSessionName="report"))["Credentials"]
    async with session.create_client(
        "s3",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    ) as s3:
        listing = await s3.list_buckets()
        return [bucket["Name"] for bucket in listing["Buckets"]]
