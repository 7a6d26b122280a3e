"""The commands ``sotalia ls`` and ``sotalia du``."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from sotalia.cli import exit_codes
from sotalia.cli.group import command
from sotalia.cli.output import print_json, printable, say
from sotalia.cli.places import complete
from sotalia.cli.s3_options import literal_option, payer_option
from sotalia.cli.sizes import human_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from sotalia.cli.options import Settings
    from sotalia.clients.base import BaseClient
    from sotalia.s3.addresses import Address
    from sotalia.s3.sync.listing import Entry

_LS_EXAMPLES = """
sotalia ls
sotalia ls s3://bucket/logs/ --human-readable
sotalia ls 's3://bucket/logs/2026-*/x*.gz' --json
"""
_DU_EXAMPLES = """
sotalia du s3://bucket/logs/
sotalia du s3://bucket --depth 1
"""


@command("ls", examples=_LS_EXAMPLES)
@click.argument("place", required=False, metavar="[S3_PLACE]", shell_complete=complete)
@click.option("--recursive", "-r", is_flag=True, help="all keys, not only up to the next /")
@click.option("--human-readable", is_flag=True, help="sizes as KiB, MiB, GiB")
@click.option("--summarize", is_flag=True, help="the number of objects and their size, at the end")
@literal_option
@payer_option
def ls(settings: Settings, place: str | None, **options: Any) -> int:
    """List your buckets, or the keys that begin with s3://bucket/prefix, or match a pattern.

    Exit code 1 if a prefix or pattern was given and nothing is there: with --quiet that is all that is told.
    """
    from sotalia.s3.bulk.listing import children, in_turn, objects
    from sotalia.s3.globs import Glob

    with settings.client("s3") as s3:
        if place is None or place == "s3://":
            _list_buckets(s3, settings)
            return exit_codes.OK
        where = _address(place)
        glob = Glob(where.key)
        is_flat = options["recursive"] or not (options["literal"] or glob.is_literal)
        if is_flat:
            listed = in_turn(objects(s3, where, literal=options["literal"], **_payer(options)))
            rows: Iterable[tuple[str, Entry | None]] = ((entry.path, entry) for entry in listed)
        else:
            prefix = where.key if options["literal"] else glob.prefix
            where = type(where)(where.bucket, prefix)
            rows = in_turn(children(s3, where, **_payer(options)))
        printing = _Printing(settings, is_flat=is_flat, is_human=options["human_readable"])
        for key, entry in rows:
            printing.row(key, entry, where.key)
    if options["summarize"]:
        printing.sum_up()
    if printing.is_empty and where.key:
        if not settings.quiet:
            say(f"sotalia ls: nothing is in {place}")
        return exit_codes.FAILED
    return exit_codes.OK


class _Printing:
    """Prints rows, and counts them."""

    def __init__(self, settings: Settings, *, is_flat: bool, is_human: bool) -> None:
        self._settings = settings
        self._is_flat = is_flat
        self._is_human = is_human
        self._count = self._bytes = 0
        self.is_empty = True

    def row(self, key: str, entry: Entry | None, prefix: str) -> None:
        """One object, or one prefix for no ``entry``."""
        self.is_empty = False
        if entry is not None:
            self._count += 1
            self._bytes += entry.size
        if self._settings.quiet:
            return
        if self._settings.json:
            print_json({"prefix": key} if entry is None else _as_dict(key, entry))
            return
        # As aws-cli: names in one folder, whole keys in a flat list.
        name = printable(key if self._is_flat else key[prefix.rfind("/") + 1 :])
        if entry is None:
            print(f"{'PRE':>30} {name}")
        else:
            size = human_size(entry.size) if self._is_human else str(entry.size)
            print(f"{datetime.fromtimestamp(entry.modified):%Y-%m-%d %H:%M:%S} {size:>10} {name}")

    def sum_up(self) -> None:
        """The last line."""
        if self._settings.json:
            print_json({"objects": self._count, "bytes": self._bytes})
            return
        size = human_size(self._bytes) if self._is_human else f"{self._bytes} bytes"
        print(f"\n{self._count} objects, {size}")


def _list_buckets(s3: BaseClient, settings: Settings) -> None:
    for page in s3.get_paginator("list_buckets").paginate():
        for bucket in page.get("Buckets", ()):
            created = bucket["CreationDate"]
            if settings.json:
                print_json({"bucket": bucket["Name"], "created": created.isoformat()})
            else:
                print(f"{created.astimezone():%Y-%m-%d %H:%M:%S} {printable(bucket['Name'])}")


def _as_dict(key: str, entry: Entry) -> dict[str, Any]:
    return {
        "key": key,
        "size": entry.size,
        "last_modified": datetime.fromtimestamp(entry.modified, UTC).isoformat(),
        "etag": entry.etag.strip('"'),
        "storage_class": entry.storage_class or "STANDARD",
    }


def _address(place: str) -> Address:
    from sotalia.s3.addresses import address

    found = address(place)
    if found is None:
        raise click.UsageError(f"{place!r} is not in S3: write 's3://{place}' for a bucket")
    return found


def _payer(options: dict[str, Any]) -> dict[str, Any]:
    return {"RequestPayer": "requester"} if options["request_payer"] else {}


@command("du", examples=_DU_EXAMPLES)
@click.argument("places", nargs=-1, required=True, metavar="S3_PLACE...", shell_complete=complete)
@click.option(
    "--depth",
    type=click.IntRange(0, 100),
    default=0,
    metavar="NUMBER",
    help="also for each prefix, so many levels down",
)
@click.option("--bytes", "is_exact", is_flag=True, help="sizes in bytes")
@literal_option
@payer_option
def du(settings: Settings, places: tuple[str, ...], **options: Any) -> None:
    """Add up the sizes of objects, with their number: all that begins with s3://bucket/prefix, or matches a pattern."""
    from sotalia.s3.bulk.listing import in_turn, objects

    with settings.client("s3") as s3:
        for place in places:
            where = _address(place)
            sums: dict[str, tuple[int, int]] = {}
            for entry in in_turn(objects(s3, where, literal=options["literal"], **_payer(options))):
                for name in _prefixes(entry.path, where.key, options["depth"]):
                    count, size = sums.get(name, (0, 0))
                    sums[name] = (count + 1, size + entry.size)
            total = sums.pop("", (0, 0))
            for name, (count, size) in sums.items():
                _print_sum(settings, f"s3://{where.bucket}/{name}", count, size, is_exact=options["is_exact"])
            _print_sum(settings, place, *total, is_exact=options["is_exact"])


def _prefixes(key: str, prefix: str, depth: int) -> Iterable[str]:
    """The prefixes that a key counts for: ``""`` for all, and those below ``prefix`` up to ``depth`` levels down."""
    yield ""
    end = prefix.rfind("/")
    for _ in range(depth):
        end = key.find("/", end + 1)
        if end < 0:
            return
        yield key[: end + 1]


def _print_sum(settings: Settings, place: str, count: int, size: int, *, is_exact: bool) -> None:
    if settings.json:
        print_json({"place": place, "objects": count, "bytes": size})
    else:
        print(f"{size if is_exact else human_size(size):>12} {count:>10} objects  {printable(place)}")
