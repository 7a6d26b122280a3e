"""Paginators and their page iterators, synchronous and asynchronous over one core.

:class:`_Progress` is the core: it says what to ask for next and takes each page in, cutting it where ``MaxItems`` ends.
It never calls anything. The two iterators do, one with a plain call, the other awaiting it.

Unlike the reference's, a page iterator that is iterated again starts again at its first page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.pagination.model import PaginationModel, set_path
from sotalia.pagination.tokens import TokenDecoder, TokenEncoder
from sotalia.useragent import features

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from sotalia.model.service import OperationModel

    Page = dict[str, Any]

_TRUNCATED = "boto_truncate_amount"


class Paginator:
    """Pages of one operation of one client.

    Made by ``client.get_paginator("list_objects_v2")``. ``result_keys`` are the compiled JMESPath expressions of what
    the pages list, the first of them being what ``MaxItems`` counts.
    """

    iterator_class: type[PageIterator] | type[AsyncPageIterator]

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

    def paginate(self, **kwargs: Any) -> Any:
        """The pages for these parameters of the operation, fetched as they are iterated.

        ``PaginationConfig``: ``MaxItems`` (stop after so many items; default all), ``PageSize`` (items the service is
        asked for per page; not every operation can), ``StartingToken`` (a ``resume_token`` of an earlier listing).
        Raises ``PaginationError`` for a ``PageSize`` that the operation has no parameter for.
        """
        options = kwargs.pop("PaginationConfig", None) or {}
        max_items = options.get("MaxItems")
        page_size = options.get("PageSize")
        return self.iterator_class(
            self._method,
            self._pagination,
            kwargs,
            max_items=None if max_items is None else int(max_items),
            page_size=None if page_size is None else self._page_size(page_size),
            starting_token=options.get("StartingToken"),
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


class _Progress:
    """One run through the pages: what to ask for next, and what each page adds. Pure."""

    __slots__ = (
        "_asked",
        "_first",
        "_iterator",
        "_parameters",
        "_previous",
        "_skipped",
        "_total",
        "done",
        "tokens",
    )

    def __init__(self, iterator: _PageIterator) -> None:
        self._iterator = iterator
        self._parameters = dict(iterator._parameters)
        self._first = True
        self._total = 0
        self._skipped = 0
        self._previous: dict[str, Any] | None = None
        self.done = False
        # The tokens of the page being fetched: what a resume token must name to fetch it again.
        self.tokens: dict[str, Any] = dict.fromkeys(iterator._pagination.input_tokens)
        if iterator._starting_token is not None:
            self.tokens, self._skipped = iterator._parse_starting_token()
            self._ask_with(self.tokens)
        if iterator._page_size is not None:
            self._parameters[iterator._pagination.limit_key or ""] = iterator._page_size

    def request(self) -> dict[str, Any]:
        """The parameters of the next call."""
        return self._parameters

    def receive(self, page: Page) -> Page:
        """Take a page in, and cut it where ``MaxItems`` ends. Raises ``PaginationError`` when the service loops."""
        iterator = self._iterator
        primary = iterator._pagination.result_keys[0]
        skipped = 0
        if self._first:
            self._first = False
            if iterator._starting_token is not None:
                skipped = self._skipped
                self._skip(page, primary)
            iterator._record_non_aggregate(page)
        items = primary.search(page)
        count = len(items) if items else 0
        limit = iterator._max_items
        if limit is not None and self._total + count > limit:
            self._cut(page, primary, self._total + count - limit, skipped)
            return page
        self._total += count
        self._turn(page)
        return page

    def _turn(self, page: Page) -> None:
        """Prepare for the page after this one, or finish."""
        iterator = self._iterator
        self.tokens = iterator._pagination.next_tokens(page)
        if all(value is None for value in self.tokens.values()):
            self.done = True
        elif iterator._max_items is not None and self._total == iterator._max_items:
            iterator.resume_token = self.tokens
            self.done = True
        elif self._previous == self.tokens:
            raise exceptions.PaginationError(message=f"The same next token was received twice: {self.tokens}")
        else:
            self._previous = self.tokens
            self._ask_with(self.tokens)

    def _ask_with(self, tokens: dict[str, Any]) -> None:
        for name, value in tokens.items():
            if value is None or value == "None":
                self._parameters.pop(name, None)
            else:
                self._parameters[name] = value

    def _skip(self, page: Page, primary: Any) -> None:
        """Drop what an earlier listing already gave of the page it stopped in."""
        items = primary.search(page)
        set_path(primary, page, items[self._skipped :] if isinstance(items, list | str) else items)
        # The other lists of this page were given whole the first time.
        for expression in self._iterator._pagination.result_keys[1:]:
            sample = expression.search(page)
            empty: Any = None
            if isinstance(sample, list):
                empty = []
            elif isinstance(sample, str):
                empty = ""
            elif isinstance(sample, int | float):
                empty = 0
            set_path(expression, page, empty)

    def _cut(self, page: Page, primary: Any, surplus: int, skipped: int) -> None:
        items = primary.search(page) or []
        keep = len(items) - surplus
        set_path(primary, page, items[:keep])
        self._iterator.resume_token = {**self.tokens, _TRUNCATED: keep + skipped}
        self.done = True


class _PageIterator:
    """What both colours share: the parameters of a listing, and where it stopped."""

    def __init__(
        self,
        method: Callable[..., Any],
        pagination: PaginationModel,
        parameters: dict[str, Any],
        *,
        max_items: int | None,
        page_size: Any,
        starting_token: str | None,
    ) -> None:
        self._method = method
        self._pagination = pagination
        self._parameters = parameters
        self._max_items = max_items
        self._page_size = page_size
        self._starting_token = starting_token
        self._resume_token: str | None = None
        self._non_aggregate: dict[str, Any] = {}

    @property
    def result_keys(self) -> list[Any]:
        """What pages list: compiled JMESPath expressions."""
        return self._pagination.result_keys

    @property
    def resume_token(self) -> str | None:
        """Where the last iteration stopped because of ``MaxItems``: pass it as ``StartingToken`` to go on."""
        return self._resume_token

    @resume_token.setter
    def resume_token(self, tokens: dict[str, Any]) -> None:
        names = {name for name in tokens if name != _TRUNCATED}
        if not isinstance(tokens, dict) or names != set(self._pagination.input_tokens):
            raise ValueError(f"Bad starting token: {tokens}")
        self._resume_token = TokenEncoder().encode(tokens)

    @property
    def non_aggregate_part(self) -> dict[str, Any]:
        """What the first page says about the whole listing besides its items."""
        return self._non_aggregate

    def _record_non_aggregate(self, page: Page) -> None:
        self._non_aggregate = {}
        for expression in self._pagination.non_aggregate_keys:
            set_path(expression, self._non_aggregate, expression.search(page))

    def _parse_starting_token(self) -> tuple[dict[str, Any], int]:
        """The tokens to ask with, and how many items of that page to skip."""
        text = self._starting_token or ""
        try:
            tokens = TokenDecoder().decode(text)
        except (ValueError, TypeError, AttributeError):
            return self._parse_plain_token(text)
        skip = tokens.pop(_TRUNCATED, 0)
        return {name: tokens.get(name) for name in tokens}, skip

    def _parse_plain_token(self, text: str) -> tuple[dict[str, Any], int]:
        """Tokens of old: the values joined by ``___``, and perhaps a last number of items to skip."""
        names = self._pagination.input_tokens
        values: list[str | None] = [None if part == "None" else part for part in text.split("___")]
        skip = 0
        if len(values) == len(names) + 1:
            last = values.pop()
            try:
                skip = int(last or "")
            except ValueError:
                values = [text]
        if len(values) > len(names):
            raise ValueError(f"Bad starting token: {text}")
        values += [None] * (len(names) - len(values))
        return dict(zip(names, values, strict=True)), skip

    def _merge(self, whole: dict[str, Any], page: Page) -> None:
        """Add one page to the result of :meth:`build_full_result`."""
        for expression in self._pagination.result_keys:
            value = expression.search(page)
            if value is None:
                continue
            known = expression.search(whole)
            if known is None:
                set_path(expression, whole, list(value) if isinstance(value, list) else value)
            elif isinstance(known, list):
                known.extend(value)
            elif isinstance(known, int | float | str):
                set_path(expression, whole, known + value)

    def _finish(self, whole: dict[str, Any]) -> dict[str, Any]:
        whole.update(self._non_aggregate)
        if self._resume_token is not None:
            whole["NextToken"] = self._resume_token
        return whole

    def _items_of(self, page: Page) -> list[Any]:
        items = self._pagination.result_keys[0].search(page)
        return items if isinstance(items, list) else []


class PageIterator(_PageIterator):
    """The pages of one listing: iterate over it for whole responses, or over :meth:`items` for their elements."""

    def __iter__(self) -> Iterator[Page]:
        progress = _Progress(self)
        while not progress.done:
            with features.used("PAGINATOR"):
                page = self._method(**progress.request())
            yield progress.receive(page)

    def items(self) -> Iterator[Any]:
        """The elements themselves: what the first result key lists, of page after page."""
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

    def result_key_iters(self) -> list[Iterator[Any]]:
        """One iterator over the elements of each result key; each fetches the pages for itself."""
        return [self._elements(expression) for expression in self._pagination.result_keys]

    def _elements(self, expression: Any) -> Iterator[Any]:
        for page in self:
            yield from expression.search(page) or ()

    def build_full_result(self) -> dict[str, Any]:
        """All pages as one response, with ``NextToken`` when ``MaxItems`` ended it early."""
        whole: dict[str, Any] = {}
        for page in self:
            self._merge(whole, page)
        return self._finish(whole)


class AsyncPageIterator(_PageIterator):
    """:class:`PageIterator` for ``async for``."""

    async def __aiter__(self) -> AsyncIterator[Page]:
        progress = _Progress(self)
        while not progress.done:
            with features.used("PAGINATOR"):
                page = await self._method(**progress.request())
            yield progress.receive(page)

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
            found = compiled.search(page)
            for item in found if isinstance(found, list) else (found,):
                yield item

    async def build_full_result(self) -> dict[str, Any]:
        """All pages as one response, with ``NextToken`` when ``MaxItems`` ended it early."""
        whole: dict[str, Any] = {}
        async for page in self:
            self._merge(whole, page)
        return self._finish(whole)


def paginator_class(service_class_name: str, operation_name: str, *, is_async: bool) -> type[Paginator]:
    """The class of one operation's paginator, such as ``S3.Paginator.ListObjectsV2``."""
    iterator_class = AsyncPageIterator if is_async else PageIterator
    name = f"{service_class_name}.Paginator.{operation_name}"
    return type(name, (Paginator,), {"iterator_class": iterator_class, "__module__": "sotalia.clients"})
