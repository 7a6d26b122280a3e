"""``transfer``: files and objects from here to there, and with ``move`` not here any more."""

from __future__ import annotations

import os
from contextlib import aclosing
from dataclasses import replace

from sotalia import exceptions
from sotalia.runtime import groups, resolved
from sotalia.s3 import arguments
from sotalia.s3.addresses import is_alias
from sotalia.s3.bulk.sources import NothingFoundError, OneFile, OneObject, Source, Sources, target_of
from sotalia.s3.sync import folders
from sotalia.s3.sync.filters import Filters
from sotalia.s3.sync.obstacles import Obstacles
from sotalia.s3.sync.places import MARKER, Folder, Prefix
from sotalia.s3.sync.report import Failed, Skipped, Step, SyncReport, Tally, shown
from sotalia.s3.sync.transfers import Transfers
from sotalia.s3.workers import in_parallel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.s3.bulk.sources import AnyFilters
    from sotalia.s3.config import TransferConfig
    from sotalia.s3.sync.listing import Entry
    from sotalia.s3.sync.places import Place
    from sotalia.s3.sync.report import Action, SyncProgress

_FATAL_CODES = {"ExpiredToken", "InvalidAccessKeyId", "NoSuchBucket", "SignatureDoesNotMatch"}
# By name, as importing classes takes time.
_FATAL_CLASSES = {
    "NoCredentialsError",
    "PartialCredentialsError",
    "CredentialRetrievalError",
    "SSOError",
    "TokenRetrievalError",
}
# What S3-compatible servers say to a condition that they do not know.
_NO_CONDITIONS = ("NotImplemented", "InvalidArgument", "MethodNotAllowed")


def transfer(
    client: BaseClient,
    sources: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    target: str | os.PathLike[str],
    *,
    move: bool = False,
    recursive: bool = False,
    literal: bool = False,
    filters: AnyFilters | None = None,
    dry_run: bool = False,
    extra_args: dict[str, Any] | None = None,
    config: TransferConfig | None = None,
    progress: Callable[[SyncProgress], Any] | None = None,
    workers: int = 10,
) -> Any:
    """Copy files and objects, or move them; the sources or the target are in S3, or both.

    Gives a ``SyncReport``, also when something failed: look at ``failed`` and ``skipped``. On an async client it is a
    coroutine that does.

    A source is the path of a file, ``s3://bucket/key``, or a pattern of keys (:mod:`sotalia.s3.globs`), unless ``literal``;
    with ``recursive`` a folder or prefix. ``move``: delete each source once it is in its place, and only if it is still what
    was transferred · ``extra_args``, ``config``, ``progress``, ``workers``: as for ``sync``.

    Raises ``ValueError`` for arguments that make no sense, ``NothingFoundError`` for a source that is not there, ``OSError``
    and ``ClientError`` for what cannot be looked at, and what no other file would be spared, such as missing credentials.
    """
    texts = [os.fspath(one) for one in ([sources] if isinstance(sources, str | os.PathLike) else sources)]
    bulk = _Bulk(
        client,
        (texts, os.fspath(target)),
        (recursive, literal, filters or Filters()),
        extra_args,
        config,
        progress,
        move=move,
        workers=workers,
        dry_run=dry_run,
    )
    return bulk.runtime.run(bulk.run())


class _Bulk:
    """One run."""

    def __init__(
        self,
        client: BaseClient,
        ends: tuple[list[str], str],
        looking: tuple[bool, bool, AnyFilters],
        extra: dict[str, Any] | None,
        config: TransferConfig | None,
        progress: Callable[[SyncProgress], Any] | None,
        *,
        move: bool,
        workers: int,
        dry_run: bool,
    ) -> None:
        if workers < 1:
            raise ValueError(f"workers must be 1 or more, not {workers}")
        self.runtime = client.meta.runtime
        self._client = client
        self._texts, self._target_text = ends
        self._looking = looking
        self._extra = dict(extra or {})
        self._config = config
        self._move = move
        self._workers = workers
        self._dry_run = dry_run
        self._report = SyncReport(source=", ".join(self._texts), target=self._target_text, dry_run=dry_run)
        self._tally = Tally(self.runtime, self._report, progress)
        # Paths that sources have had, where there are several.
        self._taken: set[str] = set()

    async def run(self) -> SyncReport:
        """Do it."""
        report = self._report
        name = f"{'mv' if self._move else 'cp'} {{}} {{}}"
        with groups.begin("transfer", name, report.source, report.target).within():
            return await self._run()

    async def _run(self) -> SyncReport:
        recursive, literal, filters = self._looking
        looking = Sources(
            self._client,
            filters,
            self._extra,
            recursive=recursive,
            literal=literal,
            # What a link leads to is somebody else's: it is not moved away.
            follow_links=not self._move,
        )
        sources = [await looking.find(text) for text in self._texts]
        target, name = target_of(self._target_text, sources)
        plans: list[tuple[Source, Action]] = [
            (source, _action(source, target, self._target_text)) for source in sources
        ]
        for source, action in plans:
            allowed = {
                "upload": arguments.ALLOWED_UPLOAD_ARGS,
                "download": arguments.ALLOWED_DOWNLOAD_ARGS,
                "copy": arguments.ALLOWED_COPY_ARGS,
            }[action]
            arguments.checked(self._extra, allowed, target.bucket if isinstance(target, Prefix) else None)
            _check_overlap(source, target, is_move=self._move)
        await in_parallel(self.runtime, self._jobs(plans, target, name), self._workers, self._tally.stop)
        self._report.sort()
        return self._report

    async def _jobs(
        self, plans: list[tuple[Source, Action]], target: Place, name: str | None
    ) -> AsyncGenerator[Coroutine[Any, Any, None], None]:
        """The transfers, as they are found."""
        for source, action in plans:
            transfers = Transfers(
                self._client,
                self.runtime,
                source.place,
                target,
                self._extra,
                self._config,
                self._tally,
                _Removal(self._client, self.runtime, source, self._extra).run if self._move else None,
                is_fatal=_is_fatal,
            )
            obstacles = Obstacles(action, target)
            entries = source.entries()
            try:
                async with aclosing(entries):
                    async for listed in entries:
                        entry = listed if name is None else replace(listed, path=name)
                        if not self._is_wanted(
                            source, target, entry, obstacles, is_one_of_many=len(plans) > 1
                        ):
                            continue
                        step = Step(
                            action,
                            entry.path,
                            entry.size,
                            source=self._name(source.place, entry.path, source.text),
                            target=self._name(target, entry.path, self._target_text),
                        )
                        await self._tally.plan(step)
                        if self._dry_run:
                            await self._tally.finish(step)
                        else:
                            yield transfers.run(step, entry)
            except NothingFoundError as error:
                self._report.failed.append(Failed(source.text, "list", error))
        await self._tally.complete(plans[-1][1], 0)

    def _name(self, place: Any, path: str, text: str) -> str:
        """The whole name of a file or object: of files, beginning with what the caller wrote."""
        if not isinstance(place, Folder | OneFile):
            return f"s3://{place.bucket}/{place.name(path)}"
        is_below = isinstance(place, Folder) and os.path.abspath(text) == place.root
        return os.path.join(text, *path.split("/")) if is_below else text

    def _is_wanted(
        self, source: Source, target: Place, entry: Entry, obstacles: Obstacles, *, is_one_of_many: bool
    ) -> bool:
        """Whether an entry can be transferred; reports it where not."""
        if entry.fault is not None:
            name = self._name(source.place, entry.path, source.text)
            self._report.failed.append(Failed(shown(name), "list", entry.fault))
            return False
        reason = entry.reason or obstacles.of(entry, None) or self._clash(source, target, entry)
        if not reason and is_one_of_many:
            reason = "another source has this name, too" if entry.path in self._taken else ""
            self._taken.add(entry.path)
        if reason:
            name = self._name(source.place, entry.path, source.text)
            is_marker = reason.startswith(MARKER) and not entry.size
            self._report.skipped.append(Skipped(shown(name), reason, is_marker))
        return not reason

    def _clash(self, source: Source, target: Place, entry: Entry) -> str:
        """Why an object cannot get its new key beside its old one; empty when it can."""
        if not isinstance(target, Prefix) or source.is_local:
            return ""
        place: Any = source.place
        key = target.name(entry.path)
        is_same_bucket = place.bucket == target.bucket
        is_itself = is_same_bucket and key == place.name(entry.path)
        if is_same_bucket and isinstance(place, Prefix) and key.startswith(place.prefix) and not is_itself:
            return f"its new key {key!r} is below the source, which is being listed"
        if not self._move or key != place.name(entry.path):
            return ""
        if is_itself:
            return "it would be moved to where it is"
        if is_alias(place.bucket) or is_alias(target.bucket):
            return "source and target may be one object, as a bucket is named by its access point: copy it, look, delete"
        return ""


def _is_fatal(error: Exception) -> bool:
    """Whether no other file would fare better."""
    cause = error.__cause__ if isinstance(error, exceptions.S3UploadFailedError) else error
    if isinstance(cause, exceptions.ClientError):
        return cause.response.get("Error", {}).get("Code") in _FATAL_CODES
    return any(kind.__name__ in _FATAL_CLASSES for kind in type(cause).__mro__)


def _action(source: Source, target: Place, target_text: str) -> Action:
    """What is done to bring a source there. Raises ``ValueError`` where that is nothing."""
    if source.is_local and isinstance(target, Folder):
        raise ValueError(
            f"neither {source.text!r} nor {target_text!r} is in S3: one of the two must be 's3://bucket/key'"
        )
    if source.is_local:
        return "upload"
    return "download" if isinstance(target, Folder) else "copy"


def _check_overlap(source: Source, target: Place, *, is_move: bool) -> None:
    """Raise ``ValueError`` for a target below its source: what is copied would be found again.

    Objects may be copied onto themselves, which gives them another storage class, say.
    """
    place = source.place
    if (
        isinstance(place, Prefix)
        and isinstance(target, Prefix)
        and place.bucket == target.bucket
        and target.prefix.startswith(place.prefix)
        and (is_move or target.prefix != place.prefix)
    ):
        raise ValueError(
            f"the target {target} is below the source {source.text}: what is copied would be source again"
        )


class _Removal:
    """Deletes sources that were moved, if they are still what was transferred."""

    def __init__(self, client: BaseClient, runtime: Any, source: Source, extra: dict[str, Any]) -> None:
        self._client = client
        self._runtime = runtime
        self._place: Any = source.place
        self._owner = arguments.only(extra, arguments.OWNER)

    async def run(self, entry: Entry) -> None:
        """Delete one. Raises ``OSError`` or ``ClientError`` when that cannot be, so that it is in both places."""
        if isinstance(self._place, Folder | OneFile):
            await self._runtime.offload(self._delete_file, entry)
            return
        assert isinstance(self._place, Prefix | OneObject)
        await self._delete_object(self._place.bucket, self._place.name(entry.path), entry.etag)

    def _delete_file(self, entry: Entry) -> None:
        name = self._place.name(entry.path)
        if folders.state_of(name) != (entry.size, entry.modified):
            raise OSError(f"{name} was written to after it was uploaded: it was not deleted; move it again")
        if isinstance(self._place, Folder):
            folders.delete(self._place.root, entry.path)
        else:
            os.unlink(name)

    async def _delete_object(self, bucket: str, key: str, etag: str) -> None:
        place = {"Bucket": bucket, "Key": key, **self._owner}
        try:
            await resolved(self._client.delete_object(**place, **({"IfMatch": etag} if etag else {})))
        except exceptions.ClientError as error:
            code = error.response.get("Error", {}).get("Code")
            if code == "PreconditionFailed":
                raise _replaced(bucket, key) from error
            if not etag or code not in _NO_CONDITIONS:
                raise
            head = await resolved(self._client.head_object(**place))
            if head.get("ETag") != etag:
                raise _replaced(bucket, key) from error
            await resolved(self._client.delete_object(**place))


def _replaced(bucket: str, key: str) -> OSError:
    return OSError(
        f"s3://{bucket}/{key} was replaced while it was moved: the new one was not deleted; move it again"
    )
