"""Read the shared configuration files (``~/.aws/config``, ``~/.aws/credentials``) into dictionaries.

See "Configuration and credential file settings" in the AWS CLI User Guide. The INI dialect is the standard library's
without interpolation. A value of several indented lines is a nested block.
"""

from __future__ import annotations

import os

from sotalia import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TYPED_SECTIONS = {"profile": "profiles", "sso-session": "sso_sessions", "services": "services"}


def raw_config_parse(path: str, parse_subsections: bool = True) -> dict[str, Any]:
    """Sections by name. Raises ``ConfigNotFound`` if the file is missing, ``ConfigParseError`` if it is invalid."""
    path = expanded(path)
    if not os.path.isfile(path):
        raise exceptions.ConfigNotFound(path=path)
    config: dict[str, Any] = {}
    for section, options in _parsed(path).items():
        config[section] = {}
        for option, value in options.items():
            if parse_subsections and value.startswith("\n"):
                nested = _parse_nested(value)
                if nested is None:
                    from sotalia.config.mistakes import nested_error

                    raise nested_error(path, section, option)
                config[section][option] = nested
            else:
                config[section][option] = value
    return config


def expanded(path: str) -> str:
    """Replace ``$VAR`` and ``~`` in a path."""
    return os.path.expanduser(os.path.expandvars(path))


def _parsed(path: str) -> dict[str, dict[str, str]]:
    """Sections and options, from the INI parser."""
    import configparser

    parser = configparser.RawConfigParser()
    mistake: configparser.Error | UnicodeDecodeError | None = None
    try:
        # With or without a byte order mark, which some editors write and the reference refuses.
        parser.read([path], encoding="utf-8-sig")
    except (configparser.Error, UnicodeDecodeError) as error:
        mistake = error
    if mistake is not None:
        from sotalia.config.mistakes import from_parser

        # Outside of the except clause, so that the parser's error is not the context: it quotes lines, which may hold
        # secrets.
        raise from_parser(path, mistake)
    return {section: dict(parser.items(section)) for section in parser.sections()}


def _parse_nested(text: str) -> dict[str, str] | None:
    """Parse the lines of a nested block; ``None`` if one has no ``=``."""
    nested: dict[str, str] = {}
    for line in text.splitlines():
        line = line.strip()
        if not line:
            continue
        name, separator, value = line.partition("=")
        if not separator:
            return None
        nested[name.strip()] = value.strip()
    return nested


def build_profile_map(parsed: dict[str, Any]) -> dict[str, Any]:
    """Sort sections into ``profiles``, ``sso_sessions`` and ``services``. Others stay at the top level."""
    config: dict[str, Any] = {}
    typed: dict[str, dict[str, Any]] = {"profiles": {}, "sso_sessions": {}, "services": {}}
    for section, values in parsed.items():
        section_type = next((known for known in _TYPED_SECTIONS if section.startswith(known)), None)
        if section_type is not None:
            import shlex

            try:
                words = shlex.split(section)
            except ValueError:
                continue
            if len(words) == 2:
                typed[_TYPED_SECTIONS[section_type]][words[1]] = values
        elif section == "default":
            typed["profiles"]["default"] = values
        else:
            config[section] = values
    return {**config, **typed}


def load_config(path: str) -> dict[str, Any]:
    """Read a configuration file and sort its sections."""
    return build_profile_map(raw_config_parse(path))


def load_full_config(config_file: str | None, credentials_file: str | None) -> dict[str, Any]:
    """Read both files into one dictionary. Keys of the credentials file win; its section names are profile names.

    A missing file counts as empty. Raises ``ConfigParseError``.
    """
    config: dict[str, Any] = {"profiles": {}}
    if config_file is not None and os.path.isfile(expanded(config_file)):
        config = load_config(config_file)
    if credentials_file is not None and os.path.isfile(expanded(credentials_file)):
        for profile, values in raw_config_parse(credentials_file).items():
            config["profiles"].setdefault(profile, {}).update(values)
    return config
