"""The hook for PyInstaller: it names what only strings name. (The bundle itself was built and run by hand.)"""

from __future__ import annotations

import ast
import importlib.util
import re
import tomllib
from pathlib import Path

import sotalia
from sotalia.__pyinstaller import get_hook_dirs, hidden_imports, installed_data_packages, own_data_files
from sotalia.recording import page

ROOT = Path(sotalia.__file__).parent
MODULE = re.compile(r"(sotalia|botocore|boto3|s3transfer)(\.[a-z_0-9]+)*")


def strings(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def test_every_module_that_a_string_may_name_is_listed() -> None:
    """Of this package all; of the reference those that files with ``import_module`` name."""
    listed = hidden_imports()
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        if "__pyinstaller" not in parts:
            assert ".".join(parts).removesuffix(".__init__") in listed
        text = path.read_text("utf-8")
        if "import_module" in text:
            named = {name for name in strings(path) if MODULE.fullmatch(name) and is_module(name)}
            assert named <= set(listed), path
    assert all(map(is_module, listed))


def test_packages_with_data_are_modules_of_the_bundle() -> None:
    assert {"botocore", "boto3"} <= set(installed_data_packages()) <= set(hidden_imports())


def test_files_that_are_read_are_in_the_bundle() -> None:
    """In the place where ``importlib.resources`` looks for them."""
    files = own_data_files()
    assert {(Path(path).name, folder) for path, folder in files} == {
        (name, str(Path("sotalia/recording"))) for name in page.FILES
    }
    assert all(Path(path).is_file() for path, _ in files)


def test_pyinstaller_finds_the_hook() -> None:
    project = tomllib.loads((ROOT.parent.parent / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pyinstaller40"] == {"hook-dirs": "sotalia.__pyinstaller:get_hook_dirs"}
    (directory,) = get_hook_dirs()
    assert (Path(directory) / "hook-sotalia.py").is_file()
