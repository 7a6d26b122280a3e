"""The beginning of bodies as text, for recorders that were asked for them."""

from __future__ import annotations

import re
from io import BytesIO

from sotalia.runtime.redaction import SECRET, redact_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.call.call import Call
    from sotalia.explain.secrets import Secrets

# What is cut off may be the rest of a secret, by which it would have been found.
_MARGIN = 16 * 1024
# How bodies of the query protocols begin.
_FORM = re.compile(r"Action=\w+&Version=")


def beginning(call: Call, body: Any, most: int, secrets: Secrets) -> str | None:
    """The beginning of a request's body; ``None`` for no body, a note for one that can be read only once."""
    shape: Any = call.operation.model.input_shape
    if body is None:
        return None
    if not isinstance(body, str | bytes | bytearray | memoryview):
        # What is sent in pieces is made from the parameter that is the body.
        name = None if shape is None else shape.serialization.get("payload")
        body = call.parameters.get(name) if name else None
        if isinstance(body, BytesIO):
            body = body.getvalue()
        if not isinstance(body, str | bytes | bytearray | memoryview):
            return "<a body that can be read only once>"
    data: bytes = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body)  # pyright: ignore[reportUnknownArgumentType]
    return _told(data[: most + _MARGIN], len(data), shape, most, secrets)


def response_beginning(call: Call, content: bytes, most: int, secrets: Secrets) -> str:
    """The beginning of a response's body."""
    result: Any = call.attempts[-1].result or {}
    shape = call.operation.model.output_shape
    known = secrets.joined()
    known.add_parameters(result, shape)
    return _told(content[: most + _MARGIN], len(content), shape, most, known)


def stream_beginning(data: bytes, size: int, shape: Any, most: int, secrets: Secrets) -> str:
    """The beginning of a body that streams, of which nothing but this was kept."""
    return _told(data, size, shape, most, secrets)


def _told(data: bytes, size: int, shape: Any, most: int, secrets: Secrets) -> str:
    payload = None if shape is None else shape.serialization.get("payload")
    if shape is not None and payload and shape.members[payload].metadata.get("sensitive"):
        return SECRET
    text = _decoded(data[: most + _MARGIN], is_cut=size > len(data))
    if text is None:
        return f"<{size} bytes>"
    text = secrets.clean(text)
    return (redact_text(text) if _FORM.match(text) is None else _told_form(text))[:most]


def _told_form(text: str) -> str:
    """A body of a query: documents in its values are read as they are meant, without the encoding around them."""
    from urllib.parse import quote_plus, unquote_plus

    pairs: list[str] = []
    for pair in redact_text(text).split("&"):
        name, sign, value = pair.partition("=")
        plain = unquote_plus(value)
        shown = redact_text(plain)
        pairs.append(pair if shown == plain else f"{name}{sign}{quote_plus(shown, safe='*')}")
    return "&".join(pairs)


def _decoded(data: bytes, *, is_cut: bool) -> str | None:
    """Text, or ``None`` for what is none. The last character may be cut."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if not is_cut or error.start < len(data) - 3:
            return None
        text = data[: error.start].decode("utf-8")
    return None if "\0" in text else text
