"""Bodies with a checksum behind them: however they are read they are the same, beside the reference's."""

from __future__ import annotations

import asyncio
import io
import zlib
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import botocore.httpchecksum
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sotalia.checksums.trailer import AsyncAwsChunkedBody, AwsChunkedBody, add_trailer

NAME = "x-amz-checksum-crc32"
MEGABYTE = 1024 * 1024
CONTENTS = st.one_of(st.just(b""), st.binary(max_size=60), st.sampled_from([b"ab" * MEGABYTE, b"c" * 70_000]))
SIZES = st.lists(st.one_of(st.integers(0, 50), st.integers(0, 3 * MEGABYTE)), min_size=1, max_size=6)


def wrapped(body: Any, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """A request dict after the trailer was added."""
    request = {"headers": dict(headers or {}), "body": body}
    add_trailer(request, {"name": NAME, "algorithm": "crc32"})
    return request


def reference(content: bytes) -> bytes:
    kind = botocore.httpchecksum._CHECKSUM_CLS["crc32"]
    found: bytes = botocore.httpchecksum.AwsChunkedWrapper(io.BytesIO(content), kind, NAME).read()
    return found


def unframed(data: bytes) -> bytes:
    """The content of frames (AWS's ``aws-chunked``), which have to end with the right checksum and nothing else."""
    content = b""
    while True:
        size, _, data = data.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            digest = b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()
            assert data == f"{NAME}:{digest}\r\n\r\n".encode()
            return content
        assert data[length : length + 2] == b"\r\n"
        content, data = content + data[:length], data[length + 2 :]


@pytest.mark.usefixtures("no_awscrt")
@settings(max_examples=60)
@given(content=CONTENTS)
def test_all_at_once_as_the_reference(content: bytes) -> None:
    expected = reference(content)
    assert unframed(expected) == content
    for size in (None, -1):
        found = AwsChunkedBody(io.BytesIO(content), "crc32", NAME).read(size)
        # Hexadecimal digits of sizes are capitals in ours.
        assert len(found) == len(expected)
        assert unframed(found) == content


@settings(max_examples=60)
@given(content=CONTENTS, sizes=SIZES)
def test_in_pieces_of_any_size(content: bytes, sizes: list[int]) -> None:
    body = AwsChunkedBody(io.BytesIO(content), "crc32", NAME)
    found = b""
    for turn in range(2):
        for size in sizes:
            piece = body.read(size)
            assert len(piece) <= size
            found += piece
            assert body.tell() == len(found)
        found += body.read()
        assert unframed(found) == content
        assert (body.read(), body.read(5)) == (b"", b"")
        if turn == 0:  # Once more for a retry: nothing of the first time is left.
            assert body.seek(0) == 0
            assert body.tell() == 0
            found = b""


@settings(max_examples=40)
@given(content=CONTENTS, start=st.integers(0, 60), size=st.integers(0, 30))
def test_a_file_is_sent_from_where_it_stands(content: bytes, start: int, size: int) -> None:
    file = io.BytesIO(content)
    file.seek(min(start, len(content)))
    rest = content[file.tell() :]
    request = wrapped(file)
    assert request["headers"]["X-Amz-Decoded-Content-Length"] == str(len(rest))
    body = request["body"]
    body.read(size)  # A part, as a failed attempt leaves it.
    body.seek(0)
    assert unframed(b"".join(body)) == rest


@pytest.mark.parametrize("body", [b"content", bytearray(b"content"), memoryview(b"content"), "content", None])
def test_bodies_in_memory(body: Any) -> None:
    request = wrapped(body, {"Content-Length": "0"} if body is None else {})
    content = b"" if body is None else b"content"
    assert unframed(request["body"].read()) == content
    assert request["headers"] == {
        "Transfer-Encoding": "chunked",
        "Content-Encoding": "aws-chunked",
        "X-Amz-Trailer": NAME,
        "X-Amz-Decoded-Content-Length": "0" if body is None else "7",
    }


def test_text_is_counted_in_bytes() -> None:
    request = wrapped(io.BytesIO("ü".encode()), {"Content-Encoding": "gzip"})
    assert request["headers"]["Content-Encoding"] == "gzip,aws-chunked"
    assert unframed(request["body"].read()) == "ü".encode()
    assert unframed(AwsChunkedBody(io.StringIO("ü€"), "crc32", NAME).read()) == "ü€".encode()


def test_a_trailer_is_added_once() -> None:
    request = wrapped(b"content")
    once = {**request, "headers": dict(request["headers"])}
    add_trailer(request, {"name": NAME, "algorithm": "crc32"})
    assert request == once
    given_by_the_caller = {NAME: "AAAAAA=="}
    assert wrapped(b"content", given_by_the_caller) == {"headers": given_by_the_caller, "body": b"content"}


class Pipe(io.RawIOBase):
    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._content.readinto(buffer)


def test_what_cannot_be_wound_back_says_so() -> None:
    request = wrapped(Pipe(b"once"))
    assert "X-Amz-Decoded-Content-Length" not in request["headers"]
    body = request["body"]
    with pytest.raises(OSError, match="wound back"):
        body.tell()
    with pytest.raises(OSError, match="wound back"):
        body.seek(0)
    assert unframed(body.read()) == b"once"


@pytest.mark.parametrize(("offset", "whence"), [(1, 0), (0, 1), (0, 2), (-1, 0)])
def test_there_is_no_other_place_than_the_beginning(offset: int, whence: int) -> None:
    body = AwsChunkedBody(io.BytesIO(b"content"), "crc32", NAME)
    with pytest.raises(OSError, match="beginning"):
        body.seek(offset, whence)
    assert unframed(body.read()) == b"content"


def test_files_that_count_are_told_when_it_counts() -> None:
    class Counting(io.BytesIO):
        told: list[bool] = []

        def signal_transferring(self) -> None:
            self.told.append(True)

        def signal_not_transferring(self) -> None:
            self.told.append(False)

    body = AwsChunkedBody(Counting(b"content"), "crc32", NAME)
    body.signal_transferring()
    body.signal_not_transferring()
    assert Counting.told == [True, False]
    plain = AwsChunkedBody(io.BytesIO(b"content"), "crc32", NAME)
    plain.signal_transferring()
    plain.signal_not_transferring()
    assert unframed(plain.read()) == b"content"


# -- bodies that are waited for ------------------------------------------------------------------------------------


class AsyncFile:
    def __init__(self, content: bytes, step: int = MEGABYTE) -> None:
        self._file = io.BytesIO(content)
        self._step = step

    async def read(self, size: int = -1) -> bytes:
        await asyncio.sleep(0)
        return self._file.read(min(size, self._step))


async def pieces(content: bytes, step: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), step):
        yield content[start : start + step]
        yield b""  # Nothing: not the end.


def plain_pieces(content: bytes, step: int) -> list[bytes]:
    return [b"", *(content[start : start + step] for start in range(0, len(content), step)), b""]


async def joined(body: Any) -> bytes:
    return b"".join([chunk async for chunk in body])


@settings(max_examples=30)
@given(content=st.binary(max_size=200), step=st.integers(1, 60))
def test_asynchronous_bodies(content: bytes, step: int) -> None:
    for raw in (AsyncFile(content, step), pieces(content, step), plain_pieces(content, step)):
        request = wrapped(raw)
        assert type(request["body"]) is AsyncAwsChunkedBody
        assert unframed(asyncio.run(joined(request["body"]))) == content


def test_a_plain_iterable_may_be_sent_again() -> None:
    body = wrapped([b"one ", b"two"])["body"]
    first, second = (asyncio.run(joined(body)) for _ in range(2))
    assert first == second
    assert unframed(first) == b"one two"


def test_a_file_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * (2 * MEGABYTE + 5))
    with path.open("rb") as file:
        request = wrapped(file)
        assert request["headers"]["X-Amz-Decoded-Content-Length"] == str(2 * MEGABYTE + 5)
        assert unframed(b"".join(request["body"])) == path.read_bytes()
