"""What our docstrings look like in the API reference: an extension of griffe, which reads the source for mkdocstrings.

Docstrings are plain text with the roles of Sphinx (``:class:`Session```) and examples that begin with ``>>>``. Markdown knows neither.
"""

from __future__ import annotations

import re
from typing import Any

import griffe

_ROLE = re.compile(r":(?:\w+:)?[a-z]+:`~?\.?([^`]+)`")
_EXAMPLE = re.compile(r"^(?:>>> .*\n?)(?:.+\n?)*", re.MULTILINE)
_VALUES = re.compile(r" · ")


def markdown(text: str) -> str:
    """A docstring as Markdown: roles become code, examples become blocks, rows of values become lists."""
    text = _EXAMPLE.sub(lambda found: f"```pycon\n{found[0].rstrip()}\n```\n", text)
    parts = re.split(r"(^```pycon\n.*?^```\n)", text, flags=re.DOTALL | re.MULTILINE)
    return "".join(part if part.startswith("```") else _prose(part) for part in parts)


def _prose(text: str) -> str:
    paragraphs = _ROLE.sub(r"`\1`", text).split("\n\n")
    return "\n\n".join(_paragraph(paragraph) for paragraph in paragraphs)


def _paragraph(text: str) -> str:
    if " · " not in text or ":" not in text:
        return text
    # ``a``: one thing · ``b``: another: one line each. A sentence before the first value stays above the list.
    flat = " ".join(line.strip() for line in text.splitlines())
    first = re.search(r"``[^`]+``(?: and ``[^`]+``)?(?: \([^)]*\))?:", flat)
    if first is None:
        return text
    lead, values = flat[: first.start()].strip(), _VALUES.split(flat[first.start() :])
    return "\n".join([lead, "", *(f"- {value}" for value in values)]).strip()


class Docstrings(griffe.Extension):
    """Rewrites each docstring once, when its module has been read."""

    def on_instance(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Rewrite the docstring of a module, class, function or attribute."""
        if obj.docstring is not None:
            obj.docstring.value = markdown(obj.docstring.value)
