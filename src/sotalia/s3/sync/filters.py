"""Which paths are looked at: globs of what to include and of what to exclude."""

from __future__ import annotations

import re
from fnmatch import translate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Filters:
    """Globs on paths below the root, with ``/`` between their parts on every platform.

    A path is taken if it matches any of ``include`` (none given: all do) and none of ``exclude``; the order of the globs
    does not matter. ``*`` matches anything, ``/`` too, so ``*.tmp`` is about files at any depth; ``?`` matches one
    character, ``[ab]`` one of these. A glob that ends in ``/`` stands for all that is below this folder. One glob may be
    given as text. Raises ``ValueError`` for one that begins with ``/``, as it would match nothing.
    """

    def __init__(self, include: str | Iterable[str] = (), exclude: str | Iterable[str] = ()) -> None:
        self._include = _pattern(_globs(include))
        excluded = _globs(exclude)
        self._exclude = _pattern(excluded)
        # What matches the path of a folder up to its end, and goes on with anything, matches all that is below it.
        self._prune = _pattern([glob for glob in excluded if glob.endswith("*")])

    def take(self, path: str) -> bool:
        """Whether a file or key is to be looked at."""
        if self._exclude is not None and self._exclude.match(path):
            return False
        return self._include is None or self._include.match(path) is not None

    def prune(self, folder: str) -> bool:
        """Whether nothing below a folder, whose path ends in ``/``, can be taken."""
        return self._prune is not None and self._prune.match(folder) is not None


class OrderedFilters:
    """The same globs in an order that matters: of those that a path matches, the last one decides, as in aws-cli.

    What matches none is taken. ``rules`` are pairs: ``(True, glob)`` includes, ``(False, glob)`` excludes.
    """

    def __init__(self, rules: Iterable[tuple[bool, str]]) -> None:
        self._rules = [(takes, glob) for takes, one in rules for glob in _globs(one)]
        self._patterns = [(takes, re.compile(translate(glob))) for takes, glob in reversed(self._rules)]

    def take(self, path: str) -> bool:
        """Whether a file or key is to be looked at."""
        return next((takes for takes, pattern in self._patterns if pattern.match(path)), True)

    def prune(self, folder: str) -> bool:
        """Whether nothing below a folder, whose path ends in ``/``, can be taken."""
        for takes, glob in reversed(self._rules):
            if takes and _may_match_below(glob, folder):
                return False
            if not takes and glob.endswith("*") and re.match(translate(glob), folder):
                return True
        return False


def _may_match_below(glob: str, folder: str) -> bool:
    """Whether a path below a folder may match, as far as the start of the glob tells."""
    start = re.split(r"[*?\[]", glob, maxsplit=1)[0]
    return start.startswith(folder) or folder.startswith(start)


def _globs(given: str | Iterable[str]) -> list[str]:
    globs = [given] if isinstance(given, str) else list(given)
    for glob in globs:
        if glob.startswith("/"):
            raise ValueError(
                f"the glob {glob!r} begins with '/': globs are compared with paths below the root, write {glob[1:]!r}"
            )
    return [f"{glob}*" if glob.endswith("/") else glob for glob in globs]


def _pattern(globs: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(translate, globs))) if globs else None
