"""Copies within S3, and objects made of others."""

from __future__ import annotations

import random
from typing import Any

import pytest

from sotalia.events import BeforeSend
from sotalia.fs import S3FileSystem
from sotalia.testing import LocalAWS
from tests.fs.conftest import close, options

MB = 2**20
DATA = random.Random(3).randbytes(11 * MB)


@pytest.fixture
def small_threshold(fs: S3FileSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(S3FileSystem, "managed_copy_threshold", 5 * MB)


@pytest.mark.usefixtures("small_threshold")
@pytest.mark.parametrize("size", [0, 1, 5 * MB, 6 * MB])
def test_copies_are_what_the_source_is(fs: S3FileSystem, bucket: str, size: int) -> None:
    fs.pipe(f"{bucket}/a", DATA[:size], ContentType="text/plain", Metadata={"a": "b"})
    fs.cp_file(f"{bucket}/a", f"{bucket}/b")
    assert fs.cat(f"{bucket}/b") == DATA[:size]
    assert fs.info(f"{bucket}/b")["ContentType"] == "text/plain"
    assert fs.metadata(f"{bucket}/b") == {"a": "b"}
    fs.mv(f"{bucket}/b", f"{bucket}/c")
    assert fs.find(bucket) == [f"{bucket}/a", f"{bucket}/c"]
    assert fs.list_multipart_uploads(bucket) == []


def test_blocks_of_copies(fs: S3FileSystem, bucket: str) -> None:
    fs.pipe(f"{bucket}/a", DATA)
    fs._sync(fs._copy_managed(f"{bucket}/a", f"{bucket}/b", len(DATA), block=5 * MB))
    assert fs.cat(f"{bucket}/b") == DATA
    for block in (4 * MB, 6 * 1024 * MB):
        with pytest.raises(ValueError, match="5GB"):
            fs._sync(fs._copy_managed(f"{bucket}/a", f"{bucket}/b", len(DATA), block=block))


@pytest.mark.usefixtures("small_threshold")
def test_the_etag_is_kept_where_it_is_wanted(fs: S3FileSystem, bucket: str) -> None:
    with fs.open(f"{bucket}/a", "wb", block_size=5 * MB, ContentType="text/plain") as file:
        for start, end in ((0, 5 * MB + 7), (5 * MB + 7, len(DATA))):
            file.write(DATA[start:end])
    fs.cp_file(f"{bucket}/a", f"{bucket}/b")
    fs.cp_file(f"{bucket}/a", f"{bucket}/c", preserve_etag=True)
    etags = [fs.info(f"{bucket}/{name}")["ETag"] for name in "abc"]
    assert etags[0] == etags[2] != etags[1]
    assert fs.cat(f"{bucket}/c") == DATA
    assert fs.info(f"{bucket}/c")["ContentType"] == "text/plain"


@pytest.mark.parametrize("operation", ["UploadPartCopy", "CompleteMultipartUpload"])
@pytest.mark.parametrize("way", ["copy", "etag", "merge"])
@pytest.mark.usefixtures("small_threshold")
def test_what_fails_leaves_nothing(
    aws: LocalAWS, fs: S3FileSystem, bucket: str, operation: str, way: str
) -> None:
    own = S3FileSystem(**options(aws), skip_instance_cache=True)
    fs.pipe_file(f"{bucket}/a", DATA, chunksize=5 * MB)
    body = b"<Error><Code>AccessDenied</Code><Message>not you</Message></Error>"
    own.s3.meta.events.on(BeforeSend, lambda event: event.respond(403, body=body), operation=operation)
    with pytest.raises(PermissionError, match="not you"):  # noqa: PT012
        if way == "merge":
            own.merge(f"{bucket}/b", [f"{bucket}/a", f"{bucket}/a"])
        else:
            own.cp_file(f"{bucket}/a", f"{bucket}/b", preserve_etag=way == "etag")
    close(own)
    assert not fs.exists(f"{bucket}/b")
    assert fs.list_multipart_uploads(bucket) == []


def test_merge(fs: S3FileSystem, bucket: str) -> None:
    fs.pipe({f"{bucket}/a": DATA, f"s3://{bucket}/b": b"end"})
    fs.merge(f"{bucket}/c", [f"{bucket}/a", f"s3://{bucket}/b"], ContentType="text/plain")
    assert fs.cat(f"{bucket}/c") == DATA + b"end"
    assert fs.info(f"{bucket}/c")["ContentType"] == "text/plain"


def test_what_cannot_be_copied(aws: LocalAWS, fs: S3FileSystem, bucket: str) -> None:
    fs.pipe(f"{bucket}/a/b", b"1")
    for source in (f"{bucket}/no", f"{bucket}/a"):
        with pytest.raises(FileNotFoundError):
            fs.cp_file(source, f"{bucket}/c")
    aware = S3FileSystem(**options(aws, version_aware=True))
    for action in (aware.cp_file, lambda source, target: aware.merge(target, [source])):
        with pytest.raises(ValueError, match="version"):
            action(f"{bucket}/a/b", f"{bucket}/c?versionId=d")


def test_trees(fs: S3FileSystem, bucket: str) -> None:
    fs.pipe({f"{bucket}/a/{name}": name.encode() for name in ("b", "c/d", "c/e")})
    fs.copy(f"{bucket}/a/", f"{bucket}/z/", recursive=True)
    assert fs.find(f"{bucket}/z") == [f"{bucket}/z/{name}" for name in ("b", "c/d", "c/e")]
    fs.mv(f"{bucket}/z/c", f"{bucket}/y", recursive=True)
    assert fs.find(bucket) == [f"{bucket}/{name}" for name in ("a/b", "a/c/d", "a/c/e", "y/d", "y/e", "z/b")]


def test_arguments_of_copies(fs: S3FileSystem, aws: LocalAWS, bucket: str) -> None:
    fs.pipe(f"{bucket}/a", b"1")
    seen: list[Any] = []
    own = S3FileSystem(**options(aws), skip_instance_cache=True)
    own.s3.meta.events.on(BeforeSend, lambda event: seen.append(event.headers), operation="CopyObject")
    own.cp_file(f"{bucket}/a", f"{bucket}/b", ServerSideEncryption="AES256", NoParameter=1)
    assert seen[0]["x-amz-server-side-encryption"] == b"AES256"
    close(own)
