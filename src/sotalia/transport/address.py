"""Addresses (RFC 3986) taken apart without ``urllib.parse``, whose import takes 6 ms."""

from __future__ import annotations

from functools import lru_cache


# One call asks for its own address twice, and calls of many services all have the same.
@lru_cache(maxsize=128)
def split_url(url: str) -> tuple[str, str, str, str]:
    """Scheme, authority, path and query of an absolute URL; a fragment is dropped.

    >>> split_url("https://host:8000/a/b?c=d")
    ('https', 'host:8000', '/a/b', 'c=d')
    """
    scheme, _, rest = url.partition("://")
    rest = rest.partition("#")[0]
    rest, _, query = rest.partition("?")
    authority, slash, path = rest.partition("/")
    return scheme.lower(), authority, slash + path, query


def host_and_port(authority: str) -> tuple[str, int | None]:
    """``host:8000`` and ``[::1]:8000`` taken apart; user and password are dropped."""
    authority = authority.rpartition("@")[2]
    if authority.startswith("["):
        host, _, rest = authority[1:].partition("]")
        port = rest.lstrip(":")
    else:
        host, _, port = authority.partition(":")
    return host, int(port) if port else None
