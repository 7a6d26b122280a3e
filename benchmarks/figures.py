"""The figures that the plots show, as they were measured last: ``benchmarks/figures.json``.

``python -m benchmarks --json`` and ``python -m benchmarks.throughput PYTHON --json`` each replace their section of it, and
``python -m benchmarks.plots`` draws the sections.
"""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict

PATH = Path(__file__).with_name("figures.json")


class Figure(TypedDict):
    """One row: the same work by two packages, in the same unit."""

    name: str
    unit: str
    other: float
    sotalia: float


class Section(TypedDict):
    """Rows that were measured together, and with what."""

    other: str
    python: str
    rows: list[Figure]


def read(path: Path = PATH) -> dict[str, Section]:
    """All sections by name; none where nothing was measured yet."""
    if not path.exists():
        return {}
    sections: dict[str, Section] = json.loads(path.read_text("utf-8"))
    return sections


def replace(name: str, other: str, rows: list[Figure], path: Path = PATH) -> None:
    """Write a section. ``other`` says what sotalia stands beside, with its version."""
    sections = read(path)
    sections[name] = {"other": other, "python": platform.python_version(), "rows": rows}
    path.write_text(json.dumps(sections, indent=2, ensure_ascii=False) + "\n", "utf-8")


def named(package: str) -> str:
    """The package with its installed version."""
    return f"{package} {version(package)}"
