"""``sotalia`` as a click command, for what needs click: each command of the table is imported when it is used."""

from __future__ import annotations

import click

from sotalia.cli.commands import ROWS, overview
from sotalia.cli.group import Group
from sotalia.cli.options import Settings
from sotalia.runtime.spelling import closest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Root(Group):
    """``sotalia`` itself: its commands are the table's, and each is imported when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table."""
        return list(ROWS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import it."""
        row = ROWS.get(cmd_name)
        if row is None:
            return None
        found = row.load()
        if isinstance(found, click.Command):
            return found
        return _without_click(cmd_name, row.summary, found)

    def get_help(self, ctx: click.Context) -> str:
        """What is printed without click, too."""
        return overview().rstrip()

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Raises ``UsageError`` that says which command may be meant."""
        if args[0] not in ROWS and not args[0].startswith("-") and not ctx.resilient_parsing:
            close = closest(args[0], ROWS, 0.5)
            hint = f": did you mean {close!r}?" if close else ""
            ctx.fail(f"there is no command {args[0]!r}{hint}")
        return super().resolve_command(ctx, args)


def _without_click(name: str, summary: str, main: Any) -> click.Command:
    """A command that reads its arguments itself, for completion and for options before its name."""

    @click.pass_context
    def run(context: click.Context, arguments: tuple[str, ...]) -> int | None:
        given = Settings.of(context).given()
        if given:
            context.fail(f"{name} does not take {', '.join(given)}")
        code: int | None = main(list(arguments))
        return code

    return click.Command(
        name,
        callback=run,
        params=[click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED)],
        help=summary,
        add_help_option=False,
        context_settings={"ignore_unknown_options": True},
    )


root = Root("sotalia", help="AWS for Python beside boto3, from the command line.")
