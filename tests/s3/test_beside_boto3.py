"""One script of S3 calls, run with boto3 and with sotalia sync and async against the embedded S3: equal results."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from sotalia.testing import LocalAWS
from tests.client_kinds import Kind

MEGABYTES = bytes(range(256)) * 4096 * 5
Step = Callable[[Any, str], Any]


def create_bucket(s3: Any, bucket: str) -> Any:
    return s3.create_bucket(Bucket=bucket)


def list_buckets(s3: Any, bucket: str) -> Any:
    found = s3.list_buckets()
    return bucket in [entry["Name"] for entry in found["Buckets"]], sorted(found)


def put_and_get(s3: Any, bucket: str) -> Any:
    put = s3.put_object(Bucket=bucket, Key="a b/ü+%.txt", Body="héllo", Metadata={"one": "1", "Two": "2"})
    got = s3.get_object(Bucket=bucket, Key="a b/ü+%.txt")
    body = got.pop("Body").read()
    return put, got, body


def put_kinds_of_bodies(s3: Any, bucket: str) -> Any:
    results = []
    for number, body in enumerate([b"", b"bytes", "text", io.BytesIO(b"file"), bytearray(b"array")]):
        s3.put_object(Bucket=bucket, Key=f"body-{number}", Body=body)
        results.append(s3.get_object(Bucket=bucket, Key=f"body-{number}")["Body"].read())
    no_body = s3.put_object(Bucket=bucket, Key="none")
    return results, no_body


def head(s3: Any, bucket: str) -> Any:
    return s3.head_object(Bucket=bucket, Key="body-1"), s3.head_bucket(Bucket=bucket)


def listings(s3: Any, bucket: str) -> Any:
    for name in ("list/a&b", "list/c d", "list/sub/é", "list/sub/f"):
        s3.put_object(Bucket=bucket, Key=name, Body=b"x")
    return [
        s3.list_objects_v2(Bucket=bucket, Prefix="list/"),
        s3.list_objects_v2(Bucket=bucket, Prefix="list/", Delimiter="/"),
        s3.list_objects_v2(Bucket=bucket, Prefix="list/", MaxKeys=2)["IsTruncated"],
        s3.list_objects(Bucket=bucket, Prefix="list/", Delimiter="/"),
        s3.list_objects_v2(Bucket=bucket, Prefix="nothing"),
        s3.list_object_versions(Bucket=bucket, Prefix="list/sub"),
    ]


def multipart(s3: Any, bucket: str) -> Any:
    upload = s3.create_multipart_upload(Bucket=bucket, Key="parts", ContentType="text/plain")
    upload_id = upload["UploadId"]
    parts = []
    for number, data in ((1, b"a" * 5 * 1024 * 1024), (2, b"end")):
        part = s3.upload_part(Bucket=bucket, Key="parts", PartNumber=number, UploadId=upload_id, Body=data)
        parts.append({"PartNumber": number, "ETag": part["ETag"]})
    listed = s3.list_parts(Bucket=bucket, Key="parts", UploadId=upload_id)["Parts"]
    done = s3.complete_multipart_upload(
        Bucket=bucket, Key="parts", UploadId=upload_id, MultipartUpload={"Parts": parts}
    )
    body = s3.get_object(Bucket=bucket, Key="parts", Range="bytes=5242878-")
    content = body.pop("Body").read()
    return [sorted(entry) for entry in listed], done, body, content


def copies(s3: Any, bucket: str) -> Any:
    results = [
        s3.copy_object(Bucket=bucket, Key="copy-1", CopySource=f"{bucket}/a b/ü+%.txt"),
        s3.copy_object(Bucket=bucket, Key="copy-2", CopySource={"Bucket": bucket, "Key": "a b/ü+%.txt"}),
    ]
    return results, s3.get_object(Bucket=bucket, Key="copy-2")["Metadata"]


def tagging(s3: Any, bucket: str) -> Any:
    tags = {"TagSet": [{"Key": "k + =", "Value": "v"}, {"Key": "b", "Value": "x y"}]}
    put = s3.put_object_tagging(Bucket=bucket, Key="body-1", Tagging=tags)
    return put, s3.get_object_tagging(Bucket=bucket, Key="body-1")


def configuration(s3: Any, bucket: str) -> Any:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket,
        LifecycleConfiguration={
            "Rules": [{"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "p"}, "Expiration": {"Days": 3}}]
        },
    )
    return [
        s3.get_bucket_versioning(Bucket=bucket),
        s3.get_bucket_lifecycle_configuration(Bucket=bucket),
        s3.get_bucket_location(Bucket=bucket),
        s3.get_bucket_acl(Bucket=bucket),
        s3.put_object(Bucket=bucket, Key="acl", ACL="public-read", Body=b"")["ResponseMetadata"][
            "HTTPStatusCode"
        ],
        s3.get_object_acl(Bucket=bucket, Key="acl"),
    ]


def streams(s3: Any, bucket: str) -> Any:
    s3.put_object(Bucket=bucket, Key="large", Body=io.BytesIO(MEGABYTES))
    body = s3.get_object(Bucket=bucket, Key="large")["Body"]
    first = body.read(10)
    rest = body.read()
    chunks = s3.get_object(Bucket=bucket, Key="large")["Body"].iter_chunks(65536)
    return first + rest == MEGABYTES, b"".join(chunks) == MEGABYTES


def lines(s3: Any, bucket: str) -> Any:
    s3.put_object(Bucket=bucket, Key="lines", Body=b"one\r\ntwo\n\nthree")
    return [
        list(s3.get_object(Bucket=bucket, Key="lines")["Body"].iter_lines(size)) for size in (1, 4, 5, 1024)
    ]


def encryption(s3: Any, bucket: str) -> Any:
    key = "k" * 32
    arguments = {"Bucket": bucket, "Key": "sse", "SSECustomerAlgorithm": "AES256", "SSECustomerKey": key}
    put = s3.put_object(Body=b"secret", **arguments)
    return put, s3.get_object(**arguments)["Body"].read()


def deletions(s3: Any, bucket: str) -> Any:
    one = s3.delete_object(Bucket=bucket, Key="none")
    many = s3.delete_objects(
        Bucket=bucket, Delete={"Objects": [{"Key": "body-0"}, {"Key": "list/a&b"}, {"Key": "line\r\nbreak"}]}
    )
    return sorted(one), sorted(many), sorted(entry["Key"] for entry in many["Deleted"])


def errors(s3: Any, bucket: str) -> Any:
    results = []
    for call in (
        lambda: s3.get_object(Bucket=bucket, Key="missing"),
        lambda: s3.head_object(Bucket=bucket, Key="missing"),
        lambda: s3.list_objects_v2(Bucket="no-such-bucket-at-all"),
        lambda: s3.head_bucket(Bucket="no-such-bucket-at-all"),
        lambda: s3.get_object(Bucket=bucket, Key="acl", IfMatch='"other"'),
        lambda: s3.get_bucket_policy(Bucket=bucket),
        lambda: s3.put_object(Bucket=bucket, Key=1),
        lambda: s3.put_object(Bucket=bucket),
        lambda: s3.put_object(Bucket=bucket, Key="k", Nonsense=1, Body={}),
        lambda: s3.put_object(Bucket=bucket, Key="k", Metadata={"ü": "x"}),
        lambda: s3.get_object(Bucket="not a bucket!", Key="k"),
        lambda: s3.copy_object(Bucket=bucket, Key="k", CopySource={"Bucket": "b"}),
        lambda: s3.get_object(Bucket="", Key="k"),
    ):
        with pytest.raises(Exception) as caught:
            call()
        error = caught.value
        kinds = [kind.__name__ for kind in type(error).__mro__]
        results.append((kinds, str(error).replace(bucket, "BUCKET"), getattr(error, "response", None)))
    return results


def pages(s3: Any, bucket: str) -> Any:
    paginator = s3.get_paginator("list_objects_v2")
    keys = [
        entry["Key"]
        for page in paginator.paginate(Bucket=bucket, PaginationConfig={"PageSize": 2})
        for entry in page["Contents"]
    ]
    s3.get_waiter("object_exists").wait(Bucket=bucket, Key="acl")
    whole = paginator.paginate(Bucket=bucket, PaginationConfig={"MaxItems": 3}).build_full_result()
    return keys, sorted(whole), [entry["Key"] for entry in whole["Contents"]]


ODD_KEYS = "a b,a+b,a%20b,é/ü,a&b<c>,tab\t,dot/./x,hash#1,semi;,'\",emoji😀,trail/,~tilde,*star, lead".split(
    ","
)


def odd_keys(s3: Any, bucket: str) -> Any:
    for key in ODD_KEYS:
        s3.put_object(Bucket=bucket, Key=f"odd/{key}", Body=key)
    bodies = [s3.get_object(Bucket=bucket, Key=f"odd/{key}")["Body"].read() for key in ODD_KEYS]
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="odd/")["Contents"]
    grouped = s3.list_objects_v2(Bucket=bucket, Prefix="odd/a", Delimiter=" ", StartAfter="odd/a")
    deleted = s3.delete_objects(
        Bucket=bucket, Delete={"Objects": [{"Key": f"odd/{key}"} for key in ODD_KEYS]}
    )
    return (
        bodies,
        [entry["Key"] for entry in listed],
        grouped,
        sorted(entry["Key"] for entry in deleted["Deleted"]),
    )


STEPS: list[Step] = [
    create_bucket,
    list_buckets,
    put_and_get,
    put_kinds_of_bodies,
    head,
    listings,
    multipart,
    copies,
    tagging,
    configuration,
    streams,
    lines,
    encryption,
    deletions,
    errors,
    pages,
    odd_keys,
]

# What differs from one run to the next, or names the run's own bucket.
_VARYING = {
    "RequestId",
    "HostId",
    "HTTPHeaders",
    "LastModified",
    "UploadId",
    "VersionId",
    "CreationDate",
    "Location",
    "ID",
}


def comparable(value: Any, bucket: str) -> Any:
    if isinstance(value, dict):
        return {
            key: sorted(item)
            if key == "HTTPHeaders"
            else type(item).__name__
            if key in _VARYING
            else comparable(item, bucket)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [comparable(item, bucket) for item in value]
    return value.replace(bucket, "BUCKET") if isinstance(value, str) else value


def run(s3: Any, step: Step, bucket: str) -> Any:
    return comparable(step(s3, bucket), bucket)


class Script:
    """Runs steps with boto3 once, and remembers what came."""

    def __init__(self, aws: LocalAWS) -> None:
        self.bucket = f"script-{uuid.uuid4().hex[:12]}"
        session = boto3.Session("testing", "testing", region_name="us-east-1")
        s3 = session.client("s3", endpoint_url=aws.endpoint_url)
        self.results = {step.__name__: run(s3, step, self.bucket) for step in STEPS}


@pytest.fixture(scope="module")
def with_boto3(aws: LocalAWS) -> Script:
    return Script(aws)


def test_script(aws: LocalAWS, with_boto3: Script, client_kind: Kind) -> None:
    bucket = f"script-{uuid.uuid4().hex[:12]}"
    session = client_kind.session(
        aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1"
    )
    s3 = client_kind.client("s3", session, endpoint_url=aws.endpoint_url)
    for step in STEPS:
        assert run(s3, step, bucket) == with_boto3.results[step.__name__], step.__name__
