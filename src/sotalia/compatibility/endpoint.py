"""botocore's ``Endpoint``: what a client's channel is to tools (``client._endpoint``).

A :class:`~sotalia.call.channel.Channel` becomes one by assignment to its ``__class__`` the first time that somebody asks for
more than a channel has, so there is one object whoever holds it: the pipeline, handlers of ``needs-retry``, tools.

Tools replace or wrap two methods, on the class or on one object. The pipeline does not call them. Instead an assignment puts a
hook around the retry loop of the calls concerned: of all clients where it was made on the class (hence the metaclass),
of one client where it was made on its endpoint. The hook looks at each call whether the method is a replacement, and
hands the call to it. Nothing assigned, no hook, no cost.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import partial
from types import MethodType

from sotalia.call import Call, pipeline
from sotalia.call.channel import Channel
from sotalia.call.hooks import EVERYWHERE
from sotalia.call.operation import compiled
from sotalia.events.catalog import RequestCreated
from sotalia.events.handlers import Hook
from sotalia.events.tree import LAST
from sotalia.runtime import resolved
from sotalia.transport.messages import AWSRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.events import EventRegistry
    from sotalia.model.service import OperationModel
    from sotalia.transport.messages import AWSPreparedRequest

_AROUND = "around.retry-loop"
_HOOK_ID = "sotalia-endpoint"
_PREPARE_ID = "sotalia-prepare-request"
_ORIGINALS: dict[str, Any] = {}

# The call that a replaced make_request was given, for when it goes on to the original.
_replaced_call: ContextVar[Call | None] = ContextVar("sotalia_replaced_make_request", default=None)


class _Watched(type):
    """The class of :class:`Endpoint`: it sees what is assigned to the class."""

    def __setattr__(cls, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name not in _ORIGINALS:
            return
        if all(vars(cls)[name] is original for name, original in _ORIGINALS.items()):
            EVERYWHERE.unregister(_AROUND, unique_id=_HOOK_ID)
        else:
            EVERYWHERE.install(_AROUND, Hook(around_retry_loop), unique_id=_HOOK_ID)


class Endpoint(Channel, metaclass=_Watched):
    """A channel with the methods and names of the reference."""

    @classmethod
    def of(cls, channel: Channel) -> Endpoint:
        """The channel as an endpoint: the same object; of a view of a channel, as recorders take it, the channel behind."""
        channel = getattr(channel, "original", channel)
        if type(channel) is Channel:
            channel.__class__ = cls
        return channel  # type: ignore[return-value]

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name in _ORIGINALS:
            self.events.install(_AROUND, Hook(around_retry_loop), unique_id=_HOOK_ID)

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        if _ORIGINALS.keys().isdisjoint(vars(self)):
            self.events.unregister(_AROUND, unique_id=_HOOK_ID)

    def use_fake(self, fake: Any) -> None:
        """Let an object that tests put in the endpoint's place (``client._endpoint = Mock()``) make the requests."""
        self.fake = fake

        def make_request(operation_model: OperationModel, request_dict: dict[str, Any]) -> Any:
            # Looked up at each call: a mock may get another make_request later.
            return fake.make_request(operation_model, request_dict)

        self.make_request = make_request  # type: ignore[method-assign]

    def drop_fake(self) -> None:
        """Make the requests ourselves again."""
        if "fake" in vars(self):
            del self.fake, self.make_request

    def is_replaced(self, name: str) -> bool:
        """Whether something else stands in the place of this method, here or on the class."""
        method = getattr(self, name)
        if type(method) is not MethodType:
            return True
        function = method.__func__
        if function is _ORIGINALS[name]:
            return False
        # While boto3 is patched, what counts is whether botocore's method is replaced.
        replacement: Any = getattr(function, "replacement_of_joined", None)
        return replacement is None or replacement(self) is not None

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

    @property
    def _endpoint_prefix(self) -> str:
        return self.endpoint_prefix

    def prepare_request(self, request: AWSRequest) -> AWSPreparedRequest:
        """The signed request as it goes over the wire. Tracers wrap it to add headers to every attempt."""
        # Where it leads to the wrapper, which has been passed already.
        vars(request).pop("prepare", None)
        return request.prepare()

    def make_request(self, operation_model: OperationModel, request_dict: dict[str, Any]) -> Any:
        """Send a request dict that is complete, as often as retries want: the HTTP response and its parsed form.

        To be awaited on an async client. Whoever replaces or wraps it gets every call. Raises what sending raised.
        """
        return self.runtime.run(self._attempts(operation_model, request_dict))

    async def _attempts(self, model: OperationModel, request: dict[str, Any]) -> tuple[Any, Any]:
        call = _replaced_call.get()
        if call is None or call.operation.model is not model:
            call = Call(_Caller(self), compiled(model, self.serialization), {}, {})  # type: ignore[arg-type]
        call.request, call.context = request, request.setdefault("context", {})
        self.lead_to_prepare_request()
        await pipeline.attempts(call)
        return call.response, call.result

    def create_request(self, params: dict[str, Any], operation_model: OperationModel | None = None) -> Any:
        """The HTTP request of a request dict; with ``operation_model`` after its handlers of ``request-created``, signed.

        To be awaited on an async client.
        """
        return self.runtime.run(self._created(params, operation_model))

    async def _created(self, params: dict[str, Any], model: OperationModel | None) -> AWSPreparedRequest:
        streams = model is not None and (model.has_streaming_output or model.has_event_stream_output)
        request = AWSRequest.from_request_dict(params, stream_output=streams)
        if model is not None:
            event_name = RequestCreated.name(model.service_model.service_id.hyphenize(), model.name)
            await self.events.emit_async(event_name, request=request, operation_name=model.name)
        return self.prepare_request(request)

    def lead_to_prepare_request(self) -> None:
        """Have requests of this client prepared by whatever stands in the place of :meth:`prepare_request`."""
        if self.is_replaced("prepare_request"):
            self.events.install("request-created", self._prepare_elsewhere, LAST, unique_id=_PREPARE_ID)

    def _prepare_elsewhere(self, request: AWSRequest, **kwargs: Any) -> None:
        # A handler of request-created, which says for each request who prepares it.
        if self.is_replaced("prepare_request"):
            request.prepare = partial(self.prepare_request, request)  # type: ignore[method-assign]
        else:
            self.events.unregister("request-created", unique_id=_PREPARE_ID)


class _Caller:
    """Stands for the client where a program calls ``Endpoint.make_request`` itself."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.meta = self.parts = self
        self.events = endpoint.events
        self.channel = endpoint


async def around_retry_loop(call: Call, proceed: Callable[[], Any]) -> None:
    """Let what stands in the place of the endpoint's methods do their part of the call."""
    endpoint = Endpoint.of(call.channel)
    endpoint.lead_to_prepare_request()
    if not endpoint.is_replaced("make_request"):
        await proceed()
        return
    token = _replaced_call.set(call)
    try:
        call.response, call.result = await resolved(
            endpoint.make_request(call.operation.model, call.request)  # type: ignore[arg-type]
        )
    finally:
        _replaced_call.reset(token)


def _of_endpoint(name: str) -> Any:
    return property(
        lambda channel: getattr(Endpoint.of(channel), name),
        lambda channel, value: setattr(Endpoint.of(channel), name, value),
    )


class ChannelNames:
    """What makes a channel an endpoint when it is read or assigned."""

    _endpoint_prefix = _of_endpoint("_endpoint_prefix")
    _event_emitter = _of_endpoint("_event_emitter")
    create_request = _of_endpoint("create_request")
    http_session = _of_endpoint("http_session")
    make_request = _of_endpoint("make_request")
    prepare_request = _of_endpoint("prepare_request")


_ORIGINALS.update({name: vars(Endpoint)[name] for name in ("make_request", "prepare_request")})
