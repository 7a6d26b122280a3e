"""Scalars as text, the same in forms, XML, addresses and headers."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable

from sotalia.protocols.timestamps import timestamp_writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.model.shapes import Shape

SPECIAL_FLOATS = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def plain(value: Any) -> Any:
    """The text or number itself of a member of an ``Enum``, or of another subclass that shows itself otherwise.

    ``str(value)``, ``format(value)`` and ``hash(value)`` of these say what their class wants them to say.
    """
    kind = type(value)
    if kind is str or kind is int or kind is bool or kind is float:
        return value
    for base in (str, int, float):
        if isinstance(value, base):
            return _PLAIN[base](value)
    return value


# Converting by the class itself would ask the value's own methods.
_PLAIN: dict[type, Callable[[Any], Any]] = {
    str: lambda value: str.__str__(value),
    int: lambda value: int.__pos__(value),
    float: lambda value: float.__pos__(value),
}


def plain_params(params: dict[str, Any]) -> dict[str, Any]:
    """Parameters with the plain text of those that are text of another class. Deeper ones are made plain in writing."""
    for value in params.values():
        if type(value) is not str and isinstance(value, str):
            return {name: plain(item) if isinstance(item, str) else item for name, item in params.items()}
    return params


def plain_text(value: Any) -> str:
    """A scalar as text."""
    return value if type(value) is str else str(plain(value))


def blob_text(value: Any) -> str:
    """Bytes, text (as UTF-8) or a file's content in base64."""
    if isinstance(value, str):
        value = str.encode(value, "utf-8")
    elif hasattr(value, "read"):
        value = value.read()
    return b2a_base64(value, newline=False).decode("ascii")


def boolean_text(value: Any) -> str:
    """``true`` or ``false``."""
    return "true" if value else "false"


def float_text(value: Any) -> str:
    """A number, or one of the names that JSON lacks: ``NaN``, ``Infinity``, ``-Infinity``."""
    text = str(plain(value))
    return SPECIAL_FLOATS.get(text.lower(), text)


def text_writer(shape: Shape, timestamp_format: str, precision: str) -> Callable[[Any], str]:
    """The function that writes values of a scalar shape as text."""
    kind = shape.type_name
    if kind == "timestamp":
        write = timestamp_writer(shape.serialization.get("timestampFormat", timestamp_format), precision)
        return lambda value: str(write(value))
    if kind == "blob":
        return blob_text
    if kind == "boolean":
        return boolean_text
    if kind in ("float", "double"):
        return float_text
    return plain_text
