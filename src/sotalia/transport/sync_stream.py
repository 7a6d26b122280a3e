"""A stream over a blocking socket. Its coroutines never suspend: they block the thread."""

from __future__ import annotations

import select
import socket
from functools import partial

from sotalia.transport.request_body import CHUNK

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from typing import Any


class SocketStream:
    """A connected socket, plain or TLS. ``read_timeout`` applies unless :meth:`set_timeout` says otherwise."""

    __slots__ = (
        "_in_use",
        "_is_closed",
        "_is_readable",
        "_read_timeout",
        "filled",
        "has_sent",
        "socket",
        "timeout",
    )

    def __init__(self, connected: socket.socket, read_timeout: float | None) -> None:
        self.socket = connected
        self._read_timeout = self.timeout = read_timeout
        connected.settimeout(read_timeout)
        self._is_readable = readiness(connected)
        self._in_use = self._is_closed = False
        #: Whether any byte may have left since it was set to ``False``.
        self.has_sent = False
        #: How many bytes the last :meth:`fill` received.
        self.filled = 0

    def set_timeout(self, seconds: float | None) -> None:
        """Limit each following operation to ``seconds``; ``None`` restores the default limit."""
        wanted = self._read_timeout if seconds is None else seconds
        if wanted != self.timeout:  # Each change is a system call.
            self.timeout = wanted
            self.socket.settimeout(wanted)

    def set_read_timeout(self, seconds: float | None) -> None:
        """Change the default limit."""
        self._read_timeout = seconds
        self.set_timeout(seconds)

    async def receive(self) -> bytes:
        """Some bytes, ``b""`` once the peer has closed."""
        self._in_use = True
        try:
            return self.socket.recv(CHUNK)
        finally:
            self._in_use = False
            if self._is_closed:
                self.socket.close()

    async def fill(self, view: memoryview) -> None:
        """Fill ``view``, or as much of it as comes before the peer closes: ``filled`` bytes, also when this raises."""
        self.filled = 0
        self._in_use = True
        try:
            while self.filled < len(view) and not self._is_closed:
                count = self.socket.recv_into(view[self.filled :])
                if not count:
                    return
                self.filled += count
        finally:
            self._in_use = False
            if self._is_closed:
                self.socket.close()

    async def received_now(self) -> bytes | None:
        """What has arrived, without waiting: ``None`` for nothing, ``b""`` for the peer's end."""
        if not self._is_readable():
            return None
        self.socket.settimeout(0)
        try:
            return self.socket.recv(CHUNK)
        except OSError as error:
            # Of TLS: session tickets, or a part of a record.
            if isinstance(error, BlockingIOError) or type(error).__name__ == "SSLWantReadError":
                return None
            raise
        finally:
            self.socket.settimeout(self.timeout)

    async def send(self, data: bytes) -> None:
        """All of ``data``."""
        self._in_use = True
        try:
            sent = self.socket.send(data)
            self.has_sent = True
            if sent < len(data):
                self.socket.sendall(memoryview(data)[sent:])
        finally:
            self._in_use = False
            if self._is_closed:
                self.socket.close()

    def close(self) -> None:
        """Close the socket, or wake the thread that waits for it, which then closes it.

        If we closed it under that thread, the descriptor could belong to another connection before the thread wakes.
        """
        self._is_closed = True
        if not self._in_use:
            self.socket.close()
            return
        try:
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)
        except OSError:
            pass  # The peer was faster.

    def __del__(self) -> None:
        # Programs drop boto3's clients without closing them; that should not raise a ResourceWarning here either.
        self.socket.close()

    def is_stale(self) -> bool:
        """Whether an idle connection can no longer be used: closed by the peer, or holding bytes nobody asked for.

        TLS makes no difference. Session tickets come before the first response and are read with it; a peer that sends
        some later costs a new connection, while nothing that is half a record, or a whole one, can be taken for them. What
        arrives after this look cannot be told from a response.
        """
        if self._is_readable():
            return True
        pending = getattr(self.socket, "pending", None)  # Of TLS: bytes that were read and decrypted already.
        return pending is not None and pending() > 0


def readiness(connected: Any) -> Callable[[], Any]:
    """A function that says whether bytes, or the end, have arrived at a socket. It never waits."""
    if not hasattr(select, "poll"):
        return lambda: select.select([connected], [], [], 0)[0]
    poll = select.poll()
    poll.register(connected, select.POLLIN)
    return partial(poll.poll, 0)


class SocketConnector:
    """Opens :class:`SocketStream` connections."""

    def __init__(self, *, connect_timeout: float | None, read_timeout: float | None, keepalive: bool) -> None:
        self.connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._keepalive = keepalive

    async def connect(self, host: str, port: int) -> SocketStream:
        """A plain connection. Raises ``OSError``, ``TimeoutError``, ``UnicodeError`` for a host that cannot be one."""
        connected = _connected(host, port, self.connect_timeout)
        try:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._keepalive:
                connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            return SocketStream(connected, self._read_timeout)
        except BaseException:
            connected.close()
            raise

    async def secure(self, stream: Any, context: ssl.SSLContext, server_name: str) -> Any:
        """TLS over a connection, be it TLS itself. Raises ``ssl.SSLError``; the connection is closed then."""
        secured = None
        try:
            stream.socket.settimeout(self.connect_timeout)
            if type(stream.socket) is not socket.socket:
                from sotalia.transport.tls_in_tls import NestedTLSStream

                return NestedTLSStream(stream, context, server_name)
            # The handshake is made apart, because an interrupt in it would leave the socket to the garbage collector.
            from sotalia.transport.handshake import shake_hands, wrapped

            secured = wrapped(stream.socket, context, server_name)
            shake_hands(secured, self.connect_timeout)
            return SocketStream(secured, self._read_timeout)
        except BaseException:
            stream.close()
            if secured is not None:
                secured.close()
            raise

    def with_connect_timeout(self, seconds: float | None) -> SocketConnector:
        """The same with another limit for each step of connecting."""
        return SocketConnector(
            connect_timeout=seconds, read_timeout=self._read_timeout, keepalive=self._keepalive
        )

    async def finish_closing(self) -> None:
        """Closed connections have released their descriptors already."""


def _encoded(host: str) -> str | bytes:
    """A host for ``socket.getaddrinfo``: ASCII names as bytes, which spares the import of the codec ``idna``.

    Who has put a function of their own in the place of ``getaddrinfo`` gets text, and names that are none get the codec's
    ``UnicodeError``.
    """
    if getattr(socket.getaddrinfo, "__globals__", None) is not vars(socket) or not host.isascii():
        return host
    is_name = all(0 < len(label) < 64 for label in host.removesuffix(".").split("."))
    return host.encode("ascii") if is_name else host


def _connected(host: str, port: int, timeout: float | None) -> socket.socket:
    """A socket connected to the first address of a host that accepts.

    ``socket.create_connection`` leaves the socket of an interrupted attempt to the garbage collector.
    """
    addresses = socket.getaddrinfo(_encoded(host), port, type=socket.SOCK_STREAM)
    failure = OSError(f"the host {host!r} has no address")
    for family, kind, protocol, _, address in addresses:
        made = None
        try:
            made = socket.socket(family, kind, protocol)
            made.settimeout(timeout)
            made.connect(address)
            return made
        except BaseException as error:
            if made is not None:
                made.close()
            if not isinstance(error, OSError):
                raise
            failure = error
    try:
        raise failure
    finally:
        del failure  # Its traceback holds this frame.
