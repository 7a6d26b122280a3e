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
    from typing import Any

# Every part of a path gets a placeholder, but for what is in brackets: where the next bracket closes one.
_NAME_PART = re.compile(r"[^.\[\]]++(?![^\[\]]*\])")


class ConditionBase:
    """A condition: an operator and what it is about, attributes, values or other conditions."""

    expression_format = ""
    expression_operator = ""
    #: Whether the last value is a list whose elements are written one by one.
    has_grouped_values = False

    def __init__(self, *values: Any) -> None:
        self._values = values

    def __and__(self, other: Any) -> And:
        if not is_condition(other):
            raise exceptions.DynamoDBOperationNotSupportedError("AND", other)
        return And(self, other)

    def __or__(self, other: Any) -> Or:
        if not is_condition(other):
            raise exceptions.DynamoDBOperationNotSupportedError("OR", other)
        return Or(self, other)

    def __invert__(self) -> Not:
        return Not(self)

    def get_expression(self) -> dict[str, Any]:
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

    def eq(self, value: Any) -> Equals:
        """Equal to the value."""
        return Equals(self, value)

    def lt(self, value: Any) -> LessThan:
        """Less than the value."""
        return LessThan(self, value)

    def lte(self, value: Any) -> LessThanEquals:
        """At most the value."""
        return LessThanEquals(self, value)

    def gt(self, value: Any) -> GreaterThan:
        """Greater than the value."""
        return GreaterThan(self, value)

    def gte(self, value: Any) -> GreaterThanEquals:
        """At least the value."""
        return GreaterThanEquals(self, value)

    def begins_with(self, value: Any) -> BeginsWith:
        """Begins with the value."""
        return BeginsWith(self, value)

    def between(self, low_value: Any, high_value: Any) -> Between:
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


class ComparisonCondition(ConditionBase):
    """``a = b`` and its kin."""

    expression_format = "{0} {operator} {1}"


class Equals(ComparisonCondition):
    """``=``."""

    expression_operator = "="


class NotEquals(ComparisonCondition):
    """``<>``."""

    expression_operator = "<>"


class LessThan(ComparisonCondition):
    """``<``."""

    expression_operator = "<"


class LessThanEquals(ComparisonCondition):
    """``<=``."""

    expression_operator = "<="


class GreaterThan(ComparisonCondition):
    """``>``."""

    expression_operator = ">"


class GreaterThanEquals(ComparisonCondition):
    """``>=``."""

    expression_operator = ">="


class In(ComparisonCondition):
    """``IN (...)``."""

    expression_operator = "IN"
    has_grouped_values = True


class Between(ConditionBase):
    """``BETWEEN ... AND ...``."""

    expression_operator = "BETWEEN"
    expression_format = "{0} {operator} {1} AND {2}"


class FunctionCondition(ConditionBase):
    """``f(attribute, value)``."""

    expression_format = "{operator}({0}, {1})"


class BeginsWith(FunctionCondition):
    """``begins_with``."""

    expression_operator = "begins_with"


class Contains(FunctionCondition):
    """``contains``."""

    expression_operator = "contains"


class AttributeType(FunctionCondition):
    """``attribute_type``."""

    expression_operator = "attribute_type"


class Size(ConditionAttributeBase):
    """``size``: to be compared with something."""

    expression_operator = "size"
    expression_format = "{operator}({0})"


class AttributeExists(ConditionBase):
    """``attribute_exists``."""

    expression_operator = "attribute_exists"
    expression_format = "{operator}({0})"


class AttributeNotExists(ConditionBase):
    """``attribute_not_exists``."""

    expression_operator = "attribute_not_exists"
    expression_format = "{operator}({0})"


class And(ConditionBase):
    """Both."""

    expression_operator = "AND"
    expression_format = "({0} {operator} {1})"


class Or(ConditionBase):
    """One or both."""

    expression_operator = "OR"
    expression_format = "({0} {operator} {1})"


class Not(ConditionBase):
    """The opposite."""

    expression_operator = "NOT"
    expression_format = "({operator} {0})"


class Key(AttributeBase):
    """An attribute of a table's or index's key."""


class Attr(AttributeBase):
    """Any attribute of an item."""

    def ne(self, value: Any) -> NotEquals:
        """Not equal to the value."""
        return NotEquals(self, value)

    def is_in(self, value: Any) -> In:
        """One of the values."""
        return In(self, value)

    def exists(self) -> AttributeExists:
        """There, whatever its value."""
        return AttributeExists(self)

    def not_exists(self) -> AttributeNotExists:
        """Not there."""
        return AttributeNotExists(self)

    def contains(self, value: Any) -> Contains:
        """A text with the value in it, or a list or set that has it as an element."""
        return Contains(self, value)

    def size(self) -> Size:
        """Its size, to be compared: ``Attr("name").size().gt(3)``."""
        return Size(self)

    def attribute_type(self, value: str) -> AttributeType:
        """Of this DynamoDB type (``"S"``)."""
        return AttributeType(self, value)


def is_condition(value: Any) -> bool:
    """Whether a value is a condition, ours or the reference's."""
    return isinstance(value, ConditionBase) or hasattr(type(value), "get_expression")


def _is_attribute(value: Any) -> bool:
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
