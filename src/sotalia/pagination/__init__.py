"""Many pages as one sequence: ``client.get_paginator("list_objects_v2").paginate(Bucket="b")``."""

from __future__ import annotations

from sotalia.pagination.pages import AsyncPageIterator, AsyncPaginator, PageIterator, Paginator
from sotalia.pagination.tokens import TokenDecoder, TokenEncoder

__all__ = [
    "AsyncPageIterator",
    "AsyncPaginator",
    "PageIterator",
    "Paginator",
    "TokenDecoder",
    "TokenEncoder",
]
