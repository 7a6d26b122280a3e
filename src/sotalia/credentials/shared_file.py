"""Credentials in ``~/.aws/credentials``, or the file in ``AWS_SHARED_CREDENTIALS_FILE``."""

from __future__ import annotations

from sotalia.credentials.profile import ProfileProvider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class SharedCredentialProvider(ProfileProvider):
    """The credentials file (``~/.aws/credentials``)."""

    METHOD = "shared-credentials-file"
    CANONICAL_NAME = "SharedCredentials"

    def profiles(self) -> dict[str, Any]:
        """Every section is a profile."""
        from sotalia.config.files import raw_config_parse

        return raw_config_parse(self._path)
