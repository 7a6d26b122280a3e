"""The command ``sotalia sync``."""

from __future__ import annotations

import sys
from contextlib import nullcontext

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import Any

    from sotalia.s3.sync import SyncProgress, SyncReport

    Show = Callable[[SyncProgress], None]


def add_command(commands: Any) -> None:
    """Add ``sotalia sync`` to the command line."""
    sync = commands.add_parser(
        "sync",
        help="make a folder or s3://bucket/prefix have what another has: what is missing, changed or newer",
    )
    sync.add_argument("source", metavar="SOURCE", help="a folder, or s3://bucket/prefix")
    sync.add_argument("target", metavar="TARGET", help="a folder, or s3://bucket/prefix")
    sync.add_argument("--delete", action="store_true", help="also delete what the source lacks, at the end")
    sync.add_argument("--dry-run", action="store_true", help="only list, and print what would be done")
    for name, meaning in (
        ("include", "only what matches one of these"),
        ("exclude", "nothing that matches one of these"),
    ):
        sync.add_argument(
            f"--{name}", action="append", default=[], metavar="GLOB", help=f"{meaning}; * matches / too"
        )
    sync.add_argument("--size-only", action="store_true", help="do not compare times")
    sync.add_argument("--exact-timestamps", action="store_true", help="also download over what is newer")
    sync.add_argument("--profile", help="the profile to use (default: as the environment says)")
    sync.add_argument("--region", help="the region of the bucket (default: as configured)")
    sync.add_argument("--endpoint-url", help="another address of S3")
    sync.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print one line for each file: 0 when all went well, 1 when something failed."""
    from sotalia.s3.sync import SyncError, sync
    from sotalia.session import Session

    session = Session(profile_name=options.profile, region_name=options.region)
    arguments = {
        name: getattr(options, name)
        for name in ("delete", "dry_run", "include", "exclude", "size_only", "exact_timestamps")
    }
    with session.client("s3", endpoint_url=options.endpoint_url) as s3:
        try:
            with _display(options.dry_run) as show:
                report = sync(s3, options.source, options.target, **arguments, progress=show)
        except SyncError as error:
            _tell_rest(error.report)
            print(_printable(f"sotalia sync: {error}"), file=sys.stderr)
            return 1
    _tell_rest(report)
    print(_printable(str(report)))
    return 1 if report.failed else 0


def _tell_rest(report: SyncReport) -> None:
    """What no line was printed for."""
    for skipped in report.skipped:
        print(_printable(f"skipped: {skipped.path}: {skipped.reason}"), file=sys.stderr)
    for failed in report.failed:
        print(_printable(f"failed: {failed.action} {failed.path}: {failed.error}"), file=sys.stderr)


def _display(dry_run: bool) -> AbstractContextManager[Show]:
    """Shows progress: a line for each file, and a bar on a terminal when rich is there."""
    prefix = "(dry run) " if dry_run else ""

    def line(now: SyncProgress) -> str | None:
        return f"{prefix}{now.action}: {_printable(now.path)}" if now.state == "done" else None

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


def _printable(text: str) -> str:
    """Without the characters by which a key could command the terminal."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
