"""Transfers on bad days: the result is intact, or there is an error and nothing half-done is left."""

from __future__ import annotations

import _thread
import io
import os
import random
import resource
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia import exceptions
from sotalia.config import Config
from sotalia.s3.transfer import TransferConfig
from tests.client_kinds import Kind
from tests.s3.faulty import FaultyS3
from tests.transport.servers import certificate, serving

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
MB = 1024 * 1024
DATA = random.Random(11).randbytes(23 * MB + 7)
PARTS = TransferConfig(multipart_threshold=5 * MB, multipart_chunksize=5 * MB, max_concurrency=4)


async def no_sleep(seconds: float) -> None:
    pass


@pytest.fixture
def connected(client_kind: Kind) -> Iterator[Callable[..., Any]]:
    """``connected(store)`` gives a client of a store, which does not wait between its attempts."""
    opened = []

    def connect(store: FaultyS3, attempts: int = 9, **arguments: Any) -> Any:
        server = serving(store)
        port = server.__enter__()
        opened.append(server)
        config = Config(
            retries={"mode": "standard", "total_max_attempts": attempts},
            response_checksum_validation="when_required",
        )
        s3 = client_kind.client(
            "s3",
            client_kind.session(**KEYS),
            endpoint_url=f"http://127.0.0.1:{port}",
            config=config,
            **arguments,
        )
        s3.raw._endpoint.runtime.sleep = no_sleep
        return s3

    yield connect
    for server in opened:
        server.__exit__(None, None, None)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(DATA)
    return path


def transferring_threads() -> list[str]:
    """Those that are left. One that is just about to begin when all is given up ends at once, and is waited for."""
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("s3-transfer")]
    about_to_begin = [thread for thread in threads if thread.ident is None]
    left = [thread.name for thread in threads if thread.ident is not None and thread.is_alive()]
    for thread in about_to_begin:
        while thread.ident is None:
            time.sleep(0.001)
        thread.join(10)
    return left + [thread.name for thread in about_to_begin if thread.is_alive()]


@pytest.mark.parametrize("seed", range(4))
def test_requests_that_fail_at_random(connected: Any, source: Path, tmp_path: Path, seed: int) -> None:
    store = FaultyS3(seed, share=0.3)
    s3 = connected(store)
    progress: dict[str, list[int]] = {"up": [], "down": []}
    s3.upload_file(str(source), "b", "k", Callback=progress["up"].append, Config=PARTS)
    s3.upload_fileobj(io.BytesIO(DATA), "b", "k2", Config=PARTS)
    s3.download_file("b", "k", str(tmp_path / "got"), Callback=progress["down"].append, Config=PARTS)
    pipe = Pipe()
    s3.download_fileobj("b", "k2", pipe, Config=PARTS)
    assert (tmp_path / "got").read_bytes() == DATA
    assert b"".join(pipe.written) == DATA
    assert [sum(counts) for counts in progress.values()] == [len(DATA)] * 2
    assert store.faults
    assert not store.uploads
    assert not store.aborted
    assert sorted(os.listdir(tmp_path)) == ["got", "source"]
    assert not transferring_threads()


class Pipe:
    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.written.append(data)
        return len(data)


def test_requests_that_always_fail(connected: Any, source: Path, tmp_path: Path) -> None:
    store = FaultyS3(5)
    s3 = connected(store, attempts=2)
    s3.upload_file(str(source), "b", "k", Config=PARTS)
    store._share = 1.0
    with pytest.raises((exceptions.S3UploadFailedError, exceptions.HTTPClientError)):
        s3.upload_file(str(source), "b", "new", Config=PARTS)
    assert not store.uploads
    assert store.aborted == ["u1"]
    with pytest.raises((exceptions.ClientError, exceptions.RetriesExceededError, exceptions.HTTPClientError)):
        s3.download_file("b", "k", str(tmp_path / "got"), Config=PARTS)
    assert list(store.objects) == ["/b/k"]
    assert os.listdir(tmp_path) == ["source"]
    assert not transferring_threads()


def test_a_full_disk(connected: Any, source: Path, tmp_path: Path) -> None:
    store = FaultyS3()
    s3 = connected(store)
    store.objects["/b/k"] = DATA
    target = tmp_path / "got"
    target.write_bytes(b"older")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Beyond it the system writes no more, as on a disk without room.
    resource.setrlimit(resource.RLIMIT_FSIZE, (3 * MB, before[1]))
    try:
        for config in (PARTS, TransferConfig(multipart_threshold=10**9)):
            with pytest.raises(OSError, match="File too large"):
                s3.download_file("b", "k", str(target), Config=config)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with open("/dev/full", "wb", buffering=0) as full, pytest.raises(OSError, match="No space left"):
        s3.download_fileobj("b", "k", full, Config=PARTS)
    assert target.read_bytes() == b"older"
    assert sorted(os.listdir(tmp_path)) == ["got", "source"]
    assert not transferring_threads()


# -- the source is changed -------------------------------------------------------------------------------------------


def cut(path: Path) -> None:
    os.truncate(path, 1000)


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"x" * 1000)


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def touch(path: Path) -> None:
    os.utime(path, (1, 1))


SIZES = {"whole": 3 * MB, "parts": len(DATA)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("change", [cut, overwrite, append, touch], ids=lambda change: change.__name__)
def test_a_source_that_is_changed(
    aws: Any, client_kind: Kind, tmp_path: Path, change: Callable[[Path], None], size: str
) -> None:
    path = tmp_path / "source"
    data = DATA[: SIZES[size]]
    path.write_bytes(data)
    s3 = client_kind.client("s3", client_kind.session(**KEYS), endpoint_url=aws.endpoint_url)
    s3.create_bucket(Bucket="changed-sources")
    changed: list[str] = []

    def change_once(event_name: str, **kwargs: Any) -> None:
        if not changed:
            changed.append(event_name)
            change(path)

    # After the first checksum was computed, before the body goes out; with parts, while others were read.
    moment = "before-send.s3.PutObject" if size == "whole" else "after-call.s3.UploadPart"
    if size == "whole" and change is overwrite:
        moment = "after-call.s3.PutObject"  # Else it is S3 that finds the checksum wrong.
    s3.raw.meta.events.register(moment, change_once)
    config = TransferConfig(multipart_threshold=5 * MB, multipart_chunksize=5 * MB, max_concurrency=1)

    def upload() -> None:
        s3.upload_file(str(path), "changed-sources", size, Config=config)

    if change in (append, touch):
        upload()
        assert s3.get_object(Bucket="changed-sources", Key=size)["Body"].read() == data
    else:
        with pytest.raises(exceptions.S3UploadFailedError, match=r"changed|shorter") as caught:
            upload()
        assert str(path) in str(caught.value)
    assert changed
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="changed-sources")


def test_a_file_object_that_is_cut(connected: Any, source: Path) -> None:
    store = FaultyS3()
    s3 = connected(store)
    s3.raw.meta.events.register("after-call.s3.UploadPart", lambda **kwargs: os.truncate(source, 1000))
    config = TransferConfig(multipart_threshold=5 * MB, multipart_chunksize=5 * MB, max_concurrency=1)
    with source.open("rb") as file, pytest.raises(EOFError, match="became shorter"):
        s3.upload_fileobj(file, "b", "k", Config=config)
    assert store.aborted == ["u0"]
    assert not store.objects


# -- the caller gives up ---------------------------------------------------------------------------------------------


@pytest.fixture
def s3_of_threads() -> Iterator[tuple[Any, FaultyS3]]:
    store = FaultyS3()
    with (
        serving(store) as port,
        sotalia.Session(**KEYS).client("s3", endpoint_url=f"http://127.0.0.1:{port}") as s3,
    ):
        yield s3, store


def interrupt_once(s3: Any, event: str) -> None:
    interrupted: list[bool] = []

    def interrupt(**kwargs: Any) -> None:
        if not interrupted:
            interrupted.append(True)
            _thread.interrupt_main()

    s3.meta.events.register(event, interrupt)


@pytest.mark.usefixtures("interrupts")
def test_ctrl_c_in_an_upload(s3_of_threads: tuple[Any, FaultyS3], source: Path) -> None:
    s3, store = s3_of_threads
    interrupt_once(s3, "after-call.s3.UploadPart")
    with pytest.raises(KeyboardInterrupt):
        s3.upload_file(str(source), "b", "k", Config=PARTS)
    assert store.aborted == ["u0"]
    assert not store.objects
    assert not store.uploads
    assert not transferring_threads()


@pytest.mark.usefixtures("interrupts")
def test_ctrl_c_in_a_download(s3_of_threads: tuple[Any, FaultyS3], source: Path, tmp_path: Path) -> None:
    s3, store = s3_of_threads
    store.objects["/b/k"] = DATA
    interrupt_once(s3, "after-call.s3.GetObject")
    with pytest.raises(KeyboardInterrupt):
        s3.download_file("b", "k", str(tmp_path / "got"), Config=PARTS)
    assert os.listdir(tmp_path) == ["source"]
    assert not transferring_threads()


def test_a_callback_that_fails_ends_the_transfer(connected: Any, source: Path, tmp_path: Path) -> None:
    store = FaultyS3()
    s3 = connected(store)
    store.objects["/b/k"] = DATA

    def fail(count: int) -> None:
        raise LookupError("of the callback")

    with pytest.raises(LookupError, match="of the callback"):
        s3.upload_file(str(source), "b", "new", Callback=fail, Config=PARTS)
    with pytest.raises(LookupError, match="of the callback"):
        s3.download_file("b", "k", str(tmp_path / "got"), Callback=fail, Config=PARTS)
    assert store.aborted == ["u0"]
    assert os.listdir(tmp_path) == ["source"]


# -- what it needs ---------------------------------------------------------------------------------------------------


class Endless(io.RawIOBase):
    """So many zeros, which nobody can wind back."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, amount: int = -1) -> bytes:
        count = min(amount, self._left)
        self._left -= count
        return bytes(count)


def test_memory_is_bounded(connected: Any, tmp_path: Path) -> None:
    class Sink(FaultyS3):
        """Keeps nothing of what it gets, as it is in this process."""

        def _serve(self, *arguments: Any) -> bool:
            *others, _, fault = arguments
            return super()._serve(*others, b"", fault)

    config = TransferConfig(multipart_threshold=5 * MB, multipart_chunksize=5 * MB, max_concurrency=2)
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(60 * MB)
    s3 = connected(Sink())
    # Of the server's side up to two bodies are in memory as well, and a copy while one is taken from what arrived.
    for upload, parts in (
        (lambda: s3.upload_file(str(path), "b", "k", Config=config), 6),
        (lambda: s3.upload_fileobj(Endless(60 * MB), "b", "k", Config=config), 9),
    ):
        tracemalloc.start()
        try:
            upload()
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < parts * 5 * MB


def test_handlers_see_the_context_of_the_caller(connected: Any, source: Path) -> None:
    variable: ContextVar[str] = ContextVar("variable")
    seen: list[str] = []
    s3 = connected(FaultyS3())
    s3.raw.meta.events.register("before-call.s3", lambda **kwargs: seen.append(variable.get("nothing")))
    variable.set("of the caller")
    s3.upload_file(str(source), "b", "k", Config=PARTS)
    assert seen == ["of the caller"] * 7


def test_parts_are_sent_again_over_tls(client_kind: Kind, source: Path, tmp_path: Path) -> None:
    """There the checksum follows the part, which is wound back with it."""
    path, context = certificate(tmp_path)
    store = FaultyS3(3, share=0.4)
    with serving(store, context) as port:
        config = Config(retries={"mode": "standard", "total_max_attempts": 12})
        s3 = client_kind.client(
            "s3",
            client_kind.session(**KEYS),
            endpoint_url=f"https://127.0.0.1:{port}",
            verify=str(path),
            config=config,
        )
        s3.raw._endpoint.runtime.sleep = no_sleep
        s3.upload_file(str(source), "b", "k", Config=PARTS)
    stored = store.objects["/b/k"]
    assert store.faults
    assert unframed(stored) == DATA


def unframed(body: bytes) -> bytes:
    """What was sent in frames that the server kept as they came (``aws-chunked``), one part after another."""
    found, position = [], 0
    while position < len(body):
        end = body.index(b"\r\n", position)
        size = int(body[position:end], 16)
        if size == 0:
            position = body.index(b"\r\n\r\n", end) + 4
            continue
        found.append(body[end + 2 : end + 2 + size])
        position = end + 2 + size + 2
    return b"".join(found)
