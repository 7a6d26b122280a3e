"""The house has one direction: neither rooms (the folders and files below ``sotalia``) nor files import in a circle."""

from __future__ import annotations

import ast
from collections.abc import Callable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import sotalia

ROOT = Path(sotalia.__file__).parent
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in ROOT.rglob("*.py")
    if path != ROOT / "__init__.py"
}


def imported(path: Path) -> set[str]:
    """What a file imports of this package when it runs, at any place in it; not what is for type checkers only."""
    tree = ast.parse(path.read_text("utf-8"))
    for_checkers = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.ImportFrom)
            and node not in for_checkers
            and (node.module or "").startswith("sotalia")
        ):
            module = (node.module or "").removeprefix("sotalia").removeprefix(".")
            names = [f"{module}.{alias.name}".removeprefix(".") for alias in node.names]
            found.update(name if name in FILES else module for name in names)
    return found - {""}


def room(module: str) -> str:
    return module.partition(".")[0]


@pytest.mark.parametrize("part", [room, str], ids=["rooms", "files"])
def test_no_imports_in_a_circle(part: Callable[[str], str]) -> None:
    above: dict[str, set[str]] = {}
    for module, path in FILES.items():
        above.setdefault(part(module), set()).update(part(name) for name in imported(path))
    for name, below in above.items():
        below.discard(name)
    try:
        list(TopologicalSorter(above).static_order())
    except CycleError as error:
        pytest.fail(f"these import each other: {' -> '.join(reversed(error.args[1]))}")
