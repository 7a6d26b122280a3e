"""Files of records: written whole or not at all, and readable for their owner only, as they may hold business data."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike
    from typing import Any

    from sotalia.recording.records import CallRecord

_SUFFIXES = ".html, .har, .jsonl or .ndjson"


def save(path: str | PathLike[str], calls: list[CallRecord]) -> None:
    """Write the calls in the form that the suffix of ``path`` names."""
    suffix = Path(path).suffix.lower()
    content: Any
    if suffix == ".html":
        from sotalia.recording import page

        content = page.html(calls)
    elif suffix == ".har":
        from sotalia.recording import har

        content = har.har(calls)
    elif suffix in (".jsonl", ".ndjson"):
        from sotalia.recording import jsonl

        content = jsonl.lines(calls)
    else:
        raise ValueError(
            f"calls cannot be saved as {os.fspath(path)!r}: the suffix says how, and is one of {_SUFFIXES}"
        )
    write(path, _texts(content))


def _texts(content: Any) -> Iterable[str]:
    """A text, texts one after another, or a document for JSON."""
    if isinstance(content, str):
        return [content]
    if isinstance(content, dict):
        import json

        return [json.dumps(content, ensure_ascii=False, indent=1)]
    return (text if text.endswith("\n") else f"{text}\n" for text in content)


def write(path: str | PathLike[str], texts: Iterable[str]) -> None:
    """Write a file of the mode 0600 in the place of what is there. A link is followed."""
    goal = os.path.realpath(path)
    # Of the mode 0600, and beside the goal, so that it can take its place at once.
    descriptor, name = tempfile.mkstemp(dir=os.path.dirname(goal), prefix=f".{os.path.basename(goal)}.")
    try:
        with open(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.writelines(texts)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, goal)
    except BaseException:
        os.unlink(name)
        raise
