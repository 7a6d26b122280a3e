"""Paginators and their page iterators, sync and async over one core.

The core is :class:`~sotalia.pagination.progress.Progress`, which never calls anything. The two iterators do: one with a
plain call, the other awaiting it.

Unlike the reference's, a page iterator that is iterated again starts again at its first page.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.pagination.paginator_model import PaginationModel
from sotalia.pagination.progress import Listing, Progress, merge_non_aggregate, merge_page
from sotalia.runtime import groups
from sotalia.runtime.documented import DocumentedFunction, lazily
from sotalia.runtime.features import features
from sotalia.runtime.pickling import OfOneProcess
from sotalia.runtime.reference_base import ReferenceBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from typing import Any

    from sotalia.model.service import OperationModel

    Page = dict[str, Any]


class _Paginator(OfOneProcess):
    """What paginators sync and async have in common."""

    #: What :meth:`Paginator.paginate` makes; a program may set another, on a class or one paginator.
    PAGE_ITERATOR_CLS: Any = None

    def __init__(
        self, method: Callable[..., Any], description: dict[str, Any], model: OperationModel
    ) -> None:
        self._method = method
        self._pagination = PaginationModel(description)
        self._model = model

    @property
    def result_keys(self) -> list[Any]:
        """What pages list: compiled JMESPath expressions."""
        return self._pagination.result_keys

    def _listing(self, arguments: dict[str, Any]) -> Listing:
        options: dict[str, Any] = arguments.pop("PaginationConfig", None) or {}
        max_items = options.get("MaxItems")
        page_size = options.get("PageSize")
        return Listing(
            self._pagination,
            arguments,
            max_items=None if max_items is None else int(max_items),
            page_size=None if page_size is None else self._page_size(page_size),
            starting_token=options.get("StartingToken"),
        )

    def _pages(self, arguments: dict[str, Any]) -> Any:
        """The page iterator, of the class that the paginator names; one of the reference's is made as it makes it."""
        listing = self._listing(arguments)
        kind, pagination = self.PAGE_ITERATOR_CLS, self._pagination
        if issubclass(kind, _PageIterator):
            return kind(self._method, listing)
        return kind(
            self._method,
            pagination.input_tokens,
            pagination.output_tokens,
            pagination.more_results,
            pagination.result_keys,
            pagination.non_aggregate_keys,
            pagination.limit_key,
            listing.max_items,
            listing.starting_token,
            listing.page_size,
            listing.parameters,
        )

    def _page_size(self, page_size: Any) -> Any:
        limit_key = self._pagination.limit_key
        if limit_key is None:
            raise exceptions.PaginationError(
                message="PageSize parameter is not supported for the pagination interface for this operation."
            )
        members = self._model.input_shape.members if self._model.input_shape is not None else {}
        is_text = limit_key in members and members[limit_key].type_name == "string"
        return str(page_size) if is_text else int(page_size)

    if not TYPE_CHECKING:

        def __iter__(self):
            """Say what to iterate."""
            raise TypeError(f"{type(self).__name__} has no pages yet: iterate over paginator.paginate(...)")

        __aiter__ = __iter__

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class Paginator(_Paginator, ReferenceBase):
    """Pages of one operation of one client.

    Made by ``client.get_paginator("list_objects_v2")``. ``result_keys`` are the compiled JMESPath expressions of what
    the pages list, the first of them being what ``MaxItems`` counts.
    """

    def paginate(self, **kwargs: Any) -> PageIterator:
        """The pages for these parameters of the operation, fetched as they are iterated.

        ``PaginationConfig``: ``MaxItems`` (stop after so many items; default all), ``PageSize`` (items the service is
        asked for per page; not every operation can), ``StartingToken`` (a ``resume_token`` of an earlier listing).
        Raises ``PaginationError`` for a ``PageSize`` that the operation has no parameter for.
        """
        pages: PageIterator = self._pages(kwargs)
        return pages


class AsyncPaginator(_Paginator):
    """:class:`Paginator` of an async client."""

    def paginate(self, **kwargs: Any) -> AsyncPageIterator:
        """The pages for these parameters of the operation, for ``async for``: see :meth:`Paginator.paginate`."""
        pages: AsyncPageIterator = self._pages(kwargs)
        return pages


class _PageIterator:
    """What sync and async share: the listing, and where it stopped."""

    def __init__(self, method: Callable[..., Any], listing: Listing) -> None:
        self._method = method
        self._listing = listing
        self._resume_token: str | None = None
        self._non_aggregate: dict[str, Any] = {}

    def __repr__(self) -> str:
        """The operation's method and the names of parameters; their values may be secrets."""
        names = ", ".join(f"{name}=..." for name in self._listing.parameters)
        return f"<{type(self).__name__} of {self._method_name()}({names})>"

    @property
    def result_keys(self) -> list[Any]:
        """What pages list: compiled JMESPath expressions."""
        return self._listing.pagination.result_keys

    @property
    def resume_token(self) -> str | None:
        """Where the last iteration stopped because of ``MaxItems``: pass it as ``StartingToken`` to go on.

        ``None`` when there was no more, and before the last page.
        """
        return self._resume_token

    @resume_token.setter
    def resume_token(self, tokens: dict[str, Any]) -> None:
        progress = Progress(self._listing)
        if not isinstance(tokens, dict):
            raise ValueError(f"Bad starting token: {tokens}")
        progress.resume_tokens = tokens
        self._resume_token = progress.resume_token()

    @property
    def non_aggregate_part(self) -> dict[str, Any]:
        """What the first page says about the whole listing besides its items."""
        return self._non_aggregate

    def _make_request(self, current_kwargs: dict[str, Any]) -> Any:
        """Ask for one page, or a coroutine that does: subclasses may ask otherwise."""
        return self._method(**current_kwargs)

    def check_end(self, page: Page) -> None:
        """Raises ``PaginationError`` if the last page says that there is more, but not where.

        Like the reference's, the iterator ends with such a page. Who takes what was listed for all there is asks.
        """
        if self._listing.pagination.breaks_off(page):
            raise exceptions.PaginationError(
                message="The response says that there is more, but not where it goes on: what was listed is not all"
            )

    def _method_name(self) -> str:
        return getattr(self._method, "__name__", "pages")

    def _begin(self) -> Progress:
        self._resume_token = None
        return Progress(self._listing)

    def _receive(self, progress: Progress, page: Page) -> None:
        progress.receive(page)
        self._non_aggregate = progress.non_aggregate
        self._resume_token = progress.resume_token()

    def _turn(self, progress: Progress, page: Page) -> None:
        progress.turn(page)
        self._resume_token = progress.resume_token()

    def _finish(self, whole: dict[str, Any]) -> dict[str, Any]:
        merge_non_aggregate(whole, self._non_aggregate)
        if self._resume_token is not None:
            whole["NextToken"] = self._resume_token
        return whole

    def _items_of(self, page: Page) -> Iterable[Any]:
        items: dict[str, Any] | list[Any] | str | float | None = self.result_keys[0].search(page)
        if isinstance(items, dict):
            return items.items()
        return items if isinstance(items, list) else (items,) if items else ()


class PageIterator(_PageIterator, ReferenceBase):
    """The pages of one listing: iterate over it for whole responses, or over :meth:`items` for their elements."""

    def __iter__(self) -> Iterator[Page]:
        progress = self._begin()
        group = groups.begin("paginator", self._method_name)
        while not progress.done:
            # Around the request only: what the consumer calls between two pages is not the listing's.
            with features.used("PAGINATOR"), group.within():
                page = self._make_request(progress.request)
            self._receive(progress, page)
            yield page
            self._turn(progress, page)

    def items(self) -> Iterator[Any]:
        """The elements themselves: what the first result key lists, of page after page.

        Of the few operations whose pages hold a map, its pairs; of those that hold a text, the texts.
        """
        for page in self:
            yield from self._items_of(page)

    def search(self, expression: str) -> Iterator[Any]:
        """What a JMESPath expression finds in each page; lists are given element by element."""
        import jmespath

        compiled = jmespath.compile(expression)
        for page in self:
            found = compiled.search(page)
            if isinstance(found, list):
                yield from found
            else:
                yield found

    def result_key_iters(self) -> list[ResultKeyIterator]:
        """One iterable over the elements of each result key; the pages are fetched once for all of them."""
        from itertools import tee

        keys = self.result_keys
        return [ResultKeyIterator(pages, key) for pages, key in zip(tee(self, len(keys)), keys, strict=True)]

    def build_full_result(self) -> dict[str, Any]:
        """All pages as one response, with ``NextToken`` when ``MaxItems`` ended it early."""
        whole: dict[str, Any] = {}
        for page in self:
            merge_page(self.result_keys, whole, page)
        return self._finish(whole)


class ResultKeyIterator:
    """The elements of one result key, of page after page."""

    def __init__(self, pages_iterator: Iterable[Page], result_key: Any) -> None:
        self._pages = pages_iterator
        self.result_key = result_key

    def __iter__(self) -> Iterator[Any]:
        for page in self._pages:
            found = self.result_key.search(page)
            yield from () if found is None else found


class AsyncPageIterator(_PageIterator):
    """:class:`PageIterator` for ``async for``."""

    if not TYPE_CHECKING:

        def __iter__(self):
            """Say how to iterate."""
            raise TypeError(
                "pages of an async client come by 'async for page in pages', or all at once by "
                "'await pages.build_full_result()'"
            )

    async def __aiter__(self) -> AsyncIterator[Page]:
        progress = self._begin()
        group = groups.begin("paginator", self._method_name)
        while not progress.done:
            # Around the request only: what the consumer calls between two pages is not the listing's.
            with features.used("PAGINATOR"), group.within():
                page = await self._make_request(progress.request)
            self._receive(progress, page)
            yield page
            self._turn(progress, page)

    async def items(self) -> AsyncIterator[Any]:
        """The elements themselves: what the first result key lists, of page after page."""
        async for page in self:
            for item in self._items_of(page):
                yield item

    async def search(self, expression: str) -> AsyncIterator[Any]:
        """What a JMESPath expression finds in each page; lists are given element by element."""
        import jmespath

        compiled = jmespath.compile(expression)
        async for page in self:
            result: dict[str, Any] | list[Any] | str | float | None = compiled.search(page)
            for item in result if isinstance(result, list) else (result,):
                yield item

    def result_key_iters(self) -> list[AsyncResultKeyIterator]:
        """One async iterable over the elements of each result key; pages are fetched once for all of them."""
        shared = _SharedPages(self, len(self.result_keys))
        return [AsyncResultKeyIterator(shared.reader(i), key) for i, key in enumerate(self.result_keys)]

    async def build_full_result(self) -> dict[str, Any]:
        """All pages as one response, with ``NextToken`` when ``MaxItems`` ended it early."""
        whole: dict[str, Any] = {}
        async for page in self:
            merge_page(self.result_keys, whole, page)
        return self._finish(whole)


Paginator.PAGE_ITERATOR_CLS = PageIterator
AsyncPaginator.PAGE_ITERATOR_CLS = AsyncPageIterator


class AsyncResultKeyIterator:
    """:class:`ResultKeyIterator` for ``async for``."""

    def __init__(self, pages_iterator: AsyncIterator[Page], result_key: Any) -> None:
        self._pages = pages_iterator
        self.result_key = result_key

    async def __aiter__(self) -> AsyncIterator[Any]:
        async for page in self._pages:
            found = self.result_key.search(page)
            for item in () if found is None else found:
                yield item


class _SharedPages:
    """Pages that several readers get, each at its own pace, while each page is fetched once: ``itertools.tee`` awaited."""

    def __init__(self, pages: AsyncPageIterator, readers: int) -> None:
        from asyncio import Lock
        from collections import deque

        self._pages = pages.__aiter__()
        self._lock = Lock()
        self._waiting: list[Any] = [deque() for _ in range(readers)]

    async def reader(self, number: int) -> AsyncIterator[Page]:
        """The pages for one reader."""
        waiting = self._waiting[number]
        while True:
            if not waiting:
                async with self._lock:  # Others may want the same page at the same time.
                    page = None if waiting else await anext(self._pages, None)
                    if page is not None:
                        for queue in self._waiting:
                            queue.append(page)
            if not waiting:
                return
            yield waiting.popleft()


def paginator_class(
    service_class_name: str, operation_name: str, model: OperationModel, *, is_async: bool
) -> type[Paginator] | type[AsyncPaginator]:
    """The class of one operation's paginator, such as ``S3.Paginator.ListObjectsV2``."""
    base = AsyncPaginator if is_async else Paginator
    name = f"{service_class_name}.Paginator.{operation_name}"
    paginate = DocumentedFunction(
        base.paginate, lambda: base.paginate.__doc__ or "", lazily(_paginate_signature, model)
    )
    attributes = {"__module__": __name__, "__doc__": base.__doc__, "paginate": paginate}
    made: Any = type(name, (base,), attributes)
    return made  # type: ignore[no-any-return] # A subclass of the base.


def _paginate_signature(model: OperationModel) -> Any:
    from sotalia.model.signatures import signature

    return signature(model, more={"PaginationConfig": dict})
