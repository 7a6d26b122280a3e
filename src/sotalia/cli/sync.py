"""The command ``sotalia sync``."""

from __future__ import annotations

import sys
from contextlib import nullcontext

import click

from sotalia.cli import exit_codes
from sotalia.cli.group import command as make_command
from sotalia.cli.output import printable, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import Any

    from sotalia.cli.options import Settings
    from sotalia.s3.sync import SyncProgress, SyncReport

    Show = Callable[[SyncProgress], None]


@make_command("sync", examples="sotalia sync site s3://bucket/site --delete --dryrun")
@click.argument("source")
@click.argument("target")
@click.option("--delete", is_flag=True, help="also delete what the source lacks, at the end")
@click.option("--dry-run", "--dryrun", is_flag=True, help="only list, and print what would be done")
@click.option(
    "--include", multiple=True, metavar="GLOB", help="only what matches one of these; * matches / too"
)
@click.option("--exclude", multiple=True, metavar="GLOB", help="nothing that matches one of these")
@click.option("--size-only", is_flag=True, help="do not compare times")
@click.option("--exact-timestamps", is_flag=True, help="also download over what is newer")
def command(settings: Settings, source: str, target: str, **options: Any) -> int:
    """Make a folder or s3://bucket/prefix have what another has: what is missing, changed or newer."""
    from sotalia.s3.sync import SyncError, sync

    with settings.client("s3") as s3:
        try:
            with _display(options["dry_run"]) as show:
                report = sync(s3, source, target, **options, progress=show)
        except SyncError as error:
            _tell_rest(error.report)
            say(f"sotalia sync: {error}")
            return exit_codes.FAILED
    _tell_rest(report)
    print(printable(str(report)))
    return exit_codes.FAILED if report.failed else exit_codes.OK


def _tell_rest(report: SyncReport) -> None:
    """What no line was printed for."""
    for skipped in report.skipped:
        print(printable(f"skipped: {skipped.path}: {skipped.reason}"), file=sys.stderr)
    for failed in report.failed:
        print(printable(f"failed: {failed.action} {failed.path}: {failed.error}"), file=sys.stderr)


def _display(dry_run: bool) -> AbstractContextManager[Show]:
    """Shows progress: a line for each file, and a bar on a terminal when rich is there."""
    prefix = "(dry run) " if dry_run else ""

    def line(now: SyncProgress) -> str | None:
        return f"{prefix}{now.action}: {printable(now.path)}" if now.state == "done" else None

    if sys.stdout.isatty() and not dry_run:
        try:
            return _bar(line)
        except ImportError:
            pass

    def show(now: SyncProgress) -> None:
        text = line(now)
        if text is not None:
            print(text, flush=True)

    return nullcontext(show)


def _bar(line: Callable[[SyncProgress], str | None]) -> AbstractContextManager[Show]:
    from contextlib import contextmanager

    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    @contextmanager
    def bar() -> Any:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        with Progress(*columns, transient=True) as bars:
            task = bars.add_task("", total=None)

            def show(now: SyncProgress) -> None:
                text = line(now)
                if text is not None:
                    bars.console.print(text, markup=False, highlight=False, soft_wrap=True)
                bars.update(
                    task,
                    completed=now.bytes_done,
                    total=now.bytes_planned if now.is_planned else None,
                    description=f"{now.files_done} of {now.files_planned} files",
                )

            yield show

    return bar()
