"""Values of a session's variables: set by the program, else from the environment, the profile, or the default."""

from __future__ import annotations

import os

from sotalia.config.variables import SECTIONS, VARIABLES, Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_METHODS = ("instance", "env", "config")
_SET_BY_HAND = ("instance", "_overrides", "_providers", "_defaults")


class ConfigStore:
    """Looks up variables. ``scoped_config`` returns the selected profile. It is called only if a look-up gets that far.

    ``instance`` has the values that were set on the session, which are converted like all others.
    ``set_config_variable`` and ``set_config_provider`` replace a variable altogether. Programs that use the component
    ``config_store`` call them.
    """

    def __init__(
        self, scoped_config: Callable[[], Mapping[str, Any]], environ: Mapping[str, str] | None = None
    ) -> None:
        self._scoped_config = scoped_config
        self.environ: Mapping[str, str] = os.environ if environ is None else environ
        self.variables: dict[str, Variable] = VARIABLES
        self.instance: dict[str, Any] = {}
        self._overrides: dict[str, Any] = {}
        self._providers: dict[str, Any] = {}
        self._defaults: dict[str, Any] = {}

    def __copy__(self) -> ConfigStore:
        twin = ConfigStore(self._scoped_config, self.environ)
        twin.variables = self.variables
        twin.instance = dict(self.instance)
        twin._overrides = dict(self._overrides)
        twin._providers = dict(self._providers)
        twin._defaults = dict(self._defaults)
        return twin

    def state(self) -> dict[str, dict[str, Any]]:
        """What the program has set, for :meth:`restore`."""
        return {name: dict(getattr(self, name)) for name in _SET_BY_HAND}

    def restore(self, state: dict[str, dict[str, Any]]) -> None:
        """Restore what :meth:`state` returned."""
        for name, values in state.items():
            getattr(self, name).update(values)

    def of_profile(self, scoped_config: Mapping[str, Any]) -> ConfigStore:
        """A copy with a fixed profile, so that the settings do not change while a client is created."""
        twin = self.__copy__()
        twin._scoped_config = lambda: scoped_config
        return twin

    @property
    def profile(self) -> Mapping[str, Any]:
        """The settings of the profile."""
        return self._scoped_config()

    # -- looking up --------------------------------------------------------------------------------------------

    def get_config_variable(self, name: str, methods: tuple[str, ...] | None = None) -> Any:
        """A value; ``None`` for unknown names.

        ``methods`` limits the sources (``instance``, ``env``, ``config``). Raises ``ValueError`` for text that should be a
        number, ``ProfileNotFound``.
        """
        if methods is None:
            if name in self._overrides:
                return self._overrides[name]
            if name in self._providers:
                return self._from_provider(name)
            methods = _METHODS
        variable = self.variables.get(name)
        if variable is not None:
            return self._look_up(name, (variable,), methods, self._defaults.get(name, variable.default))
        if name in SECTIONS:
            return self._section(name)
        return self._defaults.get(name)

    def _from_provider(self, name: str) -> Any:
        value = self._providers[name].provide()
        return self._defaults.get(name) if value is None else value

    def _look_up(
        self, name: str, variables: tuple[Variable, ...], methods: tuple[str, ...], default: Any
    ) -> Any:
        """The first value in the order of sources. All of ``variables`` have the same conversion."""
        value: Any = None
        if "instance" in methods:
            value = self.instance.get(name)
        for variable in variables:
            if value is None and "env" in methods:
                for name_there in variable.environment:
                    value = self.environ.get(name_there)
                    if value is not None:
                        break
            if value is None and "config" in methods and variable.config_key is not None:
                value = self._from_profile(variable.config_key)
        if value is None:
            value = default
        convert = variables[0].convert
        return value if convert is None or value is None else convert(value)

    def _from_profile(self, key: str | tuple[str, str]) -> Any:
        scoped = self._scoped_config()
        if isinstance(key, str):
            return scoped.get(key)
        block: dict[str, Any] | str | None = scoped.get(key[0])
        return block.get(key[1]) if isinstance(block, dict) else None

    def _section(self, section: str) -> dict[str, Any] | None:
        """A nested block of the profile, with the values that other places have for its keys."""
        block: dict[str, Any] | str | None = self._scoped_config().get(section)
        if block and not isinstance(block, dict):
            return None  # As in the reference, plain text in the block's place hides the other places too.
        result: dict[str, Any] = dict(block or {})
        for key, variables in SECTIONS[section].items():
            value = self._look_up(key, variables, _METHODS, self._defaults.get(f"{section}.{key}"))
            if value is not None:
                result[key] = value
        return result if result or block is not None else None

    def is_set_by_hand(self, name: str) -> bool:
        """Whether the program has set a value, on the session or here."""
        return name in self._overrides or name in self._providers or self.instance.get(name) is not None

    # -- changing ----------------------------------------------------------------------------------------------

    def set_config_variable(self, name: str, value: Any) -> None:
        """Set a value that goes before all others and is not converted."""
        self._overrides[name] = value

    def clear_config_variable(self, name: str) -> None:
        """Undo :meth:`set_config_variable`."""
        self._overrides.pop(name, None)

    def set_config_provider(self, name: str, provider: Any) -> None:
        """Replace all sources of a variable by ``provider.provide()``. If that returns ``None``, the default counts."""
        self._providers[name] = provider

    def get_config_provider(self, name: str) -> Any:
        """An object with ``provide()`` for a variable; ``None`` for an unknown or overridden one."""
        if name in self._overrides:
            return None
        provider = self._providers.get(name)
        if provider is not None:
            return provider
        return _Lookup(self, name) if name in self.variables or name in SECTIONS else None

    def set_config_default(self, name: str, value: Any) -> None:
        """Change the default of a variable; ``s3.KEY`` for a key of a block."""
        self._defaults[name] = value

    def define(self, name: str, variable: Variable) -> None:
        """Add a variable, or replace one."""
        # Replace the table, as copies share it and, at first, every store.
        self.variables = {**self.variables, name: variable}


class _Lookup:
    """A variable of a store, in the shape of the reference's providers."""

    def __init__(self, store: ConfigStore, name: str) -> None:
        self._store = store
        self._name = name

    def provide(self) -> Any:
        """The value."""
        return self._store.get_config_variable(self._name, _METHODS)
