"""Downloads from servers that send other bytes than they were asked for, or than they announce.

Each case is one lie about an object of 10,000 bytes. A download then fails, and leaves what stood in the file's place, or
it has every byte.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import s3transfer.exceptions

from sotalia import exceptions
from sotalia.s3.transfer import TransferConfig
from tests.s3.places import Against, against
from tests.transport.servers import Connection

__all__ = ["against"]

DATA = bytes(index * 7 % 251 for index in range(10_000))
NEWER = bytes(reversed(DATA[:9000]))
WHOLE = TransferConfig(io_chunksize=500)
RANGES = TransferConfig(
    multipart_threshold=4000, multipart_chunksize=4000, io_chunksize=500, max_concurrency=2
)
Lie = Callable[["Response"], None]


class Response:
    """What an honest server answers; a lie changes it."""

    def __init__(self, number: int, first: int, last: int | None) -> None:
        self.number = number
        self.first = first
        self.last = last
        self.is_range = last is not None
        self.status = 206 if self.is_range else 200
        self.etag: bytes | None = b'"e"'
        self.headers: list[bytes] = []
        self.length: int | None = None
        self.framing = "length"
        end = len(DATA) if last is None else last + 1
        self.body = DATA[first:end]
        self.span: bytes | None = b"bytes %d-%d/%d" % (first, end - 1, len(DATA)) if self.is_range else None

    def send(self, connection: Connection, *, has_body: bool) -> None:
        lines = [b"HTTP/1.1 %d X" % self.status, *self.headers]
        if self.etag is not None:
            lines.append(b"ETag: " + self.etag)
        if self.span is not None:
            lines.append(b"Content-Range: " + self.span)
        if self.framing == "chunked":
            lines.append(b"Transfer-Encoding: chunked")
        elif self.framing == "close":
            lines.append(b"Connection: close")
        elif self.framing == "length":
            lines.append(b"Content-Length: %d" % (len(self.body) if self.length is None else self.length))
        body = self.body if has_body else b""
        if self.framing == "chunked" and has_body:
            body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"
        connection.send(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        if self.framing == "close":
            connection.raw.close()
            raise ConnectionError("that was all")


class Liar:
    """An S3 of one object; ``head`` and ``get`` change what is answered."""

    def __init__(self, head: Lie | None, get: Lie | None) -> None:
        self.lies = {b"HEAD": head, b"GET ": get}
        self.gets: list[bytes] = []

    def __call__(self, connection: Connection) -> None:
        while True:
            request, _ = connection.request()
            wanted = re.search(rb"\r\nrange: bytes=(\d+)-(\d*)", request.lower())
            first, last = (int(wanted[1]), int(wanted[2] or len(DATA) - 1)) if wanted else (0, None)
            if request.startswith(b"GET"):
                self.gets.append(request)
            response = Response(len(self.gets), first, last and min(last, len(DATA) - 1))
            lie = self.lies[request[:4]]
            if lie is not None:
                lie(response)
            response.send(connection, has_body=request.startswith(b"GET"))


def changed(*, body: Callable[[bytes], bytes] | None = None, only: int = 0, **values: Any) -> Lie:
    """Change the attributes of a response; ``only`` of the one with this number."""

    def lie(response: Response) -> None:
        if only in (0, response.number):
            for name, value in values.items():
                setattr(response, name, value)
            if body is not None:
                response.body = body(response.body)

    return lie


def span(text: str, *, only: int = 0) -> Lie:
    """Another ``Content-Range``; ``{first}``, ``{last}`` and ``{next}`` are those of the honest one."""

    def lie(response: Response) -> None:
        if response.is_range and only in (0, response.number):
            values = {"first": response.first, "last": response.last, "next": response.first + 1}
            response.span = text.format(**values).encode()

    return lie


def of_whole_object(response: Response) -> None:
    """A server that knows no ranges."""
    response.status, response.span, response.body = 200, None, DATA


def newer(response: Response) -> None:
    """The object was replaced by a shorter one."""
    response.etag, response.body = b'"newer"', NEWER[response.first : (response.last or len(DATA)) + 1]
    if response.is_range:
        end = response.first + len(response.body) - 1
        response.span = b"bytes %d-%d/%d" % (response.first, end, len(NEWER))


def grown(count: int) -> Callable[[bytes], bytes]:
    return lambda body: body + bytes(count)


def cut(count: int) -> Callable[[bytes], bytes]:
    return lambda body: body[:-count]


# (what GET lies, what HEAD lies)
LIES: dict[str, tuple[Lie | None, Lie | None]] = {
    "shorter": (changed(body=cut(10)), None),
    "shorter without length": (changed(body=cut(10), framing="chunked"), None),
    "shorter and closed": (changed(body=cut(10), framing="close"), None),
    "empty": (changed(body=lambda body: b""), None),
    "empty without length": (changed(body=lambda body: b"", framing="chunked"), None),
    "longer": (changed(body=grown(10)), None),
    "longer without length": (changed(body=grown(10), framing="chunked"), None),
    "longer than HEAD says": (None, changed(length=9000)),
    "shorter than HEAD says": (None, changed(length=11000)),
    "shorter, with an empty etag": (changed(body=cut(10), etag=b""), None),
    "shorter, without etag": (changed(body=cut(10), etag=None), None),
    "shorter, and nobody says how long": (changed(body=cut(10), framing="close"), changed(framing="close")),
    "another object without length": (changed(body=cut(10), framing="close", etag=b'"other"'), None),
}
RANGE_LIES: dict[str, tuple[Lie | None, Lie | None]] = {
    "one byte on": (span("bytes {next}-{last}/10000"), None),
    "of the first range": (span("bytes 0-3999/10000"), None),
    "fewer than asked": (span("bytes {first}-{next}/10000"), None),
    "of a larger object": (span("bytes {first}-{last}/20000"), None),
    "of a smaller object": (span("bytes {first}-{last}/9999"), None),
    "no end": (span("bytes {first}-/10000"), None),
    "no size": (span("bytes {first}-{last}"), None),
    "other unit": (span("items {first}-{last}/10000"), None),
    "unsatisfied": (span("bytes */10000"), None),
    "no numbers": (span("bytes a-b/c"), None),
    "digits of other scripts": (span("bytes \u0661-{last}/10000"), None),
    "negative": (span("bytes -{first}-{last}/10000"), None),
    "empty text": (span(""), None),
    "206 without range": (changed(span=None), None),
    "200 with range": (changed(status=200), None),
    "200 of the part": (changed(status=200, span=None), None),
    "no ranges at all": (of_whole_object, None),
    "another etag": (changed(etag=b'"other"', only=2), None),
    "another version": (changed(headers=[b"x-amz-version-id: v2"], only=2), changed(headers=[b"x-amz-version-id: v1"])),
    "replaced": (newer, None),
    "replaced after the first range": (lambda response: newer(response) if response.number > 1 else None, None),
}  # fmt: skip
CASES = [(name, config, lies) for name, lies in LIES.items() for config in (WHOLE, RANGES)]
CASES += [(name, RANGES, lies) for name, lies in RANGE_LIES.items()]
CASES += [("range unasked for", WHOLE, (changed(status=206, span=b"bytes 0-9999/10000"), None))]
REFUSALS = (
    exceptions.S3ValidationError,
    exceptions.S3DownloadFailedError,
    exceptions.RetriesExceededError,
)


def name_of(case: Any) -> str:
    return f"{case[0]}-{'whole' if case[1] is WHOLE else 'ranges'}".replace(" ", "_")


@pytest.fixture
def serve(against: Against) -> Any:
    """``serve(liar, call, **config)`` runs a call on a client of a server."""

    def run(liar: Liar, call: Callable[[Any], Any], **config: Any) -> Any:
        with against(liar, **config) as s3:
            return call(s3)

    return run


@pytest.mark.parametrize("case", CASES, ids=name_of)
@pytest.mark.parametrize("validation", ["when_supported", "when_required"])
def test_lies(serve: Any, tmp_path: Path, case: Any, validation: str) -> None:
    _, config, (get, head) = case
    if validation == "when_required" and (head is not None or get is newer):
        pytest.skip("nobody asks for the head")
    if validation == "when_required" and config is WHOLE:
        config = TransferConfig(multipart_chunksize=20_000, io_chunksize=500)
    target = tmp_path / "target"
    target.write_bytes(b"older")
    by_name = lambda s3: s3.download_file("b", "k", str(target), Config=config)  # noqa: E731
    settings = {"response_checksum_validation": validation}
    try:
        serve(Liar(head, get), by_name, **settings)
    except REFUSALS:
        assert target.read_bytes() == b"older"
    else:
        assert target.read_bytes() == DATA
    assert os.listdir(tmp_path) == ["target"]
    memory = io.BytesIO()
    try:
        serve(Liar(head, get), lambda s3: s3.download_fileobj("b", "k", memory, Config=config), **settings)
    except (*REFUSALS, s3transfer.exceptions.RetriesExceededError):
        pass
    else:
        assert memory.getvalue() == DATA


def test_which_lies_are_healed(serve: Any, tmp_path: Path) -> None:
    """A body that ends too early, without a word, is continued where it ended, as one that breaks."""
    target = tmp_path / "target"
    for config in (WHOLE, RANGES):
        liar = Liar(None, changed(body=cut(10), framing="chunked", only=1))
        serve(liar, lambda s3: s3.download_file("b", "k", str(target), Config=config))  # noqa: B023
        assert target.read_bytes() == DATA


def test_an_object_replaced_before_a_single_call_is_had_whole(serve: Any, tmp_path: Path) -> None:
    """One response is of one object; no condition is made, as by the reference."""
    target = tmp_path / "target"
    liar = Liar(None, newer)
    serve(liar, lambda s3: s3.download_file("b", "k", str(target), Config=WHOLE))
    assert target.read_bytes() == NEWER
    assert len(liar.gets) == 1
    assert b"if-match" not in liar.gets[0].lower()


@pytest.mark.parametrize("checksum", [[], [b"x-amz-checksum-crc32: AAAAAA=="]])
def test_an_object_replaced_while_a_single_call_breaks(
    serve: Any, tmp_path: Path, checksum: list[bytes]
) -> None:
    def get(response: Response) -> None:
        response.headers = checksum
        if response.number == 1:
            response.body, response.length = response.body[:3000], 10_000
            response.framing = "length"
            response.send = lambda connection, has_body: _broken(response, connection)  # type: ignore[method-assign]
        else:
            newer(response)

    target = tmp_path / "target"
    with pytest.raises(exceptions.S3DownloadFailedError, match="replaced"):
        serve(Liar(None, get), lambda s3: s3.download_file("b", "k", str(target), Config=WHOLE))
    assert os.listdir(tmp_path) == []


def _broken(response: Response, connection: Connection) -> None:
    Response.send(response, connection, has_body=True)
    connection.raw.close()
    raise ConnectionError("broken")


@pytest.mark.parametrize(
    ("size", "span", "is_empty"),
    [(b"0", b"bytes */0", True), (b"", b"", True), (b"10000", b"", False), (b"", b"bytes */10000", False)],
)
def test_no_range_of_an_object(serve: Any, tmp_path: Path, size: bytes, span: bytes, is_empty: bool) -> None:
    """416 says that an object is empty, unless it says how large it is."""

    def get(response: Response) -> None:
        details = b"<ActualObjectSize>%b</ActualObjectSize>" % size if size else b""
        response.status, response.span = 416, span or None
        response.body = b"<Error><Code>InvalidRange</Code><Message>m</Message>%b</Error>" % details

    target = tmp_path / "target"
    call = lambda s3: s3.download_file("b", "k", str(target), Config=RANGES)  # noqa: E731
    settings = {"response_checksum_validation": "when_required"}
    if is_empty:
        serve(Liar(None, get), call, **settings)
        assert target.read_bytes() == b""
    else:
        with pytest.raises(exceptions.ClientError, match="InvalidRange"):
            serve(Liar(None, get), call, **settings)
        assert os.listdir(tmp_path) == []


def test_a_head_without_length(serve: Any, tmp_path: Path) -> None:
    target = tmp_path / "target"
    serve(
        Liar(changed(framing="close"), None),
        lambda s3: s3.download_file("b", "k", str(target), Config=RANGES),
    )
    assert target.read_bytes() == DATA
