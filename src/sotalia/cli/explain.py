"""The command ``sotalia explain``."""

from __future__ import annotations

import argparse

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.clients.base import AsyncBaseClient
    from sotalia.explain import Explanation


@click.command(
    "explain",
    help="Show what a call would send, and why; send nothing.\n\n'sotalia explain SERVICE OPERATION --help' lists the "
    "options, and the operation's parameters.",
    epilog="Example: sotalia explain s3 list-objects-v2 --bucket my-bucket",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("service")
@click.argument("operation")
@click.argument("rest", nargs=-1, type=click.UNPROCESSED)
def command(service: str, operation: str, rest: tuple[str, ...]) -> int:
    """Print the explanation: 0 for a call that would be sent, 1 for one that would raise."""
    import asyncio

    options = argparse.Namespace(service=service, operation=operation, rest=list(rest), usage_error=_refuse)
    try:
        return asyncio.run(_run(options))
    except SystemExit as ended:  # argparse's way to end, after help and mistakes.
        return int(ended.code or 0)


def _refuse(message: str) -> str:
    raise click.UsageError(message)


async def _run(options: argparse.Namespace) -> int:
    # Async clients look for credentials at their first call, sync ones when they are made, which may send requests.
    from sotalia.session import AsyncSession

    known, _ = _own_options(add_help=False).parse_known_args(options.rest)
    session = AsyncSession(profile_name=known.profile, region_name=known.region)
    async with session.client(options.service, endpoint_url=known.endpoint_url) as client:
        operation = _operation(client, options)
        chosen, parameters = _parsed(client, operation, options)
        explanation: Explanation = await client.explain(
            operation,
            run_handlers=chosen.run_handlers,
            fetch_credentials=chosen.fetch_credentials,
            **parameters,
        )
    if chosen.json:
        print(explanation.to_json())
    else:
        explanation.show()
    return 0 if explanation.error is None else 1


def _own_options(**arguments: Any) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(allow_abbrev=False, **arguments)
    own = parser.add_argument_group("options of sotalia explain")
    own.add_argument("--json", action="store_true", help="print JSON")
    own.add_argument("--profile", help="the profile to use (default: as the environment says)")
    own.add_argument("--region", help="the region (default: as configured)")
    own.add_argument("--endpoint-url", help="another address of the service")
    own.add_argument("--run-handlers", action="store_true", help="let handlers of extensions take part")
    own.add_argument("--fetch-credentials", action="store_true", help="get the keys, as a call would")
    own.add_argument("--cli-input-json", metavar="JSON", help="parameters as one JSON object")
    return parser


def _operation(client: AsyncBaseClient, options: argparse.Namespace) -> str:
    names = client.meta.method_to_api_mapping
    wanted: str = options.operation
    method = wanted.replace("-", "_")
    if method in names:
        return names[method]
    if wanted in names.values():
        return wanted
    from difflib import get_close_matches

    close = get_close_matches(method, names, n=1)
    hint = f"; did you mean {close[0].replace('_', '-')!r}?" if close else ""
    return str(options.usage_error(f"{options.service} has no operation {wanted!r}{hint}"))


def _parsed(
    client: AsyncBaseClient, operation: str, options: argparse.Namespace
) -> tuple[argparse.Namespace, dict[str, Any]]:
    """The options, and the parameters by the names of the model."""
    from sotalia.model.naming import xform_name

    parser = _own_options(prog=f"sotalia explain {options.service} {options.operation}")
    taken = set(parser._option_string_actions)
    group = parser.add_argument_group("parameters")
    shape = client.meta.service_model.operation_model(operation).input_shape
    members: dict[str, Any] = {} if shape is None else shape.members
    for name, member in members.items():
        flag = f"--{xform_name(name).replace('_', '-')}"
        if flag in taken:
            continue  # It is left to --cli-input-json.
        taken.add(flag)
        group.add_argument(flag, dest=f"parameter {name}", default=argparse.SUPPRESS, **_reading(member))
    chosen = parser.parse_args(options.rest)
    parameters = _json_object(chosen.cli_input_json, parser) if chosen.cli_input_json else {}
    for key, value in vars(chosen).items():
        if key.startswith("parameter "):
            parameters[key.removeprefix("parameter ")] = value
    return chosen, parameters


def _reading(member: Any) -> dict[str, Any]:
    """How a flag reads its value, by the type of the parameter."""
    kind = member.type_name
    if kind == "boolean":
        return {"action": argparse.BooleanOptionalAction}
    if kind in ("integer", "long"):
        return {"type": int, "metavar": "NUMBER"}
    if kind in ("float", "double"):
        return {"type": float, "metavar": "NUMBER"}
    if kind in ("structure", "list", "map") or member.serialization.get("jsonvalue"):
        return {"type": _json, "metavar": "JSON"}
    if kind == "blob":
        return {"type": str.encode, "metavar": "TEXT"}
    return {"metavar": "TIME" if kind == "timestamp" else "TEXT"}


def _json(text: str) -> Any:
    import json

    try:
        return json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"is no JSON: {error}") from None


def _json_object(text: str, parser: argparse.ArgumentParser) -> dict[str, Any]:
    try:
        value: dict[str, Any] | list[Any] | str | float | None = _json(text)
    except argparse.ArgumentTypeError as error:
        parser.error(f"--cli-input-json {error}")
    if not isinstance(value, dict):
        parser.error('--cli-input-json takes an object, such as \'{"Bucket": "b"}\'')
    return value
