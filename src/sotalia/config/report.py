"""Which settings a session has, where each is set, and what in the files and the environment is read by nobody.

No value of a secret is shown, nor any value of a key that is not known: it may be a secret under a misspelt name.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from sotalia.config import known
from sotalia.config.files import expanded, raw_config_parse
from sotalia.config.mistakes import line_of, lines_of_sections
from sotalia.config.variables import SECTIONS
from sotalia.runtime.spelling import closest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from typing import Any

    from sotalia.config.settings import SessionSettings

_DEFAULTS = "the defaults"
_TYPES = ("profile", "sso-session", "services")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: its value as text (``None`` where there is none), and where it is set."""

    name: str
    value: str | None
    where: str

    @property
    def is_default(self) -> bool:
        """Whether nobody has set it."""
        return self.where == _DEFAULTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is read by nobody, or cannot be read. ``is_mistake``: it was probably meant otherwise."""

    where: str
    what: str
    is_mistake: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigReport:
    """What ``sotalia config explain`` shows. ``files``: paths of the two files, and whether they are there."""

    profile: str
    files: tuple[tuple[str, bool], ...]
    settings: tuple[Setting, ...]
    findings: tuple[Finding, ...]

    @property
    def has_mistakes(self) -> bool:
        """Whether something is probably meant otherwise."""
        return any(finding.is_mistake for finding in self.findings)


def explain(session: SessionSettings, environ: Mapping[str, str] | None = None) -> ConfigReport:
    """Look at the settings of a session, the files it reads, and the environment. What cannot be read is a finding."""
    environ = os.environ if environ is None else environ
    paths = [
        expanded(path)
        for path in map(session.get_config_variable, ("config_file", "credentials_file"))
        if path
    ]
    findings = [*_in_files(*paths), *_in_environment(environ)]
    settings: list[Setting] = []
    try:
        settings += _settings(session)
    except Exception as error:
        text = str(error)
        if not any(finding.what == text for finding in findings):
            findings.insert(0, Finding(where="profile", what=text))
    else:
        findings += _invalid(session)
    return ConfigReport(
        profile=session.profile or "default",
        files=tuple((path, os.path.isfile(path)) for path in paths),
        settings=tuple(settings),
        findings=tuple(findings),
    )


def _settings(session: SessionSettings) -> Iterator[Setting]:
    store = session.config_store
    session.get_scoped_config()  # Raises for what cannot be read, and for a profile that there is not.
    for name in store.variables:
        yield _setting(session, name, name)
    for section, keys in SECTIONS.items():
        for key in keys:
            yield _setting(session, f"{section}.{key}", section, key)
    # No variable of the store: services may have addresses of their own.
    given: str | None = store.environ.get("AWS_ENDPOINT_URL")
    where = "environment variable AWS_ENDPOINT_URL" if given is not None else session.where("endpoint_url")
    profile: dict[str, Any] = session.get_scoped_config()
    yield Setting(
        name="endpoint_url",
        value=_shown(profile.get("endpoint_url") if given is None else given),
        where=where,
    )


def _invalid(session: SessionSettings) -> Iterator[Finding]:
    """The setting for which no client could be made; the first one, if there are several."""
    from sotalia.config.effective import EffectiveOptions

    options = EffectiveOptions(None, session.config_store, session.where)
    try:
        options.resolve(region_name=None, signature_version=None, s3=None, variant_tags=())
    except Exception as error:
        text, _, where = str(error).rpartition(" (found in ")
        yield Finding(where=where.removesuffix(")") or "settings", what=text or str(error))


def _setting(session: SessionSettings, name: str, variable: str, key: str | None = None) -> Setting:
    where = session.where(name)
    try:
        value = session.get_config_variable(variable)
    except ValueError as error:
        return Setting(name=name, value=f"invalid: {error}", where=where)
    if key is not None:
        block: dict[str, Any] = value or {}
        value = block.get(key)
    return Setting(name=name, value=_shown(value), where=where)


def _shown(value: Any) -> str | None:
    from sotalia.runtime.redaction import redact_text, redact_url

    if value is None or value == {}:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return redact_url(text) if "://" in text else redact_text(text)


# -- what nobody reads ---------------------------------------------------------------------------------------------


def _in_files(config_file: str, credentials_file: str) -> Iterator[Finding]:
    for path, is_credentials in ((config_file, False), (credentials_file, True)):
        if not os.path.isfile(path):
            continue
        try:
            sections: dict[str, dict[str, Any]] = raw_config_parse(path)
        except Exception as error:
            yield Finding(where=path, what=str(error))
            continue
        lines = lines_of_sections(path)
        for section, values in sections.items():
            place = f"{path}, line {lines.get(section, '?')}"
            problem = _section(section, is_credentials=is_credentials)
            if problem:
                yield Finding(where=place, what=problem)
            else:
                yield from _in_section(path, section, values)


def _section(section: str, *, is_credentials: bool) -> str:
    """What is wrong with the header of a section; empty for nothing."""
    kind, _, name = section.partition(" ")
    name = name.strip().strip("'\"")
    if is_credentials:
        wrong = kind == "profile" and name
        return f"[{section}] is read as a profile of this name: write [{name}] in this file" if wrong else ""
    if section in ("default", "plugins", "preview"):
        return ""
    if kind in _TYPES:
        return "" if name else f"[{section}] has no name: write [{kind} NAME]"
    for known_kind in _TYPES:
        if kind.lower() == known_kind or (name and closest(kind, _TYPES, 0.75) == known_kind):
            return f"[{section}] is not read: write [{known_kind} {name or 'NAME'}]"
    return f"[{section}] is not read: write [profile {section}] in this file"


def _in_section(path: str, section: str, values: dict[str, Any]) -> Iterator[Finding]:
    kind = section.partition(" ")[0]
    if kind in ("services", "plugins", "preview"):
        return
    keys = known.SSO_KEYS if kind == "sso-session" else known.profile_keys()
    foreign: Collection[str] = () if kind == "sso-session" else known.FOREIGN_KEYS
    for key, value in values.items():
        place = f"{path}, line {line_of(path, section, key) or '?'}"
        if key in keys:
            yield from _in_block(path, section, key, value)
        elif key in foreign:
            yield Finding(where=place, what=f"{key!r} is for other programs", is_mistake=False)
        else:
            close = closest(key, keys, 0.75)
            hint = f": did you mean {close!r}?" if close else ""
            yield Finding(
                where=place, what=f"{key!r} of [{section}] is not read{hint}", is_mistake=bool(close)
            )


def _in_block(path: str, section: str, key: str, value: dict[str, str] | str) -> Iterator[Finding]:
    allowed = known.block_keys(key)
    if allowed is None:
        return
    if not isinstance(value, dict):
        if value:
            place = f"{path}, line {line_of(path, section, key) or '?'}"
            yield Finding(where=place, what=f"{key!r} holds settings on indented lines below it, not a value")
        return
    for name in value:
        # Those of transfers are aws-cli's own; here they are options of TransferConfig.
        close = closest(name, allowed, 0.75)
        if name not in allowed:
            place = f"{path}, line {line_of(path, section, key, name) or '?'}"
            hint = f": did you mean {close!r}?" if close else ""
            yield Finding(
                where=place, what=f"{name!r} in the block {key} is not read{hint}", is_mistake=bool(close)
            )


def _in_environment(environ: Mapping[str, str]) -> Iterator[Finding]:
    names = known.variables()
    for name in sorted(environ):
        if not name.startswith(("AWS_", "SOTALIA_")) or name in names:
            continue
        if name == "AWS_REGION":
            if "AWS_DEFAULT_REGION" not in environ:
                yield Finding(
                    where=f"environment variable {name}",
                    what="is not read, as by boto3: set AWS_DEFAULT_REGION",
                )
        elif name not in known.FOREIGN_VARIABLES and not name.startswith("AWS_ENDPOINT_URL_"):
            close = closest(name, names, 0.9)
            if close:
                yield Finding(
                    where=f"environment variable {name}", what=f"is not read: did you mean {close}?"
                )
