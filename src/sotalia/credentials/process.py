"""Credentials that a program prints. See "Process credential provider" in the AWS SDKs and Tools Reference Guide."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.credentials.objects import Credentials
from sotalia.credentials.provider import CredentialProvider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.credentials.settings import ChainSettings


class ProcessProvider(CredentialProvider):
    """Runs ``credential_process`` of the profile, without a shell, again when what it printed expires."""

    METHOD = "custom-process"

    def __init__(self, settings: ChainSettings) -> None:
        super().__init__()
        self._settings = settings

    async def load(self) -> Any:
        """Credentials, or ``None`` for a profile without a program. Raises ``CredentialRetrievalError``."""
        command = self._settings.profile.get("credential_process")
        if command is None:
            return None

        async def fetch() -> dict[str, Any]:
            found: dict[str, Any] = await self._settings.runtime.offload(self._run, command)
            return found

        found = await fetch()
        if found["expiry_time"] is None:
            return Credentials(
                found["access_key"], found["secret_key"], found["token"], self.METHOD, found["account_id"]
            )
        from sotalia.credentials.refreshable import RefreshableCredentials

        return RefreshableCredentials.create_from_metadata(
            found, fetch, self.METHOD, runtime=self._settings.runtime
        )

    def _run(self, command: str) -> dict[str, Any]:
        import os
        import shlex
        import subprocess

        words: Any = command if os.name == "nt" else shlex.split(command)
        try:
            done = subprocess.run(words, capture_output=True, check=False)
        except OSError as error:
            raise self._error(f"the program could not be started: {error}") from error
        if done.returncode != 0:
            raise self._error(done.stderr.decode("utf-8", "replace"))
        return self._parsed(done.stdout)

    def _parsed(self, output: bytes) -> dict[str, Any]:
        import json

        try:
            printed: dict[str, Any] | list[Any] | str | float | None = json.loads(output.decode("utf-8"))
        except (ValueError, RecursionError):
            printed = None
        if not isinstance(printed, dict):
            # What it printed may hold a key: neither the message nor what it comes from says anything of it.
            raise self._error("the program did not print a JSON object")
        version = printed.get("Version", "<Version key not provided>")
        if version != 1:
            raise self._error(
                f"Unsupported version '{version}' for credential process provider, supported versions: 1"
            )
        for name in ("AccessKeyId", "SecretAccessKey"):
            if name not in printed:
                raise self._error(f"Missing required key in response: {name!r}")
        return {
            "access_key": printed["AccessKeyId"],
            "secret_key": printed["SecretAccessKey"],
            "token": printed.get("SessionToken"),
            "expiry_time": printed.get("Expiration"),
            "account_id": printed.get("AccountId") or self._settings.profile.get("aws_account_id"),
        }

    def _error(self, message: str) -> Exception:
        error: Exception = exceptions.CredentialRetrievalError(provider=self.METHOD, error_msg=message)
        return error

    def absence(self) -> str:
        """No program is named."""
        return f"{self._settings.profile_place} has no credential_process"

    def origin(self) -> str:
        """The setting; the program's arguments may be secret, so they are not told."""
        words = str(self._settings.profile.get("credential_process", "")).split()
        return f"credential_process of {self._settings.profile_place}: {words[0] if words else ''}"
