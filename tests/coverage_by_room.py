"""Print what ``coverage`` has measured: each room of the package, the total, and the files that tests reach least.

``python tests/coverage_by_room.py [data file]``, after ``coverage run`` and ``coverage combine``.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import coverage

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "src/sotalia/"
FEWEST = 10


@dataclass
class Reached:
    """Lines and branches: how many there are, and how many of them ran."""

    lines: int = 0
    lines_run: int = 0
    branches: int = 0
    branches_run: int = 0
    files: list[str] = field(default_factory=list)

    def add(self, name: str, summary: dict[str, Any]) -> None:
        self.lines += summary["num_statements"]
        self.lines_run += summary["covered_lines"]
        self.branches += summary["num_branches"]
        self.branches_run += summary["covered_branches"]
        self.files.append(name)

    @property
    def share(self) -> float:
        every = self.lines + self.branches
        return 100 * (self.lines_run + self.branches_run) / every if every else 100.0

    def row(self, name: str) -> str:
        lines, branches = f"{self.lines_run}/{self.lines}", f"{self.branches_run}/{self.branches}"
        return f"{name:42}{len(self.files):>6}{lines:>14}{branches:>13}{self.share:>8.1f} %"


def measured(data_file: str) -> dict[str, Any]:
    """Each file of the package by its path below it, as in coverage's own JSON report."""
    found = coverage.Coverage(data_file=data_file, config_file=str(ROOT / "pyproject.toml"))
    found.load()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        found.json_report(outfile=str(report))
        files = json.loads(report.read_text("utf-8"))["files"]
    return {
        name.replace("\\", "/").partition(PACKAGE)[2]: file["summary"]
        for name, file in files.items()
        if PACKAGE in name.replace("\\", "/")
    }


def main() -> int:
    """Print the tables; 1 when nothing was measured."""
    files = measured(sys.argv[1] if len(sys.argv) > 1 else ".coverage")
    rooms: dict[str, Reached] = defaultdict(Reached)
    total = Reached()
    single = {}
    for name, summary in files.items():
        room = name.rpartition("/")[0] or "(front)"
        for one in (rooms[room], total, single.setdefault(name, Reached())):
            one.add(name, summary)
    if not total.lines:
        print("nothing was measured: run 'make coverage'", file=sys.stderr)
        return 1
    print(f"{'room':42}{'files':>6}{'lines':>14}{'branches':>13}{'reached':>10}")
    for room in sorted(rooms):
        print(rooms[room].row(room))
    print(total.row("total"))
    print("\nreached least")
    for name in sorted(single, key=lambda name: single[name].share)[:FEWEST]:
        print(single[name].row(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
