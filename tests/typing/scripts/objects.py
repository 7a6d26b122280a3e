"""Read, write and list objects."""

from __future__ import annotations

import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

s3 = boto3.client("s3", region_name="eu-west-1", config=Config(retries={"mode": "standard"}))


def load(bucket: str, key: str) -> dict[str, str]:
    try:
        response = s3.get_object(Bucket=bucket, Key=key)
    except s3.exceptions.NoSuchKey:
        return {}
    except ClientError as error:
        print(error.response["Error"]["Code"])  # boto3 only: "Error" may be missing
        raise
    text = response["Body"].read().decode()
    found: dict[str, str] = json.loads(text)
    return found


def save(bucket: str, key: str, settings: dict[str, str]) -> str:
    written = s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(settings), ContentType="application/json")
    return written["ETag"]


def sizes(bucket: str) -> dict[str, int]:
    listing = s3.list_objects_v2(Bucket=bucket, Prefix="logs/")
    return {entry["Key"]: entry["Size"] for entry in listing.get("Contents", [])}


def first(bucket: str) -> str:
    return s3.list_objects_v2(Bucket=bucket)["Contents"][0]["Key"]


def remove(bucket: str, keys: list[str]) -> int:
    result = s3.delete_objects(
        Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
    )
    return len(result.get("Errors", []))
