"""Options that several commands for S3 share, and what they make of them."""

from __future__ import annotations

import re

import click

from sotalia.cli.group import Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.cli.options import Settings
    from sotalia.clients.base import BaseClient
    from sotalia.s3.config import TransferConfig
    from sotalia.s3.sync.filters import OrderedFilters

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

#: Requests at once, unless --concurrency says otherwise: as aws-cli.
CONCURRENCY = 10

# What an object is given when it is written: option, argument of S3, help.
_OBJECT_OPTIONS = (
    ("--acl", "ACL", "NAME", "a canned ACL: private, public-read, bucket-owner-full-control ..."),
    ("--sse", "ServerSideEncryption", "NAME", "server-side encryption: AES256, aws:kms, aws:kms:dsse"),
    ("--sse-kms-key-id", "SSEKMSKeyId", "KEY", "the KMS key for it"),
    ("--storage-class", "StorageClass", "NAME", "STANDARD_IA, GLACIER, INTELLIGENT_TIERING ..."),
    ("--content-type", "ContentType", "TYPE", "instead of the one that the name tells"),
    ("--content-encoding", "ContentEncoding", "NAME", "gzip, say"),
    ("--content-disposition", "ContentDisposition", "TEXT", "how browsers save it"),
    ("--cache-control", "CacheControl", "TEXT", "for how long it may be cached: max-age=3600, say"),
)
_ARGUMENTS = {flag[2:].replace("-", "_"): argument for flag, argument, _, _ in _OBJECT_OPTIONS}
# What a copy takes over from its source unless it is told to replace all of it.
_OF_COPIES = {"ContentType", "ContentEncoding", "ContentDisposition", "CacheControl", "Metadata"}


def all_of(*decorators: Callable[[Any], Any]) -> Decorator:
    """Several decorators as one, the first one outermost, so that ``--help`` lists it first."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for one in reversed(decorators):
            function = one(function)
        return function

    return decorate


object_options = all_of(
    *(click.option(flag, metavar=metavar, help=text) for flag, _, metavar, text in _OBJECT_OPTIONS),
    click.option("--metadata", metavar="KEY=VALUE,...", multiple=True, help="metadata of your own"),
)
filter_options = all_of(
    click.option("--exclude", multiple=True, metavar="GLOB", help="not what matches; * matches / too"),
    click.option(
        "--include", multiple=True, metavar="GLOB", help="what matches, after all: the last match wins"
    ),
)
dry_run_option = click.option(
    "--dryrun", "--dry-run", "dry_run", is_flag=True, help="only print what would be done"
)
recursive_option = click.option("--recursive", "-r", is_flag=True, help="all below a folder or prefix")
literal_option = click.option("--no-glob", "literal", is_flag=True, help="take * and ? in keys as they are")
concurrency_option = click.option(
    "--concurrency",
    type=click.IntRange(1, 1000),
    default=CONCURRENCY,
    metavar="NUMBER",
    help=f"requests at once (default: {CONCURRENCY})",
)
progress_option = click.option("--no-progress", is_flag=True, help="no bar on a terminal, only lines")
payer_option = click.option(
    "--request-payer", is_flag=True, help="pay for the requests, of buckets that want it"
)


class FilteringCommand(Command):
    """A command with ``--include`` and ``--exclude``, whose order it keeps: they are values of one parameter, ``rules``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note the order, which click does not tell."""
        takes_value = {
            name
            for parameter in self.params
            if isinstance(parameter, click.Option) and not parameter.is_flag
            for name in parameter.opts
        }
        rules: list[tuple[bool, str]] = []
        rest = iter(args)
        for word in rest:
            if word == "--":
                break
            name, is_joined, value = word.partition("=")
            if name in takes_value:
                value = value if is_joined else next(rest, "")
            if name in ("--include", "--exclude"):
                rules.append((name == "--include", value))
        parsed = super().parse_args(ctx, args)
        for name in ("include", "exclude"):
            ctx.params.pop(name, None)
        ctx.params["rules"] = rules
        return parsed


def filters_of(rules: list[tuple[bool, str]]) -> OrderedFilters:
    """The filters. Raises ``UsageError`` for a glob that can match nothing."""
    from sotalia.s3.sync.filters import OrderedFilters

    try:
        return OrderedFilters(rules)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def object_arguments(options: dict[str, Any], *, is_written_to_s3: bool, is_copy: bool) -> dict[str, Any]:
    """``ExtraArgs`` from the options for objects, which are taken out of ``options``. Raises ``UsageError``."""
    found: dict[str, Any] = {
        argument: options.pop(name) for name, argument in _ARGUMENTS.items() if options.get(name) is not None
    }
    for name in _ARGUMENTS:
        options.pop(name, None)
    if metadata := _metadata(options.pop("metadata", ())):
        found["Metadata"] = metadata
    if "SSEKMSKeyId" in found:
        found.setdefault("ServerSideEncryption", "aws:kms")
    if found and not is_written_to_s3:
        names = {argument: name for name, argument in _ARGUMENTS.items()} | {"Metadata": "metadata"}
        flags = ", ".join(f"--{names[argument].replace('_', '-')}" for argument in found)
        raise click.UsageError(f"{flags}: for what is written to S3, but the target is on this machine")
    if is_copy and _OF_COPIES & found.keys():
        found["MetadataDirective"] = "REPLACE"
    if options.pop("request_payer", False):
        found["RequestPayer"] = "requester"
    return found


def _metadata(given: tuple[str, ...]) -> dict[str, str]:
    """``key=value,key=value``, or a JSON object, as often as it is given. Raises ``UsageError``."""
    found: dict[str, str] = {}
    for text in given:
        if text.lstrip().startswith("{"):
            import json

            try:
                found.update({str(key): str(value) for key, value in json.loads(text).items()})
            except ValueError as error:
                raise click.UsageError(f"--metadata is no JSON: {error}") from None
            continue
        # A comma belongs to a value unless another key=value follows.
        for pair in re.split(r",(?=[^,=]+=)", text):
            key, is_pair, value = pair.partition("=")
            if not is_pair or not key:
                raise click.UsageError(f"--metadata takes key=value,key=value or a JSON object, not {pair!r}")
            found[key.strip()] = value
    return found


def is_pattern(place: str, options: dict[str, Any]) -> bool:
    """Whether a place may stand for several objects."""
    return not options["literal"] and place.startswith("s3:") and ("*" in place or "?" in place)


def s3_client(settings: Settings, concurrency: int) -> BaseClient:
    """A client that keeps as many connections as parts of many files use at once."""
    return settings.client("s3", max_pool_connections=max(concurrency * 4, CONCURRENCY))


def transfer_config(concurrency: int, *, is_single: bool) -> TransferConfig:
    """Parts of one file at once: all requests for a single file; of many, which go side by side themselves, some."""
    from sotalia.s3.config import TransferConfig

    at_once = concurrency if is_single else max(1, concurrency // 3)
    return TransferConfig(max_concurrency=at_once, use_threads=at_once > 1)
