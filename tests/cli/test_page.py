"""``docs/command-line.md``: its sessions run as they are written, its tables are those of the code."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sotalia.cli import exit_codes
from sotalia.cli.commands import SECTIONS

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text("utf-8")
SESSIONS = re.findall(r"^```console\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
WHEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


@pytest.mark.skipif(os.name != "posix", reason="the page is written for a shell of POSIX")
@pytest.mark.parametrize("session", SESSIONS, ids=range(len(SESSIONS)))
def test_sessions(session: str, environment: dict[str, str], tmp_path: Path) -> None:
    """One shell runs all lines; what each prints is what the page shows."""
    lines = re.findall(r"^\$ (.*)", session, re.MULTILINE)
    # Each command is printed before it runs, as a person has typed it.
    script = "\n".join(f"echo {shlex.quote(f'$ {line}')}\n{line}" for line in lines)
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "sotalia"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m sotalia "$@"\n')
    program.chmod(0o755)
    (tmp_path / "work").mkdir()
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=tmp_path / "work",
        env={**os.environ, **environment, "PATH": path},
    )
    printed = done.stdout.replace(str(tmp_path / "work") + "/", "")
    assert WHEN.sub("WHEN", printed) == WHEN.sub("WHEN", session)


def test_exit_codes() -> None:
    table = PAGE.partition("## Exit codes")[2]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == {
        value for name, value in vars(exit_codes).items() if name.isupper()
    }


def test_commands() -> None:
    table = PAGE.partition("## Commands for S3")[2].partition("###")[0]
    assert set(re.findall(r"`(\w+) [A-Z\[]", table)) == {row.name for row in SECTIONS["Objects in S3"]}
