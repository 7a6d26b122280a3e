"""Where a client's calls go: the address of the service, the transport to it, and the address of each call.

:class:`Endpoint` is what handlers of ``needs-retry`` get as ``endpoint``. :class:`CallEndpoints` finds the address of
one call through the service's rule set, with the built-in parameters that handlers of ``before-endpoint-resolution``
may change.
"""

from __future__ import annotations

from types import MethodType
from typing import TYPE_CHECKING, Any

from sotalia.endpoints.ruleset import RuleSetEndpoint
from sotalia.events.catalog import RequestCreated
from sotalia.transport.body import AsyncStreamingBody, StreamingBody
from sotalia.transport.messages import AWSRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from sotalia.endpoints.resolver import EndpointRulesetResolver
    from sotalia.events import EventRegistry
    from sotalia.model.service import OperationModel
    from sotalia.runtime import Runtime
    from sotalia.transport import Transport
    from sotalia.transport.messages import AWSPreparedRequest

    Attempts = Callable[
        ["Endpoint", OperationModel, dict[str, Any], dict[str, Any]], Coroutine[Any, Any, tuple[Any, Any]]
    ]


class CallEndpoints:
    """Finds the address of each call: through the service's rule set, or always the same where it has none."""

    def __init__(self, resolver: EndpointRulesetResolver | None, url: str) -> None:
        self.resolver = resolver
        self._fixed = RuleSetEndpoint(url, {}, {})

    def resolve(
        self,
        model: OperationModel,
        params: dict[str, Any],
        context: dict[str, Any],
        *,
        ignores_signing_region: bool = False,
    ) -> Coroutine[Any, Any, RuleSetEndpoint]:
        """The endpoint of a call; what it says about signing goes into the call's context."""
        if self.resolver is None:
            return self._always()
        return self.resolver.resolve(model, params, context, ignores_signing_region=ignores_signing_region)

    def with_events(self, events: EventRegistry) -> CallEndpoints:
        """The same for another registry."""
        if self.resolver is None:
            return self
        return CallEndpoints(self.resolver.with_events(events), self._fixed.url)

    async def _always(self) -> RuleSetEndpoint:
        return self._fixed


class Endpoint:
    """One service at one address.

    ``host`` is the usual address (``https://s3.amazonaws.com``), ``transport`` what requests are sent through (also
    under the reference's name ``http_session``), ``events`` the client's registry, ``attempts`` what sends a request dict
    as often as retries want. Closing it closes the transport, unless somebody else owns that.
    """

    def __init__(
        self,
        host: str,
        endpoint_prefix: str,
        events: EventRegistry,
        transport: Transport,
        runtime: Runtime,
        read_timeout: float | None,
        attempts: Attempts,
        *,
        owns_transport: bool = True,
    ) -> None:
        self.host = host
        self._owns_transport = owns_transport
        self._endpoint_prefix = endpoint_prefix
        self.events = events
        self.transport = transport
        self.runtime = runtime
        self.read_timeout = read_timeout
        self._attempts = attempts

    def set_connect_timeout(self, seconds: float | None) -> None:
        """Wait so long for connections, where the transport is the client's own and can be told."""
        set_timeout = getattr(self.transport, "set_connect_timeout", None)
        if self._owns_transport and set_timeout is not None:
            set_timeout(seconds)

    def with_events(
        self, events: EventRegistry, transport: Transport, read_timeout: float | None
    ) -> Endpoint:
        """The same for another registry, which leaves the transport to this one."""
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__)
        view.events, view.transport, view.read_timeout = events, transport, read_timeout
        view._owns_transport = False
        return view

    def close(self) -> None:
        """Close the transport's idle connections."""
        if self._owns_transport:
            self.transport.close()

    async def aclose(self) -> None:
        """Close the transport; what is in flight ends with an error."""
        if self._owns_transport:
            await self.transport.aclose()

    @property
    def http_session(self) -> Any:
        """The transport, under the reference's name. A session of the reference's kind may be assigned."""
        return getattr(self.transport, "session", self.transport)

    @http_session.setter
    def http_session(self, session: Any) -> None:
        from sotalia.transport.http_session import SessionTransport

        self.transport = session if hasattr(session, "aclose") else SessionTransport(session)

    @property
    def _event_emitter(self) -> EventRegistry:
        return self.events

    def prepare_request(self, request: AWSRequest) -> AWSPreparedRequest:
        """The signed request as it goes over the wire. Every attempt passes here; tracers wrap it to add headers."""
        return request.prepare()

    def make_request(self, operation_model: OperationModel, request_dict: dict[str, Any]) -> Any:
        """Send a request dict that is complete, as often as retries want: the HTTP response and its parsed form.

        To be awaited on an asynchronous client. Whoever replaces or wraps it gets every call. Raises what sending raised.
        """
        work = self._attempts(self, operation_model, request_dict, request_dict.setdefault("context", {}))
        return self.runtime.run(work)

    def create_request(self, params: dict[str, Any], operation_model: OperationModel | None = None) -> Any:
        """The HTTP request of a request dict; with ``operation_model`` after its handlers of ``request-created``, signed.

        To be awaited on an asynchronous client.
        """
        work = self._created(params, operation_model)
        return self.runtime.run(work)

    async def _created(self, params: dict[str, Any], model: OperationModel | None) -> AWSPreparedRequest:
        streams = model is not None and (model.has_streaming_output or model.has_event_stream_output)
        request = AWSRequest.from_request_dict(params, stream_output=streams)
        if model is not None:
            event_name = RequestCreated.name(model.service_model.service_id.hyphenize(), model.name)
            await self.events.emit_async(event_name, request=request, operation_name=model.name)
        return self.prepare_request(request)

    @property
    def is_intercepted(self) -> bool:
        """Whether something else stands in the place of :meth:`make_request`, here or on the class."""
        # Not by a look into __dict__: once it is made, every attribute takes longer.
        found = self.make_request
        return type(found) is not MethodType or found.__func__ is not _MAKE_REQUEST

    async def content(self, http_response: Any) -> bytes:
        """The whole body of a response, whoever made it."""
        known = getattr(http_response, "_content", None)
        if known is not None:
            return bytes(known)
        take = getattr(http_response.raw, "take", None)
        if take is None:
            found: bytes = http_response.content
            return found
        http_response._content = data = bytes(await take())
        return data

    def streaming_body(self, raw: Any, content_length: str | None) -> StreamingBody | AsyncStreamingBody:
        """What callers read a streamed body with."""
        if self.runtime.is_async:
            return AsyncStreamingBody(raw, content_length)
        return StreamingBody(raw, content_length)

    def __repr__(self) -> str:
        from sotalia.runtime.redaction import redact_url

        return f"{self._endpoint_prefix}({redact_url(self.host)})"


_MAKE_REQUEST = Endpoint.make_request
