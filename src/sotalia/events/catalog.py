"""Every event that sotalia emits, one class each: the only place where an event's name stands.

The pipeline takes the names from here, the table in the documentation is written from it
(``python -m sotalia.events.catalog``), and tests compare it with what calls really emit.

A class's annotations are the keyword arguments that handlers get besides ``event_name``; its docstring says when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from sotalia.auth.signer import RequestSigner
    from sotalia.call.channel import Channel
    from sotalia.clients.base import BaseClient
    from sotalia.clients.settings import ClientSettings
    from sotalia.model.service import OperationModel, ServiceModel
    from sotalia.session.core import SessionCore
    from sotalia.transport.messages import AWSPreparedRequest, AWSRequest, AWSResponse

#: What a return value does. ``IGNORED`` nothing · ``FIRST``: all handlers run, and the first value that is not ``None``
#: counts · ``STOPS``: it counts, and later handlers do not run.
IGNORED, FIRST, STOPS = "ignored", "first", "stops"


class Event:
    """One event. ``pattern`` is its name; words in capitals stand for one part each: ``SERVICE`` is the hyphenated service
    id (``s3``, ``cloudwatch-logs``), ``OPERATION`` the API's name (``ListObjectsV2``).

    ``changes`` are the arguments that handlers may change in place, ``returns`` says what a return value does, ``effect``
    what becomes of it.
    """

    pattern: ClassVar[str]
    changes: ClassVar[tuple[str, ...]] = ()
    returns: ClassVar[str] = IGNORED
    effect: ClassVar[str] = ""
    is_per_attempt: ClassVar[bool] = False
    is_in_guide: ClassVar[bool] = False
    is_on_session: ClassVar[bool] = False

    #: Arguments in words where the type does not say enough.
    notes: ClassVar[dict[str, str]] = {}

    @classmethod
    def name(cls, *parts: str) -> str:
        """The name of one emission: ``BeforeCall.name("s3", "PutObject")`` is ``before-call.s3.PutObject``."""
        return ".".join((cls.pattern.partition(".")[0], *parts))

    @classmethod
    def arguments(cls) -> dict[str, str]:
        """The keyword arguments with their types as they are written here."""
        return {name: kind for name, kind in cls.__annotations__.items() if not kind.startswith("ClassVar")}


Context = dict[str, Any]
_CONTEXT = {"context": "shared by all events of the call"}


class ChooseServiceName(Event):
    """First of all when a client is made."""

    pattern = "choose-service-name"
    returns, effect = FIRST, "another name to load the service by"
    is_on_session = True

    service_name: str


class ServiceDataLoaded(Event):
    """When `session.get_service_data` or `get_service_model` reads a service's description."""

    pattern = "service-data-loaded.SERVICE"
    changes = ("service_data",)
    is_on_session = True

    service_data: dict[str, Any]
    service_name: str
    session: SessionCore


class CreatingClientClass(Event):
    """At every creation of a client."""

    pattern = "creating-client-class.SERVICE"
    changes = ("class_attributes", "base_classes")
    is_in_guide = is_on_session = True

    class_attributes: dict[str, object]
    base_classes: list[type]


class CreatingSerializer(Event):
    """While a client is made; PREFIX is the service's endpoint prefix."""

    pattern = "creating-serializer.PREFIX"
    changes = ("serializer_kwargs",)
    is_on_session = True
    notes: ClassVar[dict[str, str]] = {"serializer_kwargs": "`timestamp_precision` counts"}

    protocol_name: str
    service_model: ServiceModel
    serializer_kwargs: dict[str, Any]


class ClientCreated(Event):
    """When a client is ready, on the client's own registry: for what wants to see or equip every client."""

    pattern = "client-created.SERVICE"
    changes = ("client",)
    is_on_session = True
    notes: ClassVar[dict[str, str]] = {"settings": "what it was made from"}

    client: BaseClient
    settings: ClientSettings


class CreatingResourceClass(Event):
    """Each time a resource class is made."""

    pattern = "creating-resource-class.SERVICE.RESOURCE"
    changes = ("class_attributes", "base_classes")
    is_in_guide = is_on_session = True

    class_attributes: dict[str, object]
    base_classes: list[type]
    service_context: Any


class GetAttribute(Event):
    """When a client lacks an attribute."""

    pattern = "getattr.SERVICE.NAME"
    returns, effect = STOPS, "the attribute"

    client: BaseClient


class ProvideClientParams(Event):
    """First in every call, before anything is checked."""

    pattern = "provide-client-params.SERVICE.OPERATION"
    changes = ("params", "context")
    returns, effect = FIRST, "replaces the parameters"
    is_in_guide = True
    notes: ClassVar[dict[str, str]] = {"params": "the caller's", **_CONTEXT}

    params: dict[str, Any]
    model: OperationModel
    context: Context


class BeforeParameterBuild(Event):
    """Right after, with the parameters that came of it."""

    pattern = "before-parameter-build.SERVICE.OPERATION"
    changes = ("params", "context")
    notes: ClassVar[dict[str, str]] = _CONTEXT

    params: dict[str, Any]
    model: OperationModel
    context: Context


class BeforeEndpointResolution(Event):
    """Before the rule set decides where the call goes; the name has no OPERATION part."""

    pattern = "before-endpoint-resolution.SERVICE"
    changes = ("builtins", "context")
    notes: ClassVar[dict[str, str]] = {"builtins": "a copy for this call", **_CONTEXT}

    builtins: dict[str, Any]
    model: OperationModel
    params: dict[str, Any]
    context: Context


class BeforeCall(Event):
    """Once the request is built: `url`, `method`, `headers` and `body` count."""

    pattern = "before-call.SERVICE.OPERATION"
    changes = ("params", "context")
    returns, effect = STOPS, "a pair (http_response, parsed), taken as the response"
    is_in_guide = True
    notes: ClassVar[dict[str, str]] = {"params": "the request dict", **_CONTEXT}

    model: OperationModel
    params: dict[str, Any]
    request_signer: RequestSigner
    context: Context


class RequestCreated(Event):
    """Before each attempt; the signer is itself a handler of it."""

    pattern = "request-created.SERVICE.OPERATION"
    changes = ("request",)
    is_per_attempt = is_in_guide = True

    request: AWSRequest
    operation_name: str


class ChooseSigner(Event):
    """When a request is about to be signed, also for presigning."""

    pattern = "choose-signer.SERVICE.OPERATION"
    changes = ("context",)
    returns, effect = STOPS, "the signature version"
    is_per_attempt = True
    notes: ClassVar[dict[str, str]] = _CONTEXT

    signing_name: str
    region_name: str
    signature_version: str
    context: Context


class BeforeSign(Event):
    """Before the signature is computed: the last chance for signed headers."""

    pattern = "before-sign.SERVICE.OPERATION"
    changes = ("request",)
    is_per_attempt = True

    request: AWSRequest
    signing_name: str
    region_name: str
    signature_version: str
    request_signer: RequestSigner
    operation_name: str


class BeforeSend(Event):
    """Before each request goes out. An exception counts as a failed attempt."""

    pattern = "before-send.SERVICE.OPERATION"
    changes = ("request",)
    returns, effect = FIRST, "an `AWSResponse`, taken as the response"
    is_per_attempt = is_in_guide = True

    request: AWSPreparedRequest


class BeforeParse(Event):
    """When a response came. What is put into `customized_response_dict` goes into the result."""

    pattern = "before-parse.SERVICE.OPERATION"
    changes = ("response_dict", "customized_response_dict")
    is_per_attempt = True

    operation_model: OperationModel
    response_dict: dict[str, Any]
    customized_response_dict: dict[str, Any]


class ResponseReceived(Event):
    """After each attempt, with its response or its exception."""

    pattern = "response-received.SERVICE.OPERATION"
    changes = ("parsed_response", "context")
    is_per_attempt = True
    notes: ClassVar[dict[str, str]] = _CONTEXT

    response_dict: dict[str, Any] | None
    parsed_response: dict[str, Any] | None
    context: Context
    exception: Exception | None


class NeedsRetry(Event):
    """After each attempt, also a good one."""

    pattern = "needs-retry.SERVICE.OPERATION"
    returns, effect = FIRST, "seconds to wait before another attempt, or `False` for none"
    is_per_attempt = is_in_guide = True
    notes: ClassVar[dict[str, str]] = {"attempts": "made so far"}

    response: tuple[AWSResponse, dict[str, Any]] | None
    endpoint: Channel
    operation: OperationModel
    attempts: int
    caught_exception: Exception | None
    request_dict: dict[str, Any]


class AfterCall(Event):
    """When there is a response, of whatever status."""

    pattern = "after-call.SERVICE.OPERATION"
    changes = ("parsed", "context")
    is_in_guide = True
    notes: ClassVar[dict[str, str]] = {"parsed": "the result", **_CONTEXT}

    http_response: AWSResponse
    parsed: dict[str, Any]
    model: OperationModel
    context: Context


class AfterCallError(Event):
    """When sending raised: no connection, no credentials, an unreadable response. Not for errors that the service returned."""

    pattern = "after-call-error.SERVICE.OPERATION"
    changes = ("context",)
    effect = "the exception is raised in any case"
    is_in_guide = True
    notes: ClassVar[dict[str, str]] = _CONTEXT

    exception: Exception
    context: Context


#: All events, in the order in which a program meets them.
CATALOG: tuple[type[Event], ...] = tuple(Event.__subclasses__())

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
    arguments = ", ".join(_argument(event, name, kind) for name, kind in event.arguments().items())
    returns = _RETURNS[event.returns] + (
        event.effect if event.returns != IGNORED or not event.effect else f"; {event.effect}"
    )
    return f"| `{event.pattern}` | {marks} | {event.__doc__} | {arguments} | {returns} |"


def _argument(event: type[Event], name: str, kind: str) -> str:
    note = event.notes.get(name)
    shown = f"*`{name}`*" if name in event.changes else f"`{name}`"
    kind = kind.replace("Context", "dict").replace("[str, Any]", "").replace("|", "or")
    return f"{shown}: {kind}" + (f" ({note})" if note else "")


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
