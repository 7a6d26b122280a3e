"""One operation made ready to be called: its event names, validator, serializer and parser, compiled on first use.

Service models are shared by the whole process, and so are these: a thousand clients of one service compile
``GetObject`` once.
"""

from __future__ import annotations

from sotalia.events import catalog
from sotalia.events.snapshot import AROUND

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.model.service import OperationModel
    from sotalia.protocols.response import OperationParser

# The events of an operation, in the order in which the pipeline emits them, and the attribute that holds each one's name.
_EVENTS = {
    "provide_client_params": catalog.ProvideClientParams,
    "before_parameter_build": catalog.BeforeParameterBuild,
    "before_call": catalog.BeforeCall,
    "request_created": catalog.RequestCreated,
    "before_send": catalog.BeforeSend,
    "before_parse": catalog.BeforeParse,
    "response_received": catalog.ResponseReceived,
    "needs_retry": catalog.NeedsRetry,
    "after_call": catalog.AfterCall,
    "after_call_error": catalog.AfterCallError,
}


class Operation:
    """What the pipeline needs of one operation, each piece made once."""

    __slots__ = (
        *_EVENTS,
        "around",
        "auth_options",
        "auth_type",
        "has_checksums",
        "has_event_stream_output",
        "has_streaming_input",
        "has_streaming_output",
        "may_be_compressed",
        "model",
        "name",
        "parser",
        "serialize",
        "service_id",
        "stream_output",
        "unsigned_payload",
        "validate",
    )

    provide_client_params: str
    before_parameter_build: str
    before_call: str
    request_created: str
    before_send: str
    before_parse: str
    response_received: str
    needs_retry: str
    after_call: str
    after_call_error: str

    def __init__(self, model: OperationModel, serialization: Serialization) -> None:
        from sotalia.protocols.parse import compile_parser
        from sotalia.protocols.serialize import compile_serializer
        from sotalia.protocols.validate import compile_validator

        self.model = model
        self.name = model.name
        #: The hyphenized service id, as in names of events.
        self.service_id: str = model.service_model.service_id.hyphenize()
        service_id = self.service_id
        #: The name under which a client's registry keeps what stands around calls of this operation.
        self.around = f"{AROUND}.{service_id}.{model.name}"
        for attribute, event in _EVENTS.items():
            setattr(self, attribute, event.name(service_id, model.name))
        self.auth_type: str | None = model.auth_type
        self.auth_options: list[str] | None = model.service_model.metadata.get("auth")
        self.unsigned_payload: bool | None = model.unsigned_payload
        self.has_streaming_input: bool = model.has_streaming_input
        self.has_streaming_output: bool = model.has_streaming_output
        self.has_event_stream_output: bool = model.has_event_stream_output
        self.has_checksums = bool(model.http_checksum) or model.http_checksum_required
        self.may_be_compressed = bool(model.request_compression)
        self.stream_output = self.has_streaming_output or self.has_event_stream_output
        self.validate: Callable[[object], str] = compile_validator(model.input_shape)
        self.serialize: Callable[[dict[str, Any]], dict[str, Any]] = compile_serializer(
            model, timestamp_precision=serialization.timestamp_precision
        )
        self.parser: OperationParser = compile_parser(
            model, timestamp_parser=serialization.timestamp_parser, blob_parser=serialization.blob_parser
        )

    def replaced(self, **attributes: Any) -> Operation:
        """The same with other attributes, for a call."""
        twin = object.__new__(Operation)
        for name in Operation.__slots__:
            setattr(twin, name, attributes.get(name) or getattr(self, name))
        return twin

    def __repr__(self) -> str:
        return f"<Operation {self.name}>"


class Serialization:
    """What may differ between clients of one service in how values are written and read.

    ``timestamp_precision`` is set by handlers of ``creating-serializer``; the parsers come from the session's
    ``response_parser_factory``. Clients without parsers of their own share compiled operations.
    """

    __slots__ = ("blob_parser", "timestamp_parser", "timestamp_precision")

    def __init__(
        self,
        timestamp_precision: str = "default",
        timestamp_parser: Callable[[Any], Any] | None = None,
        blob_parser: Callable[[Any], Any] | None = None,
    ) -> None:
        self.timestamp_precision = timestamp_precision
        self.timestamp_parser = timestamp_parser
        self.blob_parser = blob_parser


def compiled(model: OperationModel, serialization: Serialization) -> Operation:
    """The operation of this model, compiled now or earlier by any client of the process.

    Cached with the model, by timestamp precision. Clients whose session has parsers of its own compile for themselves:
    a function may be a new one for every session, and nothing would ever forget it. Of two threads that compile at
    once, both get the first one's.
    """
    if serialization.timestamp_parser is not None or serialization.blob_parser is not None:
        return Operation(model, serialization)
    cache: dict[str, Any] = model.service_model.derived
    key = f"operation {model.name} {serialization.timestamp_precision}"
    operation: Operation = cache.get(key) or cache.setdefault(key, Operation(model, serialization))
    return operation
