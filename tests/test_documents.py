"""Every Python example of the README and of the documents runs, and their links lead somewhere.

The examples of a page run one after another in a process of their own, as a reader would try them; what follows a
``print`` as a comment has to be among what the page prints. An example that cannot run here begins with
```python no-run.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sotalia.credentials.precedence import PRECEDENCE
from sotalia.testing import LocalAWS

ROOT = Path(__file__).resolve().parents[1]
PAGES = {path.name: path for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]}
#: For people who take part; without examples that run here.
PROJECT = {name: ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")}
TEXTS = {page: path.read_text("utf-8") for page, path in PAGES.items()}
SECRET = "PLANTED-SECRET"
# What a page prints besides.
PRINTED = {
    "configuration.md": ["'total_max_attempts': 4"],
    "logging.md": ["s3.PutObject: called with {'Bucket': 'bucket'", "'SSECustomerKey': '***'", "done, 200"],
    "resources.md": [
        "2026/a.jpg 3",
        "https://cdn.example.org/a.jpg",
        "'age': Decimal('7')",
        "a 3\n3\n",
        "['index.html'] []\n",
        "['index.html'] [] []",
    ],
    "services.md": ["Delivers a message to the specified queue"],
}
# Pages of which every comment behind a print, and every line of a block of text, is printed.
SAID = ("credentials.md", "extensions.md", "filesystem.md", "guide.md", "handlers.md")
RUNNER = """
import json, os, sys
page, endpoint, examples = sys.argv[1], sys.argv[2], json.load(sys.stdin)
names = {"__name__": "documents"}
for number, example in enumerate(examples):
    os.environ.pop("AWS_ENDPOINT_URL", None)
    if "mock_aws" not in example:
        os.environ["AWS_ENDPOINT_URL"] = endpoint
    exec(compile(example, f"{page}, example {number}", "exec"), names)
"""


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXTS[page], re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")])
def test_examples(page: str, aws: LocalAWS, tmp_path: Path) -> None:
    settings = tmp_path / "config"
    settings.write_text("\n".join(blocks(page, "ini")))
    for bucket in ("mybucket", "bucket"):
        aws.client("s3").create_bucket(Bucket=bucket)
    examples = [example.replace("/tmp/", f"{tmp_path}/") for example in blocks(page, "python")]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUNNER, page, aws.endpoint_url],
        input=json.dumps(examples),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={
            **os.environ,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": str(settings),
        },
    )
    assert done.returncode == 0, done.stderr
    printed = done.stdout + done.stderr
    said = re.findall(r"^ *print\(.*\) +# (.*)$", "\n".join(examples), re.MULTILINE)
    said += "".join(blocks(page, "text")).splitlines()
    for expected in PRINTED.get(page, []) + (said if page in SAID else []):
        assert expected in printed
    assert SECRET not in printed


@pytest.mark.parametrize("page", [*PAGES.values(), *PROJECT.values()], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target.partition("#")[0]).exists(), target


def test_there_are_examples_and_links() -> None:
    assert len([page for page in PAGES if blocks(page, "python")]) > 5
    assert sum(text.count("](") for text in TEXTS.values()) > 5


def test_every_page_is_linked_from_the_readme() -> None:
    assert {page for page in PAGES if f"docs/{page}" not in TEXTS["README.md"]} == {"README.md"}


@pytest.mark.parametrize("page", PROJECT)
def test_pages_of_the_project_are_linked_from_the_readme(page: str) -> None:
    assert f"({page})" in TEXTS["README.md"]


def test_the_order_of_credentials_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| (\d+) \| `([a-z0-9-]+)` \|", TEXTS["credentials.md"], re.MULTILINE)
    assert rows == [(str(number), row.method) for number, row in enumerate(PRECEDENCE, 1)]
