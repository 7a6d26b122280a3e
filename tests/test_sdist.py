"""What the sdist holds, that the wheel comes out of it the same, and that a stranger can install and use that wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

import sotalia
from tests.distributions import ROOT, build_sdist, build_wheel

TOP = f"sotalia-{sotalia.__version__}"
HATCH = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]
# Without the network, and without anything beside the wheel and what it requires.
PROGRAM = """
import asyncio, importlib.util, sys
import sotalia
from sotalia.testing import ScriptedTransport, answer

for extra in ("moto", "click", "rich", "awscrt", "opentelemetry"):
    assert importlib.util.find_spec(extra) is None, extra
assert sotalia.__file__.startswith(sys.prefix)

def session(kind):
    return kind("key", "secret", region_name="eu-west-1", transport=ScriptedTransport([answer(200)]))

async def main():
    async with session(sotalia.AsyncSession).client("s3") as s3:
        return await s3.head_object(Bucket="b", Key="k")

result = session(sotalia.Session).client("s3").head_object(Bucket="b", Key="k")
assert result["ResponseMetadata"]["HTTPStatusCode"] == 200
assert asyncio.run(main())["ResponseMetadata"]["HTTPStatusCode"] == 200
print(sotalia.__version__)
"""


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built here, or the one that TESTED_SDIST names."""
    if built := os.environ.get("TESTED_SDIST"):
        return Path(built)
    return build_sdist(tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Out of the sdist, or the one that TESTED_WHEEL names."""
    if built := os.environ.get("TESTED_WHEEL"):
        return Path(built)
    return build_wheel(sdist, tmp_path_factory.mktemp("wheel"))


def names(sdist: Path) -> set[str]:
    with tarfile.open(sdist) as archive:
        found = {member.name.partition("/")[::2] for member in archive.getmembers() if member.isfile()}
    assert {top for top, _ in found} == {TOP}
    return {name for _, name in found}


def test_it_holds_what_it_takes_to_build_and_test(sdist: Path) -> None:
    found = names(sdist)
    for folder in ("src", "tests", "docs", "examples", "benchmarks"):
        files = {
            path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.py") if path.is_file()
        }
        assert files <= found
    assert {"pyproject.toml", "LICENSE", "README.md", "CHANGELOG.md", "Makefile", "PKG-INFO"} <= found
    assert "src/sotalia/py.typed" in found


def test_it_holds_nothing_else(sdist: Path) -> None:
    listed = [entry.lstrip("/") for entry in HATCH["sdist"]["include"]]
    always = {"PKG-INFO", "pyproject.toml", ".gitignore", "LICENSE", "README.md"}
    for name in names(sdist):
        assert name in always or any(name == entry or name.startswith(f"{entry}/") for entry in listed), name
        assert not {"__pycache__", ".venv", ".git", ".hypothesis", ".pytest_cache"} & set(name.split("/"))
        assert not name.endswith((".pyc", ".so", ".log", ".whl"))


def test_the_wheel_out_of_it_is_that_of_the_checkout(wheel: Path, tmp_path: Path) -> None:
    with ZipFile(wheel) as one, ZipFile(build_wheel(ROOT, tmp_path)) as other:
        assert one.namelist() == other.namelist()
        assert [name for name in one.namelist() if one.read(name) != other.read(name)] == []


def test_both_say_the_same_of_themselves(sdist: Path, wheel: Path) -> None:
    with tarfile.open(sdist) as archive, ZipFile(wheel) as opened:
        info = archive.extractfile(f"{TOP}/PKG-INFO")
        assert info is not None
        assert info.read() == opened.read(f"{TOP}.dist-info/METADATA")


def environment(folder: Path, *packages: str) -> Path:
    """The folder of programs of a new virtual environment with these packages, from the network."""
    folder.mkdir()
    run([sys.executable, "-m", "venv", str(folder)], folder)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    command = [str(programs / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    run([*command, "-c", str(ROOT / "constraints.txt"), *packages], folder)
    return programs


def run(command: list[str], folder: Path) -> str:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        command, cwd=folder, env={**environ, "HOME": str(folder)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow(keep=0)
def test_an_index_takes_both(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    programs = environment(tmp_path / "twine", "twine>=6.1")
    checked = run([str(programs / "twine"), "check", "--strict", str(sdist), str(wheel)], tmp_path)
    assert checked.count("PASSED") == 2, checked


@pytest.mark.slow(keep=0)
def test_a_stranger_installs_and_uses_it(wheel: Path, tmp_path: Path) -> None:
    programs = environment(tmp_path / "empty", str(wheel))
    run([str(programs / "python"), "-m", "pip", "check"], tmp_path)
    assert (
        run([str(programs / "python"), "-W", "error", "-c", PROGRAM], tmp_path).strip() == sotalia.__version__
    )
    assert run([str(programs / "sotalia"), "--version"], tmp_path) == f"sotalia {sotalia.__version__}\n"
    assert run([str(programs / "sotalia"), "warm", "sts"], tmp_path)
    assert sys.prefix not in run([str(programs / "python"), "-c", "import sys; print(sys.path)"], tmp_path)
