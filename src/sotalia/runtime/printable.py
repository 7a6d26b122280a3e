"""Text from elsewhere (names of files and keys, messages of services) for a terminal or a log."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text on one line: escapes stand for characters that could command a terminal or begin another line."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
