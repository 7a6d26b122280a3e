"""What a folder, and what a prefix of a bucket holds, entry by entry in the order of S3.

S3 lists keys by their UTF-8 bytes, which is the order of Python's texts. A folder is walked in the same order: among
``a-b``, ``a`` with ``b`` in it, and ``a0``, the path ``a/b`` is the second, since ``/`` stands between ``-`` and ``0``. So
two sides can be compared entry by entry, and nothing is held but one page of keys, and the names in the folders on the way
to the current one.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import aclosing
from dataclasses import dataclass
from itertools import islice

from sotalia.s3.addresses import is_alias

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.runtime import Runtime

    Identity = tuple[int, int]

# Files looked at in one visit to a thread: such a visit costs about as much as looking at twenty.
_AT_ONCE = 256
_MAYBE_ENCODED = re.compile("%[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or an object.

    ``path`` is below the root, with ``/`` between its parts; that of a folder, which is only told of when something is
    wrong with it, ends in ``/`` · ``size`` in bytes · ``modified`` in seconds since the epoch · ``reason`` says why it is
    nothing to be transferred, ``fault`` what went wrong when it was looked at · ``etag`` and ``storage_class`` of objects,
    where S3 says them.
    """

    path: str
    size: int = 0
    modified: float = 0.0
    reason: str = ""
    fault: Exception | None = None
    etag: str = ""
    storage_class: str = ""


class IncompleteListingError(Exception):
    """A listing of a bucket is not provably whole, so nobody knows what is missing; nothing was deleted."""


async def entries_of_prefix(
    client: BaseClient, bucket: str, prefix: str, arguments: dict[str, Any]
) -> AsyncGenerator[Entry, None]:
    """The objects whose keys begin with ``prefix``, page by page. Raises ``IncompleteListingError``."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, **arguments)
    tokens: set[str] = set()
    async with aclosing(_each(pages)) as each:
        is_over = False
        async for page in each:
            fault = _fault(page, bucket, prefix, tokens)
            if fault:
                raise IncompleteListingError(
                    f"the listing of s3://{bucket}/{prefix} {fault}: what S3 did not list would be taken for missing; "
                    "nothing was deleted; try again"
                )
            is_over = not page.get("IsTruncated")
            for item in page.get("Contents", ()):
                yield Entry(
                    item["Key"][len(prefix) :],
                    item["Size"],
                    item["LastModified"].timestamp(),
                    etag=item.get("ETag", ""),
                    storage_class=item.get("StorageClass", ""),
                )
        if not is_over:
            raise IncompleteListingError(f"the listing of s3://{bucket}/{prefix} ends before its last page")


def _fault(page: dict[str, Any], bucket: str, prefix: str, tokens: set[str]) -> str:
    """What shows that a page is not what was asked for, or not all of it; empty for a good one. Adds to ``tokens``."""
    return _fault_of_page(page, tokens) or _fault_of_names(page, bucket, prefix)


def _fault_of_page(page: dict[str, Any], tokens: set[str]) -> str:
    contents = page.get("Contents", [])
    # Of a page that a handler gave in S3's place, its own word counts.
    if "IsTruncated" not in page and "HTTPStatusCode" in page.get("ResponseMetadata", {}):
        return "does not say whether it goes on (IsTruncated)"
    if page.get("IsTruncated"):
        token = page.get("NextContinuationToken")
        if not token:
            return "goes on, but has no NextContinuationToken"
        if token in tokens:
            return "goes in circles: it gave the same NextContinuationToken twice"
        tokens.add(token)
    if page.get("KeyCount", len(contents)) != len(contents):
        return f"has {len(contents)} keys in a page, but says that there are {page['KeyCount']} (KeyCount)"
    if page.get("CommonPrefixes"):
        return "has groups of keys (CommonPrefixes) that nobody asked for"
    for item in contents:
        if not {"Key", "Size", "LastModified"} <= item.keys():
            return f"has an object without name, size or date: {sorted(item)}"
    return ""


def _fault_of_names(page: dict[str, Any], bucket: str, prefix: str) -> str:
    from urllib.parse import unquote_plus

    # Some servers leave the prefix as it is, though they say that names are encoded.
    if page.get("Prefix", prefix) not in (prefix, unquote_plus(prefix)):
        return f"is of another prefix, {page['Prefix']!r}"
    # Access points have names, aliases and ARNs of their own, and answer with the bucket's.
    if page.get("Name", bucket) != bucket and not is_alias(bucket):
        return f"is of another bucket, {page['Name']!r}"
    for item in page.get("Contents", ()):
        key = item["Key"]
        if not key.startswith(prefix):
            return f"has the key {key!r} of another prefix"
        if page.get("EncodingType") != "url" and _MAYBE_ENCODED.search(key):
            return f"does not say whether the key {key!r} is encoded (EncodingType)"
    return ""


async def _each(pages: Any) -> AsyncGenerator[dict[str, Any], None]:
    """The pages of a listing sync or async."""
    if hasattr(pages, "__aiter__"):
        async with aclosing(aiter(pages)) as asynchronous:
            async for page in asynchronous:
                yield page
    else:
        for page in pages:
            yield page


async def entries_of_folder(
    runtime: Runtime, root: str, prune: Callable[[str], bool], *, is_source: bool
) -> AsyncGenerator[Entry, None]:
    """What :func:`walk` finds, looked for in a thread on an async client."""
    walked = walk(root, prune, is_source=is_source)
    while found := await runtime.offload(lambda: list(islice(walked, _AT_ONCE))):
        for entry in found:
            yield entry


def walk(root: str, prune: Callable[[str], bool], *, is_source: bool) -> Iterator[Entry]:
    """The files below a folder; those folders are not entered for whose path ``prune`` says so.

    Links to files count as the files. Links to folders are followed in a source, unless one leads to a folder that it is
    in. They are not in a target: what they lead to is outside, and nothing may be written or deleted there.

    Raises ``OSError`` when the root cannot be read; what cannot be read below is an entry that says so.
    """
    above: list[Identity] = [_identity(root)]
    open_folders = [("", iter(_names(root)))]
    while open_folders:
        folder, names = open_folders[-1]
        name = next(names, None)
        if name is None:
            open_folders.pop()
            above.pop()
            continue
        path = folder + name
        if not name.endswith("/"):
            yield file_entry(root, path)
        elif not prune(path):
            refused = _refused(root, path, above, is_source)
            if refused is not None:
                yield refused
                continue
            try:
                inside = _names(os.path.join(root, path))
                above.append(_identity(os.path.join(root, path)))
            except OSError as error:
                yield Entry(path, fault=error)
            else:
                open_folders.append((path, iter(inside)))


def _names(folder: str) -> list[str]:
    """The names in a folder, those of folders with ``/`` at the end, in order."""
    with os.scandir(folder) as found:
        return sorted(f"{entry.name}/" if _is_folder(entry) else entry.name for entry in found)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # A link that leads to itself, say: looking at it as a file tells what it is.
        return False


def _refused(root: str, path: str, above: list[Identity], is_source: bool) -> Entry | None:
    """What to say of a folder that is not entered; ``None`` when it is."""
    name = os.path.join(root, path)
    try:
        _check_text(path)
        if is_source:
            reason = "a link to a folder that it is in" if _identity(name) in above else ""
        else:
            is_link = os.path.islink(name.rstrip("/"))
            reason = "a link to a folder: nothing is written or deleted where it leads" if is_link else ""
    except (OSError, ValueError) as error:
        return Entry(path, fault=error)
    return Entry(path, reason=reason) if reason else None


def file_entry(root: str, path: str) -> Entry:
    """What there is to say of one file below a folder."""
    name = os.path.join(root, path)
    try:
        _check_text(path)
        found = os.stat(name)
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError) and os.path.islink(name):
            return Entry(path, reason="a link that leads nowhere")
        return Entry(path, fault=error)
    if not stat.S_ISREG(found.st_mode):
        return Entry(path, reason="neither a file nor a folder (a pipe, socket or device)")
    return Entry(path, found.st_size, found.st_mtime)


def _check_text(path: str) -> None:
    """Raise ``ValueError`` for a name that no key can have."""
    try:
        path.encode()
    except UnicodeEncodeError:
        raise ValueError("the name is no valid UTF-8, as keys must be: rename it") from None


def _identity(folder: str) -> Identity:
    found = os.stat(folder)
    return found.st_dev, found.st_ino
