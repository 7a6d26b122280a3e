"""The guide's demo app: how it starts, what it does, how it fails."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import boto3
import pytest
from examples.s3_client import events
from examples.s3_client.main import main
from examples.s3_client.s3_interface import S3Interface

from sotalia.testing import LocalAWS
from sotalia.transport.messages import AWSResponse
from sotalia.transport.scripted import answer
from tests.client_kinds import SyncKind
from tests.required import required

ROOT = Path(__file__).resolve().parents[2]
SECRET = "do-not-print-me"
GUIDE = Path(os.environ.get("SOTALIA_GUIDE", ROOT.parent / "shared" / "guide"))


@pytest.fixture
def bucket(aws: LocalAWS, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bucket of its own, and the settings to reach it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    name = f"app-{uuid.uuid4().hex[:8]}"
    for made in (name, events.DEFAULT_BUCKET):
        aws.client("s3").create_bucket(Bucket=made)
    return name


#: With typed handlers and extensions, and with boto3's handlers: the app does and prints the same.
FORMS = pytest.mark.parametrize("form", [[], ["--plain"]], ids=["typed", "plain"])


@FORMS
@pytest.mark.parametrize("start", [["examples/s3_client/main.py"], ["-m", "examples.s3_client.main"]])
def test_the_guides_steps_as_a_script_and_as_a_module(start: list[str], form: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *start, "--local", *form], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0].partition(" at ")[0] for line in lines] == [
        "Embedded S3",
        "Logging request headers",
        "Custom header added.",
        "Buckets",
        "Objects in my-default-bucket",
        "Uploaded example.txt. ETag",
    ]


@FORMS
@pytest.mark.parametrize("after", [False, True], ids=["options first", "options last"])
def test_commands(
    bucket: str, after: bool, form: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> str:
        options = ["--bucket", bucket, "--region", "us-east-1", *form]
        assert main([*arguments, *options] if after else [*options, *arguments]) == 0
        return capfd.readouterr().out

    (tmp_path / "in").write_bytes(b"content")
    assert run("put", "key", str(tmp_path / "in")).startswith("Uploaded key. ETag")
    assert run("list") == f"Objects in {bucket}: ['key']\n"
    assert run("get", "key") == "content"
    assert run("get", "key", str(tmp_path / "out")) == f"Saved key to {tmp_path / 'out'}\n"
    assert (tmp_path / "out").read_bytes() == b"content"


@FORMS
def test_the_default_bucket_stands_in_for_none(
    bucket: str, form: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", *form]) == 0
    assert capsys.readouterr().out.startswith(f"Objects in {events.DEFAULT_BUCKET}:")


@FORMS
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["get", "missing"], "NoSuchKey"),
        (["list", "--bucket", "no-such-bucket-at-all"], "NoSuchBucket"),
        (["list", "--endpoint-url", "http://127.0.0.1:1"], "Could not connect"),
        (["list", "--endpoint-url", "nowhere"], "Invalid endpoint: nowhere"),
        (["--profile", "nobody"], "nobody"),
        (["put", "key", "/no/such/file"], "/no/such/file"),
    ],
)
def test_failures_exit_with_a_message(
    bucket: str, arguments: list[str], message: str, form: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, *form]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith("s3_client: ")
    assert message in printed.err
    assert "Traceback" not in printed.err
    assert SECRET not in printed.err + printed.out


@FORMS
def test_what_s3_answers_is_logged_as_an_error(
    bucket: str, form: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["get", "missing", *form]) == 1
    assert "Logging error: 404 NoSuchKey" in capsys.readouterr().out


@FORMS
def test_nothing_secret_is_printed(bucket: str, form: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "examples/s3_client/main.py", *form],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert SECRET not in done.stdout + done.stderr
    assert "Signature=" not in done.stdout


def test_wrong_usage_exits_with_2() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["frobnicate"])
    assert ended.value.code == 2


def test_log_request_leaves_secrets_out(capsys: pytest.CaptureFixture[str]) -> None:
    events.log_request({"headers": {"Authorization": SECRET, "x-amz-security-token": SECRET, "A": "b"}})
    assert capsys.readouterr().out == "Logging request headers: {'A': 'b'}\n"


@pytest.mark.parametrize(
    ("status", "attempts", "delay"),
    [(None, 1, None), (500, 1, 2), (500, 2, 2), (500, 3, None), (200, 1, None), (404, 1, None)],
)
def test_retries_are_bounded_and_survive_no_response(
    status: int | None, attempts: int, delay: int | None
) -> None:
    response = None if status is None else (AWSResponse(None, status, {}, None), {})
    assert events.custom_retry_logic(response=response, attempts=attempts, caught_exception=None) == delay


@FORMS
def test_a_server_that_keeps_failing_is_asked_three_times(
    form: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "RETRY_DELAY_SECONDS", 0)
    client_kind = SyncKind()
    s3 = client_kind.scripted("s3", [answer(500)])
    with pytest.raises(Exception, match="500"):
        S3Interface(s3.raw, plain=bool(form)).list_buckets()
    assert len(s3.transport.requests) == events.MAX_ATTEMPTS
    assert s3.transport.requests[0].headers["X-Custom-Header"] == b"CustomValue"


def test_the_handlers_work_on_a_boto3_client(aws: LocalAWS, bucket: str) -> None:
    client: Any = boto3.Session("a", "b", region_name="us-east-1").client("s3", endpoint_url=aws.endpoint_url)
    app = S3Interface(client)
    assert bucket in app.list_buckets()
    app.put_object(None, "from-boto3", "text")
    assert "from-boto3" in app.list_objects()
    assert app.get_object(None, "from-boto3") == b"text"


def test_every_snippet_marker_of_the_guide_is_there_in_pairs() -> None:
    pattern = re.compile(r"snippet-(start|end):\[([\w.]+)\]")
    folder = ROOT / "examples" / "s3_client"
    ours = [
        found for path in sorted(folder.glob("*.py")) for found in pattern.findall(path.read_text("utf-8"))
    ]
    for opening, closing in zip(ours[::2], ours[1::2], strict=True):
        assert (opening[0], closing[0], opening[1]) == ("start", "end", closing[1])
    assert ours
    folder = required(GUIDE, "SOTALIA_GUIDE")
    text = "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.txt")))
    theirs = set(pattern.findall(text))
    assert theirs
    assert theirs <= set(ours)
