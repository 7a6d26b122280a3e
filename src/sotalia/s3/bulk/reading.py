"""The contents of objects, one after another, into one file: what ``cat`` does."""

from __future__ import annotations

from contextlib import aclosing

from sotalia import exceptions
from sotalia.runtime import groups, resolved
from sotalia.s3.bulk.sources import NothingFoundError, Source, Sources
from sotalia.s3.sync.filters import Filters

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.s3.config import TransferConfig


# What is wrong with a source, rather than with what is written to.
_UNREADABLE = (NothingFoundError, exceptions.ClientError, exceptions.BotoCoreError)


class InOrder:
    """An open file that is written to where it stands, whatever else it can: it may have something already."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        """Write all of it."""
        count: int = self._file.write(data)
        return count


def read(
    client: BaseClient,
    sources: Sequence[str],
    write_to: Any,
    *,
    literal: bool = False,
    extra_args: dict[str, Any] | None = None,
    config: TransferConfig | None = None,
    failed: Callable[[str, Exception], None] | None = None,
) -> Any:
    """Write the objects that the sources stand for into an open binary file. On an async client, a coroutine.

    ``failed``: called with the name of an object and what went wrong with it, so that the next one is read; without it that
    is raised. Bytes of an object that breaks off are in the file already.
    """
    runtime = client.meta.runtime
    reading = _read(client, list(sources), InOrder(write_to), literal, dict(extra_args or {}), config, failed)
    return runtime.run(reading)


async def _read(
    client: BaseClient,
    texts: list[str],
    file: InOrder,
    literal: bool,
    extra: dict[str, Any],
    config: TransferConfig | None,
    failed: Callable[[str, Exception], None] | None,
) -> None:
    looking = Sources(client, Filters(), extra, recursive=False, literal=literal)
    group = groups.begin("transfer", "cat {}", ", ".join(texts))
    for text in texts:
        if not text.startswith("s3:"):
            raise ValueError(f"{text!r} is not in S3: write 's3://bucket/key'")
        try:
            with group.within():
                await _read_source(client, await looking.find(text, look=False), file, extra, config, failed)
        except _UNREADABLE as error:
            if failed is None:
                raise
            failed(text, error)


async def _read_source(
    client: BaseClient,
    source: Source,
    file: InOrder,
    extra: dict[str, Any],
    config: TransferConfig | None,
    failed: Callable[[str, Exception], None] | None,
) -> None:
    place: Any = source.place
    entries = source.entries()
    async with aclosing(entries):
        async for entry in entries:
            key = place.name(entry.path)
            try:
                await resolved(client.download_fileobj(place.bucket, key, file, dict(extra), None, config))
            except OSError:
                raise  # Of the file, so that of all objects.
            except Exception as error:
                if failed is None:
                    raise
                failed(f"s3://{place.bucket}/{key}", error)
