"""The URL of a request: the endpoint's host and path, the operation's path and query, and the host prefix."""

from __future__ import annotations

from functools import lru_cache

from sotalia.transport.query_string import percent_encode_sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def request_url(endpoint_url: str, request: dict[str, Any]) -> str:
    """Join ``url_path``, ``query_string`` and ``host_prefix`` of a request dict with the endpoint's URL."""
    scheme, host, slash, base, fixed_query = _parts(endpoint_url)
    path = request["url_path"]
    if not path or path == "/":
        path = f"{slash}{base}" or "/"
    else:
        if base.endswith("/") and path.startswith("/"):
            path = path[1:]
        path = f"{slash}{base}{path}" if base else path
        if not path.startswith("/"):
            path = f"/{path}"
    url = f"{scheme}://{request.get('host_prefix') or ''}{host}{path}"
    query = request["query_string"]
    if not query and not fixed_query:
        return url
    parts = [part for part in (fixed_query, percent_encode_sequence(query) if query else "") if part]
    return f"{url}{'&' if '?' in url else '?'}{'&'.join(parts)}" if parts else url


@lru_cache(maxsize=256)
def _parts(endpoint_url: str) -> tuple[str, str, str, str, str]:
    """Scheme, host, slash, path after it, and query of an endpoint's URL. Cached: many calls have the same."""
    scheme, _, rest = endpoint_url.partition("://")
    host, slash, base = rest.partition("/")
    base, _, fixed_query = base.partition("?")
    return scheme, host, slash, base, fixed_query
