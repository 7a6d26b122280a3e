"""One run through the pages of a listing: what to ask for next, and what each page adds. Pure: it calls nothing.

A :class:`Progress` is asked for a request, given the response (:meth:`Progress.receive`, which cuts the page where
``MaxItems`` ends), and then moved on (:meth:`Progress.turn`), until it is ``done``.
"""

from __future__ import annotations

from itertools import islice

from sotalia import exceptions
from sotalia.pagination.paginator_model import set_path
from sotalia.pagination.tokens import TokenDecoder, TokenEncoder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.pagination.paginator_model import PaginationModel

    Page = dict[str, Any]
    Tokens = dict[str, Any]

TRUNCATED = "boto_truncate_amount"


class Listing:
    """What a caller asked to list. ``page_size`` is in the form that the operation wants."""

    __slots__ = ("max_items", "page_size", "pagination", "parameters", "starting_token")

    def __init__(
        self,
        pagination: PaginationModel,
        parameters: dict[str, Any],
        *,
        max_items: int | None,
        page_size: Any,
        starting_token: str | None,
    ) -> None:
        self.pagination = pagination
        self.parameters = parameters
        self.max_items = max_items
        self.page_size = page_size
        self.starting_token = starting_token


class Progress:
    """One run. ``tokens`` are those of the page being fetched: what a resume token must name to fetch it again."""

    __slots__ = (
        "_first",
        "_listing",
        "_previous",
        "_skipped",
        "_total",
        "done",
        "non_aggregate",
        "request",
        "resume_tokens",
        "tokens",
    )

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        #: The parameters of the next call.
        self.request = dict(listing.parameters)
        self.done = False
        #: Where ``MaxItems`` ended the listing, or ``None``.
        self.resume_tokens: Tokens | None = None
        #: What the first page says about the whole listing.
        self.non_aggregate: dict[str, Any] = {}
        self.tokens: Tokens = dict.fromkeys(listing.pagination.input_tokens)
        self._first = True
        self._total = 0
        self._skipped = 0
        self._previous: Tokens | None = None
        if listing.starting_token is not None:
            self.tokens, self._skipped = parse_starting_token(listing.pagination, listing.starting_token)
            self._ask_with(self.tokens)
        if listing.page_size is not None:
            self.request[listing.pagination.limit_key or ""] = listing.page_size

    def receive(self, page: Page) -> None:
        """Take a page in, and cut it where ``MaxItems`` ends."""
        listing = self._listing
        primary = listing.pagination.result_keys[0]
        skipped = 0
        if self._first:
            self._first = False
            if listing.starting_token is not None:
                skipped = self._skipped
                self._skip(page)
            for expression in listing.pagination.non_aggregate_keys:
                set_path(expression, self.non_aggregate, expression.search(page))
        items = primary.search(page)
        count = 0 if items is None else len(items)
        if listing.max_items is not None and self._total + count > listing.max_items:
            keep = listing.max_items - self._total
            set_path(primary, page, _part(items, 0, keep))
            self.resume_tokens = {**self.tokens, TRUNCATED: keep + skipped}
            self.done = True
        self._total += count

    def turn(self, page: Page) -> None:
        """Prepare for the page after this one, or finish. Raises ``PaginationError`` when the service goes in circles.

        Called after the caller has had the page: a page that leads nowhere is given all the same.
        """
        if self.done:
            return
        listing = self._listing
        self.tokens = listing.pagination.next_tokens(page)
        if all(value is None for value in self.tokens.values()):
            self.done = True
        elif listing.max_items is not None and self._total == listing.max_items:
            self.resume_tokens = self.tokens
            self.done = True
        elif self._previous == self.tokens:
            raise exceptions.PaginationError(message=f"The same next token was received twice: {self.tokens}")
        else:
            self._previous = self.tokens
            self._ask_with(self.tokens)

    def resume_token(self) -> str | None:
        """The opaque string to go on with. Raises ``ValueError`` when the listing began with a token of another one."""
        if self.resume_tokens is None:
            return None
        names = self.resume_tokens.keys() - {TRUNCATED}
        if names != set(self._listing.pagination.input_tokens):
            raise ValueError(f"Bad starting token: {self.resume_tokens}")
        return TokenEncoder().encode(self.resume_tokens)

    def _ask_with(self, tokens: Tokens) -> None:
        for name, value in tokens.items():
            if value is None or value == "None":
                self.request.pop(name, None)
            else:
                self.request[name] = value

    def _skip(self, page: Page) -> None:
        """Drop what an earlier listing already gave of the page it stopped in."""
        primary, *others = self._listing.pagination.result_keys
        set_path(primary, page, _part(primary.search(page), self._skipped, None))
        # The other lists of this page were given whole the first time. Numbers (DynamoDB's Count) tell of the whole page.
        for expression in others:
            sample: list[Any] | str | float | dict[str, Any] | None = expression.search(page)
            if isinstance(sample, list | str):
                sample = type(sample)()
            elif not isinstance(sample, int | float):
                sample = None
            set_path(expression, page, sample)


def _part(items: list[Any] | str | dict[str, Any] | float | None, start: int, stop: int | None) -> Any:
    """Some of the elements of a list, the characters of a text, or the pairs of a map."""
    if isinstance(items, list | str):
        return items[start:stop]
    return dict(islice(items.items(), start, stop)) if isinstance(items, dict) else None


def parse_starting_token(pagination: PaginationModel, text: str) -> tuple[Tokens, int]:
    """The tokens to ask with, and how many items of that page to skip. Raises ``ValueError`` for too many tokens."""
    try:
        tokens = TokenDecoder().decode(text)
        return tokens, tokens.pop(TRUNCATED, 0)
    except (ValueError, TypeError, AttributeError):
        return _parse_plain_token(pagination.input_tokens, text)


def _parse_plain_token(names: list[str], text: str) -> tuple[Tokens, int]:
    """Legacy tokens: the values joined by ``___``, and perhaps a last number of items to skip; or a service's own."""
    values: list[str | None] = [None if part == "None" else part for part in text.split("___")]
    skip = 0
    if len(values) == len(names) + 1:
        try:
            skip = int(values.pop() or "None")
        except ValueError:
            values = [text]
    if len(values) > len(names):
        raise ValueError(f"Bad starting token: {text}")
    values += [None] * (len(names) - len(values))
    return dict(zip(names, values, strict=True)), skip


def merge_page(result_keys: list[Any], whole: Page, page: Page) -> None:
    """Add one page to the result of all: lists grow, numbers and texts are added up, of anything else the first stays."""
    for expression in result_keys:
        value: list[Any] | str | float | dict[str, Any] | None = expression.search(page)
        if value is None:
            continue
        known = expression.search(whole)
        if known is None:
            set_path(expression, whole, list(value) if isinstance(value, list) else value)
        elif isinstance(value, list):
            known.extend(value)
        elif isinstance(value, int | float | str):
            set_path(expression, whole, known + value)


def merge_non_aggregate(whole: Page, part: Page) -> None:
    """Put what the first page says about the listing beside its items, also where both stand in one structure."""
    value: dict[str, Any] | list[Any] | str | float | None
    for name, value in part.items():
        known: dict[str, Any] | list[Any] | str | float | None = whole.get(name)
        if isinstance(value, dict) and isinstance(known, dict):
            merge_non_aggregate(known, value)
        else:
            whole[name] = value
