"""What a session knows: configuration, credentials, models, events. ``Session._session``, with the names of botocore's
``Session`` that programs use.
"""

from __future__ import annotations

import copy
import os
import sys
from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.clients.builder import ClientAssembly, ClientKind, ClientRequest, check_region
from sotalia.config.files import expanded
from sotalia.config.settings import SessionSettings
from sotalia.credentials.objects import Credentials
from sotalia.endpoints.legacy import EndpointResolver
from sotalia.events import first_non_none_response
from sotalia.events.aliases import EVENT_ALIASES
from sotalia.events.catalog import ChooseServiceName, ServiceDataLoaded
from sotalia.model.loader import Loader
from sotalia.runtime import drive
from sotalia.runtime.late_names import has_late_names
from sotalia.runtime.logs import LOG_FORMAT, set_file_logger, set_stream_logger
from sotalia.runtime.pickling import check
from sotalia.runtime.reference_base import ReferenceBase
from sotalia.runtime.version import __version__
from sotalia.session.builtin_handlers import registry_with_builtins
from sotalia.session.components import Components, ParserDefaults
from sotalia.session.foreign import ForeignHandlers

if TYPE_CHECKING:
    from collections.abc import Callable

    from sotalia.clients.base import BaseClient
    from sotalia.config.client_config import AnyConfig
    from sotalia.credentials.chain import CredentialResolver
    from sotalia.credentials.report import Explanation
    from sotalia.credentials.settings import ChainSettings
    from sotalia.credentials.tokens import TokenProviderChain
    from sotalia.model.service import ServiceModel
    from sotalia.runtime import Runtime

# Parts that wait in the colour of the session that made them, or leave what they find with it.
_OF_ONE_COLOUR = frozenset(
    ("credential_provider", "credential_search", "region_of_instance", "region_search", "token_provider")
)


@has_late_names
class SessionCore(SessionSettings, ReferenceBase):
    """One session. ``kind`` makes its clients synchronous or asynchronous."""

    def __init__(
        self,
        kind: ClientKind,
        profile: str | None = None,
        session_vars: dict[str, Any] | None = None,
        loader: Loader | None = None,
    ) -> None:
        super().__init__(session_vars, profile)
        self._kind = kind
        self.events = registry_with_builtins(coroutines=kind.runtime.is_async)
        #: Handlers of other packages; refreshed before each client is made.
        self.foreign_handlers = ForeignHandlers(self.events)
        self.user_agent_name = "sotalia"
        self.user_agent_version = __version__
        self.user_agent_extra = ""
        self.response_parser_defaults: dict[str, Any] = {}
        self._components = Components(self)
        #: Tells the region that we run in, for the defaults mode ``auto``, in place of the instance's metadata.
        self.instance_region: Callable[[], str | None] | None = None
        self._given_loader = loader
        self._credentials: Any = None
        # What the chain gave, to be told from what somebody set.
        self._found_credentials: Any = None
        self._auth_token: Any = None
        self._last_client_region: str | None = None

    def __copy__(self) -> SessionCore:
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> SessionCore:
        twin = memo[id(self)] = object.__new__(type(self))
        twin.__setstate__(self._given_state())
        return twin

    def _given_state(self) -> dict[str, Any]:
        """What programs have set on this session; nothing that was found in files, environment or elsewhere."""
        events = copy.copy(self.events)
        self.foreign_handlers.remove_from(events)  # Their packages bring them to every process.
        is_found = self._credentials is self._found_credentials
        return {
            **self.settings_state(),
            "kind": self._kind,
            "events": events,
            "components": self._components.state(),
            "credentials": None if is_found else self._credentials,
            "loader": self._given_loader,
            "instance_region": self.instance_region,
            "parser_defaults": dict(self.response_parser_defaults),
            "user_agent": (self.user_agent_name, self.user_agent_version, self.user_agent_extra),
        }

    def __getstate__(self) -> dict[str, Any]:
        """:meth:`_given_state` for pickle, which is told by name what cannot travel."""
        state = self._given_state()
        apart = ("kind", "events", "components")  # They look for themselves, or are looked at one by one.
        parts = {name.replace("_", " "): part for name, part in state.items() if name not in apart}
        parts.update({f"component {name}": part for name, part in state["components"].items()})
        for name, part in parts.items():
            check(part, f"the {name} of the session", "set it again in the worker")
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        SessionCore.__init__(self, state["kind"], loader=state["loader"])
        self.restore_settings(state)
        self.events = state["events"]
        self.foreign_handlers = ForeignHandlers(self.events)
        self._components.restore(state["components"])
        self._credentials = state["credentials"]
        self.instance_region = state["instance_region"]
        self.response_parser_defaults.update(state["parser_defaults"])
        self.user_agent_name, self.user_agent_version, self.user_agent_extra = state["user_agent"]

    def region_of_instance(self) -> str | None:
        """The region of the machine that we run on, ``None`` where nobody can tell; asked for once.

        An asynchronous session asks only a function that somebody set, as making a client may not wait for the network;
        its clients ask at their first call: :meth:`find_region_of_instance`.
        """
        if not self.knows_region_of_instance and (self.instance_region or not self.runtime.is_async):
            self._made["region_of_instance"] = None  # Whatever happens now, later clients do not wait again.
            if self.instance_region is not None:
                self._made["region_of_instance"] = self.instance_region()
            else:
                drive(self._search_region())
        return self._made.get("region_of_instance")

    @property
    def knows_region_of_instance(self) -> bool:
        """Whether it was asked for already, with whatever result."""
        return "region_of_instance" in self._made

    async def find_region_of_instance(self) -> str | None:
        """:meth:`region_of_instance` for who can wait. Several who ask at once look once; what fails means ``None``."""
        while not self.knows_region_of_instance:
            from sotalia.credentials.single_flight import SingleFlight

            search: SingleFlight = self._made.setdefault("region_search", SingleFlight())
            flight = search.begin()
            if flight is not None:
                await search.lead(flight, self._search_region())
            else:
                await search.wait(self.runtime)
        return self._made.get("region_of_instance")

    async def _search_region(self) -> None:
        from sotalia.credentials.instance import instance_region

        try:
            found = await instance_region(self.chain_settings())
        except Exception:
            found = None  # Off EC2 nobody answers; that is no mistake of the caller's.
        self._made["region_of_instance"] = found

    def in_colour(self, kind: ClientKind) -> SessionCore:
        """A session whose clients are of another kind, with the same handlers, settings, data and given keys.

        What is registered or set on either counts for both.
        """
        twin = copy.copy(self)
        twin._kind = kind
        twin._made = {name: part for name, part in self._made.items() if name not in _OF_ONE_COLOUR}
        twin._auth_token = None
        # Found credentials renew themselves in the colour they were found in; those that somebody set are for both.
        if self._credentials is self._found_credentials and type(self._credentials) is not Credentials:
            twin._credentials = twin._found_credentials = None
        return twin

    @property
    def runtime(self) -> Runtime:
        """How this session's clients wait."""
        return self._kind.runtime

    # -- data --------------------------------------------------------------------------------------------------

    @property
    def loader(self) -> Loader:
        """Where service models are read."""
        return self._replaced_loader() or self.part("loader", self._make_loader)

    def _replaced_loader(self) -> Loader | None:
        """What was registered as ``data_loader``, as a loader of ours."""
        given = self._given_data_loader()
        if given is None or isinstance(given, Loader):
            return given
        from sotalia.model.given_loader import loader_of

        # Folders may be added at any time.
        name = f"loader {id(given)} {getattr(given, 'search_paths', '')}"
        return self.part(name, lambda: loader_of(given))

    def _given_data_loader(self) -> Any:
        return self._components.replacement("data_loader")

    def _make_loader(self) -> Loader:
        if self._given_loader is not None:
            return self._given_loader
        configured = self.config_store.get_config_variable("data_path") or ""
        return Loader([expanded(path) for path in configured.split(os.pathsep) if path])

    @property
    def endpoint_resolver(self) -> EndpointResolver:
        """Host names of old."""
        return self.part("endpoint_resolver", self._make_endpoint_resolver)

    def _make_endpoint_resolver(self) -> EndpointResolver:
        loader = self.loader
        return EndpointResolver(loader.endpoints(), loader.is_builtin_path(loader.endpoints_path()))

    def service_name_for(self, service_name: str) -> str:
        """The name to load a service by, after the handlers of ``choose-service-name``."""
        responses = self.events.emit(ChooseServiceName.name(), service_name=service_name)
        name: str = first_non_none_response(responses, default=service_name)
        return name

    def get_service_model(self, service_name: str, api_version: str | None = None) -> ServiceModel:
        """The model of a service. Raises ``UnknownServiceError``."""
        if self.events.handlers(_service_data_event(service_name)):
            from sotalia.model.service import ServiceModel

            # Somebody may change the description, so it is not the one that all share.
            return ServiceModel(self.get_service_data(service_name, api_version), service_name)
        return self.loader.service(service_name, api_version)

    def get_service_data(self, service_name: str, api_version: str | None = None) -> dict[str, Any]:
        """The description of a service as it stands in its file, after the handlers of ``service-data-loaded``."""
        data: dict[str, Any] = self.loader.load_service_model(service_name, "service-2", api_version)
        self.events.emit(
            _service_data_event(service_name), service_data=data, service_name=service_name, session=self
        )
        return data

    def get_waiter_model(self, service_name: str, api_version: str | None = None) -> Any:
        """The waiters of a service, as the reference's ``WaiterModel``."""
        from botocore.waiter import WaiterModel

        return WaiterModel(self.loader.load_service_model(service_name, "waiters-2", api_version))

    def get_paginator_model(self, service_name: str, api_version: str | None = None) -> Any:
        """The pagination of a service, as the reference's ``PaginatorModel``."""
        from botocore.paginate import PaginatorModel

        return PaginatorModel(self.loader.load_service_model(service_name, "paginators-1", api_version))

    def get_data(self, data_path: str) -> Any:
        """A data file by its path without ending (``endpoints``). Raises ``DataNotFoundError``."""
        return self.loader.load_data(data_path)

    def get_available_services(self) -> list[str]:
        """Names of all services."""
        return self.loader.list_available_services("service-2")

    def get_available_partitions(self) -> list[str]:
        """Names of all partitions."""
        return self.endpoint_resolver.get_available_partitions()

    def get_partition_for_region(self, region_name: str) -> str:
        """The partition of a region. Raises ``UnknownRegionError``."""
        return self.endpoint_resolver.get_partition_for_region(region_name)

    def get_available_regions(
        self, service_name: str, partition_name: str = "aws", allow_non_regional: bool = False
    ) -> list[str]:
        """Regions of a service; none for services that nobody knows."""
        try:
            prefix = self.loader.service(service_name).endpoint_prefix
        except exceptions.DataNotFoundError:
            return []
        return self.endpoint_resolver.get_available_endpoints(prefix, partition_name, allow_non_regional)

    # -- credentials -------------------------------------------------------------------------------------------

    def set_credentials(
        self,
        access_key: str | None,
        secret_key: str | None,
        token: str | None = None,
        account_id: str | None = None,
    ) -> None:
        """Use these credentials."""
        self._credentials = Credentials(access_key, secret_key, token, account_id=account_id)

    @property
    def credential_provider(self) -> CredentialResolver:
        """The chain of sources that credentials come from."""
        given: CredentialResolver | None = self._components.replacement("credential_provider")
        if given is not None:
            return given
        from sotalia.credentials.precedence import default_chain

        return self.part("credential_provider", lambda: default_chain(self.chain_settings()))

    def chain_settings(self) -> ChainSettings:
        """What providers of credentials and tokens need of this session."""
        from sotalia.credentials.settings import ChainSettings

        return ChainSettings(
            profile_name=self.profile or "default",
            full_config=lambda: self.full_config,
            variable=self.get_config_variable,
            where=self.where,
            create_client=self.create_nested_client,
            make_transport=self._kind.transport,
            owns_transports=self._kind.owns_transports,
            user_agent=self.user_agent,
            runtime=self.runtime,
            role_region=self._last_client_region,
            uses_environment=not self._profile_is_explicit,
        )

    async def load_credentials(self) -> Any:
        """The session's credentials, or ``None``. What was found is kept; several who ask at once look once."""
        while self._credentials is None:
            from sotalia.credentials.single_flight import SingleFlight

            search: SingleFlight = self._made.setdefault("credential_search", SingleFlight())
            flight = search.begin()
            if flight is not None:
                await search.lead(flight, self._search_credentials())
            elif not await search.wait(self.runtime):
                continue
            break
        return self._credentials

    async def _search_credentials(self) -> None:
        from sotalia.credentials.chain import load_from

        if self._credentials is None:
            self._credentials = self._found_credentials = await load_from(self.credential_provider)

    def get_credentials(self) -> Any:
        """:meth:`load_credentials`; for synchronous sessions what it gives, for asynchronous ones to be awaited."""
        if self._kind.runtime.is_async:
            return self.load_credentials()
        return drive(self.load_credentials())

    async def explain_credentials(self, fetch: bool = True) -> Explanation:
        """Which source of credentials was asked, why it was passed over, which one won; never a secret.

        ``fetch`` also gets a role's keys, as the first request would: only then is it known when they expire.
        """
        from sotalia.credentials.explain import explain

        given = None if self._credentials is self._found_credentials else self._credentials
        left_out = {"env": "the profile was named in code, which goes before variables"}
        return await explain(
            self.credential_provider,
            self.profile or "default",
            given=given,
            left_out=left_out if self._profile_is_explicit else {},
            profile_variable=None if self._profile_is_explicit else self._profile_variable(),
            fetch=fetch,
        )

    def _profile_variable(self) -> str | None:
        """The environment variable that names the profile, if one does."""
        names = self.config_store.variables["profile"].environment
        return next((name for name in names if os.environ.get(name) is not None), None)

    def create_nested_client(
        self, service_name: str, region_name: str | None, credentials: Any
    ) -> BaseClient:
        """A client for credential providers: with these credentials, or unsigned for ``None``."""
        config = self._default_config
        if credentials is None:
            from sotalia.config.client_config import Config
            from sotalia.config.unsigned import unsigned

            own = Config(signature_version=unsigned())
            config = own if config is None else config.merge(own)
        region = region_name or self.config_store.get_config_variable("region") or "us-east-1"
        check_region(region)
        request = ClientRequest(service_name, region, None, True, None, None, credentials, config)
        return ClientAssembly(self, request, self._kind).build()

    @property
    def token_provider(self) -> TokenProviderChain:
        """The chain of sources that bearer tokens come from."""
        found: TokenProviderChain | None = self._components.replacement("token_provider")
        if found is None:
            found = self._made.get("token_provider")
        if found is None:
            from sotalia.credentials.sso_token import SSOTokenProvider
            from sotalia.credentials.tokens import EnvTokenProvider, TokenProviderChain

            providers = [EnvTokenProvider(), SSOTokenProvider(self.chain_settings())]
            found = self._made.setdefault("token_provider", TokenProviderChain(providers))
        return found

    def get_auth_token(self, signing_name: str | None = None, **kwargs: Any) -> Any:
        """The bearer token for a service (``signing_name``), else for any; ``None`` for none.

        ``get_frozen_token()`` gives its text, or ``await token.freeze()``. Raises ``InvalidConfigError`` for a profile
        whose ``sso_session`` is not complete.
        """
        if signing_name is not None:
            found = self.token_provider.load_token(signing_name=signing_name)
            if found is not None:
                return found
        if self._auth_token is None:
            self._auth_token = self.token_provider.load_token()
        return self._auth_token

    def auth_token(self, signing_name: str) -> Any:
        """:meth:`get_auth_token` for a client, quick where nobody has any token."""
        if "token_provider" not in self._made and self._components.replacement("token_provider") is None:
            variable = f"AWS_BEARER_TOKEN_{signing_name.replace('-', '_').replace(' ', '_').upper()}"
            profile = self.full_config.get("profiles", {}).get(self.profile or "default", {})
            if variable not in os.environ and "sso_session" not in profile:
                return None
        return self.get_auth_token(signing_name)

    # -- clients -----------------------------------------------------------------------------------------------

    def create_client(
        self,
        service_name: str,
        region_name: str | None = None,
        api_version: str | None = None,
        use_ssl: bool = True,
        verify: bool | str | None = None,
        endpoint_url: str | None = None,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        config: AnyConfig | None = None,
        aws_account_id: str | None = None,
    ) -> BaseClient:
        """A client of a service. Raises ``UnknownServiceError``, ``NoRegionError``, ``PartialCredentialsError`` ..."""
        if self._default_config is not None:
            config = self._default_config if config is None else self._default_config.merge(config)
        region_name = self._resolve_region_name(region_name, config)
        if api_version is None:
            versions = self.config_store.get_config_variable("api_versions")
            api_version = versions.get(service_name) if isinstance(versions, dict) else None
        credentials = self._client_credentials(
            config, aws_access_key_id, aws_secret_access_key, aws_session_token, aws_account_id
        )
        request = ClientRequest(
            service_name, region_name, api_version, use_ssl, verify, endpoint_url, credentials, config
        )
        client = ClientAssembly(self, request, self._kind).build()
        if "botocore.plugin" in sys.modules or "BOTOCORE_EXPERIMENTAL__PLUGINS" in os.environ:
            from sotalia.services import plugins

            plugins.initialize(client, plugins.listed())
        return client

    def _resolve_region_name(self, region_name: str | None, config: AnyConfig | None) -> str | None:
        if region_name is None:
            region_name = getattr(config, "region_name", None)
        if region_name is None:
            region_name = self._configured_region()
        check_region(region_name)
        if region_name is not None and type(region_name) is not str:
            region_name = str.__str__(region_name)  # Members of an Enum print their name, not their value.
        self._last_client_region = region_name
        return region_name

    def _configured_region(self) -> str | None:
        region: str | None = self.config_store.get_config_variable("region")
        try:
            check_region(region)
        except exceptions.InvalidRegionError as error:
            from sotalia.config.mistakes import located

            raise located(error, self.where("region")) from None
        return region

    def _client_credentials(
        self,
        config: AnyConfig | None,
        access_key: str | None,
        secret_key: str | None,
        token: str | None,
        account_id: str | None,
    ) -> Any:
        from sotalia.config.unsigned import is_unsigned

        if is_unsigned(getattr(config, "signature_version", None)):
            return None
        if access_key is not None and secret_key is not None:
            return Credentials(access_key, secret_key, token, account_id=account_id)
        if access_key is not None or secret_key is not None:
            missing = "aws_access_key_id" if access_key is None else "aws_secret_access_key"
            raise exceptions.PartialCredentialsError(provider="explicit", cred_var=missing)
        if not self._kind.runtime.is_async:
            return self.get_credentials()
        if self._credentials is not None:
            return self._credentials
        from sotalia.credentials.deferred import DeferredCredentials

        return DeferredCredentials(self.load_credentials)

    # -- events ------------------------------------------------------------------------------------------------

    def register(
        self,
        event_name: str,
        handler: Callable[..., Any],
        unique_id: Any = None,
        unique_id_uses_count: bool = False,
    ) -> None:
        """Register a handler for all clients to come."""
        self.events.register(event_name, handler, unique_id, unique_id_uses_count)

    def unregister(
        self,
        event_name: str,
        handler: Callable[..., Any] | None = None,
        unique_id: Any = None,
        unique_id_uses_count: bool = False,
    ) -> None:
        """Take a registration back."""
        self.events.unregister(event_name, handler, unique_id, unique_id_uses_count)

    def emit(self, event_name: str, **kwargs: Any) -> list[tuple[Any, Any]]:
        """Emit an event on the session."""
        return self.events.emit(event_name, **kwargs)

    def emit_first_non_none_response(self, event_name: str, **kwargs: Any) -> Any:
        """Emit an event; the first response that is one."""
        return first_non_none_response(self.events.emit(event_name, **kwargs))

    # -- components --------------------------------------------------------------------------------------------

    def get_component(self, name: str) -> Any:
        """A part of the session by name. Raises ``ValueError`` for unknown ones."""
        return self._components.get(name)

    def register_component(self, name: str, component: Any) -> None:
        """Replace a part of the session, or add one."""
        if name == "config_store":
            self.config_store = component
        elif name == "event_emitter":
            self.events = component
        self._components.register(name, component)

    def lazy_register_component(self, name: str, component: Callable[[], Any]) -> None:
        """Replace a part of the session by what a function gives, called when the part is first needed."""
        self._components.register_lazily(name, component)

    @property
    def response_parser_factory(self) -> ParserDefaults:
        """Where ``set_parser_defaults(timestamp_parser=...)`` is called."""
        return ParserDefaults(self.response_parser_defaults)

    # -- logging -----------------------------------------------------------------------------------------------

    LOG_FORMAT = LOG_FORMAT

    def set_debug_logger(self, logger_name: str = "sotalia") -> None:
        """Write everything to standard error."""
        self.set_stream_logger(logger_name, "DEBUG")

    def set_stream_logger(
        self, logger_name: str, log_level: int | str, stream: Any = None, format_string: str | None = None
    ) -> None:
        """Write messages to a stream, standard error by default; see :func:`sotalia.runtime.logs.set_stream_logger`."""
        set_stream_logger(logger_name, log_level, format_string or self.LOG_FORMAT, stream)

    def set_file_logger(self, log_level: int | str, path: str, logger_name: str = "sotalia") -> None:
        """Write messages to a file."""
        set_file_logger(log_level, path, logger_name)

    def user_agent(self) -> str:
        """The beginning of the ``User-Agent`` of this session's clients."""
        from sotalia.call.user_agent import ClientUserAgent

        return ClientUserAgent(
            name=self.user_agent_name,
            version=self.user_agent_version,
            session_extra=self.user_agent_extra or None,
        ).text()


def _service_data_event(service_name: str) -> str:
    return ServiceDataLoaded.name(str(EVENT_ALIASES.get(service_name, service_name)))
