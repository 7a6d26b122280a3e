"""Every example of the document about resources runs, one after another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sotalia
from sotalia.local import LocalAWS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "resources.md"


def test_examples(
    aws: LocalAWS, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(sotalia, "DEFAULT_SESSION", None)
    examples = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert len(examples) == 5
    for number, example in enumerate(examples):
        code = example.replace("/tmp/film", str(tmp_path / "film"))
        exec(compile(code, f"docs/resources.md, example {number}", "exec"), {"__name__": "document"})
    printed = capsys.readouterr().out
    for expected in ("2026/a.jpg 3", "https://cdn.example.org/a.jpg", "'age': Decimal('7')", "a 3\n3\n"):
        assert expected in printed
