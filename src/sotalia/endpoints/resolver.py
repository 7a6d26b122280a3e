"""The endpoint of one call: parameters gathered for the rule set, its answer put into the call's context.

A parameter of the rule set comes from the first of these that has it: a value fixed for the operation, a member of the
parameters, an expression over them, the client's context parameters, the built-ins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.endpoints.auth_schemes import choose_auth_scheme
from sotalia.endpoints.ruleset import UNUSED_PARAMETERS, RuleSetEndpoint
from sotalia.events.catalog import BeforeEndpointResolution
from sotalia.model.naming import xform_name
from sotalia.runtime.features import FEATURE_CODES, features

if TYPE_CHECKING:
    from collections.abc import Callable

    from sotalia.endpoints.ruleset import EndpointProvider, Parameter
    from sotalia.events import EventRegistry
    from sotalia.model.service import OperationModel, ServiceModel

    # A rule set parameter, and where it comes from: a member, a function of the parameters, a value that is fixed for
    # the operation or the client, a built-in.
    Sources = tuple[str, str | None, Callable[[dict[str, Any]], Any] | None, Any, str | None]


_RESULTS_KEPT = 100


class ResolvedEndpoint(RuleSetEndpoint):
    """The endpoint of calls, and what was chosen of its auth schemes. Shared between calls; do not change."""

    __slots__ = ("chosen", "features")

    def __init__(
        self, url: str, properties: dict[str, Any], headers: Any, noted: tuple[str, ...] = ()
    ) -> None:
        super().__init__(url, properties, headers)
        #: What calls with these parameters note for the ``User-Agent``.
        self.features = noted
        self.chosen: tuple[str | None, dict[str, Any]] | None = None


class _Inputs:
    """Where the parameters of the rule set come from in the calls of one operation.

    ``members`` and ``searches`` are what differs from call to call; ``functions`` the built-ins that are to be called.
    """

    __slots__ = ("functions", "members", "searches", "sources")

    def __init__(self, sources: list[Sources], builtins: dict[str, Any]) -> None:
        self.sources = sources
        self.members = tuple([source[1] for source in sources if source[1] is not None])
        self.searches = tuple([source[2] for source in sources if source[2] is not None])
        used = [source[4] for source in sources if source[4] is not None]
        self.functions = tuple(name for name in used if callable(builtins.get(name)))


class EndpointRulesetResolver:
    """Resolves the endpoints of one client's calls."""

    def __init__(
        self,
        provider: EndpointProvider,
        service_model: ServiceModel,
        builtins: dict[str, Any],
        client_context: dict[str, Any] | None,
        event_emitter: EventRegistry,
        use_ssl: bool = True,
        requested_auth_scheme: Any = None,
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
        # Endpoints by operation and parameters: what most calls find without asking the rule set.
        self._found: dict[tuple[Any, ...], ResolvedEndpoint] = {}

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
        """The endpoint of a call; ``auth_type``, ``signing`` and ``endpoint_properties`` go into its context.

        Raises ``EndpointResolutionError``, or what the reference raises for known complaints of rule sets.
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
        """The endpoint alone, after handlers of ``before-endpoint-resolution`` had their say."""
        builtins = self._builtins
        listeners = self._events.lookup(self._event_name)
        if listeners.handlers:  # before-endpoint-resolution
            builtins = dict(builtins)
            await listeners.notify(builtins=builtins, model=model, params=params, context=context)
        inputs = self._inputs.get(model.name)
        if inputs is None:
            inputs = self._inputs[model.name] = self._operation_inputs(model)
        for name in inputs.functions:
            if callable(value := builtins.get(name)):
                value = value()
                builtins = {**builtins, name: await value if hasattr(value, "__await__") else value}
        # All that may decide: the sources that come from the client are the same for all its calls.
        key: tuple[Any, ...] = (
            model.name,
            *builtins.values(),
            *map(params.get, inputs.members),
        )
        if inputs.searches:
            key += tuple([_as_key(search(params)) for search in inputs.searches])
        try:
            known = self._found.get(key)
        except TypeError:  # A list, which cannot be a key.
            return self._ask(inputs, params, builtins)
        if known is None:
            known = self._ask(inputs, params, builtins)
            if len(self._found) >= _RESULTS_KEPT:
                self._found.clear()
            self._found[key] = known
        return known

    def _ask(self, inputs: _Inputs, params: dict[str, Any], builtins: dict[str, Any]) -> ResolvedEndpoint:
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
        """Signature version and signing context for an endpoint's auth schemes."""
        return choose_auth_scheme(auth_schemes, self._requested_auth_scheme, self._auth_scheme_preference)

    # -- parameters --------------------------------------------------------------------------------------------

    def _operation_inputs(self, model: OperationModel) -> _Inputs:
        unused = UNUSED_PARAMETERS if self._service_model.service_name == "s3" else ()
        found = [
            self._parameter_sources(parameter, model)
            for parameter in self._provider.parameters
            if parameter.name not in unused
        ]
        # What is neither in the parameters nor anywhere else need not be looked for again.
        return _Inputs(
            [sources for sources in found if any(part is not None for part in sources[1:])], self._builtins
        )

    def _parameter_sources(self, parameter: Parameter, model: OperationModel) -> Sources:
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
        of_client = None
        if name in self._service_model.client_context_parameter_names:
            of_client = self._client_context.get(xform_name(name))
        return name, model.member_context.get(name), search, of_client, builtin


def _as_key(value: Any) -> Any:
    if type(value) is list:
        return tuple(map(_as_key, value))
    # Rule sets put values into addresses by formatting, where a member of an Enum is its name.
    return str.__str__(value) if isinstance(value, str) else value


def _features(values: dict[str, Any]) -> tuple[str, ...]:
    """The codes of what a rule set that asks for the account was given."""
    names = ["RESOLVED_ACCOUNT_ID"] if "AccountId" in values else []
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
    """What the reference raises for a complaint of a rule set, if it has something better."""
    found: Any = None
    if message.startswith("Invalid region in ARN: "):
        found = exceptions.InvalidHostLabelError(label=message.partition("`")[2].rpartition("`")[0])
    elif service_name == "s3":
        if message in _S3_CONFIGURATION:
            found = exceptions.UnsupportedS3ConfigurationError(msg=message)
        elif message.startswith(_S3_ACCESS_POINT):
            found = exceptions.UnsupportedS3AccesspointConfigurationError(msg=message)
        elif message.lower().startswith("invalid arn:"):
            found = exceptions.ParamValidationError(report=message)
    elif service_name == "s3control":
        if message.startswith("Invalid ARN:"):
            found = exceptions.UnsupportedS3ControlArnError(arn=params.get("Bucket"), msg=message)
        elif message.startswith(("Invalid configuration:", "Client was configured for partition")):
            found = exceptions.UnsupportedS3ControlConfigurationError(msg=message)
        elif message == "AccountId is required but not set":
            found = exceptions.ParamValidationError(report=message)
    elif service_name == "events" and message.startswith(
        (
            "Invalid Configuration: FIPS is not supported with EventBridge multi-region endpoints.",
            "EndpointId must be a valid host label.",
        )
    ):
        found = exceptions.InvalidEndpointConfigurationError(msg=message)
    error: Exception | None = found
    return error
