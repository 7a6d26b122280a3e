"""Paths into data: what resource definitions search for in responses (``Reservations[].Instances[].InstanceId``), and
where they put values into parameters (``Delete.Objects[].Key``).

Searching is JMESPath. The definitions use little of it, names, ``[n]`` and ``[]``, so that much is compiled here: a page
of 1000 keys is searched in 40 µs, jmespath takes 4 ms. Everything else goes to jmespath.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Search = Callable[[Any], Any]

_SIMPLE = re.compile(r"[A-Za-z_]\w*(\[\d*\])*(\.[A-Za-z_]\w*(\[\d*\])*)*")
_TOKEN = re.compile(r"\w+|\[\d*\]")
_TARGET_PART = re.compile(r"(?P<name>[^\[\]]+)(\[(?P<index>\*|\d*)\])?")

_compiled: dict[str, Search] = {}


def compile_path(path: str) -> Search:
    """A function that finds a path in data; ``None`` where there is nothing. ``@`` and ``$`` are the data itself."""
    found = _compiled.get(path)
    if found is None:
        found = _compiled[path] = _compile(path)
    return found


def _compile(path: str) -> Search:
    if path in ("@", "$"):
        return lambda data: data
    if not _SIMPLE.fullmatch(path):
        import jmespath

        search: Search = jmespath.compile(path).search
        return search
    tokens = _TOKEN.findall(path)
    # `[]` starts a projection: what follows is done to each element, up to the next `[]`.
    stages: list[tuple[str | int, ...]] = []
    steps: list[str | int] = []
    for token in tokens:
        if token == "[]":
            stages.append(tuple(steps))
            steps = []
        else:
            steps.append(int(token[1:-1]) if token.startswith("[") else token)
    return _projection(stages, tuple(steps)) if stages else _walk(tuple(steps))


def _get(data: dict[str, Any] | list[Any] | str | float | None, name: str) -> Any:
    return data.get(name) if isinstance(data, dict) else None


def _item(data: dict[str, Any] | list[Any] | str | float | None, index: int) -> Any:
    return data[index] if isinstance(data, list) and index < len(data) else None


def _walk(steps: tuple[str | int, ...]) -> Search:
    def search(data: Any) -> Any:
        for step in steps:
            if isinstance(step, str):
                data = _get(data, step)
            else:
                data = _item(data, step)
        return data

    return search


def _projection(stages: list[tuple[str | int, ...]], last: tuple[str | int, ...]) -> Search:
    first = _walk(stages[0])
    others = [_walk(steps) for steps in (*stages[1:], last)]

    def search(data: Any) -> Any:
        values: dict[str, Any] | list[Any] | str | float | None = first(data)
        if not isinstance(values, list):
            return None
        for walk in others:
            values = [value for item in _flat(values) if (value := walk(item)) is not None]
        return values

    return search


def _flat(items: list[Any]) -> list[Any]:
    """One level of nesting less."""
    if not any(isinstance(item, list) for item in items):
        return items
    flat: list[Any] = []
    item: dict[str, Any] | list[Any] | str | float | None
    for item in items:
        if isinstance(item, list):
            flat.extend(item)
        else:
            flat.append(item)
    return flat


class Target:
    """A place in parameters: dotted names, each perhaps with ``[n]``, ``[]`` (append) or ``[*]`` (the index given)."""

    __slots__ = ("_parts",)

    def __init__(self, text: str) -> None:
        self._parts: list[tuple[str, str | None]] = []
        for part in text.split("."):
            match = _TARGET_PART.fullmatch(part)
            if match is None:
                raise ValueError(f"Unsupported target in a resource definition: {text!r}")
            self._parts.append((match["name"], match["index"]))

    def assign(self, params: dict[str, Any], value: Any, index: int | None = None) -> None:
        """Put the value there, making what is missing on the way; ``index`` is what ``[*]`` stands for."""
        position: Any = params
        last = len(self._parts) - 1
        for number, (name, written) in enumerate(self._parts):
            key: str | int = name
            if written is not None:
                position, key = _listed(position, name, written, index)
            elif name not in position:
                position[name] = {}
            if number == last:
                position[key] = value
            else:
                position = position[key]


def _listed(position: Any, name: str, written: str, index: int | None) -> tuple[list[Any], int]:
    """The list of this name and the index in it, with a place for it made."""
    items: dict[str, Any] | list[Any] | str | float | None = position.get(name)
    if not isinstance(items, list):
        items = position[name] = []
    if written == "*":
        wanted = len(items) if index is None else index
    else:
        wanted = int(written) if written else len(items)
    while len(items) <= wanted:
        items.append({})
    return items, wanted
