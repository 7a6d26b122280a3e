"""Docstrings of generated resource classes, written when somebody reads one.

Each begins with the line that the reference's begins with, as tools and tables of contents show that one. What follows
is written from the service's model.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from sotalia.documentation import (
    WrittenText,
    arguments,
    errors,
    members_below,
    parameters,
    plain,
    restructured,
    result,
)
from sotalia.model.naming import client_class_name, xform_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sotalia.resources.model import Action, Collection, Identifier, Parameter, ResponseResource, Waiter

_TYPES = {
    "structure": "dict",
    "map": "dict",
    "list": "list",
    "blob": "bytes",
    "timestamp": "datetime",
    "long": "integer",
    "double": "float",
}
_CAUTION = "and extreme caution should be taken when performing actions on all resources."


class ResourceDocumentation:
    """Writes the docstrings of one resource class; ``context``: its :class:`~sotalia.resources.factory.ServiceContext`."""

    def __init__(self, context: Any, resource_name: str) -> None:
        self._context = context
        self._model = context.service_model
        self._resource_name = resource_name
        is_service = resource_name == context.service_name
        # What a variable with such a resource is called in examples.
        self._variable = resource_name if is_service else xform_name(resource_name)

    def identifier(self, identifier: Identifier) -> WrittenText:
        """Of an identifier under its own name."""
        return WrittenText(lambda: f"*(string)* {_identifier(self._resource_name, identifier.name)}\n")

    def attribute(self, owner: Any, member_name: str) -> WrittenText:
        """Of a member of the shape that the resource's data have."""
        return WrittenText(partial(self._attribute, owner, member_name))

    def _attribute(self, owner: Any, member_name: str) -> str:
        shape = owner.members[member_name]
        kind = _TYPES.get(shape.type_name, shape.type_name)
        text = plain(self._model.member_documentation(owner, member_name)).replace("\n\n", "\n\n  ")
        parts = [f"- *({kind}) --* ", text and f"  {text}", members_below(self._model, shape)]
        return _paragraphs(parts)

    def action(self, action: Action) -> WrittenText:
        """Of an action."""
        call = f"{self._variable}.{action.name}"
        return WrittenText(partial(self._call, call, action, self._returned(action)))

    def batch_action(self, collection: Collection, action: Action) -> WrittenText:
        """Of an action of a collection."""
        call = f"{self._variable}.{collection.name}.{action.name}"
        returned = f"Returns a list: for each page the answer of {action.request.operation}."
        return WrittenText(partial(self._call, call, action, returned))

    def _call(self, call: str, action: Action, returned: str) -> str:
        operation = self._model.operation_model(action.request.operation)
        given = _given(action.request.params)
        parts = [
            restructured(operation.documentation).strip() or f"Calls {action.request.operation}.",
            f"::\n\n    {call}({arguments(operation.input_shape, given)})",
            parameters(self._model, operation, given),
            returned or result(self._model, operation),
            errors(operation),
        ]
        return _paragraphs(parts)

    def _returned(self, action: Action) -> str:
        if action.resource is not None:
            return f"Returns {self._instances(action.resource)}."
        return f"Returns ``{action.path}`` of the answer." if action.path not in (None, "$") else ""

    def _instances(self, resource: ResponseResource) -> str:
        name = f"{self._context.service_name}.{resource.type}"
        is_list = any("[]" in (identifier.path or "") for identifier in resource.identifiers)
        return f"a list of {name}" if is_list else f"the {name}"

    def load(self, action: Action) -> WrittenText:
        """Of ``load`` and ``reload``."""
        return WrittenText(
            lambda: (
                f"Calls :py:meth:`{self._module}.Client.{xform_name(action.request.operation)}` to update the "
                f"attributes of the {self._resource_name} resource. Note that the load and reload methods are "
                "the same method and can be used interchangeably.\n"
            )
        )

    @property
    def _module(self) -> str:
        return client_class_name(self._model.service_id)

    def subresource(self, relation: Action) -> WrittenText:
        """Of a constructor."""
        return WrittenText(partial(self._subresource, relation))

    def _subresource(self, relation: Action) -> str:
        assert relation.resource is not None
        kind = relation.resource.type
        needed = [xform_name(one.target) for one in relation.resource.identifiers if one.source == "input"]
        values = ", ".join(f"'{name}'" for name in needed)
        parts = [
            f"Creates a {kind} resource.::",
            f"    {xform_name(kind)} = {self._variable}.{relation.name}({values})",
            "\n".join(f"- {name}: {_identifier(relation.name, name)}" for name in needed),
            "No call is made.",
        ]
        return _paragraphs(parts)

    def reference(self, relation: Action) -> WrittenText:
        """Of a resource that the data name."""
        kind = relation.resource.type if relation.resource is not None else ""
        return WrittenText(
            lambda: f"(:py:class:`{kind}`) The related {relation.name} if set, otherwise ``None``.\n"
        )

    def waiter(self, waiter: Waiter) -> WrittenText:
        """Of a waiter."""
        return WrittenText(partial(self._waiter, waiter))

    def _waiter(self, waiter: Waiter) -> str:
        description = self._context.service_waiter_model.get_waiter(waiter.waiter_name)
        operation = self._model.operation_model(description.operation)
        given = _given(waiter.params)
        state = " ".join(waiter.name.split("_")[2:])
        parts = [
            f"Waits until this {self._resource_name} is {state}. This method calls "
            f":py:meth:`{self._module}.Waiter.{xform_name(waiter.waiter_name)}.wait` which polls "
            f":py:meth:`{self._module}.Client.{xform_name(description.operation)}` every "
            f"{description.delay} seconds until a successful state is reached. An error is raised after "
            f"{description.max_attempts} failed checks.",
            f"::\n\n    {self._variable}.{waiter.name}({arguments(operation.input_shape, given)})",
            parameters(self._model, operation, given),
            "``WaiterConfig={'Delay': seconds, 'MaxAttempts': number}`` waits otherwise. Returns None.",
        ]
        return _paragraphs(parts)

    def collection(self, collection: Collection) -> WrittenText:
        """Of the attribute where a collection starts."""
        kind = _kind(collection)
        return WrittenText(
            lambda: (
                f"A collection of {kind} resources.A {kind} Collection will include all resources by default, "
                f"{_CAUTION}\n\nFound with {collection.request.operation}.\n"
            )
        )

    def collection_method(self, collection: Collection, name: str) -> WrittenText:
        """Of ``all``, ``filter``, ``limit`` or ``page_size``."""
        return WrittenText(partial(self._collection_method, collection, name))

    def _collection_method(self, collection: Collection, name: str) -> str:
        kind = _kind(collection)
        operation = self._model.operation_model(collection.request.operation)
        given = _given(collection.request.params)
        first, call, more = {
            "all": (f"Creates an iterable of all {kind} resources in the collection.", "", ""),
            "filter": (
                f"Creates an iterable of all {kind} resources in the collection filtered by kwargs passed to "
                f"method. A {kind} collection will include all resources by default if no filters are "
                f"provided, {_CAUTION}",
                arguments(operation.input_shape, given),
                parameters(self._model, operation, given),
            ),
            "limit": (
                f"Creates an iterable up to a specified amount of {kind} resources in the collection.",
                "count",
                "- count (int): how many there are at most",
            ),
            "page_size": (
                f"Creates an iterable of all {kind} resources in the collection, but limits the number of "
                "items returned by each service call by the specified amount.",
                "count",
                "- count (int): how many each call asks for, where the operation can",
            ),
        }[name]
        call = f"::\n\n    {self._variable}.{collection.name}.{name}({call})"
        return _paragraphs([first, call, more])


def _kind(collection: Collection) -> str:
    return "" if collection.resource is None else collection.resource.type


def _identifier(resource_name: str, name: str) -> str:
    return f"The {resource_name}'s {name} identifier. This **must** be set."


def _given(params: Iterable[Parameter]) -> set[str]:
    """The parameters that the resource gives. One given by the caller would take the place of the whole."""
    return {re.split(r"[.\[]", param.target)[0] for param in params if param.source != "input"}


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(filter(None, parts)) + "\n"
