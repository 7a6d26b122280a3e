"""Many pages as one sequence: ``client.get_paginator("list_objects_v2").paginate(Bucket="b")``."""

from __future__ import annotations

from sotalia.pagination.pages import AsyncPageIterator, PageIterator, Paginator
from sotalia.pagination.tokens import TokenDecoder, TokenEncoder

__all__ = ["AsyncPageIterator", "PageIterator", "Paginator", "TokenDecoder", "TokenEncoder"]
