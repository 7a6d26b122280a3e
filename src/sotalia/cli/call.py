"""The command ``sotalia call``: any operation of any service."""

from __future__ import annotations

import sys

import click

from sotalia.cli import exit_codes
from sotalia.cli.operations import Services
from sotalia.cli.results import FORMATS, show, show_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO, Any

    from sotalia.cli.operations import Invocation
    from sotalia.cli.options import Settings
    from sotalia.clients.base import BaseClient

_EXAMPLES = """
sotalia call s3 list-objects-v2 --bucket my-bucket --query 'Contents[].Key' --output text
sotalia call dynamodb put-item --table-name t --item '{"id": {"S": "1"}}'
sotalia call ec2 describe-instances --filters Name=instance-type,Values=t3.micro --table
sotalia call lambda invoke --function-name f --payload @event.json --out answer.json
sotalia call s3
sotalia call s3 get-object --help
"""

_OF_PAGES = {"max_items": "MaxItems", "page_size": "PageSize", "starting_token": "StartingToken"}


def _options() -> list[Callable[[], click.Option]]:
    def option(*declarations: str, **attributes: Any) -> Callable[[], click.Option]:
        return lambda: click.Option(declarations, **attributes)

    return [
        option("--query", metavar="JMESPATH", help="print what this expression finds in the result"),
        option(
            "--output",
            type=click.Choice(FORMATS),
            help="json (default); lines: an item of a listing on each; table; text",
        ),
        option("--table", "is_table", is_flag=True, help="the same as --output table"),
        option("--out", type=click.Path(), metavar="FILE", help="where a streamed body goes; - is stdout"),
        option(
            "--max-items",
            type=click.IntRange(min=1),
            metavar="NUMBER",
            help="no more items of a listing than this",
        ),
        option(
            "--page-size", type=click.IntRange(min=1), metavar="NUMBER", help="items to ask for at a time"
        ),
        option("--starting-token", metavar="TOKEN", help="go on where --max-items stopped: its NextToken"),
        option("--no-paginate", is_flag=True, help="one request: the first page"),
    ]


def run(settings: Settings, invocation: Invocation, **options: Any) -> int:
    """Call the operation and print its result."""
    query, form = _chosen(settings, options)
    _check_required(invocation)
    with settings.client(invocation.service) as client:
        pages = _pages(client, invocation, options)
        if pages is not None and form == "lines" and query is None:
            show_lines(pages.items())
            return exit_codes.OK
        if pages is not None:
            whole: dict[str, Any] = pages.build_full_result()
            result = {name: value for name, value in whole.items() if value is not None}
        else:
            result = _method(client, invocation)(**invocation.parameters)
        result.pop("ResponseMetadata", None)
        return _show(settings, invocation, result, query, form, options)


def _chosen(settings: Settings, options: dict[str, Any]) -> tuple[Any, str]:
    """The query, compiled, and the form of the output."""
    form = "table" if options["is_table"] else options["output"]
    if options["is_table"] and options["output"] not in (None, "table"):
        raise click.UsageError(f"give --table or --output {options['output']}, not both")
    if form is None:
        form = "lines" if settings.json else "json"
    if options["query"] is None:
        return None, form
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.compile(options["query"]), form
    except JMESPathError as error:
        reason = str(error).partition("\n")[0]
        raise click.BadParameter(
            f"{options['query']!r} is no JMESPath expression: {reason}", param_hint="--query"
        ) from None


def _check_required(invocation: Invocation) -> None:
    shape = invocation.operation.input_shape
    if shape is None:
        return
    generated = invocation.operation.idempotent_members
    missing = [
        name for name in shape.required_members if name not in invocation.parameters and name not in generated
    ]
    if missing:
        context = click.get_current_context()
        flags = {
            getattr(option, "member", None): option.opts[0] for option in context.command.get_params(context)
        }
        named = ", ".join(flags.get(name, name) for name in missing)
        raise click.UsageError(f"{invocation.operation.name} needs {named}", context)


def _method(client: BaseClient, invocation: Invocation) -> Any:
    from sotalia.model.naming import xform_name

    return getattr(client, xform_name(invocation.operation.name))


def _pages(client: BaseClient, invocation: Invocation, options: dict[str, Any]) -> Any:
    """All pages, or ``None`` for an operation without, and where the caller asks for a page."""
    wanted = {name: options[name] for name in _OF_PAGES if options[name] is not None}
    if invocation.pagination is None:
        if wanted:
            flag = "--" + next(iter(wanted)).replace("_", "-")
            raise click.UsageError(
                f"{flag}: {invocation.operation.name} has no pages", click.get_current_context()
            )
        return None
    if options["no_paginate"] or (not wanted and _asks_for_a_page(invocation)):
        return None
    from sotalia.model.naming import xform_name

    paginator = client.get_paginator(xform_name(invocation.operation.name))
    config = {_OF_PAGES[name]: value for name, value in wanted.items()}
    return paginator.paginate(**invocation.parameters, PaginationConfig=config)


def _asks_for_a_page(invocation: Invocation) -> bool:
    """Whether the operation's own parameters say which page, or how much of one."""
    model = invocation.pagination or {}
    tokens: list[str] | str = model.get("input_token", [])
    names = [*([tokens] if isinstance(tokens, str) else tokens), model.get("limit_key")]
    return any(name in invocation.parameters for name in names)


# -- results -------------------------------------------------------------------------------------------------------


def _show(
    settings: Settings,
    invocation: Invocation,
    result: dict[str, Any],
    query: Any,
    form: str,
    options: dict[str, Any],
) -> int:
    shape = invocation.operation.output_shape
    events = None if shape is None else shape.event_stream_name
    if events is not None:
        stream: Any = result[events]
        show_lines(stream if query is None else (query.search(event) for event in stream))
        return exit_codes.OK
    body = _streamed(result)
    if body is not None:
        name, stream = body
        target = options["out"] or "-"
        del result[name]
        _write(stream, target, is_asked=options["out"] is not None)
        if target == "-":
            return exit_codes.OK
    elif options["out"] is not None:
        raise click.UsageError(
            f"--out: the result of {invocation.operation.name} has no body; redirect stdout",
            click.get_current_context(),
        )
    if not settings.quiet:
        show(result if query is None else query.search(result), form)
    return exit_codes.OK


def _streamed(result: dict[str, Any]) -> tuple[str, Any] | None:
    return next(((name, value) for name, value in result.items() if hasattr(value, "iter_chunks")), None)


def _write(stream: Any, target: str, *, is_asked: bool) -> None:
    chunks: Iterator[bytes] = stream.iter_chunks(256 * 1024)
    if target != "-":
        _to_file(chunks, target)
        return
    output: IO[bytes] = sys.stdout.buffer
    is_terminal = sys.stdout.isatty() and not is_asked
    for number, chunk in enumerate(chunks):
        if is_terminal and number == 0 and b"\0" in chunk:
            raise ValueError(
                "the body is no text, which a terminal may not survive; give --out FILE, or --out - to see it"
            )
        output.write(chunk)
    output.flush()


def _to_file(chunks: Iterator[bytes], path: str) -> None:
    """Under a temporary name first: a file of this name is whole, or what it was."""
    import os

    partial = f"{path}.{os.urandom(4).hex()}.part"
    try:
        with open(partial, "xb") as file:
            file.writelines(chunks)
        os.replace(partial, path)
    except BaseException:
        if os.path.exists(partial):
            os.unlink(partial)
        raise


command = Services(
    "call",
    run,
    _options(),
    help="Call any operation of any service, and print its result as JSON.\n\nWithout an operation, those of the service are "
    "listed; without a service, all services. Of a listing all pages are printed. A body goes to stdout, or to --out; events are "
    "printed as they come, one a line.",
    examples=_EXAMPLES,
)
