"""The command ``sotalia rm``."""

from __future__ import annotations

import click

from sotalia.cli.group import command as make_command
from sotalia.cli.places import complete
from sotalia.cli.progress import Display
from sotalia.cli.s3_options import (
    FilteringCommand,
    concurrency_option,
    dry_run_option,
    filter_options,
    filters_of,
    literal_option,
    object_arguments,
    payer_option,
    progress_option,
    recursive_option,
    s3_client,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.cli.options import Settings

_EXAMPLES = """
sotalia rm s3://bucket/old.txt
sotalia rm 's3://bucket/logs/2025-*/*.gz' --dryrun
sotalia rm --recursive s3://bucket/tmp/
"""


@make_command("rm", cls=FilteringCommand, examples=_EXAMPLES)
@click.argument("places", nargs=-1, required=True, metavar="S3_PLACE...", shell_complete=complete)
@recursive_option
@filter_options
@dry_run_option
@literal_option
@payer_option
@concurrency_option
@progress_option
def command(settings: Settings, places: tuple[str, ...], **options: Any) -> int:
    """Delete objects: keys, patterns of keys, or with --recursive all below a prefix. Files of this machine are left alone."""
    from sotalia.s3.bulk import delete

    filters = filters_of(options.pop("rules"))
    concurrency: int = options.pop("concurrency")
    extra = object_arguments(options, is_written_to_s3=True, is_copy=False)
    display = Display("rm", settings, dry_run=options["dry_run"], no_progress=options.pop("no_progress"))
    with s3_client(settings, concurrency) as s3:
        with display.shown() as show:
            report = delete(
                s3,
                list(places),
                filters=filters,
                extra_args=extra,
                progress=show,
                workers=concurrency,
                **options,
            )
        return display.finish(report)
