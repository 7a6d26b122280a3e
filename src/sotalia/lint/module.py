"""One file: its source, what is wrong in it, and where."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from io import BytesIO
from tokenize import detect_encoding

from sotalia.lint.flow import Flow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sotalia.lint.places import Places

# What is worth following: most files of a program register nothing.
_WORTH = re.compile(r"\.register\b|\.register_(?:first|last)\b|\.on\(|\.emit|\.declare\(|\bsotalia\b")
_SDK = re.compile(r"boto|sotalia|\bs3transfer\b", re.IGNORECASE)
_IGNORE = re.compile(r"#\s*sotalia:\s*ignore(?:\[([\w\s,-]*)\])?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in a file. ``line`` and ``column`` count from 1, columns in characters."""

    path: str
    line: int
    column: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Module:
    """What was found in one file: ``unknown`` are problems of events that another file may emit, with the event."""

    problems: list[Problem]
    unknown: list[tuple[str, Problem]]
    emitted: frozenset[str]


class UnreadableError(Exception):
    """A file that cannot be looked at."""


def check(source: bytes, path: str, places: Callable[[], Places]) -> Module:
    """Look for problems in a file's source. Raises ``UnreadableError``."""
    try:
        tree, text = _parsed(source)
    except SyntaxError as error:
        return Module([_syntax_problem(error, path)], [], frozenset())
    if not _WORTH.search(text):
        return Module([], [], frozenset())
    flow = Flow(tree)
    if not flow.follow():
        return Module([], [], frozenset(flow.emitted))
    if not (flow.registrations or flow.typed or flow.typed_functions):
        return Module([], [], frozenset(flow.emitted))
    from sotalia.lint.checks import Checks  # What knows services is loaded for files that register something.

    # As the parser counts lines: a form feed or a U+2028 does not end one.
    lines = re.split(r"\r\n|\r|\n", text)
    problems: set[Problem] = set()
    unknown: set[tuple[str, Problem]] = set()
    for finding, node, whole in Checks(flow, places(), path, names_sdk=_SDK.search(text) is not None).run():
        line: int = getattr(node, "lineno", 1)
        if _is_ignored(lines, finding.code, line, whole):
            continue
        problem = Problem(path, line, _column(lines[line - 1], node), finding.code, finding.message)
        if finding.code == "unknown-event":
            unknown.add((finding.message.split("'")[1].partition(".")[0], problem))
        else:
            problems.add(problem)
    return Module(list(problems), list(unknown), frozenset(flow.emitted))


def _parsed(source: bytes) -> tuple[ast.Module, str]:
    """The tree of a file, and its text. Raises ``SyntaxError``, ``UnreadableError``."""
    encoding, _ = detect_encoding(BytesIO(source).readline)
    try:
        text = source.decode(encoding)
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        message = (
            f"not {encoding}, as the file's first lines or the default say: byte {source[error.start]:#04x}"
        )
        raise SyntaxError(message, ("", line, 1, None)) from None
    with warnings.catch_warnings():
        # What Python says of invalid escapes is another tool's business.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text.removeprefix("\ufeff")), text
        except ValueError as error:  # A null byte, in some versions.
            raise SyntaxError(str(error), ("", 1, 1, None)) from None
        except (RecursionError, MemoryError):
            raise UnreadableError("it is nested too deeply for Python's own parser") from None


def _syntax_problem(error: SyntaxError, path: str) -> Problem:
    line, column = max(error.lineno or 1, 1), max(error.offset or 1, 1)
    return Problem(path, line, column, "syntax-error", f"{error.msg}; the rest of the file is not looked at")


def _column(line: str, node: ast.AST) -> int:
    """The place in characters: the parser counts bytes of UTF-8."""
    before = line.encode()[: getattr(node, "col_offset", 0)]
    return len(before.decode(errors="ignore")) + 1


def _is_ignored(lines: list[str], code: str, line: int, whole: ast.AST) -> bool:
    """Whether a comment on the line, or on one of the whole call's, silences a code."""
    first = min(line, getattr(whole, "lineno", line))
    last = max(line, getattr(whole, "end_lineno", None) or line)
    for text in lines[first - 1 : last]:
        found = _IGNORE.search(text)
        if found is not None and (found[1] is None or code in re.split(r"[\s,]+", found[1])):
            return True
    return False
