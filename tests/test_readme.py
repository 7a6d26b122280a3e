"""Every Python example of the README runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.local import LocalAWS

README = Path(__file__).resolve().parents[1] / "README.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_example(number: int, aws: LocalAWS, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(sotalia, "DEFAULT_SESSION", None)
    aws.client("s3").create_bucket(Bucket="mybucket")
    if "LocalAWS" not in EXAMPLES[number] and "ScriptedTransport" not in EXAMPLES[number]:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(EXAMPLES[number], f"README example {number}", "exec"), names)


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README.read_text("utf-8")):
        assert (README.parent / target).exists(), target
