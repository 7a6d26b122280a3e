"""The commands ``sotalia cp`` and ``sotalia mv``."""

from __future__ import annotations

import click

from sotalia.cli import exit_codes
from sotalia.cli.group import command
from sotalia.cli.places import complete
from sotalia.cli.progress import Display
from sotalia.cli.s3_options import (
    FilteringCommand,
    all_of,
    concurrency_option,
    dry_run_option,
    filter_options,
    filters_of,
    is_pattern,
    literal_option,
    object_arguments,
    object_options,
    payer_option,
    progress_option,
    recursive_option,
    s3_client,
    transfer_config,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.cli.options import Settings

_CP_EXAMPLES = """
sotalia cp report.pdf s3://bucket/reports/
sotalia cp --recursive site s3://bucket/site --exclude '*' --include '*.html'
sotalia cp 's3://bucket/logs/2026-*/x*.gz' logs/
pg_dump db | sotalia cp - s3://bucket/db.sql
"""
_MV_EXAMPLES = """
sotalia mv s3://bucket/inbox/report.pdf s3://bucket/done/
sotalia mv --recursive logs s3://bucket/logs
"""


_options = all_of(
    click.argument("places", nargs=-1, required=True, metavar="SOURCE... TARGET", shell_complete=complete),
    recursive_option,
    filter_options,
    dry_run_option,
    object_options,
    literal_option,
    payer_option,
    concurrency_option,
    progress_option,
)


@command("cp", cls=FilteringCommand, examples=_CP_EXAMPLES)
@_options
@click.option(
    "--expected-size",
    type=click.IntRange(1),
    metavar="BYTES",
    help="of stdin, if it has more than 80 GB, so that 10,000 parts are enough",
)
def cp(settings: Settings, places: tuple[str, ...], **options: Any) -> int:
    """Copy files and objects: to S3, from S3, or within S3.

    A place is a path, s3://bucket/key, or - for stdin or stdout. In keys, * and ? stand for characters other than /, and **
    for any; quote them. A target that ends in / takes the sources under their own names.
    """
    sources, target = _ends(places)
    if "-" in (*sources, target):
        return _stream(settings, sources, target, options)
    del options["expected_size"]
    return _transfer("cp", settings, sources, target, options)


@command("mv", cls=FilteringCommand, examples=_MV_EXAMPLES)
@_options
def mv(settings: Settings, places: tuple[str, ...], **options: Any) -> int:
    """Move files and objects: copy each as cp does, then delete it, if it is still what was copied."""
    sources, target = _ends(places)
    if "-" in (*sources, target):
        raise click.UsageError("- is for cp: a stream cannot be moved (write './-' for a file of this name)")
    return _transfer("mv", settings, sources, target, options)


def _ends(places: tuple[str, ...]) -> tuple[list[str], str]:
    if len(places) < 2:
        raise click.UsageError("Missing argument 'TARGET'")
    return list(places[:-1]), places[-1]


def _transfer(name: str, settings: Settings, sources: list[str], target: str, options: dict[str, Any]) -> int:
    from sotalia.s3.bulk import transfer

    filters = filters_of(options.pop("rules"))
    concurrency: int = options.pop("concurrency")
    is_to_s3 = target.startswith("s3:")
    is_copy = is_to_s3 and sources[0].startswith("s3:")
    extra = object_arguments(options, is_written_to_s3=is_to_s3, is_copy=is_copy)
    display = Display(
        name,
        settings,
        dry_run=options["dry_run"],
        no_progress=options.pop("no_progress"),
        verb="move" if name == "mv" else "",
    )
    is_single = len(sources) == 1 and not options["recursive"] and not is_pattern(sources[0], options)
    with s3_client(settings, concurrency) as s3:
        with display.shown() as show:
            report = transfer(
                s3,
                sources,
                target,
                move=name == "mv",
                filters=filters,
                extra_args=extra,
                config=transfer_config(concurrency, is_single=is_single),
                progress=show,
                # A single one is done by the thread that Ctrl-C reaches at once.
                workers=1 if is_single else concurrency,
                **options,
            )
        return display.finish(report)


def _stream(settings: Settings, sources: list[str], target: str, options: dict[str, Any]) -> int:
    """From stdin, or to stdout."""
    import sys

    from sotalia.s3.addresses import address

    if options["recursive"] or options["dry_run"] or len(sources) > 1:
        raise click.UsageError("- stands for one stream: one source, without --recursive and --dryrun")
    found = address(sources[0] if target == "-" else target)
    if found is None:
        raise click.UsageError("- is for stdin or stdout: the other place must be 's3://bucket/key'")
    concurrency: int = options["concurrency"]
    config = transfer_config(concurrency, is_single=True)
    with s3_client(settings, concurrency) as s3:
        if target == "-":
            from sotalia.s3.bulk.reading import read

            extra = object_arguments(options, is_written_to_s3=False, is_copy=False)
            read(s3, sources, sys.stdout.buffer, literal=options["literal"], extra_args=extra, config=config)
            return exit_codes.OK
        if not found.key or found.key.endswith("/"):
            raise click.UsageError(f"stdin has no name: name the object, {target.rstrip('/')}/NAME")
        extra = object_arguments(options, is_written_to_s3=True, is_copy=False)
        from sotalia.cli.streams import interruptible
        from sotalia.s3.parts import part_size

        if options["expected_size"]:
            config.multipart_chunksize = part_size(config.multipart_chunksize, options["expected_size"])
        client: Any = s3
        with interruptible(sys.stdin.buffer) as file:
            client.upload_fileobj(file, found.bucket, found.key, extra, None, config)
        return exit_codes.OK
