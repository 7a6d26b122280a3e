"""Copying, moving and deleting many at once, sync and async: what goes where, and what is never lost."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from sotalia.exceptions import S3UploadFailedError
from sotalia.s3.bulk import delete, transfer
from sotalia.s3.bulk.reading import read
from sotalia.s3.bulk.sources import NothingFoundError
from sotalia.s3.sync import SyncReport
from sotalia.s3.sync.filters import OrderedFilters
from sotalia.testing import LocalAWS
from tests.client_kinds import Kind

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
MB = 1024 * 1024


class Bench:
    """A client, a bucket and a folder, in which we are."""

    def __init__(self, client_kind: Kind, aws: LocalAWS, folder: Path) -> None:
        self.s3 = client_kind.client("s3", client_kind.session(**KEYS), endpoint_url=aws.endpoint_url)
        self._run = client_kind.run
        self.bucket = f"bulk-{uuid.uuid4().hex[:12]}"
        self.s3.create_bucket(Bucket=self.bucket)
        self.folder = folder

    def at(self, key: str = "") -> str:
        return f"s3://{self.bucket}/{key}"

    def put(self, *keys: str) -> None:
        for key in keys:
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=key.encode())

    def write(self, *paths: str) -> None:
        for path in paths:
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(path)

    def stored(self) -> dict[str, str]:
        """What each object has."""
        found = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return {item["Key"]: self.body(item["Key"]) for item in found}

    def body(self, key: str) -> str:
        from io import BytesIO

        file = BytesIO()
        self._run(self.s3.raw.download_fileobj(self.bucket, key, file))
        return file.getvalue().decode()

    def files(self) -> dict[str, str]:
        return {
            str(path.relative_to(self.folder)): path.read_text()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }

    def transfer(self, sources: Any, target: Any, **arguments: Any) -> SyncReport:
        report: SyncReport = self._run(transfer(self.s3.raw, sources, target, **arguments))
        return report

    def delete(self, *sources: str, **arguments: Any) -> SyncReport:
        report: SyncReport = self._run(delete(self.s3.raw, list(sources), **arguments))
        return report

    def read(self, *sources: str, **arguments: Any) -> bytes:
        from io import BytesIO

        file = BytesIO(b"before ")
        file.seek(0, os.SEEK_END)
        self._run(read(self.s3.raw, sources, file, **arguments))
        return file.getvalue()


@pytest.fixture
def bench(client_kind: Kind, aws: LocalAWS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Bench(client_kind, aws, folder)


def answer(status: int, body: bytes) -> Any:
    """A response in the server's place."""
    return AWSResponse("http://localhost", status, {}, SimpleNamespace(stream=lambda **kwargs: iter([body])))


def reasons(report: SyncReport) -> dict[str, str]:
    return {one.path: one.reason for one in report.skipped}


@pytest.mark.parametrize(
    ("sources", "target", "recursive", "expected"),
    [
        (["a.txt"], "", False, {"a.txt": "a.txt"}),
        (["a.txt"], "p/", False, {"p/a.txt": "a.txt"}),
        (["d/b.txt"], "p", False, {"p": "d/b.txt"}),
        (["d/b.txt"], "p/new", False, {"p/new": "d/b.txt"}),
        (["d/b.txt"], "p//new", False, {"p//new": "d/b.txt"}),
        (["a.txt", "d/b.txt"], "p/", False, {"p/a.txt": "a.txt", "p/b.txt": "d/b.txt"}),
        (["d"], "p", True, {"p/b.txt": "d/b.txt", "p/e/c": "d/e/c"}),
        (["d/"], "", True, {"b.txt": "d/b.txt", "e/c": "d/e/c"}),
    ],
)
@pytest.mark.parametrize("move", [False, True])
def test_up(
    bench: Bench, sources: list[str], target: str, recursive: bool, expected: dict[str, str], move: bool
) -> None:
    bench.write("a.txt", "d/b.txt", "d/e/c")
    told: list[Any] = []
    report = bench.transfer(sources, bench.at(target), recursive=recursive, move=move, progress=told.append)
    assert (report.failed, report.skipped) == ([], [])
    assert bench.stored() == expected
    assert bool(bench.files().keys() & set(expected.values())) is not move
    done = {one.source: one.target for one in told if one.state == "done"}
    assert done == {source: bench.at(key) for key, source in expected.items()}
    assert sorted(report.transferred) == sorted(done.values())


@pytest.mark.parametrize(
    ("source", "target", "recursive", "expected"),
    [
        ("p/a", ".", False, {"a": "p/a"}),
        ("p/a", "new", False, {"new": "p/a"}),
        ("p/a", "x/y/new", False, {"x/y/new": "p/a"}),
        ("p/a", "x/", False, {"x/a": "p/a"}),
        ("p", "x", True, {"x/a": "p/a", "x/d/b.gz": "p/d/b.gz", "x/d/e/c.gz": "p/d/e/c.gz"}),
        ("p/*", "x", False, {"x/a": "p/a"}),
        ("p/*/*.gz", "x", False, {"x/d/b.gz": "p/d/b.gz"}),
        ("p/**.gz", "x", False, {"x/d/b.gz": "p/d/b.gz", "x/d/e/c.gz": "p/d/e/c.gz"}),
        ("p/d*", "x", True, {"x/d/b.gz": "p/d/b.gz", "x/d/e/c.gz": "p/d/e/c.gz"}),
        ("p/d/?.gz", ".", False, {"b.gz": "p/d/b.gz"}),
    ],
)
@pytest.mark.parametrize("move", [False, True])
def test_down(
    bench: Bench, source: str, target: str, recursive: bool, expected: dict[str, str], move: bool
) -> None:
    bench.put("p/a", "p/d/b.gz", "p/d/e/c.gz", "px", "q")
    report = bench.transfer(bench.at(source), target, recursive=recursive, move=move)
    assert (report.failed, report.skipped) == ([], [])
    assert bench.files() == expected
    assert bool(bench.stored().keys() & set(expected.values())) is not move
    assert {"px", "q"} <= bench.stored().keys()


@pytest.mark.parametrize("move", [False, True])
def test_within_s3(bench: Bench, move: bool) -> None:
    bench.put("p/a", "p/d/b", "q")
    report = bench.transfer(bench.at("p/"), bench.at("new/p"), recursive=True, move=move)
    assert (report.failed, report.skipped) == ([], [])
    assert {key: body for key, body in bench.stored().items() if key.startswith("new")} == {
        "new/p/a": "p/a",
        "new/p/d/b": "p/d/b",
    }
    assert ("p/a" in bench.stored()) is not move
    # One level up: nothing of it is below the source.
    report = bench.transfer(bench.at("new/p/"), bench.at("new/"), recursive=True, move=move)
    assert bench.stored()["new/a"] == "p/a"
    assert ("new/p/a" in bench.stored()) is not move


def test_objects_are_copied_onto_themselves(bench: Bench) -> None:
    """It gives them another storage class, say."""
    bench.put("p/a", "p/b")
    extra = {"StorageClass": "STANDARD_IA"}
    report = bench.transfer(bench.at("p/"), bench.at("p"), recursive=True, extra_args=extra)
    assert (report.failed, report.skipped) == ([], [])
    assert bench.s3.head_object(Bucket=bench.bucket, Key="p/b")["StorageClass"] == "STANDARD_IA"
    assert bench.stored() == {"p/a": "p/a", "p/b": "p/b"}


def test_what_no_file_would_be_spared(bench: Bench) -> None:
    bench.write(*(f"d/{number}" for number in range(30)))
    calls: list[int] = []
    bench.s3.raw.meta.events.register("provide-client-params.s3.PutObject", lambda **kwargs: calls.append(1))
    with pytest.raises(S3UploadFailedError, match="NoSuchBucket"):
        bench.transfer("d", "s3://no-such-bucket-anywhere/", recursive=True, workers=2)
    assert len(calls) <= 4


def test_filters_and_dry_runs(bench: Bench) -> None:
    bench.write("d/a.txt", "d/b.gz", "d/e/c.txt")
    only_text = OrderedFilters([(False, "*"), (True, "*.txt"), (False, "e/*")])
    for dry_run in (True, False):
        report = bench.transfer(
            "d", bench.at(), recursive=True, filters=only_text, dry_run=dry_run, move=True
        )
        assert report.transferred == [bench.at("a.txt")]
        assert bench.stored() == ({} if dry_run else {"a.txt": "d/a.txt"})
    assert bench.files().keys() == {"d/b.gz", "d/e/c.txt"}
    bench.put("p/1", "p/2", "q")
    assert bench.delete(bench.at("p/*"), dry_run=True).deleted == [bench.at("p/1"), bench.at("p/2")]
    assert len(bench.stored()) == 4


# -- what is not done --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sources", "target", "options", "error", "message"),
    [
        (["d"], "s3://BUCKET/", {}, ValueError, "is a folder: add --recursive"),
        (["s3://BUCKET"], "x", {}, ValueError, "is a whole bucket: add --recursive"),
        (["s3://BUCKET/p/"], "x", {}, NothingFoundError, "there is no object .*: add --recursive"),
        (["s3://BUCKET/none"], "x", {}, NothingFoundError, "there is no object s3://.*/none"),
        (["none"], "s3://BUCKET/", {}, NothingFoundError, "there is no file 'none'"),
        (["a.txt"], "b.txt", {}, ValueError, "neither 'a.txt' nor 'b.txt' is in S3"),
        (["a.txt", "d/b"], "s3://BUCKET/x", {}, ValueError, "is one object, for 2 sources"),
        (["s3://BUCKET/p/a", "s3://BUCKET/q"], "x", {}, ValueError, "is no folder, for 2 sources"),
        (["s3://BUCKET/p"], "a.txt", {"recursive": True}, NotADirectoryError, "the target is no folder"),
        (["s3://BUCKET/p/"], "s3://BUCKET/p/x", {"recursive": True}, ValueError, "below the source"),
        (["s3://BUCKET"], "s3://BUCKET/x", {"recursive": True}, ValueError, "below the source"),
        (
            ["s3://BUCKET/p/"],
            "s3://BUCKET/p/",
            {"recursive": True, "move": True},
            ValueError,
            "below the source",
        ),
        ([""], "s3://BUCKET/x", {"recursive": True}, ValueError, "a source or target is empty"),
        (["s3://BUCKET/p"], "", {"recursive": True}, ValueError, "a source or target is empty"),
        (["s3:///p"], "x", {}, ValueError, "names no bucket"),
        (["http://x/p"], "x", {}, ValueError, "is neither the path"),
        (["a.txt"], "s3://BUCKET/", {"workers": 0}, ValueError, "workers must be 1 or more"),
        (
            ["s3://BUCKET/p/a"],
            "x",
            {"extra_args": {"ACL": "private"}},
            ValueError,
            "Invalid extra_args key 'ACL'",
        ),
        (["s3://BUCKET/li*"], "x", {}, ValueError, r"there is an object .*/li\*, and the name is a pattern"),
    ],
)
def test_mistakes(
    bench: Bench, sources: list[str], target: str, options: Any, error: type[Exception], message: str
) -> None:
    bench.write("a.txt", "d/b")
    bench.put("p/a", "q", "li*", "list")
    with pytest.raises(error, match=message):
        bench.transfer(
            [one.replace("BUCKET", bench.bucket) for one in sources],
            target.replace("BUCKET", bench.bucket),
            **options,
        )
    assert bench.files().keys() == {"a.txt", "d/b"}
    assert bench.stored().keys() == {"p/a", "q", "li*", "list"}


def test_names_with_stars(bench: Bench) -> None:
    """A pattern is never taken for an object's name, nor the other way round."""
    bench.put("li*", "list", "file [1]", "file 1")
    with pytest.raises(ValueError, match=r"write 's3://.*/li\\\*' for the object alone"):
        bench.delete(bench.at("li*"))
    assert bench.delete(bench.at(r"li\*")).deleted == [bench.at("li*")]
    bench.put("li*")
    assert bench.delete(bench.at("li*"), literal=True).deleted == [bench.at("li*")]
    assert bench.delete(bench.at("li*"), bench.at("file [1]")).deleted == [
        bench.at("file [1]"),
        bench.at("list"),
    ]
    assert bench.stored().keys() == {"file 1"}


def test_a_pattern_that_matches_nothing_does_not_stop_the_others(bench: Bench) -> None:
    bench.put("a1", "a2")
    report = bench.transfer([bench.at("x*"), bench.at("a*")], "got/")
    assert [(one.path, str(one.error)) for one in report.failed] == [
        (bench.at("x*"), f"nothing matches {bench.at('x*')!r}")
    ]
    assert bench.files().keys() == {"got/a1", "got/a2"}
    report = bench.delete(bench.at("x*"), bench.at("a*"))
    assert (len(report.failed), len(report.deleted)) == (1, 2)


def test_downloads_stay_in_their_folder(bench: Bench) -> None:
    outside = bench.folder.parent / "outside"
    outside.mkdir()
    (bench.folder / "got").mkdir()
    (bench.folder / "got" / "link").symlink_to(outside)
    bench.put("p/../x", "p//y", "p/./z", "p/ok", "p/link/x", "p/d/", "p/f", "p/f/g")
    report = bench.transfer(bench.at("p/"), "got", recursive=True)
    assert bench.files() == {"got/f": "p/f", "got/ok": "p/ok"}
    assert list(outside.iterdir()) == []
    assert {path.removeprefix(bench.at("p/")) for path in reasons(report)} == {
        "../x",
        "/y",
        "./z",
        "d/",
        "f/g",
    }
    assert [one.is_marker for one in report.skipped if one.path.endswith("d/")] == [False]  # It has bytes.
    ((failed),) = report.failed
    assert "a link stands where a folder has to be" in str(failed.error)
    # Single ones, whose own name is such.
    for key in ("p/..", "p/a\0b"):
        bench.put(key)
        assert len(bench.transfer(bench.at(key), "got").skipped) == 1
    assert bench.files().keys() == {"got/f", "got/ok"}
    # No partial file either, under whatever name.
    assert sorted(path.name for path in bench.folder.rglob("*") if path.is_file()) == ["f", "ok"]


def test_two_sources_of_one_name(bench: Bench) -> None:
    bench.write("a/x", "b/x")
    report = bench.transfer(["a/x", "b/x"], bench.at(), move=True)
    assert reasons(report) == {"b/x": "another source has this name, too"}
    assert (bench.stored(), bench.files()) == ({"x": "a/x"}, {"b/x": "b/x"})


def test_nothing_is_moved_onto_itself(bench: Bench) -> None:
    bench.put("p/a", "p/p/a")
    report = bench.transfer(bench.at("p/a"), bench.at("p/"), move=True)
    assert reasons(report) == {bench.at("p/a"): "it would be moved to where it is"}
    # One level up, where one would get the place of another that is still to be moved.
    report = bench.transfer(bench.at("p/"), bench.at(), move=True, recursive=True)
    assert list(reasons(report)) == [bench.at("p/p/a")]
    assert bench.stored() == {"a": "p/a", "p/p/a": "p/p/a"}
    alias = "arn:aws:s3:us-east-1:123456789012:accesspoint/mine"
    bench.s3.raw.meta.events.register("before-parameter-build.s3", _use_bucket(alias, bench.bucket))
    report = bench.transfer(f"s3://{alias}/a", bench.at(), move=True)
    assert "may be one object" in reasons(report)[f"s3://{alias}/a"]
    assert "a" in bench.stored()


def _use_bucket(alias: str, bucket: str) -> Any:
    def replace(params: dict[str, Any], **kwargs: Any) -> None:
        if params.get("Bucket") == alias:
            params["Bucket"] = bucket

    return replace


# -- moves while somebody writes -----------------------------------------------------------------------------------


def test_a_file_that_is_written_to_while_it_is_moved_stays(bench: Bench) -> None:
    bench.write("d/a", "d/b")

    def write(now: Any) -> None:
        if now.path == "a" and now.state == "moving":
            (bench.folder / "d/a").write_text("newer, and longer")

    report = bench.transfer("d", bench.at(), recursive=True, move=True, progress=write)
    (failed,) = report.failed
    assert "written to while" in str(failed.error)
    assert bench.files() == {"d/a": "newer, and longer"}


def test_an_object_that_is_replaced_while_it_is_moved_stays(bench: Bench) -> None:
    bench.put("a", "b")
    wanted: list[Any] = []

    def note(params: Any, **kwargs: Any) -> None:
        wanted.append(params.get("IfMatch"))

    bench.s3.raw.meta.events.register("provide-client-params.s3.DeleteObject", note)

    def refuse(request: Any, **kwargs: Any) -> Any:

        body = b"<Error><Code>PreconditionFailed</Code><Message>m</Message></Error>"
        return answer(412, body) if request.url.endswith("/a") else None

    bench.s3.raw.meta.events.register("before-send.s3.DeleteObject", refuse)
    report = bench.transfer([bench.at("a"), bench.at("b")], "got/", move=True)
    assert all(etag and etag.startswith('"') for etag in wanted)
    (failed,) = report.failed
    assert "was replaced while it was moved: the new one was not deleted" in str(failed.error)
    assert bench.stored() == {"a": "a"}
    assert bench.files() == {"got/a": "a", "got/b": "b"}


@pytest.mark.parametrize("is_same", [True, False])
def test_servers_without_conditional_deletes(bench: Bench, is_same: bool) -> None:
    bench.put("a")

    def refuse(request: Any, **kwargs: Any) -> Any:

        if "If-Match" in request.headers:
            if not is_same:
                bench.s3.raw.meta.events.register(
                    "after-call.s3.HeadObject", lambda parsed, **kwargs: parsed.update(ETag='"other"')
                )
            return answer(501, b"<Error><Code>NotImplemented</Code><Message>m</Message></Error>")
        return None

    bench.s3.raw.meta.events.register("before-send.s3.DeleteObject", refuse)
    report = bench.transfer(bench.at("a"), "got/", move=True)
    assert len(report.failed) == (0 if is_same else 1)
    assert ("a" in bench.stored()) is not is_same


def test_links_are_not_followed_by_moves(bench: Bench) -> None:
    bench.write("elsewhere/x", "d/y")
    (bench.folder / "d/link").symlink_to(bench.folder / "elsewhere")
    report = bench.transfer("d", bench.at("m"), recursive=True, move=True)
    assert list(reasons(report)) == ["d/link/"]
    assert bench.files() == {"elsewhere/x": "elsewhere/x"}
    report = bench.transfer("d", bench.at("c"), recursive=True)
    assert bench.stored().keys() == {"m/y", "c/link/x"}


# -- deleting and reading ----------------------------------------------------------------------------------------------


def test_deleting(bench: Bench) -> None:
    bench.put("a", "p/", "p/b", "p/c", "pq")
    assert bench.delete(bench.at("a"), bench.at("none")).deleted == [bench.at("a"), bench.at("none")]
    with pytest.raises(ValueError, match="add --recursive"):
        bench.delete(bench.at())
    with pytest.raises(ValueError, match="is not in S3"):
        bench.delete(str(bench.folder))
    assert bench.delete(bench.at("p"), recursive=True).deleted == [
        bench.at("p/"),
        bench.at("p/b"),
        bench.at("p/c"),
    ]
    assert bench.stored().keys() == {"pq"}


def test_errors_of_single_keys(bench: Bench) -> None:

    bench.put("p/a", "p/b", "p/c")
    body = b"<DeleteResult><Error><Key>p/b</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>"
    bench.s3.raw.meta.events.register("before-send.s3.DeleteObjects", lambda **kwargs: answer(200, body))
    report = bench.delete(bench.at("p/*"))
    assert report.deleted == [bench.at("p/a"), bench.at("p/c")]
    ((failed),) = report.failed
    assert (failed.action, "AccessDenied" in str(failed.error)) == ("delete", True)


def test_reading(bench: Bench) -> None:
    bench.put("p/a", "p/b", "q")
    assert bench.read(bench.at("p/*"), bench.at("q")) == b"before p/ap/bq"
    failures: list[str] = []
    found = bench.read(
        bench.at("none"), bench.at("x*"), bench.at("q"), failed=lambda name, error: failures.append(name)
    )
    assert found == b"before q"
    assert failures == [bench.at("none"), bench.at("x*")]
    with pytest.raises(NothingFoundError):
        bench.read(bench.at("x*"))


def test_many_in_batches(bench: Bench) -> None:
    """More than one call takes, in parallel."""
    bench.s3.raw.meta.events.register(
        "provide-client-params.s3.DeleteObjects", lambda **kwargs: calls.append(1)
    )
    calls: list[int] = []
    from moto.backends import get_backend

    backend = get_backend("s3")["123456789012"]["aws"]
    for number in range(1001):
        backend.put_object(bench.bucket, f"p/{number}", b"")
    assert len(bench.delete(bench.at("p/"), recursive=True).deleted) == 1001
    assert len(calls) == 2
    assert bench.stored() == {}
