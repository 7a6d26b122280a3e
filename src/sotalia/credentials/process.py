"""Credentials that a program prints. See "Source credentials with an external process" in the AWS CLI User Guide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.credentials.objects import Credentials, RefreshableCredentials
from sotalia.credentials.provider import CredentialProvider

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class ProcessProvider(CredentialProvider):
    """Runs ``credential_process`` of the profile, without a shell, again when what it printed expires."""

    METHOD = "custom-process"

    def __init__(self, profile_config: Callable[[], Mapping[str, Any]]) -> None:
        self._profile_config = profile_config

    def load(self) -> Credentials | None:
        """Credentials, or ``None`` for a profile without a program. Raises ``CredentialRetrievalError``."""
        command = self._profile_config().get("credential_process")
        if command is None:
            return None
        found = self._run(command)
        if found["expiry_time"] is not None:
            return RefreshableCredentials.create_from_metadata(found, lambda: self._run(command), self.METHOD)
        return Credentials(
            found["access_key"], found["secret_key"], found["token"], self.METHOD, found["account_id"]
        )

    def _run(self, command: str) -> dict[str, Any]:
        import json
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
        try:
            printed = json.loads(done.stdout.decode("utf-8"))
            version = printed.get("Version", "<Version key not provided>")
        except (ValueError, AttributeError) as error:
            # What it printed may hold a key: the message says nothing of it.
            raise self._error("the program did not print a JSON object") from error
        if version != 1:
            raise self._error(
                f"Version mismatch for credential process provider, expected 1, found {version!r}"
            )
        for name in ("AccessKeyId", "SecretAccessKey"):
            if name not in printed:
                raise self._error(f"Missing required key in response: {name}")
        return {
            "access_key": printed["AccessKeyId"],
            "secret_key": printed["SecretAccessKey"],
            "token": printed.get("SessionToken"),
            "expiry_time": printed.get("Expiration"),
            "account_id": printed.get("AccountId") or self._profile_config().get("aws_account_id"),
        }

    def _error(self, message: str) -> Exception:
        error: Exception = exceptions.CredentialRetrievalError(provider=self.METHOD, error_msg=message)
        return error
