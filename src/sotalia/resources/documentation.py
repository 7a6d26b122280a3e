"""Docstrings of generated resource classes, written when somebody reads one.

The words about operations, parameters and attributes are the service model's.
"""

from __future__ import annotations

import re
from functools import partial

from sotalia.clients.documentation import (
    arguments,
    errors,
    members_below,
    parameters,
    plain,
    result,
    type_name,
)
from sotalia.model.naming import client_class_name, xform_name
from sotalia.runtime.documented import lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from sotalia.resources.model import Action, Collection, Identifier, Parameter, ResponseResource, Waiter

    # Gives a docstring, or a signature, when somebody reads it.
    Write = Callable[[], str]
    Sign = Callable[[], Any]


class ResourceDocumentation:
    """Writes the docstrings of one resource class; ``context``: its :class:`~sotalia.resources.factory.ServiceContext`."""

    def __init__(self, context: Any, resource_name: str) -> None:
        self._context = context
        self._model = context.service_model
        self._resource_name = resource_name
        is_service = resource_name == context.service_name
        # What a variable with such a resource is called in examples.
        self._variable = resource_name if is_service else xform_name(resource_name)

    def identifier(self, identifier: Identifier) -> Write:
        """Of an identifier under its own name."""
        return lambda: f"str: {_identifier(identifier.name)}\n"

    def attribute(self, owner: Any, member_name: str) -> Write:
        """Of a member of the shape that the resource's data have."""
        return partial(self._attribute, owner, member_name)

    def _attribute(self, owner: Any, member_name: str) -> str:
        shape = owner.members[member_name]
        text = plain(self._model.member_documentation(owner, member_name))
        return _paragraphs([f"{type_name(shape)}: {text}".rstrip(": "), members_below(self._model, shape)])

    def action(self, action: Action) -> Write:
        """Of an action."""
        call = f"{self._variable}.{action.name}"
        return partial(self._call, call, action, self._returned(action))

    def batch_action(self, collection: Collection, action: Action) -> Write:
        """Of an action of a collection."""
        call = f"{self._variable}.{collection.name}.{action.name}"
        returned = f"Returns a list: for each page the result of {action.request.operation}."
        return partial(self._call, call, action, returned)

    def sign(self, action: Action) -> Sign:
        """The signature of an action."""
        return lazily(self._sign, action.request.operation, _given(action.request.params))

    def _sign(self, operation: str, given: set[str], more: dict[str, Any] | None = None) -> Any:
        from sotalia.model.signatures import signature

        # Tables take Python's values, and make the service's structures of them.
        types = {"AttributeValue": object} if self._context.service_name == "dynamodb" else None
        return signature(self._model.operation_model(operation), given, more, types)

    def sign_subresource(self, relation: Action) -> Sign:
        """The signature of a constructor."""
        return lazily(_names, _needed(relation))

    def sign_waiter(self, waiter: Waiter) -> Sign:
        """The signature of ``wait_until_...``."""
        return lazily(self._sign_waiter, waiter)

    def _sign_waiter(self, waiter: Waiter) -> Any:
        description = self._context.service_waiter_model.get_waiter(waiter.waiter_name)
        return self._sign(description.operation, _given(waiter.params), {"WaiterConfig": dict})

    def sign_filter(self, collection: Collection) -> Sign:
        """The signature of a collection's ``filter``."""
        request = collection.request
        return lazily(self._sign, request.operation, _given(request.params), {"limit": int, "page_size": int})

    def _call(self, call: str, action: Action, returned: str) -> str:
        operation = self._model.operation_model(action.request.operation)
        given = _given(action.request.params)
        parts = [
            plain(operation.documentation) or f"Calls {action.request.operation}.",
            f"::\n\n    {call}({arguments(operation.input_shape, given)})",
            parameters(self._model, operation, given),
            returned or result(self._model, operation),
            errors(operation),
        ]
        return _paragraphs(parts)

    def _returned(self, action: Action) -> str:
        if action.resource is not None:
            return f"Returns {self._instances(action.resource)}."
        return f"Returns ``{action.path}`` of the result." if action.path not in (None, "$") else ""

    def _instances(self, resource: ResponseResource) -> str:
        name = f"{self._context.service_name}.{resource.type}"
        is_list = any("[]" in (identifier.path or "") for identifier in resource.identifiers)
        return f"a list of {name}" if is_list else f"the {name}"

    def load(self, action: Action) -> Write:
        """Of ``load`` and ``reload``."""
        method = f"{self._module}.Client.{xform_name(action.request.operation)}"
        return lambda: (
            f"Read the attributes of this {self._resource_name} anew, with :py:meth:`{method}`.\n\n"
            "``load`` and ``reload`` do the same. Returns None.\n"
        )

    @property
    def _module(self) -> str:
        return client_class_name(self._model.service_id)

    def subresource(self, relation: Action) -> Write:
        """Of a constructor."""
        return partial(self._subresource, relation)

    def _subresource(self, relation: Action) -> str:
        assert relation.resource is not None
        kind = relation.resource.type
        needed = _needed(relation)
        values = ", ".join(f"'{name}'" for name in needed)
        parts = [
            f"A {kind} by its identifiers; no call is made.",
            "::",
            f"    {xform_name(kind)} = {self._variable}.{relation.name}({values})",
            "\n".join(f"- {name} (str, required)" for name in needed),
        ]
        return _paragraphs(parts)

    def reference(self, relation: Action) -> Write:
        """Of a resource that the data name."""
        kind = relation.resource.type if relation.resource is not None else ""
        return lambda: f":py:class:`{kind}`, or None: the {relation.name} that the attributes name.\n"

    def waiter(self, waiter: Waiter) -> Write:
        """Of a waiter."""
        return partial(self._waiter, waiter)

    def _waiter(self, waiter: Waiter) -> str:
        description = self._context.service_waiter_model.get_waiter(waiter.waiter_name)
        operation = self._model.operation_model(description.operation)
        given = _given(waiter.params)
        state = " ".join(waiter.name.split("_")[2:])
        parts = [
            f"Wait until this {self._resource_name} is {state}.",
            f"Polls :py:meth:`{self._module}.Client.{xform_name(description.operation)}` every {description.delay} "
            f"seconds, at most {description.max_attempts} times; raises WaiterError when that was not enough, or when "
            "the state cannot be reached any more.",
            f"::\n\n    {self._variable}.{waiter.name}({arguments(operation.input_shape, given)})",
            parameters(self._model, operation, given),
            "``WaiterConfig={'Delay': seconds, 'MaxAttempts': number}`` waits otherwise. Returns None.",
        ]
        return _paragraphs(parts)

    def collection(self, collection: Collection) -> Write:
        """Of the attribute where a collection starts."""
        kind = _kind(collection)
        return lambda: (
            f"Every {kind} that {collection.request.operation} lists, until ``filter`` or ``limit`` narrows it down.\n\n"
            "Methods that act on a collection act on all of them.\n"
        )

    def collection_method(self, collection: Collection, name: str) -> Write:
        """Of ``all``, ``filter``, ``limit`` or ``page_size``."""
        return partial(self._collection_method, collection, name)

    def _collection_method(self, collection: Collection, name: str) -> str:
        kind = _kind(collection)
        operation = self._model.operation_model(collection.request.operation)
        given = _given(collection.request.params)
        first, call, more = {
            "all": (f"Every {kind} of the collection.", "", ""),
            "filter": (
                f"Each {kind} that {collection.request.operation} lists for these parameters; without any, all of them.",
                arguments(operation.input_shape, given),
                parameters(self._model, operation, given),
            ),
            "limit": (
                f"The first of the collection, each a {kind}.",
                "count",
                "- count (int): how many there are at most",
            ),
            "page_size": (
                f"The same {kind} resources, asked for in pages of another size.",
                "count",
                "- count (int): how many each call asks for, where the operation can",
            ),
        }[name]
        call = f"::\n\n    {self._variable}.{collection.name}.{name}({call})"
        return _paragraphs([first, call, more])


def _kind(collection: Collection) -> str:
    return "" if collection.resource is None else collection.resource.type


def _needed(relation: Action) -> list[str]:
    """The identifiers that a constructor takes."""
    assert relation.resource is not None
    return [xform_name(one.target) for one in relation.resource.identifiers if one.source == "input"]


def _names(names: list[str]) -> Any:
    from sotalia.model.signatures import plain_signature

    return plain_signature(names)


def _identifier(name: str) -> str:
    return f"the {name} that identifies this resource."


def _given(params: Iterable[Parameter]) -> set[str]:
    """The parameters that the resource gives. One given by the caller would take the place of the whole."""
    return {re.split(r"[.\[]", param.target)[0] for param in params if param.source != "input"}


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(filter(None, parts)) + "\n"
