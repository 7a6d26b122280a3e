"""The command ``sotalia credentials explain``."""

from __future__ import annotations

import click

from sotalia.cli import exit_codes
from sotalia.cli.group import Command, Group
from sotalia.cli.output import print_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.cli.options import Settings

_EXAMPLES = """
sotalia credentials explain
sotalia credentials explain --profile dev --all
"""
# How a line looks, by what it begins with.
_STYLES: dict[str, dict[str, Any]] = {
    "=>": {"fg": "green", "bold": True},
    "!!": {"fg": "red", "bold": True},
    "Credentials": {"fg": "green", "bold": True},
    "No credentials": {"fg": "red", "bold": True},
    "Failed": {"fg": "red", "bold": True},
    "Note": {"fg": "yellow"},
    "  ": {"dim": True},
}

command = Group("credentials", help="Where credentials come from.", examples=_EXAMPLES)


@command.command("explain", cls=Command, examples=_EXAMPLES)
@click.option(
    "--all", "is_all", is_flag=True, help="also sources that were not asked, as one before them won"
)
@click.option(
    "--no-fetch", is_flag=True, help="do not fetch keys of a role, so that no MFA code is asked for"
)
def explain(settings: Settings, is_all: bool, no_fetch: bool) -> int:
    """Show which source of credentials won, which was asked, and why it was passed over. No secret is shown.

    Exit code: 0 for usable credentials, 1 for none.
    """
    explanation = settings.session().explain_credentials(fetch=not no_fetch)
    if settings.json:
        from sotalia.credentials.report import as_dict

        print_json(as_dict(explanation), indent=2)
    elif not settings.quiet:
        from sotalia.credentials.report import as_text

        for line in as_text(explanation, everything=is_all).splitlines():
            styles = [style for start, style in _STYLES.items() if line.startswith(start)]
            click.echo(click.style(line, **styles[0]) if styles else line)
    return exit_codes.OK if explanation.is_usable else exit_codes.FAILED
