"""Click, as commands here use it: common options, help that ends with examples.

A command is a module with one function:

    @command("ls", examples="sotalia ls s3://bucket/logs/")
    @click.argument("place")
    def command_(settings: Settings, place: str) -> int | None:
        '''What it does, in a sentence or two.'''

It takes the options of :mod:`sotalia.cli.options` without naming them and gets them as ``settings``. It returns an exit
code of :mod:`sotalia.cli.exit_codes`, ``None`` for 0, and raises what it cannot mend: :mod:`sotalia.cli.failures` says it
in one line. Its name and one line of help stand in :mod:`sotalia.cli.commands`.
"""

from __future__ import annotations

import click

from sotalia.cli.options import COMMON, Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Function = Callable[..., int | None]


class WithExamples(click.Command):
    """What takes the common options, and whose help ends with ``examples``."""

    #: Whether the help is silent about the common options.
    hides_common = False

    def __init__(self, *args: Any, examples: str = "", **kwargs: Any) -> None:
        kwargs["params"] = [
            *kwargs.get("params", ()),
            *(make(self.hides_common) for make in COMMON.values()),
        ]
        kwargs.setdefault("context_settings", {})
        kwargs["context_settings"].setdefault("help_option_names", ["--help", "-h"])
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, line by line as they are written: what a person can paste."""
        super().format_epilog(ctx, formatter)
        lines = self.examples.strip().splitlines()
        if lines:
            with formatter.section("Examples" if len(lines) > 1 else "Example"):
                for line in lines:
                    formatter.write(f"{'':{formatter.current_indent}}{line.strip()}\n")


class Command(WithExamples):
    """A command, whose function gets the common options as ``settings``."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it with its settings."""
        settings = Settings.of(ctx)
        for name in COMMON:
            ctx.params.pop(name, None)
        settings.start_logging()
        return ctx.invoke(self.callback, settings, **ctx.params) if self.callback else None

    def section_of(self, parameter: click.Parameter) -> str:
        """Below which heading an option stands in ``--help``."""
        is_shared = parameter.name in COMMON or "--help" in parameter.opts
        return "Options of every command" if is_shared else "Options"

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """First the command's own."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = None if isinstance(parameter, click.Argument) else parameter.get_help_record(ctx)
            if record is not None:
                sections.setdefault(self.section_of(parameter), []).append(record)
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)


def command(
    name: str, *, examples: str, cls: type[Command] = Command, **options: Any
) -> Callable[[Function], Command]:
    """Make a function a command. ``options``: those of ``click.command``."""
    return click.command(name, cls=cls, examples=examples, **options)


class Group(WithExamples, click.Group):
    """Commands below a word, such as ``credentials``: each is made by ``@group.command(..., cls=Command)``."""

    hides_common = True
