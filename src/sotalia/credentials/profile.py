"""Credentials that stand in a profile of one of the shared files: what both files have in common.

See "Shared config and credentials files" in the AWS SDKs and Tools Reference Guide.
"""

from __future__ import annotations

import os

from sotalia.credentials.objects import Credentials
from sotalia.credentials.provider import CredentialProvider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_KEYS = ("aws_access_key_id", "aws_secret_access_key")
# The older name of the token goes first, as in the reference.
_TOKENS = ("aws_security_token", "aws_session_token")
_ACCOUNT = "aws_account_id"


class ProfileProvider(CredentialProvider):
    """Reads one profile of one file; a missing file is as good as an empty one."""

    def __init__(self, path: str, profile_name: str | None = None) -> None:
        super().__init__()
        self._path = path
        self._profile_name = profile_name or "default"

    def profiles(self) -> dict[str, Any]:
        """The file's profiles. Raises ``ConfigNotFound``, ``ConfigParseError``."""
        raise NotImplementedError

    def section(self) -> str:
        """The profile's section as the file writes it."""
        return f"[{self._profile_name}]"

    def _values(self) -> dict[str, Any] | None:
        from sotalia import exceptions

        try:
            found: dict[str, Any] | None = self.profiles().get(self._profile_name)
        except exceptions.ConfigNotFound:
            return None
        return found

    def load(self) -> Credentials | None:
        """Credentials, or ``None`` without an access key. Raises ``PartialCredentialsError``, ``ConfigParseError``."""
        values = self._values()
        if values is None or _KEYS[0] not in values:
            return None
        access_key, secret_key = self._extract_creds_from_mapping(values, *_KEYS)
        token = next((values[name] for name in _TOKENS if name in values), None)
        return Credentials(access_key, secret_key, token, self.METHOD, values.get(_ACCOUNT))

    def absence(self) -> str:
        """No file, no section, or no key."""
        if not os.path.isfile(os.path.expanduser(os.path.expandvars(self._path))):
            return f"there is no file {self._path}"
        if self._values() is None:
            return f"{self._path} has no section {self.section()}"
        return f"{self.section()} in {self._path} has no {_KEYS[0]}"

    def origin(self) -> str:
        """File, section and settings."""
        values = self._values() or {}
        names = [name for name in (*_KEYS, *_TOKENS, _ACCOUNT) if name in values]
        return f"{self.section()} in {self._path}: {', '.join(names)}"
