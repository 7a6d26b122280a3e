"""Completion in real shells: bash, zsh and fish ask the program for words, as after a press of the tab key."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from sotalia.cli.environment import COMPLETION_VARIABLE
from sotalia.cli.root import root
from tests.cli.conftest import Shell

# Each gives what the shell itself makes of the line, with the functions of its script.
BASH = """
eval "$(sotalia completion bash)"
COMP_WORDS=(LINE) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_sotalia_completion sotalia "${COMP_WORDS[COMP_CWORD]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""
# zsh completes only in its line editor, so that is run, on a terminal of its own.
ZSH = """
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; autoload -U compinit; compinit -u -D; eval "$(sotalia completion zsh)"; LISTMAX=1000; COLUMNS=200; zstyle ":completion:*" list-prompt ""'
zpty -w z 'echo rea''dy'
zpty -r z text '*ready*'
sleep 0.1
zpty -n -w z 'LINE'
for (( tries = 0; tries < 50; tries++ )); do
  zpty -n -w z $'\\t'
  sleep 0.1
  while zpty -r -t z text; do print -rn -- $text; out+=$text; done
  [[ $out == *EXPECTED* ]] && break
done
zpty -d z
"""
FISH = """
sotalia completion fish | source
complete --do-complete 'LINE'
"""
CASES = [
    ("sotalia cred", "credentials"),
    ("sotalia credentials ", "explain"),
    ("sotalia call dynamod", "dynamodb"),
    ("sotalia call s3 list-objects-", "list-objects-v2"),
    ("sotalia call s3 list-objects-v2 --max-k", "--max-keys"),
    ("sotalia call s3 put-object --storage-class STANDARD_", "STANDARD_IA"),
    ("sotalia call s3 list-buckets --output ta", "table"),
    ("sotalia explain s3 head-b", "head-bucket"),
    ("sotalia completion z", "zsh"),
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """``PATH`` with the program, by its name."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "sotalia"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sotalia "$@"\n')
    program.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def run(shell: str, script: str, path: str, folder: Path, **environment: str) -> str:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    options = ["-f"] if shell == "zsh" else ["--no-config"] if shell == "fish" else ["--norc"]
    done = subprocess.run(
        [shell, *options, "-c", script],
        env={**os.environ, "PATH": path, "HOME": str(folder), "TERM": "dumb", **environment},
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize(("line", "expected"), CASES, ids=[line for line, _ in CASES])
def test_bash(path: str, tmp_path: Path, line: str, expected: str) -> None:
    words = " ".join(f'"{word}"' for word in line.split(" "))
    assert expected in run("bash", BASH.replace("LINE", words), path, tmp_path).splitlines()


@pytest.mark.parametrize(("line", "expected"), CASES[2:6:2], ids=[line for line, _ in CASES[2:6:2]])
def test_fish(path: str, tmp_path: Path, line: str, expected: str) -> None:
    found = run("fish", FISH.replace("LINE", line), path, tmp_path).splitlines()
    assert expected in [row.partition("\t")[0] for row in found]


@pytest.mark.parametrize(("line", "expected"), CASES[2:6:2], ids=[line for line, _ in CASES[2:6:2]])
def test_zsh(path: str, tmp_path: Path, line: str, expected: str) -> None:
    script = ZSH.replace("LINE", line).replace("EXPECTED", expected)
    assert expected in run("zsh", script, path, tmp_path)


@pytest.mark.parametrize(
    "arguments", ["sotalia call no-such-service ", "sotalia nothing ", "sotalia call s3 nothing --"]
)
def test_nothing_to_complete_is_no_error(path: str, tmp_path: Path, arguments: str) -> None:
    words = " ".join(f'"{word}"' for word in arguments.split(" "))
    run("bash", BASH.replace("LINE", words), path, tmp_path)


def test_places_in_fish(path: str, tmp_path: Path, environment: dict[str, str], shell: Shell) -> None:
    shell.put("logs/2026/a", "logs/b", "x y")
    for typed, expected in (
        ("s3://command-", [f"s3://{shell.bucket}/"]),
        (f"s3://{shell.bucket}/lo", [f"s3://{shell.bucket}/logs/"]),
        (f"s3://{shell.bucket}/logs/", [f"s3://{shell.bucket}/logs/2026/", f"s3://{shell.bucket}/logs/b"]),
    ):
        script = FISH.replace("LINE", f"sotalia cp {typed}")
        assert set(expected) <= set(run("fish", script, path, tmp_path, **environment).splitlines())


@pytest.mark.parametrize("command", ["ls", "cp", "mv", "rm", "cat", "du", "presign", "sync", "mb", "rb"])
def test_places(shell: Shell, command: str) -> None:
    shell.put("a/b")
    found = root.get_command(click.Context(root), command)
    assert found is not None
    context = click.Context(found, resilient_parsing=True)
    argument = next(parameter for parameter in found.params if isinstance(parameter, click.Argument))

    def completed(typed: str) -> list[tuple[str, str]]:
        return [(item.type, item.value) for item in argument.shell_complete(context, typed)]

    assert completed(f"s3://{shell.bucket}/") == [("plain", f"s3://{shell.bucket}/a/")]
    assert ("plain", f"s3://{shell.bucket}/") in completed(f"s3://{shell.bucket[:-1]}")
    assert completed("s3://no-such-bucket-at-all/x") == []
    assert completed("s") == [("plain", "s3://"), ("file", "s")]
    assert completed("dir/") == [("file", "dir/")]


def test_places_where_nobody_answers(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    found = root.get_command(click.Context(root), "ls")
    assert found is not None
    assert found.params[0].shell_complete(click.Context(found, resilient_parsing=True), "s3://b") == []


def test_no_other_shell(capsys: pytest.CaptureFixture[str]) -> None:
    from sotalia.cli.main import main

    assert main(["completion", "tcsh"]) == 2
    assert "bash" in capsys.readouterr().err
    assert COMPLETION_VARIABLE not in os.environ
