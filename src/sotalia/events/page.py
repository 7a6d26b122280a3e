"""The page of events, written from the catalog: ``python -m sotalia.events.page > docs/events.md``."""

from __future__ import annotations

from types import FunctionType

from sotalia.events.catalog import CATALOG
from sotalia.events.event import Event, OperationEvent, Settable
from sotalia.events.rows import returns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.events.event import Argument

# What every event has is said once.
_COMMON = (Event, OperationEvent, object)


def markdown() -> str:
    """The table of the documentation."""
    lines = [
        "# Events",
        "",
        "<!-- Written from sotalia/events/catalog.py: python -m sotalia.events.page > docs/events.md -->",
        "",
        "Every event, in the order in which a program meets them. **G**: one of the guide's nine. **↻**: once per attempt.",
        "**S**: emitted on the session, so register before the client is made. Every handler also gets `event_name`.",
        "Arguments in *italics* may be changed in place.",
        "",
        "| Event | | When | Keyword arguments | Return value |",
        "|---|---|---|---|---|",
    ]
    lines += [_row(event) for event in CATALOG]
    lines += ["", *_TYPED, *(_typed_row(event) for event in CATALOG)]
    return "\n".join([*lines, "", *_HOOKS])


def _row(event: type[Event]) -> str:
    marks = " ".join(
        mark
        for mark, holds in (
            ("G", event.is_in_guide),
            ("↻", event.is_per_attempt),
            ("S", event.is_on_session),
        )
        if holds
    )
    arguments = ", ".join(_argument(event, argument) for argument in event.described().values())
    return f"| `{event.pattern}` | {marks} | {event.__doc__} | {arguments} | {returns(event)} |"


def _argument(event: type[Event], argument: Argument[Any]) -> str:
    annotation = event.annotation(argument.name)
    shown = f"*`{argument.name}`*" if argument.is_changeable else f"`{argument.name}`"
    kind = annotation.replace("[str, Any]", "").replace("|", "or")
    return f"{shown}: {kind}" + (f" ({argument.note})" if argument.note else "")


_TYPED = """\
## As typed handlers

Each event has a class in `sotalia.events`, for `events.on(BeforeCall, handler, operation="PutObject")`: see [handlers](handlers.md). Its
attributes are the keyword arguments above and those listed here; all have `event_name` and `service_id`, and those of one operation
`operation_name`. What *may be assigned* takes a new value, what is only listed can be read, and methods say what a plain handler
says by its return value.

| Class | Event | May be assigned | More attributes | Methods |
|---|---|---|---|---|""".split("\n")


def _typed_row(event: type[Event]) -> str:
    members = {
        name: member
        for base in reversed([base for base in event.__mro__ if base not in _COMMON])
        for name, member in vars(base).items()
        if not name.startswith("_")
    }
    properties = {name: member for name, member in members.items() if isinstance(member, property)}
    assigned = [name for name, argument in event.described().items() if isinstance(argument, Settable)]
    assigned += [name for name, member in properties.items() if member.fset is not None]
    read = [name for name, member in properties.items() if member.fset is None]
    methods = [
        f"`{name}{_parameters(member)}`: {_sentence(member)}"
        for name, member in members.items()
        if isinstance(member, FunctionType)
    ]
    attributes = [f"`{name}`: {_sentence(properties[name])}" for name in read]
    return (
        f"| `{event.__name__}` | `{event.name()}` | {', '.join(f'`{name}`' for name in assigned)} | "
        f"{' '.join(attributes)} | {' '.join(methods)} |"
    )


def _parameters(function: FunctionType) -> str:
    code, defaults = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[1 : code.co_argcount]
    first = len(names) - len(defaults)
    shown = [
        f"{name}={defaults[place - first]!r}" if place >= first else name for place, name in enumerate(names)
    ]
    return f"({', '.join(shown)})"


def _sentence(member: Any) -> str:
    """What the documentation of a member begins with, in Markdown."""
    text = " ".join(member.__doc__.split()).replace("``", "`")
    return f"{text.partition('. ')[0].rstrip('.')}."


_HOOKS = """\
## Around calls

Events are moments. To stand around a whole call, or around each of its attempts, register a hook; to watch calls without
changing them, register an observer. Scopes are written as the end of an event's name: `""` for all calls, `"s3"`,
`"s3.PutObject"`, `"*.PutObject"`. Hooks of a session count for the clients that it makes from then on.

```python
import time

import sotalia

client = sotalia.client("s3")


def timed(call, proceed):                     # or: async def timed(call, proceed): result = await proceed() ...
    start = time.perf_counter()
    result = proceed()
    print(call.name, f"{time.perf_counter() - start:.3f} s", len(call.attempts), "attempts")
    return result


client.meta.events.around_call(timed, "s3")
client.list_buckets()
client.meta.events.remove(timed, "s3")
```

```text
s3.ListBuckets 0... s 1 attempts
```

A hook calls `proceed()` once, or not at all to respond itself. Around a call it returns the result; around an attempt,
`call.attempt` has the response or the error. A plain hook on an asynchronous client gets a coroutine from `proceed()`, which
it returns; to look at the outcome there, write it as `async def`, which works on both kinds of client. Hooks also see what
fails before there is a request, such as parameters that are not valid.

An observer overrides the methods of `sotalia.call.Observer` that it needs: `call_started`, `parameters_ready`,
`attempt_started`, `attempt_ended`, `retry_scheduled`, `call_ended`. Each gets a read-only view of the call. What an observer
raises is logged and does not reach the call. A call without hooks and observers pays one look-up for them.

**Next:** [write a hook](writing-hooks.md) · [a call, step by step](call.md) · [scopes](scopes.md)
""".split("\n")


if __name__ == "__main__":
    print(markdown(), end="")
