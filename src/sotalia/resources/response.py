"""What becomes of responses: resources, or a part of the response."""

from __future__ import annotations

from sotalia.model.naming import xform_name
from sotalia.resources.params import loaded_data
from sotalia.resources.paths import compile_path
from sotalia.runtime.reference_names import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.clients.base import BaseClient
    from sotalia.model.service import ServiceModel
    from sotalia.resources.base import ServiceResource
    from sotalia.resources.model import Action, ResponseResource


class Outcome:
    """What one action gives: instances of a resource, a part of the response, or all of it."""

    __slots__ = ("_operation", "_resource", "_search")

    def __init__(self, action: Action) -> None:
        self._search = None if action.path in (None, "$") else compile_path(action.path or "")
        self._resource = None if action.resource is None else Instances(action.resource)
        self._operation = action.request.operation

    async def of(self, parent: ServiceResource, params: dict[str, Any], response: Any) -> Any:
        """What to return for this answer to a call made on ``parent``."""
        if self._resource is not None:
            return await self._resource.build(parent, params, response, self._operation)
        return response if self._search is None else self._search(response)


class Instances:
    """How instances of one resource are made of a response.

    Where an identifier is a list, there is one instance for each of its elements, and the others are shared by all.
    """

    __slots__ = ("_identifiers", "_path", "_search", "type")

    def __init__(self, resource: ResponseResource) -> None:
        self.type = resource.type
        self._path = resource.path
        self._search = compile_path(resource.path) if resource.path else None
        self._identifiers: list[tuple[str, str, str | Callable[[Any], Any]]] = []
        for identifier in resource.identifiers:
            source = identifier.source
            if source == "input":
                continue
            if source not in ("response", "requestParameter", "identifier", "data"):
                raise NotImplementedError(f"Unsupported source type: {source}")
            read = (
                xform_name(identifier.name or "")
                if source == "identifier"
                else compile_path(identifier.path or "")
            )
            self._identifiers.append((xform_name(identifier.target), source, read))

    async def identify(
        self, parent: ServiceResource, params: dict[str, Any], response: Any
    ) -> dict[str, Any]:
        """The identifiers by name, except those that the caller gives."""
        found: dict[str, Any] = {}
        for name, source, read in self._identifiers:
            if isinstance(read, str):
                found[name] = getattr(parent, read)
            elif source == "response":
                found[name] = read(response)
            elif source == "requestParameter":
                found[name] = read(params)
            else:
                found[name] = read(await loaded_data(parent))
        return found

    def known(self, parent: ServiceResource) -> list[Any]:
        """The identifiers that a resource hands on to the ones made below it, in order."""
        return [
            getattr(parent, read)
            for _, source, read in self._identifiers
            if source == "identifier" and isinstance(read, str)
        ]

    async def build(
        self, parent: ServiceResource, params: dict[str, Any], response: Any, operation: str | None = None
    ) -> Any:
        """One instance or a list of them; where the response has none, an empty value of the kind that was asked for.

        A reference, which makes no call and so has no ``operation``, is ``None`` then.
        """
        kind = parent._factory.child_class(parent, self.type)
        data = None if self._search is None else self._search(response)
        identifiers = await self.identify(parent, params, response)
        client = parent.meta.client
        values: list[list[Any] | str | None] = list(identifiers.values())
        counts = [len(value) for value in values if isinstance(value, list)]
        if counts:
            made: list[Any] = []
            for index in range(counts[0]):
                each: dict[str, Any] = {
                    name: value[index] if isinstance(value, list) else value
                    for name, value in identifiers.items()
                }
                made.append(_instance(kind, client, each, data[index] if data else None))
            return made
        if all(value is not None for value in identifiers.values()):
            return _instance(kind, client, identifiers, data)
        if operation is None:
            return None
        return empty_answer(self._path, operation, parent._service_context.service_model)


def _instance(kind: Any, client: BaseClient, identifiers: dict[str, Any], data: Any) -> Any:
    made = kind(client=client, **identifiers)
    if data is not None:
        made.meta.data = data
    return made


def empty_answer(path: str | None, operation: str, service_model: ServiceModel) -> Any:
    """What an operation gives at ``path`` when there is nothing: ``{}`` or ``[]``, ``None`` for scalars."""
    shape: Any = service_model.operation_model(operation).output_shape
    for name in path.split(".") if path and path not in ("@", "$") else ():
        member = name.strip("[0123456789]")
        if shape.type_name == "structure":
            shape = shape.members[member]
        elif shape.type_name == "list":
            shape = shape.member
        else:
            raise NotImplementedError(f"Search path hits shape type {shape.type_name} from {member}")
    kind = getattr(shape, "type_name", None)
    if kind == "list":
        return []
    return {} if kind in ("structure", "map") else None


if not TYPE_CHECKING:
    __getattr__, __dir__ = stand_in(__name__, shared=("all_not_none",))
