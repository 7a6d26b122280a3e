"""The transport of a client: finds or opens a connection, has the conversation, translates what goes wrong.

A request that fails on a connection which had been idle, before a single byte of a response, met a peer that was just
closing it. It is sent again once on a new connection, if its body can be. Everything else is for the retry handlers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.redaction import redact_url
from sotalia.transport.address import host_and_port, split_url
from sotalia.transport.body import RawBody, spent_body
from sotalia.transport.http11 import Conversation, NoResponseError, ProtocolError, request_head
from sotalia.transport.messages import AWSResponse
from sotalia.transport.pool import Pool
from sotalia.transport.proxies import Proxy, select_proxy

if TYPE_CHECKING:
    from sotalia.transport import TransportOptions
    from sotalia.transport.http11 import Stream
    from sotalia.transport.messages import AWSPreparedRequest


class Destination:
    """Where requests for one scheme and host are sent: straight there, or through a proxy."""

    __slots__ = ("authority", "forward_header", "host", "key", "port", "proxy", "scheme", "tunnels")

    def __init__(self, scheme: str, authority: str, proxy: Proxy | None, *, forwards_https: bool) -> None:
        self.scheme = scheme
        self.host, port = host_and_port(authority)
        default = 443 if scheme == "https" else 80
        self.port = port or default
        self.authority = authority.removesuffix(f":{default}")
        self.proxy = proxy
        self.tunnels = proxy is not None and scheme == "https" and not forwards_https
        self.key = (scheme, self.host, self.port)
        # A forwarding proxy reads the request itself, and so its password; a tunnel was asked for with it.
        self.forward_header = b""
        if proxy is not None and not self.tunnels and proxy.authorization is not None:
            self.forward_header = b"Proxy-Authorization: %b\r\n" % proxy.authorization


class _Lease:
    """A connection in use, and the place it takes among those allowed; given back exactly once."""

    __slots__ = ("_given_back", "_place", "_transport", "destination", "is_reused", "stream")

    def __init__(
        self,
        transport: HTTPTransport,
        destination: Destination,
        stream: Stream,
        place: Any,
        *,
        is_reused: bool,
    ) -> None:
        self._transport = transport
        self._place = place
        self.destination = destination
        self.stream = stream
        self.is_reused = is_reused
        self._given_back = False

    def give_back(self, *, reusable: bool) -> None:
        """To the pool when it may carry another request, else closed."""
        if self._given_back:
            return
        self._given_back = True
        transport = self._transport
        transport._leases.discard(self)
        if reusable:
            self.stream.set_timeout(None)
        transport.pool.release(
            self.destination.key, self.stream, reusable=reusable and not transport.is_closed
        )
        if self._place is not None:
            self._place.release()


class HTTPTransport:
    """A :class:`~sotalia.transport.Transport` over pooled connections; ``connector`` decides its colour.

    ``slots`` bounds how many connections are in use at once: ``acquire`` gives what has to be released. Without them
    there are as many connections as there are threads.
    """

    def __init__(self, options: TransportOptions, connector: Any, slots: Any = None) -> None:
        self._options = options
        self._connector = connector
        self._slots = slots
        self.pool = Pool(options.max_pool_connections)
        self._destinations: dict[tuple[str, str], Destination] = {}
        self._leases: set[_Lease] = set()
        self.is_closed = False

    def set_connect_timeout(self, seconds: float | None) -> None:
        """Wait so long for connections that are opened from now on; ``None``: without limit."""
        self._connector.connect_timeout = seconds

    async def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """The response to a prepared request. Raises the reference's ``ConnectionError`` and ``HTTPClientError``."""
        scheme, authority, path, query = split_url(request.url)
        destination = self._destinations.get((scheme, authority)) or self._destination(scheme, authority)
        target = f"{path or '/'}?{query}" if query else path or "/"
        if destination.proxy is not None and not destination.tunnels:
            target = f"{scheme}://{destination.authority}{target}"
        head = request_head(request, target, destination.authority, destination.forward_header)
        lease = await self._lease(destination, request)
        try:
            return await self._converse(lease, request, head)
        except _StaleConnectionError:
            request.reset_stream()
        lease = await self._lease(destination, request, fresh=True)
        return await self._converse(lease, request, head)

    async def _lease(
        self, destination: Destination, request: AWSPreparedRequest, *, fresh: bool = False
    ) -> _Lease:
        """An idle connection, or a new one."""
        place = None if self._slots is None else await self._slots.acquire()
        try:
            if self.is_closed:
                raise _closed()
            stream = None if fresh else self.pool.take(destination.key)
            is_reused = stream is not None
            if stream is None:
                stream = await self._connect(destination, request.url)
                self.pool.count_opened()
        except BaseException:
            if place is not None:
                place.release()
            raise
        lease = _Lease(self, destination, stream, place, is_reused=is_reused)
        self._leases.add(lease)
        return lease

    async def _converse(self, lease: _Lease, request: AWSPreparedRequest, head: bytes) -> AWSResponse:
        """One request and its response."""
        conversation = Conversation(lease.stream)
        try:
            timeout = request.context.get("read_timeout")
            if timeout is not None:
                lease.stream.set_timeout(timeout)
            try:
                await conversation.request(head, request)
            except (BrokenPipeError, ConnectionResetError) as error:
                # A server may refuse a body it has not read, and close. What it said is more useful than how it closed.
                try:
                    status, headers = await conversation.response(request.method or "")
                except (ProtocolError, OSError):
                    raise error from None
            else:
                status, headers = await conversation.response(request.method or "")
            if request.stream_output:
                body = self._body(conversation, lease, request.url)
                return AWSResponse(request.url, status, headers, body)
            content = await conversation.rest()
            lease.give_back(reusable=conversation.is_reusable)
            response = AWSResponse(request.url, status, headers, _SPENT)
            response._content = content
            return response
        except BaseException as error:
            lease.give_back(reusable=False)
            if (
                lease.is_reused
                and not conversation.answered
                and isinstance(error, NoResponseError | ConnectionError)
            ):
                raise _StaleConnectionError from error
            translated = self._translated(error, request.url)
            if translated is error:
                raise
            raise translated from error

    def _body(self, conversation: Conversation, lease: _Lease, url: str) -> RawBody:
        def finish(complete: bool) -> None:
            lease.give_back(reusable=complete and conversation.is_reusable)

        async def next_chunk() -> bytes:
            try:
                return await conversation.chunk()
            except (ProtocolError, OSError) as error:
                raise self._translated(error, url) from error

        return RawBody(next_chunk, finish, lease.stream.set_timeout, conversation.is_complete)

    # -- connections -------------------------------------------------------------------------------------------

    def _destination(self, scheme: str, authority: str) -> Destination:
        url = select_proxy(scheme, self._options.proxies)
        made = self._destinations[scheme, authority] = Destination(
            scheme,
            authority,
            None if url is None else Proxy(url),
            forwards_https=bool(self._options.proxies_config.get("proxy_use_forwarding_for_https")),
        )
        return made

    async def _connect(self, destination: Destination, url: str) -> Stream:
        """A new connection. Raises what the reference raises when there can be none."""
        if destination.scheme == "https":
            self._context()  # A CA bundle that cannot be read is no failure of the connection.
        try:
            if destination.proxy is not None:
                return await self._connect_through(destination, destination.proxy)
            stream = await self._connector.connect(destination.host, destination.port)
            return await self._secured(stream, destination)
        except exceptions.BotoCoreError:
            raise  # Of the reference's classes, some are also OSErrors.
        except TimeoutError as error:
            raise exceptions.ConnectTimeoutError(endpoint_url=redact_url(url), error=error) from error
        except OSError as error:
            kind = (
                exceptions.SSLError if isinstance(error, _ssl_error()) else exceptions.EndpointConnectionError
            )
            raise kind(endpoint_url=redact_url(url), error=error) from error

    async def _connect_through(self, destination: Destination, proxy: Proxy) -> Stream:
        try:
            stream = await self._connector.connect(proxy.host, proxy.port)
            if proxy.scheme == "https":
                stream = await self._connector.secure(stream, self._proxy_context(), proxy.host)
            if destination.tunnels:
                await self._tunnel(stream, destination, proxy)
        except (OSError, ProtocolError) as error:
            raise exceptions.ProxyConnectionError(proxy_url=redact_url(proxy.url), error=error) from error
        return await self._secured(stream, destination) if destination.tunnels else stream

    async def _secured(self, stream: Stream, destination: Destination) -> Stream:
        if destination.scheme != "https":
            return stream
        secured: Stream = await self._connector.secure(stream, self._context(), destination.host)
        return secured

    def _context(self) -> Any:
        from sotalia.transport.tls import tls_context

        return tls_context(self._options.verify, _hashable(self._options.client_cert))

    def _proxy_context(self) -> Any:
        from sotalia.transport.tls import tls_context

        settings = self._options.proxies_config
        return tls_context(
            settings.get("proxy_ca_bundle") or self._options.verify,
            _hashable(settings.get("proxy_client_cert")),
        )

    async def _tunnel(self, stream: Stream, destination: Destination, proxy: Proxy) -> None:
        """Ask a proxy for a connection to the destination (RFC 9110 9.3.6)."""
        address = f"{destination.host}:{destination.port}"
        lines = [b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n" % (address.encode(), address.encode())]
        if proxy.authorization is not None:
            lines.append(b"Proxy-Authorization: %b\r\n" % proxy.authorization)
        await stream.send(b"".join([*lines, b"\r\n"]))
        reply = b""
        while b"\r\n\r\n" not in reply:
            data = await stream.receive()
            if not data or len(reply) > 65536:
                stream.close()
                raise ProtocolError("the proxy closed the connection instead of opening a tunnel")
            reply += data
        status = reply.split(b"\r\n", 1)[0].decode("latin-1")
        if not status.split(" ")[1:2] or not status.split(" ")[1].startswith("2"):
            stream.close()
            raise ProtocolError(f"Tunnel connection failed: {status.partition(' ')[2]}")

    # -- errors ------------------------------------------------------------------------------------------------

    def _translated(self, error: BaseException, url: str) -> BaseException:
        """What the reference raises for a failed conversation; anything that is none stays what it is."""
        if not isinstance(error, ProtocolError | OSError) or isinstance(error, exceptions.BotoCoreError):
            return error
        if self.is_closed:
            return _closed()
        translated: BaseException
        if isinstance(error, TimeoutError):
            translated = exceptions.ReadTimeoutError(endpoint_url=redact_url(url), error=error)
        elif isinstance(error, _ssl_error()):
            translated = exceptions.SSLError(endpoint_url=redact_url(url), error=error)
        elif isinstance(error, ProtocolError | ConnectionError):
            translated = exceptions.ConnectionClosedError(endpoint_url=redact_url(url), error=error)
        else:
            translated = exceptions.HTTPClientError(error=error)
        return translated

    # -- end ---------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close idle connections; the transport stays usable."""
        self.pool.clear()

    async def aclose(self) -> None:
        """Close every connection. Calls in flight, and later ones, end with an error that says so."""
        self.is_closed = True
        self.pool.clear()
        for lease in list(self._leases):
            lease.give_back(reusable=False)  # Also lets those go on who wait for a connection.

    def __repr__(self) -> str:
        return f"<HTTPTransport {self.pool!r}>"


#: The body of a response that was read when it came: nothing is left of it.
_SPENT = spent_body()


def _closed() -> Exception:
    return RuntimeError("the client was closed; create another one, or close it after its last call")


class _StaleConnectionError(Exception):
    """A connection that had been idle failed before a byte of a response came."""


def _hashable(client_cert: Any) -> Any:
    return tuple(client_cert) if isinstance(client_cert, list) else client_cert


def _ssl_error() -> type[Exception]:
    import sys

    ssl = sys.modules.get("ssl")
    return _NeverError if ssl is None else ssl.SSLError


class _NeverError(Exception):
    """Stands for ``ssl.SSLError`` while nobody has used TLS."""


def sync_transport(options: TransportOptions) -> HTTPTransport:
    """The transport of synchronous clients."""
    from sotalia.transport.sync_stream import SocketConnector

    return HTTPTransport(options, _connector(SocketConnector, options))


def asyncio_transport(options: TransportOptions) -> HTTPTransport:
    """The transport of asynchronous clients: at most ``max_pool_connections`` at once, others wait their turn."""
    from sotalia.transport.asyncio_stream import AsyncioConnector, Slots

    slots = Slots(options.max_pool_connections)
    return HTTPTransport(options, _connector(AsyncioConnector, options), slots)


def _connector(kind: Any, options: TransportOptions) -> Any:
    return kind(
        connect_timeout=options.connect_timeout,
        read_timeout=options.read_timeout,
        keepalive=options.tcp_keepalive,
    )
