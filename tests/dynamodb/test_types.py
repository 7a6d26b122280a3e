"""Attribute values and Python values, beside boto3's conversions."""

from __future__ import annotations

from collections import OrderedDict
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import boto3.dynamodb.types as reference
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
        return type(error), str(error).partition(": its elements")[0].partition(", not <")[0]


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


NUMBERS = st.one_of(
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.sampled_from([Decimal("1E-130"), Decimal("1E-131"), Decimal("9.9E125"), Decimal("Infinity"), -0]),
)
SCALARS = st.one_of(
    st.none(), st.booleans(), NUMBERS, st.text(), st.binary(), st.binary().map(reference.Binary)
)
ELEMENTS = st.one_of(st.integers(), st.text(max_size=3), st.binary(max_size=3), st.none(), st.floats())
ITEMS = st.recursive(
    st.one_of(
        SCALARS,
        st.sets(ELEMENTS, max_size=3),
        st.frozensets(st.text(max_size=3), max_size=3),
        st.sampled_from([1.5, 1j, object, memoryview(b"x")]),
    ),
    lambda below: st.one_of(
        st.lists(below, max_size=4), st.tuples(below), st.dictionaries(st.text(max_size=3), below, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=400)
@given(item=ITEMS)
def test_any_item(item: Any) -> None:
    expected = outcome(reference.TypeSerializer().serialize, item)
    found = outcome(types.TypeSerializer().serialize, item)
    assert sorted_sets(found) == sorted_sets(expected)
    if isinstance(found, dict):
        back = types.TypeDeserializer().deserialize(found)
        assert repr(back) == repr(reference.TypeDeserializer().deserialize(found)) or back == (
            reference.TypeDeserializer().deserialize(found)
        )
        assert sorted_sets(types.TypeSerializer().serialize(back)) == sorted_sets(found)


SENT = st.recursive(
    st.one_of(
        st.tuples(st.just("N"), st.sampled_from(["1", "-1.50", "1E+200", "x", "", "NaN", 5, None, 1.5])),
        st.tuples(st.sampled_from(["S", "BOOL", "NULL", "X", "n", ""]), st.sampled_from(["a", True, None])),
        st.tuples(st.sampled_from(["B", "BS"]), st.sampled_from([b"x", [b"x"], bytearray(b"x"), None])),
        st.tuples(st.sampled_from(["SS", "NS"]), st.sampled_from([["1", "2"], [], ["x"], None])),
    ).map(lambda pair: dict([pair])),
    lambda below: st.one_of(
        st.lists(st.one_of(below, st.sampled_from([{}, None, "S", 5, ("S",)])), max_size=3).map(
            lambda items: {"L": items}
        ),
        st.dictionaries(st.text(max_size=2), below, max_size=3).map(lambda items: {"M": items}),
    ),
    max_leaves=6,
)


@settings(max_examples=400)
@given(value=SENT)
def test_any_attribute_value(value: Any) -> None:
    expected = outcome(reference.TypeDeserializer().deserialize, value)
    found = outcome(types.TypeDeserializer().deserialize, value)
    assert repr(found) == repr(expected) or found == expected


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
