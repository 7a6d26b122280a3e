"""Calls that are made up to the point of sending: :class:`DryRun`."""

from __future__ import annotations

from sotalia.events import BeforeCall
from sotalia.events.handlers import TypedHandler
from sotalia.extensions.mutating import is_mutating
from sotalia.extensions.records import Sink, names
from sotalia.runtime.logs import logger

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging
    from collections.abc import AsyncIterator, Callable, Iterator
    from typing import Any

    from sotalia.call import Call
    from sotalia.events import EventRegistry
    from sotalia.extensions.records import Record
    from sotalia.model.service import OperationModel
    from sotalia.model.shapes import Shape

_INFO = 20
# Empty values by type. There is no empty timestamp, so it is left out.
_EMPTY: dict[str, Any] = {
    "string": "", "character": "", "blob": b"", "boolean": False, "integer": 0, "long": 0, "short": 0, "byte": 0,
    "float": 0.0, "double": 0.0,
}  # fmt: skip
# Endings, in lower case, of members that name a thing. Tokens are not among them: they would have more pages asked for.
_NAMES = ("arn", "etag", "id", "url")


class DryRun:
    """Does not send calls that can change something; each returns an empty result at once.

    Up to there they are made as always: handlers run, parameters are validated, the request is built. The result has every
    member that the model knows, empty: ``""``, ``0``, ``False``, lists and maps without items, streams without content; no
    timestamps. Names of new things (``UploadId``, ``QueueUrl``, ``roleArn``, ``ETag``) are ``"dry-run"``, so that calls which are given
    them are valid. ``result["ResponseMetadata"]["DryRun"]`` is ``True``. ``target``, as for :class:`~sotalia.extensions.RequestLog`
    (default: ``sotalia.dry_run``), gets a record for each: ``service`` ``operation`` ``method`` ``url`` ``params``, without secrets. ``is_mutating(model)`` says
    which calls are meant, in place of :func:`sotalia.extensions.is_mutating`; all others are sent.
    """

    def __init__(
        self,
        target: logging.Logger | str | Callable[[Record], object] | None = None,
        is_mutating: Callable[[OperationModel], bool] = is_mutating,
    ) -> None:
        self._sink = Sink(logger("sotalia.dry_run") if target is None else target)
        self._is_mutating = is_mutating

    def install(self, events: EventRegistry) -> None:
        """Respond in place of the service, after all other handlers of ``before-call``."""
        events.register_last(BeforeCall.name(), TypedHandler(BeforeCall, self.respond))
        events.around_call(self.report)

    def respond(self, event: BeforeCall) -> None:
        """Give an empty result."""
        if self._is_mutating(event.model):
            shape = event.model.output_shape
            result: dict[str, Any] = {} if shape is None else _empty(shape, ())
            result["ResponseMetadata"] = {"DryRun": True, "HTTPHeaders": {}, "RetryAttempts": 0}
            event.respond(result)

    async def report(self, call: Call, proceed: Callable[[], Any]) -> Any:
        """Add streams, which differ between sync and async clients, and report the call."""
        result = await proceed()
        if not result.get("ResponseMetadata", {}).get("DryRun"):
            return result
        model = call.operation.model
        shape: Any = model.output_shape
        if model.has_event_stream_output:
            result[shape.event_stream_name] = EmptyEvents()
        elif model.has_streaming_output:
            from sotalia.transport.body import AsyncStreamingBody, StreamingBody, spent_body

            body = AsyncStreamingBody if call.client.meta.runtime.is_async else StreamingBody
            result[shape.serialization["payload"]] = body(spent_body(), "0")
        if self._sink.wants(_INFO):
            from sotalia.runtime.redaction import redact_params, redact_url

            request = call.request or {}
            record = {
                **names(call),
                "method": request.get("method"),
                "url": redact_url(request.get("url", ""), model),
                "params": redact_params(dict(call.parameters), model),
            }
            self._sink.put(_INFO, f"{call.name} was not sent: {record['method']} {record['url']}", record)
        return result


class EmptyEvents:
    """A stream of events that has none, for sync and async clients."""

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    async def __aiter__(self) -> AsyncIterator[Any]:
        nothing: tuple[Any, ...] = ()
        for event in nothing:
            yield event

    def close(self) -> None:
        """Nothing: there is no connection."""


def _empty(shape: Shape, above: tuple[str, ...]) -> Any:
    """The empty value of a shape; a structure within itself ends there."""
    kind = shape.type_name
    if kind == "structure":
        if shape.name in above or getattr(shape, "is_tagged_union", False):
            return {}
        structure: Any = shape
        members: dict[str, Shape] = structure.members
        return {
            name: "dry-run" if _names_something(name, member) else _empty(member, (*above, shape.name))
            for name, member in members.items()
            if member.type_name != "timestamp"
        }
    if kind in ("list", "map"):
        return [] if kind == "list" else {}
    return _EMPTY[kind]


def _names_something(name: str, member: Shape) -> bool:
    return member.type_name == "string" and name.lower().endswith(_NAMES)
