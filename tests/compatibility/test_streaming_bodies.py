"""What other libraries do with the body of a response: the same with ours as with botocore's."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import shutil
import tarfile
import zlib
from collections.abc import Callable
from typing import Any

import botocore.response
import pytest

from sotalia.transport.body import RawBody, StreamingBody

TEXT = "name,count\r\nπ,3\nlast,".encode() + ("é" * 3000).encode() + b"\n4"


def archive() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, content in (("a", b"x" * 5000), ("b", b"y")):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def pieces(body: Any) -> list[bytes]:
    found = []
    while piece := body.read(7):
        found.append(piece)
    return found


def incremental(body: Any) -> list[str]:
    """As readers of large JSON documents do it: small reads, decoded one by one."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    return [decoder.decode(piece) for piece in iter(lambda: body.read(64), b"")]


def untar(body: Any) -> list[tuple[str, bytes]]:
    with tarfile.open(fileobj=body, mode="r|gz") as tar:
        return [(entry.name, tar.extractfile(entry).read()) for entry in tar]  # type: ignore[union-attr]


def read_into(body: Any) -> Any:
    buffer = bytearray(10)
    return body.readinto(buffer), bytes(buffer), body.readinto(memoryview(buffer)), bytes(buffer), body.tell()


def inflated(body: Any) -> bytes:
    inflate = zlib.decompressobj(31)
    return b"".join([*map(inflate.decompress, body.iter_chunks(16)), inflate.flush()])


def copied(body: Any) -> bytes:
    target = io.BytesIO()
    shutil.copyfileobj(body, target)
    return target.getvalue()


def after_closing(body: Any) -> Any:
    body.close()
    return body.closed


def as_a_file(body: Any) -> Any:
    return (
        isinstance(body, io.IOBase),
        isinstance(body, io.RawIOBase),
        body.readable(),
        body.writable(),
        body.seekable(),
        body.isatty(),
        body.closed,
        hasattr(body, "seek"),
        hasattr(body, "write"),
    )


def unsupported(name: str, *arguments: Any) -> Callable[[Any], Any]:
    def attempt(body: Any) -> Any:
        try:
            return getattr(body, name)(*arguments)
        except (OSError, AttributeError) as error:
            return type(error).__name__

    attempt.__name__ = name
    return attempt


def buffered_lines(body: Any) -> list[bytes]:
    return list(io.BufferedReader(body))


def with_block(body: Any) -> bytes:
    with body as raw:
        return bytes(raw.read(5))


def wrapped(body: Any) -> str:
    with io.TextIOWrapper(body, encoding="utf-8") as text:
        return text.read()


CASES: list[tuple[bytes, Callable[[Any], Any]]] = [
    (TEXT, lambda body: body.read()),
    (TEXT, lambda body: [body.read(0), body.read(3), body.read(), body.read(), body.tell()]),
    (TEXT, pieces),
    (TEXT, lambda body: list(csv.reader(codecs.getreader("utf-8")(body)))),
    (TEXT, lambda body: list(codecs.iterdecode(body, "utf-8"))),
    (TEXT, lambda body: list(csv.DictReader(io.TextIOWrapper(body, "utf-8", newline="")))),
    (TEXT, wrapped),
    (TEXT, lambda body: list(io.TextIOWrapper(body, "utf-8"))),
    (TEXT, buffered_lines),
    (TEXT, incremental),
    (TEXT, lambda body: list(body)),
    (TEXT, lambda body: [next(body), next(body)]),
    (TEXT, lambda body: list(body.iter_lines())),
    (TEXT, lambda body: list(body.iter_lines(chunk_size=5, keepends=True))),
    (TEXT, lambda body: list(body.iter_chunks(100))),
    (TEXT, lambda body: body.readlines()),
    (TEXT, read_into),
    (TEXT, copied),
    (TEXT, with_block),
    (TEXT, after_closing),
    (TEXT, as_a_file),
    (TEXT, unsupported("seek", 0)),
    (TEXT, unsupported("fileno")),
    (TEXT, unsupported("truncate")),
    (TEXT, unsupported("flush")),
    (b'{"a": [1, 2.5, "\xc3\xa9"]}', json.load),
    (gzip.compress(TEXT), lambda body: gzip.GzipFile(fileobj=body).read()),
    (gzip.compress(TEXT), lambda body: list(io.TextIOWrapper(gzip.GzipFile(fileobj=body), "utf-8"))),
    (gzip.compress(TEXT), inflated),
    (archive(), untar),
    (b"", lambda body: [body.read(), list(body), list(body.iter_lines()), body.readlines()]),
]


def ours(content: bytes) -> StreamingBody:
    """As it comes from the network: in uneven pieces."""
    parts = iter([content[start : start + 1000] for start in range(0, len(content), 1000)])

    async def next_chunk(wanted: int | None) -> bytes:
        return next(parts, b"")

    return StreamingBody(RawBody(next_chunk, lambda complete: None), len(content))


def outcome(case: Callable[[Any], Any], body: Any) -> Any:
    try:
        return case(body)
    except Exception as error:
        return type(error).__name__, str(error)


@pytest.mark.parametrize(("content", "case"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_body_as_botocores(content: bytes, case: Callable[[Any], Any]) -> None:
    import urllib3

    raw = urllib3.HTTPResponse(io.BytesIO(content), preload_content=False)
    theirs = botocore.response.StreamingBody(raw, len(content))
    wanted = outcome(case, theirs)
    assert outcome(case, ours(content)) == wanted
