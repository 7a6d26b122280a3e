"""Credentials of a role: assumed with other credentials, or with a web identity's token.

See "Assume role credential provider" in the AWS SDKs and Tools Reference Guide. STS is asked when the keys are first used,
by a client of the session itself.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.credentials.objects import DeferredRefreshableCredentials
from sotalia.credentials.profile import static_credentials
from sotalia.credentials.provider import CredentialProvider
from sotalia.runtime import resolved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sotalia.runtime import Runtime


class RoleSettings:
    """What both providers need of their session: profiles, and a way to make STS clients."""

    def __init__(
        self,
        profiles: Callable[[], Mapping[str, dict[str, Any]]],
        profile_name: str,
        create_sts: Callable[[Any], Any],
        runtime: Runtime,
    ) -> None:
        self.profiles = profiles
        self.profile_name = profile_name
        self.create_sts = create_sts
        self.runtime = runtime

    @property
    def profile(self) -> dict[str, Any]:
        """The selected profile."""
        return self.profiles().get(self.profile_name, {})

    def deferred(
        self, method: str, operation: str, arguments: Callable[[], dict[str, Any]], source: Any
    ) -> Any:
        """Credentials that ``operation`` of STS gives, asked with the credentials of ``source`` (``None``: unsigned)."""

        async def refresh() -> dict[str, Any]:
            client = self.create_sts(source)
            try:
                answer = await client._invoke(operation, arguments())
            finally:
                await client._endpoint.transport.aclose()
            keys = answer["Credentials"]
            arn = answer.get("AssumedRoleUser", {}).get("Arn", "")
            return {
                "access_key": keys["AccessKeyId"],
                "secret_key": keys["SecretAccessKey"],
                "token": keys["SessionToken"],
                "expiry_time": keys["Expiration"],
                "account_id": arn.split(":")[4] if arn.count(":") >= 5 else None,
            }

        return DeferredRefreshableCredentials(refresh, method, runtime=self.runtime)


class AssumeRoleProvider(CredentialProvider):
    """``role_arn`` of a profile, assumed with the credentials of ``source_profile`` or ``credential_source``."""

    METHOD = "assume-role"

    def __init__(self, settings: RoleSettings, sources: Mapping[str, CredentialProvider]) -> None:
        self._settings = settings
        self._sources = sources

    async def load(self) -> Any:
        """Credentials, or ``None`` for a profile without a role. Raises ``InvalidConfigError`` and its subclasses."""
        profile = self._settings.profile
        if "role_arn" not in profile or "web_identity_token_file" in profile:
            return None
        return await self._assumed(self._settings.profile_name, [])

    async def _assumed(self, name: str, visited: list[str]) -> Any:
        visited = [*visited, name]
        profile = self._settings.profiles()[name]
        source = await self._source(name, profile, visited)
        serial = profile.get("mfa_serial")
        session_name = profile.get("role_session_name") or f"sotalia-session-{int(time.time())}"
        arguments: dict[str, Any] = {"RoleArn": profile["role_arn"], "RoleSessionName": session_name}
        if "external_id" in profile:
            arguments["ExternalId"] = profile["external_id"]
        if str(profile.get("duration_seconds", "")).isdigit():
            arguments["DurationSeconds"] = int(profile["duration_seconds"])
        asked: list[str] = []

        def complete() -> dict[str, Any]:
            if serial is None:
                return arguments
            if asked:
                raise exceptions.RefreshWithMFAUnsupportedError()
            import getpass

            asked.append(serial)
            code = getpass.getpass(f"Enter MFA code for {serial}: ")
            return {**arguments, "SerialNumber": serial, "TokenCode": code}

        return self._settings.deferred(self.METHOD, "AssumeRole", complete, source)

    async def _source(self, name: str, profile: dict[str, Any], visited: list[str]) -> Any:
        source_profile, source = profile.get("source_profile"), profile.get("credential_source")
        if source_profile is not None and source is not None:
            raise exceptions.InvalidConfigError(
                error_msg=f'The profile "{name}" contains both source_profile and credential_source.'
            )
        if source is not None:
            return await self._named_source(name, source)
        if source_profile is None:
            raise exceptions.PartialCredentialsError(
                provider=self.METHOD, cred_var="source_profile or credential_source"
            )
        profiles = self._settings.profiles()
        if source_profile not in profiles:
            raise exceptions.InvalidConfigError(
                error_msg=f'The source_profile "{source_profile}" referenced in the profile "{name}" does not exist.'
            )
        keys = static_credentials(self, profiles[source_profile])
        if keys is not None:
            return keys
        if source_profile in visited:
            raise exceptions.InfiniteLoopConfigError(source_profile=source_profile, visited_profiles=visited)
        if "role_arn" in profiles[source_profile]:
            return await self._assumed(source_profile, visited)
        raise exceptions.InvalidConfigError(
            error_msg=f'The source_profile "{source_profile}" referenced in the profile "{name}" has no credentials.'
        )

    async def _named_source(self, name: str, source: str) -> Any:
        provider = self._sources.get(source)
        if provider is None:
            raise exceptions.InvalidConfigError(
                error_msg=f'The credential_source "{source}" referenced in the profile "{name}" is not valid; it is one of '
                f"{', '.join(self._sources)}."
            )
        found = await resolved(provider.load())
        if found is None:
            raise exceptions.CredentialRetrievalError(
                provider=source,
                error_msg=f"No credentials found in credential_source referenced in profile {name}",
            )
        return found


class WebIdentityProvider(CredentialProvider):
    """A role assumed with the token in a file, which is read again at each refresh."""

    METHOD = "assume-role-with-web-identity"

    def __init__(
        self, settings: RoleSettings, *, uses_environment: bool, environ: Mapping[str, str] | None = None
    ) -> None:
        self._settings = settings
        self._environ: Mapping[str, str] = (
            (os.environ if environ is None else environ) if uses_environment else {}
        )

    def _setting(self, name: str) -> str | None:
        value = self._environ.get(f"AWS_{name.upper()}")
        found: str | None = value if value is not None else self._settings.profile.get(name)
        return found

    def load(self) -> Any:
        """Credentials, or ``None`` without a token file. Raises ``InvalidConfigError`` for one without a role."""
        path = self._setting("web_identity_token_file")
        if not path:
            return None
        role = self._setting("role_arn")
        if not role:
            raise exceptions.InvalidConfigError(
                error_msg="The provided profile or the current environment is configured to assume role with web identity "
                "but has no role ARN configured. Ensure that the profile has the role_arn configuration set or the "
                "AWS_ROLE_ARN env var is set."
            )
        session_name = self._setting("role_session_name") or f"sotalia-session-{int(time.time())}"

        def arguments() -> dict[str, Any]:
            with open(path, encoding="utf-8") as file:
                token = file.read()
            return {"RoleArn": role, "RoleSessionName": session_name, "WebIdentityToken": token}

        return self._settings.deferred(self.METHOD, "AssumeRoleWithWebIdentity", arguments, None)
