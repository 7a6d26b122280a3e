"""Exactly the announced bytes of a body leave: sync and async, plain and TLS, as whole calls and below them."""

from __future__ import annotations

import array
import io
import mmap
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from sotalia import exceptions
from sotalia.transport.messages import body_length
from tests.client_kinds import Kind
from tests.transport.conftest import Peer
from tests.transport.servers import Connection
from tests.transport.test_faults import callers, prepared  # noqa: F401 - a fixture


class Recorder:
    """Takes requests apart, and keeps what came on the connection after the body; responds with the request's path, or as S3."""

    def __init__(self, *, is_s3: bool = False) -> None:
        self._is_s3 = is_s3
        self.bodies: list[bytes] = []
        self.unfinished: list[bytes] = []
        self.over = threading.Event()

    def __call__(self, connection: Connection) -> None:
        try:
            while True:
                head, body = connection.request()
                self.bodies.append(body)
                said = head.split()[1]
                if self._is_s3:
                    said = b"<ListAllMyBucketsResult/>" if head.startswith(b"GET / ") else b""
                connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(said), said))
        finally:
            self.unfinished.append(connection.data)
            self.over.set()


class Growing(io.BytesIO):
    """A file that grows as soon as its length was taken."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._more = b"GET /smuggled HTTP/1.1\r\n\r\n" * 100

    def seek(self, offset: int, whence: int = 0) -> int:
        position = super().seek(offset, whence)
        if whence == 2:
            self.write(self._more)
            self._more = b""
        return super().seek(position)


class Careless:
    """A file that gives more than it is asked for."""

    def __init__(self, data: bytes, length: int) -> None:
        self._data = data
        self._length = length

    def __len__(self) -> int:
        return self._length

    def read(self, size: int | None = -1) -> bytes:
        data, self._data = self._data, b""
        return data


class Shrinking(io.BytesIO):
    """A file that has less than it seemed to have."""

    def read(self, size: int | None = -1) -> bytes:
        self.truncate(5)
        return super().read(size)


def text_file(tmp_path: Path, content: bytes, encoding: str) -> Any:
    path = tmp_path / "text"
    path.write_bytes(content)
    return path.open(encoding=encoding)


@pytest.mark.parametrize("size", [7, 128 * 1024, 300_000])
@pytest.mark.parametrize("make", [Growing, lambda data: Careless(data + b"x" * 50, len(data))])
def test_a_file_that_grows_is_cut(callers: Any, peer: Peer, size: int, make: Any) -> None:  # noqa: F811
    data = bytes(range(256)) * (size // 256) + b"z" * (size % 256)
    recorder = Recorder()
    caller = callers(**peer.options)
    with peer.serving(recorder) as address:
        for path in ("/1", "/2"):
            assert caller.send(prepared("PUT", address + path, data=make(data))).content == path.encode()
        assert caller.send(prepared("GET", f"{address}/3")).content == b"/3"
        assert caller.transport.pool.opened == 1
    assert recorder.bodies == [data, data, b""]


def pieces(*parts: bytes) -> Iterator[bytes]:
    yield from parts


async def async_pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


WRONG = {
    "too many pieces": (lambda: pieces(b"12345", b"67890", b"x"), 10),
    "a piece that is too long": (lambda: pieces(b"12345", b"67890x"), 10),
    "too many asynchronous pieces": (lambda: async_pieces(b"12345", b"67890", b"", b"x"), 10),
    "something for nothing": (lambda: pieces(b"x"), 0),
    "too few pieces": (lambda: pieces(b"12345"), 10),
    "no pieces": (pieces, 10),
    "too few asynchronous pieces": (lambda: async_pieces(b"12345"), 10),
    "a file that shrinks": (lambda: Shrinking(b"1234567890"), 10),
    "a file that cannot be measured": (lambda: Careless(b"12345", 10), 10),
}


@pytest.mark.parametrize("name", WRONG)
def test_another_length_than_announced_is_an_error_at_once(
    callers: Any,  # noqa: F811
    client_kind: Kind,
    peer: Peer,
    name: str,
) -> None:
    make, length = WRONG[name]
    if "asynchronous" in name and not client_kind.is_async:
        pytest.skip("asynchronous bodies are for asynchronous clients")
    recorder = Recorder()
    caller = callers(read_timeout=60, **peer.options)
    with peer.serving(recorder) as address:
        request = prepared("PUT", f"{address}/", data=make(), headers={"Content-Length": str(length)})
        with pytest.raises(exceptions.RequestBodyLengthError, match=f"{length} bytes was announced"):
            caller.send(request)
        assert recorder.over.wait(30), "the connection stays open"
        assert caller.send(prepared("GET", f"{address}/next")).content == b"/next"
    # The last byte that would have completed the request never left.
    assert recorder.bodies == [b""]
    assert not any(b"x" in data for data in recorder.unfinished)


@pytest.mark.parametrize(
    ("body", "length"),
    [
        (b"12345", 4),
        (b"12345", 6),
        (bytearray(b"12345"), 4),
        ("1234ü", 5),
        (io.BytesIO(b"12345"), 4),
        (b"", 5),
    ],
)
def test_a_given_length_is_compared_with_the_body(
    client_kind: Kind, peer: Peer, body: Any, length: int
) -> None:
    """Nothing is sent; the reference sends it, and the server waits for the rest or reads it as the next request."""
    recorder = Recorder(is_s3=True)
    with peer.serving(recorder) as address:
        client = client_kind.client("s3", endpoint_url=address, **peer.options)
        with pytest.raises(
            (exceptions.ParamValidationError, exceptions.RequestBodyLengthError), match="bytes"
        ):
            client.put_object(Bucket="bucket", Key="key", Body=body, ContentLength=length)
    assert recorder.bodies == []


def test_a_given_length_that_is_right_is_sent(client_kind: Kind, peer: Peer) -> None:
    recorder = Recorder(is_s3=True)
    with peer.serving(recorder) as address:
        client = client_kind.client("s3", endpoint_url=address, **peer.options)
        client.put_object(Bucket="bucket", Key="key", Body=b"12345", ContentLength=5)
        file = io.BytesIO(b"xx12345")
        file.seek(2)
        client.put_object(Bucket="bucket", Key="key", Body=file, ContentLength=5)
    assert all(b"12345" in body and b"xx" not in body for body in recorder.bodies)
    assert len(recorder.bodies) == 2


def test_a_log_that_grows_is_uploaded_as_far_as_it_was(client_kind: Kind, peer: Peer) -> None:
    """Over TLS the body has a checksum behind it, and its length in a header of its own."""
    recorder = Recorder(is_s3=True)
    with peer.serving(recorder) as address:
        client = client_kind.client("s3", endpoint_url=address, **peer.options)
        client.put_object(Bucket="bucket", Key="key", Body=Growing(b"line\n"))
        assert client.list_buckets()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert recorder.bodies[0] == b"line\n" or recorder.bodies[0].startswith(
        b"5\r\nline\n\r\n0\r\nx-amz-checksum-crc32:"
    )
    assert recorder.bodies[1] == b""


def test_a_file_that_shrinks_is_no_object(client_kind: Kind, peer: Peer) -> None:
    if peer.scheme == "http":
        pytest.skip("without TLS the body is read before it is measured, for its checksum")
    recorder = Recorder(is_s3=True)
    with peer.serving(recorder) as address:
        client = client_kind.client("s3", endpoint_url=address, **peer.options)
        attempts: list[int] = []
        client.raw.meta.events.register("request-created.s3", lambda **_: attempts.append(1))
        with pytest.raises(exceptions.RequestBodyLengthError):
            client.put_object(Bucket="bucket", Key="key", Body=Shrinking(b"1234567890"))
    assert recorder.bodies == []
    assert attempts == [1], "no retry helps"


@pytest.mark.parametrize(("encoding", "is_sent"), [("utf-8", True), ("latin-1", False)])
def test_text_files(callers: Any, tmp_path: Path, encoding: str, is_sent: bool) -> None:  # noqa: F811
    """Text is sent as UTF-8. What takes more bytes so than on disk is not cut in silence."""
    recorder = Recorder()
    file = text_file(tmp_path, "grüße".encode(encoding), encoding)
    with Peer("http", None, None).serving(recorder) as address, file:
        request = prepared("PUT", f"{address}/", data=file)
        if is_sent:
            callers().send(request)
            assert recorder.bodies == ["grüße".encode()]
        else:
            with pytest.raises(exceptions.RequestBodyLengthError, match="more"):
                callers().send(request)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: [b"one", b"two"], b"onetwo"),
        (lambda: (bytearray(b"one"), "twö"), "onetwö".encode()),
        (lambda: array.array("I", [1, 2, 3]), array.array("I", [1, 2, 3]).tobytes()),
        (lambda: memoryview(array.array("H", [1, 2])), array.array("H", [1, 2]).tobytes()),
        (
            lambda: iter([memoryview(array.array("H", [1, 2])), b"", b"x"]),
            array.array("H", [1, 2]).tobytes() + b"x",
        ),
    ],
)
def test_lengths_are_of_bytes(callers: Any, peer: Peer, make: Any, expected: bytes) -> None:  # noqa: F811
    recorder = Recorder()
    caller = callers(**peer.options)
    with peer.serving(recorder) as address:
        for path in (b"/1", b"/2"):
            assert caller.send(prepared("PUT", f"{address}{path.decode()}", data=make())).content == path
        assert caller.transport.pool.opened == 1
    assert recorder.bodies == [expected, expected]


def test_numbers_are_no_bytes(callers: Any) -> None:  # noqa: F811
    with Peer("http", None, None).serving(Recorder()) as address, pytest.raises(TypeError):
        callers().send(prepared("PUT", f"{address}/", data=iter([5])))


def test_a_mapped_file_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"1234567890")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert body_length(mapped) == 10


def test_a_request_without_framing_is_not_sent(callers: Any) -> None:  # noqa: F811
    """A handler of ``before-send`` may have taken the header away: the body would be read as the next request."""
    recorder = Recorder()
    with Peer("http", None, None).serving(recorder) as address:
        request = prepared("PUT", f"{address}/", data=b"GET / HTTP/1.1\r\n\r\n")
        del request.headers["Content-Length"]
        with pytest.raises(exceptions.RequestBodyLengthError, match="neither"):
            callers().send(request)
    assert recorder.bodies == []
