"""A recorded attempt as a command: what curl then sends, and that no value becomes a command of its own."""

from __future__ import annotations

import http.server
import os
import shlex
import shutil
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from sotalia.recording.curl import curl_of
from sotalia.recording.records import AttemptRecord, CallRecord
from tests.recording import scenes
from tests.recording.samples import BEGAN_AT


def attempt_of(url: str, **fields: Any) -> tuple[CallRecord, AttemptRecord]:
    record = CallRecord(1, fields.pop("service", "s3"), "GetObject", BEGAN_AT)
    record.region = fields.pop("region", "eu-west-1")
    attempt = AttemptRecord(1, 0.0)
    attempt.url, attempt.method, attempt.request_bytes = url, "GET", 0
    for name, value in fields.items():
        setattr(attempt, name, value)
    return record, attempt


SIGNED = {"Authorization": "***", "X-Amz-Date": "20261126T120000Z"}


@pytest.mark.parametrize(
    ("service", "region", "url", "scope"),
    [
        ("s3", "eu-west-1", "https://logs.s3.eu-west-1.amazonaws.com/k", "eu-west-1:s3"),
        ("s3", "eu-west-1", "http://127.0.0.1:5000/b/k", "eu-west-1:s3"),
        ("cloudwatch-logs", "eu-west-1", "https://logs.eu-west-1.amazonaws.com/", "eu-west-1:logs"),
        ("cloudwatch-logs", "us-east-1", "https://logs-fips.us-east-1.amazonaws.com/", "us-east-1:logs"),
        ("dynamodb", "cn-north-1", "https://dynamodb.cn-north-1.amazonaws.com.cn/", "cn-north-1:dynamodb"),
        ("lambda", "eu-west-1", "https://lambda.eu-west-1.api.aws/2015-03-31/functions", "eu-west-1:lambda"),
        ("iam", None, "https://iam.amazonaws.com/", "us-east-1:iam"),
        ("sqs", "eu-west-1", "http://localhost:4566/queue", "eu-west-1:sqs"),
    ],
)
def test_whom_it_signs_for(service: str, region: str | None, url: str, scope: str) -> None:
    record, attempt = attempt_of(url, service=service, region=region, request_headers=SIGNED)
    command = curl_of(record, attempt)
    assert command is not None
    assert f"--aws-sigv4 aws:amz:{scope} " in command
    assert "***" not in command


@pytest.mark.parametrize("headers", [{}, {"Authorization": "***"}, {"X-Amz-Date": "20261126T120000Z"}])
def test_what_was_not_signed_by_version_4_is_not_signed(headers: dict[str, str]) -> None:
    command = curl_of(*attempt_of("https://b.s3.amazonaws.com/k", request_headers=headers))
    assert command is not None
    assert "aws-sigv4" not in command


@pytest.mark.parametrize(
    ("body", "length", "data"),
    [
        (None, 0, None),
        (None, 12, "@BODY"),
        (None, None, "@BODY"),
        ('{"a": "é"}', 11, '{"a": "é"}'),
        ("the beginn", 99, "@BODY"),
    ],
)
def test_the_body(body: str | None, length: int | None, data: str | None) -> None:
    command = curl_of(*attempt_of("https://b.s3.amazonaws.com/k", request_body=body, request_bytes=length))
    words = shlex.split(command or "")
    assert (words[words.index("--data-binary") + 1] if "--data-binary" in words else None) == data


def test_no_request_is_no_command() -> None:
    assert curl_of(*attempt_of("")) is None


class _Noting(http.server.BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.server.noted.append((self.path, dict(self.headers), self.rfile.read(length)))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments: object) -> None: ...


@pytest.fixture
def server() -> Iterator[http.server.HTTPServer]:
    with http.server.HTTPServer(("127.0.0.1", 0), _Noting) as running:
        running.noted = []  # type: ignore[attr-defined]
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="no curl, or no bash")
@pytest.mark.parametrize(
    "text", ['it\'s $(id) `id` \\ "x"', "two\nlines", "\u202eturned\u2028", "日本", "\x1b[2J!"]
)
def test_a_shell_reads_what_was_sent(server: http.server.HTTPServer, text: str) -> None:
    record, attempt = attempt_of(
        f"http://127.0.0.1:{server.server_port}/a?b=c&d='e", method="PUT", request_body=text
    )
    attempt.request_bytes = len(text.encode())
    attempt.request_headers = {"Content-Type": "text/plain", "X-Team": "it's $HOME; `id`"}
    command = curl_of(record, attempt)
    assert command is not None
    assert not [one for one in command if not one.isprintable() and one != "\n"]
    environ = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["bash", "-c", f"{command} --silent"], env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    [(path, headers, body)] = server.noted  # type: ignore[attr-defined]
    assert path == "/a?b=c&d='e"
    assert headers["X-Team"] == "it's $HOME; `id`"
    assert body == text.encode()


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
@pytest.mark.parametrize("record", scenes.hostile(), ids=lambda record: str(record.number))
def test_no_value_is_a_command(record: CallRecord) -> None:
    """bash reads the command as one of curl with as many words as there are, and runs nothing else."""
    command = curl_of(record, record.attempts[0])
    assert command is not None
    program = f'curl() {{ printf "%s\\n" "$#"; }}; {command}'
    done = subprocess.run(
        [shutil.which("bash") or "bash", "-c", program],
        capture_output=True,
        text=True,
        env={"PATH": "", "LC_ALL": "C.UTF-8"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().isdigit()
