"""What is said of mistakes in programs: each row of the table, on the kinds of session that it is for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.config.both import Sources
from tests.errors.mistakes import TABLES, Mistake
from tests.errors.page import tables
from tests.errors.running import said

CASES = [
    pytest.param(
        mistake, kind, id=f"{kind}-{mistake.code}-{len(mistake.config_file)}{''.join(mistake.environment)}"
    )
    for mistakes in TABLES.values()
    for mistake in mistakes
    for kind in ("sync", "async")
    if mistake.on in ("both", kind)
]


@pytest.mark.parametrize(("mistake", "kind"), CASES)
def test_what_is_said(mistake: Mistake, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_PROFILE",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    Sources(config_file=mistake.config_file, environment=mistake.environment).write(tmp_path, monkeypatch)
    error, text = said(mistake.code, is_async=kind == "async")
    assert error == mistake.error, text
    expected = "(?s:.*)".join(map(re.escape, mistake.says.split("[...]")))
    assert re.fullmatch(expected, text), f"\n{text}\n{mistake.says}"
    assert len(text) < 1500


def test_the_page_shows_them() -> None:
    page = Path(__file__).parents[2] / "docs" / "errors.md"
    assert tables() in page.read_text("utf-8"), "run: python -m tests.errors.page, and paste it"
