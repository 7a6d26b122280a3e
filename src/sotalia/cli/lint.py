"""The command ``sotalia lint``."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from sotalia.lint import Problem

_FORMATS = ("text", "json", "github")


def add_command(commands: Any) -> None:
    """Add ``sotalia lint`` to the command line."""
    lint = commands.add_parser(
        "lint",
        help="find handlers in source code that are registered for events which never happen",
        description="Looks for registrations of event handlers, on boto3 and on sotalia, that can never do what they are "
        "meant for. Nothing is imported or run. Exit status: 0 for none, 1 for some, 2 for a file that cannot be read.",
    )
    lint.add_argument(
        "paths", nargs="+", metavar="PATH", help="a file, a folder with all that is in it, or - for stdin"
    )
    lint.add_argument(
        "--format", choices=_FORMATS, default="text", help="how findings are printed (default: text)"
    )
    lint.add_argument(
        "--json", action="store_const", dest="format", const="json", help="the same as --format json"
    )
    lint.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print one line for each finding: 0 for none, 1 for some, 2 when a file could not be read."""
    from sotalia.lint import Linter

    linter = Linter()
    linter.add_paths(options.paths)
    report = linter.report()
    # Paths and messages hold what is in the files: any character there is.
    output: Any = sys.stdout
    if hasattr(output, "reconfigure"):
        output.reconfigure(errors="backslashreplace")
    if options.format == "json":
        print(_as_json(report.problems))
    else:
        show = _annotation if options.format == "github" else _line
        for problem in report.problems:
            print(show(problem))
    for path, reason in report.unreadable:
        print(_printable(f"sotalia lint: {path}: {reason}"), file=sys.stderr)
    return 2 if report.unreadable else 1 if report.problems else 0


def _line(problem: Problem) -> str:
    return _printable(f"{problem.path}:{problem.line}:{problem.column}: {problem.code} {problem.message}")


def _as_json(problems: list[Problem]) -> str:
    import json
    from dataclasses import asdict

    return json.dumps([asdict(problem) for problem in problems], indent=2)


def _annotation(problem: Problem) -> str:
    """A command for GitHub's runner, which shows it in the list of changed files."""
    path = _escaped(problem.path).replace(":", "%3A").replace(",", "%2C")
    place = f"file={path},line={problem.line},col={problem.column},title=sotalia lint%3A {problem.code}"
    return f"::warning {place}::{_escaped(problem.message)}"


def _escaped(text: str) -> str:
    return _printable(text.replace("%", "%25"))


def _printable(text: str) -> str:
    """Without the characters by which a name could command the terminal, or begin another line."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
