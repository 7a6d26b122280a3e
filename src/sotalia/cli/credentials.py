"""The command ``sotalia credentials explain``."""

from __future__ import annotations

import click

from sotalia.cli import exit_codes
from sotalia.cli.group import Command, Group
from sotalia.cli.output import print_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.cli.options import Settings

_EXAMPLE = "sotalia credentials explain --profile dev"

command = Group("credentials", help="Where credentials come from.", examples=_EXAMPLE)


@command.command("explain", cls=Command, examples=_EXAMPLE)
@click.option(
    "--no-fetch", is_flag=True, help="do not fetch keys of a role, so that no MFA code is asked for"
)
def explain(settings: Settings, no_fetch: bool) -> int:
    """Show which source was asked, why it was passed over, and which one won. No secret is shown.

    Exit code: 0 for usable credentials, 1 for none.
    """
    explanation = settings.session().explain_credentials(fetch=not no_fetch)
    if settings.json:
        from sotalia.credentials.report import as_dict

        print_json(as_dict(explanation), indent=2)
    else:
        print(explanation)
    return exit_codes.OK if explanation.is_usable else exit_codes.FAILED
