"""Listings as a person asks for them: what begins with a text, folder by folder or all of it, or what a pattern matches."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace

from sotalia.runtime import drive, resolved
from sotalia.s3.globs import Glob
from sotalia.s3.sync.listing import Entry, entries_of_prefix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.s3.addresses import Address


async def objects(
    client: BaseClient, where: Address, *, literal: bool = False, **arguments: Any
) -> AsyncGenerator[Entry, None]:
    """The objects whose keys begin with the address's key, or match it if it is a pattern. Paths are whole keys."""
    glob = Glob(where.key)
    is_pattern = not literal and not glob.is_literal
    prefix = where.key if literal else glob.prefix
    listed = entries_of_prefix(client, where.bucket, prefix, arguments)
    async with aclosing(listed):
        async for entry in listed:
            key = prefix + entry.path
            if not is_pattern or glob.matches(key):
                yield replace(entry, path=key)


async def children(
    client: BaseClient, where: Address, **arguments: Any
) -> AsyncGenerator[tuple[str, Entry | None], None]:
    """What begins with the address's key, up to the next ``/``: keys with their objects, and prefixes with ``None``."""
    more: dict[str, Any] = {}
    while True:
        page = await resolved(
            client.list_objects_v2(Bucket=where.bucket, Prefix=where.key, Delimiter="/", **arguments, **more)
        )
        for found in page.get("CommonPrefixes", ()):
            yield found["Prefix"], None
        for item in page.get("Contents", ()):
            yield (
                item["Key"],
                Entry(
                    item["Key"],
                    item["Size"],
                    item["LastModified"].timestamp(),
                    etag=item.get("ETag", ""),
                    storage_class=item.get("StorageClass", ""),
                ),
            )
        token = page.get("NextContinuationToken")
        if not page.get("IsTruncated") or not token or token == more.get("ContinuationToken"):
            return
        more = {"ContinuationToken": token}


def in_turn(entries: AsyncGenerator[Any, None]) -> Iterator[Any]:
    """What a listing of a sync client gives, in a plain loop."""

    async def following() -> Any:
        return await anext(entries, None)

    async def close() -> None:
        await entries.aclose()

    try:
        while (entry := drive(following())) is not None:
            yield entry
    finally:
        drive(close())
