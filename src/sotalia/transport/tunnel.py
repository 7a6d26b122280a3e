"""Asking a proxy for a connection to somebody else: ``CONNECT`` (RFC 9110 9.3.6)."""

from __future__ import annotations

import re
from time import monotonic

from sotalia.transport.response_reader import ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.transport.http11 import Stream
    from sotalia.transport.proxies import Proxy

# A reply is a status line and a few headers; a proxy that says more than this says something else.
_MAX_REPLY = 64 * 1024
# RFC 9112 4, and no other version: what follows is believed to be the tunnel.
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: ([^\r\n\0]*))?\Z")
_SHOWN = 100


async def open_tunnel(stream: Stream, address: str, proxy: Proxy, timeout_seconds: float | None) -> None:
    """Have the proxy at the other end of ``stream`` connect us to ``address`` (``host:port``).

    The whole reply has to come within ``timeout_seconds``. Raises ``ProtocolError`` unless the proxy agrees, ``OSError``,
    ``TimeoutError``, ``UnicodeError``. The caller closes the stream then.
    """
    # A name that is not ASCII is looked up under its encoded form, by the proxy as by us.
    encoded = address.encode() if address.isascii() else address.encode("idna")
    lines = [b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n" % (encoded, encoded)]
    if proxy.authorization is not None:
        lines.append(b"Proxy-Authorization: %b\r\n" % proxy.authorization)
    end = None if timeout_seconds is None else monotonic() + timeout_seconds
    stream.set_timeout(timeout_seconds)
    await stream.send(b"".join([*lines, b"\r\n"]))
    reply = b""
    received = 0
    while True:
        head, ending, rest = reply.partition(b"\r\n\r\n")
        status, reason = _status(head) if ending else (0, b"")
        if 100 <= status < 200:  # An interim response (RFC 9110 15.2): the final one follows.
            reply = rest
            continue
        if ending:
            break
        if received > _MAX_REPLY:
            raise ProtocolError(f"the proxy's reply to CONNECT is longer than {_MAX_REPLY} bytes")
        if end is not None:
            stream.set_timeout(_left(end))
        data = await stream.receive()
        if not data:
            raise ProtocolError("the proxy closed the connection instead of opening a tunnel")
        reply += data
        received += len(data)
    if not 200 <= status < 300:
        raise ProtocolError(f"Tunnel connection failed: {status} {_shown(reason, proxy)}".rstrip())
    if rest:
        # In a tunnel the client speaks first (TLS): these bytes are the proxy's, and would be taken for the service's.
        raise ProtocolError("the proxy sent more than its reply to CONNECT; its tunnel cannot be trusted")
    stream.set_timeout(None)


def _left(end: float) -> float:
    left = end - monotonic()
    if left <= 0:
        raise TimeoutError("the proxy took too long to open a tunnel")
    return left


def _status(head: bytes) -> tuple[int, bytes]:
    line = _STATUS_LINE.match(head.partition(b"\r\n")[0])
    if line is None:
        raise ProtocolError("the proxy's reply to CONNECT is not HTTP")
    return int(line[1]), line[2] or b""


def _shown(reason: bytes, proxy: Proxy) -> str:
    """The proxy's words for a message. One that repeats what we sent must not bring our password into it."""
    if proxy.hides(reason):
        return "(its words are left out: they repeat the password)"
    text = reason.decode("latin-1")
    return "".join(character if character.isprintable() else "?" for character in text[:_SHOWN])
