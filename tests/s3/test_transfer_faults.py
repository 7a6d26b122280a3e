"""Transfers on bad days: streams that break, objects that are replaced, tasks that are cancelled."""

from __future__ import annotations

import asyncio
import base64
import copy
import io
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia import exceptions
from sotalia.config import Config
from sotalia.s3.transfer import TransferConfig
from sotalia.testing import LocalAWS
from tests.client_kinds import Kind
from tests.transport.servers import Connection, certificate, serving

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
MB = 1024 * 1024
DATA = bytes(range(256)) * 40
CHECKSUM = base64.b64encode(zlib.crc32(DATA).to_bytes(4, "big"))
RANGES = TransferConfig(multipart_threshold=4000, multipart_chunksize=4000, io_chunksize=500)
WHOLE = TransferConfig(io_chunksize=500)


class Store:
    """An S3 of one object, which goes wrong as told: ``faults`` are done to one GET each, in order."""

    def __init__(self, *faults: str, checksum: bool = False) -> None:
        self.checksum = b"x-amz-checksum-crc32: %b\r\n" % CHECKSUM if checksum else b""
        self.faults = list(faults)
        self.gets: list[str] = []
        self.ranges: list[str] = []

    def __call__(self, connection: Connection) -> None:
        while True:
            head, _ = connection.request()
            if head.startswith(b"HEAD"):
                connection.send(self._head(200, b"", len(DATA)))
                continue
            lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
            self.gets.append(lines.get(b"if-match", b"").decode())
            start, end = 0, len(DATA) - 1
            wanted = lines.get(b"range")
            self.ranges.append((wanted or b"").decode())
            if wanted:
                first, _, last = wanted.removeprefix(b"bytes=").partition(b"-")
                start, end = int(first), int(last or end)
            if not self._answer(connection, wanted is not None, start, end):
                return

    def _answer(self, connection: Connection, is_range: bool, start: int, end: int) -> bool:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "replaced":
            body = b"<Error><Code>PreconditionFailed</Code><Message>m</Message></Error>"
            connection.send(self._head(412, b"", len(body)) + body)
            return True
        if fault == "other range":
            start, end = start + 1, end
        content = DATA[start : end + 1]
        span = b"Content-Range: bytes %d-%d/%d\r\n" % (start, end, len(DATA)) if is_range else b""
        connection.send(self._head(206 if is_range else 200, span or self.checksum, len(content)))
        if fault in ("broken", "stillborn"):
            connection.send(content[:1700] if fault == "broken" else b"")
            return False
        connection.send(content)
        return True

    def _head(self, status: int, headers: bytes, length: int) -> bytes:
        return b'HTTP/1.1 %d X\r\nETag: "e"\r\n%sContent-Length: %d\r\n\r\n' % (status, headers, length)


class Pipe(io.RawIOBase):
    def __init__(self) -> None:
        self.data = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += bytes(data)
        return len(data)


@pytest.fixture
def downloading(client_kind: Kind) -> Any:
    """``downloading(store, call)`` runs a call on a client of a store."""

    def run(store: Store, call: Callable[[Any], Any]) -> Any:
        with serving(store) as port:
            config = Config(retries={"max_attempts": 0}, response_checksum_validation="when_supported")
            s3 = client_kind.client(
                "s3", client_kind.session(**KEYS), endpoint_url=f"http://127.0.0.1:{port}", config=config
            )
            return call(s3)

    return run


@pytest.mark.parametrize("config", [WHOLE, RANGES], ids=["whole", "ranges"])
@pytest.mark.parametrize("breaks", [0, 1, 3])
def test_streams_that_break(downloading: Any, config: Any, breaks: int, tmp_path: Path) -> None:
    progress: list[int] = []
    target, pipe, memory = tmp_path / "target", Pipe(), io.BytesIO()
    faults = ["broken"] * breaks
    downloading(
        Store(*faults), lambda s3: s3.download_file("b", "k", str(target), None, progress.append, config)
    )
    downloading(Store(*faults), lambda s3: s3.download_fileobj("b", "k", pipe, Config=config))
    downloading(Store(*faults), lambda s3: s3.download_fileobj("b", "k", memory, Config=config))
    assert target.read_bytes() == pipe.data == memory.getvalue() == DATA
    assert sum(progress) == len(DATA)
    assert os.listdir(tmp_path) == ["target"]


def test_a_broken_stream_is_continued_where_it_broke(downloading: Any) -> None:
    for config, expected in (
        (WHOLE, ["", "bytes=1700-", "bytes=3400-"]),
        (RANGES, ["bytes=0-3999", "bytes=1700-3999"]),
    ):
        store = Store(*["broken"] * (len(expected) - 1))
        config = copy.copy(config)
        config.max_concurrency = 1
        progress: list[int] = []
        into = io.BytesIO()
        downloading(store, lambda s3: s3.download_fileobj("b", "k", into, None, progress.append, config))  # noqa: B023
        assert store.ranges[: len(expected)] == expected
        # As the reference does, the first call for a whole object makes no condition.
        assert store.gets[0] == ("" if store.ranges[0] == "" else '"e"')
        assert set(store.gets[1:]) == {'"e"'}
        assert into.getvalue() == DATA
        assert min(progress) > 0


def test_a_broken_stream_that_has_a_checksum_starts_anew(downloading: Any) -> None:
    """Or nobody could check the whole."""
    store = Store("broken", checksum=True)
    for into in (io.BytesIO(), Pipe()):
        store.faults = ["broken"]
        downloading(store, lambda s3: s3.download_fileobj("b", "k", into, Config=WHOLE))  # noqa: B023
        assert (into.data if isinstance(into, Pipe) else into.getvalue()) == DATA
    assert store.ranges == [""] * 4


@pytest.mark.parametrize("config", [WHOLE, RANGES], ids=["whole", "ranges"])
def test_streams_that_break_too_often(downloading: Any, config: Any, tmp_path: Path) -> None:
    store = Store(*["stillborn"] * 30)
    with pytest.raises(exceptions.RetriesExceededError) as caught:
        downloading(store, lambda s3: s3.download_file("b", "k", str(tmp_path / "target"), Config=config))
    assert isinstance(caught.value.last_exception, Exception)
    assert len(store.gets) >= 5
    assert os.listdir(tmp_path) == []


def test_an_object_that_is_replaced_meanwhile(downloading: Any, tmp_path: Path) -> None:
    store = Store("", "replaced")
    with pytest.raises(exceptions.S3DownloadFailedError, match="did not match expected"):
        downloading(store, lambda s3: s3.download_file("b", "k", str(tmp_path / "target"), Config=RANGES))
    assert set(store.gets) == {'"e"'}
    assert os.listdir(tmp_path) == []


def test_another_range_than_was_asked_for(downloading: Any, tmp_path: Path) -> None:
    with pytest.raises(exceptions.S3ValidationError, match=r"(?i)range"):
        downloading(
            Store("other range"), lambda s3: s3.download_file("b", "k", str(tmp_path / "t"), Config=RANGES)
        )
    assert os.listdir(tmp_path) == []


def test_progress_over_tls(client_kind: Kind, tmp_path: Path) -> None:
    """There the checksum follows the body, which is wrapped for that."""
    path, context = certificate(tmp_path)
    bodies: list[bytes] = []

    def handle(connection: Connection) -> None:
        while True:
            _, body = connection.request()
            bodies.append(body)
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    progress: list[int] = []
    with serving(handle, context) as port:
        s3 = client_kind.client(
            "s3", client_kind.session(**KEYS), endpoint_url=f"https://127.0.0.1:{port}", verify=str(path)
        )
        s3.upload_fileobj(io.BytesIO(DATA), "b", "k", Callback=progress.append)
    assert bodies == [DATA] or DATA in bodies[0]
    assert sum(progress) == len(DATA)


# -- cancelling ------------------------------------------------------------------------------------------------------


def asynchronous(aws: LocalAWS, work: Callable[[Any, str], Any]) -> Any:
    """Run work with a client and a bucket, and see that no task is left."""

    async def run() -> Any:
        async with sotalia.AsyncSession(**KEYS).client("s3", endpoint_url=aws.endpoint_url) as s3:
            bucket = "transfer-cancelling"
            await s3.create_bucket(Bucket=bucket)
            result = await work(s3, bucket)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            assert "Uploads" not in await s3.list_multipart_uploads(Bucket=bucket)
            return result

    return asyncio.run(run())


def test_a_cancelled_upload_is_aborted(aws: LocalAWS) -> None:
    async def work(s3: Any, bucket: str) -> None:
        started = asyncio.Event()

        async def hang(params: dict[str, Any], **kwargs: Any) -> None:
            started.set()
            await asyncio.sleep(60)

        s3.meta.events.register("provide-client-params.s3.UploadPart", hang)
        config = TransferConfig(multipart_threshold=1, max_concurrency=2)
        task = asyncio.create_task(s3.upload_fileobj(io.BytesIO(bytes(11 * MB)), bucket, "k", Config=config))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asynchronous(aws, work)


def test_a_part_that_fails_ends_the_others(aws: LocalAWS) -> None:
    async def work(s3: Any, bucket: str) -> list[int]:
        begun: list[int] = []

        async def second_fails(params: dict[str, Any], **kwargs: Any) -> None:
            begun.append(params["PartNumber"])
            if params["PartNumber"] == 2:
                raise RuntimeError("second")
            await asyncio.sleep(60)

        s3.meta.events.register("provide-client-params.s3.UploadPart", second_fails)
        config = TransferConfig(multipart_threshold=1, max_concurrency=2, multipart_chunksize=5 * MB)
        with pytest.raises(RuntimeError, match="second"):
            await s3.upload_fileobj(io.BytesIO(bytes(21 * MB)), bucket, "k", Config=config)
        return begun

    assert asynchronous(aws, work) == [1, 2]


def test_a_cancelled_download_leaves_no_file(aws: LocalAWS, tmp_path: Path) -> None:
    async def work(s3: Any, bucket: str) -> None:
        await s3.put_object(Bucket=bucket, Key="k", Body=bytes(2 * MB))
        started = asyncio.Event()

        async def hang(params: dict[str, Any], **kwargs: Any) -> None:
            started.set()
            await asyncio.sleep(60)

        s3.meta.events.register("provide-client-params.s3.GetObject", hang)
        task = asyncio.create_task(
            s3.download_file(
                bucket, "k", str(tmp_path / "target"), Config=TransferConfig(multipart_threshold=1)
            )
        )
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asynchronous(aws, work)
    assert os.listdir(tmp_path) == []


def test_asynchronous_files_and_callbacks(aws: LocalAWS) -> None:
    class File:
        def __init__(self, data: bytes = b"") -> None:
            self.file = io.BytesIO(data)

        async def read(self, amount: int = -1) -> bytes:
            await asyncio.sleep(0)
            return self.file.read(min(amount, 300_000))

        async def write(self, data: bytes) -> int:
            await asyncio.sleep(0)
            return self.file.write(data)

    async def work(s3: Any, bucket: str) -> None:
        content = bytes(6 * MB) + b"end"
        config = TransferConfig(multipart_threshold=5 * MB, multipart_chunksize=5 * MB)
        for data in (b"", b"few", content):
            progress: list[int] = []

            async def note(count: int, progress: list[int] = progress) -> None:
                progress.append(count)

            await s3.upload_fileobj(File(data), bucket, "k", Callback=note, Config=config)
            into = File()
            await s3.download_fileobj(bucket, "k", into, Callback=note, Config=config)
            assert into.file.getvalue() == data
            assert sum(progress) == 2 * len(data)

    asynchronous(aws, work)


def test_no_more_parts_at_once_than_said(aws: LocalAWS) -> None:
    async def work(s3: Any, bucket: str) -> None:
        now = most = 0

        async def count(**kwargs: Any) -> None:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.001)

        def uncount(**kwargs: Any) -> None:
            nonlocal now
            now -= 1

        s3.meta.events.register("provide-client-params.s3.GetObject", count)
        s3.meta.events.register("after-call.s3.GetObject", uncount)
        await s3.put_object(Bucket=bucket, Key="k", Body=DATA)
        config = TransferConfig(multipart_threshold=1, multipart_chunksize=1000, max_concurrency=3)
        into = io.BytesIO()
        await s3.download_fileobj(bucket, "k", into, Config=config)
        assert into.getvalue() == DATA
        assert most == 3

    asynchronous(aws, work)
