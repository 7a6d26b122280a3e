"""The command ``sotalia credentials explain``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any


def add_command(commands: Any) -> None:
    """Add ``sotalia credentials explain`` to the command line."""
    credentials = commands.add_parser("credentials", help="where credentials come from")
    actions = credentials.add_subparsers(dest="action", required=True, metavar="ACTION")
    explain = actions.add_parser(
        "explain", help="which source was asked, why it was passed over, which one won; never a secret"
    )
    explain.add_argument("--profile", help="the profile to look at (default: as the environment says)")
    explain.add_argument("--region", help="where STS is asked (default: as configured)")
    explain.add_argument("--json", action="store_true", help="print JSON")
    explain.add_argument(
        "--no-fetch",
        action="store_true",
        help="do not fetch keys of a role, so that no MFA code is asked for",
    )
    explain.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the explanation: 0 for usable credentials, 1 for none."""
    from sotalia.session import Session

    session = Session(profile_name=options.profile, region_name=options.region)
    explanation = session.explain_credentials(fetch=not options.no_fetch)
    if options.json:
        import json

        from sotalia.credentials.report import as_dict

        print(json.dumps(as_dict(explanation), indent=2))
    else:
        print(explanation)
    return 0 if explanation.is_usable else 1
