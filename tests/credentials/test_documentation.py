"""Every Python example of docs/credentials.md runs, and its table is the one of the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sotalia.credentials.precedence import PRECEDENCE

PAGE = (Path(__file__).resolve().parents[2] / "docs/credentials.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_example(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {"__name__": "page"}
    exec(compile(EXAMPLES[number], f"example {number} of docs/credentials.md", "exec"), names)
    for said in re.findall(r"^print\(.*\) +# (.*)$", EXAMPLES[number], re.MULTILINE):
        assert said in capsys.readouterr().out


def test_the_table_is_the_codes() -> None:
    rows = re.findall(r"^\| (\d+) \| `([a-z0-9-]+)` \|", PAGE, re.MULTILINE)
    assert rows == [(str(number), row.method) for number, row in enumerate(PRECEDENCE, 1)]
