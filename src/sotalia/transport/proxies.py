"""Proxies: which one, if any, stands between a client and its service, and how it is asked."""

from __future__ import annotations

from sotalia.transport.address import host_and_port, split_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Proxy:
    """One proxy: where it listens, and the header that lets us in. Its ``repr`` and ``url`` hide the password."""

    __slots__ = ("_secrets", "authorization", "host", "port", "scheme", "url")

    def __init__(self, url: str) -> None:
        # As in the reference, an address without a scheme is plain HTTP.
        self.scheme, authority, _, _ = split_url(url if "://" in url else f"http://{url}")
        self.host, port = host_and_port(authority)
        if not self.host:
            raise ValueError(
                f"the proxy address {mask_proxy_url(url)!r} has no host; write it as http://host:port"
            )
        if self.scheme not in ("http", "https"):
            raise ValueError(
                f"the proxy address {mask_proxy_url(url)!r} has the scheme {self.scheme!r}, which is not supported; "
                "use http or https"
            )
        self.port = port or (443 if self.scheme == "https" else 80)
        self.authorization: bytes | None = None
        self._secrets: tuple[bytes, ...] = ()
        credentials, at, _ = authority.rpartition("@")
        if at:
            from binascii import b2a_base64
            from urllib.parse import unquote

            user, _, password = credentials.partition(":")
            pair = f"{unquote(user)}:{unquote(password)}"
            encoded = b2a_base64(pair.encode(), newline=False)
            self.authorization = b"Basic " + encoded
            self._secrets = tuple(filter(None, (encoded, password.encode(), unquote(password).encode())))
        self.url = mask_proxy_url(url)

    def hides(self, text: bytes) -> bool:
        """Whether a text holds the password."""
        return any(secret in text for secret in self._secrets)

    def __repr__(self) -> str:
        from sotalia.runtime.redaction import redact_url

        return f"<Proxy {redact_url(self.url)}>"


def mask_proxy_url(url: str) -> str:
    """A proxy's address for messages: user and password are hidden."""
    scheme, separator, rest = url.rpartition("://")
    credentials, at, host = rest.rpartition("@")
    return f"{scheme}{separator}{'***:***@' if at and credentials else ''}{host}"


def environment_proxies(url: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The proxies that the environment names for a service at ``url``: ``{"https": ...}``, empty when bypassed.

    ``<scheme>_proxy`` and ``no_proxy`` in either case, lower case first; ``all_proxy`` for the rest. ``no_proxy`` lists
    host suffixes, with a port or without, and IPv6 addresses, in brackets or without; ``*`` for all. ``HTTP_PROXY`` is ignored in CGI scripts, where the client sets it (CVE-2016-1000110).
    """
    try:
        host, port = host_and_port(split_url(url)[1])
    except ValueError:  # Said when the address is used.
        return {}
    if _is_bypassed(host, port, environ.get("no_proxy", environ.get("NO_PROXY", ""))):
        return {}
    proxies: dict[str, str] = {}
    for scheme in ("http", "https", "all"):
        value = environ.get(f"{scheme}_proxy")
        if value is None and not (scheme == "http" and "REQUEST_METHOD" in environ):
            value = environ.get(f"{scheme}_proxy".upper())
        if value:
            proxies[scheme] = value
    return proxies


def _is_bypassed(host: str, port: int | None, no_proxy: str) -> bool:
    host = host.lower()
    names = (host,) if port is None else (host, f"{host}:{port}")
    for entry in no_proxy.split(","):
        suffix = entry.strip().lower().lstrip(".")
        if suffix == "*":
            return True
        if ":" in host:
            if _is_same_ipv6(suffix, host, port):
                return True
        elif suffix and any(name == suffix or name.endswith("." + suffix) for name in names):
            return True
    return False


def _is_same_ipv6(entry: str, host: str, port: int | None) -> bool:
    """Whether an entry of ``no_proxy`` is this address, however it is written. Without a zone it stands for all zones."""
    if entry.startswith("["):
        address, _, rest = entry[1:].partition("]")
        if rest and rest != f":{port}":
            return False
    else:
        address = entry
    found, _, zone = address.replace("%25", "%", 1).partition("%")
    wanted, _, wanted_zone = host.replace("%25", "%", 1).partition("%")
    return (not zone or zone == wanted_zone) and _packed(found) == _packed(wanted) is not None


def _packed(address: str) -> bytes | None:
    from socket import AF_INET6, inet_pton

    try:
        return inet_pton(AF_INET6, address)
    except (OSError, ValueError):
        return None


def select_proxy(scheme: str, proxies: Mapping[str, str]) -> str | None:
    """The proxy for requests of this scheme."""
    return proxies.get(scheme) or proxies.get("all")
