"""The examples of the page about compatibility run, each in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sotalia.local import LocalAWS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "compatibility.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_example(number: int, aws: LocalAWS) -> None:
    settings = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    if "mock_aws" not in EXAMPLES[number]:
        settings["AWS_ENDPOINT_URL"] = aws.endpoint_url
    subprocess.run(
        [sys.executable, "-W", "error", "-c", EXAMPLES[number]], check=True, env=os.environ | settings
    )
