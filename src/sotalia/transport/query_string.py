"""Percent-encoding (RFC 3986 2.1) as AWS wants it: everything but letters, digits and ``-._~`` is encoded.

The standard library's ``quote`` does the same, but importing ``urllib.parse`` takes 6 ms, and a plain value needs no
encoding at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PLAIN = "".join(map(chr, sorted(_UNRESERVED)))
_PLAIN_AND_SLASH = _PLAIN + "/"
# What each byte becomes, by whether a slash stays: made when the first value needs encoding.
_tables: dict[bool, list[str]] = {}


def percent_encode(value: object, safe: str = "-._~") -> str:
    """One value, encoded. ``safe`` is ``"-._~"``, or the same with ``/`` (or ``/`` and ``~`` for paths)."""
    keeps_slash = "/" in safe
    if type(value) is not str and isinstance(value, bytes | bytearray):
        data = bytes(value)
    else:
        text = value if type(value) is str else str.__str__(value) if isinstance(value, str) else str(value)
        if not text.strip(_PLAIN_AND_SLASH if keeps_slash else _PLAIN):
            return text  # Only plain characters: nothing to encode.
        data = text.encode("utf-8")
    table = _tables.get(keeps_slash) or _table(keeps_slash)
    return "".join([table[byte] for byte in data])


def _table(keeps_slash: bool) -> list[str]:
    plain = _UNRESERVED | {ord("/")} if keeps_slash else _UNRESERVED
    table = _tables[keeps_slash] = [chr(byte) if byte in plain else f"%{byte:02X}" for byte in range(256)]
    return table


def percent_encode_sequence(pairs: Mapping[str, Any] | Iterable[tuple[str, Any]], safe: str = "-._~") -> str:
    """``a=1&b=2``; a list as value repeats its name."""
    encoded: list[str] = []
    value: list[Any] | str | bytes | float | None
    for name, value in pairs.items() if isinstance(pairs, Mapping) else pairs:  # pyright: ignore[reportUnknownVariableType] # Any.
        if isinstance(value, list):
            encoded.extend(f"{percent_encode(name)}={percent_encode(item)}" for item in value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] # Any.
        else:
            encoded.append(f"{percent_encode(name)}={percent_encode(value)}")  # pyright: ignore[reportUnknownArgumentType] # Any.
    return "&".join(encoded)
