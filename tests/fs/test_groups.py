"""Operations of the filesystem and open files as groups of calls, through fsspec's loop and its threads too."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sotalia.fs import S3FileSystem
from sotalia.testing import LocalAWS
from tests.fs.conftest import options
from tests.groups import Watched

MIB = 2**20

OPERATIONS: dict[str, tuple[Callable[[Any, str, Path], Any], list[str]]] = {
    "ls": (lambda fs, b, _: fs.ls(b), ["ls s3://{b}"]),
    "ls of a URL": (lambda fs, b, _: fs.ls(f"s3://{b}/d", detail=True), ["ls s3://{b}/d"]),
    "named": (lambda fs, b, _: fs.ls(path=b), ["ls s3://{b}"]),
    "find": (lambda fs, b, _: fs.find(b), ["find s3://{b}"]),
    "glob": (lambda fs, b, _: fs.glob(f"{b}/d/*"), ["glob s3://{b}/d/*"]),
    "du": (lambda fs, b, _: fs.du(b), ["du s3://{b}"]),
    "info": (lambda fs, b, _: fs.info(f"{b}/d/a"), ["info s3://{b}/d/a"]),
    "exists": (lambda fs, b, _: fs.exists(f"{b}/d/no"), ["exists s3://{b}/d/no"]),
    "isfile": (lambda fs, b, _: fs.isfile(f"{b}/d/a"), ["isfile s3://{b}/d/a"]),
    "isdir": (lambda fs, b, _: fs.isdir(f"{b}/d"), ["isdir s3://{b}/d"]),
    "cat": (lambda fs, b, _: fs.cat(f"{b}/d/a"), ["cat s3://{b}/d/a"]),
    "cat of several": (lambda fs, b, _: fs.cat([f"{b}/d/a", f"{b}/d/c"]), ["cat 2 paths"]),
    "cat recursively": (lambda fs, b, _: fs.cat(f"{b}/d", recursive=True), ["cat s3://{b}/d"]),
    "cat_file": (lambda fs, b, _: fs.cat_file(f"{b}/large", start=1), ["cat_file s3://{b}/large"]),
    "cat_ranges": (lambda fs, b, _: fs.cat_ranges([f"{b}/d/a"], [0], [1]), ["cat_ranges s3://{b}/d/a"]),
    "pipe": (lambda fs, b, _: fs.pipe({f"{b}/p": b"x"}), ["pipe s3://{b}/p"]),
    "pipe_file": (lambda fs, b, _: fs.pipe_file(f"{b}/p", b"x"), ["pipe_file s3://{b}/p"]),
    "put": (lambda fs, b, to: fs.put(str(to / "here"), f"{b}/p"), ["put s3://{b}/p"]),
    "put_file": (lambda fs, b, to: fs.put_file(str(to / "here"), f"{b}/p"), ["put_file s3://{b}/p"]),
    "get": (lambda fs, b, to: fs.get(f"{b}/d", str(to / "got"), recursive=True), ["get s3://{b}/d"]),
    "get_file": (lambda fs, b, to: fs.get_file(f"{b}/d/a", str(to / "got")), ["get_file s3://{b}/d/a"]),
    "copy": (lambda fs, b, _: fs.copy(f"{b}/d/a", f"{b}/p"), ["copy s3://{b}/d/a s3://{b}/p"]),
    "cp_file": (lambda fs, b, _: fs.cp_file(f"{b}/d/a", f"{b}/p"), ["cp_file s3://{b}/d/a s3://{b}/p"]),
    "merge": (lambda fs, b, _: fs.merge(f"{b}/m", [f"{b}/large", f"{b}/large"]), ["merge s3://{b}/m"]),
    "touch": (lambda fs, b, _: fs.touch(f"{b}/t"), ["touch s3://{b}/t"]),
    "rm": (lambda fs, b, _: fs.rm(f"{b}/d", recursive=True), ["rm s3://{b}/d"]),
    "rm_file": (lambda fs, b, _: fs.rm_file(f"{b}/d/a"), ["rm_file s3://{b}/d/a"]),
    "metadata": (lambda fs, b, _: fs.metadata(f"{b}/d/a"), ["metadata s3://{b}/d/a"]),
    "put_tags": (lambda fs, b, _: fs.put_tags(f"{b}/d/a", {"k": "v"}), ["put_tags s3://{b}/d/a"]),
    "get_tags": (lambda fs, b, _: fs.get_tags(f"{b}/d/a"), ["get_tags s3://{b}/d/a"]),
    "read": (lambda fs, b, _: fs.open(f"{b}/large").read(), ["open s3://{b}/large"]),
    "read_block": (lambda fs, b, _: fs.read_block(f"{b}/d/a", 0, 1), ["open s3://{b}/d/a"]),
    "text": (lambda fs, b, _: fs.open(f"{b}/d/a", "r").read(), ["open s3://{b}/d/a"]),
    "write": (lambda fs, b, _: _write(fs, f"{b}/w", b"few"), ["open s3://{b}/w"]),
    "write parts": (lambda fs, b, _: _write(fs, f"{b}/w", bytes(11 * MIB)), ["open s3://{b}/w"]),
    "append": (lambda fs, b, _: _write(fs, f"{b}/large", b"few", "ab"), ["open s3://{b}/large"]),
    "exclusive": (lambda fs, b, _: _write(fs, f"{b}/w", b"few", "xb"), ["open s3://{b}/w"]),
    "given up": (lambda fs, b, _: _given_up(fs, f"{b}/w"), ["open s3://{b}/w"]),
}


def _write(fs: Any, path: str, data: bytes, mode: str = "wb") -> None:
    with fs.open(path, mode, block_size=5 * MIB) as file:
        for start in range(0, len(data), 3 * MIB):
            file.write(data[start : start + 3 * MIB])


def _given_up(fs: Any, path: str) -> None:
    def write() -> None:
        with fs.open(path, "wb", block_size=5 * MIB) as file:
            file.write(bytes(11 * MIB))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()


def _fill(fs: Any, bucket: str, folder: Path) -> None:
    fs.pipe({f"{bucket}/d/a": b"a", f"{bucket}/d/c": b"c", f"{bucket}/large": bytes(9 * MIB)})
    fs.invalidate_cache()
    (folder / "here").write_bytes(b"here")


@pytest.mark.parametrize("name", OPERATIONS)
def test_one_group_per_operation(fs: S3FileSystem, bucket: str, tmp_path: Path, name: str) -> None:
    operation, groups = OPERATIONS[name]
    _fill(fs, bucket, tmp_path)
    with Watched() as seen:
        operation(fs, bucket, tmp_path)
    assert list(seen.by_group()) == [(group.format(b=bucket),) for group in groups]
    assert len(seen.numbers()) == 1
    with Watched() as seen:
        fs.info(f"{bucket}/other") if fs.exists(f"{bucket}/other") else None
    assert list(seen.by_group()) in ([], [(f"exists s3://{bucket}/other",)])


def test_coroutines_and_streams(aws: LocalAWS, bucket: str, tmp_path: Path) -> None:
    async def run() -> Watched:
        fs = S3FileSystem(**options(aws), asynchronous=True, skip_instance_cache=True)
        client = await fs.set_session()
        with Watched() as seen:
            await asyncio.gather(fs._cat_file(f"{bucket}/d/a"), fs._ls(bucket))
            async with await fs.open_async(f"{bucket}/w", "wb", block_size=5 * MIB) as file:
                await file.write(bytes(6 * MIB))
                await fs._info(f"{bucket}/large", refresh=True)
                await file.write(b"few")
            stream = await fs.open_async(f"{bucket}/w")
            await stream.read()
            await stream.close()
        await client.aclose()
        return seen

    _fill(S3FileSystem(**options(aws)), bucket, tmp_path)
    seen = asyncio.run(run())
    found = seen.by_group()
    assert set(found) == {
        (f"cat_file s3://{bucket}/d/a",),
        (f"ls s3://{bucket}",),
        (f"info s3://{bucket}/large",),
        (f"open s3://{bucket}/w",),
    }
    assert found[(f"open s3://{bucket}/w",)] == [
        "CreateMultipartUpload",
        "UploadPart",
        "UploadPart",
        "CompleteMultipartUpload",
        "GetObject",
    ]
    assert len(seen.numbers()) == 5


def test_files_of_two_threads_at_once(fs: S3FileSystem, bucket: str) -> None:
    together = threading.Barrier(2)

    def write(key: str) -> None:
        with fs.open(f"{bucket}/{key}", "wb", block_size=5 * MIB) as file:
            for _ in range(3):
                together.wait(10)
                file.write(bytes(5 * MIB))

    with Watched() as seen:
        threads = [threading.Thread(target=write, args=(key,)) for key in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = {name: sorted(operations) for name, operations in seen.by_group().items()}
    assert set(found) == {(f"open s3://{bucket}/a",), (f"open s3://{bucket}/b",)}
    assert found[(f"open s3://{bucket}/a",)] == found[(f"open s3://{bucket}/b",)]


def test_a_file_that_is_open_already_when_somebody_begins_to_look(
    fs: S3FileSystem, bucket: str, tmp_path: Path
) -> None:
    _fill(fs, bucket, tmp_path)
    file = fs.open(f"{bucket}/large", cache_type="none")
    file.read(1)
    for _ in range(2):
        with Watched() as seen:
            file.read(1)
        assert seen.by_group() == {(f"open s3://{bucket}/large",): ["GetObject"]}
    file.close()


def test_an_operation_that_fails_leaves_its_group(fs: Any, bucket: str) -> None:
    with Watched() as seen:
        with pytest.raises(FileNotFoundError):
            fs.cat(f"{bucket}/no")
        with pytest.raises(AttributeError):
            fs.cat_file(None)
        fs.exists(bucket)
        fs.call_s3("list_buckets")
    assert seen.by_group()[()] == ["ListBuckets"]
    assert seen[0].names == [f"cat s3://{bucket}/no"]


def test_operations_keep_their_names_and_arguments() -> None:
    import inspect

    assert inspect.iscoroutinefunction(S3FileSystem._ls)
    assert list(inspect.signature(S3FileSystem._cat_file).parameters)[:2] == ["self", "path"]
    assert (S3FileSystem._find.__qualname__, S3FileSystem.find.__name__) == ("S3Listing._find", "_find")
