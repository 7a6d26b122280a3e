"""Conditions on items: ``Key("id").eq(1) & Attr("name").exists()``.

Comparisons of an attribute give conditions; ``&``, ``|`` and ``~`` join them. A builder writes one as an expression with
placeholders for names and values. Conditions of ``boto3.dynamodb.conditions`` are taken by their shape: what has a
``get_expression`` is a condition.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sotalia import exceptions
from sotalia.runtime.reference_names import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from sotalia.types.reference import ConditionBase as ReferenceCondition

    _C = TypeVar("_C", bound="ConditionBase")
else:
    ReferenceCondition = object  # For checkers a condition of ours does where one of boto3's is asked for.

# Every part of a path gets a placeholder, but for what is in brackets: where the next bracket closes one.
_NAME_PART = re.compile(r"[^.\[\]]++(?![^\[\]]*\])")


class ConditionBase(ReferenceCondition):
    """A condition: an operator and what it is about, attributes, values or other conditions."""

    expression_format = ""
    expression_operator = ""
    #: Whether the last value is a list whose elements are written one by one.
    has_grouped_values = False

    def __init__(self, *values: Any) -> None:
        self._values = values

    def __and__(self, other: Any) -> ConditionBase:  # pyright: ignore[reportIncompatibleMethodOverride]
        if not is_condition(other):
            raise exceptions.DynamoDBOperationNotSupportedError("AND", other)
        return And(self, other)

    def __or__(self, other: Any) -> ConditionBase:  # pyright: ignore[reportIncompatibleMethodOverride]
        if not is_condition(other):
            raise exceptions.DynamoDBOperationNotSupportedError("OR", other)
        return Or(self, other)

    def __invert__(self) -> ConditionBase:  # pyright: ignore[reportIncompatibleMethodOverride]
        return Not(self)

    def get_expression(self) -> dict[str, Any]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """What a builder needs: ``format``, ``operator`` and ``values``."""
        return {
            "format": self.expression_format,
            "operator": self.expression_operator,
            "values": self._values,
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._values == other._values

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self._values))})"


class AttributeBase:
    """An attribute by name, or by path (``"a.b[0].c"``); not a condition before it is compared with something."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __and__(self, value: Any) -> Any:
        raise exceptions.DynamoDBOperationNotSupportedError("AND", self)

    def __or__(self, value: Any) -> Any:
        raise exceptions.DynamoDBOperationNotSupportedError("OR", self)

    def __invert__(self) -> Any:
        raise exceptions.DynamoDBOperationNotSupportedError("NOT", self)

    def eq(self, value: Any) -> ConditionBase:
        """Equal to the value."""
        return Equals(self, value)

    def lt(self, value: Any) -> ConditionBase:
        """Less than the value."""
        return LessThan(self, value)

    def lte(self, value: Any) -> ConditionBase:
        """At most the value."""
        return LessThanEquals(self, value)

    def gt(self, value: Any) -> ConditionBase:
        """Greater than the value."""
        return GreaterThan(self, value)

    def gte(self, value: Any) -> ConditionBase:
        """At least the value."""
        return GreaterThanEquals(self, value)

    def begins_with(self, value: Any) -> ConditionBase:
        """Begins with the value."""
        return BeginsWith(self, value)

    def between(self, low_value: Any, high_value: Any) -> ConditionBase:
        """From the low value to the high one, both included."""
        return Between(self, low_value, high_value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.name == other.name

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class ConditionAttributeBase(ConditionBase, AttributeBase):
    """A function of an attribute that is compared in turn, such as its size."""

    def __init__(self, *values: Any) -> None:
        ConditionBase.__init__(self, *values)
        AttributeBase.__init__(self, values[0].name)

    def __eq__(self, other: object) -> bool:
        return ConditionBase.__eq__(self, other) and AttributeBase.__eq__(self, other)

    __hash__ = None


def _condition(
    name: str, base: type[_C], operator: str, template: str, *, has_grouped_values: bool = False
) -> type[_C]:
    """The class of one operator, under the name that ``boto3.dynamodb.conditions`` gives it."""
    made: Any = type(
        name,
        (base,),
        {
            "__module__": __name__,  # Where pickle finds the class.
            "__doc__": f"``{template.replace('{operator}', operator)}``",
            "expression_operator": operator,
            "expression_format": template,
            "has_grouped_values": has_grouped_values,
        },
    )
    condition: type[_C] = made
    return condition


# "Comparison Operator and Function Reference" in the Amazon DynamoDB Developer Guide. Programs look up and compare the
# format strings, so they are the reference's to the letter.
# fmt: off
_INFIX, _CALL, _PREDICATE = "{0} {operator} {1}", "{operator}({0}, {1})", "{operator}({0})"
ComparisonCondition = _condition("ComparisonCondition", ConditionBase, "", _INFIX)
Equals              = _condition("Equals",              ComparisonCondition, "=",  _INFIX)
NotEquals           = _condition("NotEquals",           ComparisonCondition, "<>", _INFIX)
LessThan            = _condition("LessThan",            ComparisonCondition, "<",  _INFIX)
LessThanEquals      = _condition("LessThanEquals",      ComparisonCondition, "<=", _INFIX)
GreaterThan         = _condition("GreaterThan",         ComparisonCondition, ">",  _INFIX)
GreaterThanEquals   = _condition("GreaterThanEquals",   ComparisonCondition, ">=", _INFIX)
In                  = _condition("In",                  ComparisonCondition, "IN", _INFIX, has_grouped_values=True)
Between             = _condition("Between",             ConditionBase, "BETWEEN", "{0} {operator} {1} AND {2}")
BeginsWith          = _condition("BeginsWith",          ConditionBase, "begins_with", _CALL)
Contains            = _condition("Contains",            ConditionBase, "contains", _CALL)
AttributeType       = _condition("AttributeType",       ConditionBase, "attribute_type", _CALL)
Size                = _condition("Size",                ConditionAttributeBase, "size", _PREDICATE)
AttributeExists     = _condition("AttributeExists",     ConditionBase, "attribute_exists", _PREDICATE)
AttributeNotExists  = _condition("AttributeNotExists",  ConditionBase, "attribute_not_exists", _PREDICATE)
And                 = _condition("And",                 ConditionBase, "AND", "({0} {operator} {1})")
Or                  = _condition("Or",                  ConditionBase, "OR",  "({0} {operator} {1})")
Not                 = _condition("Not",                 ConditionBase, "NOT", "({operator} {0})")
# fmt: on


class Key(AttributeBase):
    """An attribute of a table's or index's key."""


class Attr(AttributeBase):
    """Any attribute of an item."""

    def ne(self, value: Any) -> ConditionBase:
        """Not equal to the value."""
        return NotEquals(self, value)

    def is_in(self, value: Any) -> ConditionBase:
        """One of the values."""
        return In(self, value)

    def exists(self) -> ConditionBase:
        """There, whatever its value."""
        return AttributeExists(self)

    def not_exists(self) -> ConditionBase:
        """Not there."""
        return AttributeNotExists(self)

    def contains(self, value: Any) -> ConditionBase:
        """A text with the value in it, or a list or set that has it as an element."""
        return Contains(self, value)

    def size(self) -> ConditionAttributeBase:
        """Its size, to be compared: ``Attr("name").size().gt(3)``."""
        return Size(self)

    def attribute_type(self, value: str) -> ConditionBase:
        """Of this DynamoDB type (``"S"``)."""
        return AttributeType(self, value)


def is_condition(value: object) -> bool:
    """Whether a value is a condition, ours or the reference's."""
    return isinstance(value, ConditionBase) or hasattr(type(value), "get_expression")


def _is_attribute(value: object) -> bool:
    return isinstance(value, AttributeBase) or (
        hasattr(type(value), "begins_with") and isinstance(getattr(value, "name", None), str)
    )


def _is_key(value: Any) -> bool:
    return any(kind.__name__ == "Key" for kind in type(value).__mro__)


class BuiltConditionExpression(NamedTuple):
    """An expression, and what its placeholders stand for: ``("#n0 = :v0", {"#n0": "name"}, {":v0": "value"})``."""

    condition_expression: str
    attribute_name_placeholders: dict[str, str]
    attribute_value_placeholders: dict[str, Any]


class ConditionExpressionBuilder:
    """Writes conditions as expressions; placeholders are numbered on from one to the next, until :meth:`reset`."""

    def __init__(self) -> None:
        self._names = 0
        self._values = 0

    def reset(self) -> None:
        """Number placeholders from 0 again."""
        self._names = self._values = 0

    def build_expression(self, condition: Any, is_key_condition: bool = False) -> BuiltConditionExpression:
        """The expression. Raises ``DynamoDBNeedsConditionError`` for what is no condition.

        With ``is_key_condition``, ``DynamoDBNeedsKeyConditionError`` for attributes that are no ``Key``.
        """
        if not is_condition(condition):
            raise exceptions.DynamoDBNeedsConditionError(condition)
        built = BuiltConditionExpression("", {}, {})
        return built._replace(condition_expression=self._condition(condition, built, is_key_condition))

    def _condition(self, condition: Any, built: BuiltConditionExpression, is_key_condition: bool) -> str:
        description = condition.get_expression()
        is_grouped = condition.has_grouped_values
        parts = [self._part(value, built, is_grouped, is_key_condition) for value in description["values"]]
        text: str = description["format"].format(*parts, operator=description["operator"])
        return text

    def _part(self, value: Any, built: BuiltConditionExpression, is_grouped: bool, is_key: bool) -> str:
        if is_condition(value):
            return self._condition(value, built, is_key)
        if _is_attribute(value):
            if is_key and not _is_key(value):
                raise exceptions.DynamoDBNeedsKeyConditionError(
                    f"Attribute object {value.name} is of type {type(value)}. "
                    "KeyConditionExpression only supports Attribute objects of type Key"
                )
            return self._name(value.name, built.attribute_name_placeholders)
        values = built.attribute_value_placeholders
        if is_grouped:
            return f"({', '.join(self._value(item, values) for item in value)})"
        return self._value(value, values)

    def _name(self, name: str, placeholders: dict[str, str]) -> str:
        def placeholder(match: re.Match[str]) -> str:
            made = f"#n{self._names}"
            self._names += 1
            placeholders[made] = match.group()
            return made

        return _NAME_PART.sub(placeholder, name)

    def _value(self, value: Any, placeholders: dict[str, Any]) -> str:
        made = f":v{self._values}"
        self._values += 1
        placeholders[made] = value
        return made


if not TYPE_CHECKING:
    __getattr__, __dir__ = stand_in(__name__)
