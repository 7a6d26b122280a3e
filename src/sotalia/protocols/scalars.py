"""Scalars as text, the same in forms, XML, URLs and headers."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Callable

from sotalia.protocols.timestamps import timestamp_writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.model.shapes import Shape

SPECIAL_FLOATS = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def plain(value: object) -> Any:
    """The plain text or number of an ``Enum`` member, or of another subclass of ``str``, ``int`` or ``float``.

    ``str(value)`` of a subclass is whatever its class returns: ``str(Mode.FAST)`` is ``"Mode.FAST"`` for an
    ``Enum`` with ``str``.
    """
    value_type = type(value)
    if value_type is str or value_type is int or value_type is bool or value_type is float:
        return value
    for base in (str, int, float):
        if isinstance(value, base):
            return _PLAIN[base](value)
    return value


# `str(value)` would call the subclass's own method; these are the base classes'.
_PLAIN: dict[type, Callable[[Any], str | float]] = {
    str: lambda value: str.__str__(value),
    int: lambda value: int.__pos__(value),
    float: lambda value: float.__pos__(value),
}


def plain_params(params: dict[str, Any]) -> dict[str, Any]:
    """Parameters with subclasses of ``str`` made plain at the top level. Serializers do the same for nested ones."""
    for value in params.values():
        if type(value) is not str and isinstance(value, str):
            return {name: plain(item) if isinstance(item, str) else item for name, item in params.items()}
    return params


def plain_text(value: object) -> str:
    """A scalar as text."""
    return value if type(value) is str else str(plain(value))


def blob_text(value: Any) -> str:
    """Encode bytes, text (as UTF-8) or a file's content in base64."""
    if isinstance(value, str):
        value = str.encode(value, "utf-8")
    elif hasattr(value, "read"):
        value = value.read()
    return b2a_base64(value, newline=False).decode("ascii")


def boolean_text(value: object) -> str:
    """``true`` or ``false``."""
    return "true" if value else "false"


def float_text(value: object) -> str:
    """A float as text. The protocols write ``NaN``, ``Infinity`` and ``-Infinity`` by these names."""
    text = str(plain(value))
    return SPECIAL_FLOATS.get(text.lower(), text)


def text_writer(shape: Shape, timestamp_format: str, precision: str) -> Callable[[Any], str]:
    """Choose the function that writes values of a scalar shape as text.

    ``timestamp_format`` is the default of the place (body, query string or header); the model's trait overrides it.
    """
    type_name = shape.type_name
    if type_name == "timestamp":
        write = timestamp_writer(shape.serialization.get("timestampFormat", timestamp_format), precision)
        return lambda value: str(write(value))
    if type_name == "blob":
        return blob_text
    if type_name == "boolean":
        return boolean_text
    if type_name in ("float", "double"):
        return float_text
    return plain_text
