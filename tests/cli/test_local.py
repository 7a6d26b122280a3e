"""The command ``sotalia local`` in a real shell: in the background, with data, with a memory."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sotalia.cli.main import main

PROGRAM = f"{shlex.quote(sys.executable)} -m sotalia"
# What a person would type, but for the path of the program.
FIRST = """
set -e
eval "$(sotalia local --env --seed seed --persist memory)"
trap 'kill $SOTALIA_LOCAL_PID' EXIT
sotalia cat s3://photos/a.txt
sotalia call sqs list-queues --query 'QueueUrls[].length(@)' -q
sotalia call s3 create-bucket --bucket later -q
printf text | sotalia cp - s3://later/k
sotalia doctor -q
echo $AWS_DEFAULT_REGION
"""
SECOND = """
set -e
eval "$(sotalia local --env --persist memory)"
trap 'kill $SOTALIA_LOCAL_PID' EXIT
sotalia cat s3://photos/a.txt s3://later/k
sotalia call secretsmanager get-secret-value --secret-id db --query SecretString --output text
sotalia call dynamodb scan --table-name users --json
"""


def run(script: str, folder: Path) -> str:
    hidden = ("AWS_", "SOTALIA_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    done = subprocess.run(
        ["bash", "-c", script.replace("sotalia ", f"{PROGRAM} ")],
        env={**environment, "SOTALIA_CACHE_DIR": str(folder / "cache")},
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX is needed")
def test_data_to_begin_with_and_memory(tmp_path: Path) -> None:
    (tmp_path / "seed" / "photos").mkdir(parents=True)
    (tmp_path / "seed" / "photos" / "a.txt").write_text("photo")
    data = {
        "queues": ["jobs"],
        "secrets": {"db": "PLANTED"},
        "tables": {"users": {"key": ["id"], "items": [{"id": "1"}]}},
    }
    (tmp_path / "seed" / "seed.json").write_text(json.dumps(data))
    assert run(FIRST, tmp_path) == "photous-east-1\n"
    assert run(SECOND, tmp_path) == 'phototextPLANTED\n{"id": {"S": "1"}}\n'
    (memory,) = (tmp_path / "memory").iterdir()
    assert memory.stat().st_mode & 0o077 == 0


def test_it_ends_by_a_signal_and_says_what_was_made(tmp_path: Path) -> None:
    (tmp_path / "seed.json").write_text('{"buckets": {"photos": {"k": "v"}}}')
    words = [sys.executable, "-m", "sotalia", "local", "--seed", "seed.json"]
    with subprocess.Popen(
        words, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        address = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert address.startswith("http://127.0.0.1:")
        said = process.stderr.read()
        assert said.startswith("bucket photos\n1 objects in photos\n")
        assert f"export AWS_ENDPOINT_URL={address}" in said


@pytest.mark.parametrize(
    "words", [["--port", "99999"], ["--port", "99999", "--env"], ["--persist", "/dev/null/x", "--env"]]
)
def test_what_cannot_be_had(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(["local", *words]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "cannot be had" in printed.err or "/dev/null" in printed.err
    assert "Traceback" not in printed.err


def test_a_seed_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["local", "--seed", "none.json"]) == 2
    assert "none.json" in capsys.readouterr().err
