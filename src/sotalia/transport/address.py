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
    """``host:8000`` and ``[::1]:8000`` taken apart; user and password are dropped.

    Raises ``ValueError`` for a port that is not a number from 0 to 65535, and for a bracket that is never closed.
    """
    authority = authority.rpartition("@")[2]
    if authority.startswith("["):
        host, closing, rest = authority[1:].partition("]")
        colon, port = rest[:1], rest[1:]
        if not closing or colon not in ("", ":"):
            raise ValueError(f"the address {authority!r} is not valid; write an IPv6 one as [::1]:8000")
    else:
        host, _, port = authority.partition(":")
    if not port:
        return host, None
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65535):
        raise ValueError(f"the port {port!r} of the address {authority!r} is not a number from 0 to 65535")
    return host, int(port)


def bracketed(host: str) -> str:
    """A host as it stands in an authority: an IPv6 address in brackets, without its zone.

    A zone means something on this machine only (RFC 9110 has no place for one, RFC 6874 section 1 has it removed).
    """
    return f"[{host.partition('%')[0]}]" if ":" in host else host


def without_zone(authority: str) -> str:
    """An authority as it is sent to a peer: ``[fe80::1%eth0]:8000`` becomes ``[fe80::1]:8000``."""
    if "%" not in authority or not authority.startswith("["):
        return authority
    host, _, rest = authority.partition("%")
    return f"{host}]{rest.partition(']')[2]}"
