"""Which files are looked at, and what is reported of all of them."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field

from sotalia.lint.module import Module, Problem, UnreadableError, check

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sotalia.lint.places import Places

_PASSED_OVER = frozenset({"__pycache__", "node_modules", "venv"})
STDIN = "-"


@dataclass(slots=True)
class Report:
    """What was found. ``unreadable`` are files with the reason why nothing is known of them."""

    problems: list[Problem] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    files: int = 0


class Linter:
    """Looks at files, one after the other. Events that one of them emits or declares are known in all of them."""

    def __init__(self) -> None:
        self._known_places: Places | None = None
        self._modules: list[Module] = []
        self._report = Report()

    def _places(self) -> Places:
        if self._known_places is None:
            from sotalia.lint.places import Places

            self._known_places = Places()
        return self._known_places

    def add(self, source: bytes, path: str) -> None:
        """Look at a file's source."""
        self._report.files += 1
        try:
            self._modules.append(check(source, path, self._places))
        except UnreadableError as error:
            self._report.unreadable.append((path, str(error)))

    def add_paths(self, paths: Iterable[str]) -> None:
        """Look at files, at all Python files in folders, and for ``-`` at standard input."""
        seen: set[str] = set()
        for path in paths:
            if path == STDIN:
                self.add(sys.stdin.buffer.read(), "<stdin>")
                continue
            for file in self._files(path):
                real = os.path.realpath(file)
                if real not in seen:
                    seen.add(real)
                    self._add_file(file)

    def report(self) -> Report:
        """What was found in all of them."""
        emitted = frozenset().union(*(module.emitted for module in self._modules))
        for module in self._modules:
            self._report.problems += module.problems
            self._report.problems += [problem for event, problem in module.unknown if event not in emitted]
        self._modules = []
        self._report.problems.sort()
        return self._report

    def _add_file(self, path: str) -> None:
        try:
            with open(path, "rb") as file:
                source = file.read()
        except OSError as error:
            self._report.unreadable.append((path, error.strerror or str(error)))
        else:
            self.add(source, path)

    def _files(self, path: str) -> Iterator[str]:
        if not os.path.isdir(path):
            yield path
            return

        def failed(error: OSError) -> None:
            self._report.unreadable.append((str(error.filename), error.strerror or str(error)))

        for folder, folders, files in os.walk(path, onerror=failed):
            folders[:] = sorted(
                name
                for name in folders
                if name not in _PASSED_OVER
                and not name.startswith(".")
                and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
            )
            for name in sorted(files):
                file = os.path.join(folder, name)
                if name.endswith((".py", ".pyw")) and os.path.isfile(file):
                    yield file
