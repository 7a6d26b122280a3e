"""``SOTALIA_RECORD``: the calls of a whole program in a file, without a line of code."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import sotalia
from sotalia.recording import jsonl
from sotalia.recording.growing import GrowingFile, GrowingRecorder
from sotalia.recording.program import LAST, parse
from sotalia.testing import LocalAWS
from sotalia.transport.scripted import answer
from tests.client_kinds import Kind
from tests.recording.har_rules import checked

posix = pytest.mark.skipif(os.name != "posix", reason="needs fork and signals")
CALL = "import sotalia\nsotalia.client('sqs').list_queues()\n"


@pytest.fixture
def run(aws: LocalAWS, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a program with ``SOTALIA_RECORD``."""

    def function(program: str, wish: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "app.py").write_text(program)
        variables = {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": aws.endpoint_url,
            "SOTALIA_RECORD": wish,
        }
        return subprocess.run(
            [sys.executable, "app.py"],
            env={**os.environ, **variables},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=90,
        )

    return function


def recorded(folder: Path) -> dict[str, list[str]]:
    """The operations in each file, with the process's number left out of the name."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("calls*.jsonl")):
        name = "child" if path.name.count(".") == 2 else path.name
        found.setdefault(name, []).extend(call.operation for call in jsonl.read(path))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("calls.html", ("calls.html", LAST, 0)),
        ("calls.HAR,last=5", ("calls.HAR", 5, 0)),
        ("a,b.jsonl,bodies=100", ("a,b.jsonl", None, 100)),
        ("calls.html,bodies=1,last=2", ("calls.html", 2, 1)),
        ("/tmp/calls-{pid}.jsonl", (f"/tmp/calls-{os.getpid()}.jsonl", None, 0)),
    ],
)
def test_what_is_understood(text: str, expected: tuple[str, int | None, int]) -> None:
    path, *numbers = expected
    assert parse(text) == (os.path.abspath(path), *numbers)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1", "is not understood; write a path that ends in .html, .har, .jsonl"),
        ("calls.txt", "is not understood"),
        ("calls.html,lsat=1", "is not understood"),
        ("calls.html,last=0", "last is a number from 1 on, not '0'"),
        ("calls.html,last=", "last is a number from 1 on, not ''"),
        ("calls.html,bodies=-1", "bodies is a number from 0 on"),
        ("calls.jsonl,last=3", "a .jsonl file keeps all calls"),
    ],
)
def test_what_is_not_is_warned_about_and_stops_nothing(run: Any, text: str, message: str) -> None:
    with pytest.raises(ValueError, match="SOTALIA_RECORD=") as raised:
        parse(text)
    assert message in str(raised.value)


@pytest.mark.parametrize("wish", ["calls.txt", "none/calls.html", "app.py/calls.jsonl"])
def test_a_program_goes_on_without(run: Any, tmp_path: Path, wish: str) -> None:
    done = run(CALL + "print('done')", wish)
    assert (done.returncode, done.stdout) == (0, "done\n")
    assert "RuntimeWarning" in done.stderr
    assert "nothing is recorded" in done.stderr
    assert os.listdir(tmp_path) == ["app.py"]


@pytest.mark.parametrize("wish", ["", "off"])
def test_off(run: Any, tmp_path: Path, wish: str) -> None:
    done = run(CALL + "print('done')", wish)
    assert (done.stdout, done.stderr, os.listdir(tmp_path)) == ("done\n", "", ["app.py"])


def test_nothing_is_loaded_where_it_is_not_set() -> None:
    program = "import sotalia, sys; print([name for name in sys.modules if 'recording' in name])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("end", "code"),
    [("", 0), ("raise SystemExit(3)", 3), ("raise ValueError", 1), ("import os; os.chdir('/')", 0)],
)
def test_files_are_written_at_the_end(run: Any, tmp_path: Path, end: str, code: int) -> None:
    done = run(CALL + end, "calls.har")
    assert done.returncode == code
    [entry] = checked((tmp_path / "calls.har").read_text())["entries"]
    assert "sqs.ListQueues" in entry["comment"]
    assert (tmp_path / "calls.har").stat().st_mode & 0o777 == 0o600


def test_a_page(run: Any, tmp_path: Path) -> None:
    assert run(CALL, "calls.html").stderr == ""
    assert "ListQueues" in (tmp_path / "calls.html").read_text()


def test_the_bound_is_told(run: Any, tmp_path: Path) -> None:
    program = "import sotalia\ns = sotalia.client('sqs')\nfor _ in range(4): s.list_queues()"
    done = run(program, "calls.har,last=3")
    assert len(checked((tmp_path / "calls.har").read_text())["entries"]) == 3
    assert f"{tmp_path / 'calls.har'} has the last 3 of 4 calls" in done.stderr


@posix
@pytest.mark.parametrize("end", ["os._exit(0)", "os.kill(os.getpid(), 9)", "os.kill(os.getpid(), 15)"])
def test_lines_are_there_whatever_happens(run: Any, tmp_path: Path, end: str) -> None:
    run(f"import os\n{CALL}{end}", "calls.jsonl")
    assert recorded(tmp_path) == {"calls.jsonl": ["ListQueues"]}


def test_each_run_begins_anew(run: Any, tmp_path: Path) -> None:
    for _ in range(2):
        assert run(CALL, "calls.jsonl").stderr == ""
    assert recorded(tmp_path) == {"calls.jsonl": ["ListQueues"]}


FORKING = """
import os, sys, sotalia
sqs, sts = sotalia.client("sqs"), sotalia.client("sts")
sqs.list_queues()
for _ in range(2):
    pid = os.fork()
    if not pid:
        sts.get_caller_identity()
        sys.exit()
    os.waitpid(pid, 0)
if not os.fork():
    os._exit(0)
os.wait()
sqs.list_queues()
"""
PROCESSES = """
import multiprocessing, sotalia
def work(_=0):
    sotalia.client("sts").get_caller_identity()
if __name__ == "__main__":
    sotalia.client("sqs").list_queues()
    process = multiprocessing.get_context("METHOD").Process(target=work)
    process.start()
    process.join()
    sotalia.client("sqs").list_queues()
"""
STARTING = f"import subprocess, sys\n{CALL}subprocess.run([sys.executable, '-c', {CALL!r}])\n"


@posix
@pytest.mark.parametrize(
    ("program", "children"),
    [
        (FORKING, ["GetCallerIdentity"] * 2),
        *((PROCESSES.replace("METHOD", method), ["GetCallerIdentity"]) for method in ("fork", "spawn", "forkserver")),
        (STARTING, ["ListQueues"]),
    ],
    ids=["fork", "multiprocessing.fork", "multiprocessing.spawn", "multiprocessing.forkserver", "subprocess"],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["jsonl", "har"])
def test_children_have_their_own_files(
    run: Any, tmp_path: Path, program: str, children: list[str], suffix: str
) -> None:
    done = run(program, f"calls.{suffix}")
    assert (done.returncode, done.stderr) == (0, "")
    if suffix == "jsonl":
        own = ["ListQueues"] * program.count("list_queues()") if program is not STARTING else ["ListQueues"]
        assert recorded(tmp_path) == {"calls.jsonl": own, "child": children}
        return
    found = [checked(path.read_text())["entries"] for path in sorted(tmp_path.glob("calls.*.har"))]
    assert sum(map(len, found)) == len(children)
    assert checked((tmp_path / "calls.har").read_text())["entries"]


@posix
def test_programs_at_the_same_time_do_not_share_a_file(aws: LocalAWS, tmp_path: Path) -> None:
    """As workers do that a server starts, which itself knows nothing of sotalia."""
    server = (
        "import subprocess, sys\n"
        f"program = {CALL + 'import sys; print(1, flush=True); sys.stdin.read()'!r}\n"
        "pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "workers = [subprocess.Popen([sys.executable, '-c', program], **pipes) for _ in range(3)]\n"
        "for worker in workers: worker.stdout.readline()\n"
        "for worker in workers: worker.communicate()\n"
    )
    variables = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "SOTALIA_RECORD": "calls.jsonl",
    }
    subprocess.run(
        [sys.executable, "-c", server],
        env={**os.environ, **variables},
        cwd=tmp_path,
        timeout=90,
        check=True,
    )
    assert recorded(tmp_path) == {"calls.jsonl": ["ListQueues"], "child": ["ListQueues"] * 2}


# -- a recorder whose file grows --------------------------------------------------------------------------------------


def test_a_line_is_written_when_the_call_has_ended(client_kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    listing = b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"
    s3 = client_kind.scripted("s3", [answer(200, body=listing), answer(404), answer(200, body=listing)])
    with GrowingRecorder(GrowingFile(str(path), pytest.fail)) as calls:
        s3.list_buckets()
        assert [call.status for call in jsonl.read(path)] == [200]
        with pytest.raises(Exception, match="404"):
            s3.head_bucket(Bucket="bucket")
        s3.list_buckets()
        assert [(call.number, call.status) for call in jsonl.read(path)] == [(1, 200), (2, 404), (3, 200)]
        assert len(calls) == 0


def test_a_body_is_waited_for(aws: LocalAWS, tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    with aws.client("s3") as s3:
        s3.create_bucket(Bucket="growing")
        s3.put_object(Bucket="growing", Key="k", Body=b"x" * 100_000)
        with GrowingRecorder(GrowingFile(str(path), pytest.fail)) as calls:
            body = s3.get_object(Bucket="growing", Key="k")["Body"]
            assert len(calls) == 1
            assert not path.exists()
            body.read()
            [call] = jsonl.read(path)
            assert call.attempts[0].response_bytes == 100_000
            s3.get_object(Bucket="growing", Key="k")
        calls.finish()
        assert len(jsonl.read(path)) == 2


def test_a_disk_that_fails_is_told_once_and_stops_no_call(client_kind: Kind, tmp_path: Path) -> None:
    told: list[OSError] = []
    s3 = client_kind.scripted("s3", [answer(200), answer(200)])
    with GrowingRecorder(GrowingFile(str(tmp_path / "none" / "calls.jsonl"), told.append)):
        s3.head_bucket(Bucket="bucket")
        s3.head_bucket(Bucket="bucket")
    assert len(told) == 1


def test_threads_write_whole_lines(aws: LocalAWS, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    path = tmp_path / "calls.jsonl"
    with aws.client("sqs") as sqs, GrowingRecorder(GrowingFile(str(path), pytest.fail)):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: sqs.list_queues(), range(100)))
        assert sorted(call.number for call in jsonl.read(path)) == list(range(1, 101))


# -- secrets ----------------------------------------------------------------------------------------------------------


def test_no_form_has_a_secret(client_kind: Kind, tmp_path: Path) -> None:
    memory, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(memory))
    secret = "PLANTED+SECRET/VALUE"
    failure = f"<Error><Code>AccessDenied</Code><Message>SessionToken={secret}</Message></Error>".encode()
    headers = {"set-cookie": secret, "location": f"https://user:{secret}@host/?X-Amz-Signature={secret}"}
    s3 = client_kind.scripted("s3", [answer(200, headers), answer(403, headers, body=failure)])
    with sotalia.recorder(bodies=1000) as calls:
        s3.put_object(
            Bucket="bucket",
            Key="k",
            Body=b"body",
            SSECustomerAlgorithm="AES256",
            SSECustomerKey=secret.ljust(32, "x")[:32],
        )
        with pytest.raises(sotalia.exceptions.ClientError):
            s3.get_object(Bucket="bucket", Key="k")
    for suffix in ("har", "jsonl", "html"):
        calls.save(tmp_path / f"calls.{suffix}")
    calls.spans(provider)
    texts = [path.read_text() for path in tmp_path.iterdir()]
    texts += [span.to_json() for span in memory.get_finished_spans()]
    assert len(texts) >= 7
    for text in texts:
        assert "PutObject" in text or "GetObject" in text
        assert "PLANTED" not in text
        assert b64encode(secret.encode()).decode()[:20] not in text
