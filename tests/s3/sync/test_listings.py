"""Listings that are not provably whole: nothing is deleted after one, and nothing taken for missing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sotalia.config import Config
from sotalia.exceptions import ClientError, PaginationError
from sotalia.s3.sync import SyncError, folders, sync
from sotalia.testing import LocalAWS
from tests.client_kinds import KEYS, Kind
from tests.resources.plain import plain
from tests.s3.places import Against, against
from tests.s3.sync.test_safety import reasons
from tests.s3.sync.test_sync import LONG_AGO, Bench
from tests.transport.servers import Connection, serving

__all__ = ["against"]

ITEM = "<Contents><Key>{}</Key><Size>1</Size><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>"


def page(*keys: str, **values: str) -> str:
    """A page that is well, but for ``values``: elements that are added, changed, or left out when empty."""
    known = {
        "Name": "bkt",
        "Prefix": "p/",
        "KeyCount": str(len(keys)),
        "EncodingType": "url",
        "IsTruncated": "false",
        **values,
    }
    elements = "".join(f"<{name}>{value}</{name}>" for name, value in known.items() if value)
    items = "".join(map(ITEM.format, keys))
    return f"<ListBucketResult>{elements}{items}</ListBucketResult>"


def more(token: str, *keys: str) -> str:
    return page(*keys, IsTruncated="true", NextContinuationToken=token)


# Each lists "a", and says in some way that this may not be all.
NOT_WHOLE: dict[str, list[str]] = {
    "truncated, no token": [page("p/a", IsTruncated="true")],
    "truncated, empty token": [
        page("p/a", IsTruncated="true", NextContinuationToken=" ").replace("> <", "><")
    ],
    "truncated, no token, later": [more("t", "p/a"), page("p/b", IsTruncated="true")],
    "same token": [more("t", "p/a"), more("t", "p/b")],
    "tokens in a circle": [more("t", "p/a"), more("u"), more("t"), more("u")],
    "does not say": [page("p/a", IsTruncated="")],
    "does not say, later": [more("t", "p/a"), page("p/b", IsTruncated="")],
    "too few keys": [page("p/a", KeyCount="2")],
    "keys that were not counted": [page("p/a", KeyCount="0")],
    "another bucket": [page("p/a", Name="other")],
    "another prefix": [page("p/a", Prefix="q/")],
    "keys of another prefix": [page("p/a", "q/a")],
    "groups": [page("p/a", CommonPrefixes="<Prefix>p/b/</Prefix>")],
    "encoded or not": [page("p/a", "p/b%20c", EncodingType="")],
    "no size": [page("p/a").replace("<Size>1</Size>", "")],
    "no date": [page("p/a").replace("<LastModified>2026-01-01T00:00:00Z</LastModified>", "")],
    "no key": [page("p/a").replace("<Key>p/a</Key>", "")],
    "out of order": [page("p/b", "p/a")],
    "twice": [page("p/a", "p/a")],
    "empty document": ["<ListBucketResult/>"],
    "no listing": ["<html><body>please log in</body></html>"],
    "no body": [""],
    "cut": [page("p/a")[:-30]],
    "json": ['{"Contents": []}'],
    "error": ["<Error><Code>AccessDenied</Code><Message>m</Message></Error>"],
}


class Lists:
    """Answers listings of this prefix from a script, the last page for ever, and refuses all else."""

    def __init__(self, pages: list[str], others: str) -> None:
        self.pages = pages
        self.others = others
        self.deleted: list[bytes] = []
        self.listed = 0

    def __call__(self, connection: Connection) -> None:
        while True:
            head, body = connection.request()
            line = head.split(b"\r\n", 1)[0]
            if line.startswith((b"POST", b"DELETE")):
                self.deleted.append(line + body)
            text = self.others
            if b"prefix=p" in line:
                text = self.pages[min(self.listed, len(self.pages) - 1)]
                self.listed += 1
            connection.send(
                b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(text.encode()), text.encode())
            )


@pytest.fixture
def run(client_kind: Kind, against: Against) -> Callable[..., Any]:
    """``run(server, source, target)`` syncs with deletions."""

    def sync_with(server: Lists, source: Any, target: Any, **arguments: Any) -> Any:
        with against(server) as s3:
            return client_kind.run(sync(s3.raw, source, target, delete=True, **arguments))

    return sync_with


WAYS = [(name, way) for name in NOT_WHOLE for way in ("down", "up")]
WAYS += [(name, way) for name in ("truncated, no token", "does not say, later") for way in ("from", "to")]


@pytest.mark.parametrize(("name", "way"), WAYS)
def test_nothing_is_deleted(run: Any, tmp_path: Path, name: str, way: str) -> None:
    """Neither on the other side, nor of what such a listing has too much."""
    for file in ("b", "c"):
        (tmp_path / file).write_bytes(b"1")
        os.utime(tmp_path / file, (LONG_AGO, LONG_AGO))
    others = page("q/a", "q/b", "q/c", Prefix="q/")
    server = Lists(NOT_WHOLE[name], others)
    source, target = {
        "down": ("s3://bkt/p", tmp_path),
        "up": (tmp_path, "s3://bkt/p"),
        "from": ("s3://bkt/p", "s3://bkt/q"),
        "to": ("s3://bkt/q", "s3://bkt/p"),
    }[way]
    with pytest.raises(Exception) as raised:
        run(server, source, target)
    assert str(raised.value)
    assert not isinstance(raised.value, KeyError | AttributeError | TypeError | ValueError | AssertionError)
    assert server.deleted == []
    assert {"b", "c"} <= set(os.listdir(tmp_path))


def test_a_listing_that_is_whole(run: Any, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    server = Lists([more("t", "p/a", "p/b+b"), more("u"), page("p/c%25")], "<DeleteResult/>")
    assert run(server, tmp_path, "s3://bkt/p", size_only=True).deleted == ["b b", "c%"]
    assert b"<Key>p/c%</Key>" in server.deleted[0]


def test_aliases_of_buckets(run: Any, tmp_path: Path) -> None:
    """An access point lists under the name of its bucket."""
    (tmp_path / "a").write_bytes(b"1")
    server = Lists([page("p/a", Name="the-bucket")], "")
    assert run(server, tmp_path, "s3://point-abc-s3alias/p", size_only=True).unchanged == 1


@pytest.mark.parametrize(
    "text",
    [
        "<DeleteResult><Error><Key>p/b</Key><Code>AccessDenied</Code><Message>m</Message></Error></DeleteResult>",
        "<DeleteResult><Error><Code>InternalError</Code><Message>m</Message></Error></DeleteResult>",
        "<DeleteResult><Error><Key>q/b</Key><Code>InternalError</Code><Message>m</Message></Error></DeleteResult>",
    ],
)
def test_errors_of_a_deletion_that_went_well(run: Any, tmp_path: Path, text: str) -> None:
    """DeleteObjects tells in a 200 what it did not delete; an error that names no key may be of any."""
    (tmp_path / "a").write_bytes(b"1")
    server = Lists([page("p/a", "p/b")], text)
    with pytest.raises(SyncError, match="delete of 'b' failed") as raised:
        run(server, tmp_path, "s3://bkt/p", size_only=True)
    assert raised.value.report.deleted == []
    assert isinstance(raised.value.report.failed[0].error, ClientError)


@pytest.mark.parametrize("size", [0, 2])
def test_objects_of_another_size_than_listed(run: Any, tmp_path: Path, size: int) -> None:
    """The listing says one byte; the file that is there stays."""
    (tmp_path / "a").write_bytes(b"older")
    os.utime(tmp_path / "a", (LONG_AGO, LONG_AGO))
    server = Lists([page("p/a")], "x" * size)
    with pytest.raises(SyncError, match=r"listing says that .* 1 bytes") as raised:
        run(server, "s3://bkt/p", tmp_path)
    assert [failed.path for failed in raised.value.report.failed] == ["a"]
    assert os.listdir(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"older"


@pytest.fixture
def bench(client_kind: Kind, aws: LocalAWS, tmp_path: Path) -> Bench:
    folder = tmp_path / "folder"
    folder.mkdir()
    return Bench(client_kind, aws, folder)


def test_an_object_that_is_replaced_after_it_was_listed(bench: Bench) -> None:
    """What is newer than the listing says may have any size; the next sync looks at it again."""
    bench.put("p/a", data=b"new and longer")

    def older(parsed: dict[str, Any], **kwargs: Any) -> None:
        for item in parsed["Contents"]:
            item["Size"] = 1
            item["LastModified"] = item["LastModified"].replace(year=2001)

    bench.s3.raw.meta.events.register("after-call.s3.ListObjectsV2", older)
    assert bench.download().transferred == ["a"]
    assert bench.files() == {"a": b"new and longer"}


def test_a_source_of_markers_and_links_to_nowhere_is_empty(bench: Bench, tmp_path: Path) -> None:
    """As is one whose disk is not mounted."""
    bench.put("p/", "p/d/", data=b"")
    bench.put("q/data/x")
    bench.write("a")
    with pytest.raises(SyncError, match="is empty, so all 1 files"):
        bench.download(delete=True)
    assert bench.files() == {"a": b"a"}
    (bench.folder / "a").unlink()
    (bench.folder / "data").symlink_to(tmp_path / "not-mounted")
    bench.put("q/other")
    with pytest.raises(SyncError, match="is empty, so all 1 files"):
        bench.upload("q", delete=True)
    # Nor is what was there deleted when there is something else.
    bench.write("a", "data-b")
    report = bench.upload("q", delete=True)
    assert report.deleted == ["other"]
    assert reasons(report) == {"data": "a link that leads nowhere"}
    assert set(bench.objects("q/")) == {"a", "data-b", "data/x"}


def test_names_that_are_one_file(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where case does not matter, as on macOS and Windows."""
    monkeypatch.setattr(folders, "_ignores_case", lambda root: True)
    bench.put("p/A", "p/a", "p/B/x", "p/b/X", "p/b/y", "p/same")
    bench.write("SAME", "gone", at=LONG_AGO)
    report = bench.download(delete=True)
    assert report.transferred == ["A", "B/x", "b/y", "same"]
    assert report.deleted == ["gone"]
    assert reasons(report) == {
        "a": "this file system takes its name for that of 'A'",
        "b/X": "this file system takes its name for that of 'B/x'",
        "SAME": "this file system takes its name for that of 'same'",
    }


def test_whether_case_matters_is_asked_of_the_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "name").mkdir()
    is_one = (tmp_path / "NAME").exists()
    for root in (tmp_path / "name", tmp_path / "name" / "1" / "missing"):
        found = folders.folding(str(root))
        assert (found is not None and found("A") == "a") == is_one
    assert folders.folding("/") is None or is_one
    monkeypatch.setattr(os.path, "samefile", lambda one, other: True)
    fold = folders.folding(str(tmp_path / "name"))
    assert fold is not None
    assert fold("E\u0301") == fold("\u00e9") == "\u00e9"


# -- the same for who deletes what a listing found --------------------------------------------------------------------


def v1(text: str) -> str:
    """The same page of the first version of listings."""
    return text.replace("NextContinuationToken", "NextMarker")


@pytest.mark.parametrize("is_whole", [True, False])
def test_deletions_of_collections(client_kind: Kind, is_whole: bool) -> None:
    """They go on behind an empty page, and do not take a part for the whole."""
    last = page() if is_whole else page(IsTruncated="true")
    pages = [v1(more("p/a", "p/a")), v1(more("p/am")), v1(more("p/b", "p/b")), last]
    server = Lists(pages, "<DeleteResult><Error><Key>p/b</Key><Code>C</Code></Error></DeleteResult>")
    config = Config(s3={"addressing_style": "path"})
    with serving(server) as port:
        arguments: dict[str, Any] = {"endpoint_url": f"http://127.0.0.1:{port}", "config": config}
        session = client_kind.session(**KEYS)
        bucket = plain(session.resource("s3", **arguments), client_kind).Bucket("bkt")
        objects = bucket.objects.filter(Prefix="p/")
        try:
            if is_whole:
                answers = objects.delete()
                # What was not deleted stands in the answers, as in the reference's.
                assert [answer["Errors"][0]["Key"] for answer in answers] == ["p/b", "p/b"]
            else:
                with pytest.raises(PaginationError, match="more"):
                    objects.delete()
                server.listed = 0
                assert len(list(objects.limit(2))) == 2
                with pytest.raises(PaginationError, match="more"):
                    list(objects)
        finally:
            client = bucket.raw.meta.client
            client_kind.run(client.aclose() if client_kind.is_async else client.close())
        assert len(server.deleted) == 2
