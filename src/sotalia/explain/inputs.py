"""The caller's parameters for a rehearsal: copied, so that handlers change the copies, and with bodies left as they are.

A file that can be wound back is read where its content matters (a checksum, a signature), and wound back afterwards. What
can be read only once is not read at all: something that has the same methods, and refuses, stands in its place.
"""

from __future__ import annotations

from sotalia.transport.messages import is_read_asynchronously, stands_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_STREAM_METHODS = ("read", "__iter__", "__next__", "__aiter__", "__anext__")
_PLAIN = (str, bytes, bytearray, memoryview, dict, list, tuple)


class BodyNotReadError(Exception):
    """The call needs the content of a body that can be read only once."""

    def __init__(self) -> None:
        super().__init__(
            "the body can be read only once, so explain does not read it; what depends on its content is not known"
        )


class Inputs:
    """Copied ``parameters``, and the positions of the files among them."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        self._positions: list[tuple[Any, int]] = []
        self.parameters: dict[str, Any] = {name: self._copied(value) for name, value in parameters.items()}

    def _copied(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._copied(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._copied(item) for item in value]
        if isinstance(value, bytearray):
            return bytearray(value)
        if isinstance(value, _PLAIN) or not any(
            hasattr(value, name) for name in ("read", "__next__", "__aiter__")
        ):
            return value
        if is_read_asynchronously(value):
            # What reads it winds it back, and asks first whether it can be: see checksums/algorithms.py.
            return value if hasattr(value, "tell") and hasattr(value, "seek") else _unread(value)
        position = stands_at(value)
        if position is None or not _can_seek(value, position):
            return _unread(value)
        self._positions.append((value, position))
        return value

    @staticmethod
    def plain_copy(value: Any) -> Any:
        """Dictionaries and lists copied at every level, all else as it is."""
        if isinstance(value, dict):
            return {key: Inputs.plain_copy(item) for key, item in value.items()}
        return [Inputs.plain_copy(item) for item in value] if isinstance(value, list) else value

    def rewind(self) -> None:
        """Wind the files back to where they were."""
        for file, position in self._positions:
            file.seek(position)


def _can_seek(file: Any, position: int) -> bool:
    try:
        file.seek(position)
    except Exception:
        return False
    return True


def _refuse(*arguments: Any) -> Any:
    raise BodyNotReadError


def _unread(body: Any) -> Any:
    """Something with the methods of ``body`` that refuses to be read."""
    attributes: dict[str, Any] = {name: _refuse for name in _STREAM_METHODS if hasattr(body, name)}
    if hasattr(body, "__len__"):
        attributes["__len__"] = lambda self: len(body)
    return type(type(body).__name__, (), attributes)()
