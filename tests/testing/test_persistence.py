"""What an embedded AWS was told, told again: :mod:`sotalia.testing.persistence`."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sotalia.testing.persistence import RequestFile

AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=abcdef0123"


class Application:
    """Notes what it is asked, and gives the status that it was told."""

    def __init__(self, status: str = "200 OK") -> None:
        self.status = status
        self.asked: list[tuple[str, str, bytes, str]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        length = int(environ["CONTENT_LENGTH"])
        body = environ["wsgi.input"].read(length)
        self.asked.append((environ["REQUEST_METHOD"], environ["RAW_URI"], body, environ["HTTP_HOST"]))
        start_response(self.status, [])
        return [b"body"]


def asked(
    method: str = "PUT", path: str = "/b/k%2Fx?a=1", body: bytes = b"\x00\xff", **more: Any
) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "RAW_URI": path,
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "",
        "HTTP_HOST": "bucket.127.0.0.1:1",
        "HTTP_AUTHORIZATION": AUTHORIZATION,
        "HTTP_X_AMZ_SECURITY_TOKEN": "PLANTED-TOKEN",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        **more,
    }


def told(file: RequestFile, application: Application, *requests: dict[str, Any]) -> None:
    wrapped = file.wrap(application)
    for environ in requests:
        assert list(wrapped(environ, lambda *_: None)) == [b"body"]


def test_requests_are_made_again(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    first, second = Application(), Application()
    told(RequestFile(str(path)), first, asked(), asked(body=b""), asked("DELETE"))
    assert RequestFile(str(path)).replay(second, "127.0.0.1:5000") == 3
    assert [each[:3] for each in second.asked] == [each[:3] for each in first.asked]
    assert {each[3] for each in second.asked} == {"bucket.127.0.0.1:5000"}
    text = path.read_text()
    assert "PLANTED" not in text
    assert "abcdef0123" not in text
    assert "Credential=testing/20260101/us-east-1/s3" in text
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("environ", "is_kept"),
    [
        (asked("GET"), False),
        (asked("HEAD"), False),
        (asked("POST"), True),
        (asked("POST", HTTP_X_AMZ_TARGET="DynamoDB_20120810.PutItem"), True),
        (asked("POST", HTTP_X_AMZ_TARGET="DynamoDB_20120810.GetItem"), False),
        (asked("POST", HTTP_X_AMZ_TARGET="DynamoDB_20120810.Scan"), False),
        (
            asked(
                "POST", body=b"Action=CreateUser&UserName=x", CONTENT_TYPE="application/x-www-form-urlencoded"
            ),
            True,
        ),
        (
            asked(
                "POST", body=b"Version=1&Action=ListUsers", CONTENT_TYPE="application/x-www-form-urlencoded"
            ),
            False,
        ),
        (asked("PUT", body=b"Action=ListUsers"), True),
    ],
)
def test_what_changes_nothing_is_not_kept(tmp_path: Path, environ: dict[str, Any], is_kept: bool) -> None:
    path = tmp_path / "requests.jsonl"
    environ = {**environ, "wsgi.input": io.BytesIO(environ["wsgi.input"].getvalue())}
    told(RequestFile(str(path)), Application(), environ)
    assert path.exists() == is_kept


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error"])
def test_what_failed_is_not_kept(tmp_path: Path, status: str) -> None:
    path = tmp_path / "requests.jsonl"
    told(RequestFile(str(path)), Application(status), asked())
    assert not path.exists()


def test_what_is_made_again_is_not_written_twice(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    file, application = RequestFile(str(path)), Application()
    told(file, application, asked())
    wrapped: Any = file.wrap(application)
    file.replay(wrapped, "127.0.0.1:5000")
    assert len(path.read_text().splitlines()) == 1
    told(file, application, asked())
    assert len(path.read_text().splitlines()) == 2


def test_a_body_in_chunks(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    environ = asked(HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": io.BytesIO(b"all of it")})
    del environ["CONTENT_LENGTH"]
    first, second = Application(), Application()
    told(RequestFile(str(path)), first, environ)
    RequestFile(str(path)).replay(second, "127.0.0.1:5000")
    assert first.asked[0][2] == second.asked[0][2] == b"all of it"


def test_a_last_line_that_is_cut_off(tmp_path: Path) -> None:
    """As of a process that was killed."""
    path = tmp_path / "requests.jsonl"
    told(RequestFile(str(path)), Application(), asked(), asked())
    path.write_text(path.read_text()[:-10])
    application = Application()
    RequestFile(str(path)).replay(application, "127.0.0.1:5000")
    assert len(application.asked) == 1
    # The next line does not become part of it.
    told(RequestFile(str(path)), Application(), asked())
    application = Application()
    RequestFile(str(path)).replay(application, "127.0.0.1:5000")
    assert len(application.asked) == 2


@pytest.mark.parametrize(
    "line", ["{}", "[]", "x", '{"environ": 1, "body": "!"}', '{"environ": {}, "body": 5}']
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "requests.jsonl"
    told(RequestFile(str(path)), Application(), asked())
    path.write_text(f"{path.read_text()}{line}\n{json.dumps({})}\n")
    with pytest.raises(ValueError, match=r"requests\.jsonl, line 2 is no request"):
        RequestFile(str(path)).replay(Application(), "127.0.0.1:5000")


def test_nothing_there_yet(tmp_path: Path) -> None:
    assert RequestFile(str(tmp_path / "none")).replay(Application(), "127.0.0.1:5000") == 0
