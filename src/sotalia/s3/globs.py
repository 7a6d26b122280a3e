r"""Patterns of keys, as in ``s3://bucket/logs/2026-*/x*.gz``.

``*`` stands for any characters but ``/``, ``**`` for any characters, ``?`` for one character but ``/``. Nothing else is
special: brackets and braces are common in keys, and one that is copied from a listing must name itself. ``\*`` and ``\?``
stand for the characters themselves; any other backslash does, too.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\\[*?]|\*\*|\*|\?")
_MEANINGS = {"**": ".*", "*": "[^/]*", "?": "[^/]"}


class Glob:
    """A pattern of keys; ``prefix`` is what all of them begin with.

    ``below``: also keys of which the pattern matches a start that ends before a ``/``, as it would folders.
    """

    def __init__(self, pattern: str, *, below: bool = False) -> None:
        self.pattern = pattern
        self.prefix = ""
        self.is_literal = True
        parts: list[str] = []
        end = 0
        for token in _TOKEN.finditer(pattern):
            self._add_text(parts, pattern[end : token.start()])
            end = token.end()
            if token[0] in _MEANINGS:
                self.is_literal = False
                parts.append(_MEANINGS[token[0]])
            else:
                self._add_text(parts, token[0][1:])
        self._add_text(parts, pattern[end:])
        if below:
            parts.append(".*" if pattern.endswith("/") else "(?:/.*)?")
        self._expression = re.compile("".join(parts), re.DOTALL)

    def _add_text(self, parts: list[str], text: str) -> None:
        if self.is_literal:
            self.prefix += text
        parts.append(re.escape(text))

    def matches(self, key: str) -> bool:
        """Whether a key is one of the pattern's."""
        return self._expression.fullmatch(key) is not None

    @property
    def folder(self) -> str:
        """The part of the prefix up to its last ``/``: what keys are below, when they get another place."""
        return self.prefix[: self.prefix.rfind("/") + 1]


def quoted(key: str) -> str:
    """The pattern that matches this key alone."""
    return re.sub(r"[*?]", r"\\\g<0>", key)
