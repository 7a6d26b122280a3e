"""How a client is put together: settings resolved, endpoint and signer chosen, handlers registered."""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING, Any, Protocol, cast

from sotalia import exceptions
from sotalia.auth.signer import RequestSigner
from sotalia.call.channel import Channel
from sotalia.call.operation import Serialization
from sotalia.call.user_agent import ClientUserAgent
from sotalia.clients.base import client_class, method_to_api_mapping
from sotalia.clients.parts import ClientMeta, ClientParts
from sotalia.clients.settings import ClientSettings
from sotalia.config.client_config import Config
from sotalia.config.effective import EffectiveOptions
from sotalia.config.endpoint_url import configured_endpoint_url
from sotalia.credentials.objects import Credentials, features_of, freeze
from sotalia.endpoints.auth_schemes import MODEL_SCHEMES
from sotalia.endpoints.builtins import default_builtins
from sotalia.endpoints.client_endpoint import (
    ClientEndpoint,
    ClientEndpointResolver,
    check_endpoint_url,
    is_legacy_global_sts,
    is_s3_global,
)
from sotalia.endpoints.resolver import EndpointRulesetResolver, FixedEndpoint
from sotalia.endpoints.ruleset import EndpointProvider
from sotalia.events.catalog import ClientCreated, CreatingSerializer
from sotalia.runtime.logs import logger
from sotalia.runtime.pickling import check
from sotalia.transport import TransportOptions
from sotalia.transport.proxies import environment_proxies

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from sotalia.clients.base import BaseClient
    from sotalia.config.client_config import AnyConfig
    from sotalia.config.store import ConfigStore
    from sotalia.endpoints.legacy import EndpointResolver
    from sotalia.events import EventRegistry
    from sotalia.model.loader import Loader
    from sotalia.model.service import ServiceModel
    from sotalia.runtime import Runtime
    from sotalia.session.foreign import ForeignHandlers
    from sotalia.transport import Transport

_LABEL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


class ClientRequest:
    """What a caller asked for: the arguments of ``Session.client``."""

    __slots__ = (
        "api_version",
        "config",
        "credentials",
        "endpoint_url",
        "region_name",
        "service_name",
        "use_ssl",
        "verify",
    )

    def __init__(
        self,
        service_name: str,
        region_name: str | None,
        api_version: str | None,
        use_ssl: bool,
        verify: bool | str | None,
        endpoint_url: str | None,
        credentials: Any,
        config: AnyConfig | None,
    ) -> None:
        self.service_name = service_name
        self.region_name = region_name
        self.api_version = api_version
        self.use_ssl = use_ssl
        self.verify = verify
        self.endpoint_url = endpoint_url
        self.credentials = credentials
        self.config = config


class ClientKind:
    """What differs between the two colours: base class, runtime, transport.

    ``transport`` makes one for each client, which then closes it; with ``owns_transports`` false it gives one that
    somebody else made, and will close.
    """

    __slots__ = ("_given", "base", "owns_transports", "runtime", "transport")

    def __init__(
        self, base: type[BaseClient], runtime: Runtime, transport: Callable[[TransportOptions], Transport]
    ) -> None:
        self.base = base
        self.runtime = runtime
        self.transport = transport
        self.owns_transports = True
        self._given: Any = None

    def __reduce__(self) -> Any:
        """Pickle a transport, or a function that makes some, as it was given."""
        check(
            self._given,
            f"the transport {self._given!r} of the session",
            "give the session a function of a module that makes transports, or make the session in the worker",
        )
        return _kind, (self.base, self.runtime, None if self._given else self.transport, self._given)

    def use(self, transport: Transport | Callable[[TransportOptions], Transport]) -> None:
        """Have clients send through a transport of the caller's, or through those that a function makes."""
        # A class of transports has ``send`` as well, and makes them; a mock has it and can be called.
        makes_them = isinstance(transport, type) or not hasattr(transport, "send")
        self._given = transport
        self.owns_transports = makes_them
        self.transport = cast("Any", transport if makes_them else lambda options: transport)

    def replace_runtime(self, runtime: Runtime) -> None:
        """Have clients wait and tell the time by another runtime. Raises ``TypeError`` for one of the other kind."""
        if runtime.is_async is not self.runtime.is_async:
            wanted, other = ("async", "sync") if self.runtime.is_async else ("sync", "async")
            raise TypeError(
                f"{type(runtime).__name__} is a runtime of {other} clients, and this session makes {wanted} ones; give one "
                f"whose is_async is {self.runtime.is_async}"
            )
        self.runtime = runtime


def _kind(base: Any, runtime: Runtime, transport: Any, given: Any) -> ClientKind:
    """A kind of clients that was pickled."""
    kind = ClientKind(base, runtime, transport)
    if given is not None:
        kind.use(given)
    return kind


class SessionParts(Protocol):
    """What a client takes from its session."""

    events: EventRegistry
    config_store: ConfigStore
    user_agent_name: str
    user_agent_version: str
    user_agent_extra: str
    response_parser_defaults: dict[str, Any]
    foreign_handlers: ForeignHandlers

    @property
    def loader(self) -> Loader:
        """Where service models are read."""
        ...

    @property
    def endpoint_resolver(self) -> EndpointResolver:
        """Host names of old."""
        ...

    @property
    def full_config(self) -> dict[str, Any]:
        """Both shared files."""
        ...

    @property
    def config_file(self) -> str | None:
        """The path of the configuration file."""
        ...

    def get_scoped_config(self) -> dict[str, Any]:
        """The selected profile."""
        ...

    def service_name_for(self, service_name: str) -> str:
        """The name to load a service by."""
        ...

    def auth_token(self, signing_name: str) -> Any:
        """The bearer token for a service, or ``None``."""
        ...

    @property
    def knows_region_of_instance(self) -> bool:
        """Whether it was asked for where we run."""
        ...

    def region_of_instance(self) -> str | None:
        """The region that we run in, as far as it is known."""
        ...

    async def find_region_of_instance(self) -> str | None:
        """The same for who can wait."""
        ...

    def where(self, logical_name: str) -> str:
        """Where a setting stands."""
        ...

    def part(self, name: str, make: Callable[[], Any]) -> Any:
        """What the session has one of."""
        ...


class ClientAssembly:
    """Puts one client together. Each step keeps what later ones need as an attribute."""

    def __init__(self, session: SessionParts, request: ClientRequest, kind: ClientKind) -> None:
        self._session = session
        self._request = request
        self._kind = kind
        self._given: Any = request.config if request.config is not None else Config()
        self._profile: dict[str, Any] = session.get_scoped_config()
        self._store: ConfigStore = session.config_store.of_profile(self._profile)
        # Whether the defaults mode depends on where we run, which only the first call can find out.
        self._mode_is_open = False

    def build(self) -> BaseClient:
        """The client. Raises what bad settings raise: see "Configuration" in the documentation."""
        session, request = self._session, self._request
        session.foreign_handlers.refresh()
        service_name = session.service_name_for(request.service_name)
        self._model: ServiceModel = session.loader.service(service_name, request.api_version)
        base = client_class(self._model, session.events, self._kind.base)
        self._region_name, self._use_fips = _without_fips(
            request.region_name, self._setting("use_fips_endpoint")
        )
        self._apply_defaults_mode()
        self._s3_config = self._merged_s3_config()
        self._endpoint_url = self._explicit_endpoint_url()
        self._client_endpoint = self._resolve_client_endpoint()
        self._events: EventRegistry = copy.copy(session.events)
        self._events.set_colour(coroutines=self._kind.runtime.is_async)
        config = self._config()
        meta = ClientMeta(
            self._events,
            self._model,
            config,
            self._client_endpoint.region_name,
            self._client_endpoint.url,
            self._client_endpoint.partition,
            method_to_api_mapping(self._model),
            self._kind.runtime,
        )
        serialization = self._serialization()
        parts = ClientParts(
            meta=meta,
            channel=self._channel(config, serialization),
            endpoint_resolver=self._endpoint_resolver(config),
            signer=self._signer(),
            user_agent=self._user_agent(config),
            serialization=serialization,
            loader=session.loader,
            validates_parameters=self._validates_parameters(),
        )
        client = base(parts)
        config.__dict__["user_agent"] = parts.user_agent.text()
        name = ClientCreated.name(self._model.service_id.hyphenize())
        self._events.emit(name, client=client, settings=self._settings())
        return client

    def _setting(self, name: str) -> Any:
        """An option of the caller's ``Config``, else of the session."""
        value = getattr(self._given, name, None)
        return self._store.get_config_variable(name) if value is None else value

    # -- defaults and S3 options -------------------------------------------------------------------------------

    def _apply_defaults_mode(self) -> None:
        mode = self._setting("defaults_mode")
        if mode is None or mode.lower() == "legacy":
            return
        from sotalia.config.defaults_mode import apply_defaults_mode

        def region_here() -> str | None:
            found = self._session.region_of_instance()
            self._mode_is_open = not self._session.knows_region_of_instance
            return found

        load = self._load_defaults_modes
        try:
            apply_defaults_mode(self._store, mode, self._region_name, load, os.environ, region_here)
        except exceptions.InvalidDefaultsMode as error:
            raise self._complaint(error, "defaults_mode", self._given) from None

    def _load_defaults_modes(self) -> dict[str, Any]:
        data: dict[str, Any] = self._session.loader.load_data("sdk-default-configuration")
        return data

    def _merged_s3_config(self) -> dict[str, Any]:
        found = dict(self._store.get_config_variable("s3") or {})
        found.update(getattr(self._given, "s3", None) or {})
        # As in the reference, these two are looked at for every service.
        regional = found.get("us_east_1_regional_endpoint", "legacy")
        if regional not in ("legacy", "regional"):
            error = exceptions.InvalidS3UsEast1RegionalEndpointConfigError(
                s3_us_east_1_regional_endpoint_config=regional
            )
            raise self._s3_complaint(error, "us_east_1_regional_endpoint")
        self._sts_endpoints()
        return found

    def _sts_endpoints(self) -> str:
        """``regional`` or ``legacy``."""
        choice: str = self._store.get_config_variable("sts_regional_endpoints") or "regional"
        if choice not in ("legacy", "regional"):
            error = exceptions.InvalidSTSRegionalEndpointsConfigError(sts_regional_endpoints_config=choice)
            raise self._complaint(error, "sts_regional_endpoints")
        return choice

    def _complaint(self, error: Exception, name: str, given: Any = None) -> Exception:
        """The error, with the place of the setting unless ``given`` (an object with options) has it: the program's."""
        if getattr(given, name, None) is not None:
            return error
        from sotalia.config.mistakes import located

        found: Exception = located(error, self._session.where(name))
        return found

    def _s3_complaint(self, error: Exception, key: str) -> Exception:
        """The same for a key of ``s3``."""
        is_given = key in (getattr(self._given, "s3", None) or {})
        return error if is_given else self._complaint(error, f"s3.{key}")

    # -- where to ----------------------------------------------------------------------------------------------

    def _explicit_endpoint_url(self) -> str | None:
        url = self._request.endpoint_url
        if url is None and not self._setting("ignore_configured_endpoint_urls"):
            return self._configured_endpoint_url()
        if url is not None:
            check_endpoint_url(url)
        return url

    def _configured_endpoint_url(self) -> str | None:
        session = self._session
        found = (self._request.service_name, self._profile, session.full_config)
        try:
            url = configured_endpoint_url(*found)
        except exceptions.InvalidConfigError as error:
            raise self._complaint(error, "services") from None
        try:
            if url is not None:
                check_endpoint_url(url)
        except ValueError as error:
            from sotalia.config.endpoint_url import endpoint_url_origin
            from sotalia.config.mistakes import located

            raise located(error, endpoint_url_origin(*found, session.where, session.config_file)) from None
        return url

    def _use_dualstack(self) -> bool:
        if self._model.endpoint_prefix in ("s3", "s3-control"):
            of_s3 = self._s3_config.get("use_dualstack_endpoint")
            if of_s3 is not None:
                return bool(of_s3)
        return bool(self._setting("use_dualstack_endpoint"))

    def _resolve_client_endpoint(self) -> ClientEndpoint:
        model = self._model
        resolver = ClientEndpointResolver(
            self._session.endpoint_resolver,
            endpoint_prefix=model.endpoint_prefix,
            signing_name=model.metadata.get("signingName"),
            model_signature_version=_model_signature_version(model),
            configured_signature_version=self._configured_signature_version(),
            use_dualstack=self._use_dualstack(),
            use_fips=bool(self._use_fips),
        )
        is_secure = self._request.use_ssl
        region = self._region_name
        if model.service_name == "s3":
            is_global = is_s3_global(region, self._s3_config)
            # The reference leaves the region out for the global address, and then takes the options' region for it.
            of_options = getattr(self._given, "region_name", None)
            found = resolver.resolve(of_options if is_global else region, self._endpoint_url, is_secure)
            if found.signing_region is None and (region is None or is_global):
                usual = resolver.resolve(None, None, is_secure)
                found.signing_region, found.region_name = usual.signing_region, usual.region_name
            if is_global and found.region_name == "aws-global":
                found.region_name = "us-east-1"
            return found
        found = resolver.resolve(region, self._endpoint_url, is_secure)
        if model.service_name == "sts" and self._is_global_sts(found):
            found.url = "https://sts.amazonaws.com" if is_secure else "http://sts.amazonaws.com"
            found.signing_region = "us-east-1"
        return found

    def _is_global_sts(self, found: ClientEndpoint | None) -> bool:
        if found is not None and (self._endpoint_url is not None or found.variant_tags):
            return False
        return is_legacy_global_sts(self._sts_endpoints(), self._region_name)

    def _configured_signature_version(self) -> Any:
        version = getattr(self._given, "signature_version", None)
        if version is not None:
            return version
        block = self._profile.get(self._model.service_name)
        return block.get("signature_version") if isinstance(block, dict) else None

    def _endpoint_resolver(self, config: Config) -> EndpointRulesetResolver | FixedEndpoint:
        session, model = self._session, self._model
        ruleset = session.loader.ruleset(model.service_name, self._request.api_version)
        if ruleset is None:
            return FixedEndpoint(self._client_endpoint.url)
        provider = _endpoint_provider(model, ruleset, session.loader.partitions())
        in_legacy_region = model.endpoint_prefix in ("s3", "sts") or self._region_name is None
        region = self._client_endpoint.region_name if in_legacy_region else self._region_name
        builtins = default_builtins(
            region_name=region,
            use_fips=self._use_fips,
            use_dualstack=self._use_dualstack(),
            use_global_sts=model.service_name == "sts" and self._is_global_sts(None),
            s3_config=self._s3_config,
            endpoint_url=self._endpoint_url,
            configured_url=None if session.endpoint_resolver.uses_builtin_data else self._client_endpoint.url,
            account_id=self._account_id,
            account_id_endpoint_mode=config.account_id_endpoint_mode,
        )
        disables_express = config.s3_disable_express_session_auth
        builtins["AWS::S3::DisableS3ExpressSessionAuth"] = disables_express
        context = dict(getattr(self._given, "client_context_params", None) or {})
        if model.endpoint_prefix in ("s3", "s3-control"):
            context.update(self._s3_config, disable_s3_express_session_auth=disables_express)
        return EndpointRulesetResolver(
            provider,
            model,
            builtins,
            context,
            self._events,
            use_ssl=self._request.use_ssl,
            requested_auth_scheme=getattr(self._given, "signature_version", None),
            auth_scheme_preference=config.auth_scheme_preference,
        )

    def _account_id(self) -> str | Coroutine[Any, Any, str | None] | None:
        """The account of the credentials, for rule sets that put it into the host."""
        credentials = self._request.credentials
        if credentials is None or type(credentials) is Credentials:  # Fixed ones never have to be waited for.
            return None if credentials is None else credentials.account_id
        return _account_of(credentials)

    # -- settings ----------------------------------------------------------------------------------------------

    def _config(self) -> Config:
        """The effective options, as handlers and users see them on ``client.meta.config``."""
        found = self._client_endpoint
        options = EffectiveOptions(self._request.config, self._store, self._session.where)
        try:
            return options.resolve(
                region_name=found.region_name,
                signature_version=found.signature_version,
                s3=self._shown_s3_config(),
                variant_tags=found.variant_tags,
            )
        except exceptions.InvalidS3AddressingStyleError as error:
            raise self._s3_complaint(error, "addressing_style") from None

    def _shown_s3_config(self) -> dict[str, Any] | None:
        if self._model.endpoint_prefix in ("s3", "s3-control") and (
            "dualstack" in self._client_endpoint.variant_tags
        ):
            self._s3_config["use_dualstack_endpoint"] = True
        was_given = getattr(self._given, "s3", None) is not None
        return self._s3_config if self._s3_config or was_given else None

    def _validates_parameters(self) -> bool:
        if not getattr(self._given, "parameter_validation", True):
            return False
        configured = self._profile.get("parameter_validation")
        return configured is None or str(configured).lower() == "true"

    # -- parts -------------------------------------------------------------------------------------------------

    def _channel(self, config: Config, serialization: Serialization) -> Channel:
        url = self._client_endpoint.url
        proxies = config.proxies
        if proxies is None:
            proxies = environment_proxies(url, os.environ)
        options = TransportOptions(
            connect_timeout=config.connect_timeout,
            read_timeout=config.read_timeout,
            max_pool_connections=config.max_pool_connections,
            verify=self._verify(),
            client_cert=config.client_cert,
            proxies=proxies,
            proxies_config=config.proxies_config or self._store.get_config_variable("proxies_config"),
            tcp_keepalive=bool(self._setting("tcp_keepalive")),
        )
        return Channel(
            url,
            self._model.endpoint_prefix,
            self._events,
            self._kind.transport(options),
            self._kind.runtime,
            config.read_timeout,
            serialization,
            owns_transport=self._kind.owns_transports,
        )

    def _verify(self) -> bool | str:
        verify: Any = self._request.verify
        if verify is None:
            verify = self._store.get_config_variable("ca_bundle")
        if verify is None:
            verify = os.environ.get("REQUESTS_CA_BUNDLE")
        if verify is None:
            return True
        if isinstance(verify, str) and not verify.strip():
            error = exceptions.InvalidConfigError(error_msg="The CA bundle must not be an empty path.")
            raise error if self._request.verify is not None else self._complaint(error, "ca_bundle")
        return verify  # type: ignore[no-any-return]

    def _signer(self) -> RequestSigner:
        found = self._client_endpoint
        return RequestSigner(
            self._model.service_id,
            found.signing_region,
            found.signing_name,
            found.signature_version,
            self._request.credentials,
            self._events,
            self._session.auth_token(found.signing_name),
        )

    def _user_agent(self, config: Config) -> ClientUserAgent:
        assert config.retries is not None
        mode = config.retries["mode"]
        always = [f"RETRY_MODE_{mode.upper()}"]
        if config.request_checksum_calculation is not None:
            always.append(f"FLEXIBLE_CHECKSUMS_REQ_{config.request_checksum_calculation.upper()}")
        if config.response_checksum_validation is not None:
            always.append(f"FLEXIBLE_CHECKSUMS_RES_{config.response_checksum_validation.upper()}")
        if self._endpoint_url is not None:
            always.append("ENDPOINT_OVERRIDE")
        always.extend(features_of(self._request.credentials))
        session = self._session
        return ClientUserAgent(
            name=session.user_agent_name,
            version=session.user_agent_version,
            session_extra=session.user_agent_extra or None,
            retry_mode=mode,
            app_id=config.user_agent_appid,
            replacement=getattr(self._given, "user_agent", None),
            extra=getattr(self._given, "user_agent_extra", None),
            always=tuple(always),
        )

    def _serialization(self) -> Serialization:
        options: dict[str, Any] = {"timestamp_precision": "default"}
        self._events.emit(
            CreatingSerializer.name(self._model.endpoint_prefix),
            protocol_name=self._model.resolved_protocol,
            service_model=self._model,
            serializer_kwargs=options,
        )
        parsers = self._session.response_parser_defaults
        return Serialization(
            options["timestamp_precision"], parsers.get("timestamp_parser"), parsers.get("blob_parser")
        )

    def _settings(self) -> ClientSettings:
        return ClientSettings(
            request=self._request,
            session=self._session,
            runtime=self._kind.runtime,
            region_name=self._region_name,
            signature_version=self._configured_signature_version(),
            awaits_defaults_mode=self._mode_is_open,
            setting=self._setting,
        )


def _endpoint_provider(
    model: ServiceModel, ruleset: dict[str, Any], partitions: dict[str, Any]
) -> EndpointProvider:
    """The service's rule set, compiled; all its clients share compiled parts and results.

    Compared by identity, not equality: a session with other data paths may bring other partitions.
    """
    kept: tuple[Any, Any, EndpointProvider] | None = model.derived.get("endpoints")
    if kept is None:
        made = (ruleset, partitions, EndpointProvider(ruleset, partitions))
        kept = model.derived.setdefault("endpoints", made)
    if kept[0] is not ruleset or kept[1] is not partitions:
        kept = model.derived["endpoints"] = (ruleset, partitions, EndpointProvider(ruleset, partitions))
    return kept[2]


async def _account_of(credentials: Any) -> str | None:
    account_id: str | None = getattr(await freeze(credentials), "account_id", None)
    return account_id


def _model_signature_version(model: ServiceModel) -> str | None:
    """The first auth scheme of the model that we know, else its older word for it."""
    for scheme in model.metadata.get("auth") or ():
        if scheme in MODEL_SCHEMES:
            return MODEL_SCHEMES[scheme]
    return model.signature_version


def _without_fips(region_name: str | None, use_fips: Any) -> tuple[str | None, Any]:
    """A pseudo region of old (``fips-us-east-1``) as region and flag."""
    if region_name is None or not (region_name.startswith("fips-") or region_name.endswith("-fips")):
        return region_name, use_fips
    bare = region_name.replace("fips-", "").replace("-fips", "")
    logger(__name__).warning(
        "transforming region from %s to %s and setting use_fips_endpoint to true. client should not be configured with a "
        "fips psuedo region.",
        region_name,
        bare,
    )
    return bare, True


def check_region(region_name: str | None) -> None:
    """Raise ``InvalidRegionError`` for what cannot be part of a host name, ``TypeError`` for what is not text."""
    # The empty text is a region for the reference: with an address of its own, a client needs none.
    if region_name is None or region_name == "":
        return
    if not isinstance(region_name, str):
        raise TypeError(f"region_name must be text such as 'us-east-1', not {type(region_name).__name__}")
    if not (
        len(region_name) <= 63
        and _LABEL.issuperset(region_name)
        and region_name[0] != "-"
        and region_name[-1] != "-"
        and not region_name.isdigit()
    ):
        raise exceptions.InvalidRegionError(region_name=region_name)
