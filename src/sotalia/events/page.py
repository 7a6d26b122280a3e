"""The page of events, written from the catalog: ``python -m sotalia.events.page > docs/events.md``."""

from __future__ import annotations

from sotalia.events.catalog import CATALOG
from sotalia.events.event import FIRST, IGNORED, STOPS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.events.event import Argument, Event

_RETURNS = {
    IGNORED: "ignored",
    FIRST: "the first that is not `None`: ",
    STOPS: "the first that is not `None` ends the emission: ",
}


def markdown() -> str:
    """The table of the documentation."""
    lines = [
        "# Events",
        "",
        "Written from `sotalia/events/catalog.py`; do not edit. **G**: one of the guide's nine. **↻**: once per attempt.",
        "**S**: emitted on the session, so register before the client is made. Every handler also gets `event_name`.",
        "Arguments in *italics* may be changed in place.",
        "",
        "| Event | | When | Keyword arguments | Return value |",
        "|---|---|---|---|---|",
    ]
    lines += [_row(event) for event in CATALOG]
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
    returns = _RETURNS[event.returns] + (
        event.effect if event.returns != IGNORED or not event.effect else f"; {event.effect}"
    )
    return f"| `{event.pattern}` | {marks} | {event.__doc__} | {arguments} | {returns} |"


def _argument(event: type[Event], argument: Argument[Any]) -> str:
    annotation = event.annotation(argument.name)
    shown = f"*`{argument.name}`*" if argument.is_changeable else f"`{argument.name}`"
    kind = annotation.replace("[str, Any]", "").replace("|", "or")
    return f"{shown}: {kind}" + (f" ({argument.note})" if argument.note else "")


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
client.list_buckets()                         # s3.ListBuckets 0.031 s 1 attempts
client.meta.events.remove(timed, "s3")
```

A hook calls `proceed()` once, or not at all to respond itself. Around a call it returns the result; around an attempt,
`call.attempt` has the response or the error. A plain hook on an asynchronous client gets a coroutine from `proceed()`, which
it returns; to look at the outcome there, write it as `async def`, which works on both kinds of client. Hooks also see what
fails before there is a request, such as parameters that are not valid.

An observer overrides the methods of `sotalia.call.Observer` that it needs: `call_started`, `parameters_ready`,
`attempt_started`, `attempt_ended`, `retry_scheduled`, `call_ended`. Each gets a read-only view of the call. What an observer
raises is logged and does not reach the call. A call without hooks and observers pays one look-up for them.
""".split("\n")


if __name__ == "__main__":
    print(markdown(), end="")
