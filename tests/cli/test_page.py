"""``docs/command-line.md``: its tables are those of the code. ``tests/test_documents.py`` runs its sessions."""

from __future__ import annotations

import re
from pathlib import Path

from sotalia.cli import exit_codes
from sotalia.cli.commands import SECTIONS

PAGE = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text("utf-8")


def test_exit_codes() -> None:
    table = PAGE.partition("## Exit codes")[2]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == {
        value for name, value in vars(exit_codes).items() if name.isupper()
    }


def test_commands() -> None:
    table = PAGE.partition("## Commands for S3")[2].partition("###")[0]
    assert set(re.findall(r"`(\w+) [A-Z\[]", table)) == {row.name for row in SECTIONS["Objects in S3"]}
