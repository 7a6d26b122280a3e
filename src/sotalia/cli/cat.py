"""The command ``sotalia cat``."""

from __future__ import annotations

import click

from sotalia.cli import exit_codes
from sotalia.cli.failures import describe
from sotalia.cli.group import command as make_command
from sotalia.cli.output import say
from sotalia.cli.places import complete
from sotalia.cli.s3_options import (
    concurrency_option,
    literal_option,
    object_arguments,
    payer_option,
    s3_client,
    transfer_config,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.cli.options import Settings

_EXAMPLES = """
sotalia cat s3://bucket/notes.txt
sotalia cat 's3://bucket/logs/2026-11-*.gz' | zcat | grep ERROR
"""


@make_command("cat", examples=_EXAMPLES)
@click.argument("places", nargs=-1, required=True, metavar="S3_PLACE...", shell_complete=complete)
@literal_option
@payer_option
@concurrency_option
def command(settings: Settings, places: tuple[str, ...], **options: Any) -> int:
    """Write objects to stdout, one after another."""
    import sys

    from sotalia.s3.bulk.reading import read

    concurrency: int = options["concurrency"]
    failures: list[str] = []

    def failed(name: str, error: Exception) -> None:
        failures.append(name)
        sys.stdout.flush()
        say(f"sotalia cat: {name}: {describe(error)}")

    with s3_client(settings, concurrency) as s3:
        read(
            s3,
            places,
            sys.stdout.buffer,
            literal=options["literal"],
            extra_args=object_arguments(options, is_written_to_s3=False, is_copy=False),
            config=transfer_config(concurrency, is_single=True),
            failed=failed,
        )
    return exit_codes.FAILED if failures else exit_codes.OK
