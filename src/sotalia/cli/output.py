"""What commands print: text that cannot command a terminal, and JSON, one object a line."""

from __future__ import annotations

import sys

from sotalia.runtime.printable import printable as printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def print_json(value: Any, *, indent: int | None = None) -> None:
    """Print a value as JSON: on one line, or over several with ``indent``."""
    import json

    print(json.dumps(value, indent=indent, default=str, ensure_ascii=False))


def say(text: str) -> None:
    """Tell a person, on stderr."""
    print(printable(text), file=sys.stderr, flush=True)
