"""Credentials in ``~/.aws/config``, or the file in ``AWS_CONFIG_FILE``."""

from __future__ import annotations

from sotalia.credentials.profile import ProfileProvider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class ConfigProvider(ProfileProvider):
    """The configuration file (``~/.aws/config``)."""

    METHOD = "config-file"
    CANONICAL_NAME = "SharedConfig"

    def profiles(self) -> dict[str, Any]:
        """The sections ``[profile x]``, and ``[default]``."""
        from sotalia.config.files import load_config

        profiles: dict[str, Any] = load_config(self._path)["profiles"]
        return profiles

    def section(self) -> str:
        """The profile's section as the file writes it."""
        return "[default]" if self._profile_name == "default" else f"[profile {self._profile_name}]"
