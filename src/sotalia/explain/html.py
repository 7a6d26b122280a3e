"""An explanation as a cell of a notebook. Every value is escaped."""

from __future__ import annotations

from html import escape

from sotalia.explain.text import headline, sections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.explain.explanation import Explanation

# Long, and seldom what one looks for first.
_CLOSED = ("Handlers", "Hooks", "The same with curl")


def as_html(explanation: Explanation) -> str:
    """A piece of HTML without scripts or styles of its own."""
    parts = [f"<div class='sotalia-explanation'><p><strong>{escape(headline(explanation))}</strong></p>"]
    for title, lines in sections(explanation):
        opened = "" if title.startswith(_CLOSED) else " open"
        body = escape("\n".join(lines))
        parts.append(f"<details{opened}><summary>{escape(title)}</summary><pre>{body}</pre></details>")
    return "".join([*parts, "</div>"])
