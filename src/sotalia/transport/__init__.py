"""HTTP/1.1 under a client: pooled connections, streams in both directions, one conversation for sync and async.

The modules from the bottom up: :mod:`messages` (requests and responses), :mod:`http11` (one conversation, written once
as ``async def`` over a small stream protocol), :mod:`sync_stream` and :mod:`asyncio_stream` (the streams), :mod:`tls`,
:mod:`proxies`, :mod:`pool`, and :mod:`http`, the :class:`Transport` of a client. You may replace that by any object with
``send``, ``close`` and ``aclose``; :mod:`scripted` has one for tests.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.transport.interfaces import Transport

__all__ = ["Transport", "TransportOptions"]

# Checkers would take any name, also a misspelt one, for known.
if not TYPE_CHECKING:

    def __getattr__(name):
        """The protocol, which is there for checkers and costs the import of `typing`."""
        if name != "Transport":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from sotalia.transport.interfaces import Transport

        globals()[name] = Transport
        return Transport


class TransportOptions:
    """Options of a transport.

    ``connect_timeout`` and ``read_timeout``: seconds, ``None`` for no limit · ``max_pool_connections``: idle connections
    over all hosts (sync), all connections (async) · ``verify``: ``True``, ``False``, or the path of a CA bundle ·
    ``client_cert``: path, or (certificate, key) · ``proxies``: ``{"https": url}``, ``None`` for no proxies ·
    ``proxies_config``: ``proxy_ca_bundle``, ``proxy_client_cert``, ``proxy_use_forwarding_for_https``.
    """

    __slots__ = (
        "client_cert",
        "connect_timeout",
        "max_pool_connections",
        "proxies",
        "proxies_config",
        "read_timeout",
        "tcp_keepalive",
        "verify",
    )

    def __init__(
        self,
        *,
        connect_timeout: float | None = 60,
        read_timeout: float | None = 60,
        max_pool_connections: int = 10,
        verify: bool | str = True,
        client_cert: str | tuple[str, str] | None = None,
        proxies: dict[str, str] | None = None,
        proxies_config: dict[str, object] | None = None,
        tcp_keepalive: bool = False,
    ) -> None:
        self.connect_timeout = connect_timeout
        self.read_timeout = read_timeout
        self.max_pool_connections = max_pool_connections
        self.verify = verify
        self.client_cert = client_cert
        self.proxies = proxies or {}
        self.proxies_config = proxies_config or {}
        self.tcp_keepalive = tcp_keepalive
