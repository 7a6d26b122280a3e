"""What stands in the way of a file or object in the place that is meant for it."""

from __future__ import annotations

from sotalia.s3.sync.comparison import Ancestors
from sotalia.s3.sync.folders import folding
from sotalia.s3.sync.places import Folder, Place, why_no_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.s3.sync.listing import Entry
    from sotalia.s3.sync.report import Action


class Obstacles:
    """Finds them for the entries of one source, which are asked about in the order of their paths."""

    def __init__(self, action: Action, target: Place) -> None:
        self._action = action
        self._target = target
        self._ancestors = Ancestors()
        # Where names that differ are those of one file: which path has which name.
        self._fold = folding(target.root) if isinstance(target, Folder) else None
        self._folded: dict[str, str] = {}

    def no_file(self, source: Entry) -> str:
        """Why an object cannot be a file; empty when it can."""
        return why_no_file(source.path) if self._action == "download" else ""

    def of(self, source: Entry, target: Entry | None) -> str:
        """Why an entry cannot have its place on the target, where there is ``target`` now; empty when it can."""
        if self._action == "copy":
            return "" if self._target.name(source.path) else "its key would be empty"
        if self._action == "upload":
            return ""
        reason = self.no_file(source)
        if reason:
            return reason
        if self._fold is not None:
            other = self._folded.setdefault(self._fold(source.path), source.path)
            if other != source.path:
                return _same(other)
        above = self._ancestors.above(source.path)
        if above is not None:
            return f"{above!r} is an object too, and a file cannot be a folder"
        if target is None:
            return ""
        return f"in its place is {target.reason}" if target.reason else str(target.fault or "")

    def of_name(self, path: str) -> str:
        """Why a path is that of a file which the source has, under another name; empty when it is not."""
        other = None if self._fold is None else self._folded.get(self._fold(path))
        return _same(other) if other is not None else ""


def _same(other: str) -> str:
    return f"this file system takes its name for that of {other!r}"
