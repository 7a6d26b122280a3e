"""Calls as a page: one file that opens from disk, and a cell of a notebook.

The page asks no network for anything, and its policy forbids it: scripts and styles run only if they are the ones written
here, by their hashes. All records are one block of JSON in which no ``<`` is written, so no value can end the block; the
page's code makes text of it and never HTML, to which the policy holds it, too (``require-trusted-types-for``).
"""

from __future__ import annotations

from html import escape
from string import Template

from sotalia.recording.page_data import page_data
from sotalia.recording.table import duration, status_of, summary
from sotalia.recording.text import lines, timeline
from sotalia.recording.tree import end_of
from sotalia.runtime.printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from sotalia.recording.records import CallRecord

#: In the order in which they are put together.
SCRIPTS: Final = ("page.js", "page_time.js", "page_rows.js", "page_call.js", "page_keys.js")
FILES: Final = ("page.html", "page.css", *SCRIPTS)
_IN_A_CELL = 100  # calls; a notebook keeps what it shows

_template: list[Template] = []


def html(records: Sequence[CallRecord]) -> str:
    """The page as text, to be written as UTF-8."""
    from json import dumps

    if not _template:
        _template.append(Template(_assembled()))
    # ASCII: also what HTML or a browser's reader might take amiss, U+2028 and lone surrogates, are escapes.
    data = dumps(page_data(records), separators=(",", ":"), allow_nan=False)
    for character, written in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        data = data.replace(character, written)
    told, when = _told(records)
    return _template[0].substitute(summary=escape(told), when=escape(when), data=data)


def _assembled() -> str:
    """The page but for what is in ``$summary``, ``$when`` and ``$data``."""
    from base64 import b64encode
    from hashlib import sha256
    from importlib.resources import files

    folder = files("sotalia.recording")
    page, style = ((folder / name).read_text("utf-8") for name in ("page.html", "page.css"))
    scripts = "\n".join((folder / name).read_text("utf-8") for name in SCRIPTS)
    script = f'(() => {{\n"use strict";\n{scripts}}})();\n'
    hashes = {
        f"{name}_hash": b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii")
        for name, text in (("style", style), ("script", script))
    }
    return Template(page).safe_substitute(
        hashes, style=style.replace("$", "$$"), script=script.replace("$", "$$")
    )


def _told(records: Sequence[CallRecord]) -> tuple[str, str]:
    """What the page shows, and when it was, in UTC."""
    from datetime import UTC, datetime

    if not records:
        return "No calls", ""
    began, ended = min(record.started_at for record in records), max(map(end_of, records))
    services = len({record.service for record in records})
    told = summary(records, ended - began).replace(
        " in ", f" to {services} service{'s' * (services != 1)} in ", 1
    )
    moments = (datetime.fromtimestamp(moment, UTC) for moment in (began, ended))
    first, last = (f"{moment:%d %B %Y, %H:%M:%S}.{moment.microsecond // 1000:03d}" for moment in moments)
    if first[:-12] == last[:-12]:
        last = last[-12:]
    return told, f"{first} to {last} UTC"


def notebook(records: Sequence[CallRecord]) -> str:
    """A cell: a table whose rows open the timelines of their calls. No script, no style of its own, every value escaped."""
    told, when = _told(records)
    parts = [f"<div class='sotalia-calls'><p><strong>{escape(told)}</strong> {escape(when)}</p>"]
    shown = list(records[:_IN_A_CELL])
    if shown:
        drawn = "\n".join(lines(shown, 110)[:-3])
        parts.append(f"<pre>{escape(drawn)}</pre>")
    for record in shown:
        headline = (
            f"{record.number} {printable(record.name)}: {status_of(record)}, {duration(record.seconds)}"
        )
        detail = escape("\n".join(timeline(record)))
        parts.append(f"<details><summary>{escape(headline)}</summary><pre>{detail}</pre></details>")
    if len(records) > len(shown):
        parts.append(
            f"<p>{len(records) - len(shown):,} more are not shown: save('calls.html') shows all.</p>"
        )
    return "".join([*parts, "</div>"])
