"""Describe where the value of a setting comes from, for messages and ``explain``. The value itself is never shown."""

from __future__ import annotations

import os

from sotalia import exceptions
from sotalia.config.mistakes import line_of
from sotalia.config.variables import SECTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.config.store import ConfigStore
    from sotalia.config.variables import Variable


def origin(store: ConfigStore, name: str, files: tuple[str | None, str | None]) -> str:
    """``environment variable AWS_MAX_ATTEMPTS``, ``/home/me/.aws/config, line 3, key max_attempts`` and the like.

    ``name`` is a variable, a profile's key, or ``s3.KEY`` for a key of a block. ``files`` are the paths of the
    configuration file and of the credentials file.
    """
    section, _, key = name.rpartition(".")
    if section:
        variables = SECTIONS.get(section, {}).get(key, (_nested(section, key),))
    else:
        variables = (store.variables[name] if name in store.variables else _of_profile(name),)
    if store.is_set_by_hand(key):
        return "the session's own variables (set_config_variable)"
    for variable in variables:
        for environment in variable.environment:
            if store.environ.get(environment) is not None:
                return f"environment variable {environment}"
        place = _place(store, variable, files)
        if place is not None:
            return place
    return "the defaults"


def _of_profile(key: str) -> Variable:
    from sotalia.config.variables import Variable

    return Variable(key, None)


def _nested(section: str, key: str) -> Variable:
    from sotalia.config.variables import Variable

    return Variable((section, key), None)


def _place(store: ConfigStore, variable: Variable, files: tuple[str | None, str | None]) -> str | None:
    """File, line and key, if a file sets the variable."""
    if variable.config_key is None:
        return None
    key, nested = variable.config_key, None
    if isinstance(key, tuple):
        key, nested = key
    try:
        profile = store.get_config_variable("profile") or "default"
    except exceptions.ProfileNotFound:
        return None
    # If both files have the key, the credentials file wins.
    for path, section in ((files[1], profile), *((files[0], it) for it in _sections(profile))):
        if path is not None and os.path.isfile(path):
            line = line_of(path, section, key, nested)
            if line is not None:
                shown = key if nested is None else f"{nested} in the block {key}"
                return f"{path}, line {line}, key {shown} of [{section}]"
    return None


def _sections(profile: str) -> list[str]:
    """The headers that a profile's section may have in the configuration file."""
    named = [f"profile {profile}", f'profile "{profile}"', f"profile '{profile}'"]
    return ["default", *named] if profile == "default" else named
