"""What a sync must not do: write outside of its folder, delete what it does not know, lose something in silence."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from sotalia.s3.sync import OutOfOrderError, SyncError
from sotalia.testing import LocalAWS
from tests.client_kinds import Kind
from tests.s3.sync.test_sync import LONG_AGO, Bench

needs_links = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links and pipes")


@pytest.fixture
def bench(client_kind: Kind, aws: LocalAWS, tmp_path: Path) -> Bench:
    folder = tmp_path / "around" / "folder"
    folder.mkdir(parents=True)
    return Bench(client_kind, aws, folder)


def reasons(report: Any) -> dict[str, str]:
    return {one.path: one.reason for one in report.skipped}


KEYS_THAT_LEAD_ASTRAY = [
    "../outside",
    "../../outside",
    "a/../../outside",
    "a/../outside",
    "..",
    ".",
    "./a",
    "a/./b",
    "a//b",
    "/outside",
    "//outside",
    "a/",
    "/",
    "",
]


@pytest.mark.parametrize("dry_run", [True, False])
def test_keys_that_lead_astray(bench: Bench, tmp_path: Path, dry_run: bool) -> None:
    bench.put(*(f"p/{key}" for key in KEYS_THAT_LEAD_ASTRAY), "p/fine")
    report = bench.download(delete=True, dry_run=dry_run)
    assert report.transferred == ["fine"]
    assert sorted(reasons(report)) == sorted(KEYS_THAT_LEAD_ASTRAY)
    assert all(reasons(report).values())
    assert os.listdir(tmp_path) == ["around"]
    assert os.listdir(tmp_path / "around") == ["folder"]
    assert list(bench.files()) == ([] if dry_run else ["fine"])


def test_absolute_keys_of_a_whole_bucket(bench: Bench, tmp_path: Path) -> None:
    # The transport would rightly not let a server see this path as anything but a key.
    bench.put(f"{tmp_path}/outside", "../outside")
    report = bench.sync(f"s3://{bench.bucket}", bench.folder)
    assert report.transferred == []
    assert len(report.skipped) == 2
    assert os.listdir(tmp_path) == ["around"]


def test_keys_that_are_file_and_folder(bench: Bench) -> None:
    bench.put("p/a", "p/a-b", "p/a/b", "p/a/c/d", "p/b/c", "p/b/c/d")
    report = bench.download()
    assert report.transferred == ["a", "a-b", "b/c"]
    assert reasons(report) == {
        "a/b": "'a' is an object too, and a file cannot be a folder",
        "a/c/d": "'a' is an object too, and a file cannot be a folder",
        "b/c/d": "'b/c' is an object too, and a file cannot be a folder",
    }
    again = bench.download(delete=True)
    assert (again.transferred, again.deleted, again.unchanged) == ([], [], 3)


def test_what_stands_in_the_way_on_disk(bench: Bench) -> None:
    bench.put("p/a", "p/b/c", "p/d")
    bench.write("a/x", "b", "e")
    with pytest.raises(SyncError, match=r"a folder stands in the file's place: move .*a away") as raised:
        bench.download(delete=True)
    report = raised.value.report
    assert [failed.path for failed in report.failed] == ["a", "b/c"]
    assert (report.transferred, report.deleted, report.undeleted) == (["d"], [], 3)
    assert bench.files() == {"a/x": b"a/x", "b": b"b", "d": b"p/d", "e": b"e"}


@needs_links
def test_links_of_a_target_are_not_followed(bench: Bench, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x").write_bytes(b"mine")
    (tmp_path / "file").write_bytes(b"mine")
    (bench.folder / "link").symlink_to(outside)
    (bench.folder / "f").symlink_to(tmp_path / "file")
    (bench.folder / "g").symlink_to(tmp_path / "file")
    bench.put("p/link/x", "p/link/y", "p/f", "p/other")
    with pytest.raises(SyncError, match="a link stands where a folder has to be") as raised:
        bench.download(delete=True)
    assert [failed.path for failed in raised.value.report.failed] == ["link/x", "link/y"]
    bench.s3.delete_object(Bucket=bench.bucket, Key="p/link/x")
    bench.s3.delete_object(Bucket=bench.bucket, Key="p/link/y")
    report = bench.download(delete=True)
    assert report.deleted == ["g"]
    assert reasons(report) == {"link/": "a link to a folder: nothing is written or deleted where it leads"}
    assert (bench.folder / "f").read_bytes() == b"p/f"
    assert (tmp_path / "file").read_bytes() == b"mine"
    assert {name.name: name.read_bytes() for name in outside.iterdir()} == {"x": b"mine"}


@needs_links
def test_links_of_a_source_are_followed(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x").write_bytes(b"x")
    bench.write("a/b")
    (bench.folder / "folder").symlink_to(tmp_path / "out")
    (bench.folder / "file").symlink_to(tmp_path / "out" / "x")
    (bench.folder / "a" / "up").symlink_to(bench.folder)
    (bench.folder / "self").symlink_to("self")
    (bench.folder / "nowhere").symlink_to("not-there")
    bench.put("p/a/up/kept", "p/gone", "p/nowhere")
    with pytest.raises(SyncError, match=r"list of 'self' failed: .*[Ll]ink") as raised:
        bench.upload(delete=True)
    assert raised.value.report.undeleted == 1
    (bench.folder / "self").unlink()
    report = bench.upload(delete=True)
    assert report.unchanged == 3
    assert report.deleted == ["gone"]
    assert reasons(report) == {
        "a/up/": "a link to a folder that it is in",
        "nowhere": "a link that leads nowhere",
    }
    assert set(bench.objects("p/")) == {"a/b", "a/up/kept", "file", "folder/x", "nowhere"}


@needs_links
def test_what_is_no_file(bench: Bench) -> None:
    bench.write("a")
    os.mkfifo(bench.folder / "pipe")
    where = os.getcwd()
    os.chdir(bench.folder)  # A socket's path must be short.
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("socket")
    finally:
        os.chdir(where)
    bench.put("p/pipe", "p/gone")
    for report in (bench.upload(delete=True), bench.download("q", delete=True, dry_run=True, exclude="a")):
        assert set(reasons(report)) == {"pipe", "socket"}
        assert "neither a file nor a folder" in reasons(report)["pipe"]
    assert set(bench.objects("p/")) == {"a", "pipe"}
    # An object does not go into a pipe that stands in its place.
    report = bench.download()
    assert reasons(report) == {
        "pipe": "in its place is neither a file nor a folder (a pipe, socket or device)"
    }
    assert (bench.folder / "pipe").is_fifo()


def test_names_that_are_no_text(bench: Bench) -> None:
    try:
        os.mkdir(os.fsencode(bench.folder) + b"/d\xff")
        for name in (b"/a\xff", b"/d\xff/x", b"/b"):
            Path(os.fsdecode(os.fsencode(bench.folder) + name)).touch()
    except OSError:
        pytest.skip("this file system has names of valid text only")
    with pytest.raises(SyncError, match="no valid UTF-8") as raised:
        bench.upload()
    report = raised.value.report
    assert report.transferred == ["b"]
    assert [failed.path for failed in report.failed] == ["a\\udcff", "d\\udcff/"]
    assert str(report).encode()
    # In a target they are left alone.
    report = bench.download(delete=True)
    assert sorted(reasons(report)) == ["a\\udcff", "d\\udcff/"]


@pytest.fixture
def unreadable(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder that cannot be read, by whoever runs the tests: root may read all."""
    scandir = os.scandir
    name = os.path.join(bench.folder, "closed", "")

    def refuse(path: Any) -> Any:
        if os.path.join(path, "") == name:
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    return name


@pytest.mark.parametrize("options", [{}, {"include": "*.txt"}])
def test_folders_that_cannot_be_read(bench: Bench, unreadable: str, options: dict[str, Any]) -> None:
    bench.write("a.txt", "closed/x.txt")
    bench.put("p/closed/x.txt", "p/gone.txt")
    with pytest.raises(SyncError, match=r"list of 'closed/' failed: .*Permission denied") as raised:
        bench.upload(delete=True, **options)
    assert (raised.value.report.transferred, raised.value.report.undeleted) == (["a.txt"], 1)
    assert set(bench.objects("p/")) == {"a.txt", "closed/x.txt", "gone.txt"}
    # What is left out on purpose does not have to be readable.
    assert bench.upload(delete=True, exclude="closed/*").deleted == ["gone.txt"]
    bench.write("gone.txt")
    bench.put("q/a.txt")
    with pytest.raises(SyncError, match="list of 'closed/' failed"):
        bench.download("q", delete=True, **options)
    assert "gone.txt" in bench.files()


@pytest.mark.parametrize("way", ["up", "down", "copy"])
@pytest.mark.parametrize("dry_run", [True, False])
def test_an_empty_source_deletes_nothing(bench: Bench, way: str, dry_run: bool) -> None:
    bench.put("p/a", "p/b")
    if way == "down":
        bench.write("a", "b")
    before = (bench.objects(), bench.files())
    source, target = {
        "up": (bench.folder, f"s3://{bench.bucket}/p"),
        "down": (f"s3://{bench.bucket}/typo", bench.folder),
        "copy": (f"s3://{bench.bucket}/typo", f"s3://{bench.bucket}/p"),
    }[way]
    with pytest.raises(SyncError, match=r"is empty, so all 2 files of .* would be deleted") as raised:
        bench.sync(source, target, delete=True, dry_run=dry_run)
    assert raised.value.report.undeleted == 2
    assert (bench.objects(), bench.files()) == before
    assert bench.sync(source, target).deleted == []


def test_an_empty_source_and_an_empty_target(bench: Bench) -> None:
    assert bench.upload(delete=True).transferred == []
    assert bench.download(delete=True).transferred == []


@pytest.mark.parametrize("delete", [True, False])
def test_sources_that_are_not_there(bench: Bench, delete: bool, tmp_path: Path) -> None:
    bench.put("p/a")
    bench.write("file")
    target = f"s3://{bench.bucket}/p"
    with pytest.raises(FileNotFoundError, match="missing"):
        bench.sync(tmp_path / "missing", target, delete=delete)
    with pytest.raises(NotADirectoryError):
        bench.sync(bench.folder / "file", target, delete=delete)
    with pytest.raises(NotADirectoryError, match="the target is no folder"):
        bench.sync(target, bench.folder / "file", delete=delete)
    with pytest.raises(Exception, match="NoSuchBucket"):
        bench.sync("s3://there-is-no-such-bucket", bench.folder, delete=delete)
    assert bench.objects() == {"p/a": b"p/a"}
    assert bench.files() == {"file": b"file"}


# Downloads that are cancelled while a thread opens their file leave it to the collector.
def test_a_listing_that_breaks_off_deletes_nothing(bench: Bench) -> None:
    bench.write("a", "b", at=LONG_AGO)
    bench.put(*(f"p/{number}" for number in range(5)))

    def few(params: dict[str, Any], **kwargs: Any) -> None:
        if "ContinuationToken" in params:
            raise RuntimeError("the network is gone")
        params["MaxKeys"] = 2

    bench.s3.raw.meta.events.register("provide-client-params.s3.ListObjectsV2", few)
    with pytest.raises(RuntimeError, match="the network is gone"):
        bench.download(delete=True)
    assert set(bench.files()) >= {"a", "b"}
    with pytest.raises(RuntimeError, match="the network is gone"):
        bench.upload(delete=True)
    bench.s3.raw.meta.events.unregister("provide-client-params.s3.ListObjectsV2", few)
    assert {"0", "4"} <= set(bench.objects("p/"))


# Downloads that are cancelled while a thread opens their file leave it to the collector.
def test_listings_out_of_order_delete_nothing(bench: Bench) -> None:
    """Directory buckets list keys in any order."""
    bench.write("z")
    bench.put("p/b", "p/c")

    def turn(parsed: dict[str, Any], **kwargs: Any) -> None:
        parsed.get("Contents", []).reverse()

    bench.s3.raw.meta.events.register("after-call.s3.ListObjectsV2", turn)
    for way in (bench.upload, bench.download):
        with pytest.raises(OutOfOrderError, match="directory buckets"):
            way(delete=True)
    bench.s3.raw.meta.events.unregister("after-call.s3.ListObjectsV2", turn)
    assert {"b", "c"} <= set(bench.objects("p/"))
    assert "z" in bench.files()


def test_markers_of_folders_are_left_alone(bench: Bench) -> None:
    bench.write("d/a", at=LONG_AGO)
    bench.put("p/", "p/d/", "p/gone/", "p/gone/x", data=b"")
    report = bench.upload(delete=True)
    assert (report.transferred, report.deleted) == (["d/a"], ["gone/x"])
    assert reasons(report) == dict.fromkeys(["", "d/", "gone/"], "a marker of a folder")
    assert reasons(bench.upload()) == {}


def test_odd_keys_of_a_target_are_deleted(bench: Bench) -> None:
    bench.write("a", at=LONG_AGO)
    bench.put("p/..", "p/x//y", "p/../z")
    assert bench.upload(delete=True).deleted == ["..", "../z", "x//y"]
    assert list(bench.objects("p/")) == ["a"]


def test_other_prefixes_that_begin_alike_are_left_alone(bench: Bench) -> None:
    bench.write("a")
    bench.put("p", "p2/x", "pa", "p/x")
    bench.upload(delete=True)
    assert set(bench.objects()) == {"p", "p2/x", "pa", "p/a"}


def test_files_named_as_before_when_a_download_fails(bench: Bench) -> None:
    bench.put("p/a")
    bench.write("a", data=b"older and longer", at=LONG_AGO)

    def refuse(**kwargs: Any) -> None:
        raise RuntimeError("no")

    bench.s3.raw.meta.events.register("provide-client-params.s3.GetObject", refuse)
    with pytest.raises(SyncError, match="download of 'a' failed: no"):
        bench.download()
    assert bench.files() == {"a": b"older and longer"}
    assert (bench.folder / "a").stat().st_mtime == LONG_AGO
