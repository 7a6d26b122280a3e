"""What commands show of transfers and deletions while they go on, and in the end: lines, JSON, a bar on a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib.util import find_spec

from sotalia.cli import exit_codes
from sotalia.cli.failures import describe
from sotalia.cli.output import print_json, printable, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any

    from sotalia.cli.options import Settings
    from sotalia.s3.sync import SyncProgress, SyncReport

    Show = Callable[[SyncProgress], None]


class Display:
    """Shows one run of a command. ``verb`` takes the place of what is done to each file, as ``move`` does."""

    def __init__(
        self, command: str, settings: Settings, *, dry_run: bool, no_progress: bool = False, verb: str = ""
    ) -> None:
        self._command = command
        self._settings = settings
        self._dry_run = dry_run
        self._has_bar = sys.stdout.isatty() and not dry_run and not no_progress
        self._verb = verb

    # -- while it goes on --------------------------------------------------------------------------------------------

    @contextmanager
    def shown(self) -> Generator[Show | None, None, None]:
        """What ``progress`` is to be; ``None`` to show nothing."""
        if self._settings.quiet:
            yield None
        elif self._settings.json:
            yield self._json
        elif self._has_bar and find_spec("rich") is not None:
            yield from self._bar()
        else:
            yield self._print

    def _line(self, now: SyncProgress) -> str | None:
        if now.state != "done":
            return None
        names = f"{now.source} to {now.target}" if now.source and now.target else now.target or now.path
        return f"{'(dry run) ' if self._dry_run else ''}{self._action(now)}: {printable(names)}"

    def _action(self, now: SyncProgress) -> str:
        return now.action if now.action == "delete" else self._verb or now.action

    def _print(self, now: SyncProgress) -> None:
        text = self._line(now)
        if text is not None:
            print(text)

    def _json(self, now: SyncProgress) -> None:
        if now.state != "done":
            return
        row: dict[str, Any] = {"status": "done", "action": self._action(now)}
        row |= {"path": now.path} if not now.target else {"source": now.source or None, "target": now.target}
        if now.action != "delete":
            row["size"] = now.size
        self._print_row({name: value for name, value in row.items() if value is not None})

    def _print_row(self, row: dict[str, Any]) -> None:
        print_json({**row, "dry_run": True} if self._dry_run else row)

    def _bar(self) -> Generator[Show, None, None]:
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        with Progress(*columns, transient=True) as bars:
            task = bars.add_task("", total=None)

            def show(now: SyncProgress) -> None:
                text = self._line(now)
                if text is not None:
                    bars.console.print(text, markup=False, highlight=False, soft_wrap=True)
                bars.update(
                    task,
                    completed=now.bytes_done,
                    total=now.bytes_planned if now.is_planned else None,
                    description=f"{now.files_done} of {now.files_planned} files",
                )

            yield show

    # -- in the end --------------------------------------------------------------------------------------------------

    def finish(self, report: SyncReport, *, sum_up: bool = True) -> int:
        """Tell what was skipped and what failed, and how many of each; give the exit code."""
        skipped = [one for one in report.skipped if not one.is_marker]
        for one in skipped:
            if self._settings.json:
                self._print_row({"status": "skipped", "source": one.path, "reason": one.reason})
            say(f"skipped: {one.path}: {one.reason}")
        for failed in report.failed:
            reason = describe(failed.error)
            if self._settings.json:
                self._print_row(
                    {"status": "failed", "action": failed.action, "source": failed.path, "error": reason}
                )
            say(f"failed: {failed.action} {failed.path}: {reason}")
        self._sum_up(report, len(skipped), sum_up)
        return exit_codes.FAILED if report.failed else exit_codes.SKIPPED if skipped else exit_codes.OK

    def _sum_up(self, report: SyncReport, skipped: int, in_words: bool) -> None:
        counts = {
            "transferred": len(report.transferred),
            "bytes": report.bytes,
            "deleted": len(report.deleted),
            "unchanged": report.unchanged,
            "skipped": skipped,
            "failed": len(report.failed),
        }
        if self._settings.json and not self._settings.quiet:
            self._print_row({"status": "summary", **counts})
            return
        done = len(report.transferred) + len(report.deleted)
        # Of a single one the line above says it all.
        if in_words and (report.failed or skipped) and done + skipped + len(report.failed) > 1:
            say(f"sotalia {self._command}: {done} done, {skipped} skipped, {len(report.failed)} failed")
