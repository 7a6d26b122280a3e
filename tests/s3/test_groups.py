"""Transfers as groups: parts are children of their transfer in whichever thread or task, transfers those of a sync."""

from __future__ import annotations

import asyncio
import io
import itertools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.s3.bulk import delete, transfer
from sotalia.s3.bulk.reading import read
from sotalia.s3.sync import sync
from sotalia.s3.transfer import S3Transfer, TransferConfig, create_transfer_manager
from sotalia.testing import LocalAWS
from tests.client_kinds import KEYS, Kind
from tests.groups import Watched

ANY_KEYS: Any = KEYS

_numbers = itertools.count()
MIB = 2**20
LARGE = bytes(11 * MIB)
CONFIG = TransferConfig(multipart_threshold=6 * MIB, multipart_chunksize=5 * MIB, max_concurrency=3)
UPLOAD = ["CreateMultipartUpload", "UploadPart", "UploadPart", "UploadPart", "CompleteMultipartUpload"]


class Bench:
    """A client, a bucket with one large object ``there`` and a folder with one large and two small files."""

    def __init__(self, client: Any, folder: Path) -> None:
        self.s3, self.raw, self.folder = client, client.raw, folder
        self.bucket = f"groups-{next(_numbers)}"
        client.create_bucket(
            Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
        )
        client.put_object(Bucket=self.bucket, Key="there", Body=LARGE)
        (folder / "large").write_bytes(LARGE)
        (folder / "small").write_bytes(b"small")


@pytest.fixture
def bench(aws: LocalAWS, client_kind: Kind, tmp_path: Path) -> Bench:
    return Bench(client_kind.client("s3", endpoint_url=aws.endpoint_url), tmp_path)


def upload_file(b: Bench) -> Any:
    return b.raw.upload_file(str(b.folder / "large"), b.bucket, "k", Config=CONFIG)


def upload_fileobj(b: Bench) -> Any:
    return b.raw.upload_fileobj(io.BytesIO(LARGE), b.bucket, "k", Config=CONFIG)


def upload_small(b: Bench) -> Any:
    return b.raw.upload_file(str(b.folder / "small"), b.bucket, "k", Config=CONFIG)


def download_file(b: Bench) -> Any:
    return b.raw.download_file(b.bucket, "there", str(b.folder / "got"), Config=CONFIG)


def download_fileobj(b: Bench) -> Any:
    return b.raw.download_fileobj(b.bucket, "there", io.BytesIO(), Config=CONFIG)


def copy(b: Bench) -> Any:
    return b.raw.copy({"Bucket": b.bucket, "Key": "there"}, b.bucket, "k", Config=CONFIG)


COPY = ["HeadObject", *(name.replace("Part", "PartCopy") for name in UPLOAD)]


@pytest.mark.parametrize(
    ("step", "name", "operations"),
    [
        (upload_file, "upload s3://{}/k", UPLOAD),
        (upload_fileobj, "upload s3://{}/k", UPLOAD),
        (upload_small, "upload s3://{}/k", ["PutObject"]),
        (download_file, "download s3://{}/there", ["HeadObject", "GetObject", "GetObject", "GetObject"]),
        (download_fileobj, "download s3://{}/there", ["HeadObject", "GetObject", "GetObject", "GetObject"]),
        (copy, "copy s3://{}/k", COPY),
    ],
)
def test_one_group_per_transfer(
    bench: Bench, client_kind: Kind, step: Callable[[Bench], Any], name: str, operations: list[str]
) -> None:
    with Watched() as seen:
        client_kind.run(step(bench))
        bench.s3.head_bucket(Bucket=bench.bucket)
    assert seen.by_group() == {(name.format(bench.bucket),): operations, (): ["HeadBucket"]}
    assert len(seen.numbers()) == 2
    if not client_kind.is_async and len(operations) > 1:
        assert any(call.thread.startswith("s3-transfer-") for call in seen)


def test_two_transfers_at_once(bench: Bench, client_kind: Kind) -> None:
    def upload(key: str) -> Any:
        return bench.raw.upload_file(str(bench.folder / "large"), bench.bucket, key, Config=CONFIG)

    with Watched() as seen:
        if client_kind.is_async:

            async def both() -> None:
                await asyncio.gather(upload("a"), upload("b"))

            client_kind.run(both())
        else:
            threads = [threading.Thread(target=upload, args=(key,)) for key in "ab"]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    found = seen.by_group()
    assert {name: sorted(operations) for name, operations in found.items()} == {
        (f"upload s3://{bench.bucket}/{key}",): sorted(UPLOAD) for key in "ab"
    }
    assert len(seen.numbers()) == 2


def test_a_transfer_that_fails_aborts_within_its_group(bench: Bench, client_kind: Kind) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() >= 6 * MIB:
                raise OSError("no such disk")
            return super().read(size)

        seekable = None  # type: ignore[assignment] # A stream of unknown length.

    with Watched() as seen:
        with pytest.raises(OSError, match="no such disk"):
            client_kind.run(bench.raw.upload_fileobj(Broken(LARGE), bench.bucket, "k", Config=CONFIG))
        bench.s3.head_bucket(Bucket=bench.bucket)
    found = seen.by_group()
    assert found.pop(()) == ["HeadBucket"]
    [operations] = found.values()
    assert operations[0] == "CreateMultipartUpload"
    assert operations[-1] == "AbortMultipartUpload"


def test_a_transfer_that_is_cancelled_aborts_within_its_group(aws: LocalAWS, tmp_path: Path) -> None:
    async def run() -> tuple[Watched, str]:
        async with sotalia.AsyncSession(**ANY_KEYS).client("s3", endpoint_url=aws.endpoint_url) as s3:
            bucket = f"groups-{next(_numbers)}"
            await s3.create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
            )
            with Watched() as seen:
                task = asyncio.create_task(s3.upload_fileobj(io.BytesIO(LARGE), bucket, "k", Config=CONFIG))
                while not any(call.operation == "UploadPart" for call in seen):  # noqa: ASYNC110 - a call tells nobody
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                assert task.cancelled()
        return seen, bucket

    seen, bucket = asyncio.run(run())
    assert list(seen.by_group()) == [(f"upload s3://{bucket}/k",)]
    assert seen[-1].operation == "AbortMultipartUpload"


def test_a_sync_has_its_transfers_as_children(bench: Bench, client_kind: Kind) -> None:
    bench.s3.delete_object(Bucket=bench.bucket, Key="there")
    with Watched() as seen:
        client_kind.run(sync(bench.raw, bench.folder, f"s3://{bench.bucket}/p", config=CONFIG, delete=True))
    name = f"sync {bench.folder} s3://{bench.bucket}/p/"
    found = seen.by_group()
    assert {(name, f"upload s3://{bench.bucket}/p/{key}") for key in ("large", "small")} <= set(found)
    assert set(found.pop((name, "list_objects_v2"))) == {"ListObjectsV2"}
    assert sum(map(len, found.values())) == len(UPLOAD) + 1


@pytest.mark.parametrize(("move", "verb"), [(False, "cp"), (True, "mv")])
def test_a_bulk_transfer_has_its_transfers_as_children(
    bench: Bench, client_kind: Kind, tmp_path: Path, *, move: bool, verb: str
) -> None:
    target = str(tmp_path / "target") + "/"
    with Watched() as seen:
        client_kind.run(transfer(bench.raw, f"s3://{bench.bucket}/", target, recursive=True, move=move))
    name = f"{verb} s3://{bench.bucket}/ {target}"
    found = seen.by_group()
    # Of a size that a listing has told, and the deletion of what was moved is the bulk's.
    assert (name, f"download s3://{bench.bucket}/there") in found
    assert "GetObject" in found[name, f"download s3://{bench.bucket}/there"]
    assert ("DeleteObject" in found.get((name,), ())) == move
    assert set(found[name, "list_objects_v2"]) == {"ListObjectsV2"}


def test_deletions_and_readings_of_many(bench: Bench, client_kind: Kind) -> None:
    with Watched() as seen:
        client_kind.run(read(bench.raw, [f"s3://{bench.bucket}/there"], io.BytesIO()))
        client_kind.run(delete(bench.raw, f"s3://{bench.bucket}/", recursive=True))
    place = f"s3://{bench.bucket}/"
    assert set(seen.by_group()) == {
        (f"cat {place}there", f"download {place}there"),
        (f"rm {place}", "list_objects_v2"),
        (f"rm {place}",),
    }


def test_managers_of_s3transfer(aws: LocalAWS, tmp_path: Path) -> None:
    client = sotalia.client("s3", endpoint_url=aws.endpoint_url, **ANY_KEYS)
    bucket = f"groups-{next(_numbers)}"
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    (tmp_path / "large").write_bytes(LARGE)
    manager = create_transfer_manager(client, CONFIG)
    with Watched() as seen, S3Transfer(manager=manager) as transfers:
        transfers.upload_file(str(tmp_path / "large"), bucket, "k")
        transfers.download_file(bucket, "k", str(tmp_path / "got"))
        client.head_bucket(Bucket=bucket)
    assert set(seen.by_group()) == {(f"upload s3://{bucket}/k",), (f"download s3://{bucket}/k",), ()}


def test_without_a_recorder_there_is_no_group(bench: Bench, client_kind: Kind) -> None:
    with Watched(watches=False) as seen:
        client_kind.run(upload_file(bench))
    assert seen.by_group() == {(): UPLOAD}
