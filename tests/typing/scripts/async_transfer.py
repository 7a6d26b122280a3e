"""Upload and download in parts."""

from __future__ import annotations

from aiobotocore.session import get_session


async def upload(key: str, parts: list[bytes]) -> str:
    async with get_session().create_client("s3") as s3:
        begun = await s3.create_multipart_upload(Bucket="reports", Key=key)
        etags = [
            await s3.upload_part(
                Bucket="reports", Key=key, UploadId=begun["UploadId"], PartNumber=number, Body=part
            )
            for number, part in enumerate(parts, 1)
        ]
        finished = await s3.complete_multipart_upload(
            Bucket="reports",
            Key=key,
            UploadId=begun["UploadId"],
            MultipartUpload={
                "Parts": [
                    {"ETag": part["ETag"], "PartNumber": number} for number, part in enumerate(etags, 1)
                ]
            },
        )
        return finished["ETag"]
