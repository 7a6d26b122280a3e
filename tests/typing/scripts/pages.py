"""Everything that is listed in pages."""

from __future__ import annotations

from collections.abc import Iterator

import boto3

s3 = boto3.client("s3")
dynamodb = boto3.client("dynamodb")


def keys(bucket: str) -> Iterator[str]:
    paginator = s3.get_paginator("list_objects_v2")
    for page in paginator.paginate(Bucket=bucket, PaginationConfig={"PageSize": 100, "MaxItems": 1000}):
        for entry in page.get("Contents", []):
            yield entry["Key"]


def tables() -> list[str]:
    found: list[str] = []
    for page in dynamodb.get_paginator("list_tables").paginate():
        found.extend(page["TableNames"])
    return found


def largest(bucket: str) -> int:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return max((size for size in pages.search("Contents[].Size")), default=0)


def everything(bucket: str) -> int:
    whole = s3.get_paginator("list_object_versions").paginate(Bucket=bucket).build_full_result()
    return len(whole["Versions"])
