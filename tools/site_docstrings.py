"""What our docstrings look like in the API reference: an extension of griffe, which reads the source for mkdocstrings.

Docstrings are plain text with the roles of Sphinx (``:class:`Session```) and examples that begin with ``>>>``. Markdown knows neither.
"""

from __future__ import annotations

import re
from typing import Any

import griffe

_ROLE = re.compile(r":(?:\w+:)?[a-z]+:`~?\.?([^`]+)`")
_EXAMPLE = re.compile(r"^(?:>>> .*\n?)(?:.+\n?)*", re.MULTILINE)


def markdown(text: str) -> str:
    """A docstring as Markdown: roles become code, examples become blocks, rows of values become lists."""
    text = _EXAMPLE.sub(lambda found: f"```pycon\n{found[0].rstrip()}\n```\n", text)
    parts = re.split(r"(^```pycon\n.*?^```\n)", text, flags=re.DOTALL | re.MULTILINE)
    return "".join(part if part.startswith("```") else _prose(part) for part in parts)


def _prose(text: str) -> str:
    paragraphs = _ROLE.sub(r"`\1`", text).split("\n\n")
    return "\n\n".join(_paragraph(paragraph) for paragraph in paragraphs)


def _paragraph(text: str) -> str:
    """``a``: one thing · ``b``: another: a line each. A sentence before the first value stays above the list."""
    first, *others = " ".join(line.strip() for line in text.splitlines()).split(" · ")
    lead, mark, value = first.partition("``")
    if not others or not mark or not all(other.startswith("``") for other in others):
        return text
    if lead and not lead.rstrip().endswith((".", ":", ";")):
        return text
    return "\n".join([lead.strip(), "", *(f"- {each}" for each in (mark + value, *others))]).strip()


class Docstrings(griffe.Extension):
    """Rewrites each docstring once, when its module has been read."""

    def on_instance(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Rewrite the docstring of a module, class, function or attribute."""
        if obj.docstring is not None:
            obj.docstring.value = markdown(obj.docstring.value)
