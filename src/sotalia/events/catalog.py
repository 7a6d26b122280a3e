"""Every event that sotalia emits, one class each: the only place where an event's name stands.

The pipeline takes the names from here; the page of events, the checks of registrations and the tests are derived from it.
A typed handler gets an instance: see :mod:`~sotalia.events.event`.
"""

from __future__ import annotations

from sotalia.events.event import (
    FIRST,
    STOPS,
    Argument,
    Changeable,
    Event,
    HandlerResponse,
    OperationEvent,
    Replaceable,
    Settable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping
    from typing import Any

    from sotalia.auth.signer import RequestSigner
    from sotalia.call.channel import Channel
    from sotalia.clients.base import BaseClient
    from sotalia.clients.settings import ClientSettings
    from sotalia.model.service import OperationModel, ServiceModel
    from sotalia.session.core import SessionCore
    from sotalia.transport.messages import (
        AWSPreparedRequest,
        AWSRequest,
        AWSResponse,
        HeadersDict,
        HTTPHeaders,
    )

_SHARED = "shared by all events of the call"


class ChooseServiceName(Event):
    """First of all when a client is made."""

    __slots__ = ()
    pattern = "choose-service-name"
    returns, effect = FIRST, "another name to load the service by"
    is_on_session = True

    service_name: Argument[str] = Argument()

    def load_as(self, service_name: str) -> None:
        """Load the service by another name."""
        self.returned = service_name


class ServiceDataLoaded(Event):
    """When `session.get_service_data` or `get_service_model` reads a service's description."""

    __slots__ = ()
    pattern = "service-data-loaded.SERVICE"
    is_on_session = True

    service_data: Settable[dict[str, Any]] = Settable()
    service_name: Argument[str] = Argument()
    session: Argument[SessionCore] = Argument()


class _CreatingClass(Event):
    __slots__ = ()

    class_attributes: Settable[dict[str, object]] = Settable()
    base_classes: Settable[list[type]] = Settable()

    def add_method(self, name: str, function: Callable[..., object]) -> None:
        """Give the class a method, or another attribute. Raises ``ValueError`` for a name that the class has already."""
        if name in self.class_attributes:
            raise ValueError(
                f"{self.event_name}: the class has an attribute {name!r} already; choose another name, or change "
                "event.class_attributes to replace it"
            )
        self.class_attributes[name] = function

    def add_base(self, base: type) -> None:
        """Have the class inherit from ``base``, before all other base classes."""
        self.base_classes.insert(0, base)


class CreatingClientClass(_CreatingClass):
    """At every creation of a client."""

    __slots__ = ()
    pattern = "creating-client-class.SERVICE"
    is_in_guide = is_on_session = True


class CreatingSerializer(Event):
    """While a client is made; PREFIX is the service's endpoint prefix."""

    __slots__ = ()
    pattern = "creating-serializer.PREFIX"
    is_on_session = True

    protocol_name: Argument[str] = Argument()
    service_model: Argument[ServiceModel] = Argument()
    serializer_kwargs: Settable[dict[str, Any]] = Settable("`timestamp_precision` counts")


class ClientCreated(Event):
    """When a client is ready, on the client's own registry: for what wants to see or equip every client."""

    __slots__ = ()
    pattern = "client-created.SERVICE"
    is_on_session = True

    client: Changeable[BaseClient] = Changeable()
    settings: Argument[ClientSettings] = Argument("what it was made from")


class CreatingResourceClass(_CreatingClass):
    """Each time a resource class is made."""

    __slots__ = ()
    pattern = "creating-resource-class.SERVICE.RESOURCE"
    is_in_guide = is_on_session = True

    service_context: Argument[Any] = Argument()


class GetAttribute(Event):
    """When a client lacks an attribute."""

    __slots__ = ()
    pattern = "getattr.SERVICE.NAME"
    returns, effect = STOPS, "the attribute"

    client: Argument[BaseClient] = Argument()

    @property
    def attribute(self) -> str:
        """The name of the attribute."""
        return self.event_name.split(".", 2)[2]

    def provide(self, value: object) -> None:
        """Give this value for the attribute. ``None`` is no value."""
        self.returned = value


class ProvideClientParams(OperationEvent):
    """First in every call, before anything is checked."""

    __slots__ = ()
    pattern = "provide-client-params.SERVICE.OPERATION"
    returns, effect = FIRST, "replaces the parameters"
    expects = "a dict that replaces the parameters, or None"
    is_in_guide = True

    params: Replaceable[dict[str, Any]] = Replaceable("the caller's")
    model: Argument[OperationModel] = Argument()
    context: Settable[dict[str, Any]] = Settable(_SHARED)


class BeforeParameterBuild(OperationEvent):
    """Right after, with the parameters that came of it."""

    __slots__ = ()
    pattern = "before-parameter-build.SERVICE.OPERATION"

    params: Settable[dict[str, Any]] = Settable()
    model: Argument[OperationModel] = Argument()
    context: Settable[dict[str, Any]] = Settable(_SHARED)


class BeforeEndpointResolution(Event):
    """Before the rule set decides where the call goes; the name has no OPERATION part."""

    __slots__ = ()
    pattern = "before-endpoint-resolution.SERVICE"

    builtins: Settable[dict[str, Any]] = Settable("a copy for this call")
    model: Argument[OperationModel] = Argument()
    params: Argument[dict[str, Any]] = Argument()
    context: Settable[dict[str, Any]] = Settable(_SHARED)


class BeforeCall(OperationEvent):
    """Once the request is built: `url`, `method`, `headers` and `body` count."""

    __slots__ = ()
    pattern = "before-call.SERVICE.OPERATION"
    returns, effect = STOPS, "a pair (http_response, parsed), taken as the response"
    expects = "a pair of an HTTP response and a dict, taken as the response, or None"
    is_in_guide = True

    model: Argument[OperationModel] = Argument()
    params: Settable[dict[str, Any]] = Settable("the request dict")
    request_signer: Argument[RequestSigner] = Argument()
    context: Settable[dict[str, Any]] = Settable(_SHARED)

    @property
    def headers(self) -> MutableMapping[str, str]:
        """The headers of every attempt. What is set here is signed."""
        headers: MutableMapping[str, str] = self.params["headers"]
        return headers

    @property
    def url(self) -> str:
        """Where the request goes."""
        url: str = self.params["url"]
        return url

    @url.setter
    def url(self, url: str) -> None:
        self.params["url"] = url

    @property
    def method(self) -> str:
        """The HTTP method."""
        method: str = self.params["method"]
        return method

    @method.setter
    def method(self, method: str) -> None:
        self.params["method"] = method

    @property
    def body(self) -> Any:
        """``bytes``, a form as ``dict``, or a file."""
        return self.params["body"]

    @body.setter
    def body(self, body: Any) -> None:
        self.params["body"] = body

    def respond(
        self, result: dict[str, Any], status_code: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Send nothing: ``result`` is what the call returns. A ``status_code`` from 300 on raises it as an error."""
        self.returned = HandlerResponse(status_code, headers, result=result)


class RequestCreated(Event):
    """Before each attempt; the signer is itself a handler of it."""

    __slots__ = ()
    pattern = "request-created.SERVICE.OPERATION"
    is_per_attempt = is_in_guide = True

    request: Changeable[AWSRequest] = Changeable()
    operation_name: Argument[str] = Argument()

    @property
    def headers(self) -> HTTPHeaders:
        """The headers of this attempt. What is set here is signed, unless the handler runs after the signer."""
        return self.request.headers


class ChooseSigner(OperationEvent):
    """When a request is about to be signed, also for presigning."""

    __slots__ = ()
    pattern = "choose-signer.SERVICE.OPERATION"
    returns, effect = STOPS, "the signature version"
    expects = "a signature version such as 'v4', botocore.UNSIGNED, or None"
    is_per_attempt = True

    signing_name: Argument[str] = Argument()
    region_name: Argument[str] = Argument()
    signature_version: Argument[str] = Argument()
    context: Settable[dict[str, Any]] = Settable(_SHARED)

    def sign_with(self, signature_version: Any) -> None:
        """Sign by this signature version; ``botocore.UNSIGNED`` leaves the request unsigned."""
        self.returned = signature_version


class BeforeSign(Event):
    """Before the signature is computed: the last chance for signed headers."""

    __slots__ = ()
    pattern = "before-sign.SERVICE.OPERATION"
    is_per_attempt = True

    request: Changeable[AWSRequest] = Changeable()
    signing_name: Argument[str] = Argument()
    region_name: Argument[str] = Argument()
    signature_version: Argument[str] = Argument()
    request_signer: Argument[RequestSigner] = Argument()
    operation_name: Argument[str] = Argument()

    @property
    def headers(self) -> HTTPHeaders:
        """The headers of this attempt. What is set here is signed."""
        return self.request.headers


class BeforeSend(OperationEvent):
    """Before each request goes out. An exception counts as a failed attempt."""

    __slots__ = ()
    pattern = "before-send.SERVICE.OPERATION"
    returns, effect = FIRST, "an `AWSResponse`, taken as the response"
    expects = "an HTTP response (with status_code, headers and content), or None"
    is_per_attempt = is_in_guide = True

    request: Changeable[AWSPreparedRequest] = Changeable()

    @property
    def headers(self) -> HeadersDict:
        """The headers as they go out. The request is signed already: a header set here is not covered by the signature."""
        return self.request.headers

    def respond(
        self, status_code: int = 200, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> None:
        """Send nothing: this HTTP response is parsed, and retried where its status wants it."""
        self.returned = HandlerResponse(status_code, headers, body)


class BeforeParse(OperationEvent):
    """When a response came. What is put into `customized_response_dict` goes into the result."""

    __slots__ = ()
    pattern = "before-parse.SERVICE.OPERATION"
    is_per_attempt = True

    operation_model: Argument[OperationModel] = Argument()
    response_dict: Settable[dict[str, Any]] = Settable()
    customized_response_dict: Settable[dict[str, Any]] = Settable()


class ResponseReceived(OperationEvent):
    """After each attempt, with its response or its exception."""

    __slots__ = ()
    pattern = "response-received.SERVICE.OPERATION"
    is_per_attempt = True

    response_dict: Argument[dict[str, Any] | None] = Argument()
    parsed_response: Changeable[dict[str, Any] | None] = Changeable()
    context: Settable[dict[str, Any]] = Settable(_SHARED)
    exception: Argument[Exception | None] = Argument()


class NeedsRetry(OperationEvent):
    """After each attempt, also a good one."""

    __slots__ = ()
    pattern = "needs-retry.SERVICE.OPERATION"
    returns, effect = FIRST, "seconds to wait before another attempt, or `False` for none"
    expects = "the seconds to wait before the next attempt, 0 or more, or None for no attempt more"
    is_per_attempt = is_in_guide = True

    response: Argument[tuple[AWSResponse, dict[str, Any]] | None] = Argument()
    endpoint: Argument[Channel] = Argument()
    operation: Argument[OperationModel] = Argument()
    attempts: Argument[int] = Argument("made so far")
    caught_exception: Argument[Exception | None] = Argument()
    request_dict: Argument[dict[str, Any]] = Argument()

    @property
    def status_code(self) -> int | None:
        """The status of the response; ``None`` where there is none."""
        return None if self.response is None else self.response[0].status_code

    @property
    def error_code(self) -> str | None:
        """The code of the error that the service returned, such as ``SlowDown``; ``None`` for none."""
        if self.response is None:
            return None
        code: str | None = self.response[1].get("Error", {}).get("Code")
        return code

    def retry_after(self, seconds: float) -> None:
        """Make another attempt after so many seconds: 0 for at once. How often, the handler decides by ``attempts``."""
        self.returned = seconds

    def give_up(self) -> None:
        """Make no other attempt, whatever handlers after this one want."""
        self.returned = False


class AfterCall(OperationEvent):
    """When there is a response, of whatever status."""

    __slots__ = ()
    pattern = "after-call.SERVICE.OPERATION"
    is_in_guide = True

    http_response: Argument[AWSResponse] = Argument()
    parsed: Settable[dict[str, Any]] = Settable("the result")
    model: Argument[OperationModel] = Argument()
    context: Settable[dict[str, Any]] = Settable(_SHARED)


class AfterCallError(OperationEvent):
    """When sending raised: no connection, no credentials, an unreadable response. Not for errors that the service returned."""

    __slots__ = ()
    pattern = "after-call-error.SERVICE.OPERATION"
    effect = "the exception is raised in any case"
    is_in_guide = True

    exception: Argument[Exception] = Argument()
    context: Settable[dict[str, Any]] = Settable(_SHARED)


#: All events, in the order in which a program meets them.
CATALOG: tuple[type[Event], ...] = tuple(
    found
    for found in list(globals().values())
    if isinstance(found, type) and issubclass(found, Event) and "pattern" in vars(found)
)
BY_NAME: dict[str, type[Event]] = {event.name(): event for event in CATALOG}
