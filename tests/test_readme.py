"""The README is what PyPI shows: it runs for somebody who has nothing, its links work there, and what it claims is so."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.documents import ROOT, Example, differences, examples
from tests.packages.__main__ import PACKAGES
from tests.packages.tools import TOOLS
from tests.test_documents import anchors

TEXT = (ROOT / "README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SITE, SOURCE = PROJECT["urls"]["Documentation"], PROJECT["urls"]["Source"]
RAW = SOURCE.replace("https://github.com", "https://raw.githubusercontent.com")
LINKS = re.findall(r"\]\(([^)\s]+)\)", TEXT)
BADGES = {
    "https://img.shields.io/pypi/v/sotalia",
    "https://img.shields.io/pypi/pyversions/sotalia",
    "https://img.shields.io/pypi/l/sotalia",
    f"{SOURCE}/actions/workflows/ci.yml/badge.svg?branch=main",
}
ROW = {
    "import, client, first S3 response": ("import, client, first S3 response", None),
    "HeadObject, CPU": ("HeadObject, CPU", "HeadObject, 32 in flight"),
    "list of 1000 keys, CPU": ("ListObjectsV2 of 1000 keys, CPU", "list of 1000 keys, 32 in flight"),
    "memory of the first S3 client": ("memory of the first S3 client", None),
}
# Runs examples in one process, as a stranger would paste them one after another.
RUNNER = """
import contextlib, io, json, sys
names, printed = {"__name__": "readme"}, []
for number, source in enumerate(json.load(sys.stdin)):
    with contextlib.redirect_stdout(io.StringIO()) as written:
        exec(compile(source, f"README.md, example {number}", "exec"), names)
    printed.append(written.getvalue())
print(json.dumps(printed))
"""


def file_of(link: str) -> tuple[Path, str]:
    """What a link of ours leads to in this checkout, and the anchor in it."""
    address, _, anchor = link.partition("#")
    for start in (f"{SOURCE}/blob/main/", f"{RAW}/main/"):
        if address.startswith(start):
            return ROOT / address.removeprefix(start), anchor
    assert address.startswith(SITE), f"{link}: neither of the site nor of the repository"
    assert address.endswith("/"), f"{link}: the site's addresses end with /"
    page = address.removeprefix(SITE).rstrip("/") or "index"
    return ROOT / "docs" / f"{page}.md", anchor


def test_the_examples_run_for_somebody_who_has_nothing(tmp_path: Path) -> None:
    """No keys, no region, no configuration, no endpoint: and each prints what stands below it."""
    found: list[Example] = [example for example in examples(TEXT) if example.kind == "python"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SOTALIA_"))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUNNER],
        input=json.dumps([example.source for example in found]),
        env={
            **environ,
            "HOME": str(tmp_path),
            "XDG_CACHE_HOME": str(tmp_path),
            "AWS_EC2_METADATA_DISABLED": "true",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert [text for pair in zip(found, printed, strict=True) for text in differences(*pair)] == []
    assert [example.line for example in found if example.output is None] == []
    assert len(found) == 4


@pytest.mark.parametrize("link", [link for link in LINKS if link.startswith((SITE, SOURCE, RAW))])
def test_a_link_of_ours_leads_somewhere(link: str) -> None:
    if "/actions/" in link:
        assert (ROOT / ".github/workflows/ci.yml").exists()
        return
    path, anchor = file_of(link)
    assert path.is_file(), path
    if anchor:
        assert anchor in anchors(path.read_text("utf-8"))


def test_links_and_pictures_work_on_pypi() -> None:
    assert [link for link in LINKS if not link.startswith("https://")] == []
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", TEXT)
    assert len([picture for picture in pictures if picture.startswith(RAW)]) == 3
    assert {picture for picture in pictures if not picture.startswith(RAW)} == BADGES
    assert re.findall(r"!\[\]", TEXT) == []  # Each has words for who does not see it.


def test_the_projects_addresses_are_those_of_the_readme() -> None:
    assert {url for name, url in PROJECT["urls"].items() if name not in ("Source", "Issues")} <= set(LINKS)
    assert PROJECT["urls"]["Issues"] == f"{SOURCE}/issues"
    assert f"{SOURCE}/security/advisories/new" in (ROOT / "SECURITY.md").read_text("utf-8")


def test_the_site_is_put_where_the_readme_links() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/pages.yml").read_text("utf-8"))
    assert workflow["jobs"]["build"]["env"]["SITE_URL"] == SITE
    assert [step.get("run") for step in workflow["jobs"]["build"]["steps"]].count("make site") == 1


def amount(value: float, unit: str) -> str:
    """As the plots write it."""
    if unit == "us" and value >= 1000:
        value, unit = value / 1000, "ms"
    digits = f"{value:.0f}" if value >= 100 else f"{value:.1f}"
    return f"{digits} {unit.replace('us', 'µs')}"


def test_the_figures_are_the_measured_ones() -> None:
    sections = json.loads((ROOT / "benchmarks" / "figures.json").read_text("utf-8"))
    measured = {row["name"]: row for section in sections.values() for row in section["rows"]}
    for title, (sync, other) in ROW.items():
        theirs, ours = (amount(measured[sync][key], measured[sync]["unit"]) for key in ("other", "sotalia"))
        middle = ""
        if other is not None:
            middle, asynchronous = (
                amount(measured[other][key], measured[other]["unit"]) for key in ("other", "sotalia")
            )
            ours = f"{ours} sync, {asynchronous} async"
        expected = f"| {title} | {theirs} | {f'{middle} ' if middle else ''}| {ours} |"
        assert expected in TEXT
    assert set(re.findall(r"^\| ([^|]+) \| [\d.]+ [µm]?[sB]+ ", TEXT, re.MULTILINE)) | {
        "memory of the first S3 client"
    } == set(ROW)


@pytest.mark.parametrize(
    ("start", "names"),
    [
        ("- by their own tests", [package.name for package in PACKAGES]),
        ("- in programs", [tool.name for tool in TOOLS]),
    ],
)
def test_the_tools_are_those_that_are_run(start: str, names: list[str]) -> None:
    entry = TEXT.partition(start)[2].partition("\n- ")[0].partition("): ")[2]
    assert re.split(r",\s+", entry.strip()) == names


def test_the_pythons_are_those_of_the_classifiers() -> None:
    minors = [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", c)]
    assert f"Python {', '.join(minors[:-1])} and {minors[-1]}" in " ".join(TEXT.split())


def test_it_is_read_in_three_minutes() -> None:
    """At 230 words a minute, code left out."""
    prose = re.sub(r"^```.*?^```$|\]\([^)]+\)", "", TEXT, flags=re.DOTALL | re.MULTILINE)
    assert len(prose.split()) <= 3 * 230
