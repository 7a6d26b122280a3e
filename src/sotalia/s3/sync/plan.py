"""What a sync has to do: which of the source's files the target lacks, and which of its own are too many."""

from __future__ import annotations

import os
from contextlib import aclosing
from dataclasses import dataclass

from sotalia.s3 import arguments
from sotalia.s3.sync.comparison import differs, pairs
from sotalia.s3.sync.listing import Entry, entries_of_folder, entries_of_prefix
from sotalia.s3.sync.obstacles import Obstacles
from sotalia.s3.sync.places import MARKER, Folder, Place, Prefix
from sotalia.s3.sync.report import Failed, Skipped, SyncReport, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.runtime import Runtime
    from sotalia.s3.sync.filters import Filters, OrderedFilters
    from sotalia.s3.sync.report import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the caller wants to be looked at, and what is to count as a difference."""

    filters: Filters | OrderedFilters
    delete: bool
    size_only: bool
    exact_timestamps: bool


class Plan:
    """Compares two sides, entry by entry, and reports what it passes over.

    ``doomed`` are the paths to be deleted, complete when all of :meth:`transfers` was asked for; ``is_empty`` says, then,
    whether there was not one file in the source, links that lead nowhere and markers of folders being none.
    """

    def __init__(
        self, action: Action, source: Place, target: Place, rules: Rules, report: SyncReport
    ) -> None:
        self._action = action
        self._source = source
        self._target = target
        self._rules = rules
        self._report = report
        # Folders of the source that were not looked into, and what may be one: nothing is deleted below them.
        self._unknown: set[str] = set()
        self._obstacles = Obstacles(action, target)
        self.doomed: list[str] = []
        self.is_empty = True

    async def transfers(
        self, client: BaseClient, runtime: Runtime, extra: dict[str, Any]
    ) -> AsyncGenerator[Entry, None]:
        """The entries of the source that are to be transferred, as they are found. Raises ``OutOfOrderError``."""
        sides = (self._entries(side, client, runtime, extra) for side in (self._source, self._target))
        async with aclosing(pairs(*sides, to_the_end=self._rules.delete)) as both:
            async for source, target in both:
                if source is not None:
                    self.is_empty = self.is_empty and bool(source.reason or self._obstacles.no_file(source))
                    if self._is_wanted(source, target):
                        yield source
                elif target is not None and self._is_doomed(target):
                    self.doomed.append(target.path)
        spared = {path: reason for path in self.doomed if (reason := self._obstacles.of_name(path))}
        # Do not delete, under another name, what the source has.
        self._report.skipped += [Skipped(shown(path), reason) for path, reason in spared.items()]
        self.doomed = [path for path in self.doomed if path not in spared]

    def _entries(
        self, side: Place, client: BaseClient, runtime: Runtime, extra: dict[str, Any]
    ) -> AsyncGenerator[Entry, None]:
        is_source = side is self._source
        if isinstance(side, Prefix):
            # A copy's arguments are about its target; only who pays for requests is said of both.
            names = ["RequestPayer"] if is_source and self._action == "copy" else arguments.OWNER
            return entries_of_prefix(client, side.bucket, side.prefix, arguments.only(extra, names))
        if not is_source and not os.path.lexists(side.root):
            return _nothing()
        return entries_of_folder(runtime, side.root, self._rules.filters.prune, is_source=is_source)

    # -- what the source has -----------------------------------------------------------------------------------------

    def _is_wanted(self, source: Entry, target: Entry | None) -> bool:
        """Whether an entry is to be transferred; reports it where that cannot be."""
        is_folder = isinstance(self._source, Folder) and source.path.endswith("/")
        # A folder that was not looked into may have files that are included.
        if not is_folder and not self._rules.filters.take(source.path):
            return False
        reason = source.reason or self._obstacles.of(source, target)
        if reason or source.fault is not None:
            if isinstance(self._source, Folder):
                # A link that leads nowhere may be one to a disk that is not mounted.
                self._unknown.add(source.path.removesuffix("/"))
            self._note(source, reason)
            return False
        rules = self._rules
        if target is None or differs(
            source, target, size_only=rules.size_only, exact_timestamps=rules.exact_timestamps
        ):
            return True
        self._report.unchanged += 1
        return False

    # -- what only the target has ------------------------------------------------------------------------------------

    def _is_doomed(self, target: Entry) -> bool:
        """Whether an entry is to be deleted; reports it where that cannot be."""
        is_unread = isinstance(target.fault, OSError)
        # As above: it is not known what is in a folder that cannot be read.
        is_taken = (is_unread and target.path.endswith("/")) or self._rules.filters.take(target.path)
        if not (self._rules.delete or is_unread) or not is_taken:
            return False
        if self._is_unknown(target.path):
            return False
        is_marker = self._action == "upload" and (not target.path or target.path.endswith("/"))
        reason = MARKER if is_marker else target.reason
        if reason or target.fault is not None:
            self._note(target, reason or ("" if is_unread else str(target.fault)))
            return False
        return True

    def _is_unknown(self, path: str) -> bool:
        """Whether a path is below a folder that was not looked into."""
        if not self._unknown:
            return False
        parts = path.split("/")
        return any("/".join(parts[:count]) in self._unknown for count in range(1, len(parts)))

    def _note(self, entry: Entry, reason: str) -> None:
        path = shown(entry.path)
        if reason or entry.fault is None:
            self._report.skipped.append(
                Skipped(path, reason, is_marker=reason.startswith(MARKER) and not entry.size)
            )
        else:
            self._report.failed.append(Failed(path, "list", entry.fault))


async def _nothing() -> AsyncGenerator[Entry, None]:
    """What a folder has that is not there yet."""
    return
    yield  # Makes this an iterator.
