"""Conditions and the expressions that are written of them, beside boto3's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3.dynamodb.conditions as reference
import pytest

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
