from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sotalia.fs import S3FileSystem
from sotalia.fs.paths import names_version, one_version, split_bucket, with_version

POINT = "arn:aws:s3:us-west-2:123456789012:accesspoint/mine"
OUTPOST = "arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/accesspoint/mine"
LAMBDA = "arn:aws-cn:s3-object-lambda:us-west-2:123456789012:accesspoint/mine"


@pytest.mark.parametrize(
    ("path", "bucket", "key", "version"),
    [
        ("bucket", "bucket", "", None),
        ("bucket/", "bucket", "", None),
        ("s3://bucket/a/b", "bucket", "a/b", None),
        ("s3a://bucket/a/b", "bucket", "a/b", None),
        ("sotalia://bucket/a/b", "bucket", "a/b", None),
        ("/bucket/a", "bucket", "a", None),
        ("bucket/a/", "bucket", "a/", None),
        ("bucket/a//", "bucket", "a//", None),
        ("bucket//a", "bucket", "/a", None),
        ("bucket/a?b", "bucket", "a?b", None),
        ("bucket/a?versionId=v1", "bucket", "a", "v1"),
        ("bucket/a?versionId=", "bucket", "a", None),
        (f"s3://{POINT}/a/b", POINT, "a/b", None),
        (f"{OUTPOST}/a", OUTPOST, "a", None),
        (f"{LAMBDA}/a?versionId=v1", LAMBDA, "a", "v1"),
        ("arn:aws:sns:us-west-2:123456789012:topic/a", "arn:aws:sns:us-west-2:123456789012:topic", "a", None),
        ("", "", "", None),
    ],
)
def test_split_path(path: str, bucket: str, key: str, version: str | None) -> None:
    assert S3FileSystem(version_aware=True, anon=True).split_path(path) == (bucket, key, version)


def test_a_filesystem_without_versions_drops_them() -> None:
    assert S3FileSystem(anon=True).split_path("bucket/a?versionId=v1") == ("bucket", "a", None)


@given(st.text(st.characters(blacklist_characters="/"), min_size=1), st.text())
def test_what_is_joined_is_split(bucket: str, key: str) -> None:
    if not bucket.startswith("arn:"):
        assert split_bucket(f"{bucket}/{key}") == (bucket, key)


@given(st.text())
def test_any_text_is_split_into_what_it_consists_of(path: str) -> None:
    bucket, key = split_bucket(path)
    assert path in (bucket, f"{bucket}/{key}", f"{bucket}:{key}")


def test_versions() -> None:
    assert with_version("a", "v") == "a?versionId=v"
    assert with_version("a", "null") == with_version("a", None) == "a"
    assert names_version("s3://bucket/a?versionId=v")
    assert not names_version("s3://bucket/a?b=c")
    assert one_version(None, "v", "v") == "v"
    assert one_version(None) is None
    with pytest.raises(ValueError, match="two versions"):
        one_version("v", "w")
