"""The Python examples of two pages of the documentation run, each page from top to bottom."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.config.files import load_config
from sotalia.local import LocalAWS

DOCS = Path(__file__).resolve().parents[1] / "docs"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)


@pytest.fixture(autouse=True)
def _loggers_as_they_were() -> Iterator[None]:
    logger = logging.getLogger("sotalia")
    level, handlers = logger.level, list(logger.handlers)
    yield
    logger.setLevel(level)
    logger.handlers[:] = handlers


def run(page: str) -> tuple[dict[str, Any], str]:
    """The names that the page's examples leave, and what they print."""
    names: dict[str, Any] = {"__name__": "docs"}
    output = io.StringIO()
    with redirect_stdout(output), redirect_stderr(output):
        for number, block in enumerate(blocks(page, "python")):
            exec(compile(block, f"{page} example {number}", "exec"), names)
    return names, output.getvalue()


def test_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config"
    path.write_text(blocks("configuration.md", "ini")[0])
    monkeypatch.setenv("AWS_CONFIG_FILE", str(path))
    assert load_config(str(path))["services"]["local"]["dynamodb"]["endpoint_url"] == "http://localhost:8000"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    names, printed = run("configuration.md")
    assert "'total_max_attempts': 4" in printed
    assert names["session"].region_name == "eu-west-1"


def test_logging(aws: LocalAWS, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "PLANTED")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    monkeypatch.setattr(sotalia, "DEFAULT_SESSION", None)
    aws.client("s3").create_bucket(Bucket="bucket")
    names, _ = run("logging.md")
    output = io.StringIO()
    with redirect_stdout(output):
        names["s3"].list_objects_v2(Bucket="bucket")
    assert "ListObjectsV2 {'Bucket': 'bucket'" in output.getvalue()
    assert "'Authorization': '***'" in output.getvalue()
    assert "PLANTED" not in output.getvalue()
