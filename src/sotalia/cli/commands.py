"""Every command in one table. ``sotalia --help`` prints it without importing a command, nor click.

To add a command, add a row, and write the module that it names: see :mod:`sotalia.cli.group`.
"""

from __future__ import annotations


class Row:
    """A command: what ``--help`` says of it in one line, and where it is.

    ``home`` is ``"module:name"``. That is a click command; or, for a command that ``needs_click`` says no of, a function
    that takes the arguments as a list and returns the exit code.
    """

    __slots__ = ("home", "name", "needs_click", "summary")

    def __init__(self, name: str, summary: str, home: str, *, needs_click: bool = True) -> None:
        self.name = name
        self.summary = summary
        self.home = home
        self.needs_click = needs_click

    def load(self) -> object:
        """Import the command's module, and give the command."""
        from importlib import import_module

        module, _, name = self.home.partition(":")
        found: object = getattr(import_module(module), name)
        return found


#: Titles with their commands, in the order of ``sotalia --help``.
SECTIONS: dict[str, list[Row]] = {
    "Objects in S3": [
        Row("ls", "list buckets, or what is below a prefix", "sotalia.cli.ls:ls"),
        Row(
            "cp",
            "copy files and objects: to S3, from S3, within S3, from stdin, to stdout",
            "sotalia.cli.cp:cp",
        ),
        Row("mv", "move files and objects: copy, then delete what was copied", "sotalia.cli.cp:mv"),
        Row("rm", "delete objects", "sotalia.cli.rm:command"),
        Row("cat", "write objects to stdout", "sotalia.cli.cat:command"),
        Row("du", "add up the sizes of objects", "sotalia.cli.ls:du"),
        Row(
            "presign",
            "print a URL by which anybody can read or write an object",
            "sotalia.cli.presign:command",
        ),
        Row("mb", "make a bucket", "sotalia.cli.buckets:mb"),
        Row("rb", "remove a bucket", "sotalia.cli.buckets:rb"),
        Row(
            "sync",
            "make a folder or prefix have what another has: what is missing, changed or newer",
            "sotalia.cli.sync:command",
        ),
    ],
    "Calls and handlers": [
        Row("call", "call any operation of any service", "sotalia.cli.call:command"),
        Row("explain", "show what a call would send, and why; send nothing", "sotalia.cli.explain:command"),
        Row("record", "run a Python program, and show the calls that it made", "sotalia.cli.record:command"),
        Row("events", "list the events that handlers can be registered for", "sotalia.cli.events:command"),
        # Hooks of pre-commit install the package without its extras.
        Row(
            "lint",
            "find handlers in source code that are registered for events which never happen",
            "sotalia.cli.lint:main",
            needs_click=False,
        ),
        Row(
            "stubs",
            "write types of services that no package knows: own models, previews",
            "sotalia.cli.stubs:command",
        ),
    ],
    "Set-up": [
        Row("doctor", "look for what keeps calls from working", "sotalia.cli.doctor:command"),
        Row("config", "show settings, and what is misspelt", "sotalia.cli.config:command"),
        Row("credentials", "show where credentials come from", "sotalia.cli.credentials:command"),
        Row("local", "serve an embedded AWS until interrupted", "sotalia.cli.local:command"),
        # Images are warmed with what they will run, which is the package alone.
        Row(
            "warm",
            "fill the cache of models, for images and first starts",
            "sotalia.cli.warm:main",
            needs_click=False,
        ),
        Row("completion", "print what makes your shell complete words", "sotalia.cli.completion:command"),
    ],
}

ROWS = {row.name: row for rows in SECTIONS.values() for row in rows}

_START = """\
Usage: sotalia COMMAND [ARGUMENT ...] [OPTION ...]

AWS for Python beside boto3, from the command line.
"""
_END = """
Every command:
  --help     its options, and an example
  --version  (without a command) the version

Example:
  sotalia ls s3://bucket/logs/
  sotalia ls --help
"""


def overview() -> str:
    """What ``sotalia --help`` prints."""
    width = max(map(len, ROWS))
    lines = [_START]
    for title, rows in SECTIONS.items():
        lines += [f"{title}:", *(f"  {row.name:{width}}  {row.summary}" for row in rows), ""]
    return "\n".join(lines).rstrip() + "\n" + _END
