"""Links that others may use without keys."""

from __future__ import annotations

import boto3

s3 = boto3.client("s3", endpoint_url="http://localhost:9000", use_ssl=False, verify=False)


def link(key: str) -> str:
    return s3.generate_presigned_url("get_object", Params={"Bucket": "reports", "Key": key}, ExpiresIn=600)


def form(key: str) -> dict[str, str]:
    post = s3.generate_presigned_post("uploads", key, Conditions=[["content-length-range", 1, 1000]])
    return {"action": post["url"], **post["fields"]}


def region() -> str:
    return s3.meta.region_name
