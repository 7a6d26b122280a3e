"""``docs/lint.md`` says what the command says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sotalia.events import lint
from sotalia.lint.codes import CODES, table
from tests.lint.test_command import lint as run

PAGE = (Path(__file__).parents[2] / "docs" / "lint.md").read_text("utf-8")


def test_the_table() -> None:
    assert table() in PAGE, "run: python -m sotalia.lint.codes, and paste it"


def test_codes_of_registries_are_in_the_table() -> None:
    """What a registry reports when the program runs has a code that the table explains."""
    source = Path(lint.__file__).read_text("utf-8")
    written = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source)) - {"events-md"}
    assert {code for code in written if f'"{code}"' in source} <= set(CODES)
    assert len(written) >= 10


def test_the_first_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example = re.search(r"```python no-run\n(.*?)```", PAGE, re.DOTALL)
    output = re.search(r"\$ sotalia lint app\.py\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    assert output is not None
    (tmp_path / "app.py").write_text(example[1])
    monkeypatch.chdir(tmp_path)
    done = run("app.py")
    assert (done.returncode, done.stdout) == (1, output[1])
