"""Credentials of who signed in with ``aws login``, as it leaves them in ``~/.aws/login/cache``.

See "Login credential provider" in the AWS SDKs and Tools Reference Guide. A file is named after the SHA-256 of the
session's name and holds the credentials themselves (``accessToken``), a ``refreshToken``, the ``clientId`` and the key
(``dpopKey``) that a refresh is signed with.
"""

from __future__ import annotations

import os

from sotalia import exceptions
from sotalia.credentials.provider import CredentialProvider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from datetime import datetime
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.credentials.dpop import SigningKey
    from sotalia.credentials.settings import ChainSettings

_REQUIRED = ("accessToken", "refreshToken", "dpopKey", "clientId")
#: A file that another process refreshed is used while it has more than this left.
_ENOUGH_SECONDS = 5 * 60
_SIGN_IN_AGAIN = ("TOKEN_EXPIRED", "USER_CREDENTIALS_CHANGED")


class LoginProvider(CredentialProvider):
    """The session ``login_session`` of the profile. ``token_cache`` is where sessions are kept."""

    METHOD = "login"

    def __init__(self, settings: ChainSettings, token_cache: MutableMapping[str, Any] | None = None) -> None:
        super().__init__()
        self._settings = settings
        self._token_cache = token_cache

    def load(self) -> Any:
        """Credentials, or ``None`` for a profile without a session.

        Raises ``MissingDependencyException``, ``LoginTokenLoadError``.
        """
        name = self._settings.profile.get("login_session")
        if name is None:
            return None
        from sotalia.credentials.dpop import is_available
        from sotalia.credentials.refreshable import RefreshableCredentials

        if not is_available():
            raise exceptions.MissingDependencyException(
                msg="Using the login credential provider requires an additional dependency: "
                "pip install awscrt, or pip install cryptography."
            )
        session = LoginSession(name, self._cache(), self._settings)
        found = session.load()
        # As in the reference, what is kept is given out even when it has expired; its first use refreshes it.
        return RefreshableCredentials.create_from_metadata(
            found, session.refresh, self.METHOD, runtime=self._settings.runtime
        )

    def _cache(self) -> MutableMapping[str, Any]:
        if self._token_cache is not None:
            return self._token_cache
        from sotalia.credentials.json_cache import JSONFileCache

        files: Any = JSONFileCache(self._directory())
        return files  # type: ignore[no-any-return]

    def _directory(self) -> str:
        named = self._settings.environ.get("AWS_LOGIN_CACHE_DIRECTORY")
        if named is not None:
            return os.path.expandvars(named)
        return os.path.join("~", ".aws", "login", "cache")

    def absence(self) -> str:
        """No session is named."""
        return f"{self._settings.profile_place} has no login_session"

    def origin(self) -> str:
        """The profile and the directory."""
        return f"login_session of {self._settings.profile_place}, kept in {self._directory()}"


class LoginSession:
    """One session's file: :meth:`load` reads it, :meth:`refresh` also asks for new credentials."""

    def __init__(
        self,
        name: str,
        cache: MutableMapping[str, Any],
        settings: ChainSettings,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        from sotalia.credentials.refreshing import now

        self._name = name
        self._cache = cache
        self._settings = settings
        self._clock = clock or now

    @property
    def _key(self) -> str:
        from hashlib import sha256

        return sha256(self._name.encode("utf-8")).hexdigest()

    def load(self) -> dict[str, Any]:
        """What is kept. Raises ``LoginTokenLoadError``."""
        return _as_metadata(self._token())

    def _token(self) -> dict[str, Any]:
        try:
            token: dict[str, Any] = self._cache[self._key]
        except KeyError as error:
            if isinstance(error.__cause__, OSError):
                raise exceptions.LoginTokenLoadError(error_msg=str(error.__cause__)) from error
            raise exceptions.LoginTokenLoadError(
                error_msg=f"Unable to load a existing login session for session {self._name}. Please reauthenticate with "
                "'aws login'."
            ) from None
        missing = [name for name in _REQUIRED if not isinstance(token, dict) or name not in token]
        if missing:
            raise exceptions.LoginTokenLoadError(
                error_msg="Failed to load access token from token cache, missing required fields: "
                f"{', '.join(missing)}."
            )
        return token

    async def refresh(self) -> dict[str, Any]:
        """New credentials, or what another process got meanwhile. Raises ``LoginError`` and its subclasses."""
        from sotalia.credentials.refreshing import moment

        token = self._token()
        key = _loaded_key(token["dpopKey"])
        until = token["accessToken"].get("expiresAt")
        if until is not None and (moment(until) - self._clock()).total_seconds() > _ENOUGH_SECONDS:
            return _as_metadata(token)
        output = await self._ask(token, key)
        renewed = {**token, "refreshToken": output["refreshToken"]}
        renewed["accessToken"] = {
            **{
                name: output["accessToken"][name]
                for name in ("accessKeyId", "secretAccessKey", "sessionToken")
            },
            "accountId": token["accessToken"]["accountId"],
            "expiresAt": _in_seconds(self._clock(), output["expiresIn"]),
        }
        self._cache[self._key] = renewed
        return _as_metadata(renewed)

    async def _ask(self, token: dict[str, Any], key: SigningKey) -> dict[str, Any]:
        def prepare(client: BaseClient) -> None:
            client.meta.events.register("before-call.signin.CreateOAuth2Token", add_proof)

        def add_proof(params: dict[str, Any], **kwargs: Any) -> None:
            params["headers"]["DPoP"] = _proof(key, params["url"])

        request = {name: token[name] for name in ("clientId", "refreshToken")}
        try:
            answer = await self._settings.call(
                "signin",
                "CreateOAuth2Token",
                {"tokenInput": {**request, "grantType": "refresh_token"}},
                region_name=token.get("signInRegion") or None,
                prepare=prepare,
            )
        except exceptions.ClientError as error:
            raise _translated(error) from None
        if "tokenOutput" not in answer:
            raise exceptions.LoginTokenLoadError(
                error_msg="Unable to refresh access token due to an invalid service response. Please try running "
                "'aws login' again. If the issue persists, there may be a temporary signin service problem."
            )
        output: dict[str, Any] = answer["tokenOutput"]
        return output


def _proof(key: SigningKey, url: str) -> str:
    import time
    import uuid

    from sotalia.credentials.dpop import dpop_header

    return dpop_header(key, url, int(time.time()), str(uuid.uuid4()))


def _loaded_key(pem: str) -> SigningKey:
    from sotalia.credentials.dpop import load_key

    try:
        return load_key(pem)
    except ValueError:
        raise exceptions.LoginTokenLoadError(
            error_msg="Unable to load private key from cached token. Please reauthenticate with 'aws login'."
        ) from None


def _translated(error: Any) -> Exception:
    """What the reference raises for a refused refresh; other errors stay what they are."""
    if error.response["Error"]["Code"] != "AccessDeniedException":
        translated: Exception = error
    elif error.response.get("error") in _SIGN_IN_AGAIN:
        translated = exceptions.LoginRefreshRequired()
    elif error.response.get("error") == "INSUFFICIENT_PERMISSIONS":
        translated = exceptions.LoginInsufficientPermissions()
    else:
        translated = exceptions.LoginError()
    return translated


def _in_seconds(start: datetime, seconds: int) -> str:
    from datetime import UTC, timedelta

    return (start.astimezone(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _as_metadata(token: dict[str, Any]) -> dict[str, Any]:
    keys = token["accessToken"]
    try:
        return {
            "access_key": keys["accessKeyId"],
            "secret_key": keys["secretAccessKey"],
            "token": keys["sessionToken"],
            "expiry_time": keys["expiresAt"],
            "account_id": keys["accountId"],
        }
    except KeyError as error:
        raise exceptions.LoginTokenLoadError(
            error_msg=f"The cached login session lacks {error.args[0]} in its accessToken. Please reauthenticate with "
            "'aws login'."
        ) from None
