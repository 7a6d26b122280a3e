"""A call and its attempts as objects: what the pipeline fills step by step, and what hooks and observers read.

A call refers to its attempts, and neither the context nor a request refers back to it. So a call that ended frees its
response at once, without waiting for the garbage collector.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from sotalia.call.channel import Channel
    from sotalia.call.hooks import Hooks
    from sotalia.call.modeled_errors import ClientExceptions
    from sotalia.call.operation import Operation
    from sotalia.clients.parts import ClientMeta, ClientParts
    from sotalia.events import EventRegistry
    from sotalia.transport.messages import AWSPreparedRequest, AWSResponse

    Parameters = dict[str, Any]
    RequestDict = dict[str, Any]
    Context = dict[str, Any]
    Result = dict[str, Any]

    class Caller(Protocol):
        """What a call needs of its client."""

        meta: ClientMeta
        parts: ClientParts

        @property
        def exceptions(self) -> ClientExceptions:
            """The service's errors."""
            ...


class Call:
    """One use of one operation, from the caller's parameters to the result.

    ``client`` the client, or whatever made the call · ``operation`` the compiled operation; ``operation.name`` is the
    API's name · ``parameters`` the caller's, later what handlers made of them · ``context`` the dictionary that all events
    of the call share · ``request`` the request dict, ``None`` until it is built · ``attempts`` the tries so far, at least
    one once something is to be sent · ``response`` and ``result`` the last HTTP response and its parsed form · ``error``
    what the call raised. Times are seconds of the runtime's clock, ``None`` while neither hook nor observer is there.
    """

    __slots__ = (
        "attempts",
        "channel",
        "client",
        "context",
        "ended_at",
        "error",
        "events",
        "hooks",
        "operation",
        "parameters",
        "request",
        "response",
        "result",
        "started_at",
    )

    def __init__(
        self,
        client: Caller,
        operation: Operation,
        parameters: Parameters,
        context: Context | None = None,
    ) -> None:
        meta = client.meta
        self.client = client
        self.channel: Channel = client.parts.channel
        self.events: EventRegistry = meta.events
        self.operation = operation
        self.parameters = parameters
        self.context: Context = (
            {
                "client_region": meta.region_name,
                "client_config": meta.config,
                "has_streaming_input": operation.has_streaming_input,
                "auth_type": operation.auth_type,
                "unsigned_payload": operation.unsigned_payload,
                "auth_options": operation.auth_options,
            }
            if context is None
            else context
        )
        self.attempts: list[Attempt] = []
        self.hooks: Hooks | None = None
        self.request: RequestDict | None = None
        self.response: AWSResponse | None = None
        self.result: Result | None = None
        self.error: BaseException | None = None
        self.started_at: float | None = None
        self.ended_at: float | None = None

    @property
    def name(self) -> str:
        """``s3.ListObjectsV2``: hyphenized service id and operation."""
        operation = self.operation
        return f"{operation.service_id}.{operation.name}"

    @property
    def attempt(self) -> Attempt:
        """The attempt that is running, or the last one. Raises ``IndexError`` before the first."""
        return self.attempts[-1]

    def __repr__(self) -> str:
        return f"<Call {self.name}, {len(self.attempts)} attempts>"


class Attempt:
    """One try of a call: a request out, and a response or an error back.

    ``number`` counts from 1 · ``request`` the signed request, ``None`` until it is signed · ``response`` and ``result`` the
    HTTP response and its parsed form, of any status · ``error`` what sending raised · ``delay_seconds`` and ``retry_reason``
    how long the call waits after it and why, ``None`` after the last. Times are seconds of the runtime's clock, ``None``
    while neither hook nor observer is there.
    """

    __slots__ = (
        "delay_seconds",
        "ended_at",
        "error",
        "number",
        "request",
        "response",
        "result",
        "retry_reason",
        "sent_at",
        "started_at",
    )

    def __init__(self, number: int) -> None:
        self.number = number
        self.request: AWSPreparedRequest | None = None
        self.response: AWSResponse | None = None
        self.result: Result | None = None
        self.error: Exception | None = None
        self.delay_seconds: float | None = None
        self.retry_reason: str | None = None
        self.started_at: float | None = None
        self.sent_at: float | None = None
        self.ended_at: float | None = None

    def __repr__(self) -> str:
        outcome = self.error if self.response is None else self.response.status_code
        return f"<Attempt {self.number}: {'under way' if outcome is None else repr(outcome)}>"
