"""The command ``sotalia events``."""

from __future__ import annotations

import click

from sotalia.cli import exit_codes
from sotalia.cli.group import command as make_command
from sotalia.cli.output import print_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.cli.options import Settings
    from sotalia.events.rows import EventRow

_EXAMPLES = """
sotalia events
sotalia events retry
sotalia events --service s3 --operation list-objects-v2
sotalia events --guide --names
"""


@make_command("events", examples=_EXAMPLES)
@click.argument("text", required=False)
@click.option("--service", metavar="SERVICE", help="names as they are emitted for a service")
@click.option("--operation", metavar="OPERATION", help="and for one of its operations")
@click.option("--guide", "is_guide", is_flag=True, help="the nine events of the guide only")
@click.option("--names", "is_names", is_flag=True, help="print names only")
def command(
    settings: Settings,
    text: str | None,
    service: str | None,
    operation: str | None,
    is_guide: bool,
    is_names: bool,
) -> int:
    """List the events that handlers can be registered for, in the order in which a program meets them.

    TEXT chooses those whose name, class, moment or arguments contain it. Exit code: 0, or 1 when nothing matches.
    """
    from sotalia.events.rows import rows

    service_id, api_name = _names(service, operation)
    found = [
        row for row in rows(service_id, api_name) if (row.is_in_guide or not is_guide) and _matches(row, text)
    ]
    if settings.json:
        from dataclasses import asdict

        for row in found:
            print_json(asdict(row))
    elif is_names:
        print("\n".join(row.name for row in found))
    else:
        _print(found)
    if not found:
        click.echo(
            f"No event has {text!r} in its name, moment or arguments; 'sotalia events' lists all.", err=True
        )
    return exit_codes.OK if found else exit_codes.FAILED


def _names(service: str | None, operation: str | None) -> tuple[str | None, str | None]:
    """The words of events for a service and an operation, which are looked up as ``sotalia call`` does."""
    context = click.get_current_context()
    if service is None:
        if operation is not None:
            raise click.UsageError("--operation needs --service", context)
        return None, None
    from sotalia.cli.call import command as call
    from sotalia.cli.operations import OperationCommand, Operations

    _, found, _ = call.resolve_command(context, [service])
    assert isinstance(found, Operations)
    service_id = found.model().service_id.hyphenize()
    if operation is None:
        return service_id, None
    _, below, _ = found.resolve_command(context, [operation])
    assert isinstance(below, OperationCommand)
    return service_id, below.operation.name


def _matches(row: EventRow, text: str | None) -> bool:
    if text is None:
        return True
    words = [row.name, row.class_name, row.when, *row.arguments, *row.arguments.values()]
    return any(text.lower() in word.lower() for word in words)


def _print(found: list[EventRow]) -> None:
    for row in found:
        marks = [
            mark
            for mark, holds in (
                ("of the guide", row.is_in_guide),
                ("once per attempt", row.is_per_attempt),
                ("on the session: register before the client is made", row.is_on_session),
            )
            if holds
        ]
        click.echo(
            click.style(row.name, bold=True)
            + (click.style(f"  ({'; '.join(marks)})", dim=True) if marks else "")
        )
        click.echo(f"  {row.when.replace('``', '')}")
        for name, kind in row.arguments.items():
            click.echo(f"    {click.style(name, fg='cyan')}: {kind}")
        click.echo(f"  returned: {row.returns.replace('`', '')}\n")
