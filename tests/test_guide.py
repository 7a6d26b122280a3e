"""Every example of the guide, run as it stands with only its import changed, beside boto3: the same output and outcome."""

from __future__ import annotations

import ast
import io
import os
import re
import textwrap
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import boto3
import pytest

import sotalia
from sotalia.testing import LocalAWS
from tests.required import required

GUIDE = Path(os.environ.get("SOTALIA_GUIDE", Path(__file__).resolve().parents[2] / "shared" / "guide"))
BUCKETS = (
    "mybucket",
    "myotherbucket",
    "my-bucket",
    "my-default-bucket",
    "mygeneralbucket",
    "myspecificbucket",
)


def blocks(text: str) -> list[str]:
    """The examples: fenced ones, and indented ones that begin with an import of boto3."""
    found = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        line = lines[number]
        if line.startswith("    ") and re.match(r"\s+(import boto3|from boto3)", line):
            indent = len(line) - len(line.lstrip())
            block = []
            while number < len(lines) and (
                not lines[number].strip() or lines[number].startswith(" " * indent)
            ):
                block.append(lines[number])
                number += 1
            found.append(textwrap.dedent("\n".join(block)))
        number += 1
    return found


def guide() -> str:
    """The guide's text, which is :func:`required`."""
    folder = required(GUIDE, "SOTALIA_GUIDE")
    return "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.txt")))


def examples() -> list[Any]:
    text = guide()
    found = []
    for number, block in enumerate(blocks(text)):
        try:
            ast.parse(block)
        except SyntaxError:
            continue
        if (
            "boto3" not in block
            or "from ." in block
            or "s3_interface" in block
            or "class S3Interface" in block
        ):
            continue  # The demo app, which has tests of its own.
        found.append(pytest.param(block, id=f"example-{number}"))
    return found


def outcome(block: str) -> tuple[str, str]:
    """What an example prints, and the exception it ends with, if any."""
    printed = io.StringIO()
    names: dict[str, Any] = {"__name__": "example", "some_condition": True, "some_delay": 0}
    ended = ""
    with redirect_stdout(printed):
        try:
            exec(compile(block, "guide", "exec"), names)
        except Exception as error:
            ended = f"{type(error).__name__}: {error}"
    # Headers and parameters hold dates, signatures and each library's own name.
    text = re.sub(r"0x[0-9a-f]+|sotalia\.[a-z_.]+|botocore\.[a-z_.]+|\d{8}T\d{6}Z", "_", printed.getvalue())
    text = "\n".join(re.sub(r"[:{(].*", "", line) for line in text.splitlines())
    return text, ended


@pytest.mark.parametrize("block", examples())
def test_example(block: str, aws: LocalAWS, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for module in (boto3, sotalia):
        monkeypatch.setattr(module, "DEFAULT_SESSION", None)
    local = aws.client("s3")
    for bucket in BUCKETS:
        local.create_bucket(Bucket=bucket)
    expected = outcome(block)
    changed = block.replace("import boto3", "import sotalia as boto3").replace("from boto3", "from sotalia")
    assert changed != block
    found = outcome(changed)
    assert found == expected


def test_the_guide_has_its_examples() -> None:
    assert len(examples()) >= 18
