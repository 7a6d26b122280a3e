"""What a sync tells: while it goes on, and at its end."""

from __future__ import annotations

from dataclasses import dataclass, field

from sotalia.runtime import resolved
from sotalia.s3.workers import Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal

    from sotalia.runtime import Runtime

    Action = Literal["upload", "download", "copy", "delete"]
    State = Literal["started", "moving", "done", "failed", "skipped", "planned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncProgress:
    """Where a sync stands, told each time it gets on.

    Of one file: ``action``, ``path`` below the root, ``state``, its ``size`` and how many bytes of it have ``moved``
    (fewer than before when a part starts anew).

    Of all: ``files_done`` of ``files_planned`` and ``bytes_done`` of ``bytes_planned``, deletions being files without
    bytes. What is planned grows while the two sides are listed; when ``is_planned`` a bar knows its end. The state
    ``"planned"``, once and with an empty path, says that it has come to that. A file that failed is a file done, and its
    bytes are no longer planned. In a dry run each file is told of once, as done.

    ``source`` and ``target`` are whole names, where whoever goes on gives them: :mod:`sotalia.s3.bulk` does.
    """

    action: Action
    path: str
    state: State
    moved: int
    size: int
    files_done: int
    files_planned: int
    bytes_done: int
    bytes_planned: int
    is_planned: bool
    source: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was left as it is, and why. ``is_marker``: an empty object that stands for a folder, so nothing is missing."""

    path: str
    reason: str
    is_marker: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """What went wrong: ``action`` is ``"list"`` for what could not be looked at."""

    path: str
    action: Action | Literal["list"]
    error: Exception


@dataclass(slots=True, kw_only=True)
class SyncReport:
    """What a sync did, or would do in a dry run.

    Lists are of paths below the root, in order. ``unchanged`` is a number of files, ``bytes`` those of what was
    transferred. ``undeleted`` is how many deletions were left, because not all transfers went well. Names that are no
    valid UTF-8 are told with escapes.
    """

    source: str
    target: str
    dry_run: bool
    transferred: list[str] = field(default_factory=list[str])
    deleted: list[str] = field(default_factory=list[str])
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    failed: list[Failed] = field(default_factory=list[Failed])
    unchanged: int = 0
    undeleted: int = 0
    bytes: int = 0

    def sort(self) -> None:
        """Put the lists in order: files end in any."""
        self.transferred.sort()
        self.deleted.sort()
        self.skipped.sort(key=lambda one: one.path)
        self.failed.sort(key=lambda one: one.path)

    def __str__(self) -> str:
        counts = (
            f"{len(self.transferred)} transferred ({self.bytes} bytes), {len(self.deleted)} deleted, "
            f"{self.unchanged} unchanged, {len(self.skipped)} skipped, {len(self.failed)} failed"
        )
        return f"{self.source} to {self.target}{' (dry run)' if self.dry_run else ''}: {counts}"


class SyncError(Exception):
    """Not all of a sync was done; ``report`` says what was and what was not."""

    def __init__(self, message: str, report: SyncReport) -> None:
        super().__init__(message)
        self.report = report


@dataclass(slots=True)
class Step:
    """One thing to do: a file to transfer or to delete. ``source`` and ``target`` are for whoever reads of it."""

    action: Action
    path: str
    size: int
    moved: int = 0
    source: str = ""
    target: str = ""


class Tally:
    """Keeps the report and the totals, and tells the caller's ``progress``, one call after the other.

    In threads for sync code, in tasks for async code. An error of ``progress`` ends the sync and is raised from it.
    """

    def __init__(
        self, runtime: Runtime, report: SyncReport, progress: Callable[[SyncProgress], Any] | None
    ) -> None:
        self._lock = runtime.lock()
        self._progress = progress
        self._files_done = self._files_planned = self._bytes_done = self._bytes_planned = 0
        self.report = report
        self.is_planned = False
        self.stop = Stop()
        self.broken: Exception | None = None

    async def plan(self, step: Step) -> None:
        """There is this to do."""
        async with self._lock:
            self._files_planned += 1
            self._bytes_planned += step.size

    async def complete(self, action: Action, deletions: int) -> None:
        """There is this to delete, and nothing else to do."""
        async with self._lock:
            self._files_planned += deletions
            self.is_planned = True
            await self._tell(Step(action, "", 0), "planned")

    async def start(self, step: Step, size: int | None = None) -> None:
        """It begins; or begins anew, with another size."""
        async with self._lock:
            self._bytes_done -= step.moved
            step.moved = 0
            if size is not None:
                self._bytes_planned += size - step.size
                step.size = size
            await self._tell(step, "started")

    async def move(self, step: Step, count: int) -> None:
        """So many bytes more of it; fewer than none when a part starts anew. Ends the transfer when the sync has ended."""
        self.stop.look()
        async with self._lock:
            step.moved += count
            self._bytes_done += count
            await self._tell(step, "moving")

    async def finish(self, step: Step) -> None:
        """It is done."""
        async with self._lock:
            # Not all that is transferred is told of, such as what a replaced object had less than the listing said.
            self._bytes_done += step.size - step.moved
            step.moved = step.size
            self._files_done += 1
            if step.action == "delete":
                self.report.deleted.append(shown(step.target or step.path))
            else:
                self.report.transferred.append(step.target or step.path)
                self.report.bytes += step.size
            await self._tell(step, "done")

    async def skip(self, step: Step, reason: str) -> None:
        """It turned out to be nothing to be done."""
        async with self._lock:
            self._drop(step)
            self.report.skipped.append(Skipped(step.source or step.path, reason))
            await self._tell(step, "skipped")

    async def fail(self, step: Step, error: Exception) -> None:
        """It went wrong."""
        async with self._lock:
            self._drop(step)
            self.report.failed.append(Failed(shown(step.source or step.path), step.action, error))
            await self._tell(step, "failed")

    def _drop(self, step: Step) -> None:
        """Count its bytes no longer."""
        self._bytes_done -= step.moved
        self._bytes_planned -= step.size
        self._files_done += 1

    async def _tell(self, step: Step, state: State) -> None:
        if self._progress is None or self.broken is not None:
            return
        now = SyncProgress(
            action=step.action,
            path=shown(step.path),
            state=state,
            moved=step.moved,
            size=step.size,
            files_done=self._files_done,
            files_planned=self._files_planned,
            bytes_done=self._bytes_done,
            bytes_planned=self._bytes_planned,
            is_planned=self.is_planned,
            source=shown(step.source),
            target=shown(step.target),
        )
        try:
            await resolved(self._progress(now))
        except Exception as error:
            self.broken = error
            self.stop.is_set = True
            raise


def shown(path: str) -> str:
    """A path that can be printed, also when the name on disk is no valid UTF-8."""
    return path.encode("utf-8", "backslashreplace").decode()
