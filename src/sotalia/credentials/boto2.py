"""Credentials in the files of older tools: the first EC2 command line tools, and boto 2."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.credentials.objects import Credentials
from sotalia.credentials.provider import CredentialProvider

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYS = ("aws_access_key_id", "aws_secret_access_key")


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


class BotoProvider(CredentialProvider):
    """``[Credentials]`` in the file of ``BOTO_CONFIG``, else in ``/etc/boto.cfg`` or ``~/.boto``."""

    METHOD = "boto-config"
    CANONICAL_NAME = "Boto2Config"
    DEFAULT_CONFIG_FILENAMES = ("/etc/boto.cfg", "~/.boto")

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._environ: Mapping[str, str] = os.environ if environ is None else environ
        self._found_in = ""

    def _paths(self) -> tuple[str, ...]:
        named = self._environ.get("BOTO_CONFIG")
        return self.DEFAULT_CONFIG_FILENAMES if named is None else (named,)

    def load(self) -> Credentials | None:
        """Credentials, or ``None``. Raises ``ConfigParseError``, ``PartialCredentialsError``."""
        for path in self._paths():
            if not os.path.isfile(os.path.expanduser(os.path.expandvars(path))):
                continue
            from sotalia.config.files import raw_config_parse

            values: dict[str, Any] = raw_config_parse(path).get("Credentials", {})
            if _KEYS[0] in values:
                self._found_in = path
                access_key, secret_key = self._extract_creds_from_mapping(values, *_KEYS)
                return Credentials(access_key, secret_key, method=self.METHOD)
        return None

    def absence(self) -> str:
        """Where it looked."""
        return f"no {_KEYS[0]} in [Credentials] of {' or '.join(self._paths())}"

    def origin(self) -> str:
        """File, section and names."""
        return f"[Credentials] in {self._found_in}: {', '.join(_KEYS)}"
