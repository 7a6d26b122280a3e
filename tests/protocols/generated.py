"""Parameters made up from input shapes, good and bad, by a seeded generator."""

from __future__ import annotations

import datetime
import random
from typing import Any

WHEN = datetime.datetime(2020, 1, 2, 3, 4, 5)
_SCALARS: dict[str, list[Any]] = {
    "integer": [1, 5, 1000],
    "long": [1, 2**40],
    "float": [1.5, 2, float("inf")],
    "double": [1.5, 2, float("inf")],
    "boolean": [True, False],
    "timestamp": [
        WHEN,
        WHEN.replace(microsecond=678900, tzinfo=datetime.UTC),
        1577934245,
        "2020-01-02T03:04:05Z",
    ],
    "blob": [b"bytes", "text", bytearray(b"x")],
    "string": ["abc", 'a b&<>"é', "x/y", "ü", "a,b"],
}
_WRONG: list[Any] = [None, 5, "x", [], {}, 3.5, True, {"zz": 1}, b""]


class Generator:
    """Makes parameters; with ``wrong`` above zero, that share of values does not fit."""

    def __init__(self, seed: int, wrong: float = 0.0) -> None:
        self._random = random.Random(seed)
        self._wrong = wrong

    def value(self, shape: Any, depth: int = 0) -> Any:
        """A value for a shape."""
        if self._wrong and self._random.random() < self._wrong:
            return self._random.choice(_WRONG)
        kind = shape.type_name
        if kind == "structure":
            return self._structure(shape, depth)
        if kind == "list":
            count = self._random.choice([0, 1, 2]) if depth < 5 else 0
            count = max(count, 0 if self._wrong else min(shape.metadata.get("min", 0), 5))
            return [self.value(shape.member, depth + 1) for _ in range(count)]
        if kind == "map":
            count = self._random.choice([0, 1, 2]) if depth < 5 else 0
            return {f"key{n}": self.value(shape.value, depth + 1) for n in range(count)}
        if kind == "string":
            return self._text(shape)
        found = self._random.choice(_SCALARS[kind])
        return max(found, shape.metadata.get("min", 0) or 0) if kind in ("integer", "long") else found

    def _text(self, shape: Any) -> Any:
        if shape.serialization.get("jsonvalue") and shape.serialization.get("location") == "header":
            return {"a": 1}
        if shape.serialization.get("hostLabel"):
            return "label-1"
        text = self._random.choice(shape.enum or _SCALARS["string"])
        return text + "q" * max(0, shape.metadata.get("min", 0) - len(text))

    def _structure(self, shape: Any, depth: int) -> Any:
        if shape.is_document_type:
            return {"a": [1, "x", None]}
        members = shape.members
        if shape.is_tagged_union:
            name = self._random.choice(list(members))
            return {name: self.value(members[name], depth + 1)}
        made: dict[str, Any] = {}
        for name, member in members.items():
            if member.serialization.get("eventstream"):
                continue
            needed = name in shape.required_members and not (
                self._wrong and self._random.random() < self._wrong
            )
            if needed or (depth < 6 and self._random.random() < (0.35 if depth < 3 else 0.05)):
                made[name] = self.value(member, depth + 1)
        return made
