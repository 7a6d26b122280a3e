"""Attribute values of DynamoDB as Python values, and back.

======================  ==============================  ==================================
DynamoDB                from Python                     to Python
======================  ==============================  ==================================
``NULL``                ``None``                        ``None``
``BOOL``                ``bool``                        ``bool``
``N``                   ``int``, ``Decimal``            ``Decimal``
``S``                   ``str``                         ``str``
``B``                   ``bytes``, ``bytearray``,       :class:`Binary`
                        :class:`Binary`
``NS``, ``SS``, ``BS``  sets of these                   sets
``L``                   ``list``, ``tuple``             ``list``
``M``                   mappings                        ``dict``
======================  ==============================  ==================================

Floats are refused: most of them cannot be stored exactly. Numbers have up to 38 digits; what does not fit raises an
exception of :mod:`decimal` (``Inexact``, ``Rounded``, ``Overflow`` ...), as set up in :data:`DYNAMODB_CONTEXT`.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Rounded, Underflow

from sotalia.runtime.reference_names import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.types.reference import Binary as ReferenceBinary
else:
    ReferenceBinary = object  # For checkers ours does where one of boto3's is asked for.

STRING = "S"
NUMBER = "N"
BINARY = "B"
STRING_SET = "SS"
NUMBER_SET = "NS"
BINARY_SET = "BS"
NULL = "NULL"
BOOLEAN = "BOOL"
MAP = "M"
LIST = "L"

#: How numbers are converted: see "Number" in the data types of the Amazon DynamoDB Developer Guide.
DYNAMODB_CONTEXT = Context(
    Emin=-128, Emax=126, prec=38, traps=[Clamped, Overflow, Inexact, Rounded, Underflow]
)
BINARY_TYPES = (bytearray, bytes)

_EXACT_KINDS: dict[type[object], str] = {
    str: STRING,
    int: NUMBER,
    Decimal: NUMBER,
    bool: BOOLEAN,
    type(None): NULL,
    bytes: BINARY,
    bytearray: BINARY,
    dict: MAP,
    list: LIST,
    tuple: LIST,
}


class Binary(ReferenceBinary):
    """Bytes of an item; equal to the ``bytes`` they are, and to the reference's ``Binary`` of them."""

    __slots__ = ("value",)

    def __init__(self, value: bytes | bytearray) -> None:
        if not isinstance(value, BINARY_TYPES):
            types = ", ".join(map(str, BINARY_TYPES))
            raise TypeError(f"Value must be of the following types: {types}, not {type(value)}")
        self.value = value

    def __eq__(self, other: object) -> bool:
        return bool(self.value == (getattr(other, "value", other) if _is_wrapped(other) else other))

    def __hash__(self) -> int:
        return hash(self.value)

    def __bytes__(self) -> bytes:  # pyright: ignore[reportIncompatibleMethodOverride]
        return bytes(self.value)

    def __repr__(self) -> str:
        return f"Binary({self.value!r})"


def _is_wrapped(value: Any) -> Any:
    """Whether a value is a :class:`Binary`, ours or the reference's."""
    return type(value) is Binary or (
        any(kind.__name__ == "Binary" for kind in type(value).__mro__) and hasattr(value, "value")
    )


class TypeSerializer:
    """From Python values to attribute values. Each type has a method of its own, which a subclass may replace."""

    def serialize(self, value: object) -> dict[str, Any]:
        """The attribute value: ``1`` becomes ``{"N": "1"}``. Raises ``TypeError`` for what DynamoDB has no type for."""
        kind = _EXACT_KINDS.get(type(value)) or self._kind_of(value)
        return {kind: getattr(self, _SERIALIZERS[kind])(value)}

    def _kind_of(self, value: Any) -> str:
        if isinstance(value, float):
            raise TypeError("Float types are not supported. Use Decimal types instead.")
        for kind, is_one in _KINDS:
            if is_one(value):
                return kind
        if isinstance(value, Set):
            return _set_kind(value)
        raise TypeError(f'Unsupported type "{type(value)}" for value "{value}"')

    def _serialize_null(self, value: Any) -> bool:
        return True

    def _serialize_bool(self, value: Any) -> Any:
        return value

    def _serialize_n(self, value: Any) -> str:
        number = DYNAMODB_CONTEXT.create_decimal(value)
        if not number.is_finite():
            raise TypeError("Infinity and NaN not supported")
        return str(number)

    def _serialize_s(self, value: Any) -> Any:
        return value

    def _serialize_b(self, value: Any) -> Any:
        return value.value if _is_wrapped(value) else value

    def _serialize_ns(self, value: Any) -> list[str]:
        return [self._serialize_n(item) for item in value]

    def _serialize_ss(self, value: Any) -> list[Any]:
        return [self._serialize_s(item) for item in value]

    def _serialize_bs(self, value: Any) -> list[Any]:
        return [self._serialize_b(item) for item in value]

    def _serialize_l(self, value: Any) -> list[dict[str, Any]]:
        return [self.serialize(item) for item in value]

    def _serialize_m(self, value: Any) -> dict[str, Any]:
        return {key: self.serialize(item) for key, item in value.items()}


class TypeDeserializer:
    """From attribute values to Python values. Each type has a method of its own, which a subclass may replace."""

    def deserialize(self, value: Any) -> Any:
        """The Python value: ``{"N": "1"}`` becomes ``Decimal("1")``. Raises ``TypeError`` for what is none."""
        if not value:
            raise TypeError("Value must be a nonempty dictionary whose key is a valid dynamodb type.")
        kind = next(iter(value.keys()))
        method = getattr(self, f"_deserialize_{kind}".lower(), None)
        if method is None:
            raise TypeError(f"Dynamodb type {kind} is not supported")
        return method(value[kind])

    def _deserialize_null(self, value: Any) -> None:
        return None

    def _deserialize_bool(self, value: Any) -> Any:
        return value

    def _deserialize_n(self, value: Any) -> Any:
        return DYNAMODB_CONTEXT.create_decimal(value)

    def _deserialize_s(self, value: Any) -> Any:
        return value

    def _deserialize_b(self, value: Any) -> Any:
        return Binary(value)

    def _deserialize_ns(self, value: Any) -> set[Any]:
        return {self._deserialize_n(item) for item in value}

    def _deserialize_ss(self, value: Any) -> set[Any]:
        return {self._deserialize_s(item) for item in value}

    def _deserialize_bs(self, value: Any) -> set[Any]:
        return {self._deserialize_b(item) for item in value}

    def _deserialize_l(self, value: Any) -> list[Any]:
        return [self.deserialize(item) for item in value]

    def _deserialize_m(self, value: Any) -> dict[str, Any]:
        return {key: self.deserialize(item) for key, item in value.items()}


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        raise TypeError("Float types are not supported. Use Decimal types instead.")
    return isinstance(value, int | Decimal)


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


def _is_binary(value: Any) -> bool:
    return isinstance(value, BINARY_TYPES) or bool(_is_wrapped(value))


def _is_map(value: object) -> bool:
    return isinstance(value, Mapping)


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


# What subclasses of the exact types are, in this order.
_KINDS = (
    (NUMBER, _is_number),
    (STRING, _is_string),
    (BINARY, _is_binary),
    (MAP, _is_map),
    (LIST, _is_list),
)
_SERIALIZERS = {
    kind: f"_serialize_{kind}".lower()
    for kind in (NULL, BOOLEAN, NUMBER, STRING, BINARY, NUMBER_SET, STRING_SET, BINARY_SET, MAP, LIST)
}


def _set_kind(value: Any) -> str:
    """The type of a set by its elements; an empty one counts as numbers, as in the reference."""
    for kind, is_one in ((NUMBER_SET, _is_number), (STRING_SET, _is_string), (BINARY_SET, _is_binary)):
        if all(map(is_one, value)):
            return kind
    raise TypeError(f'Unsupported type "{type(value)}" for value "{value}": its elements must be of one type')


if not TYPE_CHECKING:
    __getattr__, __dir__ = stand_in(__name__)
