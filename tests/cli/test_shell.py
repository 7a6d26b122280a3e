"""Commands in a real shell: pipes, signals, exit codes."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from sotalia.cli import exit_codes
from tests.cli.conftest import Shell
from tests.transport.servers import serving

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX is needed")
PROGRAM = f"{shlex.quote(sys.executable)} -m sotalia"
MB = 1024 * 1024


@pytest.fixture
def sh(shell: Shell, environment: dict[str, str]) -> Any:
    """Runs a line in bash; ``sotalia`` and ``BUCKET`` are replaced."""

    def run(line: str) -> tuple[int, str, str]:
        line = line.replace("sotalia", PROGRAM).replace("BUCKET", shell.bucket)
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            capture_output=True,
            text=True,
            cwd=shell.folder,
            env={**os.environ, **environment},
            timeout=60,
        )
        return done.returncode, done.stdout, done.stderr

    return run


def test_pipes(sh: Any, shell: Shell) -> None:
    line = "printf data | sotalia cp - s3://BUCKET/k && sotalia cat s3://BUCKET/k s3://BUCKET/k > both && cat both"
    assert sh(line) == (0, "datadata", "")
    # Appending, too, in a file that can be written to at any place.
    assert sh("printf first- > f; sotalia cp s3://BUCKET/k - >> f; cat f") == (0, "first-data", "")


def test_a_pipe_that_is_closed(sh: Any, shell: Shell) -> None:
    """Whoever reads has seen enough: no complaint, and the exit code of a program that SIGPIPE ends."""
    shell.put("big", Body=b"x" * 4 * MB)
    assert sh("sotalia ls s3://BUCKET | true") == (exit_codes.CLOSED_PIPE, "", "")
    assert sh("sotalia cat s3://BUCKET/big | head -c 10") == (exit_codes.CLOSED_PIPE, "x" * 10, "")
    assert sh("sotalia --help >&-") == (0, "", "")


def test_exit_codes(sh: Any, shell: Shell) -> None:
    shell.put("p/ok", "p/../x")
    assert sh("sotalia cp -q -r s3://BUCKET/p got")[0] == exit_codes.SKIPPED
    assert sh("sotalia sync -q s3://BUCKET/p got")[0] == exit_codes.SKIPPED
    assert sh("sotalia ls s3://BUCKET/none")[0] == exit_codes.FAILED
    assert sh("sotalia cp one")[0] == exit_codes.USAGE


def _uploads(shell: Shell) -> list[Any]:
    with shell.aws.client("s3") as s3:
        found: list[Any] = s3.list_multipart_uploads(Bucket=shell.bucket).get("Uploads", [])
        return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_upload_that_is_interrupted(
    shell: Shell, environment: dict[str, str], number: signal.Signals
) -> None:
    """Nothing is left of it, though the pipe that it is read from stays open."""
    words = shlex.split(f"{PROGRAM} cp - s3://{shell.bucket}/k")
    with subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        assert process.stdin is not None
        process.stdin.write(bytes(9 * MB))
        process.stdin.flush()
        wait_for(lambda: bool(_uploads(shell)))
        process.send_signal(number)
        wait_for(lambda: process.poll() is not None)
        assert process.returncode == (130 if number == signal.SIGINT else 143)
        assert process.stderr is not None
        assert process.stderr.read() == b""
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass
    assert _uploads(shell) == []
    assert shell.keys() == []


@pytest.mark.slow(keep=1)
@pytest.mark.parametrize("command", ["cp -r", "mv -r", "sync"])
def test_uploads_of_many_that_are_interrupted(
    shell: Shell, environment: dict[str, str], command: str
) -> None:
    (shell.folder / "d").mkdir()
    for name in ("d/a", "d/b"):
        with open(shell.folder / name, "wb") as file:
            file.truncate(100 * MB)
    with subprocess.Popen(
        shlex.split(f"{PROGRAM} {command} d s3://{shell.bucket}/"),
        cwd=shell.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        wait_for(lambda: bool(_uploads(shell)))
        process.send_signal(signal.SIGINT)
        assert process.communicate() == (b"", b"")
        assert process.returncode == exit_codes.INTERRUPTED
    assert (_uploads(shell), shell.keys()) == ([], [])
    assert sorted(path.name for path in (shell.folder / "d").iterdir()) == ["a", "b"]


def wait_for(condition: Any) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("sources", ["s3://bucket/k", "s3://bucket/k s3://bucket/l"])
def test_a_download_that_is_interrupted(tmp_path: Path, environment: dict[str, str], sources: str) -> None:
    """No file is left, neither a partial one under whatever name, though the server keeps its connections open."""
    is_reached = threading.Event()

    def stall(connection: Any) -> None:
        while True:
            head = connection.head()
            connection.raw.sendall(
                b'HTTP/1.1 200 OK\r\nETag: "e"\r\nLast-Modified: Tue, 24 Nov 2026 02:33:47 GMT\r\nContent-Length: 1000\r\n\r\n'
            )
            if not head.startswith(b"HEAD"):
                connection.raw.sendall(b"x" * 10)
                is_reached.set()
                connection.raw.recv(1)
                return

    with serving(stall) as port:
        words = shlex.split(f"{PROGRAM} cp {sources} . --endpoint-url http://127.0.0.1:{port}")
        with subprocess.Popen(
            words,
            cwd=tmp_path,
            env={**os.environ, **environment},
            stderr=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        ) as process:
            assert is_reached.wait(30)
            wait_for(lambda: bool(list(tmp_path.iterdir())))
            process.send_signal(signal.SIGINT)
            if " " in sources:  # Threads wait for the network: the second one ends them at once.
                time.sleep(0.5)
                process.send_signal(signal.SIGINT)
            wait_for(lambda: process.poll() is not None)
            assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_streams_that_are_closed_or_take_little(sh: Any, shell: Shell) -> None:
    shell.put("é\ud7ff")
    assert sh("sotalia cat s3://BUCKET/none >&- 2>&-")[0] == exit_codes.FAILED
    assert sh("sotalia cp - s3://BUCKET/empty <&-; sotalia du s3://BUCKET/empty --bytes")[1].split()[:2] == [
        "0",
        "1",
    ]
    code, out, _ = sh("PYTHONIOENCODING=ascii sotalia ls s3://BUCKET --json")
    assert (code, json.loads(out.splitlines()[0])["key"]) == (0, "empty")
    code, out, _ = sh("PYTHONIOENCODING=ascii sotalia ls s3://BUCKET")
    assert (code, out.isascii(), out.count("\n")) == (0, True, 2)


def test_a_bar_on_a_terminal(shell: Shell, environment: dict[str, str]) -> None:
    import pty

    shell.write("d/a", "d/b")
    for option, is_drawn in ((), True), (("--no-progress",), False):
        ours, theirs = pty.openpty()
        words = [*shlex.split(PROGRAM), "cp", "-r", "d", f"s3://{shell.bucket}/", *option]
        done = subprocess.run(
            words, stdout=theirs, cwd=shell.folder, env={**os.environ, **environment, "TERM": "xterm"}
        )
        os.close(theirs)
        printed = b""
        while True:
            try:
                printed += os.read(ours, 65536)
            except OSError:
                break  # Linux says so where the other end is closed.
        os.close(ours)
        assert done.returncode == 0
        assert (b"2 of 2 files" in printed) is is_drawn
        assert printed.count(b"upload: ") == 2
