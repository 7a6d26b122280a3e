"""The commands ``sotalia mb`` and ``sotalia rb``."""

from __future__ import annotations

import click

from sotalia.cli import exit_codes
from sotalia.cli.group import command
from sotalia.cli.output import print_json
from sotalia.cli.places import complete

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.cli.options import Settings


@command("mb", examples="sotalia mb s3://new-bucket --region eu-west-1")
@click.argument("place", metavar="S3_BUCKET", shell_complete=complete)
def mb(settings: Settings, place: str) -> None:
    """Make a bucket, in the region that is configured."""
    with settings.client("s3") as s3:
        client: Any = s3
        region = client.meta.region_name
        # The region without a name of its own in this call: see CreateBucket.
        where = {} if region in ("us-east-1", "aws-global") else {"LocationConstraint": region}
        more = {"CreateBucketConfiguration": where} if where else {}
        client.create_bucket(Bucket=_bucket(place), **more)
    _tell(settings, "made", place)


@command("rb", examples="sotalia rb s3://old-bucket --force")
@click.argument("place", metavar="S3_BUCKET", shell_complete=complete)
@click.option(
    "--force", is_flag=True, help="delete all objects in it first; versions and uploads stay, and prevent it"
)
def rb(settings: Settings, place: str, force: bool) -> int:
    """Remove a bucket, which must be empty."""
    bucket = _bucket(place)
    with settings.client("s3") as s3:
        client: Any = s3
        if force:
            from sotalia.cli.progress import Display
            from sotalia.s3.bulk import delete

            display = Display("rb", settings, dry_run=False)
            with display.shown() as show:
                report = delete(s3, f"s3://{bucket}/", recursive=True, progress=show)
            if display.finish(report) != exit_codes.OK:
                return exit_codes.FAILED
        client.delete_bucket(Bucket=bucket)
    _tell(settings, "removed", place)
    return exit_codes.OK


def _tell(settings: Settings, done: str, place: str) -> None:
    if settings.json:
        print_json({"status": "done", "action": done, "target": f"s3://{_bucket(place)}"})
    elif not settings.quiet:
        print(f"{done}: s3://{_bucket(place)}")


def _bucket(place: str) -> str:
    from sotalia.s3.addresses import address

    found = address(place)
    if found is None or found.key:
        raise click.UsageError(f"{place!r} is no bucket: write 's3://bucket'")
    return found.bucket
