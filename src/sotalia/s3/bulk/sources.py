"""What a source stands for: one file or object, all below a folder or prefix, or the objects that a pattern matches."""

from __future__ import annotations

import os
from contextlib import aclosing
from dataclasses import dataclass, replace

from sotalia import exceptions
from sotalia.runtime import resolved
from sotalia.s3 import arguments
from sotalia.s3.addresses import Address, address
from sotalia.s3.globs import Glob, quoted
from sotalia.s3.sync.listing import Entry, entries_of_folder, entries_of_prefix, file_entry
from sotalia.s3.sync.places import Folder, Prefix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.s3.sync.filters import Filters, OrderedFilters
    from sotalia.s3.sync.places import Place

    AnyFilters = Filters | OrderedFilters


class NothingFoundError(Exception):
    """A source names nothing: there is no such file or object, or a pattern matches none."""


@dataclass(frozen=True, slots=True)
class OneFile:
    """The place of one file, whatever path it gets elsewhere."""

    file: str

    def name(self, path: str) -> str:
        """The file."""
        return self.file


@dataclass(frozen=True, slots=True)
class OneObject:
    """The place of one object, whatever path it gets elsewhere."""

    bucket: str
    key: str

    def name(self, path: str) -> str:
        """The key."""
        return self.key


@dataclass(frozen=True, slots=True)
class Source:
    """One source of a transfer or deletion.

    ``place`` gives the name of each path · ``entries`` lists them, anew each time · ``single`` is the last part of the name
    of a source that is one file or object, ``None`` of one that may be many.
    """

    text: str
    place: Folder | Prefix | OneFile | OneObject
    entries: Callable[[], AsyncGenerator[Entry, None]]
    single: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine's disks."""
        return isinstance(self.place, Folder | OneFile)


class Sources:
    """Finds out what a text stands for.

    ``recursive``: folders and prefixes are allowed, and mean all below · ``literal``: ``*`` and ``?`` are characters like
    any other · ``extra``: what calls are given, of which listings get what is theirs · ``follow_links``: whether links to
    folders are entered.
    """

    def __init__(
        self,
        client: BaseClient,
        filters: AnyFilters,
        extra: dict[str, Any],
        *,
        recursive: bool,
        literal: bool,
        follow_links: bool = True,
    ) -> None:
        self._client = client
        self._runtime = client.meta.runtime
        self._filters = filters
        self._extra = extra
        self._owner = arguments.only(extra, arguments.OWNER)
        self._recursive = recursive
        self._literal = literal
        self._follow_links = follow_links

    async def find(self, text: str, *, look: bool = True) -> Source:
        """The source. Without ``look`` a single object is taken to be there.

        Raises ``ValueError`` for a folder or prefix without ``recursive`` and for a pattern that is also a key,
        ``OSError`` and ``ClientError`` for what cannot be looked at, ``NothingFoundError``.
        """
        _check_name(text)
        found = address(text)
        if found is None:
            source: Source = await self._runtime.offload(self._local, text)
            return source
        glob = Glob(found.key, below=self._recursive)
        if not self._literal and not glob.is_literal:
            await self._check_pattern(found)
            return self._of_pattern(text, found.bucket, glob)
        key = found.key if self._literal else glob.prefix
        if self._recursive:
            prefix = Prefix(found.bucket, f"{key}/" if key and not key.endswith("/") else key)
            return Source(text, prefix, lambda: self._filtered(self._below(prefix)))
        if not key:
            raise ValueError(
                f"{text!r} is a whole bucket: add --recursive for all that is in it, or name a key"
            )
        entry = await self._object(Address(found.bucket, key)) if look else Entry(key)
        place = OneObject(found.bucket, key)
        return Source(text, place, lambda: self._filtered(_one(entry)), single=entry.path)

    # -- on this machine ---------------------------------------------------------------------------------------------

    def _local(self, text: str) -> Source:
        path = os.path.abspath(text)
        if os.path.isdir(path):
            if not self._recursive:
                raise ValueError(f"{text!r} is a folder: add --recursive for all that is in it")
            return Source(text, Folder(path), lambda: self._filtered(self._walked(path)))
        name = os.path.basename(path)
        if not os.path.lexists(path):
            raise NothingFoundError(f"there is no file {text!r}")
        entry = file_entry(os.path.dirname(path), name)
        if entry.fault is not None:
            raise entry.fault
        return Source(text, OneFile(path), lambda: self._filtered(_one(entry)), single=name)

    def _walked(self, root: str) -> AsyncGenerator[Entry, None]:
        return entries_of_folder(self._runtime, root, self._filters.prune, is_source=self._follow_links)

    # -- in S3 -------------------------------------------------------------------------------------------------------

    def _below(self, prefix: Prefix) -> AsyncGenerator[Entry, None]:
        return entries_of_prefix(self._client, prefix.bucket, prefix.prefix, self._owner)

    async def _object(self, found: Address) -> Entry:
        """What HeadObject says; its ``path`` is the last part of the key."""
        names = set(arguments.ALLOWED_DOWNLOAD_ARGS) - {"ChecksumMode"}
        try:
            head = await resolved(
                self._client.head_object(
                    Bucket=found.bucket, Key=found.key, **arguments.only(self._extra, names)
                )
            )
        except exceptions.ClientError as error:
            if error.response.get("Error", {}).get("Code") not in ("404", "NoSuchKey", "NotFound"):
                raise
            more = ": add --recursive for all that is below it" if found.key.endswith("/") else ""
            raise NothingFoundError(f"there is no object {found}{more}") from error
        return Entry(
            found.key.rpartition("/")[2] or found.key,
            head.get("ContentLength", 0),
            head["LastModified"].timestamp() if "LastModified" in head else 0.0,
            etag=head.get("ETag", ""),
            storage_class=head.get("StorageClass", ""),
        )

    async def _check_pattern(self, found: Address) -> None:
        """Raise ``ValueError`` if there is an object of just this name: it may be the only one that is meant."""
        page = await resolved(
            self._client.list_objects_v2(Bucket=found.bucket, Prefix=found.key, MaxKeys=1, **self._owner)
        )
        # A key is listed before all others that begin with it.
        if any(item.get("Key") == found.key for item in page.get("Contents", ())):
            raise ValueError(
                f"there is an object {found}, and the name is a pattern, too: write 's3://{found.bucket}/{quoted(found.key)}' "
                "for the object alone, or --recursive with --exclude and --include for all that match"
            )

    def _of_pattern(self, text: str, bucket: str, glob: Glob) -> Source:
        place = Prefix(bucket, glob.folder)

        async def entries() -> AsyncGenerator[Entry, None]:
            is_empty = True
            start = len(glob.prefix) - len(glob.folder)
            listed = entries_of_prefix(self._client, bucket, glob.prefix, self._owner)
            async with aclosing(listed):
                async for entry in listed:
                    path = glob.prefix[len(glob.prefix) - start :] + entry.path
                    if glob.matches(glob.folder + path):
                        is_empty = False
                        yield replace(entry, path=path)
            if is_empty:
                raise NothingFoundError(f"nothing matches {text!r}")

        return Source(text, place, lambda: self._filtered(entries()))

    async def _filtered(self, entries: AsyncGenerator[Entry, None]) -> AsyncGenerator[Entry, None]:
        async with aclosing(entries):
            async for entry in entries:
                # A folder that could not be looked into may have what is wanted.
                if (entry.path.endswith("/") and entry.fault is not None) or self._filters.take(entry.path):
                    yield entry


async def _one(entry: Entry) -> AsyncGenerator[Entry, None]:
    yield entry


def _check_name(text: str) -> None:
    """Raise ``ValueError`` for no name at all, which would be the current folder: a variable of a shell was not set."""
    if not text:
        raise ValueError("a source or target is empty: write '.' for the current folder")


def target_of(text: str, sources: list[Source]) -> tuple[Place, str | None]:
    """Where sources go, and the path that a single one gets there, ``None`` for each its own.

    As with ``cp``: a target that is a folder, or ends in ``/``, takes sources under their own names. Raises ``ValueError``
    for several sources and a target that is none, ``NotADirectoryError`` where there is a file instead.
    """
    _check_name(text)
    found = address(text)
    is_many = len(sources) > 1 or sources[0].single is None
    if found is not None:
        if len(sources) > 1 and found.key and not found.key.endswith("/"):
            raise ValueError(
                f"{text!r} is one object, for {len(sources)} sources: end it with '/' for a prefix"
            )
        if is_many or not found.key or found.key.endswith("/"):
            key = found.key
            return Prefix(found.bucket, f"{key}/" if key and not key.endswith("/") else key), None
        parent, slash, name = found.key.rpartition("/")
        return Prefix(found.bucket, parent + slash), name
    path = os.path.abspath(text)
    says_folder = text.endswith(("/", os.sep)) or os.path.isdir(path)
    if is_many and len(sources) > 1 and not says_folder:
        raise ValueError(
            f"{text!r} is no folder, for {len(sources)} sources: end it with '/' to have it made"
        )
    if is_many or says_folder:
        if os.path.lexists(path) and not os.path.isdir(path):
            raise NotADirectoryError(f"the target is no folder: {text}")
        return Folder(path), None
    return Folder(os.path.dirname(path)), os.path.basename(path)
