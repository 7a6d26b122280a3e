"""Actions: the calls that resources make, and the waiters that wait for them."""

from __future__ import annotations

from functools import partial

from sotalia.model.naming import xform_name
from sotalia.resources.params import Filling, data_at_hand
from sotalia.resources.response import Instances, Outcome
from sotalia.runtime import groups, resolved
from sotalia.runtime.documented import DocumentedFunction, DocumentedProperty
from sotalia.runtime.reference_names import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from sotalia.resources.base import ServiceResource
    from sotalia.resources.collection import ResourceCollection
    from sotalia.resources.model import Action, Identifier, Waiter

    Method = Callable[..., Any]
    # Gives a docstring, or a signature, when somebody reads it.
    Write = Callable[[], str]
    Sign = Callable[[], Any]


class Call:
    """One call with the resource's parameters filled in; the caller's go over them, each as a whole."""

    __slots__ = ("_filling", "_method", "_outcome")

    def __init__(self, action: Action) -> None:
        self._method = xform_name(action.request.operation)
        self._filling = Filling(action.request.params)
        self._outcome = Outcome(action)

    async def make(self, parent: ServiceResource, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call, and give what the definition wants of the response."""
        params = await self._filling.fill(parent)
        params.update(kwargs)
        answer = await resolved(getattr(parent.meta.client, self._method)(*args, **params))
        return await self._outcome.of(parent, params, answer)

    async def make_batch(
        self, collection: ResourceCollection, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> list[Any]:
        """Call once for each page of a collection that is not empty; what came of the calls."""
        results: list[Any] = []
        async for page in collection._each_page(skips_empty=True):
            params: dict[str, Any] = {}
            for index, resource in enumerate(page):
                await self._filling.fill(resource, params, index)
            if not params:
                break
            params.update(kwargs)
            first = page[0]
            answer = await resolved(getattr(first.meta.client, self._method)(*args, **params))
            results.append(await self._outcome.of(first, params, answer))
        return results


def load_method(action: Action, write: Write) -> Method:
    """``load`` and ``reload``: read the attributes anew."""
    call = Call(action)

    async def loading(self: ServiceResource, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.meta.data = await call.make(self, args, kwargs)

    _named(loading, action.name)  # What Python names where nobody awaits it.

    def load(self: ServiceResource, *args: Any, **kwargs: Any) -> Any:
        return self._finish(loading(self, args, kwargs))

    return DocumentedFunction(_named(load, action.name), write)


def action_method(action: Action, write: Write, sign: Sign) -> Method:
    """An action. Attributes that can be loaded again are forgotten, as the call may have changed them."""
    call = Call(action)

    async def acting(self: ServiceResource, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result = await call.make(self, args, kwargs)
        if hasattr(self, "load"):
            self.meta.data = None
        return result

    _named(acting, action.name)

    def act(self: ServiceResource, *args: Any, **kwargs: Any) -> Any:
        return self._finish(acting(self, args, kwargs))

    return DocumentedFunction(_named(act, action.name), write, sign)


def batch_method(action: Action, write: Write, sign: Sign) -> Method:
    """An action of collections and their managers: one call for each page."""
    call = Call(action)

    def act(self: Any, *args: Any, **kwargs: Any) -> Any:
        collection = self.all()
        work: Any = _in_group(collection, action.name, partial(call.make_batch, collection, args, kwargs))
        work.__qualname__ = action.name
        return self._parent._finish(work)

    return DocumentedFunction(_named(act, action.name), write, sign)


async def _in_group(
    collection: ResourceCollection, action: str, work: Callable[[], Coroutine[Any, Any, Any]]
) -> Any:
    """Pages and calls of a batch as children of one group: ``s3.Bucket.objects.delete``."""
    name = type(collection).__name__.removesuffix("Collection")
    with groups.begin("resource", "{}.{}", name, action).within():
        return await work()


def waiter_method(waiter: Waiter, write: Write, sign: Sign) -> Method:
    """``wait_until_...``: the service's waiter with the resource's parameters."""
    name = xform_name(waiter.waiter_name)
    filling = Filling(waiter.params)

    async def waiting(self: ServiceResource, kwargs: dict[str, Any]) -> None:
        params = await filling.fill(self)
        params.update(kwargs)
        await resolved(self.meta.client.get_waiter(name).wait(**params))

    _named(waiting, waiter.name)

    def wait(self: ServiceResource, *args: Any, **kwargs: Any) -> Any:
        return self._finish(waiting(self, kwargs))

    return DocumentedFunction(_named(wait, waiter.name), write, sign)


def subresource_method(relation: Action, write: Write, sign: Sign) -> Method:
    """A constructor of another resource that takes over what this one knows of its identifiers."""
    assert relation.resource is not None
    instances = Instances(relation.resource)

    def create(self: ServiceResource, *args: Any, **kwargs: Any) -> Any:
        kind = self._factory.child_class(self, instances.type)
        known = instances.known(self)
        return kind(*known, *args, **{"client": self.meta.client, **kwargs})

    return DocumentedFunction(_named(create, relation.resource.type), write, sign)


def reference_property(relation: Action, write: Write) -> property:
    """A resource that this one's data name, or ``None``."""
    assert relation.resource is not None
    instances = Instances(relation.resource)

    def get(self: ServiceResource) -> Any:
        if hasattr(self, "load"):
            data_at_hand(self, relation.name)
        from sotalia.runtime import drive

        return drive(instances.build(self, {}, self.meta.data))

    return DocumentedProperty(_named(get, relation.name), write)


def attribute_property(name: str, member: str, write: Write) -> property:
    """A member of the resource's data, loaded when first asked for."""

    def get(self: ServiceResource) -> Any:
        data = self.meta.data
        if data is None:
            data = data_at_hand(self, name)
            if data is None:
                from sotalia import exceptions

                raise exceptions.ResourceLoadException(
                    f"{self!r} has no {name}: the service's answer to load() says nothing about this resource"
                )
        return data.get(member)

    return DocumentedProperty(_named(get, name), write)


def identifier_property(identifier: Identifier, name: str, write: Write) -> property:
    """An identifier, under its own name or as the member it is in the data."""
    slot = f"_{identifier.name}"

    def get(self: ServiceResource) -> Any:
        return getattr(self, slot, None)

    return DocumentedProperty(_named(get, name), write)


def _named(function: Method, name: str) -> Method:
    function.__name__ = function.__qualname__ = name
    return function


if not TYPE_CHECKING:
    __getattr__, __dir__ = stand_in(__name__)
