"""The command ``sotalia presign``."""

from __future__ import annotations

import click

from sotalia.cli.group import command as make_command
from sotalia.cli.output import print_json
from sotalia.cli.places import complete

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.cli.options import Settings

# What SigV4 allows.
_LONGEST_SECONDS = 7 * 24 * 3600
_EXAMPLES = """
sotalia presign s3://bucket/report.pdf --expires-in 600
curl -T report.pdf "$(sotalia presign --method put s3://bucket/report.pdf)"
"""


@make_command("presign", examples=_EXAMPLES)
@click.argument("place", metavar="S3_PLACE", shell_complete=complete)
@click.option(
    "--expires-in",
    type=click.IntRange(1, _LONGEST_SECONDS),
    default=3600,
    metavar="SECONDS",
    help="for how long it is good (default: 3600, at most 604800)",
)
@click.option(
    "--method", type=click.Choice(["get", "put", "head", "delete"]), default="get", help="what it is good for"
)
def command(settings: Settings, place: str, expires_in: int, method: str) -> None:
    """Print a URL by which whoever has it can read an object, or write it, without credentials. Nothing is sent."""
    from sotalia.s3.addresses import address

    found = address(place)
    if found is None or not found.key:
        raise click.UsageError(f"{place!r} is no object: write 's3://bucket/key'")
    # Never the old signature, which some regions and encrypted objects do not take.
    with settings.client("s3", signature_version="s3v4") as s3:
        client: Any = s3
        url: str = client.generate_presigned_url(
            f"{method}_object", Params={"Bucket": found.bucket, "Key": found.key}, ExpiresIn=expires_in
        )
    if settings.json:
        print_json({"url": url, "method": method.upper(), "expires_in": expires_in})
    else:
        print(url)
