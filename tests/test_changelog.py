"""The fragments of the changelog: each has a category, and a release can be written from them."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CATEGORIES = {
    row["directory"]
    for row in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["towncrier"]["type"]
}
FRAGMENTS = sorted(path for path in (ROOT / "changelog.d").iterdir() if path.name != ".gitkeep")


def draft(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "towncrier",
        "build",
        "--draft",
        "--version",
        "9.9.9",
        "--date",
        "2000-01-01",
    ]
    return subprocess.run(
        [*command, "--dir", str(folder), "--config", str(folder / "pyproject.toml")],
        capture_output=True,
        text=True,
    )


# No table of cases: right after a release there are no fragments.
def test_each_fragment_has_a_category_and_text() -> None:
    for path in FRAGMENTS:
        name, category, ending = path.name.split(".")
        assert (name != "", category in CATEGORIES, ending) == (True, True, "md"), path.name
        text = path.read_text("utf-8").strip()
        assert text.endswith("."), path.name
        assert "\n" not in text, f"{path.name}: one paragraph on one line"


def test_a_release_can_be_written_from_the_fragments() -> None:
    done = draft(ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("## 9.9.9 (2000-01-01)"), done.stdout
    for path in FRAGMENTS:
        assert path.read_text("utf-8").strip() in done.stdout, path.name


@pytest.mark.parametrize("name", ["+a.improved.md", "a.md", "notes.txt"])
def test_a_fragment_without_a_category_is_an_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    (tmp_path / "changelog.d").mkdir()
    (tmp_path / "changelog.d" / name).write_text("Something.\n")
    assert draft(tmp_path).returncode != 0


def test_the_changelog_has_a_place_for_releases() -> None:
    assert "<!-- towncrier release notes start -->\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")
