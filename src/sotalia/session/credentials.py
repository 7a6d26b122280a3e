"""The credentials and tokens of one session: those that somebody set, else those that its chains of providers find."""

from __future__ import annotations

import os

from sotalia import exceptions
from sotalia.credentials import objects
from sotalia.credentials.objects import Credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sotalia.config.client_config import AnyConfig
    from sotalia.credentials.chain import CredentialResolver
    from sotalia.credentials.report import Explanation
    from sotalia.credentials.tokens import TokenProviderChain
    from sotalia.runtime import SingleFlight
    from sotalia.session.core import SessionCore


class SessionCredentials:
    """Finds once, and remembers what it found; what somebody sets replaces that."""

    def __init__(self, session: SessionCore, credentials: Any = None) -> None:
        self._session = session
        #: What clients get; ``None`` while nobody asked the chain.
        self.current = credentials
        # What the chain found, to be told from what somebody set.
        self._found: Any = None
        #: The token for any service, once somebody asked for one.
        self.any_token: Any = None

    @property
    def given(self) -> Any:
        """What somebody set; ``None`` for what the chain found."""
        return None if self.current is self._found else self.current

    def copy_to(self, session: SessionCore, *, shares_found: bool) -> SessionCredentials:
        """The same for another session. Refreshing what was found is up to the session that found it."""
        twin = SessionCredentials(session, self.given)
        if shares_found:
            twin.any_token = self.any_token
        if self.current is self._found and (shares_found or type(self._found) is Credentials):
            twin.current = twin._found = self._found
        return twin

    # -- credentials -------------------------------------------------------------------------------------------

    @property
    def chain(self) -> CredentialResolver:
        """The chain of sources that credentials come from."""
        session = self._session
        replacement: CredentialResolver | None = session._components.replacement("credential_provider")
        if replacement is not None:
            return replacement
        from sotalia.credentials.precedence import default_chain

        return session.part("credential_provider", lambda: default_chain(session.chain_settings()))

    async def load(self) -> Any:
        """The credentials, or ``None``; several who ask at once look once."""
        if self.current is None:
            from sotalia.credentials.objects import RECURSION
            from sotalia.runtime import SingleFlight

            search: SingleFlight = self.__dict__.setdefault("_flight", SingleFlight(RECURSION))
            await search.share(self._search, self._session.runtime)
        return self.current

    async def _search(self) -> None:
        from sotalia.credentials.chain import load_from

        if self.current is None:
            self.current = self._found = await load_from(self._session.credential_provider)

    def of_client(
        self,
        config: AnyConfig | None,
        access_key: str | None,
        secret_key: str | None,
        token: str | None,
        account_id: str | None,
    ) -> Any:
        """The credentials of a new client: the keys given for it, else the session's. Raises ``PartialCredentialsError``."""
        from sotalia.config.unsigned import is_unsigned

        if is_unsigned(getattr(config, "signature_version", None)):
            return None
        if access_key is not None and secret_key is not None:
            return Credentials(access_key, secret_key, token, account_id=account_id)
        if access_key is not None or secret_key is not None:
            missing = "aws_access_key_id" if access_key is None else "aws_secret_access_key"
            raise exceptions.PartialCredentialsError(provider="explicit", cred_var=missing)
        session = self._session
        if not session.runtime.is_async and not objects.deferring:
            return session.get_credentials()
        if self.current is not None:
            return self.current
        from sotalia.credentials.deferred import DeferredCredentials

        return DeferredCredentials(session.load_credentials)

    async def explain(self, fetch: bool) -> Explanation:
        """Which source was asked, why it was passed over, which one won; ``fetch`` also gets a role's keys."""
        from sotalia.credentials.explain import explain

        session = self._session
        is_explicit = session.is_profile_explicit
        left_out = {"env": "the profile was named in code, which goes before variables"}
        return await explain(
            session.credential_provider,
            session.profile or "default",
            given=self.given,
            left_out=left_out if is_explicit else {},
            profile_variable=None if is_explicit else self._profile_variable(),
            fetch=fetch,
        )

    def _profile_variable(self) -> str | None:
        """The environment variable that names the profile, if one does."""
        names = self._session.config_store.variables["profile"].environment
        return next((name for name in names if os.environ.get(name) is not None), None)

    # -- tokens ------------------------------------------------------------------------------------------------

    @property
    def token_chain(self) -> TokenProviderChain:
        """The chain of sources that bearer tokens come from."""
        session = self._session
        replacement: TokenProviderChain | None = session._components.replacement("token_provider")
        return session.part("token_provider", self._make_token_chain) if replacement is None else replacement

    def _make_token_chain(self) -> TokenProviderChain:
        from sotalia.credentials.sso_token import SSOTokenProvider
        from sotalia.credentials.tokens import EnvTokenProvider, TokenProviderChain

        return TokenProviderChain([EnvTokenProvider(), SSOTokenProvider(self._session.chain_settings())])

    def token(self, signing_name: str | None) -> Any:
        """The token for a service, else for any; ``None`` for none."""
        chain = self._session.token_provider
        if signing_name is not None:
            token = chain.load_token(signing_name=signing_name)
            if token is not None:
                return token
        if self.any_token is None:
            self.any_token = chain.load_token()
        return self.any_token

    def token_of_client(self, signing_name: str, profile: Mapping[str, Any]) -> Any:
        """:meth:`token` for a new client of a profile, quick where nobody has any."""
        session = self._session
        if (
            not session.has_part("token_provider")
            and session._components.replacement("token_provider") is None
        ):
            variable = f"AWS_BEARER_TOKEN_{signing_name.replace('-', '_').replace(' ', '_').upper()}"
            if variable not in os.environ and "sso_session" not in profile:
                return None
        return session.get_auth_token(signing_name)
