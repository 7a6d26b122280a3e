"""Parameters of operations as options: ``--bucket``, read as the model says that the value is.

| In the model | On the command line |
|---|---|
| boolean | ``--flag`` or ``--no-flag`` |
| structure, map | JSON, or ``Name=instance-type,Values=a,b`` |
| list | the option once for each element; or JSON |
| blob | text, or ``@FILE`` (``fileb://FILE``), or ``@-`` for stdin; ``@@`` stands for ``@`` |
| anything else | text |

``file://FILE`` reads any value from a file, as in aws-cli, and so does ``@FILE`` where JSON is expected.
"""

from __future__ import annotations

import sys

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import Any

    from sotalia.model.service import OperationModel
    from sotalia.model.shapes import Shape

_NUMBERS = {"integer": int, "long": int, "float": float, "double": float, "bigdecimal": float}
_METAVARS = {
    **dict.fromkeys(("structure", "map", "list"), "JSON"),
    **dict.fromkeys(_NUMBERS, "NUMBER"),
    "timestamp": "TIME",
    "blob": "TEXT|@FILE",
}


class ParameterOption(click.Option):
    """An option for one member of an operation's input."""

    def __init__(self, name: str, flags: list[str], shape: Shape, **attributes: Any) -> None:
        # Not the member's own name, which may be one of ours: see :func:`given`.
        super().__init__([*flags, f"parameter_{name}"], default=None, expose_value=True, **attributes)
        self.member = name
        self.shape = shape


class Value(click.ParamType):  # type: ignore[type-arg] # Older clicks have none.
    """What the text of an option means, by the shape of the parameter."""

    def __init__(self, shape: Shape, *, streams: bool = False) -> None:
        self._shape = shape
        self._streams = streams
        self.name = shape.type_name

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """What stands for the value in ``--help``."""
        return "JSON" if _is_json(self._shape) else _METAVARS.get(self._shape.type_name, "TEXT")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value to call the operation with. A mistake is one of the command line."""
        if not isinstance(value, str):
            return value
        kind = self._shape.type_name
        try:
            if kind == "blob":
                return _blob(value, ctx if self._streams else None)
            if value.startswith("file://"):
                value = _read(value.removeprefix("file://")).decode("utf-8")
            return _read_value(self._shape, value)
        except OSError as error:
            self.fail(f"{error.filename}: {error.strerror or error}", param, ctx)
        except ValueError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        """The values of an enumeration; files for what is read from one."""
        from click.shell_completion import CompletionItem

        values: list[str] = getattr(self._shape, "enum", None) or []
        if not values and self._shape.type_name == "list":
            values = getattr(getattr(self._shape, "member", None), "enum", None) or []
        return [CompletionItem(value) for value in values if value.startswith(incomplete)]


def options(operation: OperationModel, taken: Collection[str]) -> Iterator[ParameterOption]:
    """An option for each parameter: ``--max-keys``. ``taken`` are flags that mean something else.

    A parameter whose flag is taken is ``--region-parameter``.
    """
    from sotalia.model.naming import xform_name

    shape = operation.input_shape
    stream = operation.get_streaming_input()
    seen = set(taken)
    members: dict[str, Shape] = {} if shape is None else shape.members
    for name, member in members.items():
        flag = f"--{xform_name(name).replace('_', '-')}"
        if flag in seen:
            flag += "-parameter"
        if member.type_name == "boolean":
            seen |= {flag, f"--no-{flag[2:]}"}
            yield ParameterOption(name, [f"{flag}/--no-{flag[2:]}"], member)
        else:
            seen.add(flag)
            kind = Value(member, streams=stream is not None and member is stream)
            yield ParameterOption(name, [flag], member, type=kind, multiple=member.type_name == "list")


def given(context: click.Context) -> dict[str, Any]:
    """The parameters that options gave, by the names of the model, and nothing else of the context's."""
    found: dict[str, Any] = {}
    for option in context.command.get_params(context):
        if not isinstance(option, ParameterOption):
            continue
        value = context.params.pop(str(option.name), None)
        if option.multiple and value:
            found[option.member] = [each for part in value for each in _elements(part)]
        elif value is not None and not option.multiple:
            found[option.member] = value
    return found


def _elements(part: list[Any] | str | float) -> list[Any]:
    """What one use of the option gave: one element, or JSON of several."""
    return part if isinstance(part, list) else [part]


def json_object(text: str) -> dict[str, Any]:
    """What ``--params`` gives: a JSON object, or ``@FILE``, or ``-`` for stdin. Raises ``BadParameter``."""
    try:
        if text == "-" or text.startswith("@"):
            text = _read(text.removeprefix("@")).decode("utf-8-sig")
        value: dict[str, Any] | list[Any] | str | float | None = _json(text)
    except OSError as error:
        raise click.BadParameter(f"{error.filename}: {error.strerror or error}") from None
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if not isinstance(value, dict):
        raise click.BadParameter('it takes an object, such as \'{"Bucket": "b"}\'')
    return value


# -- values --------------------------------------------------------------------------------------------------------


def _is_json(shape: Any) -> bool:
    return bool(shape.type_name in ("structure", "map", "list") or shape.serialization.get("jsonvalue"))


def _read_value(shape: Any, text: str) -> Any:
    if shape.serialization.get("jsonvalue"):
        return _json(text)
    kind = shape.type_name
    if kind in ("structure", "map", "list") and text.startswith("@"):
        text = _read(text[1:]).decode("utf-8-sig")
    if kind == "list":
        # JSON for all elements, or one of them in its own words.
        return _json(text) if text.lstrip().startswith("[") else _read_value(shape.member, text)
    if kind in ("structure", "map"):
        is_document = kind == "structure" and shape.is_document_type
        return _json(text) if is_document or text.lstrip()[:1] in ("{", "[", "") else _short(shape, text)
    if kind in _NUMBERS:
        try:
            return _NUMBERS[kind](text)
        except ValueError:
            raise ValueError(f"{text!r} is no number") from None
    if kind == "boolean":
        if text.lower() not in ("true", "false"):
            raise ValueError(f"{text!r} is neither true nor false")
        return text.lower() == "true"
    return text


def _short(shape: Any, text: str) -> dict[str, Any]:
    """``Name=instance-type,Values=t3.micro,t3.small``: what has no ``=`` is another element of the list before it."""
    pairs: list[tuple[str, list[str]]] = []
    for part in text.split(","):
        name, sign, value = part.partition("=")
        if sign and (shape.type_name == "map" or name in shape.members):
            pairs.append((name, [value]))
        elif pairs:
            pairs[-1][1].append(part)
        else:
            expected = "" if shape.type_name == "map" else f" of {', '.join(list(shape.members)[:6])}"
            raise ValueError(f"{text!r} is neither JSON nor NAME=VALUE,NAME=VALUE with names{expected}")
    result: dict[str, Any] = {}
    for name, values in pairs:
        inner = shape.value if shape.type_name == "map" else shape.members[name]
        if inner.type_name == "list":
            result[name] = [_read_value(inner.member, value) for value in values]
        else:
            result[name] = _read_value(inner, ",".join(values))
    return result


def _json(text: str) -> Any:
    import json

    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("is JSON of too many levels") from None
    except ValueError as error:
        raise ValueError(f"is no JSON: {error}") from None


def _blob(text: str, streamed_in: click.Context | None) -> Any:
    """Bytes, or for a body that is sent as it is read a file that is open until the command ends."""
    if text.startswith("@@"):
        return text[1:].encode()
    for prefix in ("@", "fileb://", "file://"):
        if text.startswith(prefix):
            path = text.removeprefix(prefix)
            if streamed_in is None:
                return _read(path)
            return streamed_in.with_resource(_stdin_copy() if path == "-" else open(path, "rb"))
    return text.encode()


def _read(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    with open(path, "rb") as file:
        return file.read()


def _stdin_copy() -> Any:
    """Stdin in a file, as signing and retries need its length and its beginning."""
    import shutil
    import tempfile

    file = tempfile.TemporaryFile()  # noqa: SIM115 # The context of the command closes it.
    shutil.copyfileobj(sys.stdin.buffer, file)
    file.seek(0)
    return file
