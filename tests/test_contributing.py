"""CONTRIBUTING and the page about the architecture are true: files, names and commands that they name are there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)+)", TEXT, re.MULTILINE))
RECIPES = [title for title in SECTIONS if title.startswith("Add ")]
SOURCE = "\n".join(
    path.read_text("utf-8") for room in ("src", "tests") for path in (ROOT / room).rglob("*.py")
)
WORKFLOWS = {
    path.name: yaml.safe_load(path.read_text("utf-8")) for path in ROOT.glob(".github/workflows/*.yml")
}


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", text)


def test_the_four_recipes() -> None:
    assert RECIPES == [
        "Add a built-in handler",
        "Add an event",
        "Add a credential provider",
        "Add a protocol",
    ]


@pytest.mark.parametrize("title", RECIPES)
def test_a_recipe_names_files_and_names_that_are_there(title: str) -> None:
    steps, _, tests = SECTIONS[title].partition("\nTests: ")
    assert tests
    assert 1 <= len(re.findall(r"^\d\. ", steps, re.MULTILINE)) <= 3
    names = quoted(SECTIONS[title])
    for path in names:
        if re.fullmatch(r"(src|tests|docs)/[^<>*]*\.\w+", path):
            assert (ROOT / path).exists(), path
    for name in names:
        if re.fullmatch(r"[A-Za-z_]\w+", name):
            assert re.search(rf"\b{name}\b", SOURCE), name


def test_the_walk_through_a_call_names_files_and_functions_that_are_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    walk = page.partition("## One call, stop by stop")[2].partition("`python -m")[0]
    assert 10 <= len(re.findall(r"^\d+\. ", walk, re.MULTILINE)) <= 25
    paths = [name for name in quoted(page) if re.fullmatch(r"[\w./]+\.py", name)]
    assert len(paths) > 20
    assert [
        p for p in paths if not (ROOT / "src" / p).exists() and not (ROOT / "src/sotalia" / p).exists()
    ] == []
    names = [name for name in quoted(walk) if re.fullmatch(r"[A-Za-z_]\w+", name)]
    assert [name for name in names if not re.search(rf"\b{name}\b", SOURCE)] == []


def test_commands_are_those_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = set(
        re.findall(r"\bmake ([a-z-]+)", "\n".join([*re.findall(r"`make .+?`", TEXT), SECTIONS["Set up"]]))
    )
    assert {"test", "test-slow", "test-all", "coverage", "lint"} <= used
    assert used <= targets
    for workflow in WORKFLOWS.values():
        runs = [step.get("run", "") for job in workflow["jobs"].values() for step in job.get("steps", [])]
        assert set(re.findall(r"^make ([a-z-]+)$", "\n".join(runs), re.MULTILINE)) <= targets


def test_categories_of_the_changelog() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["towncrier"]
    said = re.search(r"Categories: (.+)\.", SECTIONS["Changelog"])
    assert said
    assert quoted(said[1]) == [row["directory"] for row in settings["type"]]


def test_tools_of_each_commit_come_from_the_projects_environment() -> None:
    [repository] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert repository["repo"] == "local"
    assert [hook["entry"].split()[0] for hook in repository["hooks"]] == [
        ".venv/bin/ruff",
        ".venv/bin/ruff",
        ".venv/bin/mypy",
    ]
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}


def test_ci_runs_on_each_python_that_is_supported() -> None:
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["classifiers"]
    supported = [line.rpartition(" ")[2] for line in classifiers if re.search(r":: 3\.\d+$", line)]
    assert WORKFLOWS["ci.yml"]["jobs"]["test"]["strategy"]["matrix"]["python-version"] == supported
    policy = (ROOT / "docs" / "versioning.md").read_text("utf-8")
    assert f"{', '.join(supported[:-1])} and {supported[-1]}" in policy


def test_nothing_is_published_that_was_not_tested() -> None:
    jobs = WORKFLOWS["release.yml"]["jobs"]
    assert set(jobs["publish"]["needs"]) == set(jobs) - {"publish"}
    assert "tags" in jobs["publish"]["if"]
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    writers = [name for name, job in jobs.items() if "write" in str(job.get("permissions"))]
    assert writers == ["publish"]
    for path in ROOT.glob(".github/workflows/*.yml"):
        assert "secrets." not in path.read_text("utf-8")


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob(".github/ISSUE_TEMPLATE/*.yml")), ids=lambda path: path.stem
)
def test_a_form_can_be_shown(path: Path) -> None:
    form = yaml.safe_load(path.read_text("utf-8"))
    assert {"name", "description", "body"} <= set(form)
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert len({field["id"] for field in fields}) == len(fields) > 0
    assert all(field["attributes"]["label"] for field in fields)
    assert {field["type"] for field in form["body"]} <= {
        "markdown",
        "textarea",
        "input",
        "checkboxes",
        "dropdown",
    }
