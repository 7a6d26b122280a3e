"""Attributes of botocore's clients that begin with an underscore, and that tools reach all the same.

The first use of one imports this module: see :mod:`sotalia.runtime.late_names`. They read, assign, and do one step of a call: what they are given, they handle as the
reference does. Calls of our clients do not pass through the steps, so whoever replaces one changes nothing; replace
``_make_api_call`` or ``_endpoint.make_request``. What is assigned to a part (``client._request_signer = signer``) counts.
"""

from __future__ import annotations

from operator import attrgetter

from sotalia.call import Call, pipeline
from sotalia.call.channel import Channel
from sotalia.call.modeled_errors import service_exceptions
from sotalia.compatibility.endpoint import Endpoint
from sotalia.endpoints.resolver import EndpointRulesetResolver
from sotalia.endpoints.ruleset import RuleSetEndpoint
from sotalia.runtime import resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from sotalia.call.modeled_errors import ClientExceptions
    from sotalia.clients.parts import ClientMeta, ClientParts
    from sotalia.model.service import OperationModel

    Params = dict[str, Any]


def _under_another_name(path: str) -> Any:
    """A property that reads and assigns what stands at ``path``, such as ``parts.signer``."""
    owner, _, name = path.rpartition(".")

    def assign(self: Any, value: Any) -> None:
        setattr(getattr(self, owner) if owner else self, name, value)

    return property(attrgetter(path), assign)


class MetaNames:
    """What ``client.meta`` has under botocore's names."""

    _service_model = _under_another_name("service_model")
    _client_config = _under_another_name("config")
    _endpoint_url = _under_another_name("endpoint_url")
    _partition = _under_another_name("partition")
    _method_to_api_mapping = _under_another_name("method_to_api_mapping")


class ClientNames:
    """What every client has under botocore's names. Steps that call handlers are awaited on an async client."""

    meta: ClientMeta
    parts: ClientParts
    exceptions: Any

    _request_signer = _under_another_name("parts.signer")
    _user_agent_creator = _under_another_name("parts.user_agent")
    _loader = _under_another_name("parts.loader")
    _cache = _under_another_name("parts.cache")
    _service_model = _under_another_name("meta.service_model")
    _client_config = _under_another_name("meta.config")

    @property
    def _endpoint(self) -> Any:
        endpoint = Endpoint.of(self.parts.channel)
        return vars(endpoint).get("fake", endpoint)

    @_endpoint.setter
    def _endpoint(self, endpoint: Any) -> None:
        if isinstance(endpoint, Channel):
            self.parts.channel = endpoint
            Endpoint.of(endpoint).drop_fake()
        else:
            Endpoint.of(self.parts.channel).use_fake(endpoint)

    @property
    def _serializer(self) -> ClientSerializer:
        return ClientSerializer(self)

    @property
    def _response_parser(self) -> ClientParser:
        return ClientParser(self)

    @property
    def _ruleset_resolver(self) -> ClientRulesets | None:
        resolver = self.parts.endpoint_resolver
        return (
            ClientRulesets(resolver, self.meta.runtime.run)
            if isinstance(resolver, EndpointRulesetResolver)
            else None
        )

    @property
    def _exceptions_factory(self) -> ExceptionsFactory:
        return ExceptionsFactory()

    @property
    def _exceptions(self) -> Any:
        return self.exceptions

    def _load_exceptions(self) -> Any:
        return self.exceptions

    def _get_credentials(self) -> Any:
        return self.parts.signer._credentials

    def _get_waiter_config(self) -> dict[str, Any]:
        return self.parts.waiter_config()

    def _emit_api_params(self, api_params: Params, operation_model: OperationModel, context: Params) -> Any:
        """The parameters after the handlers of ``provide-client-params`` and ``before-parameter-build``."""
        return self.meta.runtime.run(
            _provided(self, Call(self, self.parts.operation(operation_model.name), api_params, context))
        )

    def _resolve_endpoint_ruleset(
        self,
        operation_model: OperationModel,
        params: Params,
        request_context: Params,
        ignore_signing_region: bool = False,
    ) -> Any:
        """URL, headers and properties of a call's endpoint; what it says about signing goes into the context."""
        return self.meta.runtime.run(
            _resolved(self, operation_model, params, request_context, ignore_signing_region)
        )

    def _convert_to_request_dict(
        self,
        api_params: Params,
        operation_model: OperationModel,
        endpoint_url: str,
        context: Params | None = None,
        headers: Any = None,
        set_user_agent_header: bool = True,
    ) -> Params:
        """The request dict of a call, not signed. Raises ``ParamValidationError``."""
        operation = self.parts.operation(operation_model.name)
        call = Call(self, operation, api_params, {} if context is None else context)
        endpoint = RuleSetEndpoint(endpoint_url, {}, headers or {})
        request = pipeline.address(call, pipeline.serialize(self, operation, api_params), endpoint)
        if set_user_agent_header:
            request["headers"]["User-Agent"] = self.parts.user_agent.text()
        return request

    def _make_request(
        self, operation_model: OperationModel, request_dict: Params, request_context: Params
    ) -> Any:
        """Send a request dict, as often as retries want: the HTTP response and its parsed form."""
        return self.meta.runtime.run(_sent(self, operation_model, request_dict, request_context))


async def _provided(client: ClientNames, call: Call) -> Params:
    await pipeline.provide_parameters(call)
    return call.parameters


async def _resolved(
    client: ClientNames, model: Any, params: Params, context: Params, ignores_region: bool
) -> tuple[str, Any, Any]:
    known = context.get("endpoint_properties")
    endpoint = await client.parts.endpoint_resolver.resolve(
        model, params, context, ignores_signing_region=ignores_region
    )
    # The reference leaves this to its caller.
    context.pop("endpoint_properties", None)
    if known is not None:
        context["endpoint_properties"] = known
    return endpoint.url, endpoint.headers, endpoint.properties


async def _sent(client: ClientNames, model: Any, request: Params, context: Params) -> Any:
    try:
        return await resolved(client._endpoint.make_request(model, request))
    except Exception as error:
        event_name = client.parts.operation(model.name).after_call_error
        await client.meta.events.emit_async(event_name, exception=error, context=context)
        raise


class ClientSerializer:
    """The serializers of one client, by the reference's method."""

    __slots__ = ("_client",)

    def __init__(self, client: ClientNames) -> None:
        self._client = client

    def serialize_to_request(self, parameters: Params, operation_model: OperationModel) -> Params:
        """A request dict without URL: ``url_path``, ``query_string``, ``method``, ``headers``, ``body``.

        Raises ``ParamValidationError`` unless the client does not validate.
        """
        return pipeline.serialize(
            self._client, self._client.parts.operation(operation_model.name), parameters
        )


class ClientParser:
    """The parsers of one client, by the reference's method."""

    __slots__ = ("_client",)

    def __init__(self, client: ClientNames) -> None:
        self._client = client

    def parse(self, response: Params, shape: Any) -> Params:
        """What a response dict (``status_code``, ``headers``, ``body``, ``context``) says.

        ``shape``: the output shape of an operation, ``None`` for one without; of a modeled error, which gives that error's
        members alone. Raises ``ResponseParserError``, and ``ValueError`` for a shape that is neither.
        """
        service = self._client.meta.service_model
        wanted = None if shape is None else shape.name
        is_error = response["status_code"] >= 301 and wanted in {error.name for error in service.error_shapes}
        for name in service.operation_names:
            output = service.operation_model(name).output_shape
            if is_error or wanted == (None if output is None else output.name):
                parser = self._client.parts.operation(name).parser
                parsed: Params = parser.error_reader(shape)(response) if is_error else parser.parse(response)
                return parsed
        raise ValueError(f"{service.service_name} has no operation whose output is {wanted}")


class ClientRulesets:
    """The rule set of one client, by the reference's methods."""

    __slots__ = ("_resolver", "_run")

    def __init__(
        self, resolver: EndpointRulesetResolver, run: Callable[[Coroutine[Any, Any, Any]], Any]
    ) -> None:
        self._resolver = resolver
        self._run = run

    def construct_endpoint(
        self, operation_model: OperationModel, call_args: Params | None, request_context: Params
    ) -> Any:
        """The endpoint of a call: ``url``, ``properties``, ``headers``; to be awaited on an async client."""
        return self._run(self._resolver.construct_endpoint(operation_model, call_args or {}, request_context))

    def auth_schemes_to_signing_ctx(self, auth_schemes: list[Params]) -> tuple[str | None, Params]:
        """Signature version and signing context for an endpoint's auth schemes."""
        return self._resolver.auth_schemes_to_signing_ctx(auth_schemes)


class ExceptionsFactory:
    """Makes ``client.exceptions`` of services: the same object for one service in this process."""

    __slots__ = ()

    def create_client_exceptions(self, service_model: Any) -> ClientExceptions:
        """The errors of a service."""
        return service_exceptions(service_model)
