"""Metadata, tags, ACLs, URLs, buckets, and what is under way in them."""

from __future__ import annotations

import urllib.request
from pathlib import Path
from typing import Any

import pytest

from sotalia.events import BeforeSend
from sotalia.fs import S3FileSystem, S3Map
from sotalia.testing import LocalAWS
from tests.fs.conftest import close, options


@pytest.fixture
def path(fs: S3FileSystem, bucket: str) -> str:
    fs.pipe(f"{bucket}/a", b"some text", ContentType="text/plain", Metadata={"one": "1", "two-words": "2"})
    return f"{bucket}/a"


def test_metadata(fs: S3FileSystem, path: str) -> None:
    assert fs.metadata(path) == {"one": "1", "two-words": "2"}
    assert (fs.getxattr(path, "two_words"), fs.getxattr(path, "none")) == ("2", None)
    fs.setxattr(path, one=None, two_words="3", copy_kwargs={"CacheControl": "no-cache"})
    assert fs.metadata(path) == {"two-words": "3"}
    head = fs.call_s3("head_object", Bucket=path.partition("/")[0], Key="a")
    assert (head["ContentType"], head["CacheControl"]) == ("text/plain", "no-cache")
    with fs.open(path) as file:
        assert file.metadata() == {"two-words": "3"}
        assert file.getxattr("two_words") == "3"
        file.setxattr(four="4")
        assert file.metadata() == {"two-words": "3", "four": "4"}
        assert "Signature=" in file.url()
    with fs.open(path, "wb") as file, pytest.raises(NotImplementedError):
        file.setxattr(five="5")


def test_tags(fs: S3FileSystem, path: str) -> None:
    assert fs.get_tags(path) == {}
    fs.put_tags(path, {"a": "1"})
    fs.put_tags(path, {"b": "2"}, mode="m")
    assert fs.get_tags(path) == {"a": "1", "b": "2"}
    fs.put_tags(path, {"c": "3"})
    assert fs.get_tags(path) == {"c": "3"}
    with pytest.raises(ValueError, match="Mode"):
        fs.put_tags(path, {}, mode="x")


def test_urls(fs: S3FileSystem, path: str) -> None:
    for url in (fs.url(path), fs.sign(path, expiration=10)):
        with urllib.request.urlopen(url) as response:
            assert response.read() == b"some text"
    early, late = (int(fs.sign(path, expiration=seconds).rpartition("=")[2]) for seconds in (10, 1000))
    assert 980 < late - early < 1000
    assert fs.url(path, client_method="put_object") != fs.url(path)


def test_acls(aws: LocalAWS, fs: S3FileSystem, path: str) -> None:
    bucket = path.partition("/")[0]
    own = S3FileSystem(**options(aws), skip_instance_cache=True)
    seen: list[tuple[str, Any]] = []
    for operation in ("PutObjectAcl", "PutBucketAcl"):
        own.s3.meta.events.on(
            BeforeSend,
            lambda event, operation=operation: seen.append((operation, event.headers["x-amz-acl"])),
            operation=operation,
        )
    own.chmod(path, "public-read")
    own.chmod(bucket, "private")
    own.chmod(bucket, "authenticated-read", recursive=True)
    assert seen == [
        ("PutObjectAcl", b"public-read"),
        ("PutBucketAcl", b"private"),
        ("PutObjectAcl", b"authenticated-read"),
        ("PutBucketAcl", b"authenticated-read"),
    ]
    for target in (path, bucket):
        with pytest.raises(ValueError, match="ACL"):
            fs.chmod(target, "nobody")
    close(own)


def test_checksums(fs: S3FileSystem, path: str) -> None:
    before = fs.checksum(path)
    assert before == fs.checksum(path, refresh=True) == int("552e21cd4cd9918678e3c1a0df491bc3", 16)
    assert fs.checksum(path.partition("/")[0]) > 0
    with fs.open(path) as one, fs.open(path) as other:
        assert one == other
        assert hash(one) == hash(other)
    fs.pipe(path, b"other")
    assert fs.checksum(path) != before
    assert fs.modified(path).tzinfo is not None
    with pytest.raises(IsADirectoryError):
        fs.modified(path.partition("/")[0])


def test_touch(fs: S3FileSystem, path: str) -> None:
    with pytest.raises(ValueError, match="existent"):
        fs.touch(path, truncate=False)
    fs.touch(path, ContentType="text/csv")
    assert (fs.size(path), fs.info(path)["ContentType"]) == (0, "text/csv")
    fs.touch(f"{path}-new", truncate=False)
    assert fs.size(f"{path}-new") == 0


def test_buckets(aws: LocalAWS, fs: S3FileSystem, bucket: str) -> None:
    fs.mkdir(f"{bucket}/folder")  # Nothing to make.
    fs.makedirs(bucket, exist_ok=True)
    with pytest.raises(FileExistsError):
        fs.makedirs(bucket)
    with pytest.raises(FileNotFoundError):
        fs.mkdir(f"{bucket}-no/folder", create_parents=False)
    with pytest.raises(ValueError, match="ACL"):
        fs.mkdir(f"{bucket}-no", acl="nobody")
    with pytest.raises(ValueError, match="names no bucket"):
        fs.mkdir("")
    fs.mkdir(f"{bucket}-far/folder", acl="private", region_name="eu-west-1")
    assert fs.call_s3("get_bucket_location", Bucket=f"{bucket}-far")["LocationConstraint"] == "eu-west-1"
    assert f"{bucket}-far" in fs.ls("", refresh=True)
    fs.rmdir(f"{bucket}-far")
    assert f"{bucket}-far" not in fs.ls("", refresh=True)
    with pytest.raises(FileNotFoundError):
        fs.rmdir(f"{bucket}-far")
    with pytest.raises(FileNotFoundError):
        fs.rmdir(f"{bucket}/no")


def test_uploads_that_nobody_finished(fs: S3FileSystem, bucket: str) -> None:
    for key in ("a", "b"):
        fs.call_s3("create_multipart_upload", Bucket=bucket, Key=key)
    assert sorted(upload["Key"] for upload in fs.list_multipart_uploads(bucket)) == ["a", "b"]
    fs.clear_multipart_uploads(bucket)
    assert fs.list_multipart_uploads(bucket) == []


def test_get_and_put_trees(fs: S3FileSystem, bucket: str, tmp_path: Path) -> None:
    for name in ("a", "b/c", "b/d/e"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(name)
    fs.put(f"{tmp_path}/in/", f"{bucket}/tree", recursive=True)
    assert fs.cat(f"{bucket}/tree", recursive=True) == {
        f"{bucket}/tree/{name}": name.encode() for name in ("a", "b/c", "b/d/e")
    }
    fs.get(f"{bucket}/tree", f"{tmp_path}/out", recursive=True)
    assert (tmp_path / "out" / "b" / "d" / "e").read_text() == "b/d/e"


def test_mappings(fs: S3FileSystem, bucket: str) -> None:
    mapping = S3Map(f"{bucket}/map", fs)
    mapping["a/b"] = b"1"
    assert dict(mapping) == {"a/b": b"1"}
    del mapping["a/b"]
    assert "a/b" not in mapping


def test_credentials_for_others(aws: LocalAWS, fs: S3FileSystem) -> None:
    own = S3FileSystem(
        key="testing", secret="testing", client_kwargs={"region_name": "us-east-1"}, session=_with_sts(aws)
    )
    pars = own.get_delegated_s3pars()
    assert set(pars) == {"key", "secret", "token", "anon"}
    assert S3FileSystem(**pars).get_delegated_s3pars() == pars
    assert S3FileSystem(anon=True).get_delegated_s3pars() == {"anon": True}
    assert S3FileSystem().get_delegated_s3pars() == {"anon": False}


def _with_sts(aws: LocalAWS) -> Any:
    import sotalia

    session = sotalia.AsyncSession("testing", "testing", region_name="us-east-1")
    # There is no argument for the address of STS, which tests elsewhere take from the environment.
    session.events.on(
        BeforeSend,
        lambda event: setattr(event.request, "url", aws.endpoint_url + "/"),
        service="sts",
    )
    return session
