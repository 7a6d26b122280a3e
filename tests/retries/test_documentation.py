"""Every Python example of the pages on retries, paginators and waiters runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.local import LocalAWS

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLES = [
    (page, number, text)
    for page in ("retries.md", "paginators-and-waiters.md")
    for number, text in enumerate(
        re.findall(r"```python\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    )
]


@pytest.mark.parametrize(("page", "number", "text"), EXAMPLES, ids=[f"{p} {n}" for p, n, _ in EXAMPLES])
def test_example(page: str, number: int, text: str, aws: LocalAWS, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(sotalia, "DEFAULT_SESSION", None)
    aws.client("s3").create_bucket(Bucket="mybucket")
    if "ScriptedTransport" not in text:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(text, f"{page} example {number}", "exec"), names)
