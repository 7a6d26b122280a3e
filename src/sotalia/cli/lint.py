"""The command ``sotalia lint``."""

from __future__ import annotations

import sys

from sotalia.cli.output import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.lint import Problem

_FORMATS = ("text", "json", "github")


def main(arguments: list[str]) -> int:
    """Print one line for each finding: 0 for none, 1 for some, 2 when a file could not be read."""
    import argparse

    parser = argparse.ArgumentParser(
        prog="sotalia lint",
        description="Looks for registrations of event handlers, on boto3 and on sotalia, that can never do what they are "
        "meant for. Nothing is imported or run. Exit status: 0 for none, 1 for some, 2 for a file that cannot be read.",
        epilog="Example: sotalia lint src --format github",
    )
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="a file, a folder with all that is in it, or - for stdin"
    )
    parser.add_argument(
        "--format", choices=_FORMATS, default="text", help="how findings are printed (default: text)"
    )
    parser.add_argument(
        "--json", action="store_const", dest="format", const="json", help="the same as --format json"
    )
    try:
        options = parser.parse_args(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
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
        print(printable(f"sotalia lint: {path}: {reason}"), file=sys.stderr)
    return 2 if report.unreadable else 1 if report.problems else 0


def _line(problem: Problem) -> str:
    return printable(f"{problem.path}:{problem.line}:{problem.column}: {problem.code} {problem.message}")


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
    return printable(text.replace("%", "%25"))
