"""Credentials from IAM Identity Center (SSO): a role in an account, for who is signed in.

See "IAM Identity Center credential provider" in the AWS SDKs and Tools Reference Guide. A profile names a session
(``sso_session``), whose token is refreshed, or has ``sso_start_url`` and ``sso_region`` itself; then the token is used
until it expires.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.credentials.provider import CredentialProvider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Any

    from sotalia.credentials.settings import ChainSettings

_OF_PROFILE = ("sso_role_name", "sso_account_id")
_REQUIRED = (*_OF_PROFILE, "sso_start_url", "sso_region")


class SSOProvider(CredentialProvider):
    """The role ``sso_role_name`` in the account ``sso_account_id``.

    ``cache`` keeps credentials of roles, ``token_cache`` is where tokens are (default: ``~/.aws/sso/cache``).
    """

    METHOD = "sso"

    def __init__(self, settings: ChainSettings, token_cache: MutableMapping[str, Any] | None = None) -> None:
        super().__init__()
        self._settings = settings
        self._token_cache = token_cache
        self.cache = settings.cache

    def load(self) -> Any:
        """Credentials, or ``None`` for a profile without such a role. Raises ``InvalidConfigError``."""
        config = self._config()
        if config is None:
            return None
        from sotalia.credentials.cached_role import CachedRole
        from sotalia.credentials.refreshable import DeferredRefreshableCredentials

        arguments = {"roleName": config["sso_role_name"], "accountId": config["sso_account_id"]}
        if "sso_session" in config:
            arguments["sessionName"] = config["sso_session"]
        else:
            arguments["startUrl"] = config["sso_start_url"]

        async def ask() -> dict[str, Any]:
            return await self._ask(config)

        refresh = CachedRole(self.cache, arguments, ask, is_compact=True).refresh
        return DeferredRefreshableCredentials(refresh, self.METHOD, runtime=self._settings.runtime)

    def _config(self) -> dict[str, Any] | None:
        """The profile's settings with those of its session."""
        profile = self._settings.profile
        if not any(name in profile for name in _OF_PROFILE):
            return None
        config = {**profile, **self._session(profile)}
        missing = [name for name in _REQUIRED if name not in config]
        if missing:
            raise exceptions.InvalidConfigError(
                error_msg=f'The profile "{self._settings.profile_name}" is configured to use SSO but is missing required '
                f"configuration: {', '.join(missing)}"
            )
        return config

    def _session(self, profile: dict[str, Any]) -> dict[str, Any]:
        name = profile.get("sso_session")
        if name is None:
            return {}
        session: dict[str, Any] | None = self._settings.full_config().get("sso_sessions", {}).get(name)
        if session is None:
            raise exceptions.InvalidConfigError(
                error_msg=f'The specified sso-session does not exist: "{name}"'
            )
        for key, value in session.items():
            if profile.get(key, value) != value:
                raise exceptions.InvalidConfigError(
                    error_msg=f"The value for {key} is inconsistent between profile ({profile[key]}) and sso-session "
                    f"({value}): remove one of them."
                )
        return session

    async def _ask(self, config: dict[str, Any]) -> dict[str, Any]:
        token = await self._token(config)
        parameters = {
            "roleName": config["sso_role_name"],
            "accountId": config["sso_account_id"],
            "accessToken": token,
        }
        try:
            answer = await self._settings.call(
                "sso", "GetRoleCredentials", parameters, region_name=config["sso_region"]
            )
        except exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "UnauthorizedException":
                raise
            raise exceptions.UnauthorizedSSOTokenError() from None
        return _as_kept(answer.get("roleCredentials", {}), config["sso_account_id"])

    async def _token(self, config: dict[str, Any]) -> str:
        from sotalia.credentials.refreshing import moment, now
        from sotalia.credentials.sso_token import SSOTokenFiles, SSOTokenProvider, token_files

        if "sso_session" in config:
            provided = SSOTokenProvider(self._settings, self._token_cache).load_token()
            assert provided is not None
            token: str = (await provided.freeze()).token
            return token
        cache = token_files() if self._token_cache is None else self._token_cache
        found = SSOTokenFiles(cache).load(config["sso_start_url"])
        if (moment(found["expiresAt"]) - now()).total_seconds() <= 0:
            raise exceptions.UnauthorizedSSOTokenError()
        access_token: str = found["accessToken"]
        return access_token

    def absence(self) -> str:
        """No role is named."""
        return f"{self._settings.profile_place} has no sso_role_name and no sso_account_id"

    def origin(self) -> str:
        """The profile and its session."""
        profile = self._settings.profile
        names = [name for name in (*_REQUIRED, "sso_session") if name in profile]
        session = f", [sso-session {profile['sso_session']}]" if "sso_session" in profile else ""
        return f"{self._settings.profile_place}: {', '.join(names)}{session}"


def _as_kept(credentials: dict[str, Any], account_id: str) -> dict[str, Any]:
    """SSO's answer in the form of STS's; its time is in milliseconds."""
    from datetime import UTC, datetime

    try:
        until = datetime.fromtimestamp(credentials["expiration"] / 1000, UTC)
    except (ArithmeticError, LookupError, OSError, TypeError, ValueError):
        return {}  # Incomplete: whoever uses it says so.
    return {
        "ProviderType": "sso",
        "Credentials": {
            "AccessKeyId": credentials.get("accessKeyId"),
            "SecretAccessKey": credentials.get("secretAccessKey"),
            "SessionToken": credentials.get("sessionToken"),
            "Expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "AccountId": account_id,
        },
    }
