"""Objects written: whole or not at all, and no upload is left behind."""

from __future__ import annotations

import gc
import gzip
import os
import random
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import fsspec
import pytest

from sotalia.events import BeforeSend
from sotalia.exceptions import ClientError
from sotalia.fs import S3FileSystem
from sotalia.fs.leaving import give_up_all
from sotalia.fs.writing import calculate_chunksize
from sotalia.testing import LocalAWS
from tests.fs.conftest import close, on_faulty, options
from tests.s3.faulty import FaultyS3
from tests.transport.servers import serving

MB = 2**20
DATA = random.Random(7).randbytes(12 * MB + 3)


class Failed(Exception):  # noqa: N818
    """What the program raises while it writes."""


def assert_nothing_is_left(fs: S3FileSystem, path: str) -> None:
    fs.invalidate_cache()
    assert not fs.exists(path)
    assert fs.list_multipart_uploads(path.partition("/")[0]) == []


@pytest.mark.slow(keep=5)
@pytest.mark.parametrize("size", [0, 1, 5 * MB - 1, 5 * MB, 5 * MB + 1, len(DATA)])
@pytest.mark.parametrize("step", [len(DATA), 1_234_567])
def test_files(fs: S3FileSystem, bucket: str, size: int, step: int) -> None:
    with fs.open(f"{bucket}/a", "wb", block_size=5 * MB) as file:
        for start in range(0, size, step):
            file.write(DATA[start : min(start + step, size)])
        assert file.tell() == size
        assert not fs.exists(f"{bucket}/a")
    assert fs.cat(f"{bucket}/a") == DATA[:size]
    assert fs.list_multipart_uploads(bucket) == []


def test_parts_of_one_size(aws: LocalAWS, bucket: str) -> None:
    fs = S3FileSystem(**options(aws, fixed_upload_size=True))
    with fs.open(f"{bucket}/a", "wb", block_size=5 * MB) as file:
        file.write(DATA)
        assert file.buffer.tell() == 2 * MB + 3
    sizes = [
        fs.call_s3("head_object", Bucket=bucket, Key="a", PartNumber=number)["ContentLength"]
        for number in (1, 2, 3)
    ]
    assert fs.cat(f"{bucket}/a") == DATA
    assert sizes == [5 * MB, 5 * MB, 2 * MB + 3]


@pytest.mark.parametrize("mode", ["wb", "xb", "w"])
@pytest.mark.parametrize("size", [0, 3, 6 * MB])
def test_a_block_that_fails_leaves_nothing(fs: S3FileSystem, bucket: str, mode: str, size: int) -> None:
    with pytest.raises(Failed), fs.open(f"{bucket}/a", mode, block_size=5 * MB) as file:  # noqa: PT012
        file.write(b"x" * size if "b" in mode else "x" * size)
        raise Failed
    assert file.closed
    assert_nothing_is_left(fs, f"{bucket}/a")


@pytest.mark.slow(keep=4)
@pytest.mark.parametrize("mode", ["wb", "w"])
@pytest.mark.parametrize(
    ("compression", "size"), [(None, 3), (None, 6 * MB), ("gzip", 3), ("gzip", 6 * MB), ("bz2", 3)]
)
def test_a_block_of_fsspec_open_that_fails_leaves_nothing(
    aws: LocalAWS, fs: S3FileSystem, bucket: str, mode: str, compression: str | None, size: int
) -> None:
    opened = fsspec.open(f"sotalia://{bucket}/a", mode, compression=compression, **options(aws))
    text = random.Random(1).randbytes(size // 2).hex()
    with pytest.raises(Failed), opened as file:  # noqa: PT012
        file.write(text.encode() if "b" in mode else text)
        raise Failed
    assert_nothing_is_left(fs, f"{bucket}/a")
    with opened as file:
        file.write(text.encode() if "b" in mode else text)
    with fsspec.open(
        f"sotalia://{bucket}/a", mode.replace("w", "r"), compression=compression, **options(aws)
    ) as file:
        assert file.read() == (text.encode() if "b" in mode else text)


def test_an_error_that_is_handled_is_none_of_the_file(fs: S3FileSystem, bucket: str) -> None:
    try:
        raise Failed
    except Failed:
        with fs.open(f"{bucket}/a", "wb") as file:
            file.write(b"told")
        with fsspec.open(f"sotalia://{bucket}/b", "wb", **fs.storage_options) as file:
            file.write(b"told")
        late = fs.open(f"{bucket}/c", "wb")
        late.write(b"told")
        late.close()
    assert fs.cat([f"{bucket}/{name}" for name in "abc"]) == {f"{bucket}/{name}": b"told" for name in "abc"}


@pytest.mark.parametrize("mode", ["wb", "w"])
def test_compression(fs: S3FileSystem, bucket: str, mode: str) -> None:
    text = "some text " * 1000
    with fs.open(f"{bucket}/a.gz", mode, compression="infer") as file:
        file.write(text.encode() if "b" in mode else text)
    assert gzip.decompress(fs.cat(f"{bucket}/a.gz")) == text.encode()
    with pytest.raises(Failed), fs.open(f"{bucket}/b.gz", mode, compression="infer") as file:  # noqa: PT012
        file.write(text.encode() if "b" in mode else text)
        raise Failed
    assert_nothing_is_left(fs, f"{bucket}/b.gz")
    with fs.open(f"{bucket}/plain", "wb", compression="infer") as file:
        file.write(b"1")
    assert fs.cat(f"{bucket}/plain") == b"1"


@pytest.mark.parametrize("mode", ["wb", "w"])
@pytest.mark.parametrize(("compression", "size"), [(None, 3), (None, 6 * MB), ("gzip", 3)])
def test_what_nobody_closes_is_discarded(
    fs: S3FileSystem, bucket: str, mode: str, compression: str | None, size: int
) -> None:
    text = random.Random(1).randbytes(size).hex()
    with pytest.warns(ResourceWarning, match="never closed"):  # noqa: PT031
        file: Any = fs.open(f"{bucket}/a", mode, block_size=5 * MB, compression=compression)
        file.write(text.encode() if "b" in mode else text)
        del file
        gc.collect()
    close(fs)  # What was asked for on the loop is done by then, or soon.
    for _ in range(100):
        if not fs.list_multipart_uploads(bucket):
            break
    assert_nothing_is_left(fs, f"{bucket}/a")


def test_a_program_that_ends_leaves_no_upload(aws: LocalAWS, fs: S3FileSystem, bucket: str) -> None:
    program = f"""
        from sotalia.fs import S3FileSystem
        fs = S3FileSystem(**{options(aws)!r})
        file = fs.open("{bucket}/a", "wb", block_size=5 * 2**20)
        file.write(b"x" * 6 * 2**20)
        print(len(fs.list_multipart_uploads("{bucket}")))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "1\n"
    assert_nothing_is_left(fs, f"{bucket}/a")


def refuse(fs: S3FileSystem, operation: str, after: int = 0) -> Any:
    """Have calls of an operation fail, but for the first few."""
    seen: list[Any] = []

    def respond(event: BeforeSend) -> None:
        seen.append(event)
        if len(seen) > after:
            event.respond(403, body=b"<Error><Code>AccessDenied</Code><Message>not you</Message></Error>")

    fs.s3.meta.events.on(BeforeSend, respond, operation=operation)
    return seen


@pytest.fixture
def own(aws: LocalAWS) -> Any:
    """A filesystem whose handlers are the test's own."""
    made = S3FileSystem(**options(aws), skip_instance_cache=True)
    yield made
    close(made)


@pytest.mark.slow(keep=7)
@pytest.mark.parametrize(
    "operation", ["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "PutObject"]
)
@pytest.mark.parametrize("way", ["open", "pipe", "put", "stream"])
def test_what_s3_refuses_leaves_nothing(
    fs: S3FileSystem, own: S3FileSystem, bucket: str, tmp_path: Path, operation: str, way: str
) -> None:
    refuse(own, operation, after=1 if operation == "UploadPart" else 0)
    data = b"1" if operation == "PutObject" else DATA
    local = tmp_path / "data"
    local.write_bytes(data)

    def write() -> None:
        if way == "open":
            with own.open(f"{bucket}/a", "wb", block_size=5 * MB) as file:
                for start in range(0, len(data), 5 * MB):
                    file.write(data[start : start + 5 * MB])
        elif way == "pipe":
            own.pipe(f"{bucket}/a", data, chunksize=5 * MB)
        elif way == "stream":
            own._sync(stream())
        else:
            own.put(str(local), f"{bucket}/a", chunksize=5 * MB)

    async def stream() -> None:
        async with await own.open_async(f"{bucket}/a", "wb", block_size=5 * MB) as file:
            for start in range(0, len(data), 5 * MB):
                await file.write(data[start : start + 5 * MB])

    with pytest.raises(PermissionError, match="not you") as caught:
        write()
    assert isinstance(caught.value.__cause__, ClientError)
    assert_nothing_is_left(fs, f"{bucket}/a")


def test_exclusive_files(fs: S3FileSystem, bucket: str, tmp_path: Path) -> None:
    with fs.open(f"{bucket}/a", "xb") as first, fs.open(f"{bucket}/a", "xb") as second:
        first.write(b"first")
        first.close()
        second.write(b"second")
        with pytest.raises(FileExistsError):
            second.close()
    with pytest.raises(FileExistsError):
        fs.open(f"{bucket}/a", "xb")
    with pytest.raises(FileExistsError):
        fs.pipe_file(f"{bucket}/a", b"third", mode="create")
    (tmp_path / "a").write_bytes(b"fourth")
    with pytest.raises(FileExistsError):
        fs.put_file(str(tmp_path / "a"), f"{bucket}/a", mode="create")
    assert fs.cat(f"{bucket}/a") == b"first"


@pytest.mark.slow(keep=6)
@pytest.mark.parametrize("size", [None, 0, 3, 5 * MB, 6 * MB])
@pytest.mark.parametrize("more", [0, 3, 6 * MB])
def test_append(fs: S3FileSystem, bucket: str, size: int | None, more: int) -> None:
    path = f"{bucket}/a"
    if size is not None:
        fs.pipe(path, DATA[:size], ContentType="text/plain", Metadata={"a": "b"})
    with fs.open(path, "ab", block_size=5 * MB) as file:
        assert file.tell() == (size or 0)
        file.write(DATA[:more])
    assert fs.cat(path) == DATA[: size or 0] + DATA[:more]
    if size is not None:
        assert (fs.info(path)["ContentType"], fs.metadata(path)) == ("text/plain", {"a": "b"})


def test_append_is_to_what_was_there(own: S3FileSystem, bucket: str) -> None:
    """moto copies whatever the condition says, so that only the condition is tested."""
    own.pipe(f"{bucket}/a", DATA)
    seen: list[Any] = []
    own.s3.meta.events.on(BeforeSend, lambda event: seen.append(event.headers), operation="UploadPartCopy")
    with own.open(f"{bucket}/a", "ab") as file:
        file.write(b"more")
    assert [headers["x-amz-copy-source-if-match"].decode() for headers in seen] == [file._appended_to["ETag"]]


@pytest.mark.parametrize("size", [0, 3, 6 * MB])
def test_transactions(fs: S3FileSystem, bucket: str, size: int) -> None:
    with fs.transaction:
        for name in "ab":
            with fs.open(f"{bucket}/{name}", "wb", block_size=5 * MB) as file:
                file.write(DATA[:size])
        assert fs.ls(bucket, refresh=True) == []
    assert fs.cat(bucket, recursive=True) == {f"{bucket}/{name}": DATA[:size] for name in "ab"}
    with pytest.raises(Failed), fs.transaction:  # noqa: PT012
        with fs.open(f"{bucket}/c", "wb", block_size=5 * MB) as file:
            file.write(DATA[:size])
        raise Failed
    assert_nothing_is_left(fs, f"{bucket}/c")
    with pytest.raises(ValueError, match="discarded"):
        file.commit()


@pytest.mark.parametrize(
    "value", [bytearray(DATA), memoryview(DATA), memoryview(DATA)[::1].cast("c")], ids=type
)
@pytest.mark.parametrize("chunksize", [None, 5 * MB])
def test_pipe_takes_any_bytes(fs: S3FileSystem, bucket: str, value: Any, chunksize: int | None) -> None:
    fs.pipe_file(f"{bucket}/a", value, chunksize=chunksize)
    assert fs.cat(f"{bucket}/a") == DATA


def test_put_guesses_the_content_type(fs: S3FileSystem, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    fs.put(str(tmp_path / "a.json"), f"{bucket}/")
    assert fs.info(f"{bucket}/a.json", refresh=True)["ContentType"] == "application/json"


@pytest.mark.parametrize(
    ("path", "error"),
    [("BUCKET", "needs a name"), ("BUCKET/", "needs a name"), ("BUCKET/a?versionId=b", "version")],
)
def test_what_cannot_be_written(aws: LocalAWS, bucket: str, path: str, error: str) -> None:
    fs = S3FileSystem(**options(aws, version_aware=True))
    with pytest.raises(ValueError, match=error):
        fs.pipe_file(path.replace("BUCKET", bucket), b"1")


def test_blocks_below_a_part_are_refused(fs: S3FileSystem, bucket: str) -> None:
    with pytest.raises(ValueError, match="5MB"):
        fs.open(f"{bucket}/a", "wb", block_size=MB)
    with pytest.raises(ValueError, match="ACL"):
        fs.open(f"{bucket}/a", "wb", acl="nobody")
    with pytest.raises(ValueError, match="key"):
        fs.open(bucket, "wb")


@pytest.mark.parametrize(
    ("size", "expected"), [(0, 50 * MB), (50 * MB * 10_000, 50 * MB), (50 * MB * 10_001, 52_434_043)]
)
def test_chunks(size: int, expected: int) -> None:
    assert calculate_chunksize(size) == expected
    assert calculate_chunksize(size, 7) == 7


@pytest.mark.parametrize("seed", range(3))
def test_bad_days(seed: int) -> None:
    store = FaultyS3(seed, share=0.5)
    with serving(store) as port:
        fs = on_faulty(port)
        with fs.open("b/file", "wb", block_size=5 * MB) as file:
            for start in range(0, len(DATA), MB):
                file.write(DATA[start : start + MB])
        fs.pipe_file("b/pipe", DATA, chunksize=5 * MB)
        close(fs)
    assert store.objects == {"/b/file": DATA, "/b/pipe": DATA}
    assert store.uploads == {}
    assert store.faults


def test_large_writes_become_parts_of_a_block(fs: S3FileSystem, bucket: str) -> None:
    with fs.open(f"{bucket}/a", "wb", block_size=5 * MB) as file:
        file.write(DATA)
        assert len(file.parts or ()) == 2
    assert fs.cat(f"{bucket}/a") == DATA


def test_an_interrupt_while_a_part_is_on_its_way(aws: LocalAWS, fs: S3FileSystem, bucket: str) -> None:
    """A part that was taken from the buffer and not sent must not be missing in an object."""
    file = fs.open(f"{bucket}/a", "wb", block_size=5 * MB)
    file.write(DATA[: 5 * MB])

    def interrupted(left: int = 0) -> None:
        raise KeyboardInterrupt

    file._finish_parts = interrupted
    with pytest.raises(KeyboardInterrupt):
        file.write(DATA[5 * MB :])
    with pytest.raises(ValueError, match=r"write mode|closed file"):
        file.write(b"more")
    file.close()
    assert_nothing_is_left(fs, f"{bucket}/a")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_leaves_the_file_to_its_parent(fs: S3FileSystem, bucket: str) -> None:
    with fs.open(f"{bucket}/a", "wb", block_size=5 * MB) as file:
        file.write(DATA)
        child = os.fork()
        if child == 0:
            file.__del__()
            give_up_all()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
    assert fs.cat(f"{bucket}/a") == DATA


@pytest.mark.slow(keep=4)
@pytest.mark.parametrize(
    "name", ["a b", "ä/ö", "a+b", "a%20b", "a#b", "a?b", "a&b=c", "'\"<>", "\U0001f40b", "a//b", " a "]
)
def test_any_name(fs: S3FileSystem, bucket: str, tmp_path: Path, name: str) -> None:
    path = f"{bucket}/{name}"
    fs.pipe_file(path, b"1")
    with fs.open(f"{path}2", "wb") as file:
        file.write(b"2")
    fs.cp_file(path, f"{path}3")
    assert fs.find(bucket) == [path, f"{path}2", f"{path}3"]
    assert [fs.cat_file(one) for one in fs.find(bucket)] == [b"1", b"2", b"1"]
    fs.get_file(path, str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == b"1"
    fs.rm(bucket, recursive=True)
    assert not fs.exists(bucket)


def test_what_fails_in_a_transaction_is_not_committed_with_the_others(fs: S3FileSystem, bucket: str) -> None:
    with fs.transaction:
        with pytest.raises(Failed), fs.open(f"{bucket}/a", "wb"):
            raise Failed
        with fs.open(f"{bucket}/b", "wb") as file:
            file.write(b"1")
    assert fs.find(bucket) == [f"{bucket}/b"]


def test_what_cannot_be_opened(fs: S3FileSystem, bucket: str) -> None:
    with pytest.raises(LookupError):
        fs.open(f"{bucket}/a", "w", encoding="no-such-encoding")
    for mode in ("q", "r+b", "wr", "w+"):
        with pytest.raises((NotImplementedError, FileNotFoundError)):
            fs.open(f"{bucket}/a", mode)
    gc.collect()
    assert_nothing_is_left(fs, f"{bucket}/a")


def test_files_that_are_written_are_equal_to_themselves_only(fs: S3FileSystem, bucket: str) -> None:
    with fs.open(f"{bucket}/a", "ab") as one, fs.open(f"{bucket}/a", "ab") as other:
        assert len({one, other}) == 2
