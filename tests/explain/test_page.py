"""The page shows what is really printed."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from sotalia.cli.main import main
from tests.test_documents import blocks

PAGE = "explain.md"


def in_order(shown: str, printed: str) -> None:
    """Each line of the page stands in the output, in this order; ``...`` stands for any lines."""
    rest = iter(printed.splitlines())
    for line in shown.splitlines():
        if line.strip() not in ("...", ""):
            assert any(line.rstrip() == other.rstrip() for other in rest), line


def test_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    example = blocks(PAGE, "python")[0]
    with contextlib.redirect_stdout(printed):
        exec(compile(example, str(tmp_path / "explain.py"), "exec"), {"__name__": "page"})
    in_order(blocks(PAGE, "text")[0], printed.getvalue())


def test_the_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-key")
    command, _, shown = blocks(PAGE, "console")[0].partition("\n")
    assert command.startswith("$ sotalia ")
    assert main(shlex.split(re.sub(r"^\$ sotalia ", "", command))) == 0
    in_order(shown, capsys.readouterr().out)
