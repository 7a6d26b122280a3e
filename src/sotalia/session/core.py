"""The session behind ``Session._session``: makes clients, and has botocore's names for whatever programs reach in it."""

from __future__ import annotations

import os
import sys

from sotalia import exceptions
from sotalia.clients.addresses import check_region, choose_region
from sotalia.clients.builder import build_client
from sotalia.clients.settings import ClientRequest
from sotalia.credentials.objects import Credentials
from sotalia.events import first_non_none_response
from sotalia.events.catalog import ChooseServiceName
from sotalia.runtime.late_names import has_late_names
from sotalia.runtime.reference_base import ReferenceBase
from sotalia.session.botocore_names import BotocoreNames

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.config.client_config import AnyConfig
    from sotalia.credentials.chain import CredentialResolver
    from sotalia.credentials.report import Explanation
    from sotalia.credentials.settings import ChainSettings
    from sotalia.credentials.tokens import TokenProviderChain


@has_late_names
class SessionCore(BotocoreNames, ReferenceBase):
    """One session: its state, its clients, botocore's names."""

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
        given_region = region_name
        region_name = self._resolve_region_name(region_name, config)
        store = self.config_store.of_profile(self.get_scoped_config())
        if api_version is None:
            versions: dict[str, str] | str | None = store.get_config_variable("api_versions")
            api_version = versions.get(service_name) if isinstance(versions, dict) else None
        credentials = self.credentials.of_client(
            config, aws_access_key_id, aws_secret_access_key, aws_session_token, aws_account_id
        )
        request = ClientRequest(
            service_name=service_name,
            region_name=region_name,
            given_region=given_region,
            api_version=api_version,
            use_ssl=use_ssl,
            verify=verify,
            endpoint_url=endpoint_url,
            credentials=credentials,
            config=config,
            store=store,
        )
        try:
            client = build_client(self, request, self._kind)
        except exceptions.NoRegionError as error:
            from sotalia.session.mistakes import explain_missing_region

            explain_missing_region(error, self)
            raise
        if "botocore.plugin" in sys.modules or "BOTOCORE_EXPERIMENTAL__PLUGINS" in os.environ:
            from sotalia.services import plugins

            plugins.initialize(client, plugins.listed())
        return client

    def _resolve_region_name(self, region_name: str | None, config: AnyConfig | None) -> str | None:
        self._last_client_region = choose_region(self, region_name, config)
        return self._last_client_region

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
        request = ClientRequest(
            service_name=service_name,
            region_name=region,
            given_region=region_name,
            credentials=credentials,
            config=config,
            store=self.config_store.of_profile(self.get_scoped_config()),
        )
        return build_client(self, request, self._kind)

    def service_name_for(self, service_name: str) -> str:
        """The name to load a service by, after the handlers of ``choose-service-name``."""
        responses = self.events.emit(ChooseServiceName.name(), service_name=service_name)
        name: str = first_non_none_response(responses, default=service_name)
        return name

    def user_agent(self) -> str:
        """The beginning of the ``User-Agent`` of this session's clients."""
        from sotalia.call.user_agent import ClientUserAgent

        return ClientUserAgent(
            name=self.user_agent_name,
            version=self.user_agent_version,
            session_extra=self.user_agent_extra or None,
        ).text()

    # -- credentials -------------------------------------------------------------------------------------------

    @property
    def _credentials(self) -> Any:
        return self.credentials.current

    @_credentials.setter
    def _credentials(self, credentials: Any) -> None:
        self.credentials.current = credentials

    @property
    def _auth_token(self) -> Any:
        return self.credentials.any_token

    @_auth_token.setter
    def _auth_token(self, token: Any) -> None:
        self.credentials.any_token = token

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
        return self.credentials.chain

    @property
    def token_provider(self) -> TokenProviderChain:
        """The chain of sources that bearer tokens come from."""
        return self.credentials.token_chain

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
            uses_environment=not self.is_profile_explicit,
        )

    async def load_credentials(self) -> Any:
        """The session's credentials, or ``None``. What the chain finds is cached."""
        return await self.credentials.load()

    def get_credentials(self) -> Any:
        """The result of :meth:`load_credentials`; to be awaited of an async session."""
        return self.runtime.run(self.load_credentials())

    async def explain_credentials(self, fetch: bool = True) -> Explanation:
        """Which source of credentials was asked, why it was passed over, which one won; never a secret.

        ``fetch`` also gets a role's keys, as the first request would: only then is it known when they expire.
        """
        return await self.credentials.explain(fetch)

    def get_auth_token(self, signing_name: str | None = None, **kwargs: Any) -> Any:
        """The bearer token for a service (``signing_name``), else for any; ``None`` for none.

        ``get_frozen_token()`` gives its text, or ``await token.freeze()``. Raises ``InvalidConfigError`` for a profile
        whose ``sso_session`` is not complete.
        """
        return self.credentials.token(signing_name)
