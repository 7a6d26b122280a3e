"""Credentials from environment variables."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sotalia.credentials.objects import Credentials, RefreshableCredentials
from sotalia.credentials.provider import CredentialProvider

if TYPE_CHECKING:
    from collections.abc import Mapping


class EnvProvider(CredentialProvider):
    """``AWS_ACCESS_KEY_ID`` and its companions; with ``AWS_CREDENTIAL_EXPIRATION`` they are read again in time."""

    METHOD = "env"
    CANONICAL_NAME = "Environment"

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ: Mapping[str, str] = os.environ if environ is None else environ

    def load(self) -> Credentials | None:
        """Credentials, or ``None`` without an access key. Raises ``PartialCredentialsError``."""
        if not self._environ.get("AWS_ACCESS_KEY_ID"):
            return None
        found = self._fetch(needs_expiry=False)
        if found["expiry_time"] is not None:
            return RefreshableCredentials.create_from_metadata(
                found, lambda: self._fetch(needs_expiry=True), self.METHOD
            )
        return Credentials(
            found["access_key"], found["secret_key"], found["token"], self.METHOD, found["account_id"]
        )

    def _fetch(self, *, needs_expiry: bool) -> dict[str, Any]:
        environ = self._environ
        required = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
        if needs_expiry:
            required.append("AWS_CREDENTIAL_EXPIRATION")
        for name in required:
            if not environ.get(name):
                from sotalia import exceptions

                raise exceptions.PartialCredentialsError(provider=self.METHOD, cred_var=name)
        return {
            "access_key": environ["AWS_ACCESS_KEY_ID"],
            "secret_key": environ["AWS_SECRET_ACCESS_KEY"],
            # The older name goes first, as in the reference.
            "token": environ.get("AWS_SECURITY_TOKEN") or environ.get("AWS_SESSION_TOKEN"),
            "expiry_time": environ.get("AWS_CREDENTIAL_EXPIRATION") or None,
            "account_id": environ.get("AWS_ACCOUNT_ID"),
        }
