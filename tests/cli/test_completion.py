"""Completion in real shells: bash, zsh and fish ask the program for words, as after a press of the tab key."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sotalia.cli.main import COMPLETION_VARIABLE

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


def run(shell: str, script: str, path: str, folder: Path) -> str:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    options = ["-f"] if shell == "zsh" else ["--no-config"] if shell == "fish" else ["--norc"]
    done = subprocess.run(
        [shell, *options, "-c", script],
        env={**os.environ, "PATH": path, "HOME": str(folder), "TERM": "dumb"},
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


def test_no_other_shell(capsys: pytest.CaptureFixture[str]) -> None:
    from sotalia.cli.main import main

    assert main(["completion", "tcsh"]) == 2
    assert "bash" in capsys.readouterr().err
    assert COMPLETION_VARIABLE not in os.environ
