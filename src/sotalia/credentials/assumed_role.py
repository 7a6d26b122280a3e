"""Credentials of a role that is assumed with other credentials.

See "Assume role credential provider" in the AWS SDKs and Tools Reference Guide. STS is asked when the keys are first used,
by a client of the session itself.
"""

from __future__ import annotations

import time

from sotalia import exceptions
from sotalia.credentials.objects import features_of
from sotalia.credentials.provider import CredentialProvider
from sotalia.runtime import resolved
from sotalia.runtime.features import features

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from sotalia.credentials.chain import CredentialResolver
    from sotalia.credentials.settings import ChainSettings

_STATIC_KEYS = ("aws_secret_access_key", "aws_access_key_id")


class AssumeRoleProvider(CredentialProvider):
    """``role_arn`` of a profile, assumed with the credentials of ``source_profile`` or ``credential_source``.

    ``sources`` gives the providers that ``credential_source`` may name; ``profile_chain`` gives the providers of a source
    profile. ``cache`` may be replaced by any mapping, ``_prompter`` by whatever asks for an MFA code (it may be a coroutine
    function); the default is ``getpass.getpass``.
    """

    METHOD = "assume-role"

    def __init__(
        self,
        settings: ChainSettings,
        sources: Callable[[], Sequence[CredentialProvider]],
        profile_chain: Callable[[str], CredentialResolver],
    ) -> None:
        super().__init__()
        self._settings = settings
        self._sources = sources
        self._profile_chain = profile_chain
        self._prompter: Callable[[str], Any] | None = None
        self.cache = settings.cache

    async def load(self) -> Any:
        """Credentials, or ``None`` for a profile without a role. Raises ``InvalidConfigError`` and its subclasses."""
        if not _names_role(self._settings.profile):
            return None
        return await self._assumed(self._settings.profile_name, [self._settings.profile_name])

    async def _assumed(self, name: str, visited: list[str]) -> Any:
        """The role of the profile ``name``; ``visited`` are the profiles that led here, itself the last."""
        from sotalia.credentials.cached_role import CachedRole, sts_answer
        from sotalia.credentials.refreshable import DeferredRefreshableCredentials

        profile = self._settings.profiles()[name]
        source = await self._source(name, profile, visited)
        by_way_of = (
            "CREDENTIALS_PROFILE_NAMED_PROVIDER"
            if "credential_source" in profile
            else "CREDENTIALS_PROFILE_SOURCE_PROFILE",
            *(() if "credential_source" in profile else ("CREDENTIALS_PROFILE",)),
            *features_of(source),
        )
        arguments = _arguments(profile)
        # A name that we make up is not part of the cache's key.
        named = {"RoleSessionName": f"sotalia-session-{int(time.time())}", **arguments}

        async def ask() -> dict[str, Any]:
            parameters = await self._with_code(named)
            with features.used(*by_way_of):
                return sts_answer(
                    await self._settings.call(
                        "sts",
                        "AssumeRole",
                        parameters,
                        region_name=self._settings.role_region,
                        credentials=source,
                    )
                )

        refresh = CachedRole(self.cache, arguments, ask).refresh
        if "SerialNumber" in arguments:
            refresh = _only_once(refresh)
        found: Any = DeferredRefreshableCredentials(refresh, self.METHOD, runtime=self._settings.runtime)
        found.features = (*by_way_of, "CREDENTIALS_STS_ASSUME_ROLE")
        return found

    async def _with_code(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if "SerialNumber" not in arguments:
            return arguments
        prompter = self._prompter or _ask_on_terminal
        code = await resolved(prompter(f"Enter MFA code for {arguments['SerialNumber']}: "))
        return {**arguments, "TokenCode": code}

    # -- the credentials to assume it with ---------------------------------------------------------------------

    async def _source(self, name: str, profile: dict[str, Any], visited: list[str]) -> Any:
        source_profile, source = profile.get("source_profile"), profile.get("credential_source")
        if source_profile is not None and source is not None:
            raise exceptions.InvalidConfigError(
                error_msg=f'The profile "{name}" contains both source_profile and credential_source: remove one of them.'
            )
        if source is not None:
            return await self._named_source(name, source)
        if source_profile is None:
            raise exceptions.PartialCredentialsError(
                provider=self.METHOD, cred_var="source_profile or credential_source"
            )
        return await self._profile_source(name, source_profile, visited)

    async def _profile_source(self, name: str, source_name: str, visited: list[str]) -> Any:
        profiles = self._settings.profiles()
        if source_name not in profiles:
            raise exceptions.InvalidConfigError(
                error_msg=f'The source_profile "{source_name}" referenced in the profile "{name}" does not exist.'
            )
        profile = profiles[source_name]
        has_keys = any(key in profile for key in _STATIC_KEYS)
        # A profile may name itself, to use the keys it holds.
        if source_name in visited and (source_name != name or not has_keys):
            raise exceptions.InfiniteLoopConfigError(source_profile=source_name, visited_profiles=visited)
        if not has_keys and _names_role(profile):
            return await self._assumed(source_name, [*visited, source_name])
        found = await self._profile_chain(source_name).load()
        if found is None:
            raise exceptions.InvalidConfigError(
                error_msg=f'The source profile "{source_name}" must have credentials.'
            )
        return found

    async def _named_source(self, name: str, source: str) -> Any:
        sources = self._sources()
        provider = next((one for one in sources if source == one.CANONICAL_NAME), None)
        if provider is None:
            known = ", ".join(str(one.CANONICAL_NAME) for one in sources)
            raise exceptions.InvalidConfigError(
                error_msg=f'The credential source "{source}" referenced in profile "{name}" is not valid; '
                f"it may be one of: {known}."
            )
        found = await resolved(provider.load())
        if found is None:
            raise exceptions.CredentialRetrievalError(
                provider=source,
                error_msg=f"No credentials found in credential_source referenced in profile {name}",
            )
        return found

    def absence(self) -> str:
        """No role, or one for a web identity."""
        if "role_arn" in self._settings.profile:
            return f"the role of {self._settings.profile_place} is for a web identity"
        return f"{self._settings.profile_place} has no role_arn"

    def origin(self) -> str:
        """The profile, its role and its source."""
        profile = self._settings.profile
        source = next(
            (
                f"{name} = {profile[name]}"
                for name in ("source_profile", "credential_source")
                if name in profile
            ),
            "",
        )
        return f"{self._settings.profile_place}: role_arn = {profile.get('role_arn')}, {source}"


def _ask_on_terminal(prompt: str) -> str:
    from getpass import getpass

    return getpass(prompt)


def _names_role(profile: dict[str, Any]) -> bool:
    return "role_arn" in profile and "web_identity_token_file" not in profile


def _arguments(profile: dict[str, Any]) -> dict[str, Any]:
    """Of ``AssumeRole``, as a profile has them; a duration that is no number is left out, as in the reference."""
    found = {"RoleArn": profile["role_arn"]}
    for name, key in (
        ("RoleSessionName", "role_session_name"),
        ("ExternalId", "external_id"),
        ("SerialNumber", "mfa_serial"),
    ):
        if profile.get(key) is not None:
            found[name] = profile[key]
    if not found.get("RoleSessionName", "unset"):
        del found["RoleSessionName"]
    try:
        found["DurationSeconds"] = int(profile["duration_seconds"])
    except (KeyError, TypeError, ValueError):
        pass
    return found


def _only_once(refresh: Callable[[], Any]) -> Callable[[], Any]:
    """A refresh that needs a person: nobody may be there the second time."""
    calls: list[None] = []

    async def refresh_once() -> dict[str, Any]:
        if calls:
            raise exceptions.RefreshWithMFAUnsupportedError()
        calls.append(None)
        found: dict[str, Any] = await refresh()
        return found

    return refresh_once
