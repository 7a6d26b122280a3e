"""``sync``: make a folder, or a prefix of a bucket, have what another has.

>>> from sotalia.s3.sync import sync
>>> report = sync(s3, "site", "s3://bucket/prefix", delete=True)  # doctest: +SKIP

The two sides are listed in the same order and compared entry by entry (:mod:`sotalia.s3.sync.plan`), so the plan is made
while it is carried out, a few files at once, and memory does not grow with what has not changed. Deletions wait for the end:
what was renamed must be there under its new name before it goes under its old one, and a source that cannot be read in full
is no reason to delete anything.
"""

from __future__ import annotations

import os
from contextlib import aclosing

from sotalia.runtime import groups
from sotalia.s3 import arguments
from sotalia.s3.sync.deletion import Deletion
from sotalia.s3.sync.filters import Filters
from sotalia.s3.sync.places import Folder, Place, Prefix, place
from sotalia.s3.sync.plan import Plan, Rules
from sotalia.s3.sync.report import (
    Step,
    SyncError,
    SyncProgress,
    SyncReport,
    Tally,
)
from sotalia.s3.sync.transfers import Transfers
from sotalia.s3.workers import in_parallel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Coroutine, Iterable
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.s3.config import TransferConfig
    from sotalia.s3.sync.filters import OrderedFilters
    from sotalia.s3.sync.report import Action

_ALLOWED: dict[Action, Collection[str]] = {
    "upload": arguments.ALLOWED_UPLOAD_ARGS,
    "download": arguments.ALLOWED_DOWNLOAD_ARGS,
    "copy": arguments.ALLOWED_COPY_ARGS,
}


def sync(
    client: BaseClient,
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    delete: bool = False,
    dry_run: bool = False,
    include: str | Iterable[str] = (),
    exclude: str | Iterable[str] = (),
    filters: OrderedFilters | None = None,
    size_only: bool = False,
    exact_timestamps: bool = False,
    extra_args: dict[str, Any] | None = None,
    config: TransferConfig | None = None,
    progress: Callable[[SyncProgress], Any] | None = None,
    workers: int = 8,
) -> Any:
    """Make ``target`` have what ``source`` has; at least one of them is ``s3://bucket/prefix``, the other may be a folder.

    Gives a :class:`SyncReport`; on an async client, a coroutine that does.

    A file is transferred when the target lacks it, has it in another size, or older, compared in whole seconds. Downloads
    get the time of their object, so a second sync has nothing to do.

    ``delete``: also delete what the source lacks, once all transfers went well · ``dry_run``: only list, and report what
    would be done · ``include``, ``exclude``: globs, see :class:`~sotalia.s3.sync.filters.Filters`; what they leave out is
    neither transferred nor deleted · ``filters``: in their place, globs whose order matters · ``size_only``: times do not matter · ``exact_timestamps``: for downloads, also get
    what is newer in the folder · ``extra_args``: as ``ExtraArgs`` of ``upload_file``, ``download_file`` or ``copy``;
    uploads without ``ContentType`` get one by their name · ``config``: a :class:`~sotalia.s3.transfer.TransferConfig` for
    each file · ``progress``: called with a :class:`SyncProgress`, from threads but one call at a time; on an async
    client it may be ``async def`` · ``workers``: files at once.

    One file that fails does not stop the others; ``SyncError`` at the end has the report, except in a dry run. It is also
    raised, and nothing deleted, when there is something to delete and the source is empty, as a folder is that is not
    mounted. Raises ``ValueError`` for arguments that make no sense, ``FileNotFoundError`` or ``NotADirectoryError`` for a
    source that is no folder, ``ClientError`` when a bucket cannot be listed, ``IncompleteListingError`` when a listing is
    not provably whole, ``OutOfOrderError`` for directory buckets.
    """
    ends = (place(source), place(target))
    rules = Rules(
        filters=filters or Filters(include, exclude),
        delete=delete,
        size_only=size_only,
        exact_timestamps=exact_timestamps,
    )
    running = _Sync(client, ends, rules, extra_args, config, progress, workers=workers, dry_run=dry_run)
    return running.runtime.run(running.run())


class _Sync:
    """One run."""

    def __init__(
        self,
        client: BaseClient,
        ends: tuple[Place, Place],
        rules: Rules,
        extra: dict[str, Any] | None,
        config: TransferConfig | None,
        progress: Callable[[SyncProgress], Any] | None,
        *,
        workers: int,
        dry_run: bool,
    ) -> None:
        runtime = getattr(getattr(client, "meta", None), "runtime", None)
        if runtime is None or not hasattr(client, "upload_file"):
            raise TypeError(f"expected an S3 client, such as sotalia.client('s3'), found {type(client)}")
        self._action: Action = _action(*ends)
        if rules.exact_timestamps and self._action != "download":
            raise ValueError("exact_timestamps is for downloads: objects cannot be given the time of a file")
        if workers < 1:
            raise ValueError(f"workers must be 1 or more, not {workers}")
        source, target = self._ends = ends
        bucket = target.bucket if isinstance(target, Prefix) else None
        self._extra = arguments.checked(extra, _ALLOWED[self._action], bucket)
        self._client = client
        self._config = config
        self._workers = workers
        self._dry_run = dry_run
        self._report = SyncReport(source=str(source), target=str(target), dry_run=dry_run)
        self._plan = Plan(self._action, source, target, rules, self._report)
        self._tally = Tally(runtime, self._report, progress)
        self.runtime = runtime

    async def run(self) -> SyncReport:
        """Do it."""
        with groups.begin("transfer", "sync {} {}", *self._ends).within():
            return await self._run()

    async def _run(self) -> SyncReport:
        await self.runtime.offload(_check_folders, *self._ends)
        await in_parallel(self.runtime, self._jobs(), self._workers, self._tally.stop)
        if self._plan.doomed:
            await self._delete()
        report = self._report
        report.sort()
        if report.failed and not self._dry_run:
            raise SyncError(_what_failed(report), report)
        return report

    async def _jobs(self) -> AsyncGenerator[Coroutine[Any, Any, None], None]:
        """The transfers, as they are found."""
        transfers = Transfers(self._client, self.runtime, *self._ends, self._extra, self._config, self._tally)
        wanted = self._plan.transfers(self._client, self.runtime, self._extra)
        async with aclosing(wanted):
            async for source in wanted:
                step = Step(self._action, source.path, source.size)
                await self._tally.plan(step)
                if self._dry_run:
                    await self._tally.finish(step)
                else:
                    yield transfers.run(step, source)
        await self._tally.complete(self._action, len(self._plan.doomed))

    async def _delete(self) -> None:
        report, doomed = self._report, self._plan.doomed
        if self._plan.is_empty or report.failed:
            report.undeleted = len(doomed)
        if self._plan.is_empty:
            raise SyncError(
                f"the source {report.source} is empty, so all {len(doomed)} files of {report.target} would be deleted: check "
                "that it is the right one, and mounted; to empty the target, delete its files yourself",
                report,
            )
        if not report.failed:
            deletion = Deletion(self._client, self.runtime, self._ends[1], self._extra, self._tally)
            await deletion.run(doomed, dry_run=self._dry_run)


def _action(source: Place, target: Place) -> Action:
    """What is done to bring files from here to there. Raises ``ValueError`` where that is nothing."""
    if isinstance(source, Folder) and isinstance(target, Folder):
        raise ValueError(
            f"both {str(source)!r} and {str(target)!r} are folders: one of the two must be 's3://bucket/prefix'"
        )
    if isinstance(source, Folder):
        return "upload"
    if isinstance(target, Folder):
        return "download"
    if source.overlaps(target):
        raise ValueError(f"{source} and {target} overlap: what is copied would be source and target at once")
    return "copy"


def _check_folders(source: Place, target: Place) -> None:
    """Raise ``OSError`` for a source that is no folder that can be read, and a target that is something else."""
    if isinstance(source, Folder):
        with os.scandir(source.root):
            pass
    elif isinstance(target, Folder) and os.path.lexists(target.root) and not os.path.isdir(target.root):
        raise NotADirectoryError(f"the target is no folder: {target.root}")


def _what_failed(report: SyncReport) -> str:
    first = report.failed[0]
    more = f"; {len(report.failed) - 1} more failed" if len(report.failed) > 1 else ""
    left = f"; {report.undeleted} deletions were left, as not all went well" if report.undeleted else ""
    return f"{first.action} of {first.path!r} failed: {first.error}{more}{left}"
