"""Errors in configuration files: the place, and what to do about them.

A message names file, line, section and key. It never quotes a value or a whole line, since either may be a secret.
"""

from __future__ import annotations

import re

from sotalia import exceptions
from sotalia.runtime.error_pickles import reworded

TYPE_CHECKING = False
if TYPE_CHECKING:
    import configparser
    from typing import TypeVar

    E = TypeVar("E", bound=Exception)

_SECTION = re.compile(r"\[(?P<name>.+)\]")
_OPTION = re.compile(r"(?P<key>[^\s=:][^=:]*?)\s*[=:]")
# The first word of an invalid line is shown only if it looks like a setting's name, which no secret does.
_NAMES = re.compile(r"(?:[a-z][a-z0-9]*_)+[a-z][a-z0-9]*|region|output|services|s3|profile")


def parse_error(path: str, line: int | None, what: str, mend: str) -> Exception:
    """Make a ``ConfigParseError``: the reference's text, then the line, what is wrong and how to mend it."""
    place = "" if line is None else f", line {line}"
    error = exceptions.ConfigParseError(path=path, line=line)
    return reworded(error, f"Unable to parse config file: {path}{place}: {what}; {mend}.")


def from_parser(path: str, error: configparser.Error | UnicodeDecodeError) -> Exception:
    """Translate the standard library's error into a ``ConfigParseError``."""
    import configparser

    if isinstance(error, UnicodeDecodeError):
        what = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
        return parse_error(path, _line_of_byte(path), what, "save the file as UTF-8 text")
    if isinstance(error, configparser.MissingSectionHeaderError):
        if error.line.lstrip().startswith("["):
            what = "a section begins with '[' and has no ']'"
            return parse_error(path, error.lineno, what, "write [default] or [profile NAME]")
        what = f"{_start(error.line)} stands before any section"
        return parse_error(path, error.lineno, what, "begin with a section such as [default]")
    if isinstance(error, configparser.DuplicateSectionError):
        what = f"section [{error.section}] is there a second time"
        return parse_error(path, error.lineno, what, "put its settings into the first one")
    if isinstance(error, configparser.DuplicateOptionError):
        what = f"key '{error.option}' is there a second time in [{error.section}]"
        return parse_error(path, error.lineno, what, "leave one of them")
    if isinstance(error, configparser.ParsingError) and error.errors:
        number, shown = error.errors[0]
        if shown.lstrip(chr(39) + chr(34)).startswith("["):
            what = "a section begins with '[' and has no ']'"
            return parse_error(path, number, what, "write [default] or [profile NAME]")
        what = f"{_start(shown.lstrip(chr(39) + chr(34)))} has neither '=' nor ':'"
        return parse_error(path, number, what, "write key = value")
    return parse_error(path, None, "it is no INI file", "compare it with the AWS CLI User Guide")


def nested_error(path: str, section: str, key: str) -> Exception:
    """The error for a nested block in which a line has no ``=``."""
    line, text = None, ""
    for number, inner in _block(path, section, key):
        if inner and "=" not in inner:
            line, text = number, inner
            break
    what = f"in the block '{key}' of [{section}], {_start(text)} has no '='"
    return parse_error(path, line, what, "write key = value on each indented line")


def line_of(path: str, section: str, key: str, nested: str | None = None) -> int | None:
    """The line of a key, or of a key in its nested block; ``None`` if it is not there."""
    if nested is None:
        for number, current, text in _lines(path):
            if current == section and _is_key(text, key):
                return number
        return None
    for number, text in _block(path, section, key):
        if text.partition("=")[0].strip() == nested:
            return number
    return None


def lines_of_sections(path: str) -> dict[str, int]:
    """The line of each section's header."""
    lines: dict[str, int] = {}
    for number, section, text in _lines(path):
        if text.startswith("["):
            lines.setdefault(section, number)
    return lines


def _block(path: str, section: str, key: str) -> list[tuple[int, str]]:
    """Numbers and texts of the indented lines below a key."""
    lines: list[tuple[int, str]] = []
    inside = False
    for number, current, text in _lines(path):
        if inside and text[:1].isspace():
            if text.strip() and text.lstrip()[0] not in "#;":
                lines.append((number, text.strip()))
        elif text.strip() and text[0] not in "#;":
            inside = current == section and _is_key(text, key)
    return lines


def _lines(path: str) -> list[tuple[int, str, str]]:
    """Number, section and text of each line."""
    section = ""
    lines: list[tuple[int, str, str]] = []
    try:
        with open(path, encoding="utf-8-sig", errors="replace") as file:
            for number, text in enumerate(file, 1):
                header = _SECTION.match(text)
                if header:
                    section = header["name"]
                lines.append((number, section, text))
    except OSError:
        pass  # It has just been deleted, so there is no line to name.
    return lines


def _is_key(text: str, key: str) -> bool:
    match = _OPTION.match(text)
    return match is not None and match["key"].strip().lower() == key


def _start(text: str) -> str:
    """A name for an invalid line that reveals no secret."""
    words = text.split(maxsplit=1)
    first = re.split("[=:]", words[0], maxsplit=1)[0] if words else ""
    return f"'{first}'" if _NAMES.fullmatch(first) else "what is written there"


def _line_of_byte(path: str) -> int | None:
    """The line of the first byte that is not UTF-8. The parser reads in blocks, so its error does not have it."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError:
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return None


def located(error: E, where: str) -> E:
    """The same error, with the place of the setting in its text."""
    if error.args and isinstance(error.args[0], str):
        return reworded(error, f"{error.args[0]} (found in {where})")
    return error
