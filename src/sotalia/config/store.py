"""Values of a session's variables: set by hand, else from the environment, else from the profile, else the default."""

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
    """Looks variables up. ``scoped_config`` gives the selected profile, read whenever a look-up gets that far.

    ``instance`` are the values that were set on the session; they are converted like all others. ``set_config_variable``
    and ``set_config_provider`` replace a variable altogether, as programs do that take the component ``config_store``.
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
        """What was set by hand, to be given to :meth:`restore`."""
        return {name: dict(getattr(self, name)) for name in _SET_BY_HAND}

    def restore(self, state: dict[str, dict[str, Any]]) -> None:
        """Set what :meth:`state` gave."""
        for name, values in state.items():
            getattr(self, name).update(values)

    def of_profile(self, scoped_config: Mapping[str, Any]) -> ConfigStore:
        """A copy that takes this for the profile: what one client is made from does not change meanwhile."""
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

        ``methods`` (of ``instance``, ``env``, ``config``) leaves sources out. Raises ``ValueError`` for a text that
        should be a number, ``ProfileNotFound``.
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
        """The first value that there is; all of ``variables`` have the same conversion."""
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
        block = scoped.get(key[0])
        return block.get(key[1]) if isinstance(block, dict) else None

    def _section(self, section: str) -> dict[str, Any] | None:
        """A nested block of the profile, with what other places say about its keys."""
        block = self._scoped_config().get(section)
        if block and not isinstance(block, dict):
            return None  # As in the reference, a block that is none also hides the other places.
        found: dict[str, Any] = dict(block or {})
        for key, variables in SECTIONS[section].items():
            value = self._look_up(key, variables, _METHODS, self._defaults.get(f"{section}.{key}"))
            if value is not None:
                found[key] = value
        return found if found or block is not None else None

    def is_set_by_hand(self, name: str) -> bool:
        """Whether the session or the store was told a value."""
        return name in self._overrides or name in self._providers or self.instance.get(name) is not None

    # -- changing ----------------------------------------------------------------------------------------------

    def set_config_variable(self, name: str, value: Any) -> None:
        """Set a value that goes before all others and is taken as it is."""
        self._overrides[name] = value

    def clear_config_variable(self, name: str) -> None:
        """Take back what :meth:`set_config_variable` set."""
        self._overrides.pop(name, None)

    def set_config_provider(self, name: str, provider: Any) -> None:
        """Ask ``provider.provide()`` for a variable, in place of all other places; ``None`` means the default."""
        self._providers[name] = provider

    def get_config_provider(self, name: str) -> Any:
        """Something with ``provide()`` for a variable; ``None`` for unknown or overridden ones."""
        if name in self._overrides:
            return None
        known = self._providers.get(name)
        if known is not None:
            return known
        return _Lookup(self, name) if name in self.variables or name in SECTIONS else None

    def set_config_default(self, name: str, value: Any) -> None:
        """Change what a variable is when nobody says anything; ``s3.KEY`` for one in a block."""
        self._defaults[name] = value

    def define(self, name: str, variable: Variable) -> None:
        """Add a variable, or replace one."""
        # Replaced, not changed: the table is shared with copies and, at first, with every store.
        self.variables = {**self.variables, name: variable}


class _Lookup:
    """A variable of a store, in the shape of the reference's providers."""

    def __init__(self, store: ConfigStore, name: str) -> None:
        self._store = store
        self._name = name

    def provide(self) -> Any:
        """The value."""
        return self._store.get_config_variable(self._name, _METHODS)
