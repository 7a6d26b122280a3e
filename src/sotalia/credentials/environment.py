"""Credentials from environment variables.

See "AWS access keys" and "Environment variables support" in the AWS SDKs and Tools Reference Guide.
"""

from __future__ import annotations

import os

from sotalia.credentials.objects import Credentials
from sotalia.credentials.provider import CredentialProvider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# The older name of the token goes first, as in the reference.
_VARIABLES: dict[str, Any] = {
    "access_key": "AWS_ACCESS_KEY_ID",
    "secret_key": "AWS_SECRET_ACCESS_KEY",
    "token": ["AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN"],
    "expiry_time": "AWS_CREDENTIAL_EXPIRATION",
    "account_id": "AWS_ACCOUNT_ID",
}


class EnvProvider(CredentialProvider):
    """``AWS_ACCESS_KEY_ID`` and its companions; with ``AWS_CREDENTIAL_EXPIRATION`` they are read again in time.

    ``mapping`` renames variables: ``{"access_key": "MY_KEY"}``; the token may have several names. An empty variable is
    as good as none.
    """

    METHOD = "env"
    CANONICAL_NAME = "Environment"

    def __init__(
        self, environ: Mapping[str, str] | None = None, mapping: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__()
        self.environ: Mapping[str, str] = os.environ if environ is None else environ
        self._names: dict[str, list[str]] = {
            part: [names] if isinstance(names, str) else list(names)
            for part, names in {**_VARIABLES, **(mapping or {})}.items()
        }

    def load(self) -> Credentials | None:
        """Credentials, or ``None`` without an access key. Raises ``PartialCredentialsError``."""
        if self._value("access_key") is None:
            return None
        found = self._fetch(("access_key", "secret_key"))
        if found["expiry_time"] is None:
            return Credentials(
                found["access_key"], found["secret_key"], found["token"], self.METHOD, found["account_id"]
            )
        from sotalia.credentials.refreshable import RefreshableCredentials

        def refresh() -> dict[str, Any]:
            return self._fetch(("access_key", "secret_key", "expiry_time"))

        return RefreshableCredentials.create_from_metadata(found, refresh, self.METHOD)

    def _value(self, part: str) -> str | None:
        return next((value for name in self._names[part] if (value := self.environ.get(name))), None)

    def _fetch(self, required: tuple[str, ...]) -> dict[str, Any]:
        found = {part: self._value(part) for part in self._names}
        for part in required:
            if found[part] is None:
                from sotalia import exceptions

                raise exceptions.PartialCredentialsError(provider=self.METHOD, cred_var=self._names[part][0])
        return found

    def absence(self) -> str:
        """Which variable is missing."""
        name = self._names["access_key"][0]
        return f"the variable {name} is {'empty' if name in self.environ else 'not set'}"

    def origin(self) -> str:
        """The variables that are set."""
        return "variables " + ", ".join(
            name for names in self._names.values() for name in names if self.environ.get(name)
        )
