"""mypy and pyright read a program that is right and one that is not, as they would a user's."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = {path.name: path for path in (HERE / "public_use.py", HERE / "mistakes.py")}
Errors = list[tuple[str, int, str]]


# Of its own settings, so of its own too.
MYPY_CACHE = HERE.parents[1] / ".mypy_cache" / "of_users"


def mypy(folder: Path) -> Errors:
    """Without the settings of this project."""
    run = python(
        "mypy",
        "--strict",
        "--config-file=",
        f"--cache-dir={MYPY_CACHE}",
        "--no-pretty",
        "--hide-error-context",
    )
    found = re.findall(r"^(.+?):(\d+): error: (.*)$", run, re.MULTILINE)
    return [(Path(file).name, int(line), text) for file, line, text in found if Path(file).name in FILES]


def pyright(folder: Path) -> Errors:
    (folder / "pyrightconfig.json").write_text("{}")
    run = python("pyright", "--outputjson", "--project", str(folder), "--pythonpath", sys.executable)
    return [
        (Path(found["file"]).name, found["range"]["start"]["line"] + 1, found["message"])
        for found in json.loads(run)["generalDiagnostics"]
        if found["severity"] == "error"
    ]


def python(*arguments: str) -> str:
    environment = {
        **os.environ,
        "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",
    }  # It would ask whether it is the newest.
    command = [sys.executable, "-m", *arguments, *map(str, FILES.values())]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert run.returncode == 1, run.stdout + run.stderr
    return run.stdout


def marked(file: str) -> dict[int, str]:
    """The lines that must be errors, and what their errors must say."""
    lines = enumerate(FILES[file].read_text("utf-8").splitlines(), 1)
    return {number: line.partition("# E: ")[2] for number, line in lines if "# E: " in line}


@pytest.mark.slow(keep=1)
@pytest.mark.parametrize("checker", [mypy, pyright])
def test_what_checkers_say(checker: Callable[[Path], Errors], tmp_path: Path) -> None:
    errors = checker(tmp_path)
    assert [error for error in errors if error[0] == "public_use.py"] == []
    expected = marked("mistakes.py")
    found: dict[int, str] = {}
    for _, line, text in errors:
        found[line] = f"{found.get(line, '')}{text}\n"
    assert sorted(expected) == sorted(found), {line: found[line] for line in found.keys() - expected.keys()}
    assert {line: text for line, text in found.items() if expected[line].lower() not in text.lower()} == {}
