"""Proxies: which one, if any, stands between a client and its service, and how it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sotalia.transport.address import host_and_port, split_url

if TYPE_CHECKING:
    from collections.abc import Mapping


class Proxy:
    """One proxy: where it listens, and the header that lets us in. Its ``repr`` and ``url`` hide the password."""

    __slots__ = ("authorization", "host", "port", "scheme", "url")

    def __init__(self, url: str) -> None:
        # As in the reference, an address without a scheme is plain HTTP.
        self.scheme, authority, _, _ = split_url(url if "://" in url else f"http://{url}")
        self.host, port = host_and_port(authority)
        if not self.host:
            raise ValueError(
                f"the proxy address {mask_proxy_url(url)!r} has no host; write it as http://host:port"
            )
        self.port = port or (443 if self.scheme == "https" else 80)
        self.authorization: bytes | None = None
        credentials, at, _ = authority.rpartition("@")
        if at:
            from binascii import b2a_base64
            from urllib.parse import unquote

            user, _, password = credentials.partition(":")
            pair = f"{unquote(user)}:{unquote(password)}"
            self.authorization = b"Basic " + b2a_base64(pair.encode(), newline=False)
        self.url = mask_proxy_url(url)

    def __repr__(self) -> str:
        from sotalia.redaction import redact_url

        return f"<Proxy {redact_url(self.url)}>"


def mask_proxy_url(url: str) -> str:
    """A proxy's address for messages: user and password are hidden."""
    scheme, separator, rest = url.rpartition("://")
    credentials, at, host = rest.rpartition("@")
    return f"{scheme}{separator}{'***:***@' if at and credentials else ''}{host}"


def environment_proxies(url: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The proxies that the environment names for a service at ``url``: ``{"https": ...}``, empty when bypassed.

    ``<scheme>_proxy`` and ``no_proxy`` in either case, lower case first; ``all_proxy`` for the rest. ``no_proxy`` lists
    host suffixes, ``*`` for all. ``HTTP_PROXY`` is ignored in CGI scripts, where the client sets it (CVE-2016-1000110).
    """
    host, port = host_and_port(split_url(url)[1])
    if _is_bypassed(host, port, environ.get("no_proxy", environ.get("NO_PROXY", ""))):
        return {}
    found = {}
    for scheme in ("http", "https", "all"):
        value = environ.get(f"{scheme}_proxy")
        if value is None and not (scheme == "http" and "REQUEST_METHOD" in environ):
            value = environ.get(f"{scheme}_proxy".upper())
        if value:
            found[scheme] = value
    return found


def _is_bypassed(host: str, port: int | None, no_proxy: str) -> bool:
    host = host.lower()
    with_port = f"{host}:{port}"
    for entry in no_proxy.split(","):
        suffix = entry.strip().lower().lstrip(".")
        if suffix == "*":
            return True
        if suffix and any(name == suffix or name.endswith("." + suffix) for name in (host, with_port)):
            return True
    return False


def select_proxy(scheme: str, proxies: Mapping[str, str]) -> str | None:
    """The proxy for requests of this scheme."""
    return proxies.get(scheme) or proxies.get("all")
