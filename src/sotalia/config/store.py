"""Values of a session's variables: set by hand, else from the environment, else from the profile, else the default."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sotalia.config.variables import PROXY_VARIABLES, S3_VARIABLES, VARIABLES, Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_METHODS = ("instance", "env", "config")


class ConfigStore:
    """Looks variables up. ``scoped_config`` gives the selected profile, read when it is first needed."""

    def __init__(
        self, scoped_config: Callable[[], Mapping[str, Any]], environ: Mapping[str, str] | None = None
    ) -> None:
        self._scoped_config = scoped_config
        self._environ: Mapping[str, str] = os.environ if environ is None else environ
        self.variables: dict[str, Variable] = VARIABLES
        self.overrides: dict[str, Any] = {}
        self._defaults: dict[str, Any] = {}

    def __copy__(self) -> ConfigStore:
        twin = ConfigStore(self._scoped_config, self._environ)
        twin.variables = self.variables
        twin.overrides = dict(self.overrides)
        twin._defaults = dict(self._defaults)
        return twin

    def set_config_variable(self, name: str, value: Any) -> None:
        """Set a value that goes before all others."""
        self.overrides[name] = value

    def set_default(self, name: str, value: Any) -> None:
        """Change what a variable is when nobody says anything."""
        self._defaults[name] = value

    def define(self, name: str, variable: Variable) -> None:
        """Add a variable, or replace one."""
        if self.variables is VARIABLES:
            self.variables = dict(VARIABLES)
        self.variables[name] = variable

    def get_config_variable(self, name: str, methods: tuple[str, ...] = _METHODS) -> Any:
        """A value; ``None`` for unknown names. ``methods`` leaves sources out."""
        if "instance" in methods and name in self.overrides:
            return self.overrides[name]
        if name == "s3":
            return self._s3()
        if name == "proxies_config":
            found = {key: self._look_up(variable, methods, None) for key, variable in PROXY_VARIABLES.items()}
            return {key: value for key, value in found.items() if value is not None} or None
        variable = self.variables.get(name)
        if variable is None:
            return None
        return self._look_up(variable, methods, self._defaults.get(name, variable.default))

    def _look_up(self, variable: Variable, methods: tuple[str, ...], default: Any) -> Any:
        value: Any = None
        if "env" in methods:
            for name in variable.environment:
                value = self._environ.get(name)
                if value is not None:
                    break
        if value is None and "config" in methods and variable.config_key is not None:
            value = self._from_profile(variable.config_key)
        if value is None:
            return default
        return value if variable.convert is None else variable.convert(value)

    def _from_profile(self, key: str | tuple[str, str]) -> Any:
        scoped = self._scoped_config()
        if isinstance(key, str):
            return scoped.get(key)
        block = scoped.get(key[0])
        return block.get(key[1]) if isinstance(block, dict) else None

    def _s3(self) -> dict[str, Any] | None:
        block = self._scoped_config().get("s3")
        found: dict[str, Any] = dict(block) if isinstance(block, dict) else {}
        for name, variables in S3_VARIABLES.items():
            for variable in variables:
                value = self._look_up(variable, _METHODS, None)
                if value is not None:
                    found[name] = value
                    break
        if "us_east_1_regional_endpoint" not in found and "s3.us_east_1_regional_endpoint" in self._defaults:
            found["us_east_1_regional_endpoint"] = self._defaults["s3.us_east_1_regional_endpoint"]
        return found or None
