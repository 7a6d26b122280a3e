"""What commands print: text that cannot command a terminal, and JSON, one object a line."""

from __future__ import annotations

import os
import sys

from sotalia.runtime.printable import printable as printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def print_json(value: Any, *, indent: int | None = None) -> None:
    """Print a value as JSON: on one line, or over several with ``indent``."""
    import json

    is_unicode = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"
    print(json.dumps(value, indent=indent, default=str, ensure_ascii=not is_unicode))


# What streams did with what they cannot encode, before `open_streams`.
_errors: dict[str, str] = {}


def open_streams() -> None:
    """Have streams that take any text, and are there, though the caller has closed them: nothing goes nowhere else then."""
    for name in ("stdin", "stdout", "stderr"):
        stream: Any = getattr(sys, name)
        if stream is None:
            # Until the program ends.
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115
        elif name != "stdin" and hasattr(stream, "reconfigure"):
            _errors.setdefault(name, stream.errors)
            stream.reconfigure(errors="backslashreplace")


def restore_streams() -> None:
    """Take back what :func:`open_streams` did to streams that were there, for a program that runs in this process."""
    for name, errors in _errors.items():
        stream: Any = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=errors)
    _errors.clear()


def flush_stdout() -> None:
    """Write what waits, unless the stream is closed or gone: a program that ran in this process may have done that."""
    stream: Any = sys.stdout
    if stream is not None and not getattr(stream, "closed", False):
        stream.flush()


def say(text: str) -> None:
    """Tell a person, on stderr."""
    print(printable(text), file=sys.stderr, flush=True)
