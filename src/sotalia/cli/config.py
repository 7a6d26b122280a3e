"""The command ``sotalia config explain``."""

from __future__ import annotations

import click

from sotalia.cli import exit_codes
from sotalia.cli.group import Command, Group
from sotalia.cli.output import print_json, printable
from sotalia.runtime.spelling import closest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.cli.options import Settings
    from sotalia.config.report import ConfigReport

_EXAMPLES = """
sotalia config explain
sotalia config explain retry_mode region
sotalia config explain --profile dev --all
"""

command = Group("config", help="What is configured, and where.", examples=_EXAMPLES)


@command.command("explain", cls=Command, examples=_EXAMPLES)
@click.argument("names", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="also settings that nobody has set, with their defaults")
def explain(settings: Settings, names: tuple[str, ...], is_all: bool) -> int:
    """Show each setting, its value and where it is set, and what in the files and the environment nobody reads.

    Secrets are not shown. Exit code: 0, or 1 when something is probably meant otherwise, such as a misspelt key.
    """
    from sotalia.config.report import explain as report_on

    report = report_on(settings.core())
    _check_names(names, report)
    if settings.json:
        from dataclasses import asdict

        print_json(asdict(report), indent=2)
    else:
        _print(report, names, is_all=is_all or bool(names), quiet=settings.quiet)
    return exit_codes.FAILED if report.has_mistakes else exit_codes.OK


def _check_names(names: tuple[str, ...], report: ConfigReport) -> None:
    known = [setting.name for setting in report.settings]
    for name in names:
        if known and name not in known:
            close = closest(name, known)
            hint = f": did you mean {close!r}?" if close else "; 'sotalia config explain --all' lists all"
            raise click.UsageError(f"there is no setting {name!r}{hint}", click.get_current_context())


def _print(report: ConfigReport, names: tuple[str, ...], *, is_all: bool, quiet: bool) -> None:
    """First what is wrong: it is what people look for."""
    for finding in report.findings:
        if finding.is_mistake:
            click.echo(
                f"{click.style('!!', fg='red', bold=True)} {printable(f'{finding.where}: {finding.what}')}"
            )
    if quiet:
        return
    if report.has_mistakes:
        click.echo()
    shown = [
        setting
        for setting in report.settings
        if (setting.name in names if names else is_all or not setting.is_default)
    ]
    rows = [(one.name, "-" if one.value is None else one.value, one.where) for one in shown]
    widths = [max((len(printable(row[column])) for row in rows), default=0) for column in (0, 1)]
    click.echo(f"Profile: {printable(report.profile)}")
    for path, exists in report.files:
        click.echo(f"File: {printable(path)}{'' if exists else ' (not there)'}")
    if rows:
        click.echo()
    for name, value, where in rows:
        name, value = printable(name).ljust(widths[0]), printable(value).ljust(min(widths[1], 60))
        click.echo(f"{click.style(name, bold=True)}  {value}  {click.style(printable(where), dim=True)}")
    unused = [finding for finding in report.findings if not finding.is_mistake]
    if unused and not names:
        click.echo("\nNot read by sotalia:")
        for finding in unused:
            click.echo(f"  {printable(f'{finding.where}: {finding.what}')}")
