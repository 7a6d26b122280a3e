"""Tokens of IAM Identity Center, as ``aws sso login`` leaves them in ``~/.aws/sso/cache``, and how they are refreshed.

See "IAM Identity Center credential provider" in the AWS SDKs and Tools Reference Guide. A file is named after the SHA-1
of the session's name, or for profiles without a session of the start URL, and holds ``accessToken``, ``expiresAt`` and,
where it can be refreshed, ``refreshToken, clientId, clientSecret, registrationExpiresAt``.
"""

from __future__ import annotations

import os

from sotalia import exceptions
from sotalia.credentials.refreshing import ADVISORY_SECONDS, moment, now
from sotalia.credentials.tokens import DeferredRefreshableToken, FrozenAuthToken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from datetime import datetime
    from typing import Any

    from sotalia.credentials.settings import ChainSettings

CACHE_DIRECTORY = os.path.join("~", ".aws", "sso", "cache")
_FOR_REFRESH = ("refreshToken", "clientId", "clientSecret", "registrationExpiresAt")
_OF_SESSION = ("sso_start_url", "sso_region")


def token_files() -> Any:
    """The directory of token files as a mapping."""
    from sotalia.credentials.json_cache import JSONFileCache, dumps_with_times

    return JSONFileCache(CACHE_DIRECTORY, lambda value: dumps_with_times(value, "%Y-%m-%dT%H:%M:%SZ"))


class SSOTokenFiles:
    """Token files by start URL or session name."""

    def __init__(self, cache: MutableMapping[str, Any]) -> None:
        self._cache = cache

    @staticmethod
    def key(name: str) -> str:
        """The key for a session's name or a start URL."""
        from hashlib import sha1

        return sha1(name.encode("utf-8"), usedforsecurity=False).hexdigest()

    def load(self, name: str) -> dict[str, Any]:
        """A token. Raises ``SSOTokenLoadError`` for one that is missing or lacks parts."""
        try:
            token: dict[str, Any] = self._cache[self.key(name)]
        except KeyError as error:
            if isinstance(error.__cause__, OSError):
                raise exceptions.SSOTokenLoadError(
                    error_msg=f"Token for {name} cannot be used: {error.__cause__}"
                ) from error
            raise exceptions.SSOTokenLoadError(
                error_msg=f"Token for {name} does not exist; get one with 'aws sso login'"
            ) from None
        if not isinstance(token, dict) or "accessToken" not in token or "expiresAt" not in token:
            raise exceptions.SSOTokenLoadError(
                error_msg=f"Token for {name} is invalid; get another with 'aws sso login'"
            )
        return token

    def save(self, name: str, token: dict[str, Any]) -> None:
        """Replace a token."""
        self._cache[self.key(name)] = token


class SSOTokenProvider:
    """The token of the ``sso_session`` that a profile names."""

    METHOD = "sso"

    def __init__(
        self,
        settings: ChainSettings,
        cache: MutableMapping[str, Any] | None = None,
        time_fetcher: Callable[[], datetime] = now,
    ) -> None:
        self._settings = settings
        self._files = SSOTokenFiles(token_files() if cache is None else cache)
        self._now = time_fetcher
        self._token: DeferredRefreshableToken | None = None

    def load_token(self, **kwargs: Any) -> DeferredRefreshableToken | None:
        """The token, one for all who ask, or ``None`` for a profile without session. Raises ``InvalidConfigError``."""
        if self._token is not None:
            return self._token
        session = self._session()
        if session is None:
            return None

        async def refresh() -> FrozenAuthToken:
            return await self._refreshed(*session)

        self._token = DeferredRefreshableToken(self.METHOD, refresh, self._now, self._settings.runtime)
        return self._token

    def _session(self) -> tuple[str, str, str] | None:
        """Name, start URL and region."""
        profile = self._settings.profile
        if "sso_session" not in profile:
            return None
        name, where = profile["sso_session"], self._settings.profile_name
        session = self._settings.full_config().get("sso_sessions", {}).get(name)
        if not session:
            raise exceptions.InvalidConfigError(
                error_msg=f'The profile "{where}" is configured to use the SSO token provider but the "{name}" sso_session '
                "configuration does not exist."
            )
        missing = [key for key in _OF_SESSION if key not in session]
        if missing:
            raise exceptions.InvalidConfigError(
                error_msg=f'The profile "{where}" is configured to use the SSO token provider but is missing the following '
                f"configuration: {missing}."
            )
        return name, session["sso_start_url"], session["sso_region"]

    async def _refreshed(self, name: str, start_url: str, region: str) -> FrozenAuthToken:
        token = self._files.load(name)
        expiration = moment(token["expiresAt"])
        if (expiration - self._now()).total_seconds() < ADVISORY_SECONDS:
            renewed = await self._renewed(token, start_url, region)
            if renewed is not None:
                self._files.save(name, renewed)
                token, expiration = renewed, renewed["expiresAt"]
        return FrozenAuthToken(token["accessToken"], expiration)

    async def _renewed(self, token: dict[str, Any], start_url: str, region: str) -> dict[str, Any] | None:
        """A new token for the old one's refresh token; ``None`` when there can be none, and the old one has to do."""
        import logging

        logger = logging.getLogger(__name__)
        missing = [key for key in _FOR_REFRESH if key not in token]
        if missing:
            logger.info("Unable to refresh SSO token: missing keys: %s", missing)
            return None
        if (moment(token["registrationExpiresAt"]) - self._now()).total_seconds() <= 0:
            logger.info("SSO token registration expired at %s", token["registrationExpiresAt"])
            return None
        try:
            answer = await self._settings.call(
                "sso-oidc",
                "CreateToken",
                {
                    "grantType": "refresh_token",
                    "clientId": token["clientId"],
                    "clientSecret": token["clientSecret"],
                    "refreshToken": token["refreshToken"],
                },
                region_name=region,
            )
        except exceptions.ClientError:
            logger.warning("SSO token refresh attempt failed", exc_info=True)
            return None
        return self._as_file(answer, token, start_url, region)

    def _as_file(
        self, answer: dict[str, Any], old: dict[str, Any], start_url: str, region: str
    ) -> dict[str, Any]:
        from datetime import timedelta

        new = {
            "startUrl": start_url,
            "region": region,
            "accessToken": answer["accessToken"],
            "expiresAt": self._now() + timedelta(seconds=answer["expiresIn"]),
            # The registration stays with the token.
            "clientId": old["clientId"],
            "clientSecret": old["clientSecret"],
            "registrationExpiresAt": old["registrationExpiresAt"],
        }
        if "refreshToken" in answer:
            new["refreshToken"] = answer["refreshToken"]
        return new
