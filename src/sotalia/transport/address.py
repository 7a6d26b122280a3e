"""Split URLs (RFC 3986) without ``urllib.parse``, whose import takes 6 ms."""

from __future__ import annotations

from functools import lru_cache


# A call splits its URL twice, and most calls of a service have the same URL.
@lru_cache(maxsize=128)
def split_url(url: str) -> tuple[str, str, str, str]:
    """Split an absolute URL into scheme, authority, path and query. A fragment is dropped.

    >>> split_url("https://host:8000/a/b?c=d")
    ('https', 'host:8000', '/a/b', 'c=d')
    """
    scheme, _, rest = url.partition("://")
    rest = rest.partition("#")[0]
    rest, _, query = rest.partition("?")
    authority, slash, path = rest.partition("/")
    return scheme.lower(), authority, slash + path, query


def origin(url: str) -> str:
    """``scheme://host:port`` of a URL, ``""`` where it has no host: nothing that may be a secret, neither user nor path nor query."""
    scheme, authority, _, _ = split_url(url)
    host = authority.rpartition("@")[2]
    return f"{scheme}://{host}" if host else ""


def host_and_port(authority: str) -> tuple[str, int | None]:
    """Split ``host:8000`` or ``[::1]:8000``. User and password are dropped.

    Raises ``ValueError`` if the port is not a number from 0 to 65535, or a bracket is not closed.
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
    """A host as part of an authority: an IPv6 address in brackets, without its zone.

    A zone has a meaning on this machine only. RFC 9110 has no place for it, and RFC 6874 section 1 removes it.
    """
    return f"[{host.partition('%')[0]}]" if ":" in host else host


def without_zone(authority: str) -> str:
    """An authority without the zone, to send it to a peer: ``[fe80::1%eth0]:8000`` becomes ``[fe80::1]:8000``."""
    if "%" not in authority or not authority.startswith("["):
        return authority
    host, _, rest = authority.partition("%")
    return f"{host}]{rest.partition(']')[2]}"
