"""Credentials that stand in a profile of the shared files."""

from __future__ import annotations

from typing import Any

from sotalia.config.files import load_config, raw_config_parse
from sotalia.credentials.objects import Credentials
from sotalia.credentials.provider import CredentialProvider

_TOKENS = ("aws_security_token", "aws_session_token")


class _ProfileProvider(CredentialProvider):
    """Reads one profile of one file; a missing file is as good as an empty one."""

    def __init__(self, path: str, profile_name: str = "default") -> None:
        self._path = path
        self._profile_name = profile_name

    def profiles(self) -> dict[str, Any]:
        """The file's profiles."""
        raise NotImplementedError

    def load(self) -> Credentials | None:
        """Credentials, or ``None`` without an access key. Raises ``PartialCredentialsError``, ``ConfigParseError``."""
        from sotalia import exceptions

        try:
            values = self.profiles().get(self._profile_name, {})
        except exceptions.ConfigNotFound:
            return None
        return static_credentials(self, values)


def static_credentials(provider: CredentialProvider, values: dict[str, Any]) -> Credentials | None:
    """The keys of a profile."""
    if "aws_access_key_id" not in values:
        return None
    access_key, secret_key = provider._extract(values, "aws_access_key_id", "aws_secret_access_key")
    token = next((values[name] for name in _TOKENS if name in values), None)
    return Credentials(access_key, secret_key, token, provider.METHOD, values.get("aws_account_id"))


class SharedCredentialProvider(_ProfileProvider):
    """The credentials file (``~/.aws/credentials``)."""

    METHOD = "shared-credentials-file"
    CANONICAL_NAME = "SharedCredentials"

    def profiles(self) -> dict[str, Any]:
        """Every section is a profile."""
        return raw_config_parse(self._path)


class ConfigProvider(_ProfileProvider):
    """The configuration file (``~/.aws/config``)."""

    METHOD = "config-file"
    CANONICAL_NAME = "SharedConfig"

    def profiles(self) -> dict[str, Any]:
        """The sections ``[profile x]``."""
        profiles: dict[str, Any] = load_config(self._path)["profiles"]
        return profiles
