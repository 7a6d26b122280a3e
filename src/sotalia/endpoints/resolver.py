"""Resolve the endpoint of a call: gather the rule set's parameters, and put the result into the call's context.

A parameter of the rule set comes from the first of these that has it: a value fixed for the operation, a member of the
parameters, an expression over them, the client's context parameters, the built-ins.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.endpoints.auth_schemes import choose_auth_scheme
from sotalia.endpoints.ruleset import UNUSED_PARAMETERS, RuleSetEndpoint
from sotalia.events.catalog import BeforeEndpointResolution
from sotalia.model.naming import xform_name
from sotalia.runtime.features import FEATURE_CODES, features

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.endpoints.ruleset import EndpointProvider, RuleSetParameter
    from sotalia.events import EventRegistry
    from sotalia.model.service import OperationModel, ServiceModel

    # A rule set parameter and its sources: a member, a function of the parameters, a value that is fixed for the
    # operation or the client, a built-in.
    Sources = tuple[str, str | None, Callable[[dict[str, Any]], Any] | None, Any, str | None]


_RESULTS_CACHED = 100


class ResolvedEndpoint(RuleSetEndpoint):
    """An endpoint with the auth scheme that was chosen. Calls share it: treat it as read-only."""

    __slots__ = ("chosen", "features")

    def __init__(
        self, url: str, properties: dict[str, Any], headers: Any, feature_codes: tuple[str, ...] = ()
    ) -> None:
        super().__init__(url, properties, headers)
        #: Codes of features for the ``User-Agent`` of calls with these parameters.
        self.features = feature_codes
        #: Signature version and signing context, once a call has needed them.
        self.chosen: tuple[str | None, dict[str, Any]] | None = None


class _Inputs:
    """The sources of the rule set's parameters in calls of one operation.

    ``members`` and ``searches`` differ from call to call. ``functions`` names the built-ins to call.
    """

    __slots__ = ("functions", "members", "searches", "sources")

    def __init__(self, sources: list[Sources], builtins: dict[str, Any]) -> None:
        self.sources = sources
        self.members = tuple([source[1] for source in sources if source[1] is not None])
        self.searches = tuple([source[2] for source in sources if source[2] is not None])
        used = [source[4] for source in sources if source[4] is not None]
        self.functions = tuple(name for name in used if callable(builtins.get(name)))


class FixedEndpoint:
    """Resolves the endpoints of a service without rule set: always the same."""

    def __init__(self, url: str) -> None:
        self._endpoint = RuleSetEndpoint(url, {}, {})

    async def resolve(
        self,
        model: OperationModel,
        params: dict[str, Any],
        context: dict[str, Any],
        *,
        ignores_signing_region: bool = False,
    ) -> RuleSetEndpoint:
        """The endpoint; the call's context stays as it is."""
        return self._endpoint

    def with_events(self, events: EventRegistry) -> FixedEndpoint:
        """The same for another registry: it emits nothing."""
        return self


class EndpointRulesetResolver:
    """Resolves the endpoints of one client's calls, and caches them by operation and parameters."""

    def __init__(
        self,
        provider: EndpointProvider,
        service_model: ServiceModel,
        builtins: dict[str, Any],
        client_context: dict[str, Any] | None,
        event_emitter: EventRegistry,
        use_ssl: bool = True,
        requested_auth_scheme: object = None,
        auth_scheme_preference: str | None = None,
    ) -> None:
        self._provider = provider
        self._service_model = service_model
        self._builtins = builtins
        self._client_context = client_context or {}
        self._events = event_emitter
        self._use_ssl = use_ssl
        self._requested_auth_scheme = requested_auth_scheme
        self._auth_scheme_preference = auth_scheme_preference
        self._event_name = BeforeEndpointResolution.name(service_model.service_id.hyphenize())
        self._inputs: dict[str, _Inputs] = {}
        self._cache: dict[tuple[object, ...], ResolvedEndpoint] = {}

    def with_events(self, events: EventRegistry) -> EndpointRulesetResolver:
        """A resolver with the same results cached that emits on another registry."""
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__)
        view._events = events
        return view

    async def resolve(
        self,
        model: OperationModel,
        params: dict[str, Any],
        context: dict[str, Any],
        *,
        ignores_signing_region: bool = False,
    ) -> RuleSetEndpoint:
        """Resolve the endpoint of a call, and put ``auth_type``, ``signing`` and ``endpoint_properties`` into its context.

        Raises ``EndpointResolutionError``, or the error that the reference translates the rule set's message to.
        """
        endpoint = await self.construct_endpoint(model, params, context)
        if endpoint.chosen is None and (schemes := endpoint.properties.get("authSchemes")) is not None:
            endpoint.chosen = self.auth_schemes_to_signing_ctx(schemes)
        if endpoint.features:
            features.note_codes(endpoint.features)
        if endpoint.chosen is not None:
            context["auth_type"], signing = endpoint.chosen
            signing = dict(signing)
            if ignores_signing_region:
                signing.pop("region", None)
            if "signing" in context:
                context["signing"].update(signing)
            else:
                context["signing"] = signing
        context["endpoint_properties"] = endpoint.properties
        return endpoint

    async def construct_endpoint(
        self, model: OperationModel, params: dict[str, Any], context: dict[str, Any]
    ) -> ResolvedEndpoint:
        """Resolve the endpoint alone, after handlers of ``before-endpoint-resolution``."""
        builtins: dict[str, Any] = self._builtins
        listeners = self._events.lookup(self._event_name)
        if listeners.handlers:  # before-endpoint-resolution
            builtins = dict(builtins)
            await listeners.notify(builtins=builtins, model=model, params=params, context=context)
        inputs = self._inputs.get(model.name)
        if inputs is None:
            inputs = self._inputs[model.name] = self._operation_inputs(model)
        for name in inputs.functions:
            function: Callable[[], Any] | object = builtins.get(name)
            if callable(function):
                value: Any = function()
                builtins = {**builtins, name: await value if hasattr(value, "__await__") else value}
        # All that can change the result. The client's context parameters are the same for all its calls.
        key: tuple[object, ...] = (
            model.name,
            *builtins.values(),
            *map(params.get, inputs.members),
        )
        if inputs.searches:
            key += tuple([_as_key(search(params)) for search in inputs.searches])
        try:
            endpoint = self._cache.get(key)
        except TypeError:  # A list, which cannot be a key.
            return self._evaluate(inputs, params, builtins)
        if endpoint is None:
            endpoint = self._evaluate(inputs, params, builtins)
            if len(self._cache) >= _RESULTS_CACHED:
                self._cache.clear()
            self._cache[key] = endpoint
        return endpoint

    def _evaluate(
        self, inputs: _Inputs, params: dict[str, Any], builtins: dict[str, Any]
    ) -> ResolvedEndpoint:
        values: dict[str, Any] = {}
        for name, member, search, fixed, builtin in inputs.sources:
            value = None if member is None else params.get(member)
            if value is None and search is not None:
                value = search(params)
            if value is None:
                value = fixed
            if value is None and builtin is not None:
                value = builtins.get(builtin)
            if value is not None:
                values[name] = _as_key(value)
        try:
            endpoint = self._provider.resolve_endpoint(**values)
        except exceptions.EndpointProviderError as error:
            translated = _translated(str(error), self._service_model.service_name, params)
            if translated is None:
                raise
            raise translated from error
        url = endpoint.url
        if not self._use_ssl and url.startswith("https://") and not builtins.get("SDK::Endpoint"):
            url = f"http://{url[8:]}"
        headers: Any = {name: values[0] for name, values in endpoint.headers.items()}
        return ResolvedEndpoint(url, endpoint.properties, headers, _features(values))

    def auth_schemes_to_signing_ctx(
        self, auth_schemes: list[dict[str, Any]]
    ) -> tuple[str | None, dict[str, Any]]:
        """Choose signature version and signing context among an endpoint's auth schemes."""
        return choose_auth_scheme(auth_schemes, self._requested_auth_scheme, self._auth_scheme_preference)

    # -- parameters --------------------------------------------------------------------------------------------

    def _operation_inputs(self, model: OperationModel) -> _Inputs:
        unused = UNUSED_PARAMETERS if self._service_model.service_name == "s3" else ()
        every = [
            self._parameter_sources(parameter, model)
            for parameter in self._provider.parameters
            if parameter.name not in unused
        ]
        # Drop the parameters that no source can supply.
        return _Inputs(
            [sources for sources in every if any(part is not None for part in sources[1:])], self._builtins
        )

    def _parameter_sources(self, parameter: RuleSetParameter, model: OperationModel) -> Sources:
        name = parameter.name
        builtin = parameter.builtin
        if builtin is not None and builtin not in self._builtins:
            raise exceptions.UnknownEndpointResolutionBuiltInName(name=builtin)
        constant = model.static_context.get(name)
        if constant is not None:
            return name, None, None, constant, None
        search = None
        if name in model.expression_context:
            import jmespath

            search = jmespath.compile(model.expression_context[name]).search
        client_value = None
        if name in self._service_model.client_context_parameter_names:
            client_value = self._client_context.get(xform_name(name))
        return name, model.member_context.get(name), search, client_value, builtin


def _as_key(value: list[Any] | str | bool | None) -> object:
    if isinstance(value, list):
        return tuple(map(_as_key, value))
    # Rule sets format values into URLs. The member of an Enum with str would become its name.
    return str.__str__(value) if isinstance(value, str) else value


def _features(values: dict[str, Any]) -> tuple[str, ...]:
    """Codes of the account features that these parameters use."""
    names: list[str] = ["RESOLVED_ACCOUNT_ID"] if "AccountId" in values else []
    if (mode := values.get("AccountIdEndpointMode")) is not None:
        names.append(f"ACCOUNT_ID_MODE_{str(mode).upper()}")
    return tuple(FEATURE_CODES[name] for name in names if name in FEATURE_CODES)


# -- errors --------------------------------------------------------------------------------------------------------

_S3_CONFIGURATION = ("S3 Object Lambda does not support S3 Accelerate", "Accelerate cannot be used with FIPS")
_S3_ACCESS_POINT = (
    "S3 Outposts does not support",
    "S3 MRAP does not support",
    "S3 Object Lambda does not support",
    "Access Points do not support",
    "Invalid configuration:",
    "Client was configured for partition",
)


def _translated(message: str, service_name: str, params: dict[str, Any]) -> Exception | None:
    """The error that the reference raises for a message of a rule set; ``None`` if it has none."""
    error: Exception | None = None
    if message.startswith("Invalid region in ARN: "):
        error = exceptions.InvalidHostLabelError(label=message.partition("`")[2].rpartition("`")[0])
    elif service_name == "s3":
        if message in _S3_CONFIGURATION:
            error = exceptions.UnsupportedS3ConfigurationError(msg=message)
        elif message.startswith(_S3_ACCESS_POINT):
            error = exceptions.UnsupportedS3AccesspointConfigurationError(msg=message)
        elif message.lower().startswith("invalid arn:"):
            error = exceptions.ParamValidationError(report=message)
    elif service_name == "s3control":
        if message.startswith("Invalid ARN:"):
            error = exceptions.UnsupportedS3ControlArnError(arn=params.get("Bucket"), msg=message)
        elif message.startswith(("Invalid configuration:", "Client was configured for partition")):
            error = exceptions.UnsupportedS3ControlConfigurationError(msg=message)
        elif message == "AccountId is required but not set":
            error = exceptions.ParamValidationError(report=message)
    elif service_name == "events" and message.startswith(
        (
            "Invalid Configuration: FIPS is not supported with EventBridge multi-region endpoints.",
            "EndpointId must be a valid host label.",
        )
    ):
        error = exceptions.InvalidEndpointConfigurationError(msg=message)
    return error
