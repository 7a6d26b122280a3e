"""Credentials in the file of the first EC2 command line tools."""

from __future__ import annotations

import os

from sotalia import exceptions
from sotalia.credentials.objects import Credentials
from sotalia.credentials.provider import CredentialProvider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class OriginalEC2Provider(CredentialProvider):
    """The file in ``AWS_CREDENTIAL_FILE``: lines ``AWSAccessKeyId=...`` and ``AWSSecretKey=...``."""

    METHOD = "ec2-credentials-file"
    CANONICAL_NAME = "Ec2Config"

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._environ: Mapping[str, str] = os.environ if environ is None else environ

    @property
    def _path(self) -> str | None:
        path = self._environ.get("AWS_CREDENTIAL_FILE")
        return None if path is None else os.path.expanduser(path)

    def load(self) -> Credentials | None:
        """Credentials, or ``None``. Raises ``ConfigNotFound`` for a file that is none, ``PartialCredentialsError``."""
        path = self._path
        if path is None:
            return None
        values = _read_pairs(path)
        if "AWSAccessKeyId" not in values:
            return None
        access_key, secret_key = self._extract_creds_from_mapping(values, "AWSAccessKeyId", "AWSSecretKey")
        return Credentials(access_key, secret_key, method=self.METHOD)

    def absence(self) -> str:
        """No variable, or no key."""
        if self._path is None:
            return "the variable AWS_CREDENTIAL_FILE is not set"
        return f"{self._path} has no AWSAccessKeyId"

    def origin(self) -> str:
        """File and names."""
        return f"{self._path} (AWS_CREDENTIAL_FILE): AWSAccessKeyId, AWSSecretKey"


def _read_pairs(path: str) -> dict[str, str]:
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except OSError as error:
        raise exceptions.ConfigNotFound(path=path) from error
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}
