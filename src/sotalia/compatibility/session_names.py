"""Attributes of botocore's ``Session`` that begin with an underscore, and that tools reach through ``session._session``.

The first use of one imports this module: see :mod:`sotalia.runtime.late_names`.
"""

from __future__ import annotations

from sotalia.config.settings import SessionSettings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.events import EventRegistry
    from sotalia.session.components import Components


class SessionNames(SessionSettings):
    """A session's settings and parts under botocore's names; what is set there counts."""

    events: EventRegistry
    _components: Components
    _last_client_region: str | None

    @property
    def _events(self) -> EventRegistry:
        return self.events

    @_events.setter
    def _events(self, registry: EventRegistry) -> None:
        self.events = registry

    @property
    def _client_config(self) -> Any:
        return self._default_config

    @_client_config.setter
    def _client_config(self, config: Any) -> None:
        self._default_config = config

    @property
    def _profile(self) -> str | None:
        return self.profile

    @_profile.setter
    def _profile(self, name: str | None) -> None:
        self._made.pop("profile", None)
        self.set_config_variable("profile", name)

    @property
    def _session_instance_vars(self) -> dict[str, Any]:
        return self.config_store.instance

    @property
    def _config(self) -> dict[str, Any] | None:
        return self._made.get("full_config")

    @_config.setter
    def _config(self, full_config: dict[str, Any] | None) -> None:
        if full_config is None:
            self._made.pop("full_config", None)
        else:
            self._made["full_config"] = full_config

    @property
    def _profile_map(self) -> dict[str, Any]:
        profiles: dict[str, Any] = self.full_config["profiles"]
        return profiles

    def _build_profile_map(self) -> dict[str, Any]:
        return self._profile_map

    @property
    def _last_client_region_used(self) -> str | None:
        return self._last_client_region

    @property
    def _internal_components(self) -> Components:
        return self._components

    def _get_internal_component(self, name: str) -> Any:
        """A part by name. Raises ``ValueError`` for unknown ones."""
        if name == "exceptions_factory":
            from sotalia.compatibility.client_names import ExceptionsFactory

            return ExceptionsFactory()
        return self._components.get(name, warns=False)

    def _register_internal_component(self, name: str, component: Any) -> None:
        self._components.register(name, component)

    def _missing_cred_vars(self, access_key: str | None, secret_key: str | None) -> str | None:
        if (access_key is None) == (secret_key is None):
            return None
        return "aws_access_key_id" if access_key is None else "aws_secret_access_key"
