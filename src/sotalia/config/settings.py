"""The settings of one session: its profile, the shared files, its variables, and the default options of its clients.

Safe for threads.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, MutableMapping

from sotalia import exceptions
from sotalia.config.files import expanded
from sotalia.config.store import ConfigStore
from sotalia.config.variables import VARIABLES, Variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    T = TypeVar("T")
    #: A variable as botocore's sessions describe it: configuration key, environment, default, conversion.
    VariableRow = tuple[Any, Any, Any, Any]


class SessionSettings:
    """The configuration of a session."""

    #: All variables, as rows of botocore's form.
    SESSION_VARIABLES: dict[str, VariableRow] = {name: row.as_tuple() for name, row in VARIABLES.items()}

    def __init__(
        self, session_vars: dict[str, VariableRow] | None = None, profile: str | None = None
    ) -> None:
        self.config_store = ConfigStore(self.get_scoped_config)
        self.session_var_map = SessionVariables(self.config_store)
        for name, row in (session_vars or {}).items():
            self.session_var_map[name] = row
        if profile is not None:
            self.config_store.instance["profile"] = profile
        self._default_config: Any = None
        # Parts that are made on first use.
        self._made: dict[str, Any] = {}

    def settings_state(self) -> dict[str, Any]:
        """What you have set, for :meth:`restore_settings`."""
        rows = self.session_var_map.items()
        return {
            "variables": {name: row for name, row in rows if self.SESSION_VARIABLES.get(name) != row},
            "config_store": self.config_store.state(),
            "default_config": self._default_config,
        }

    def restore_settings(self, state: dict[str, Any]) -> None:
        """Restore what :meth:`settings_state` returned."""
        self.session_var_map.update(state["variables"])
        self.config_store.restore(state["config_store"])
        self._default_config = state["default_config"]

    def part(self, name: str, make: Callable[[], T]) -> T:
        """A part of the session, made on first use. If several threads make it at once, all get the first one's."""
        part: T | None = self._made.get(name)
        return self._made.setdefault(name, make()) if part is None else part

    def has_part(self, name: str) -> bool:
        """Whether a part was made already."""
        return name in self._made

    # -- profile and files -------------------------------------------------------------------------------------

    @property
    def profile(self) -> str | None:
        """The selected profile, or ``None``. The first one that is found stays."""
        profile: str | None = self._made.get("profile")
        if profile is None:
            profile = self.config_store.get_config_variable("profile")
            if profile is not None:
                profile = self._made.setdefault("profile", profile)
        return profile

    @property
    def is_profile_explicit(self) -> bool:
        """Whether the profile was named in the program, not by the environment."""
        return self.config_store.instance.get("profile") is not None

    @property
    def full_config(self) -> dict[str, Any]:
        """Both shared files as one dictionary. Raises ``ConfigParseError``, which names file, line and key."""
        return self.part("full_config", self._read_files)

    def _read_files(self) -> dict[str, Any]:
        paths = self._file_paths()
        if not any(path is not None and os.path.isfile(path) for path in paths):
            return {"profiles": {}}
        from sotalia.config.files import load_full_config

        return load_full_config(*paths)

    def _file_paths(self) -> tuple[str | None, str | None]:
        config_file, credentials_file = (
            self.config_store.get_config_variable(name) for name in ("config_file", "credentials_file")
        )
        return (
            None if config_file is None else expanded(config_file),
            None if credentials_file is None else expanded(credentials_file),
        )

    @property
    def config_file(self) -> str | None:
        """The path of the configuration file, whether it exists or not."""
        return self._file_paths()[0]

    @property
    def data_paths(self) -> list[str]:
        """Folders with models of the user's own: ``AWS_DATA_PATH``, or ``data_path`` of the profile."""
        configured = self.config_store.get_config_variable("data_path") or ""
        return [expanded(path) for path in configured.split(os.pathsep) if path]

    @property
    def available_profiles(self) -> list[str]:
        """Names of all profiles."""
        return list(self.full_config["profiles"])

    def get_scoped_config(self) -> dict[str, Any]:
        """The settings of the selected profile, else of ``[default]``. Raises ``ProfileNotFound``."""
        name = self.config_store.get_config_variable("profile")
        profiles: dict[str, dict[str, Any]] = self.full_config["profiles"]
        if name is None:
            return profiles.get("default", {})
        if name not in profiles:
            raise self._no_profile(name, profiles)
        return profiles[name]

    def _no_profile(self, name: str, profiles: dict[str, Any]) -> Exception:
        from sotalia.runtime.spelling import did_you_mean, shortened

        error = exceptions.ProfileNotFound(profile=name)
        path = self.config_file
        if name in self.full_config and path is not None:
            hint = f". {path} has [{name}]; write [profile {name}] there"
        else:
            hint = did_you_mean(name, profiles)
        if hint:
            # After the reference's text, which programs compare.
            from sotalia.runtime.error_pickles import reworded

            reworded(error, f"{error}{hint}")
        names = shortened(sorted(profiles), "see session.available_profiles")
        error.add_note(f"Profiles that there are: {names or 'none'}")
        return error

    # -- variables ---------------------------------------------------------------------------------------------

    def get_config_variable(self, logical_name: str, methods: tuple[str, ...] | None = None) -> Any:
        """A setting; ``None`` for unknown names. See "Configuration" in the documentation.

        ``methods`` limits the sources (``instance``, ``env``, ``config``). Raises ``ValueError`` for text that should be a
        number, and names its place.
        """
        try:
            return self.config_store.get_config_variable(logical_name, methods)
        except ValueError as error:
            from sotalia.config.mistakes import located

            raise located(error, self.where(logical_name)) from None

    def set_config_variable(self, logical_name: str, value: Any) -> None:
        """Set a setting for this session. It goes before environment and files."""
        self.config_store.instance[logical_name] = value

    def instance_variables(self) -> dict[str, Any]:
        """What the program has set."""
        return dict(self.config_store.instance)

    def where(self, logical_name: str) -> str:
        """Describe where the value of a setting comes from: a variable, or file, line and key."""
        from sotalia.config.origin import origin

        return origin(self.config_store, logical_name, self._file_paths())

    def get_default_client_config(self) -> Any:
        """The default options of all clients."""
        return self._default_config

    def set_default_client_config(self, client_config: Any) -> None:
        """Set the default options of all clients."""
        self._default_config = client_config


class SessionVariables(MutableMapping[str, "VariableRow"]):
    """``session.session_var_map``: rows by name. A row that is set here is looked up from then on."""

    def __init__(self, store: ConfigStore) -> None:
        self._store = store
        # Shared by all sessions until one of them changes it.
        self._rows: Mapping[str, VariableRow] = SessionSettings.SESSION_VARIABLES

    def __getitem__(self, name: str) -> VariableRow:
        return self._rows[name]

    def __setitem__(self, name: str, row: VariableRow) -> None:
        self._rows = {**self._rows, name: row}
        self._store.define(name, Variable(*row))

    def __delitem__(self, name: str) -> None:
        # As in the reference, you can still look the variable up.
        if name not in self._rows:
            raise KeyError(name)
        self._rows = {known: row for known, row in self._rows.items() if known != name}

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
