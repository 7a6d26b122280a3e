"""``sync`` both ways and sync and async against the embedded S3: what is transferred, deleted, reported."""

from __future__ import annotations

import asyncio
import gc
import os
import tracemalloc
import uuid
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from moto.backends import get_backend

from sotalia.s3.sync import Failed, Skipped, SyncError, SyncProgress, SyncReport, sync
from sotalia.s3.transfer import TransferConfig
from sotalia.testing import LocalAWS
from tests.client_kinds import Kind

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
MB = 1024 * 1024
LONG_AGO = 1_000_000_000


class Bench:
    """A client, a bucket, a folder; and which operations were called."""

    def __init__(self, client_kind: Kind, aws: LocalAWS, folder: Path) -> None:
        self.s3 = client_kind.client("s3", client_kind.session(**KEYS), endpoint_url=aws.endpoint_url)
        self._client_kind = client_kind
        self.bucket = f"sync-{uuid.uuid4().hex[:12]}"
        self.s3.create_bucket(Bucket=self.bucket)
        self.folder = folder
        self.calls: list[str] = []
        self.s3.raw.meta.events.register("provide-client-params.s3", self._note)

    def _note(self, model: Any, **kwargs: Any) -> None:
        self.calls.append(model.name)

    def sync(self, source: Any, target: Any, **arguments: Any) -> SyncReport:
        self.calls.clear()
        report: SyncReport = self._client_kind.run(sync(self.s3.raw, source, target, **arguments))
        return report

    def upload(self, prefix: str = "p", **arguments: Any) -> SyncReport:
        return self.sync(self.folder, f"s3://{self.bucket}/{prefix}", **arguments)

    def download(self, prefix: str = "p", **arguments: Any) -> SyncReport:
        return self.sync(f"s3://{self.bucket}/{prefix}", self.folder, **arguments)

    def write(self, *paths: str, data: bytes | None = None, at: float | None = None) -> None:
        for path in paths:
            name = self.folder / path
            name.parent.mkdir(parents=True, exist_ok=True)
            name.write_bytes(path.encode() if data is None else data)
            if at is not None:
                os.utime(name, (at, at))

    def put(self, *keys: str, data: bytes | None = None) -> None:
        for key in keys:
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=key.encode() if data is None else data)

    def objects(self, prefix: str = "") -> dict[str, bytes]:
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])
        return {item["Key"].removeprefix(prefix): self.content(item["Key"]) for item in listed}

    def content(self, key: str) -> bytes:
        found: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return found

    def files(self) -> dict[str, bytes]:
        found = [name for name in self.folder.rglob("*") if name.is_file()]
        return {name.relative_to(self.folder).as_posix(): name.read_bytes() for name in found}


@pytest.fixture
def bench(client_kind: Kind, aws: LocalAWS, tmp_path: Path) -> Bench:
    folder = tmp_path / "folder"
    folder.mkdir()
    return Bench(client_kind, aws, folder)


def test_up(bench: Bench) -> None:
    bench.write("a/b", "a-b", "a0", "ü", "deep/er/x.html")
    report = bench.upload()
    assert report.transferred == ["a-b", "a/b", "a0", "deep/er/x.html", "ü"]
    assert report.bytes == sum(len(data) for data in bench.files().values())
    assert bench.objects("p/") == bench.files()
    again = bench.upload(delete=True)
    assert (again.transferred, again.deleted, again.unchanged) == ([], [], 5)
    assert set(bench.calls) == {"ListObjectsV2"}


def test_down(bench: Bench) -> None:
    bench.put("p/a/b", "p/a-b", "p/a0", "p/ü ?+%20", "other")
    report = bench.download()
    assert report.transferred == ["a-b", "a/b", "a0", "ü ?+%20"]
    assert bench.files() == bench.objects("p/")
    head = bench.s3.head_object(Bucket=bench.bucket, Key="p/a0")
    assert (bench.folder / "a0").stat().st_mtime == pytest.approx(head["LastModified"].timestamp(), abs=1)
    again = bench.download(delete=True)
    assert (again.transferred, again.deleted, again.unchanged) == ([], [], 4)
    assert set(bench.calls) == {"ListObjectsV2"}


def test_into_a_folder_that_is_not_there(bench: Bench, tmp_path: Path) -> None:
    bench.put("a")
    target = tmp_path / "new" / "one"
    assert bench.sync(f"s3://{bench.bucket}", target).transferred == ["a"]
    assert (target / "a").read_bytes() == b"a"


def test_between_prefixes(bench: Bench) -> None:
    bench.put("x/a/b", "x/a", "x//", "x/../c", "x/d/", "y/a", "y/gone", "y/gone/")
    source, target = f"s3://{bench.bucket}/x", f"s3://{bench.bucket}/y/"
    report = bench.sync(source, target, delete=True)
    assert report.transferred == ["../c", "/", "a/b", "d/"]
    assert report.deleted == ["gone", "gone/"]
    assert bench.objects("y/") == {**bench.objects("x/"), "a": b"y/a"}
    again = bench.sync(source, target, delete=True)
    assert (again.transferred, again.deleted, again.unchanged) == ([], [], 5)


def test_large_files(bench: Bench) -> None:
    config = TransferConfig(multipart_threshold=5 * MB, multipart_chunksize=5 * MB)
    bench.write("large", data=os.urandom(5 * MB + 1))
    bench.write("small", "empty", data=b"")
    told: list[SyncProgress] = []
    bench.upload(config=config, progress=told.append)
    assert "UploadPart" in bench.calls
    check_progress(told)
    content = bench.files()
    bench.sync(f"s3://{bench.bucket}/p", f"s3://{bench.bucket}/q", config=config)
    assert bench.objects("q/") == content
    (bench.folder / "large").unlink()
    told.clear()
    bench.download(config=config, progress=told.append)
    assert bench.files() == content
    check_progress(told)


def check_progress(told: list[SyncProgress]) -> None:
    """The totals are the sums of what was told of each file."""
    moved: dict[str, int] = {}
    ended = set()
    for now in told:
        moved[now.path] = 0 if now.state in ("failed", "skipped") else now.moved
        if now.state in ("done", "failed", "skipped"):
            assert now.path not in ended
            ended.add(now.path)
        if now.state == "done":
            assert now.moved == now.size
        assert now.bytes_done == sum(moved.values())
        assert now.files_done == len(ended) <= now.files_planned
    last = told[-1]
    assert (last.files_done, last.bytes_done) == (last.files_planned, last.bytes_planned)
    assert last.is_planned
    assert [now.state for now in told].count("planned") == 1


Change = tuple[bytes, float | None]


@pytest.mark.parametrize(
    ("size", "age", "options", "up", "down"),
    [
        ("same", 0, {}, False, False),
        ("same", 100, {}, True, False),
        ("same", -100, {}, False, True),
        ("other", 0, {}, True, True),
        ("other", 100, {}, True, True),
        ("other", -100, {}, True, True),
        ("same", 100, {"size_only": True}, False, False),
        ("same", -100, {"size_only": True}, False, False),
        ("other", 0, {"size_only": True}, True, True),
        ("same", 100, {"exact_timestamps": True}, None, True),
        ("same", -100, {"exact_timestamps": True}, None, True),
        ("same", 0, {"exact_timestamps": True}, None, False),
    ],
)
def test_what_differs(
    bench: Bench, size: str, age: float, options: dict[str, Any], up: bool | None, down: bool
) -> None:
    """``age``: by how many seconds the file is newer than the object."""
    bench.put("p/a", data=b"object")
    at = bench.s3.head_object(Bucket=bench.bucket, Key="p/a")["LastModified"].timestamp()
    bench.write("a", data=b"folder" if size == "same" else b"folder, longer", at=int(at) + age)
    for way, expected in ((bench.upload, up), (bench.download, down)):
        if expected is not None:
            report = way(dry_run=True, **options)
            assert (report.transferred, report.unchanged) == ((["a"], 0) if expected else ([], 1))


def test_fractions_of_a_second_are_no_difference(bench: Bench) -> None:
    bench.put("p/a")
    at = int(bench.s3.head_object(Bucket=bench.bucket, Key="p/a")["LastModified"].timestamp())
    bench.write("a", data=b"p/a", at=at + 0.999)
    assert bench.upload().unchanged == 1
    bench.write("a", data=b"p/a", at=at + 1)
    assert bench.upload().transferred == ["a"]


@pytest.mark.parametrize("way", ["up", "down", "copy"])
def test_deletions_only_when_asked(bench: Bench, way: str) -> None:
    bench.write("a", "old/er/b", "old/c", "old/kept.txt", at=LONG_AGO)
    bench.put("p/a", "p/old/er/b", "p/old/c", "p/old/kept.txt", "q/a")
    source, target = {
        "up": (bench.folder, f"s3://{bench.bucket}/p"),
        "down": (f"s3://{bench.bucket}/q", bench.folder),
        "copy": (f"s3://{bench.bucket}/q", f"s3://{bench.bucket}/p"),
    }[way]
    if way == "up":
        for path in ("old/er/b", "old/c", "old/kept.txt"):
            (bench.folder / path).unlink()
    bench.sync(source, target, size_only=True)
    before = (bench.objects(), bench.files())
    assert bench.sync(source, target, size_only=True, exclude="*.txt").deleted == []
    assert (bench.objects(), bench.files()) == before
    report = bench.sync(source, target, delete=True, size_only=True, exclude="*.txt", dry_run=True)
    assert report.deleted == ["old/c", "old/er/b"]
    assert set(bench.calls) == {"ListObjectsV2"}
    assert (bench.objects(), bench.files()) == before
    report = bench.sync(source, target, delete=True, size_only=True, exclude="*.txt")
    assert report.deleted == ["old/c", "old/er/b"]
    left = bench.files() if way == "down" else bench.objects("p/")
    assert sorted(left) == ["a", "old/kept.txt"]
    if way == "down":
        assert not (bench.folder / "old" / "er").exists()


def test_deletions_in_batches(bench: Bench) -> None:
    names = [f"{number:04}" for number in range(1003)]
    # Put where moto's server, which runs in this process, finds them: a thousand calls would take seconds.
    backend = get_backend("s3")["123456789012"]["aws"]
    for name in names:
        backend.put_object(bench.bucket, f"p/{name}", b"")
    bench.put("p/kept", "q/\x01")
    bench.write("kept", data=b"p/kept", at=LONG_AGO)
    report = bench.upload(delete=True)
    assert report.deleted == names
    assert [name for name in bench.calls if name != "ListObjectsV2"] == ["DeleteObjects", "DeleteObjects"]
    assert list(bench.objects("p/")) == ["kept"]
    # XML has no way to write this key.
    assert bench.upload("q", delete=True).deleted == ["\x01"]
    assert list(bench.objects("q/")) == ["kept"]


def test_dry_run_changes_nothing(bench: Bench, tmp_path: Path) -> None:
    bench.write("new", "changed")
    bench.put("p/changed", "p/gone", data=b"x")
    before = (bench.objects(), bench.files())
    told: list[SyncProgress] = []
    report = bench.upload(dry_run=True, delete=True, progress=told.append)
    assert (report.transferred, report.deleted, report.dry_run) == (["changed", "new"], ["gone"], True)
    assert report.bytes == len("changed") + len("new")
    assert [(now.action, now.path) for now in told if now.state == "done"] == [
        ("upload", "changed"),
        ("upload", "new"),
        ("delete", "gone"),
    ]
    bench.download(dry_run=True, delete=True)
    bench.sync(f"s3://{bench.bucket}/p", f"s3://{bench.bucket}/q", dry_run=True)
    bench.sync(f"s3://{bench.bucket}/p", tmp_path / "new", dry_run=True)
    assert set(bench.calls) == {"ListObjectsV2"}
    assert (bench.objects(), bench.files()) == before
    assert os.listdir(tmp_path) == ["folder"]


def test_filters(bench: Bench) -> None:
    bench.write("a.html", "b.tmp", "cache/c.html", "d/e.html", "d/f.txt")
    report = bench.upload(include=["*.html", "*.tmp"], exclude=["*.tmp", "cache/"])
    assert report.transferred == ["a.html", "d/e.html"]
    assert (report.skipped, report.unchanged) == ([], 0)


def test_arguments_and_content_types(bench: Bench) -> None:
    bench.write("a.html", "b.unheard-of", "c.css")
    bench.upload(extra_args={"CacheControl": "no-cache", "Metadata": {"k": "v"}})
    heads = {
        key: bench.s3.head_object(Bucket=bench.bucket, Key=f"p/{key}") for key in os.listdir(bench.folder)
    }
    assert {head["CacheControl"] for head in heads.values()} == {"no-cache"}
    assert heads["a.html"]["ContentType"] == "text/html"
    assert heads["c.css"]["ContentType"] == "text/css"
    assert heads["b.unheard-of"]["ContentType"] == "binary/octet-stream"
    bench.upload("q", extra_args={"ContentType": "text/x"})
    assert bench.s3.head_object(Bucket=bench.bucket, Key="q/a.html")["ContentType"] == "text/x"


def test_owners_are_said_in_all_calls(bench: Bench) -> None:
    asked: list[tuple[str, Any]] = []

    def note(params: dict[str, Any], model: Any, **kwargs: Any) -> None:
        asked.append((model.name, params.get("ExpectedBucketOwner")))

    bench.write("a")
    bench.put("p/b")
    bench.s3.raw.meta.events.register("provide-client-params.s3", note)
    bench.upload(delete=True, extra_args={"ExpectedBucketOwner": "123456789012"})
    assert {name for name, _ in asked} == {"ListObjectsV2", "PutObject", "DeleteObjects"}
    assert {owner for _, owner in asked} == {"123456789012"}


def test_one_that_fails_stops_neither_the_others_nor_goes_unheard(bench: Bench) -> None:
    bench.write("a", "b", "c")
    bench.put("p/gone")

    def refuse(params: dict[str, Any], **kwargs: Any) -> None:
        if params["Key"] == "p/b":
            raise RuntimeError("not this one")

    told: list[SyncProgress] = []
    bench.s3.raw.meta.events.register("provide-client-params.s3.PutObject", refuse)
    with pytest.raises(
        SyncError, match="upload of 'b' failed: not this one; 1 deletions were left"
    ) as raised:
        bench.upload(delete=True, progress=told.append)
    report = raised.value.report
    assert report.transferred == ["a", "c"]
    assert [(failed.path, failed.action, str(failed.error)) for failed in report.failed] == [
        ("b", "upload", "not this one")
    ]
    assert (report.deleted, report.undeleted, report.bytes) == ([], 1, 2)
    assert set(bench.objects("p/")) == {"a", "c", "gone"}
    assert [now.path for now in told if now.state == "failed"] == ["b"]
    # The deletion that was left is planned and not done.
    assert (told[-1].files_done, told[-1].files_planned) == (3, 4)
    assert told[-1].bytes_done == told[-1].bytes_planned == 2


def test_objects_that_cannot_be_deleted(bench: Bench) -> None:
    bench.write("a")
    bench.put("p/b", "p/c")

    def answer(parsed: dict[str, Any], **kwargs: Any) -> None:
        parsed["Errors"] = [{"Key": "p/b", "Code": "AccessDenied", "Message": "no"}]

    bench.s3.raw.meta.events.register("after-call.s3.DeleteObjects", answer)
    with pytest.raises(SyncError, match=r"delete of 'b' failed: .*AccessDenied.*no") as raised:
        bench.upload(delete=True)
    assert raised.value.report.deleted == ["c"]


def test_an_archived_object_is_skipped(bench: Bench) -> None:
    bench.s3.put_object(Bucket=bench.bucket, Key="p/a", Body=b"x", StorageClass="GLACIER")
    bench.put("p/b")
    report = bench.download()
    assert report.transferred == ["b"]
    assert report.skipped == [Skipped("a", "archived (InvalidObjectState): restore the object first")]


def test_progress_of_many(bench: Bench) -> None:
    bench.write(*(f"f{number}" for number in range(20)))
    bench.put("p/x", "p/y")
    told: list[SyncProgress] = []
    bench.upload(delete=True, progress=told.append, workers=3)
    check_progress(told)
    assert sum(now.state == "done" for now in told) == 22


# s3transfer leaves the file of an upload whose callback fails to the collector; so does an asynchronous upload that is
# cancelled while a thread opens its file.
@pytest.mark.parametrize("state", ["started", "moving", "done", "planned"])
def test_progress_that_fails_ends_the_sync(bench: Bench, state: str) -> None:
    bench.write(*"abcdefgh")

    def show(now: SyncProgress) -> None:
        if now.state == state:
            raise RuntimeError("the bar broke")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        with pytest.raises(RuntimeError, match="the bar broke"):
            bench.upload(progress=show, workers=2)
        gc.collect()


def test_progress_may_be_asynchronous(bench: Bench, client_kind: Kind) -> None:

    bench.write("a", "b")
    told: list[SyncProgress] = []

    async def show(now: SyncProgress) -> None:
        if client_kind.is_async:
            await asyncio.sleep(0)
        told.append(now)

    bench.upload(progress=show)
    check_progress(told)


def test_a_file_that_changes_while_it_is_uploaded(bench: Bench) -> None:
    def change(now: SyncProgress) -> None:
        told.append(now)
        if now.state == "started" and contents:
            # As if it were changed after it was read.
            bench.write("a", data=contents.pop(0), at=LONG_AGO + len(contents))

    told: list[SyncProgress] = []
    contents = [b"second", b"third"]
    bench.write("a", data=b"first", at=LONG_AGO)
    with pytest.raises(SyncError, match="was written to while it was uploaded"):
        bench.upload(progress=change)
    contents = [b"fourth, longer"]
    told = []
    report = bench.upload("other", progress=change)
    assert (report.transferred, report.bytes) == (["a"], len(b"fourth, longer"))
    assert bench.objects("other/") == {"a": b"fourth, longer"}
    assert bench.calls.count("PutObject") == 2
    check_progress(told)


def test_a_file_that_vanishes(bench: Bench) -> None:
    bench.write("a", "b")
    bench.put("p/gone")

    def vanish(now: SyncProgress) -> None:
        if (now.path, now.state) == ("a", "started"):
            (bench.folder / "b").unlink()

    with pytest.raises(SyncError, match=r"upload of 'b' failed: .*No such file") as raised:
        bench.upload(delete=True, progress=vanish, workers=1)
    assert raised.value.report.transferred == ["a"]
    assert "p/gone" in bench.objects()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("here", "there"), "both '.*here' and '.*there' are folders"),
        (("s3://b/x", "s3://b/x/y"), "overlap"),
        (("s3://b/x/y/", "s3://b/x"), "overlap"),
        (("s3://b", "s3://b"), "overlap"),
        (("s3://", "here"), "names no bucket"),
        (("s3:/b", "here"), "names no bucket"),
        (("s3://b", "S3://c"), "in small letters"),
        (("https://b.s3.amazonaws.com", "here"), "neither the path of a folder nor"),
        (("", "s3://b"), "expected the path of a folder"),
        ((b"here", "s3://b"), "expected the path of a folder"),
    ],
)
def test_places_that_make_no_sense(bench: Bench, arguments: tuple[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bench.sync(*arguments)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"workers": 0}, "workers must be 1 or more, not 0"),
        ({"exact_timestamps": True}, "exact_timestamps is for downloads"),
        ({"extra_args": {"Nonsense": 1}}, "Invalid extra_args key 'Nonsense'"),
        ({"exclude": ["/a"]}, "begins with '/'"),
    ],
)
def test_options_that_make_no_sense(bench: Bench, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bench.upload(**options)
    assert bench.calls == []


def test_clients_that_are_none_of_s3(client_kind: Kind) -> None:
    with pytest.raises(TypeError, match="expected an S3 client"):
        sync(client_kind.client("sqs").raw, "a", "s3://b")
    with pytest.raises(TypeError, match="expected an S3 client"):
        sync(object(), "a", "s3://b")


def test_the_report_in_a_line() -> None:
    report = SyncReport(source="a", target="s3://b/", dry_run=True, transferred=["x"], bytes=7)
    report.failed.append(Failed("y", "upload", OSError("no")))
    assert str(report) == (
        "a to s3://b/ (dry run): 1 transferred (7 bytes), 0 deleted, 0 unchanged, 0 skipped, 1 failed"
    )


def test_handlers_see_the_context_of_the_caller(bench: Bench) -> None:
    from contextvars import ContextVar

    variable: ContextVar[str] = ContextVar("variable", default="")
    seen = []
    bench.write("a", "b")
    handler: Callable[..., None] = lambda **kwargs: seen.append(variable.get())  # noqa: E731
    bench.s3.raw.meta.events.register("before-call.s3.PutObject", handler)
    variable.set("mine")
    bench.upload()
    assert seen == ["mine", "mine"]


def test_memory_does_not_grow_with_what_has_not_changed(bench: Bench) -> None:
    pages = 0

    def answer(params: dict[str, Any], **kwargs: Any) -> Any:
        nonlocal pages
        pages += 1
        number = int(params["query_string"].get("continuation-token", 0))
        at = datetime(2026, 1, 1, tzinfo=UTC)
        keys = [f"{'x' * 200}{number:03}{one:03}" for one in range(1000)]
        found: dict[str, Any] = {"Contents": [{"Key": key, "Size": 1, "LastModified": at} for key in keys]}
        if number < last:
            found |= {"IsTruncated": True, "NextContinuationToken": str(number + 1)}
        return SimpleNamespace(status_code=200), found

    bench.s3.raw.meta.events.register("before-call.s3.ListObjectsV2", answer)
    peaks = []
    for last in (0, 2, 12):
        tracemalloc.start()
        report = bench.sync("s3://one", "s3://other", delete=True)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert report.unchanged == (last + 1) * 1000
    assert pages == 2 * (1 + 3 + 13)
    # The first run loads modules. A page is about 600 kB.
    assert peaks[2] < peaks[1] + 500_000


def test_a_sync_that_is_cancelled_leaves_no_task(aws: LocalAWS, bench: Bench) -> None:
    bench.write(*"abcdefgh")

    async def cancelled() -> None:
        async with aws.async_client("s3") as s3:

            def show(now: SyncProgress) -> None:
                if now.path == "c":
                    task.cancel()

            running = sync(s3, bench.folder, f"s3://{bench.bucket}/p", progress=show, workers=2)
            task = asyncio.ensure_future(running)
            with pytest.raises(asyncio.CancelledError):
                await task
            assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(cancelled())
    assert "h" not in bench.objects("p/")
