"""The command ``sotalia sync``."""

from __future__ import annotations

import click

from sotalia.cli import exit_codes
from sotalia.cli.failures import describe
from sotalia.cli.group import command as make_command
from sotalia.cli.output import printable, say
from sotalia.cli.places import complete
from sotalia.cli.progress import Display
from sotalia.cli.s3_options import (
    FilteringCommand,
    concurrency_option,
    dry_run_option,
    filter_options,
    filters_of,
    object_arguments,
    object_options,
    payer_option,
    progress_option,
    s3_client,
    transfer_config,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.cli.options import Settings

_EXAMPLES = """
sotalia sync site s3://bucket/site --delete --dryrun
sotalia sync s3://bucket/photos photos --exclude '*' --include '*.jpg'
"""


@make_command("sync", cls=FilteringCommand, examples=_EXAMPLES)
@click.argument("source", shell_complete=complete)
@click.argument("target", shell_complete=complete)
@click.option("--delete", is_flag=True, help="also delete what the source lacks, at the end")
@dry_run_option
@filter_options
@click.option("--size-only", is_flag=True, help="do not compare times")
@click.option("--exact-timestamps", is_flag=True, help="also download over what is newer")
@object_options
@payer_option
@concurrency_option
@progress_option
def command(settings: Settings, source: str, target: str, **options: Any) -> int:
    """Make a folder or s3://bucket/prefix have what another has: what is missing, changed or newer."""
    from sotalia.s3.sync import SyncError, sync

    concurrency: int = options.pop("concurrency")
    is_to_s3 = target.startswith("s3:")
    extra = object_arguments(
        options, is_written_to_s3=is_to_s3, is_copy=is_to_s3 and source.startswith("s3:")
    )
    filters = filters_of(options.pop("rules"))
    display = Display("sync", settings, dry_run=options["dry_run"], no_progress=options.pop("no_progress"))
    with s3_client(settings, concurrency) as s3:
        try:
            with display.shown() as show:
                report = sync(
                    s3,
                    source,
                    target,
                    filters=filters,
                    extra_args=extra,
                    config=transfer_config(concurrency, is_single=False),
                    progress=show,
                    workers=concurrency,
                    **options,
                )
        except SyncError as error:
            display.finish(error.report, sum_up=False)
            say(f"sotalia sync: {describe(error)}")
            return exit_codes.FAILED
    code = display.finish(report, sum_up=False)
    if not settings.quiet and not settings.json:
        print(printable(str(report)))
    return code
