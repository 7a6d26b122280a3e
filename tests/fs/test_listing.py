"""What there is, and what the cache of listings knows of it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sotalia.events import BeforeSend
from sotalia.fs import S3FileSystem
from sotalia.fs.entries import Tree, folder_entry, in_order
from sotalia.testing import LocalAWS
from tests.fs.conftest import close, options

KEYS = ["a", "a/b", "a/c/d", "a-b", "e/", "e/f", "g//h", "i/j/k/l"]


@pytest.fixture
def full(fs: S3FileSystem, aws: LocalAWS, bucket: str) -> str:
    client = aws.client("s3")
    for key in KEYS:
        client.put_object(Bucket=bucket, Key=key, Body=key.encode())
    return bucket


def test_ls(fs: S3FileSystem, full: str) -> None:
    assert fs.ls(full) == [f"{full}/{name}" for name in ["a", "a", "a-b", "e", "g", "i"]]
    assert fs.ls(f"{full}/a") == [f"{full}/a/b", f"{full}/a/c"]
    assert fs.ls(f"{full}/a-b") == [f"{full}/a-b"]
    assert [entry["type"] for entry in fs.ls(full, detail=True)] == [
        "file",
        "directory",
        "file",
        *["directory"] * 3,
    ]
    assert full in fs.ls("")
    with pytest.raises(FileNotFoundError):
        fs.ls(f"{full}/no")


def test_find(fs: S3FileSystem, full: str) -> None:
    found = sorted(f"{full}/{key}" for key in KEYS)
    assert fs.find(full) == found
    assert fs.find(f"{full}/a") == [f"{full}/a/b", f"{full}/a/c/d"]
    assert fs.find(f"{full}/a-b") == [f"{full}/a-b"]
    assert fs.find(f"{full}/no") == []
    assert fs.find(full, prefix="a/") == [f"{full}/a/b", f"{full}/a/c/d"]
    assert fs.find(full, maxdepth=1) == [f"{full}/a", f"{full}/a-b"]
    assert f"{full}/i/j/k" in fs.find(full, withdirs=True)
    assert fs.du(full) == sum(map(len, KEYS))
    assert fs.glob(f"{full}/a*") == [f"{full}/a", f"{full}/a-b"]
    assert fs.glob(f"{full}/**/d") == [f"{full}/a/c/d"]
    for path in ("", "s3://"):
        with pytest.raises(ValueError, match="bucket"):
            fs.find(path)
    with pytest.raises(ValueError, match="bucket"):
        fs.glob("*")
    with pytest.raises(ValueError, match="bucket"):
        list(fs.walk(""))


@pytest.mark.parametrize("begin", ["", "/a", "/i", "/e", "/g"])
def test_find_leaves_what_ls_would_have_listed(
    fs: S3FileSystem, aws: LocalAWS, full: str, begin: str
) -> None:
    fs.find(full + begin)
    known = dict(fs.dircache)
    assert full + begin in known
    fresh = S3FileSystem(**options(aws), use_listings_cache=False)
    for path, listing in known.items():
        assert [(entry["name"], entry["type"], entry["size"]) for entry in listing] == [
            (entry["name"], entry["type"], entry["size"]) for entry in fresh.ls(path, detail=True)
        ]


@given(st.lists(st.text("ab/", min_size=1, max_size=8), unique=True))
def test_trees(keys: list[str]) -> None:
    """Each folder lists what begins with its name and a slash, up to the next slash."""
    objects = [{"name": f"bucket/{key}", "type": "file"} for key in sorted(keys)]
    tree = Tree("bucket", objects)
    for folder, listing in tree.listings.items():
        below = [
            (one, one["name"][len(folder) + 1 :]) for one in objects if one["name"].startswith(f"{folder}/")
        ]
        expected = [one for one, rest in below if "/" not in rest]
        names = {folder + "/" + rest.partition("/")[0] for _, rest in below if "/" in rest}
        assert listing == sorted([*expected, *map(folder_entry, names)], key=in_order)


@pytest.mark.parametrize(
    ("path", "exists", "is_folder", "is_file"),
    [
        ("", True, True, False),
        ("/a", True, True, True),
        ("/a/b", True, False, True),
        ("/a/c", True, True, False),
        ("/a-b", True, False, True),
        ("/e", True, True, False),
        ("/no", False, False, False),
        ("/a/no", False, False, False),
        ("/i/j", True, True, False),
    ],
)
@pytest.mark.parametrize("is_cached", [False, True])
def test_one_path(
    fs: S3FileSystem, full: str, path: str, exists: bool, is_folder: bool, is_file: bool, is_cached: bool
) -> None:
    if is_cached:
        fs.find(full)
    assert fs.exists(full + path) is exists
    if path != "/a":  # An object and a folder at once: one of both.
        assert (fs.isdir(full + path), fs.isfile(full + path)) == (is_folder, is_file)


def test_writing_forgets_listings(fs: S3FileSystem, full: str) -> None:
    def listed() -> set[str]:
        return set(fs.ls(f"{full}/a"))

    assert len(listed()) == 2
    fs.pipe(f"{full}/a/1", b"")
    fs.touch(f"{full}/a/2")
    with fs.open(f"{full}/a/3", "wb") as file:
        file.write(b"3")
    fs.cp_file(f"{full}/a/b", f"{full}/a/4")
    assert listed() >= {f"{full}/a/{number}" for number in range(1, 5)}
    fs.rm(f"{full}/a/1")
    fs.rm_file(f"{full}/a/2")
    fs.mv(f"{full}/a/3", f"{full}/a/5")
    assert listed() == {f"{full}/a/{name}" for name in ["b", "c", "4", "5"]}


def test_listings_of_many_pages(aws: LocalAWS, fs: S3FileSystem, bucket: str) -> None:
    fs.pipe({f"{bucket}/{number:03}": b"" for number in range(25)})
    paged = S3FileSystem(**options(aws, s3_additional_kwargs={"MaxKeys": 10}), skip_instance_cache=True)
    seen: list[Any] = []
    paged.s3.meta.events.on(BeforeSend, seen.append, operation="ListObjectsV2")
    assert paged.find(bucket) == [f"{bucket}/{number:03}" for number in range(25)]
    assert len(seen) == 3
    close(paged)


def test_a_listing_that_gives_the_same_page_for_ever_ends(fs: S3FileSystem, aws: LocalAWS) -> None:
    page = (
        b"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
        b"</ListBucketResult>"
    )
    broken = S3FileSystem(**options(aws), skip_instance_cache=True)
    broken.s3.meta.events.on(BeforeSend, lambda event: event.respond(body=page), operation="ListObjectsV2")
    with pytest.raises(OSError, match="same page"):
        broken.find("bucket")
    close(broken)


def test_versions(aws: LocalAWS, fs: S3FileSystem, bucket: str) -> None:
    fs.make_bucket_versioned(bucket)
    assert fs.is_bucket_versioned(bucket)
    aware = S3FileSystem(**options(aws, version_aware=True))
    path = f"{bucket}/a"
    versions = []
    for text in (b"first", b"second"):
        with aware.open(path, "wb") as file:
            file.write(text)
        versions.append(file.version_id)
    assert [one["VersionId"] for one in aware.object_version_info(path)] == versions[::-1]
    assert sorted(aware.ls(path, versions=True)) == sorted(
        f"{path}?versionId={version}" for version in versions
    )
    assert aware.ls(path) == [path]
    for version, text in zip(versions, (b"first", b"second"), strict=True):
        named = f"{path}?versionId={version}"
        assert aware.cat_file(path, version_id=version) == aware.cat_file(named) == text
        assert aware.info(named)["VersionId"] == version
        assert aware.exists(named)
        with aware.open(named) as file:
            assert file.read() == text
        with aware.open(path, version_id=version) as file:
            assert file.read() == text
    with aware.open(path) as file:
        fs.pipe(path, b"third")
        assert file.read() == b"second"
    with pytest.raises(ValueError, match="version_aware"):
        fs.info(path, version_id=versions[0])
    with pytest.raises(ValueError, match="two versions"):
        aware.info(f"{path}?versionId={versions[0]}", version_id=versions[1])
    aware.rm(f"{path}?versionId={versions[0]}")
    aware.invalidate_cache()
    assert versions[0] not in [one["VersionId"] for one in aware.object_version_info(path)]
    aware.rm(bucket, recursive=True)
    assert not fs.exists(bucket)


def test_a_thousand_objects_and_more_are_removed(fs: S3FileSystem, aws: LocalAWS, bucket: str) -> None:
    seen: list[int] = []

    def note(params: Any, **kwargs: Any) -> None:
        seen.append(len(params["Delete"]["Objects"]))

    made = S3FileSystem(**options(aws), skip_instance_cache=True)
    made.s3.meta.events.register("provide-client-params.s3.DeleteObjects", note)
    paths = [f"{bucket}/{number}" for number in range(1005)]
    made.pipe(dict.fromkeys(random.Random(1).sample(paths, 3), b""))
    assert sorted(made.rm(paths)) == sorted(paths)
    assert sorted(seen) == [5, 1000]
    assert made.find(bucket) == []
    close(made)


def test_what_was_not_removed_is_an_error(aws: LocalAWS, bucket: str) -> None:
    refusal = (
        b"<DeleteResult><Error><Key>a</Key><Code>AccessDenied</Code><Message>not you</Message></Error>"
        b"<Error><Key>b</Key><Code>InternalError</Code><Message>later</Message></Error></DeleteResult>"
    )
    fs = S3FileSystem(**options(aws), skip_instance_cache=True)
    fs.s3.meta.events.on(BeforeSend, lambda event: event.respond(body=refusal), operation="DeleteObjects")
    with pytest.raises(PermissionError, match="not you") as caught:
        fs.rm([f"{bucket}/{name}" for name in "abc"])
    assert caught.value.filename == f"{bucket}/a"
    assert caught.value.__notes__ == [f"nor was {bucket}/b removed: InternalError later"]
    with pytest.raises(ValueError, match="one bucket"):
        fs._sync(fs._bulk_delete(["a/b", "c/d"]))
    with pytest.raises(ValueError, match="1000"):
        fs._sync(fs._bulk_delete(["a/b"] * 1001))
    close(fs)


def test_objects_of_several_buckets(fs: S3FileSystem, bucket: str) -> None:
    other = f"{bucket}-other"
    fs.mkdir(other)
    fs.pipe({f"{bucket}/a": b"1", f"{other}/a": b"2"})
    fs.rm([f"{bucket}/a", f"{other}/a"])
    assert fs.find(bucket) == fs.find(other) == []
    fs.rmdir(other)
