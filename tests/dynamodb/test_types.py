"""Attribute values and Python values, beside boto3's conversions."""

from __future__ import annotations

import random
from collections import OrderedDict
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import boto3.dynamodb.types as reference
import pytest

from sotalia.dynamodb import types


class Text(str):
    pass


class Number(int):
    pass


VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    10**37,
    10**38,
    Decimal("1.50"),
    Decimal("1E+126"),
    Decimal("1E-130"),
    Decimal("1E+127"),
    Decimal(1) / Decimal(3),
    Decimal("0.12345678901234567890123456789012345678901234567890"),
    Decimal("NaN"),
    Decimal("Infinity"),
    1.5,
    "",
    "text",
    Text("x"),
    Number(3),
    b"",
    b"bytes",
    bytearray(b"array"),
    reference.Binary(b"theirs"),
    {1, 2},
    {1},
    {Decimal("1.5"), 2},
    frozenset({"a"}),
    {b"x"},
    {reference.Binary(b"x")},
    set(),
    {"a", 1},
    {1.5},
    {None},
    {"k": 1}.keys(),
    [],
    [1, "a", [None]],
    (1, 2),
    {},
    {"a": {"b": [1, {"c": {"x"}}]}},
    {1: "key that is no text"},
    OrderedDict(a=1),
    MappingProxyType({"a": 1}),
    object,
    1j,
    range(3),
]
ATTRIBUTES: list[Any] = [
    {"NULL": True},
    {"BOOL": False},
    {"N": "1.50"},
    {"N": "1E+200"},
    {"N": "no number"},
    {"S": ""},
    {"B": b"x"},
    {"NS": ["1", "2"]},
    {"SS": ["a"]},
    {"BS": [b"x"]},
    {"L": [{"S": "a"}, {"L": []}]},
    {"M": {"a": {"M": {}}}},
    {"s": "lower case"},
    {"X": 1},
    {},
    None,
    {"S": "first", "N": "2"},
]


def outcome(work: Any, value: Any) -> Any:
    try:
        return work(value)
    except Exception as error:
        return type(error), str(error).partition(": its elements")[0]


def sorted_sets(value: Any) -> Any:
    """Sets have no order, so what is written of them has none either."""
    if isinstance(value, dict):
        return {
            key: sorted(item, key=repr) if key in ("NS", "SS", "BS") else sorted_sets(item)
            for key, item in value.items()
        }
    return [sorted_sets(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("number", range(len(VALUES)))
def test_serialize(number: int) -> None:
    value = VALUES[number]
    expected = outcome(reference.TypeSerializer().serialize, value)
    assert sorted_sets(outcome(types.TypeSerializer().serialize, value)) == sorted_sets(expected)


@pytest.mark.parametrize("number", range(len(ATTRIBUTES)))
def test_deserialize(number: int) -> None:
    value = ATTRIBUTES[number]
    expected = outcome(reference.TypeDeserializer().deserialize, value)
    found = outcome(types.TypeDeserializer().deserialize, value)
    assert repr(found) == repr(expected)


def test_minus_infinity_is_refused() -> None:
    with pytest.raises(TypeError, match="Infinity and NaN not supported"):
        types.TypeSerializer().serialize(Decimal("-Infinity"))


@pytest.mark.parametrize("seed", range(50))
def test_made_up_values(seed: int) -> None:
    source = random.Random(seed)

    def value(depth: int) -> Any:
        kind = source.randrange(9 if depth < 4 else 6)
        if kind == 6:
            return [value(depth + 1) for _ in range(source.randrange(4))]
        if kind == 7:
            return {f"k{n}": value(depth + 1) for n in range(source.randrange(4))}
        if kind == 8:
            return {source.randrange(100) for _ in range(1, 4)}
        return source.choice(
            [None, True, "text", b"b", source.randrange(10**9), Decimal(source.randrange(99)) / 8]
        )

    made = value(0)
    written = types.TypeSerializer().serialize(made)
    assert written == reference.TypeSerializer().serialize(made)
    back = types.TypeDeserializer().deserialize(written)
    assert back == reference.TypeDeserializer().deserialize(written)
    assert sorted_sets(types.TypeSerializer().serialize(back)) == sorted_sets(written)


def test_binary() -> None:
    mine = types.Binary(b"x")
    assert mine == b"x"
    assert mine == types.Binary(bytearray(b"x"))
    assert mine == reference.Binary(b"x")
    assert reference.Binary(b"x") == mine
    assert mine != b"y"
    assert mine != "x"
    assert hash(mine) == hash(b"x")
    assert bytes(mine) == b"x"
    assert repr(mine) == "Binary(b'x')"
    with pytest.raises(TypeError, match="Value must be of the following types"):
        types.Binary("text")  # type: ignore[arg-type]


def test_methods_can_be_replaced_as_those_of_the_reference() -> None:
    class Floats(types.TypeDeserializer):
        def _deserialize_n(self, value: str) -> float:
            return float(value)

    class Anything(types.TypeSerializer):
        def _serialize_s(self, value: str) -> str:
            return value.upper()

    assert Floats().deserialize({"L": [{"N": "1.5"}]}) == [1.5]
    assert Anything().serialize({"a": ["b"]}) == {"M": {"a": {"L": [{"S": "B"}]}}}


def test_names_of_the_reference() -> None:
    for name in dir(reference):
        if name.isupper() and name != "DYNAMODB_CONTEXT":
            assert getattr(types, name) == getattr(reference, name), name
    for part in ("prec", "Emin", "Emax", "traps", "rounding"):
        assert getattr(types.DYNAMODB_CONTEXT, part) == getattr(reference.DYNAMODB_CONTEXT, part)
