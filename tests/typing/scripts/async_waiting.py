"""Wait until something is there."""

from __future__ import annotations

from aiobotocore.session import get_session
from botocore.exceptions import WaiterError


async def bucket(name: str) -> bool:
    async with get_session().create_client("s3") as s3:
        try:
            await s3.get_waiter("bucket_exists").wait(Bucket=name, WaiterConfig={"Delay": 2})
        except WaiterError as error:
            print(error.last_response)
            return False
        return True
