"""Upload and download files."""

from __future__ import annotations

from io import BytesIO

import boto3
from boto3.s3.transfer import TransferConfig

config = TransferConfig(multipart_threshold=16 * 1024 * 1024, max_concurrency=4, use_threads=True)
s3 = boto3.client("s3")
bucket = boto3.resource("s3").Bucket("reports")


def progress(count: int) -> None:
    print(count)


def upload(path: str, key: str) -> None:
    s3.upload_file(
        path, "reports", key, ExtraArgs={"ContentType": "text/csv"}, Callback=progress, Config=config
    )
    s3.upload_fileobj(BytesIO(b"data"), Bucket="reports", Key=key, Config=config)
    bucket.upload_file(path, key, Config=config)


def download(key: str, path: str) -> bytes:
    s3.download_file(Bucket="reports", Key=key, Filename=path, Config=config)
    stream = BytesIO()
    bucket.Object(key).download_fileobj(stream)
    return stream.getvalue()


def duplicate(key: str) -> None:
    s3.copy({"Bucket": "reports", "Key": key}, "archive", key, Config=config)


def clear(prefix: str) -> int:
    removed = 0
    for summary in bucket.objects.filter(Prefix=prefix):
        removed += summary.size
        summary.delete()
    return removed
