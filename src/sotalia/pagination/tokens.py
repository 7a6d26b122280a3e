"""Resume tokens: where a listing stopped, as one opaque string.

A token is base64 of JSON: the operation's input tokens by name and, when the last page was cut, how many of its items
were returned before (``boto_truncate_amount``). JSON has no bytes, so they become base64 text and
``boto_encoded_keys`` lists the paths to them. The format is the reference's, so that each can resume with the other's tokens.
"""

from __future__ import annotations

import base64
import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Path = list[Any]

_ENCODED_KEYS = "boto_encoded_keys"


class TokenEncoder:
    """Encodes token dictionaries."""

    def encode(self, token: dict[str, Any]) -> str:
        """The string for ``token``; its values may be JSON values, and bytes at any depth."""
        paths: list[Path] = []
        value = _without_bytes(token, [], paths)
        if paths:
            value[_ENCODED_KEYS] = paths
        return base64.b64encode(json.dumps(value).encode()).decode()


class TokenDecoder:
    """Decodes opaque strings."""

    def decode(self, token: str) -> dict[str, Any]:
        """The dictionary. Raises ``ValueError`` (also for wrong base64 or JSON) if ``token`` is not such a string."""
        value: dict[str, Any] = json.loads(base64.b64decode(token).decode())
        for path in value.pop(_ENCODED_KEYS, ()):
            _restore_bytes(value, path)
        return value


def _without_bytes(
    value: dict[str, Any] | list[Any] | bytes | str | float | None, path: Path, paths: list[Path]
) -> Any:
    if isinstance(value, dict):
        return {key: _without_bytes(item, [*path, key], paths) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_bytes(item, [*path, index], paths) for index, item in enumerate(value)]
    if isinstance(value, bytes):
        paths.append(path)
        return base64.b64encode(value).decode()
    return value


def _restore_bytes(value: Any, path: Path) -> None:
    *parents, last = path
    for step in parents:
        value = value[step]
    value[last] = base64.b64decode(value[last])
