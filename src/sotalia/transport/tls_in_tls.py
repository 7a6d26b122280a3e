"""TLS within TLS over a blocking socket: a service's ``https`` behind a proxy's ``https``.

``ssl.SSLSocket`` cannot be laid over another one, so here the records travel through memory: what the inner connection
wants to send is sent over the outer one, and what the outer one receives is fed to the inner.
"""

from __future__ import annotations

import ssl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.transport.sync_stream import SocketStream

# Bytes that are received at a time.
_CHUNK = 128 * 1024


class NestedTLSStream:
    """A TLS connection over another stream. Its handshake is made at once; raises ``ssl.SSLError``, ``OSError``."""

    __slots__ = ("_carrier", "_incoming", "_outgoing", "_tls", "has_sent")

    def __init__(self, carrier: SocketStream, context: ssl.SSLContext, server_name: str) -> None:
        self._carrier = carrier
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        #: Whether any byte may have left since it was set to ``False``.
        self.has_sent = False
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)
        # With the timeout that the carrier's socket has, which is the one for connecting.
        while True:
            try:
                self._tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._flush()
                self._feed()
        self._flush()
        carrier.socket.settimeout(carrier.timeout)

    def set_timeout(self, seconds: float | None) -> None:
        """Limit each following operation to ``seconds``; ``None`` brings the usual limit back."""
        self._carrier.set_timeout(seconds)

    def set_read_timeout(self, seconds: float | None) -> None:
        """Change the usual limit."""
        self._carrier.set_read_timeout(seconds)

    async def receive(self) -> bytes:
        """Some bytes, ``b""`` once the peer has closed."""
        while True:
            try:
                data = self._tls.read(_CHUNK)
            except ssl.SSLWantReadError:
                self._flush()  # The peer may have asked for new keys.
                self._feed()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""  # As an ssl.SSLSocket has it: whether all is there is for HTTP to say.
            else:
                return data

    async def send(self, data: bytes) -> None:
        """All of ``data``."""
        view = memoryview(data)
        self.has_sent = True
        while view:
            view = view[self._tls.write(view) :]
            self._flush()

    def close(self) -> None:
        """Close the connection that carries this one."""
        self._carrier.close()

    def is_stale(self) -> bool:
        """Whether an idle connection can no longer be used: closed by the peer, or holding bytes nobody asked for.

        What is there is taken in, because session tickets may come at any time and mean nothing.
        """
        try:
            return self._read_now(1) is not None
        except OSError:
            return True

    async def received_now(self) -> bytes | None:
        """What has arrived, without waiting: ``None`` for nothing, ``b""`` for the peer's end."""
        return self._read_now(_CHUNK)

    def _read_now(self, size: int) -> bytes | None:
        connected = self._carrier.socket
        connected.settimeout(0)
        try:
            while True:
                try:
                    return self._tls.read(size)
                except ssl.SSLWantReadError:
                    self._feed()
        except (ssl.SSLWantReadError, BlockingIOError):
            return None
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""
        finally:
            connected.settimeout(self._carrier.timeout)

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._carrier.socket.sendall(self._outgoing.read())

    def _feed(self) -> None:
        """Wait for bytes. An end without a word of farewell is passed on as such."""
        data = self._carrier.socket.recv(_CHUNK)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
