"""Bodies of responses as a cassette stores them: in the most readable form that gives back the very same bytes.

===========  =======================================================================================================
``text``     UTF-8 in one line
``lines``    UTF-8 in several lines: a list, each with its line end
``json``     JSON as JSON. ``style`` says how it was written if not the usual way: ``spaced``, ``ascii``, or both
``xml``      XML: a list of pieces, each after the first begins with a tag; blanks before it are for the eye
``events``   an event stream: a list of messages with ``headers`` and ``payload``, itself in one of these forms
``base64``   all else: a list of lines
``file``     a file beside the cassette, by its path from there
===========  =======================================================================================================
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode

from sotalia.replay.event_messages import messages_of, written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    JSON = dict[str, Any]

_LINE: Final = 76
# How others write JSON: separators, and whether other letters than those of English are escaped.
_STYLES: Final[dict[str, tuple[tuple[str, str], bool]]] = {
    "": ((",", ":"), False),
    "spaced": ((", ", ": "), False),
    "ascii": ((",", ":"), True),
    "spaced ascii": ((", ", ": "), True),
}


def stored(body: bytes) -> JSON:
    """The form of a body; nothing for an empty one."""
    if not body:
        return {}
    for form in (_as_events(body), _as_text(body)):
        if form is not None:
            return form
    return _as_base64(body)


def bytes_of(form: JSON) -> bytes:
    """The body of a form. Raises ``ValueError`` for what is none, ``KeyError`` and ``TypeError`` within one."""
    if not form:
        return b""
    if "text" in form:
        return _encoded(form["text"])
    if "lines" in form:
        return _encoded("".join(form["lines"]))
    if "json" in form:
        return dumped(form["json"], form.get("style", ""))
    if "xml" in form:
        first, *pieces = form["xml"]
        return _encoded("".join([first, *(piece.lstrip(" ") for piece in pieces)]))
    if "base64" in form:
        text = form["base64"]
        return b64decode(text if isinstance(text, str) else "".join(text), validate=True)
    if "events" in form:
        return b"".join(
            written(headers_of(message["headers"]), bytes_of(message.get("payload", {})))
            for message in form["events"]
        )
    raise ValueError(
        f"a body has one of text, lines, json, xml, events, base64 and file, not {', '.join(form) or 'nothing'}"
    )


def _encoded(text: str) -> bytes:
    return text.encode("utf-8")


def _as_text(body: bytes) -> JSON | None:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if any(character < " " and character not in "\t\n\r" for character in text):
        return None
    start = text.lstrip()[:1]
    form = _as_json(body, text) if start in ("{", "[") else _as_xml(body, text) if start == "<" else None
    if form is not None:
        return form
    lines = text.splitlines(keepends=True)
    return {"lines": lines} if len(lines) > 1 else {"text": text}


def _as_json(body: bytes, text: str) -> JSON | None:
    loaded = parsed_json(text)
    if loaded is None:
        return None
    value, style = loaded
    return {"json": value, "style": style} if style else {"json": value}


def parsed_json(text: str) -> tuple[Any, str] | None:
    """A JSON document, and the style in which :func:`dumped` writes it alike; ``None`` where no style does."""
    try:
        value: Any = json.loads(text, parse_constant=_no_number)
        body = text.encode("utf-8")
        for style in _STYLES:
            if dumped(value, style) == body:
                return value, style
    except (ValueError, RecursionError, OverflowError):
        pass
    return None


def _no_number(text: str) -> None:
    """``NaN`` and ``Infinity`` are no JSON."""
    raise ValueError(text)


def dumped(value: Any, style: str) -> bytes:
    """A JSON document in one of the styles. Raises ``KeyError`` for an unknown one."""
    separators, is_ascii = _STYLES[style]
    return json.dumps(value, separators=separators, ensure_ascii=is_ascii).encode("utf-8")


def _as_xml(body: bytes, text: str) -> JSON | None:
    if "\n" in text or "><" not in text:
        return None
    pieces = text.replace("><", ">\n<").split("\n")
    depth = 0
    shown: list[str] = []
    for piece in pieces:
        closes = piece.startswith("</")
        depth -= closes
        shown.append("  " * max(depth, 0) + piece if shown else piece)
        is_whole = "</" in piece or piece.endswith("/>") or piece.startswith(("<?", "<!"))
        depth += not closes and not is_whole
    form = {"xml": shown}
    return form if bytes_of(form) == body else None


def _as_base64(body: bytes) -> JSON:
    text = b64encode(body).decode("ascii")
    return {"base64": [text[start : start + _LINE] for start in range(0, len(text), _LINE)]}


# -- event streams ---------------------------------------------------------------------------------------------------


def _as_events(body: bytes) -> JSON | None:
    messages = messages_of(body)
    if messages is None:
        return None
    form = {
        "events": [
            {"headers": shown_headers(headers), **({"payload": stored(payload)} if payload else {})}
            for headers, payload in messages
        ]
    }
    return form if bytes_of(form) == body else None


def shown_headers(headers: list[tuple[str, int, Any]]) -> JSON:
    """Headers of a message: strings as they are, what is of another type with the number of its type."""
    return {
        name: value
        if kind == 7
        else {"type": kind, "value": b64encode(value).decode() if isinstance(value, bytes) else value}
        for name, kind, value in headers
    }


def headers_of(shown: JSON) -> list[tuple[str, int, Any]]:
    """The headers of a message from :func:`shown_headers`."""
    headers: list[tuple[str, int, Any]] = []
    for name, value in shown.items():
        if isinstance(value, str):
            headers.append((name, 7, value))
        else:
            kind: int = value["type"]
            inner: Any = value["value"]
            headers.append((name, kind, b64decode(inner) if kind in (6, 9) else inner))
    return headers
