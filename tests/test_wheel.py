"""What the built wheel holds: the package, whole, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from configparser import ConfigParser
from email import message_from_string
from pathlib import Path
from zipfile import ZipFile

import pytest

import sotalia
from sotalia.recording import page
from tests.distributions import ROOT, build_wheel

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    """Built of this checkout, or the one that TESTED_WHEEL names."""
    if built := os.environ.get("TESTED_WHEEL"):
        with ZipFile(built) as opened:
            yield opened
        return
    with ZipFile(build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))) as opened:
        yield opened


def metadata(wheel: ZipFile, name: str) -> str:
    return wheel.read(f"sotalia-{sotalia.__version__}.dist-info/{name}").decode("utf-8")


def test_the_package_is_there_whole_and_alone(wheel: ZipFile) -> None:
    source = ROOT / "src"
    package = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert len(package) > 100
    assert "sotalia/py.typed" in package
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == package


def test_no_caches_or_leftovers(wheel: ZipFile) -> None:
    others = [name for name in wheel.namelist() if ".dist-info/" not in name and not name.endswith(".py")]
    assert sorted(name for name in others if not name.endswith(".pyi")) == sorted(
        ["sotalia/py.typed", *(f"sotalia/recording/{name}" for name in page.FILES)]
    )
    assert [name for name in others if name.startswith("sotalia/exceptions")]
    assert not [name for name in wheel.namelist() if "__pycache__" in name or name.startswith("tests")]


def test_metadata(wheel: ZipFile) -> None:
    found = message_from_string(metadata(wheel, "METADATA"))
    assert (found["Name"], found["Version"]) == ("sotalia", sotalia.__version__)
    assert found["Requires-Python"] == PROJECT["requires-python"]
    required = [line for line in found.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert sorted(required) == sorted(PROJECT["dependencies"])
    assert set(found.get_all("Provides-Extra", [])) == set(PROJECT["optional-dependencies"])
    assert (found["License-Expression"], found["Author"] or found["Author-email"]) == (
        PROJECT["license"],
        None,
    )
    assert found.get_all("Project-URL") == [f"{name}, {url}" for name, url in PROJECT["urls"].items()]
    assert found["Description-Content-Type"] == "text/markdown"
    assert found.get_payload() == (ROOT / "README.md").read_text("utf-8")
    assert metadata(wheel, "licenses/LICENSE") == (ROOT / "LICENSE").read_text("utf-8")
    assert "Root-Is-Purelib: true" in metadata(wheel, "WHEEL")


def test_entry_points(wheel: ZipFile) -> None:
    found = ConfigParser()
    found.read_string(metadata(wheel, "entry_points.txt"))
    assert {name: dict(found[name]) for name in found.sections()} == {
        "console_scripts": PROJECT["scripts"],
        **PROJECT["entry-points"],
    }


def test_it_runs_from_the_wheel(wheel: ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    program = (
        "import sotalia, sys; print(sotalia.__file__); sotalia.client('s3', region_name='eu-west-1')\n"
        "from sotalia.recording import page; assert 'No calls' in page.html([])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "sotalia" / "__init__.py")
