"""Uploads and copies of which S3 says that all went well, and something in its responses says that it did not."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sotalia import exceptions
from sotalia.s3.transfer import TransferConfig
from tests.s3.places import Against, against
from tests.transport.servers import Connection

__all__ = ["against"]

MB = 1024 * 1024
PARTS = TransferConfig(multipart_threshold=5 * MB, multipart_chunksize=5 * MB, max_concurrency=2)
CONTENT = bytes(6 * MB)
ERROR = b"<Error><Code>InternalError</Code><Message>m</Message></Error>"
GOOD = {
    "create": b"<R><Bucket>bkt</Bucket><Key>k</Key><UploadId>u</UploadId></R>",
    "part": b"",
    "part copy": b'<CopyPartResult><ETag>"e"</ETag></CopyPartResult>',
    "complete": b'<R><Location>l</Location><Bucket>bkt</Bucket><Key>k</Key><ETag>"e"</ETag></R>',
    "copy": b'<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>',
    "abort": b"",
    "head": b"",
}


def operation(head: bytes) -> str:
    line = head.split(b"\r\n", 1)[0]
    is_copy = b"x-amz-copy-source" in head.lower()
    if line.startswith(b"HEAD"):
        return "head"
    if line.startswith(b"POST"):
        return "create" if b"?uploads" in line else "complete"
    if line.startswith(b"DELETE"):
        return "abort"
    if b"partNumber" in line:
        return "part copy" if is_copy else "part"
    return "copy" if is_copy else "put"


class Liar:
    """Answers well, but for one operation; ``without`` an ETag or length in its headers."""

    def __init__(self, name: str, body: bytes | None = None, without: bytes = b"") -> None:
        self.name = name
        self.body = body
        self.without = without
        self.calls: list[str] = []

    def __call__(self, connection: Connection) -> None:
        while True:
            head = connection.head()
            if b"100-continue" in head.lower():
                connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.body(head)
            name = operation(head)
            self.calls.append(name)
            body = GOOD.get(name, b"")
            headers = b'ETag: "e"\r\n'
            length = b"Content-Length: %d\r\n" % (len(CONTENT) if name == "head" else len(body))
            if name == self.name:
                body = body if self.body is None else self.body
                length = b"Content-Length: %d\r\n" % (len(CONTENT) if name == "head" else len(body))
                headers = b"" if self.without == b"etag" else headers
                length = b"" if self.without == b"length" else length
            connection.send(b"HTTP/1.1 200 OK\r\n" + headers + length + b"\r\n" + body)
            if not length:
                connection.raw.close()
                return


UPLOADS: dict[str, Liar] = {
    "no upload id": Liar("create", b"<R><Bucket>bkt</Bucket><Key>k</Key></R>"),
    "creation has no body": Liar("create", b""),
    "creation is an error": Liar("create", ERROR),
    "part without etag": Liar("part", without=b"etag"),
    "completion is an error": Liar("complete", ERROR),
    "completion has no body": Liar("complete", b""),
    "completion is cut": Liar("complete", GOOD["complete"][:-10]),
    "completion is a page": Liar("complete", b"<html><body>log in</body></html>"),
    "completion is json": Liar("complete", b'{"ETag": "e"}'),
}
COPIES: dict[str, Liar] = {
    **{name: Liar(liar.name, liar.body) for name, liar in UPLOADS.items() if liar.name != "part"},
    "part is an error": Liar("part copy", ERROR),
    "part has no body": Liar("part copy", b""),
    "part has no etag": Liar("part copy", b"<CopyPartResult/>"),
    "part is a page": Liar("part copy", b"<html/>"),
    "no length": Liar("head", without=b"length"),
}
ERRORS = (
    exceptions.S3UploadFailedError,
    exceptions.S3CopyFailedError,
    exceptions.ClientError,
    exceptions.ResponseParserError,
    exceptions.HTTPClientError,
)


@pytest.fixture
def run(against: Against) -> Any:
    def run_against(liar: Liar, call: Callable[[Any], Any]) -> None:
        liar.calls.clear()
        with against(liar) as s3:
            call(s3)

    return run_against


def check_aborted(liar: Liar) -> None:
    if liar.name not in ("create", "head"):
        # A part that was under way may reach the server's list later than the abort that followed it.
        assert "abort" in liar.calls
    assert "complete" not in liar.calls or liar.name == "complete"


@pytest.mark.parametrize("name", UPLOADS)
def test_uploads(run: Any, tmp_path: Path, name: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    for call in (
        lambda s3: s3.upload_file(str(path), "bkt", "k", Config=PARTS),
        lambda s3: s3.upload_fileobj(io.BytesIO(CONTENT), "bkt", "k", Config=PARTS),
    ):
        with pytest.raises(ERRORS):
            run(UPLOADS[name], call)
        check_aborted(UPLOADS[name])


@pytest.mark.parametrize("name", COPIES)
def test_copies_in_parts(run: Any, name: str) -> None:
    with pytest.raises(ERRORS):
        run(COPIES[name], lambda s3: s3.copy({"Bucket": "bkt", "Key": "k"}, "bkt", "k", Config=PARTS))
    check_aborted(COPIES[name])


@pytest.mark.parametrize("body", [ERROR, b"", b"<html/>", GOOD["copy"][:-5], b"{}"])
def test_copies(run: Any, body: bytes) -> None:
    with pytest.raises(ERRORS):
        run(Liar("copy", body), lambda s3: s3.copy({"Bucket": "bkt", "Key": "k"}, "bkt", "k"))


def test_honest_ones(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    liar = Liar("")
    run(liar, lambda s3: s3.upload_file(str(path), "bkt", "k", Config=PARTS))
    assert liar.calls == ["create", "part", "part", "complete"]
    run(liar, lambda s3: s3.copy({"Bucket": "bkt", "Key": "k"}, "bkt", "k", Config=PARTS))
    assert liar.calls == ["head", "create", "part copy", "part copy", "complete"]
    run(liar, lambda s3: s3.copy({"Bucket": "bkt", "Key": "k"}, "bkt", "k"))
    assert liar.calls == ["head", "copy"]
