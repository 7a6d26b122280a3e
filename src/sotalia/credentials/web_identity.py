"""Credentials of a role that is assumed with a web identity's token (EKS, CI systems).

See "Assume role with web identity" in the AWS SDKs and Tools Reference Guide.
"""

from __future__ import annotations

import time

from sotalia import exceptions
from sotalia.credentials.provider import CredentialProvider
from sotalia.credentials.token_file import read_token
from sotalia.runtime.features import features

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.credentials.settings import ChainSettings

_VARIABLES = {
    "web_identity_token_file": "AWS_WEB_IDENTITY_TOKEN_FILE",
    "role_arn": "AWS_ROLE_ARN",
    "role_session_name": "AWS_ROLE_SESSION_NAME",
}


class WebIdentityProvider(CredentialProvider):
    """A role assumed with the token in a file, which is read again at each refresh.

    Each of the three settings is looked for in the environment first, then in the profile; the two may mix.
    """

    METHOD = "assume-role-with-web-identity"

    def __init__(self, settings: ChainSettings) -> None:
        super().__init__()
        self._settings = settings
        self.cache = settings.cache

    def _features(self) -> tuple[str, ...]:
        """By which ways the settings came: the environment, the profile, or both."""
        variables = [
            self._settings.uses_environment and _VARIABLES[name] in self._settings.environ
            for name in _VARIABLES
        ]
        in_profile = [
            not is_set and self._settings.profile.get(name) is not None
            for name, is_set in zip(_VARIABLES, variables, strict=True)
        ]
        found = ("CREDENTIALS_ENV_VARS_STS_WEB_ID_TOKEN",) if any(variables) else ()
        return (*found, "CREDENTIALS_PROFILE_STS_WEB_ID_TOKEN") if any(in_profile) else found

    def _setting(self, name: str) -> tuple[str | None, str]:
        """A value, and where it stands."""
        variable = _VARIABLES[name]
        if self._settings.uses_environment and variable in self._settings.environ:
            return self._settings.environ[variable], variable
        return self._settings.profile.get(name), f"{name} of {self._settings.profile_place}"

    def load(self) -> Any:
        """Credentials, or ``None`` without a token file. Raises ``InvalidConfigError`` for one without a role."""
        path, _ = self._setting("web_identity_token_file")
        if not path:
            return None
        role, _ = self._setting("role_arn")
        if not role:
            raise exceptions.InvalidConfigError(
                error_msg="The provided profile or the current environment is configured to assume role with web identity "
                "but has no role ARN configured. Ensure that the profile has the role_arn configuration set or the "
                "AWS_ROLE_ARN env var is set."
            )
        from sotalia.credentials.cached_role import CachedRole, sts_answer
        from sotalia.credentials.refreshable import DeferredRefreshableCredentials

        by_way_of = self._features()
        arguments = {"RoleArn": role}
        session_name, _ = self._setting("role_session_name")
        if session_name:
            arguments["RoleSessionName"] = session_name
        named = {"RoleSessionName": f"sotalia-session-{int(time.time())}", **arguments}

        async def ask() -> dict[str, Any]:
            token = await self._settings.runtime.offload(read_token, path)
            with features.used(*by_way_of):
                return sts_answer(
                    await self._settings.call(
                        "sts",
                        "AssumeRoleWithWebIdentity",
                        {**named, "WebIdentityToken": token},
                        region_name=self._settings.role_region,
                    )
                )

        refresh = CachedRole(self.cache, arguments, ask).refresh
        found: Any = DeferredRefreshableCredentials(refresh, self.METHOD, runtime=self._settings.runtime)
        found.features = (*by_way_of, "CREDENTIALS_STS_ASSUME_ROLE_WEB_ID")
        return found

    def absence(self) -> str:
        """No token file is named."""
        variable = f"the variable {_VARIABLES['web_identity_token_file']} is not set and "
        if not self._settings.uses_environment:
            variable = ""
        return f"{variable}{self._settings.profile_place} has no web_identity_token_file"

    def origin(self) -> str:
        """Where file and role are named."""
        return ", ".join(self._setting(name)[1] for name in ("web_identity_token_file", "role_arn"))
