"""What the client of a DynamoDB resource does to parameters and results: Python values in, Python values out.

Where in the parameters of an operation there are conditions or attribute values is found once, from its shapes; calls
only go there.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sotalia.dynamodb.conditions import ConditionExpressionBuilder, is_condition
from sotalia.dynamodb.types import TypeDeserializer, TypeSerializer
from sotalia.runtime.reference_names import import_for_patched_boto3, stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.model.service import OperationModel
    from sotalia.model.shapes import ListShape, MapShape, StructureShape
    from sotalia.resources.base import ResourceMeta

    Change = Callable[[Any], Any]
    # Applies a change in place, wherever the shape occurs in a value.
    Walk = Callable[[Any, Change], None]

_VALUE = "AttributeValue"
_CONDITION = "ConditionExpression"
_KEY_CONDITION = "KeyExpression"
_NAMES = "ExpressionAttributeNames"
_VALUES = "ExpressionAttributeValues"


# -- where shapes occur ----------------------------------------------------------------------------------------------


def compile_walk(shape: Any, target: str) -> Walk | None:
    """A walk to every value of the shape named ``target`` in a value of ``shape``; ``None`` when there can be none."""
    if shape is None or not _reaches(shape, target, set()):
        return None
    return _walk(shape, target, {})


def _children(shape: Any) -> list[Any]:
    if shape.type_name == "structure":
        return list(shape.members.values())
    if shape.type_name == "list":
        return [shape.member]
    return [shape.value] if shape.type_name == "map" else []


def _reaches(shape: Any, target: str, seen: set[str]) -> bool:
    seen.add(shape.name)
    return any(
        child.name == target or (child.name not in seen and _reaches(child, target, seen))
        for child in _children(shape)
    )


def _walk(shape: Any, target: str, made: dict[str, list[Walk]]) -> Walk:
    known = made.get(shape.name)
    if known is not None:  # A shape inside itself: its walk is being made.
        return lambda value, change: known[0](value, change)
    cell: list[Walk] = []
    made[shape.name] = cell
    walk = _WALKS[shape.type_name](shape, target, made)
    cell.append(walk)
    return walk


def _child(shape: Any, target: str, made: dict[str, list[Walk]]) -> Walk | None:
    """How to go on below: ``None`` where the target is."""
    return None if shape.name == target else _walk(shape, target, made)


def _structure(shape: StructureShape, target: str, made: dict[str, list[Walk]]) -> Walk:
    below = {
        name: _child(member, target, made)
        for name, member in shape.members.items()
        if member.name == target or _reaches(member, target, set())
    }

    def walk(value: dict[str, Any], change: Change) -> None:
        if isinstance(value, dict):
            # In the order of the value's own members: it decides how placeholders are numbered.
            for name in value:
                if name in below:
                    deeper = below[name]
                    if deeper is None:
                        value[name] = change(value[name])
                    else:
                        deeper(value[name], change)

    return walk


def _map(shape: MapShape, target: str, made: dict[str, list[Walk]]) -> Walk:
    deeper = _child(shape.value, target, made)

    def walk(value: dict[Any, Any], change: Change) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                if deeper is None:
                    value[key] = change(item)
                else:
                    deeper(item, change)

    return walk


def _list(shape: ListShape, target: str, made: dict[str, list[Walk]]) -> Walk:
    deeper = _child(shape.member, target, made)

    def walk(value: list[Any], change: Change) -> None:
        if isinstance(value, list):
            for index, item in enumerate(value):
                if deeper is None:
                    value[index] = change(item)
                else:
                    deeper(item, change)

    return walk


_WALKS: dict[str, Callable[[Any, str, dict[str, list[Walk]]], Walk]] = {
    "structure": _structure,
    "map": _map,
    "list": _list,
}


class _Places:
    """Where one operation has conditions and attribute values."""

    __slots__ = ("conditions", "input_values", "key_conditions", "output_values")

    def __init__(self, model: OperationModel) -> None:
        self.conditions = compile_walk(model.input_shape, _CONDITION)
        self.key_conditions = compile_walk(model.input_shape, _KEY_CONDITION)
        self.input_values = compile_walk(model.input_shape, _VALUE)
        self.output_values = compile_walk(model.output_shape, _VALUE)


_PLACES: WeakKeyDictionary[Any, _Places] = WeakKeyDictionary()


def _places(model: OperationModel) -> _Places:
    found = _PLACES.get(model)
    if found is None:
        found = _PLACES[model] = _Places(model)
    return found


# -- handlers --------------------------------------------------------------------------------------------------------

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()


def copy_params(params: dict[str, Any], **kwargs: Any) -> Any:
    """A handler of ``provide-client-params``: the caller's dictionaries and lists stay as they are."""
    return _copied(params)


def _copied(value: dict[str, Any] | list[Any] | str | float | None) -> Any:
    """Dictionaries and lists anew at every place, also where the same one stands twice: each is changed by itself."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value


def write_conditions(params: dict[str, Any], model: OperationModel, **kwargs: Any) -> None:
    """A handler of ``before-parameter-build``: conditions become expressions, their placeholders join the caller's."""
    _write_conditions(params, model, ConditionExpressionBuilder())


def _write_conditions(params: dict[str, Any], model: OperationModel, builder: Any) -> None:
    places = _places(model)
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    for walk, is_key in ((places.conditions, False), (places.key_conditions, True)):

        def write(value: Any, is_key: bool = is_key) -> Any:
            if not is_condition(value):
                return value
            built = builder.build_expression(value, is_key_condition=is_key)
            names.update(built.attribute_name_placeholders)
            values.update(built.attribute_value_placeholders)
            return built.condition_expression

        if walk is not None:
            walk(params, write)
    for key, generated in ((_NAMES, names), (_VALUES, values)):
        given: dict[str, Any] | str = params.get(key) or {}
        if generated and isinstance(given, dict):  # Else validation says what is wrong.
            params[key] = {**given, **generated}


def write_values(params: dict[str, Any], model: OperationModel, **kwargs: Any) -> None:
    """A handler of ``before-parameter-build``: Python values become attribute values."""
    walk = _places(model).input_values
    if walk is not None:
        walk(params, _serializer.serialize)


def read_values(parsed: dict[str, Any], model: OperationModel, **kwargs: Any) -> None:
    """A handler of ``after-call``: attribute values become Python values."""
    walk = _places(model).output_values
    if walk is not None:
        walk(parsed, _deserializer.deserialize)


class ParameterTransformer:
    """Changes values in place wherever a shape of this name occurs."""

    def transform(
        self, params: Any, model: OperationModel, transformation: Change, target_shape: str
    ) -> None:
        """Replace each value of the shape named ``target_shape`` by what ``transformation`` gives for it."""
        walk = compile_walk(model, target_shape)
        if walk is not None:
            walk(params, transformation)


class TransformationInjector:
    """The handlers above as methods, for a client of your own: with other serializers, if you like.

    >>> injector = TransformationInjector()
    >>> client.meta.events.register("before-parameter-build.dynamodb", injector.inject_attribute_value_input)
    """

    def __init__(
        self,
        transformer: Any = None,
        condition_builder: Any = None,
        serializer: Any = None,
        deserializer: Any = None,
    ) -> None:
        self._transformer = transformer
        self._condition_builder = condition_builder
        self._serializer = serializer or _serializer
        self._deserializer = deserializer or _deserializer

    def inject_condition_expressions(
        self, params: dict[str, Any], model: OperationModel, **kwargs: Any
    ) -> None:
        """A handler of ``before-parameter-build``: conditions become expressions with placeholders."""
        if self._condition_builder is not None:
            self._condition_builder.reset()
        _write_conditions(params, model, self._condition_builder or ConditionExpressionBuilder())

    def inject_attribute_value_input(
        self, params: dict[str, Any], model: OperationModel, **kwargs: Any
    ) -> None:
        """A handler of ``before-parameter-build``: Python values become attribute values."""
        change = self._serializer.serialize
        if self._transformer is not None:
            self._transformer.transform(params, model.input_shape, change, _VALUE)
        elif (walk := _places(model).input_values) is not None:
            walk(params, change)

    def inject_attribute_value_output(
        self, parsed: dict[str, Any], model: OperationModel, **kwargs: Any
    ) -> None:
        """A handler of ``after-call``: attribute values become Python values."""
        change = self._deserializer.deserialize
        if self._transformer is not None and model.output_shape is not None:
            self._transformer.transform(parsed, model.output_shape, change, _VALUE)
        elif self._transformer is None and (walk := _places(model).output_values) is not None:
            walk(parsed, change)


_HANDLERS = (
    ("provide-client-params.dynamodb", copy_params, "dynamodb-create-params-copy"),
    ("before-parameter-build.dynamodb", write_conditions, "dynamodb-condition-expression"),
    ("before-parameter-build.dynamodb", write_values, "dynamodb-attr-value-input"),
    ("after-call.dynamodb", read_values, "dynamodb-attr-value-output"),
)


class DynamoDBHighLevelResource:
    """What all DynamoDB resources add to their definition: their client takes and gives Python values."""

    meta: ResourceMeta

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        events = self.meta.client.meta.events
        for event, handler, unique_id in _HANDLERS:
            events.register(event, handler, unique_id=unique_id)


def add_high_level_interface(base_classes: list[type], **kwargs: Any) -> None:
    """A handler of ``creating-resource-class.dynamodb``."""
    import_for_patched_boto3("dynamodb.transform", "dynamodb.table")
    base_classes.insert(0, DynamoDBHighLevelResource)


if not TYPE_CHECKING:
    __getattr__, __dir__ = stand_in(
        __name__,
        copy_dynamodb_params="sotalia.dynamodb.transform:copy_params",
        register_high_level_interface="sotalia.dynamodb.transform:add_high_level_interface",
    )
