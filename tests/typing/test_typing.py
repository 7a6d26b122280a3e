"""mypy and pyright read programs that are right and programs that are not, as they would a user's.

``public_use.py`` and ``mistakes.py`` are about what is ours. ``scripts/`` are programs for boto3 and aiobotocore: both checkers must
say the same of them once their imports name sotalia instead.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from sotalia.stubs.writing import write_stubs

HERE = Path(__file__).parent
SCRIPTS = {path.name: path for path in sorted((HERE / "scripts").glob("*.py"))}
SLIPS = ("slips.py", "async_slips.py")
# Of its own settings, so of its own too.
MYPY_CACHE = HERE.parents[1] / ".mypy_cache" / "of_users"

#: What somebody changes who comes from boto3 or aiobotocore.
MOVES = {
    r"^import boto3$": "import sotalia as boto3",
    r"^from aiobotocore\.session import get_session$": "from sotalia import AsyncSession as get_session",
    r"\.create_client\(": ".client(",
    r"^from (boto3|botocore)\b": "from sotalia",
}


class Error(NamedTuple):
    file: str
    line: int
    text: str


def moved(script: str) -> str:
    for pattern, replacement in MOVES.items():
        script = re.sub(pattern, replacement, script, flags=re.MULTILINE)
    return script


def mypy(folder: Path) -> list[Error]:
    """Without the settings of this project."""
    run = python(
        folder,
        "mypy",
        "--strict",
        "--config-file=",
        f"--cache-dir={MYPY_CACHE}",
        "--no-pretty",
        "--hide-error-context",
    )
    found = re.findall(r"^(.+?):(\d+): error: (.*)$", run, re.MULTILINE)
    return [Error(Path(file).name, int(line), text) for file, line, text in found]


def pyright(folder: Path) -> list[Error]:
    (folder / "pyrightconfig.json").write_text("{}")
    run = python(folder, "pyright", "--outputjson", "--project", str(folder), "--pythonpath", sys.executable)
    return [
        Error(Path(found["file"]).name, found["range"]["start"]["line"] + 1, found["message"])
        for found in json.loads(run)["generalDiagnostics"]
        if found["severity"] == "error"
    ]


def python(folder: Path, *arguments: str) -> str:
    environment = {
        **os.environ,
        "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",
    }  # It would ask whether it is the newest.
    command = [sys.executable, "-m", *arguments, *map(str, right_ones_first(folder))]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, cwd=folder)
    assert run.returncode == 1, run.stdout + run.stderr
    return run.stdout


def right_ones_first(folder: Path) -> list[Path]:
    """pyright 1.1.414 remembers of a class that was passed for its instance that no instance has the type either."""
    return sorted(folder.glob("*.py"), key=lambda path: (path.name in ("mistakes.py", *SLIPS), path.name))


@cache
def errors(checker: Callable[[Path], list[Error]]) -> list[Error]:
    """What a checker says of all files: it takes seconds to start, so it does once."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file in ("public_use.py", "mistakes.py"):
            (folder / file).write_text((HERE / file).read_text("utf-8"), "utf-8")
        for file, path in SCRIPTS.items():
            script = path.read_text("utf-8")
            (folder / f"theirs_{file}").write_text(script, "utf-8")
            (folder / f"ours_{file}").write_text(moved(script), "utf-8")
        return checker(folder)


def of_file(checker: Callable[[Path], list[Error]], file: str) -> dict[int, str]:
    """What is said of each line."""
    found: dict[int, str] = {}
    for error in errors(checker):
        if error.file == file:
            found[error.line] = f"{found.get(error.line, '')}{error.text}\n"
    return found


def marked(path: Path, mark: str) -> dict[int, str]:
    """The lines with a mark, and what stands behind it."""
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    return {number: line.partition(mark)[2] for number, line in lines if mark in line}


CHECKERS = pytest.mark.parametrize("checker", [mypy, pyright])


@pytest.mark.slow(keep=1)
@CHECKERS
def test_what_checkers_say(checker: Callable[[Path], list[Error]]) -> None:
    assert of_file(checker, "public_use.py") == {}
    expected = marked(HERE / "mistakes.py", "# E: ")
    found = of_file(checker, "mistakes.py")
    assert sorted(expected) == sorted(found), {line: found[line] for line in found.keys() - expected.keys()}
    assert {line: text for line, text in found.items() if expected[line].lower() not in text.lower()} == {}
    compare_scripts(checker)


def compare_scripts(checker: Callable[[Path], list[Error]]) -> None:
    """Not a test of its own: the sample of slow tests would run both checkers."""
    for file, path in SCRIPTS.items():
        theirs, ours = of_file(checker, f"theirs_{file}"), of_file(checker, f"ours_{file}")
        if file in SLIPS:
            assert sorted(ours) == sorted(marked(path, "# E")), (file, ours)
        # boto3's types make `error.response["Error"]` an error for pyright, ours do not.
        assert sorted(ours) == sorted(theirs.keys() - marked(path, "# boto3 only").keys()), (
            file,
            theirs,
            ours,
        )


def test_there_are_ten_scripts_of_each_kind_and_enough_slips() -> None:
    names = {name for name in SCRIPTS if name not in SLIPS}
    assert {f"async_{name}" for name in names if not name.startswith("async_")} <= names
    assert len(names) == 20
    assert sum(len(marked(SCRIPTS[name], "# E")) for name in SLIPS) >= 30


@pytest.mark.slow(keep=1)
@CHECKERS
def test_stubs_of_a_service_that_no_package_knows(
    checker: Callable[[Path], list[Error]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both find the stubs in the folder ``typings``; mypy has to be told of it."""
    write_stubs(["preview"], tmp_path / "typings", models=HERE / "models")
    monkeypatch.setenv("MYPYPATH", str(tmp_path / "typings"))
    program = HERE / "own_service.py"
    (tmp_path / program.name).write_text(program.read_text("utf-8"), "utf-8")
    found = {error.line: error.text for error in checker(tmp_path)}
    assert sorted(found) == sorted(marked(program, "# E")), found
