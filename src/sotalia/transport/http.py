"""The transport of a client: take or open a connection, send and receive, translate errors.

A request is sent again here only if it met an idle connection that had died and not a byte of it had left: nobody can
have processed it. Once a byte has left, the peer may have done the work and closed before it could respond (RFC 9112
9.3.1). That is a failed attempt, and the retry handlers decide about it.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.runtime import forks
from sotalia.runtime.late_names import has_late_names
from sotalia.transport.address import bracketed, host_and_port, split_url
from sotalia.transport.body import RawBody, spent_body
from sotalia.transport.http11 import Conversation, request_head
from sotalia.transport.messages import AWSResponse
from sotalia.transport.pool import Pool, close_all_idle
from sotalia.transport.proxies import Proxy, select_proxy
from sotalia.transport.response_reader import ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final

    from sotalia.transport import TransportOptions
    from sotalia.transport.http11 import Stream
    from sotalia.transport.messages import AWSPreparedRequest


#: Functions that are asked before a connection is opened, and may raise in its place: for tests that must not reach the network. Each gets
#: the URL that is wanted, and that of the proxy in between (``None`` for no proxy).
GUARDS: Final[list[Callable[[str, str | None], None]]] = []

# Most programs have few hosts, but each bucket may have its own. Making a destination again takes microseconds.
_DESTINATIONS_CACHED = 256


class Destination:
    """Where requests for one scheme and host are sent: directly, or through a proxy.

    Raises ``ValueError`` for an invalid host or port.
    """

    __slots__ = ("authority", "forward_header", "host", "key", "port", "proxy", "scheme", "tunnels")

    def __init__(self, scheme: str, authority: str, proxy: Proxy | None, *, forwards_https: bool) -> None:
        self.scheme = scheme
        host, port = host_and_port(authority)
        default = 443 if scheme == "https" else 80
        self.port = default if port is None else port
        # `connect` takes an empty host for this machine. The others would end the line of a request to a proxy.
        if not host or any(character <= " " or character in '\x7f\\"<>@[]' for character in host):
            raise ValueError(f"the request was not sent: its address has no valid host, but {host!r}")
        # RFC 6874: in URLs the percent sign before a zone is escaped.
        self.host = host.replace("%25", "%", 1) if ":" in host else host
        # As it is signed: in lower case, without user and password.
        self.authority = bracketed(self.host.lower()) + (f":{self.port}" if self.port != default else "")
        self.proxy = proxy
        self.tunnels = proxy is not None and scheme == "https" and not forwards_https
        self.key = (scheme, self.host, self.port)
        # A forwarding proxy reads the request itself, and so its password; a tunnel was asked for with it.
        self.forward_header = b""
        if proxy is not None and not self.tunnels and proxy.authorization is not None:
            self.forward_header = b"Proxy-Authorization: %b\r\n" % proxy.authorization


class _Lease:
    """A connection in use, with its place among those allowed. It is given back exactly once."""

    __slots__ = ("_generation", "_place", "_transport", "destination", "is_given_back", "is_reused", "stream")

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
        self.is_given_back = False
        self._generation = forks.generation

    def give_back(self, *, reusable: bool) -> None:
        """To the pool when it may carry another request, else closed."""
        if self.is_given_back:
            return
        self.is_given_back = True
        transport = self._transport
        transport.leases.discard(self)
        # A body that was open at a fork leaves two processes with one connection.
        reusable = reusable and self._generation == forks.generation
        if reusable:
            self.stream.set_timeout(None)
        transport.pool.release(
            self.destination.key, self.stream, reusable=reusable and not transport.is_closed
        )
        if self._place is not None:
            self._place.release()


@has_late_names
class HTTPTransport:
    """A :class:`~sotalia.transport.Transport` over pooled connections. ``connector`` makes it sync or async.

    ``slots`` limits the connections in use. Without it, every thread may have one, as in the reference.
    """

    # What carries one request and its response over a stream.
    _conversation: Callable[[Any], Conversation] = Conversation

    def __init__(self, options: TransportOptions, connector: Any, slots: Any = None) -> None:
        self._options = options
        self._connector = connector
        self._slots = slots
        self.pool = Pool(options.max_pool_connections, counts_used=slots is not None)
        self._destinations: dict[tuple[str, str], Destination] = {}
        self.leases: set[_Lease] = set()
        self.is_closed = False

    def set_connect_timeout(self, seconds: float | None) -> None:
        """Wait so long for connections that are opened from now on; ``None``: without limit."""
        self._connector.connect_timeout = seconds

    def with_connect_timeout(self, seconds: float | None) -> HTTPTransport:
        """A view with the same connections and the same end that waits so long for connections it opens itself."""
        view = object.__new__(TransportView)
        view.__dict__.update(self.__dict__)
        view._origin = self
        view._connector = self._connector.with_connect_timeout(seconds)
        return view

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
            pass  # The body was not read either, so it can be sent.
        lease = await self._lease(destination, request, fresh=True)
        return await self._converse(lease, request, head)

    async def _lease(
        self, destination: Destination, request: AWSPreparedRequest, *, fresh: bool = False
    ) -> _Lease:
        """An idle connection, or a new one."""
        # Of a call that has one: see sotalia.call.deadlines.
        deadline = request.context.get("deadline")
        if deadline is not None:
            deadline.enter("waiting for a connection")
        place = None if self._slots is None else await self._slots.acquire()
        try:
            if self.is_closed:
                raise _closed()
            stream = None if fresh else self.pool.take(destination.key)
            is_reused = stream is not None
            if stream is None:
                stream = await self._open(destination, request.url, deadline)
        except BaseException:
            if place is not None:
                place.release()
            raise
        lease = _Lease(self, destination, stream, place, is_reused=is_reused)
        self.leases.add(lease)
        return lease

    async def _converse(self, lease: _Lease, request: AWSPreparedRequest, head: bytes) -> AWSResponse:
        """One request and its response."""
        stream = lease.stream
        stream.has_sent = False
        timeout, deadline = request.context.get("read_timeout"), request.context.get("deadline")
        conversation = self._conversation(
            stream if deadline is None else deadline.bound(stream, timeout or self._options.read_timeout)
        )
        try:
            if timeout is not None:
                stream.set_timeout(timeout)
            try:
                await conversation.request(head, request)
            except (ConnectionError, TimeoutError, _ssl_error()) as error:
                # RFC 9112 9.5: a server may respond without reading the body, and close. Its response says more.
                if not stream.has_sent:
                    raise
                if isinstance(error, TimeoutError) and not await conversation.has_response():
                    raise
                try:
                    status, headers = await conversation.response()
                except (ProtocolError, OSError):
                    raise error from None
            else:
                status, headers = await conversation.response()
            if request.stream_output:
                body = self._body(conversation, lease, request.url)
                return AWSResponse(request.url, status, headers, body)
            content = await conversation.rest()
            lease.give_back(reusable=conversation.is_reusable)
            return AWSResponse(request.url, status, headers, _SPENT, content=content)
        except BaseException as error:
            lease.give_back(reusable=False)
            if lease.is_reused and not stream.has_sent and isinstance(error, ConnectionError):
                raise _StaleConnectionError from error
            translated = self._translated(error, request.url)
            if translated is error:
                raise
            raise translated from error

    def _body(self, conversation: Conversation, lease: _Lease, url: str) -> RawBody:
        def finish(complete: bool) -> None:
            lease.give_back(reusable=complete and conversation.is_reusable)

        def set_timeout(seconds: float | None) -> None:
            if not lease.is_given_back:
                lease.stream.set_timeout(seconds)

        async def next_chunk(limit: int | None) -> bytes:
            try:
                return await conversation.block(limit)
            except (ProtocolError, OSError) as error:
                raise self._translated(error, url) from error

        return RawBody(
            next_chunk,
            finish,
            set_timeout,
            conversation.is_complete,
            threads_wait=self._slots is None,
        )

    # -- connections -------------------------------------------------------------------------------------------

    def _destination(self, scheme: str, authority: str) -> Destination:
        url = select_proxy(scheme, self._options.proxies)
        if len(self._destinations) >= _DESTINATIONS_CACHED:
            self._destinations.clear()
        made = self._destinations[scheme, authority] = Destination(
            scheme,
            authority,
            None if url is None else Proxy(url),
            forwards_https=bool(self._options.proxies_config.get("proxy_use_forwarding_for_https")),
        )
        return made

    async def _open(self, destination: Destination, url: str, deadline: Any = None) -> Stream:
        """A new connection, counted. A process without free descriptors closes idle connections and tries once more."""
        for guard in GUARDS:
            guard(url, None if destination.proxy is None else destination.proxy.url)
        connector = self._connector if deadline is None else deadline.bound_connector(self._connector)
        self.pool.reserve()
        try:
            try:
                stream = await self._connect(destination, url, connector)
            except (OSError, exceptions.BotoCoreError):
                if not _is_out_of_descriptors() or not close_all_idle():
                    raise
                await self._connector.finish_closing()
                stream = await self._connect(destination, url, connector)
            if self.is_closed:
                stream.close()
                raise _closed()
        except BaseException:
            self.pool.cancel()
            raise
        self.pool.count_opened()
        return stream

    async def _connect(self, destination: Destination, url: str, connector: Any) -> Stream:
        """A new connection. Raises what the reference raises when there can be none."""
        # Files that cannot be used are noticed before anything is sent.
        if destination.scheme == "https":
            self._context(destination)
        if destination.proxy is not None and destination.proxy.scheme == "https":
            self._proxy_context(destination.proxy)
        try:
            if destination.proxy is not None:
                return await self._connect_through(destination, destination.proxy, connector)
            stream = await connector.connect(destination.host, destination.port)
            return await self._secured(stream, destination, connector)
        except exceptions.BotoCoreError:
            raise  # Of the reference's classes, some are also OSErrors.
        except TimeoutError as error:
            raise exceptions.ConnectTimeoutError(endpoint_url=_shown(url), error=error) from error
        except (OSError, ValueError) as error:  # ValueError, such as UnicodeError: no name of a host.
            error_class = (
                exceptions.SSLError if isinstance(error, _ssl_error()) else exceptions.EndpointConnectionError
            )
            raise error_class(endpoint_url=_shown(url), error=error) from error

    async def _connect_through(self, destination: Destination, proxy: Proxy, connector: Any) -> Stream:
        context = self._proxy_context(proxy) if proxy.scheme == "https" else None
        stream = None
        try:
            stream = await connector.connect(proxy.host, proxy.port)
            if context is not None:
                stream = await connector.secure(stream, context, proxy.host)
            if destination.tunnels:
                from sotalia.transport.tunnel import open_tunnel

                address = f"{bracketed(destination.host)}:{destination.port}"
                await open_tunnel(stream, address, proxy, connector.connect_timeout)
        except BaseException as error:
            if stream is not None:
                stream.close()
            if isinstance(error, OSError | ProtocolError | ValueError):
                from sotalia.runtime.error_pickles import reworded

                failure = exceptions.ProxyConnectionError(proxy_url=_shown(proxy.url), error=error)
                # The reference's text alone does not say why.
                raise reworded(failure, f"{failure}: {error}") from error
            raise
        return await self._secured(stream, destination, connector) if destination.tunnels else stream

    async def _secured(self, stream: Stream, destination: Destination, connector: Any) -> Stream:
        """TLS to the destination where its scheme asks for it; the connection is closed when that fails."""
        if destination.scheme != "https":
            return stream
        name = destination.host.partition("%")[0] if ":" in destination.host else destination.host
        try:
            secured: Stream = await connector.secure(stream, self._context(destination), name)
        except BaseException:
            stream.close()
            raise
        return secured

    def _context(self, destination: Destination) -> Any:
        url = f"{destination.scheme}://{destination.authority}"
        return _tls_context(self._options.verify, self._options.client_cert, url)

    def _proxy_context(self, proxy: Proxy) -> Any:
        settings: Any = self._options.proxies_config
        return _tls_context(
            settings.get("proxy_ca_bundle") or self._options.verify,
            settings.get("proxy_client_cert"),
            proxy.url,
            is_proxy=True,
        )

    # -- errors ------------------------------------------------------------------------------------------------

    def _translated(self, error: BaseException, url: str) -> BaseException:
        """The reference's error for a failed conversation. Other errors are returned unchanged."""
        if not isinstance(error, ProtocolError | OSError) or isinstance(error, exceptions.BotoCoreError):
            return error
        if self.is_closed:
            return _closed()
        translated: BaseException
        if isinstance(error, TimeoutError):
            translated = exceptions.ReadTimeoutError(endpoint_url=_shown(url), error=error)
        elif isinstance(error, _ssl_error()):
            translated = exceptions.SSLError(endpoint_url=_shown(url), error=error)
        elif isinstance(error, ProtocolError | ConnectionError):
            translated = exceptions.ConnectionClosedError(endpoint_url=_shown(url), error=error)
        else:
            translated = exceptions.HTTPClientError(error=error)
        return translated

    # -- end ---------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close idle connections; the transport stays usable."""
        self.pool.clear()

    @property
    def has_idle_connections(self) -> bool:
        """Whether connections are open for later calls."""
        return self.pool.idle > 0

    async def aclose(self) -> None:
        """Close every connection. Calls in flight, and later ones, end with an error that says so."""
        self.is_closed = True
        self.pool.clear()
        for lease in list(self.leases):
            lease.give_back(reusable=False)  # Also lets those go on who wait for a connection.

    def __repr__(self) -> str:
        return f"<HTTPTransport {self.pool!r}>"


class TransportView(HTTPTransport):
    """A transport that differs in a setting. It is closed when the one that it is a view of is."""

    _origin: HTTPTransport

    @property
    def is_closed(self) -> bool:
        """Whether the origin is closed."""
        return self._origin.is_closed

    @is_closed.setter
    def is_closed(self, value: bool) -> None:
        self._origin.is_closed = value


#: The body of a response that was read when it came: nothing is left of it.
_SPENT = spent_body()


def _closed() -> Exception:
    return RuntimeError("the client was closed; create another one, or close it after its last call")


class _StaleConnectionError(Exception):
    """A connection that had been idle failed before a byte of the request left."""


def _is_out_of_descriptors() -> bool:
    """Whether this process, or the machine, can open no more sockets. Looking up a name takes some as well."""
    import errno
    import socket

    opened: list[socket.socket] = []
    try:
        for _ in range(4):
            opened.append(socket.socket())
    except OSError as error:
        return error.errno in (errno.EMFILE, errno.ENFILE)
    finally:
        for opened_socket in opened:
            opened_socket.close()
    return False


def _tls_context(
    verify: bool | str,
    client_cert: str | list[str] | tuple[str, ...] | None,
    url: str,
    *,
    is_proxy: bool = False,
) -> Any:
    from sotalia.transport.handshake import SteppingSSLObject
    from sotalia.transport.tls import tls_context

    certificate = tuple(client_cert) if isinstance(client_cert, list) else client_cert
    with forks.in_openssl.call():
        context = tls_context(verify, certificate, url, is_proxy=is_proxy)
    context.sslobject_class = SteppingSSLObject
    return context


def _shown(url: str) -> str:
    """An address as errors show it. What hides secrets is loaded when there is an error."""
    try:
        from sotalia.runtime.redaction import redact_url
    except (ImportError, OSError):  # The error may be that no more files can be opened.
        scheme, authority, path, _ = split_url(url)
        return f"{scheme}://{authority.rpartition('@')[2]}{path}"
    return redact_url(url)


def _ssl_error() -> type[Exception]:
    import sys

    ssl = sys.modules.get("ssl")
    return _NeverError if ssl is None else ssl.SSLError


class _NeverError(Exception):
    """Stands for ``ssl.SSLError`` while nobody has used TLS."""


def sync_transport(options: TransportOptions) -> HTTPTransport:
    """The transport of sync clients."""
    from sotalia.transport.sync_stream import SocketConnector

    return HTTPTransport(options, _connector(SocketConnector, options))


def asyncio_transport(options: TransportOptions) -> HTTPTransport:
    """The transport of async clients. Beyond ``max_pool_connections`` connections, calls wait their turn."""
    from sotalia.transport.asyncio_stream import AsyncioConnector, Slots

    slots = Slots(options.max_pool_connections)
    return HTTPTransport(options, _connector(AsyncioConnector, options), slots)


def _connector(connector_class: Any, options: TransportOptions) -> Any:
    return connector_class(
        connect_timeout=options.connect_timeout,
        read_timeout=options.read_timeout,
        keepalive=options.tcp_keepalive,
    )
