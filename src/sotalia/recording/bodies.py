"""The beginning of bodies as text, for recorders that were asked for them."""

from __future__ import annotations

from io import BytesIO

from sotalia.runtime.redaction import SECRET, redact_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.call.call import Call

# What is cut off may be the rest of a secret, by which it would have been found.
_MARGIN = 16 * 1024


def beginning(call: Call, body: Any, most: int) -> str | None:
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
    return _told(data[: most + _MARGIN], len(data), shape, dict(call.parameters), most)


def response_beginning(call: Call, content: bytes, most: int) -> str:
    """The beginning of a response's body."""
    result: Any = call.attempts[-1].result or {}
    return _told(content[: most + _MARGIN], len(content), call.operation.model.output_shape, result, most)


def stream_beginning(data: bytes, size: int, shape: Any, most: int) -> str:
    """The beginning of a body that streams, of which nothing but this was kept."""
    return _told(data, size, shape, {}, most)


def _told(data: bytes, size: int, shape: Any, values: dict[str, Any], most: int) -> str:
    payload = None if shape is None else shape.serialization.get("payload")
    if shape is not None and payload and shape.members[payload].metadata.get("sensitive"):
        return SECRET
    text = _decoded(data[: most + _MARGIN], is_cut=size > len(data))
    if text is None:
        return f"<{size} bytes>"
    from sotalia.explain.secrets import Secrets

    secrets = Secrets()
    secrets.add_parameters(values, shape)
    return str(secrets.clean(redact_text(text)))[:most]


def _decoded(data: bytes, *, is_cut: bool) -> str | None:
    """Text, or ``None`` for what is none. The last character may be cut."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if not is_cut or error.start < len(data) - 3:
            return None
        text = data[: error.start].decode("utf-8")
    return None if "\0" in text else text
