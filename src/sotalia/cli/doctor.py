"""The command ``sotalia doctor``."""

from __future__ import annotations

import click

from sotalia.cli import exit_codes
from sotalia.cli.group import command as make_command
from sotalia.cli.output import print_json, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.cli.options import Settings

_STYLES = {"ok": "green", "note": "blue", "warning": "yellow", "error": "red"}


@make_command("doctor", examples="sotalia doctor\nsotalia doctor --offline --json")
@click.option("--offline", is_flag=True, help="send nothing: no look at the clock, nor at who you are")
def command(settings: Settings, offline: bool) -> int:
    """Look for what keeps calls from working: versions, settings, credentials, the clock, the way to AWS, caches, extensions.

    Keys are not shown. Exit code: 0, or 1 when something is an error.
    """
    from sotalia.cli.checks import examine

    worst = exit_codes.OK
    for check in examine(settings, offline=offline):
        if check.outcome == "error":
            worst = exit_codes.FAILED
        if settings.json:
            print_json({"subject": check.subject, "outcome": check.outcome, "text": check.text})
        elif not settings.quiet or check.outcome in ("warning", "error"):
            mark = click.style(
                check.outcome.ljust(7), fg=_STYLES[check.outcome], bold=check.outcome == "error"
            )
            click.echo(f"{mark}  {check.subject.ljust(17)}  {printable(check.text)}")
    return worst
