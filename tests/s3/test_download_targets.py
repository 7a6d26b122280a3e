"""Where downloads go: long names, special files, folders that are not there; what is left when they fail."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import stat
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from sotalia.config import Config
from sotalia.s3.files import NamedFile, beside
from sotalia.s3.transfer import TransferConfig
from tests.client_kinds import KEYS, Kind
from tests.s3.test_download_lies import DATA, RANGES, WHOLE, Liar, Response
from tests.transport.servers import serving

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
ORDERED = TransferConfig(multipart_threshold=4000, multipart_chunksize=4000, io_chunksize=500)


@pytest.fixture
def download(client_kind: Kind) -> Any:
    """``download(method, target)`` from an honest server, or the one that is given; gives the server."""

    def run(method: str, target: Any, config: Any = WHOLE, server: Liar | None = None) -> Liar:
        server = server or Liar(None, None)
        with serving(server) as port:
            given = Config(retries={"max_attempts": 0})
            url = f"http://127.0.0.1:{port}"
            s3 = client_kind.client("s3", client_kind.session(**KEYS), endpoint_url=url, config=given)
            getattr(s3, method)("b", "k", target, Config=config)
        return server

    return run


NAMES = [
    *("a" * count for count in (1, 119, 120, 121, 246, 247, 248, 250, 254, 255)),
    *("ü" * 127 + "a" * count for count in (0, 1)),
    *("€" * 85, "€" * 82 + "aa", "\U0001f600" * 63 + "abc", "a" + "\U0001f600" * 63),
]


@pytest.mark.parametrize("config", [WHOLE, RANGES], ids=["whole", "ranges"])
def test_long_names(download: Any, tmp_path: Path, config: Any) -> None:
    """A name may have 255 bytes, the name of the file beside it too."""
    for name in NAMES:
        assert len(os.fsencode(name)) <= 255
        download("download_file", str(tmp_path / name), config)
        assert (tmp_path / name).read_bytes() == DATA
    assert sorted(os.listdir(tmp_path)) == sorted(NAMES)


def test_names_of_files_beside_others() -> None:
    for name in (*NAMES, "a\udcff" * 127, "\udcff" * 255, "", "."):
        found = beside(os.path.join("folder", name))
        assert os.path.dirname(found) == "folder"
        assert len(os.fsencode(os.path.basename(found))) <= max(129, len(os.fsencode(name)))
        assert beside(name) != beside(name)
    # Most names can be told from the name beside them.
    assert beside("report.csv").startswith("report.csv.")


def test_a_name_that_is_too_long(download: Any, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too long"):
        download("download_file", str(tmp_path / ("a" * 256)))
    assert os.listdir(tmp_path) == []


def test_what_cannot_be_written(download: Any, tmp_path: Path) -> None:
    """Nothing is left behind, and what stands there stays."""
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    (tmp_path / "file").write_bytes(b"mine")
    for target, error in (
        ("missing/a", FileNotFoundError),
        ("file/a", NotADirectoryError),
        ("folder", OSError),
        ("folder/", OSError),
    ):
        with pytest.raises(error):
            download("download_file", str(tmp_path / target))
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == [
        "file",
        "folder",
        os.path.join("folder", "inner"),
    ]
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_a_folder_that_changes_meanwhile(download: Any, tmp_path: Path) -> None:
    """What went wrong first is raised, also when the file beside the target is gone."""

    def remove(response: Response) -> None:
        for name in os.listdir(tmp_path):
            os.unlink(tmp_path / name)

    with pytest.raises(FileNotFoundError):
        download("download_file", str(tmp_path / "a"), server=Liar(None, remove))

    def remove_and_lie(response: Response) -> None:
        remove(response)
        response.status = 403

    with pytest.raises(Exception, match="403"):
        download("download_file", str(tmp_path / "a"), server=Liar(None, remove_and_lie))
    assert os.listdir(tmp_path) == []


@needs_pipes
def test_links_and_devices(download: Any, tmp_path: Path) -> None:
    (tmp_path / "null").symlink_to("/dev/null")
    (tmp_path / "nowhere").symlink_to("missing")
    (tmp_path / "file").write_bytes(b"mine")
    (tmp_path / "link").symlink_to("file")
    for config in (WHOLE, RANGES):
        for target in ("/dev/null", str(tmp_path / "null")):
            download("download_file", target, config)
            assert stat.S_ISCHR(os.stat(target).st_mode)
        assert (tmp_path / "null").is_symlink()
    # As the reference does, a link is replaced; what it leads to stays.
    for name in ("link", "nowhere"):
        download("download_file", str(tmp_path / name))
        assert (tmp_path / name).read_bytes() == DATA
        assert not (tmp_path / name).is_symlink()
    assert (tmp_path / "file").read_bytes() == b"mine"
    assert sorted(os.listdir(tmp_path)) == ["file", "link", "nowhere", "null"]


@needs_pipes
@pytest.mark.parametrize("config", [WHOLE, RANGES], ids=["whole", "ranges"])
def test_a_pipe_that_nobody_reads_any_more(download: Any, tmp_path: Path, config: Any) -> None:
    """That is no stream that broke: asking again would not help, and write twice."""
    os.mkfifo(tmp_path / "pipe")

    def read() -> None:
        with open(tmp_path / "pipe", "rb", buffering=0) as pipe:
            pipe.read(100)

    reader = threading.Thread(target=read)
    reader.start()
    big = bytes(300_000)
    server = Liar(
        lambda response: setattr(response, "body", big), lambda response: setattr(response, "body", big)
    )
    if config is RANGES:
        server = Liar(None, None)
    try:
        try:
            download("download_file", str(tmp_path / "pipe"), config, server)
        except BrokenPipeError:
            assert len(server.gets) <= (1 if config is WHOLE else 3)
        else:
            assert config is RANGES  # 10,000 bytes fit into the pipe.
    finally:
        reader.join()
    assert (tmp_path / "pipe").is_fifo()


class Short(io.RawIOBase):
    """Takes few bytes at a time, as unbuffered files may."""

    def __init__(self, *, is_seekable: bool) -> None:
        self.data = bytearray()
        self.position = 0
        self.is_seekable = is_seekable

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self.is_seekable

    def seek(self, offset: int, whence: int = 0) -> int:
        assert self.is_seekable
        self.position = offset
        return offset

    def write(self, data: Any) -> int:
        piece = bytes(data[:77])
        self.data.extend(bytes(max(0, self.position - len(self.data))))
        self.data[self.position : self.position + len(piece)] = piece
        self.position += len(piece)
        return len(piece)


class Silent(Short):
    """Takes all, and does not say so."""

    def write(self, data: Any) -> Any:
        while data:
            data = data[super().write(data) :]


@pytest.mark.parametrize("config", [WHOLE, ORDERED], ids=["whole", "ranges"])
@pytest.mark.parametrize("is_seekable", [True, False])
def test_files_that_take_few_bytes_at_a_time(download: Any, config: Any, is_seekable: bool) -> None:
    for kind in (Short, Silent):
        target = kind(is_seekable=is_seekable)
        download("download_fileobj", target, config)
        assert bytes(target.data) == DATA


@needs_pipes
def test_pipes_that_do_not_wait(download: Any, client_kind: Kind) -> None:
    """Neither is a full one written to by half, nor is an empty one at its end."""
    big = bytes(300_000)
    change = lambda response: setattr(response, "body", big)  # noqa: E731
    source, target = os.pipe()
    os.set_blocking(source, False)
    os.set_blocking(target, False)
    with open(source, "rb", buffering=0) as reader, open(target, "wb", buffering=0) as writer:
        s3 = client_kind.client("s3", client_kind.session(**KEYS), endpoint_url="http://127.0.0.1:9")
        with pytest.raises(BlockingIOError, match="not at its end"):
            s3.upload_fileobj(reader, "b", "k")
        with pytest.raises(BlockingIOError, match="no more bytes"):
            download("download_fileobj", writer, WHOLE, Liar(change, change))


@pytest.mark.parametrize("error", [ConnectionResetError, TimeoutError])
def test_errors_of_the_file_are_not_tried_again(download: Any, error: type[Exception]) -> None:
    class Broken(io.BytesIO):
        def write(self, data: Any) -> int:
            raise error("of the file")

    server = Liar(None, None)
    with pytest.raises(error, match="of the file"):
        download("download_fileobj", Broken(), server=server)
    assert len(server.gets) == 1


def test_a_file_is_closed_by_its_last_user(tmp_path: Path) -> None:
    """A thread that a cancelled task left behind never writes into another file of the same number."""
    file = NamedFile(str(tmp_path / "one"), "xb")
    with file._used():
        number = file._file.fileno()
        file.close()
        assert not file._file.closed
        with open(tmp_path / "other", "wb") as other:
            assert other.fileno() != number
    assert file._file.closed
    for call in (lambda: file.write_at(0, b"x"), lambda: file.read_at(0, 1)):
        with pytest.raises(ValueError, match="closed"):
            call()
    file.close()


# An interrupt in the middle of open() leaves the file to the collector, which warns of it, and closes it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.skipif(os.name == "nt", reason="sends itself a signal")
@pytest.mark.usefixtures("interrupts")
@pytest.mark.parametrize("config", [WHOLE, RANGES], ids=["whole", "ranges"])
def test_interrupts_leave_nothing(tmp_path: Path, config: Any) -> None:
    """At any moment of a download: the target is the old one or the new one, and alone."""
    import sotalia

    target = tmp_path / "target"
    gap = threading.Event()

    def slowly(response: Response) -> None:
        gap.wait(0.002)

    with serving(Liar(slowly, slowly)) as port:
        given = Config(retries={"max_attempts": 0})
        url = f"http://127.0.0.1:{port}"
        s3 = sotalia.Session(**KEYS).client("s3", endpoint_url=url, config=given)
        s3.download_file("b", "k", str(target), Config=config)
        main = threading.main_thread().ident
        assert main is not None
        interrupts = 0
        for number in range(60):
            target.write_bytes(b"older")
            timer = threading.Timer(number * 0.0004, signal.pthread_kill, (main, signal.SIGINT))
            try:
                timer.start()
                s3.download_file("b", "k", str(target), Config=config)
                # If it has not come yet it comes here, where it is expected.
                timer.join()
                time.sleep(0.01)
            except KeyboardInterrupt:
                interrupts += 1
            timer.join()
            assert os.listdir(tmp_path) == ["target"]
            assert target.read_bytes() in (b"older", DATA)
        assert interrupts
        s3.close()


def test_cancelled_tasks_leave_nothing(tmp_path: Path) -> None:
    import sotalia

    target = tmp_path / "target"

    async def work(url: str) -> None:
        given = Config(retries={"max_attempts": 0})
        async with sotalia.AsyncSession(**KEYS).client("s3", endpoint_url=url, config=given) as s3:
            for number in range(60):
                target.write_bytes(b"older")
                task = asyncio.create_task(s3.download_file("b", "k", str(target), Config=RANGES))
                for _ in range(number):
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                assert os.listdir(tmp_path) == ["target"]
                assert target.read_bytes() in (b"older", DATA)

    with serving(Liar(None, None)) as port:
        asyncio.run(work(f"http://127.0.0.1:{port}"))
