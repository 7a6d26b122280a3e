"""Services, their operations and the parameters of those as click sees commands: ``sotalia call s3 list-objects-v2 --bucket b``.

So help, completion and suggestions for misspelt names are click's at every level; the words are the model's.
"""

from __future__ import annotations

import click

from sotalia.cli.group import Command, Group
from sotalia.cli.options import COMMON, Settings
from sotalia.cli.parameters import ParameterOption, given, json_object, options
from sotalia.runtime.spelling import closest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from sotalia.model.service import OperationModel, ServiceModel
    from sotalia.session.core import SessionCore

    #: What is done with an operation: settings, service, operation and parameters, with the command's own options.
    Action = Callable[..., int | None]


class Invocation:
    """What is to be called. ``pagination`` is the model's entry for the operation, ``None`` for one without pages."""

    __slots__ = ("operation", "pagination", "parameters", "service")

    def __init__(
        self,
        service: str,
        operation: OperationModel,
        parameters: dict[str, Any],
        pagination: dict[str, Any] | None,
    ) -> None:
        self.service = service
        self.operation = operation
        self.parameters = parameters
        self.pagination = pagination


class _Names(Group):
    """A group of which there are too many commands to make them all for a list of their names."""

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """The names, and options after a dash."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        return [CompletionItem(name) for name in self.list_commands(ctx) if name.startswith(incomplete)]


class Services(_Names):
    """A command whose first word is a service, and whose second word is an operation."""

    def __init__(
        self, name: str, action: Action, own: Sequence[Callable[[], click.Option]], **kwargs: Any
    ) -> None:
        super().__init__(name, no_args_is_help=False, invoke_without_command=True, callback=_list, **kwargs)
        self.action = action
        self.own = own
        self._session: SessionCore | None = None
        self._services: list[str] | None = None

    def session(self) -> SessionCore:
        """What knows the models: as in a session, ``AWS_DATA_PATH`` and ``data_path`` of the profile count."""
        if self._session is None:
            from sotalia.session.core import SessionCore
            from sotalia.session.session import sync_kind

            self._session = SessionCore(sync_kind())
        return self._session

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All services."""
        if self._services is None:
            self._services = self.session().get_available_services()
        return self._services

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The operations of a service."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return Operations(cmd_name, self)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Raises ``UsageError`` that says which service may be meant."""
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            _refuse(
                ctx,
                f"there is no service {args[0]!r}",
                args[0].lower(),
                known,
                f"{ctx.command_path} lists all",
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Not 400 services below the help."""


class Operations(_Names):
    """A service: its operations are commands."""

    def __init__(self, service: str, above: Services) -> None:
        super().__init__(
            service,
            no_args_is_help=False,
            invoke_without_command=True,
            callback=_list,
            help=f"The operations of {service}; without one, they are listed.",
            add_help_option=True,
        )
        self.service = service
        self.above = above
        self._methods: dict[str, str] | None = None

    def model(self) -> ServiceModel:
        """The service."""
        return self.above.session().get_service_model(self.service)

    def methods(self) -> dict[str, str]:
        """Operations by what they are called here: ``list-objects-v2``."""
        if self._methods is None:
            from sotalia.model.naming import xform_name

            self._methods = {
                xform_name(name).replace("_", "-"): name for name in self.model().operation_names
            }
        return self._methods

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All operations, in the order of the alphabet."""
        return sorted(self.methods())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """An operation, by any of its names."""
        name = self._api_name(cmd_name)
        return None if name is None else OperationCommand(cmd_name, self.model().operation_model(name), self)

    def own_name(self, operation: str) -> str:
        """What an operation is called here."""
        return next(name for name, api_name in self.methods().items() if api_name == operation)

    def _api_name(self, word: str) -> str | None:
        if word in self.methods().values():
            return word
        return self.methods().get(word.replace("_", "-"))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Raises ``UsageError`` that says which operation may be meant."""
        if self._api_name(args[0]) is None and not args[0].startswith("-"):
            from sotalia.model.naming import xform_name

            word = xform_name(args[0]).replace("_", "-")
            what = f"{self.service} has no operation {args[0]!r}"
            _refuse(ctx, what, word, list(self.methods()), f"{ctx.command_path} lists all")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One a line, without a text that is not there before the documentation is read."""
        with formatter.section("Operations"):
            for name in self.list_commands(ctx):
                formatter.write(f"{'':{formatter.current_indent}}{name}\n")


def _list(**_: Any) -> int | None:
    """What the words so far can be followed by, one a line, if nothing follows."""
    context = click.get_current_context()
    group: Any = context.command
    if context.invoked_subcommand is None:
        names: list[str] = group.list_commands(context)
        if Settings.of(context).json:
            from sotalia.cli.output import print_json

            print_json(names)
        else:
            print("\n".join(names))
    return None


def _refuse(ctx: click.Context, what: str, word: str, known: list[str], where: str) -> None:
    if ctx.resilient_parsing:
        return  # A shell asks how the line may go on: with nothing.
    close = closest(word, known, 0.55)
    near = [close] if close else [name for name in known if word and word in name][:3]
    hint = f": did you mean {' or '.join(map(repr, near))}?" if near else f"; {where}"
    ctx.fail(f"{what}{hint}")


class OperationCommand(Command):
    """An operation, whose parameters are options."""

    def __init__(self, name: str, operation: OperationModel, service: Operations) -> None:
        action = service.above.action
        own = [make() for make in service.above.own]
        own.append(
            click.Option(
                ["--params", "--cli-input-json"],
                metavar="JSON|@FILE|-",
                help="parameters as one JSON object; options go before it",
            )
        )
        taken = {flag for option in own for flag in option.opts + option.secondary_opts}
        taken |= {flag for make in COMMON.values() for flag in make(True).opts} | {"--help", "-h"}
        members = list(options(operation, taken))

        def run(settings: Settings, params: str | None, **values: Any) -> int | None:
            context = click.get_current_context()
            parameters = _from_json(context, params)
            parameters.update(self._members)
            pagination = service.above.session().loader.paginators(service.service).get(operation.name)
            return action(settings, Invocation(service.service, operation, parameters, pagination), **values)

        required = () if operation.input_shape is None else operation.input_shape.required_members
        words = ["sotalia", service.above.name, service.service, service.own_name(operation.name)]
        words += [f"{option.opts[0]} ..." for option in members if option.member in required]
        super().__init__(name, params=[*members, *own], callback=run, examples=" ".join(map(str, words)))
        self._members: dict[str, Any] = {}
        self.operation = operation
        self.members = members

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Also take parameters by their own names, ``--MaxKeys``."""
        flags = {f"--{option.member}": option.opts[0] for option in self.members}
        for place, word in enumerate(args):
            if word == "--":
                break
            name, sign, value = word.partition("=")
            args[place] = f"{flags.get(name, name)}{sign}{value}"
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Take the parameters apart from the command's options, and run it."""
        self._members = given(ctx)
        for option in self.members:
            _check_value(option, self._members.get(option.member))
        return super().invoke(ctx)

    def section_of(self, parameter: click.Parameter) -> str:
        """Parameters of the operation have a section of their own in ``--help``."""
        return "Parameters" if isinstance(parameter, ParameterOption) else super().section_of(parameter)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the service says of the operation, and of each parameter."""
        from sotalia.clients.documentation import plain, type_name

        model, shape = self.operation.service_model, self.operation.input_shape
        text = plain(self.operation.documentation).partition("\n\n")[0].replace("``", "")
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(text or f"Calls {self.operation.name}.")
        for option in self.members:
            assert shape is not None
            words = (
                plain(model.member_documentation(shape, option.member)).partition("\n\n")[0].replace("``", "")
            )
            sentence = words.partition(". ")[0].rstrip(".")
            kind = type_name(option.shape)
            kind = kind if len(kind) < 120 else f"{kind[:120].rpartition(' |')[0]} | ..."
            required = "required, " if option.member in shape.required_members else ""
            option.help = f"{sentence}{' ' if sentence else ''}({required}{kind})"


def _from_json(context: click.Context, text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        return json_object(text)
    except click.BadParameter as error:
        error.param_hint, error.ctx = "--params", context
        raise


def _check_value(option: ParameterOption, value: Any) -> None:
    """Say so if the model does not know a value; the service may, so it is sent."""
    known: list[str] = getattr(option.shape, "enum", None) or []
    if not known or not isinstance(value, str) or value in known:
        return
    from sotalia.cli.output import say

    close = closest(value, known, 0.5)
    hint = (
        f"did you mean {close!r}?"
        if close
        else f"it knows {', '.join(known[:8])}{' ...' if len(known) > 8 else ''}"
    )
    say(f"warning: {option.opts[0]}: the model does not know {value!r}; {hint}")
