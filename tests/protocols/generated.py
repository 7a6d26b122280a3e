"""Parameters made up from input shapes, good and bad, by a seeded generator."""

from __future__ import annotations

import datetime
import decimal
import random
from typing import Any

WHEN = datetime.datetime(2020, 1, 2, 3, 4, 5)
_ZONE = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
_SCALARS: dict[str, list[Any]] = {
    "integer": [1, 5, 1000, 0, -3, 2**31 - 1, True],
    "long": [1, 2**40, 0, -1, 2**63 - 1],
    "float": [
        1.5,
        2,
        0.1,
        -0.0,
        1e-7,
        3.4e38,
        float("inf"),
        float("-inf"),
        float("nan"),
        decimal.Decimal("1.25"),
    ],
    "double": [
        1.5,
        2,
        0.1,
        -2.5e-300,
        1e300,
        float("inf"),
        float("-inf"),
        float("nan"),
        decimal.Decimal("7.5"),
    ],
    "boolean": [True, False],
    "timestamp": [
        WHEN,
        WHEN.replace(microsecond=678900, tzinfo=datetime.UTC),
        WHEN.replace(tzinfo=_ZONE),
        WHEN.replace(year=1969, microsecond=1),
        WHEN.replace(year=2999),
        1577934245,
        1577934245.25,
        0,
        -5,
        "1577934245",
        "2020-01-02T03:04:05Z",
        "2020-01-02T03:04:05.678+02:00",
        "2020-01-02",
        "Thu, 02 Jan 2020 03:04:05 GMT",
    ],
    "blob": [b"bytes", "text", "tëxt", bytearray(b"x"), b"", bytes(range(256))],
    "string": [
        "abc",
        'a b&<>"é',
        "x/y",
        "ü",
        "a,b",
        "",
        " blanks ",
        "100%25",
        "\U0001f42c \u4e2d",
        "a=b&c;d",
        "{x}",
        "'\\",
    ],
}
_DOCUMENTS: list[Any] = [
    {"a": [1, "x", None]},
    {"a": {"b": {"c": [True, False, 1.5]}}, "ü": "\U0001f42c"},
    {},
    [],
    [1, [2, {"k": "v"}]],
    "text",
    "",
    5,
    1.25,
    True,
]
_JSON_VALUES: list[Any] = [{"a": 1}, [], [1, "ü"], "text", 5, {"nested": {"x": [None, True]}}]
_KEYS = ["key0", "key1", "ü k", "a.b", "x-y"]
_WRONG: list[Any] = [None, 5, "x", [], {}, 3.5, True, {"zz": 1}, b"", datetime.date(2020, 1, 2), "ü", -1, ()]


class Generator:
    """Makes parameters; with ``wrong`` above zero, that share of values does not fit.

    ``text`` are the strings to choose from, where ones that could be taken for something else are in the way.
    """

    def __init__(self, seed: int, wrong: float = 0.0, text: list[str] | None = None) -> None:
        self._random = random.Random(seed)
        self._wrong = wrong
        self._scalars = {**_SCALARS, "string": text or _SCALARS["string"]}

    def value(self, shape: Any, depth: int = 0) -> Any:
        """A value for a shape."""
        if self._wrong and self._random.random() < self._wrong:
            return self._random.choice(_WRONG)
        kind = shape.type_name
        if kind == "structure":
            return self._structure(shape, depth)
        if kind == "list":
            count = self._random.choice([0, 1, 1, 2, 3]) if depth < 8 else 0
            count = max(count, 0 if self._wrong else min(shape.metadata.get("min", 0), 5))
            made = [self.value(shape.member, depth + 1) for _ in range(count)]
            return tuple(made) if self._random.random() < 0.05 else made
        if kind == "map":
            count = self._random.choice([0, 1, 2]) if depth < 8 else 0
            keys = self._random.sample(_KEYS, count)
            return {key: self.value(shape.value, depth + 1) for key in keys}
        if kind == "string":
            return self._text(shape)
        found = self._random.choice(self._scalars[kind])
        return max(found, shape.metadata.get("min", 0) or 0) if kind in ("integer", "long") else found

    def _text(self, shape: Any) -> Any:
        if shape.serialization.get("jsonvalue"):
            return self._random.choice(_JSON_VALUES)
        if shape.serialization.get("hostLabel"):
            return self._random.choice(["label-1", "LABEL", "a.b"])
        text = self._random.choice(shape.enum or self._scalars["string"])
        if shape.serialization.get("location") == "uri":
            text = text or "x"
        return text + "q" * max(0, shape.metadata.get("min", 0) - len(text))

    def _structure(self, shape: Any, depth: int) -> Any:
        if shape.is_document_type:
            return self._random.choice(_DOCUMENTS)
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
            share = 0.4 if depth < 3 else 0.15 if depth < 6 else 0
            if needed or self._random.random() < share:
                made[name] = self.value(member, depth + 1)
        return made
