"""Parameters of calls, filled in from the resource they are made on."""

from __future__ import annotations

from sotalia import exceptions
from sotalia.model.naming import xform_name
from sotalia.resources.paths import Target, compile_path
from sotalia.runtime import resolved
from sotalia.runtime.reference_names import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from sotalia.resources.base import ServiceResource
    from sotalia.resources.model import Parameter

_CONSTANTS = ("string", "integer", "boolean")


async def loaded_data(resource: ServiceResource) -> Any:
    """The resource's data, loaded if need be. Raises ``ResourceLoadException`` where there is no way to load them."""
    if resource.meta.data is None:
        load = getattr(resource, "load", None)
        if load is None:
            raise exceptions.ResourceLoadException(f"{type(resource).__name__} has no load method!")
        await resolved(load())
    return resource.meta.data


def data_at_hand(resource: ServiceResource, what: str) -> Any:
    """The resource's data for an attribute, which cannot wait.

    A sync resource loads itself; an async one must have been loaded, else ``ResourceLoadException``.
    """
    data = resource.meta.data
    if data is None:
        load = getattr(resource, "load", None)
        if load is None:
            raise exceptions.ResourceLoadException(f"{type(resource).__name__} has no load method")
        if resource._is_async:
            raise exceptions.ResourceLoadException(
                f"{what} of {resource!r} is not loaded: call 'await resource.load()' before reading it "
                "(actions make the attributes stale, so call it again after one)"
            )
        load()
        data = resource.meta.data
    return data


class Filling:
    """The parameters that a definition fills in, ready to be read from resources."""

    __slots__ = ("_entries",)

    def __init__(self, params: Iterable[Parameter]) -> None:
        self._entries: list[tuple[Target, str, Any]] = []
        for param in params:
            if param.source == "identifier":
                self._entries.append((Target(param.target), "identifier", xform_name(param.name or "")))
            elif param.source == "data":
                self._entries.append((Target(param.target), "data", compile_path(param.path or "")))
            elif param.source in _CONSTANTS:
                self._entries.append((Target(param.target), "constant", param.value))
            elif param.source != "input":
                raise NotImplementedError(f"Unsupported source type: {param.source}")

    async def fill(
        self, resource: ServiceResource, params: dict[str, Any] | None = None, index: int | None = None
    ) -> dict[str, Any]:
        """The parameters for one resource, added to ``params``; ``index`` is its number in a batch."""
        params = {} if params is None else params
        for target, kind, source in self._entries:
            if kind == "identifier":
                value = getattr(resource, source)
            elif kind == "data":
                value = source(await loaded_data(resource))
            else:
                value = source
            target.assign(params, value, index)
        return params


if not TYPE_CHECKING:
    # Functions of plain values, and of resources by their public attributes.
    __getattr__, __dir__ = stand_in(
        __name__, shared=("build_param_structure", "create_request_parameters", "get_data_member")
    )
