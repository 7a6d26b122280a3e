"""Credentials in the configuration of boto 2."""

from __future__ import annotations

import os

from sotalia.credentials.objects import Credentials
from sotalia.credentials.provider import CredentialProvider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_KEYS = ("aws_access_key_id", "aws_secret_access_key")


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
