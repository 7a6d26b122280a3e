"""``delete``: objects, one, all below a prefix, or those that a pattern matches."""

from __future__ import annotations

from contextlib import aclosing

from sotalia.runtime import groups
from sotalia.s3.bulk.sources import NothingFoundError, OneObject, Source, Sources
from sotalia.s3.sync.deletion import AT_ONCE, Deletion
from sotalia.s3.sync.filters import Filters
from sotalia.s3.sync.places import Prefix
from sotalia.s3.sync.report import Failed, Step, SyncReport, Tally
from sotalia.s3.workers import in_parallel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.s3.bulk.sources import AnyFilters
    from sotalia.s3.sync.report import SyncProgress


def delete(
    client: BaseClient,
    sources: str | Sequence[str],
    *,
    recursive: bool = False,
    literal: bool = False,
    filters: AnyFilters | None = None,
    dry_run: bool = False,
    extra_args: dict[str, Any] | None = None,
    progress: Callable[[SyncProgress], Any] | None = None,
    workers: int = 4,
) -> Any:
    """Delete objects of S3: arguments as for :func:`~sotalia.s3.bulk.transfers.transfer`; never a file of this machine.

    A thousand go in one call, and so many calls at once as ``workers`` says. Gives a ``SyncReport``, with each object that
    could not be deleted in ``failed``. A key without an object is no failure, as for S3; a pattern that matches nothing is.
    Raises ``ValueError`` for what is not in S3, and as ``transfer`` does.
    """
    texts = [sources] if isinstance(sources, str) else list(sources)
    runtime = client.meta.runtime
    return runtime.run(
        _delete(
            client,
            texts,
            Sources(
                client, filters or Filters(), dict(extra_args or {}), recursive=recursive, literal=literal
            ),
            dict(extra_args or {}),
            progress,
            workers,
            dry_run=dry_run,
        )
    )


async def _delete(
    client: BaseClient,
    texts: list[str],
    looking: Sources,
    extra: dict[str, Any],
    progress: Callable[[SyncProgress], Any] | None,
    workers: int,
    *,
    dry_run: bool,
) -> SyncReport:
    for text in texts:
        if not text.startswith("s3:"):
            raise ValueError(
                f"{text!r} is not in S3: write 's3://bucket/key'; files of this machine are not deleted"
            )
    with groups.begin("transfer", "rm {}", ", ".join(texts)).within():
        return await _delete_from(client, texts, looking, extra, progress, workers, dry_run=dry_run)


async def _delete_from(
    client: BaseClient,
    texts: list[str],
    looking: Sources,
    extra: dict[str, Any],
    progress: Callable[[SyncProgress], Any] | None,
    workers: int,
    *,
    dry_run: bool,
) -> SyncReport:
    # A single key is not looked at: it is deleted, or was not there.
    sources = [await looking.find(text, look=False) for text in texts]
    report = SyncReport(source=", ".join(texts), target=", ".join(texts), dry_run=dry_run)
    tally = Tally(client.meta.runtime, report, progress)

    async def jobs() -> AsyncGenerator[Coroutine[Any, Any, None], None]:
        for source in sources:
            place = _prefix(source)
            is_single = source.single is not None
            deletion = Deletion(
                client, client.meta.runtime, place, extra, tally, _labels(place), is_single=is_single
            )
            try:
                async for batch in _batches(source, place):
                    for path in batch:
                        await tally.plan(Step("delete", path, 0))
                    yield deletion.run_batch(batch, dry_run=dry_run)
            except NothingFoundError as error:
                report.failed.append(Failed(source.text, "list", error))
        await tally.complete("delete", 0)

    await in_parallel(client.meta.runtime, jobs(), workers, tally.stop)
    report.sort()
    return report


def _prefix(source: Source) -> Prefix:
    """Where keys are told below of; the whole key of a single one."""
    if isinstance(source.place, OneObject):
        return Prefix(source.place.bucket, "")
    assert isinstance(source.place, Prefix)
    return source.place


def _labels(place: Prefix) -> Callable[[str], str]:
    return lambda path: f"{place}{path}"


async def _batches(source: Source, place: Prefix) -> AsyncGenerator[list[str], None]:
    batch: list[str] = []
    entries = source.entries()
    async with aclosing(entries):
        async for entry in entries:
            batch.append(entry.path)
            if len(batch) == AT_ONCE:
                yield batch
                batch = []
    if batch:
        yield batch
