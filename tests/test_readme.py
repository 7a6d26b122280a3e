"""Every Python example of the README and of the documents runs, and their links lead somewhere.

An example that cannot run here begins with ```python no-run.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.local import LocalAWS

ROOT = Path(__file__).resolve().parents[1]
PAGES = {path.name: path for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]}
EXAMPLES = [
    pytest.param(page, example, id=f"{page}-{number}")
    for page, path in PAGES.items()
    for number, example in enumerate(
        re.findall(r"^```python\n(.*?)^```", path.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    )
]


@pytest.mark.parametrize(("page", "example"), EXAMPLES)
def test_example(
    page: str, example: str, aws: LocalAWS, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(sotalia, "DEFAULT_SESSION", None)
    monkeypatch.chdir(tmp_path)
    aws.client("s3").create_bucket(Bucket="mybucket")
    if "LocalAWS" not in example and "ScriptedTransport" not in example:
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    names: dict[str, Any] = {"__name__": "documentation"}
    try:
        exec(compile(example, page, "exec"), names)
    except ImportError as error:
        if "pip install 'sotalia[" not in str(error):
            raise
        pytest.skip(str(error))


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGES[page].read_text("utf-8")):
        if "://" not in target:
            assert (PAGES[page].parent / target.partition("#")[0]).exists(), target
