"""Objects read in pieces, whatever goes wrong on the way."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest
from fsspec.callbacks import Callback
from hypothesis import given
from hypothesis import strategies as st

from sotalia.events import BeforeSend
from sotalia.fs import FileExpired, S3FileSystem
from sotalia.fs.reading import _merged
from sotalia.testing import LocalAWS
from tests.fs.conftest import close, on_faulty, options
from tests.s3.faulty import FaultyS3
from tests.transport.servers import serving

DATA = bytes(range(256)) * 4000


@pytest.fixture
def path(fs: S3FileSystem, bucket: str) -> str:
    fs.pipe(f"{bucket}/data", DATA)
    return f"{bucket}/data"


def requests_of(fs: S3FileSystem) -> list[str | None]:
    """Ranges that the client asks for from now on."""
    seen: list[str | None] = []

    def note(request: Any, **kwargs: Any) -> None:
        value = request.headers.get("Range")
        seen.append(value.decode() if isinstance(value, bytes) else value)

    fs.s3.meta.events.register("before-send.s3.GetObject", note)
    return seen


SLICES = [
    (None, None),
    (0, 5),
    (5, None),
    (None, 7),
    (-9, None),
    (3, -4),
    (-20, -10),
    (1000, 900_000),
    (7, 7),
    (9, 3),
]


@pytest.mark.parametrize(("start", "end"), SLICES)
@pytest.mark.parametrize("chunksize", [None, 1000_000, 100_000])
def test_slices(
    fs: S3FileSystem, path: str, start: int | None, end: int | None, chunksize: int | None
) -> None:
    assert fs.cat_file(path, start=start, end=end, chunksize=chunksize) == DATA[start:end]


def test_beyond_the_end(fs: S3FileSystem, path: str) -> None:
    assert fs.cat_file(path, start=1_023_000, end=9_000_000) == DATA[1_023_000:]
    assert fs.cat_file(path, start=0, end=9_000_000, chunksize=300_000) == DATA
    with pytest.raises(OSError, match="range"):
        fs.cat_file(path, start=2_000_000, end=2_000_001)


@pytest.mark.parametrize("size", [0, 1])
def test_small_objects_take_one_request(fs: S3FileSystem, bucket: str, tmp_path: Path, size: int) -> None:
    fs.pipe(f"{bucket}/small", b"x" * size)
    fs.invalidate_cache()
    seen = requests_of(fs)
    assert fs.cat(f"{bucket}/small") == b"x" * size
    fs.get(f"{bucket}/small", str(tmp_path / "small"))
    assert (tmp_path / "small").read_bytes() == b"x" * size
    assert seen == [None, None]


def test_large_objects_are_read_in_pieces(fs: S3FileSystem, path: str) -> None:
    seen = requests_of(fs)
    assert fs.cat_file(path, chunksize=300_000) == DATA
    assert seen[0] is None
    assert sorted(map(str, seen[1:])) == [
        "bytes=300000-599999",
        "bytes=600000-899999",
        "bytes=900000-",
    ]


def test_files_read_in_pieces_through_caches(aws: LocalAWS, path: str) -> None:
    # Not "mmap": fsspec leaves its temporary file open.
    for cache_type in ("none", "bytes", "readahead", "blockcache", "all", "background"):
        fs = S3FileSystem(**options(aws, default_cache_type=cache_type))
        with fs.open(path, "rb", block_size=70_000) as file:
            assert file.read(10) == DATA[:10]
            file.seek(500_000)
            assert file.read(200_000) == DATA[500_000:700_000]
            assert file.seek(-5, 2) == len(DATA) - 5
            assert file.read() == DATA[-5:]
            assert file.read() == b""


def test_nobody_reads_half_an_old_object_and_half_a_new_one(
    aws: LocalAWS, fs: S3FileSystem, path: str
) -> None:
    plain = aws.client("s3")

    def replace(event: BeforeSend) -> None:
        if event.headers.get("Range") and not replaced:
            replaced.append(plain.put_object(Bucket=bucket, Key="data", Body=DATA[::-1]))

    replaced: list[Any] = []
    bucket = fs.split_path(path)[0]
    registered = fs.s3.meta.events.on(BeforeSend, replace, operation="GetObject")
    with pytest.raises(FileExpired, match="changed"):
        fs.cat_file(path, chunksize=300_000)
    assert replaced
    assert registered


@pytest.mark.parametrize("local_expiry_check", [False, True])
def test_a_file_that_was_replaced_while_it_is_open(
    aws: LocalAWS, fs: S3FileSystem, path: str, local_expiry_check: bool
) -> None:
    checking = S3FileSystem(**options(aws, local_expiry_check=local_expiry_check))
    checking.invalidate_cache()
    with checking.open(path, "rb") as file:
        fs.pipe(path, b"other")
        with pytest.raises(FileExpired):
            file.read()


def test_cat_ranges(fs: S3FileSystem, path: str) -> None:
    starts, ends = [0, 100, 5000, 90], [10, 120, 6000, 95]
    expected = [DATA[start:end] for start, end in zip(starts, ends, strict=True)]
    assert fs.cat_ranges([path] * 4, starts, ends) == expected
    seen = requests_of(fs)
    assert fs.cat_ranges([path] * 4, starts, ends, max_gap=100) == expected
    assert sorted(map(str, seen)) == ["bytes=0-119", "bytes=5000-5999"]
    found = fs.cat_ranges([path, path + "-no"], 0, 5, max_gap=0)
    assert found[0] == DATA[:5]
    assert isinstance(found[1], FileNotFoundError)
    with pytest.raises(FileNotFoundError):
        fs.cat_ranges([path, path + "-no"], 0, 5, max_gap=0, on_error="raise")
    with pytest.raises(ValueError, match="one of each"):
        fs.cat_ranges([path], [1, 2], [3], max_gap=1)


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 50) | st.none(), st.integers(0, 50) | st.none())
    ),
    st.integers(0, 10),
)
def test_merged_ranges_hold_what_was_asked_for(ranges: list[Any], gap: int) -> None:
    paths, starts, ends = ([one[index] for one in ranges] for index in range(3))
    groups = _merged(paths, starts, ends, gap)
    assert sorted(member for *_, members in groups for member in members) == list(range(len(ranges)))
    for path, start, end, members in groups:
        for member in members:
            assert paths[member] == path
            if len(members) > 1:
                assert start <= starts[member] <= ends[member] <= end


class Progress(Callback):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[int] = []

    def call(self, *args: Any, **kwargs: Any) -> None:
        self.seen.append(self.value)


def test_get_tells_its_progress(fs: S3FileSystem, path: str, tmp_path: Path) -> None:
    progress = Progress()
    fs.get_file(path, str(tmp_path / "data"), callback=progress, chunksize=300_000)
    assert (tmp_path / "data").read_bytes() == DATA
    assert (progress.size, progress.value) == (len(DATA), len(DATA))
    assert len(progress.seen) >= 4


def test_a_download_that_fails_leaves_the_old_file(fs: S3FileSystem, bucket: str, tmp_path: Path) -> None:
    target = tmp_path / "data"
    target.write_bytes(b"old")
    with pytest.raises(FileNotFoundError):
        fs.get_file(f"{bucket}/no", str(target))
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["data"]


@pytest.mark.parametrize("key", ["../../out", "a/../../../out"])
def test_names_do_not_lead_out_of_the_folder(key: str, fs: S3FileSystem, bucket: str, tmp_path: Path) -> None:
    """Of an object, on the way of ``get``, in all versions of fsspec."""
    fs._sync(fs._call_s3("put_object", Bucket=bucket, Key=f"folder/{key}", Body=b"1"))
    target = tmp_path / "in" / "folder"
    target.mkdir(parents=True)
    with pytest.raises(ValueError, match="out"):
        fs.get(f"{bucket}/folder", str(target), recursive=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    fs.get(f"{bucket}/folder/{key}", str(tmp_path / "out"))
    assert (tmp_path / "out").read_bytes() == b"1"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names")
def test_get_into_a_pipe(fs: S3FileSystem, path: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()))
    reader.start()
    fs.get_file(path, str(pipe), chunksize=300_000)
    reader.join()
    assert found == [DATA]


@pytest.mark.parametrize("seed", range(3))
def test_broken_streams_are_read_again(seed: int, tmp_path: Path) -> None:
    store = FaultyS3(seed, share=0.3)
    store.objects["/b/k"] = DATA
    with serving(store) as port:
        fs = on_faulty(port)
        fs.retries = 20
        assert fs.cat_file("b/k", chunksize=50_000) == DATA
        fs.get_file("b/k", str(tmp_path / "k"), chunksize=50_000)
        close(fs)
    assert (tmp_path / "k").read_bytes() == DATA
    assert store.faults
