"""``docs/lint.md`` says what the command says."""

from __future__ import annotations

import re
from pathlib import Path

from sotalia.events import lint
from sotalia.lint.codes import CODES, table

PAGE = (Path(__file__).parents[2] / "docs" / "lint.md").read_text("utf-8")


def test_the_table() -> None:
    assert table() in PAGE, "run: python -m sotalia.lint.codes, and paste it"


def test_codes_of_registries_are_in_the_table() -> None:
    """What a registry reports when the program runs has a code that the table explains."""
    source = Path(lint.__file__).read_text("utf-8")
    written = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source)) - {"events-md"}
    assert {code for code in written if f'"{code}"' in source} <= set(CODES)
    assert len(written) >= 10
