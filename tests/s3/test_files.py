"""Windows of files, and writing in order: whatever is done to them, what comes out is what was in."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sotalia.runtime import SyncRuntime, drive
from sotalia.s3.files import AsyncWindow, Memory, NamedFile, OrderedWriter, Reader, SharedFile, Window
from sotalia.s3.pace import Pace
from sotalia.s3.workers import StoppedError

DATA = bytes(range(256)) * 5
PLACES = ["memory", "shared", "named", "named without pread"]


def pace(told: list[int] | None = None) -> Pace:
    return Pace(SyncRuntime(), None if told is None else told.append, None)


@pytest.fixture(scope="module", params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    if request.param == "memory":
        yield Memory(DATA)
        return
    if request.param == "shared":
        yield SharedFile(io.BytesIO(b"before" + DATA), 6)
        return
    path = tmp_path_factory.mktemp("files") / "file"
    path.write_bytes(DATA)
    file = NamedFile(str(path), "rb")
    if request.param == "named without pread":
        file._shared = SharedFile(file._file)
    yield file
    file.close()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.one_of(st.none(), st.integers(-1, 700))),
        st.tuples(st.just("seek"), st.integers(0, 300)),
    ),
    max_size=12,
)


@given(offset=st.integers(0, len(DATA)), size=st.integers(0, len(DATA)), steps=STEPS)
def test_a_window_is_a_file_of_its_part(
    place: Memory, offset: int, size: int, steps: list[tuple[str, int | None]]
) -> None:
    size = min(size, len(DATA) - offset)
    expected = io.BytesIO(DATA[offset : offset + size])
    window, asynchronous = Window(place, offset, size, pace()), AsyncWindow(place, offset, size, pace())
    assert len(window) == size
    with asyncio.Runner() as runner:
        for what, amount in steps:
            if what == "seek" and amount is not None:
                amount = min(amount, size)
                assert window.seek(amount) == asynchronous.seek(amount) == expected.seek(amount)
            else:
                found = expected.read(amount)
                assert window.read(amount) == found
                assert runner.run(asynchronous.read(amount)) == found
            assert window.tell() == asynchronous.tell() == expected.tell()


def test_only_what_is_sent_counts() -> None:
    told: list[int] = []
    counted = pace(told)
    window = Window(Memory(bytes(600_000)), 0, 600_000, counted)
    window.read()
    assert told == []  # Somebody computed a checksum.
    window.seek(0)
    window.signal_transferring()
    window.read(400_000)
    assert told == [400_000]
    window.seek(0)  # It has to be sent again.
    window.signal_transferring()
    window.read(100_000)
    drive(window.done())
    drive(counted.finish())
    assert told[:2] == [400_000, -300_000]
    assert sum(told) == 600_000


def test_a_file_that_became_shorter(tmp_path: Path) -> None:
    window = Window(Memory(b"abc"), 1, 5, pace())
    with pytest.raises(EOFError, match="became shorter while it was uploaded: it ends 3 bytes too early"):
        window.read()


def test_a_transfer_that_was_given_up() -> None:
    given_up = pace()
    window = Window(Memory(b"abc"), 0, 3, given_up)
    given_up.stop.is_set = True
    with pytest.raises(StoppedError):
        window.read()


def test_what_comes_in_one_piece_is_not_copied() -> None:
    piece = bytes(100)

    class Source:
        def read(self, amount: int) -> bytes:
            return piece

    reader = Reader(Source(), is_async=False)
    assert drive(reader.read(100)) is piece
    reader.give_back(b"first")
    assert drive(reader.read(105)) == b"first" + piece


def test_text_is_refused() -> None:
    with pytest.raises(TypeError, match="open it in binary mode"):
        SharedFile(io.StringIO("text")).read_at(0, 4)


@given(st.lists(st.integers(1, 40), max_size=20), st.data())
def test_what_comes_again_is_passed_over(sizes: list[int], data: st.DataObject) -> None:
    file = io.BytesIO()
    writer = OrderedWriter(file, is_slow=False)
    position = 0
    for size in sizes:
        drive(writer.write(position, DATA[position : position + size]))
        position += size
        if data.draw(st.booleans()):
            position = data.draw(st.integers(0, position))
    assert file.getvalue() == DATA[: len(file.getvalue())]
    assert len(file.getvalue()) >= position


@given(st.lists(st.tuples(st.integers(0, 1000), st.binary(max_size=50)), max_size=10))
def test_writing_at_any_place(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[int, bytes]]
) -> None:
    path = tmp_path_factory.mktemp("written") / "file"
    named, memory = NamedFile(str(path), "wb"), io.BytesIO()
    shared = SharedFile(memory)
    expected = io.BytesIO()
    for offset, piece in pieces:
        named.write_at(offset, piece)
        if piece:
            shared.write_at(offset, piece)
            expected.seek(offset)
            expected.write(piece)
    named.close()
    assert path.read_bytes() == memory.getvalue() == expected.getvalue()
