"""Scalars as text, the same in forms, XML, addresses and headers."""

from __future__ import annotations

from binascii import b2a_base64
from typing import TYPE_CHECKING, Any

from sotalia.protocols.timestamps import timestamp_writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sotalia.model.shapes import Shape

SPECIAL_FLOATS = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def blob_text(value: Any) -> str:
    """Bytes, text (as UTF-8) or a file's content in base64."""
    if isinstance(value, str):
        value = value.encode("utf-8")
    elif hasattr(value, "read"):
        value = value.read()
    return b2a_base64(value, newline=False).decode("ascii")


def boolean_text(value: Any) -> str:
    """``true`` or ``false``."""
    return "true" if value else "false"


def float_text(value: Any) -> str:
    """A number, or one of the names that JSON lacks: ``NaN``, ``Infinity``, ``-Infinity``."""
    text = str(value)
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
    return str
