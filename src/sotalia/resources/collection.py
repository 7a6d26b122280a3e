"""Collections: many resources, found page by page while they are iterated.

``bucket.objects`` is a manager; ``all()``, ``filter()``, ``limit()`` and ``page_size()`` give collections, which are
iterable and have the same methods, each giving another one. In an async session they are for ``async for``.
"""

from __future__ import annotations

import copy
from contextlib import aclosing

from sotalia.model.naming import xform_name
from sotalia.resources.params import Filling
from sotalia.resources.response import Instances
from sotalia.runtime import drive, resolved
from sotalia.runtime.pickling import OfOneProcess
from sotalia.runtime.reference_base import ReferenceBase
from sotalia.runtime.reference_names import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator
    from typing import Any

    from sotalia.resources.base import ServiceResource
    from sotalia.resources.model import Collection

    Page = list[ServiceResource]


class CollectionPlan:
    """What the definition says about a collection, made ready once."""

    __slots__ = ("filling", "instances", "method", "model")

    def __init__(self, model: Collection) -> None:
        assert model.resource is not None
        self.model = model
        self.method = xform_name(model.request.operation)
        self.filling = Filling(model.request.params)
        self.instances = Instances(model.resource)


class _Chain(OfOneProcess):
    """What managers and collections share."""

    _plan: CollectionPlan
    _collection_cls: type[ResourceCollection]

    def __init__(self, parent: ServiceResource, params: dict[str, Any] | None = None) -> None:
        self._parent = parent
        self._params = {} if params is None else params

    def _with(self, **kwargs: Any) -> ResourceCollection:
        """The collection with further parameters: lists are joined to those given before, other values replace them."""
        params = copy.deepcopy(self._params)
        merge(params, copy.deepcopy(kwargs), joins_lists=True)
        return self._collection_cls(self._parent, params)

    def all(self) -> ResourceCollection:
        """All of them."""
        return self._with()

    def filter(self, **kwargs: Any) -> ResourceCollection:
        """Those that the operation gives for these parameters of it; ``limit`` and ``page_size`` are taken as well."""
        return self._with(**kwargs)

    def limit(self, count: int) -> ResourceCollection:
        """At most so many."""
        return self._with(limit=count)

    def page_size(self, count: int) -> ResourceCollection:
        """With so many asked for in each call, where the operation can."""
        return self._with(page_size=count)

    def pages(self) -> Any:
        """The resources as a list per call: a generator, to be iterated with ``async for`` in an async session."""
        return self._with().pages()

    def __repr__(self) -> str:
        kind = f"{self._parent.meta.service_name}.{self._plan.instances.type}"
        return f"{type(self).__name__}({self._parent}, {kind})"


class CollectionManager(_Chain, ReferenceBase):
    """Where collections start (``bucket.objects``); not iterable itself: call ``all()`` or another of its methods."""

    if not TYPE_CHECKING:

        def __iter__(self):
            """Say what to iterate."""
            raise TypeError(
                f"{type(self).__name__!r} object is not iterable: iterate over its all() or filter(...)"
            )

        __aiter__ = __iter__

    def iterator(self, **kwargs: Any) -> ResourceCollection:
        """The same as :meth:`filter`."""
        return self._with(**kwargs)


class ResourceCollection(_Chain, ReferenceBase):
    """Resources that are listed while you iterate, with ``async for`` in an async session."""

    def pages(self) -> Any:
        """The resources as a list per call: a generator, to be iterated with ``async for`` in an async session."""
        pages = self._each_page()
        return pages if self._parent._is_async else _driven(pages)

    def __iter__(self) -> Iterator[Any]:
        if self._parent._is_async:
            raise TypeError(f"{type(self).__name__} is asynchronous: use 'async for'")
        return (item for page in _driven(self._each_page()) for item in page)

    async def __aiter__(self) -> AsyncIterator[Any]:
        if not self._parent._is_async:
            raise TypeError(f"{type(self).__name__} is synchronous: use 'for'")
        async with aclosing(self._each_page()) as pages:
            async for page in pages:
                for item in page:
                    yield item

    async def _each_page(self, *, skips_empty: bool = False) -> AsyncGenerator[Page, None]:
        """The pages, cut where the limit is: one element of a response can be several resources.

        With ``skips_empty`` without the empty ones behind which S3 may go on, or a batch would end there; those that a
        stub gives end it, as they do the reference's.

        Raises ``PaginationError`` behind the last one when that says that it is not the last.
        """
        plan, parent = self._plan, self._parent
        given = copy.deepcopy(self._params)
        limit, page_size = given.pop("limit", None), given.pop("page_size", None)
        params = await plan.filling.fill(parent)
        merge(params, given, joins_lists=True)
        count = 0
        async with aclosing(_answers(parent, plan.method, params, limit, page_size)) as answers:
            async for answer in answers:
                found = await plan.instances.build(parent, params, answer, plan.model.request.operation)
                page: Page = list(found or ())
                if limit is not None and count + len(page) >= limit:
                    # A limit of 0 gives one, as in the reference, where the operation has no pages.
                    yield page[: max(limit - count, 1)]
                    return
                count += len(page)
                if page or not (skips_empty and _is_real(answer)):
                    yield page


async def _answers(
    parent: ServiceResource, method: str, params: dict[str, Any], limit: Any, page_size: Any
) -> AsyncGenerator[dict[str, Any], None]:
    client = parent.meta.client
    if not client.can_paginate(method):
        yield await resolved(getattr(client, method)(**params))
        return
    options = {"MaxItems": limit, "PageSize": page_size}
    pages = client.get_paginator(method).paginate(PaginationConfig=options, **params)
    page: dict[str, Any] = {}
    if parent._is_async:
        async for page in pages:
            yield page
    else:
        for page in pages:
            yield page
    if limit is None and _is_real(page):
        pages.check_end(page)


def _is_real(answer: dict[str, Any]) -> bool:
    """Whether a response came by HTTP. What a stub gives in its place has no status, and often not all elements."""
    return "HTTPStatusCode" in answer.get("ResponseMetadata", {})


def _driven(pages: AsyncGenerator[Page, None]) -> Iterator[Page]:
    """The pages for sync code; nothing below suspends there."""
    try:
        while True:
            try:
                page = drive(pages.__anext__())
            except StopAsyncIteration:
                return
            yield page
    finally:
        drive(pages.aclose())


def merge(target: dict[str, Any], source: dict[str, Any], *, joins_lists: bool = False) -> None:
    """Put ``source`` over ``target``: dictionaries are merged, lists joined where asked for (not deeper down)."""
    value: dict[str, Any] | list[Any] | str | float | None
    for key, value in source.items():
        known: dict[str, Any] | list[Any] | str | float | None = target.get(key)
        if isinstance(value, dict) and isinstance(known, dict):
            merge(known, value)
        elif joins_lists and isinstance(value, list) and isinstance(known, list):
            known.extend(value)
        else:
            target[key] = value


if not TYPE_CHECKING:
    __getattr__, __dir__ = stand_in(__name__)
