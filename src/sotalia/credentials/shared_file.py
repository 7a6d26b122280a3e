"""Credentials in ``~/.aws/credentials``, or the file in ``AWS_SHARED_CREDENTIALS_FILE``."""

from __future__ import annotations

from typing import Any

from sotalia.credentials.profile import ProfileProvider


class SharedCredentialProvider(ProfileProvider):
    """The credentials file (``~/.aws/credentials``)."""

    METHOD = "shared-credentials-file"
    CANONICAL_NAME = "SharedCredentials"

    def profiles(self) -> dict[str, Any]:
        """Every section is a profile."""
        from sotalia.config.files import raw_config_parse

        return raw_config_parse(self._path)
