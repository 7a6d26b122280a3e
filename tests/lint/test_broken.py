"""Mistakes in source code are found where they are, and nothing else is found beside them."""

from __future__ import annotations

import pytest

from sotalia.lint import Linter
from sotalia.lint.codes import CODES
from tests.lint.broken import BROKEN, unmarked


@pytest.mark.parametrize(
    ("marked", "code", "words"), BROKEN, ids=[f"{row[1]}-{n}" for n, row in enumerate(BROKEN)]
)
def test_broken(marked: str, code: str, words: str) -> None:
    source, line, column = unmarked(marked)
    linter = Linter()
    linter.add(source.encode(), "app.py")
    (problem,) = linter.report().problems
    assert (problem.line, problem.column, problem.code) == (line, column, code)
    assert words in problem.message


def test_every_code_has_its_mistake() -> None:
    assert {code for _, code, _ in BROKEN} == set(CODES)
    assert len(BROKEN) >= 50
