"""Conditions and the expressions that are written of them, beside boto3's."""

from __future__ import annotations

from collections.abc import Callable
from operator import and_, invert, or_
from typing import Any

import boto3.dynamodb.conditions as reference
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sotalia import exceptions
from sotalia.dynamodb import conditions

CONDITIONS: list[Callable[[Any], Any]] = [
    lambda c: c.Key("a").eq(1),
    lambda c: c.Key("a").lt(1) & c.Key("b").lte(2),
    lambda c: c.Key("a").gt(1) | c.Key("b").gte(2),
    lambda c: ~c.Key("a").between(1, 2),
    lambda c: c.Key("a").begins_with("x") & (c.Attr("b").ne(1) | ~c.Attr("c").exists()),
    lambda c: c.Attr("a").is_in([1, 2, 3]) & c.Attr("a").not_exists(),
    lambda c: c.Attr("a").is_in([]),
    lambda c: c.Attr("a").contains("x") | c.Attr("a").attribute_type("S"),
    lambda c: c.Attr("a").size().between(1, 2) & c.Attr("a").size().eq(c.Attr("b").size()),
    lambda c: c.Attr("a.b[0].c[1][2].d-e").eq(c.Attr("other")),
    lambda c: c.Attr("a[0]").eq({"a": [1]}),
    lambda c: c.Attr("a%s.{0}").eq("%s {1}"),
    lambda c: c.Attr("a..b").eq(1),
    lambda c: c.Attr("a].b[c]").eq(1),
    lambda c: c.Attr("").eq(1),
    lambda c: c.Attr("a").size(),
    lambda c: c.Attr("a"),
    lambda c: c.Attr("a").eq(1) & 5,
    lambda c: c.Attr("a").eq(1) | c.Attr("b"),
    lambda c: c.Attr("a") & c.Attr("b").eq(1),
    lambda c: c.Attr("a") | 1,
    lambda c: ~c.Key("a"),
    lambda c: "a = b",
]


def outcome(make: Callable[[Any], Any], builder: Any, terms: Any, is_key: bool) -> Any:
    """The expression, or what is wrong, in words that do not name a module."""
    try:
        built = [tuple(builder.build_expression(make(terms), is_key)) for _ in range(2)]
    except Exception as error:
        return type(error).__name__, str(error).replace("sotalia.", "boto3.").partition(" at 0x")[0]
    return built


@pytest.mark.parametrize("is_key", [False, True])
@pytest.mark.parametrize("number", range(len(CONDITIONS)))
def test_expressions(number: int, is_key: bool) -> None:
    make = CONDITIONS[number]
    expected = outcome(make, reference.ConditionExpressionBuilder(), reference, is_key)
    found = outcome(make, conditions.ConditionExpressionBuilder(), conditions, is_key)
    of_theirs = outcome(make, conditions.ConditionExpressionBuilder(), reference, is_key)
    if isinstance(expected, tuple):
        # Errors show the object at fault, which has a repr here.
        found, of_theirs, expected = found[0], of_theirs[0], expected[0]
    assert found == expected
    assert of_theirs == expected


NAMES = st.text(alphabet="ab.[]0 #:-\n", max_size=12)
ATTRIBUTES = st.tuples(st.sampled_from(["Key", "Attr"]), NAMES)
VALUES = st.one_of(st.integers(0, 9), st.none(), st.text(max_size=2), st.lists(st.integers(0, 9)), ATTRIBUTES)
PLAIN = st.one_of(
    st.tuples(
        st.sampled_from(["eq", "lt", "lte", "gt", "gte", "begins_with", "ne", "contains", "attribute_type"]),
        ATTRIBUTES,
        VALUES,
    ),
    st.tuples(st.just("between"), ATTRIBUTES, VALUES, VALUES),
    st.tuples(st.just("is_in"), ATTRIBUTES, st.lists(st.integers(0, 9), max_size=3)),
    st.tuples(st.sampled_from(["exists", "not_exists", "size"]), ATTRIBUTES),
)
TREES = st.recursive(
    PLAIN,
    lambda below: st.one_of(
        st.tuples(st.sampled_from(["and", "or"]), below, below), st.tuples(st.just("not"), below)
    ),
    max_leaves=8,
)


def grown(tree: Any, terms: Any) -> Any:
    """The condition that a description of one stands for."""
    operator, *parts = tree
    if operator in ("Key", "Attr"):
        return getattr(terms, operator)(*parts)
    if operator in ("and", "or", "not"):
        parts = [grown(part, terms) for part in parts]
        return {"and": and_, "or": or_, "not": invert}[operator](*parts)
    first, *values = (grown(part, terms) if isinstance(part, tuple) else part for part in parts)
    return getattr(first, operator)(*values)


def unnamed(value: Any) -> Any:
    """An outcome in which attributes that are values stand as their names."""
    if isinstance(value, dict):
        return {key: unnamed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [unnamed(item) for item in value]
    return f"{type(value).__name__} {value.name}" if hasattr(value, "name") else value


@settings(max_examples=400)
@given(tree=TREES, is_key=st.booleans())
def test_any_tree(tree: Any, is_key: bool) -> None:
    def built(terms: Any, builder: Any) -> Any:
        found = outcome(lambda terms: grown(tree, terms), builder, terms, is_key)
        return unnamed(found)

    expected = built(reference, reference.ConditionExpressionBuilder())
    assert built(conditions, conditions.ConditionExpressionBuilder()) == expected
    assert built(reference, conditions.ConditionExpressionBuilder()) == expected


def test_numbers_go_on_until_reset() -> None:
    builder = conditions.ConditionExpressionBuilder()
    builder.build_expression(conditions.Attr("a").eq(1))
    assert builder.build_expression(conditions.Attr("a").eq(1)).condition_expression == "#n1 = :v1"
    builder.reset()
    assert builder.build_expression(conditions.Attr("a").eq(1)).condition_expression == "#n0 = :v0"


def test_equality_and_repr() -> None:
    made = conditions.Attr("a").eq(1)
    assert made == conditions.Attr("a").eq(1)
    assert made != conditions.Attr("a").eq(2)
    assert made != conditions.Key("a").eq(1)
    assert conditions.Attr("a") == conditions.Attr("a")
    assert conditions.Attr("a") != conditions.Key("a")
    assert conditions.Attr("a").size() == conditions.Attr("a").size()
    assert repr(~made) == "Not(Equals(Attr('a'), 1))"


def test_conditions_of_both_can_be_joined_from_ours() -> None:
    joined = conditions.Key("a").eq(1) & reference.Key("b").eq(2)
    built = conditions.ConditionExpressionBuilder().build_expression(joined, is_key_condition=True)
    assert built.condition_expression == "(#n0 = :v0 AND #n1 = :v1)"


def test_kind_of_key_errors() -> None:
    with pytest.raises(
        exceptions.DynamoDBNeedsKeyConditionError, match="only supports Attribute objects of type Key"
    ):
        conditions.ConditionExpressionBuilder().build_expression(conditions.Attr("a").eq(1), True)


def test_names_of_the_reference() -> None:
    for name in ("And", "Or", "Not", "Equals", "In", "Size", "Contains", "AttributeExists", "ConditionBase"):
        assert hasattr(conditions, name)
        assert hasattr(reference, name)
