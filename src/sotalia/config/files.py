"""The shared configuration files (``~/.aws/config``, ``~/.aws/credentials``) as dictionaries.

See "Configuration and credential file settings" in the AWS CLI User Guide. The INI dialect is the standard library's
without interpolation; a value of several indented lines is a nested block.
"""

from __future__ import annotations

import os
from typing import Any

from sotalia import exceptions

_TYPED_SECTIONS = {"profile": "profiles", "sso-session": "sso_sessions", "services": "services"}


def raw_config_parse(path: str, parse_subsections: bool = True) -> dict[str, Any]:
    """Sections by name. Raises ``ConfigNotFound`` for no such file, ``ConfigParseError`` for a broken one."""
    path = os.path.expanduser(os.path.expandvars(path))
    if not os.path.isfile(path):
        raise exceptions.ConfigNotFound(path=path)
    import configparser

    parser = configparser.RawConfigParser(default_section="DEFAULT")
    try:
        parser.read([path], encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        raise _parse_error(path, _without_values(error)) from None
    config: dict[str, Any] = {}
    for section in parser.sections():
        config[section] = {}
        for option in parser.options(section):
            value: Any = parser.get(section, option)
            if parse_subsections and value.startswith("\n"):
                value = _parse_nested(value, path)
            config[section][option] = value
    return config


def _parse_nested(text: str, path: str) -> dict[str, str]:
    nested = {}
    for line in text.splitlines():
        line = line.strip()
        if not line:
            continue
        name, separator, value = line.partition("=")
        if not separator:
            raise _parse_error(path, f"a line of a nested block has no '=' ({len(line)} characters long)")
        nested[name.strip()] = value.strip()
    return nested


def _parse_error(path: str, problem: str) -> Exception:
    error: Exception = exceptions.ConfigParseError(path=path, error=problem)
    error.add_note(f"{path}: {problem}")
    return error


def _without_values(error: Exception) -> str:
    """What is wrong and where, without the text that is there: it may be a key that somebody mistyped."""
    lines = [number for number, *_ in getattr(error, "errors", ())]
    if not lines and getattr(error, "lineno", None) is not None:
        lines = [error.lineno]  # type: ignore[attr-defined]
    where = f" in line {', '.join(map(str, lines))}" if lines else ""
    return f"{type(error).__name__}{where}: expected '[section]' or 'name = value', each once, in UTF-8"


def build_profile_map(parsed: dict[str, Any]) -> dict[str, Any]:
    """Sections sorted into ``profiles``, ``sso_sessions`` and ``services``; others stay at the top."""
    config: dict[str, Any] = {}
    typed: dict[str, dict[str, Any]] = {"profiles": {}, "sso_sessions": {}, "services": {}}
    for section, values in parsed.items():
        kind = next((kind for kind in _TYPED_SECTIONS if section.startswith(kind)), None)
        if kind is not None:
            import shlex

            try:
                words = shlex.split(section)
            except ValueError:
                continue
            if len(words) == 2:
                typed[_TYPED_SECTIONS[kind]][words[1]] = values
        elif section == "default":
            typed["profiles"]["default"] = values
        else:
            config[section] = values
    return {**config, **typed}


def load_config(path: str) -> dict[str, Any]:
    """A configuration file with its sections sorted."""
    return build_profile_map(raw_config_parse(path))


def load_full_config(config_file: str | None, credentials_file: str | None) -> dict[str, Any]:
    """Both files as one: profiles of the credentials file, whose section names are profile names, go over the others.

    Missing files are as good as empty ones. Raises ``ConfigParseError``.
    """
    config: dict[str, Any] = {"profiles": {}}
    if config_file is not None:
        try:
            config = load_config(config_file)
        except exceptions.ConfigNotFound:
            config = {"profiles": {}}
    if credentials_file is not None:
        try:
            credentials = raw_config_parse(credentials_file)
        except exceptions.ConfigNotFound:
            return config
        for profile, values in credentials.items():
            config["profiles"].setdefault(profile, {}).update(values)
    return config
