"""Copies of what a call was given: without secrets, without references to the program's objects, and of bounded size.

Secrets that the model or a name marks are gone when a copy is made. :func:`told` is for when somebody looks: it searches texts
for addresses and documents that hold some, which takes longer than a whole call.
"""

from __future__ import annotations

from io import BytesIO

from orjson import dumps, loads

from sotalia.runtime.redaction import (
    SECRET,
    is_secret_name,
    redact_text,
    redact_url,
    secret_beside_its_name,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

#: Characters of a text, items of a list or dictionary, levels, and items of all together: so much of one value is kept.
MOST_CHARACTERS: Final = 500
MOST_ITEMS: Final = 50
MOST_LEVELS: Final = 6
MOST_PARTS: Final = 1000

# Written out in a function, unions are made anew each time.
_BYTES = (bytes, bytearray, memoryview)
_SEQUENCES = (list, tuple, set, frozenset)
_PLAIN = frozenset((int, float, bool, type(None)))
_CUT = "..."
_secret_names: dict[Any, bool] = {}
_NAMES_CACHED = 5000


def copied(value: Any, shape: Any = None) -> Any:
    """A copy of parameters or of a part of them. ``shape``: their shape, if it holds secrets."""
    return _copied(value, shape, MOST_LEVELS, [MOST_PARTS])


def copied_part(name: str, value: Any, shape: Any) -> Any:
    """A copy of one parameter, or of one part of a result: as it is in a copy of all of them."""
    if shape is not None:
        return copied({name: value}, shape).get(name)
    if value is not None and is_secret(name):
        return SECRET
    return _copied(value, None, MOST_LEVELS - 1, [MOST_PARTS])


def is_secret(name: str) -> bool:
    """Whether a name is one of secrets, by its sound. Names are few, and asked for again and again."""
    known = _secret_names.get(name)
    return _looked_up(name) if known is None else known


def snapshot(parameters: Any, shape: Any, secret_names: frozenset[str] | None = None) -> Any:
    """Parameters as they are now: a copy, or JSON where the model knows of no secrets. :func:`thawed` gives the copy.

    ``secret_names`` are the parameters that are secrets, or hold some: without them, there are none in the shape either.

    JSON is made in a tenth of the time. Names that are secrets only by their sound are hidden when it is thawed.
    """
    if shape is None or (secret_names is not None and secret_names.isdisjoint(parameters)):
        shape = None
        try:
            data = dumps(parameters, _leaf)
            if len(data) <= _MOST_JSON:
                return data
        except (
            Exception
        ):  # What JSON cannot say: numbers without end, broken characters, keys that are no text.
            pass
    return copied(parameters, shape)


def thawed(value: Any) -> Any:
    """What :func:`snapshot` was made of, without secrets and cut."""
    return told(copied(loads(value)) if isinstance(value, bytes) else value)


_MOST_JSON = 16 * 1024


def _copied(value: Any, shape: Any, levels: int, left: list[int]) -> Any:
    kind: Any = type(value)  # pyright: ignore[reportUnknownVariableType]
    item: Any = value
    if shape is not None and value is not None and shape.metadata.get("sensitive"):
        return SECRET
    if kind is str:
        return item if len(item) <= MOST_CHARACTERS else f"{item[:MOST_CHARACTERS]}{_CUT}"
    if kind in _PLAIN:
        return value
    left[0] -= 1
    if levels == 0 or left[0] < 0:
        return _CUT
    if kind is dict or isinstance(value, dict):
        return _mapping(item, shape, levels - 1, left)
    if isinstance(value, _SEQUENCES):
        return _sequence(value, shape, levels - 1, left)
    return _leaf(value)


def _mapping(value: dict[Any, Any], shape: Any, levels: int, left: list[int]) -> dict[str, Any]:
    members: Any = None
    item_shape: Any = None
    if shape is not None:
        members = getattr(shape, "members", None)
        if members is None and getattr(shape, "type_name", None) == "map":
            if shape.key.metadata.get("sensitive"):
                return {SECRET: SECRET} if value else {}
            item_shape = shape.value
    copy: dict[str, Any] = {}
    named = secret_beside_its_name(value)
    for key, item in value.items():
        if len(copy) == MOST_ITEMS:
            copy[_CUT] = f"{len(value) - MOST_ITEMS} more"
            break
        name = key if type(key) is str else str(key)
        is_secret = _secret_names.get(name)
        if is_secret is None:
            is_secret = _looked_up(name)
        if (is_secret or key == named) and item is not None:
            copy[name] = SECRET
        elif type(item) is str and shape is None and len(item) <= MOST_CHARACTERS:
            copy[name] = item  # As most are.
        else:
            copy[name] = _copied(item, item_shape if members is None else members.get(key), levels, left)
    return copy


def _sequence(value: Any, shape: Any, levels: int, left: list[int]) -> list[Any]:
    member = getattr(shape, "member", None)
    copy: list[Any] = []
    for item in value:
        if len(copy) == MOST_ITEMS or left[0] < 0:
            copy.append(f"{_CUT} {len(value) - len(copy)} more")
            break
        copy.append(_copied(item, member, levels, left))
    return copy


def _leaf(value: Any) -> Any:
    if isinstance(value, _BYTES):
        return f"<{len(value)} bytes>"  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(value, BytesIO):  # As which bytes are sent.
        # Not by its buffer, for which it would copy what it was made of.
        return f"<{len(value.getvalue())} bytes>"
    if isinstance(value, str):  # Of a subclass, whose members may be anything.
        return _copied(str.__str__(value), None, 1, [1])
    if hasattr(value, "read") or hasattr(value, "__iter__") or hasattr(value, "__aiter__"):
        return f"<{type(value).__name__}>"
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return _copied(str(value), None, 1, [1])


def _looked_up(name: str) -> bool:
    if len(_secret_names) >= _NAMES_CACHED:
        _secret_names.clear()
    found = _secret_names[name] = is_secret_name(name)
    return found


def told(value: Any) -> Any:
    """A copy as it may be shown: also without secrets within its texts."""
    if isinstance(value, str):
        return told_text(value)
    if isinstance(value, dict):
        pairs: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        return {told_text(key): told(item) for key, item in pairs.items()}
    items: list[Any] | Any = value
    return [told(item) for item in items] if isinstance(value, list) else value


def told_text(text: str) -> str:
    """A text without addresses that are signed, and without what looks like credentials."""
    return redact_text(redact_url(text)) if not _TELLING.isdisjoint(text) else text


# Text without any of these holds neither an address nor a document.
_TELLING = frozenset("<:=&%")


def shown(value: Any) -> str:
    """A copied value as text."""
    if isinstance(value, str):
        return told_text(value)
    from json import dumps

    text = dumps(told(value), ensure_ascii=False, default=str)
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}{_CUT}"
