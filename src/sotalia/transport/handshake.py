"""TLS handshakes in steps: a fork in another thread may come between them, but not into one (see :mod:`sotalia.runtime.forks`)."""

from __future__ import annotations

import select
import ssl
from time import monotonic

from sotalia.runtime.forks import in_openssl

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any


class SteppingSSLObject(ssl.SSLObject):
    """What event loops, and TLS within TLS, shake hands with."""

    @classmethod
    def _create(cls, *arguments: Any, **named: Any) -> Any:  # Where ``SSLContext.wrap_bio`` calls OpenSSL.
        with in_openssl.call():
            return super()._create(*arguments, **named)  # type: ignore[misc]

    def do_handshake(self) -> None:
        """One step."""
        with in_openssl.call():
            super().do_handshake()


def wrapped(connected: socket.socket, context: ssl.SSLContext, server_name: str) -> ssl.SSLSocket:
    """A connected socket with TLS over it, which has not shaken hands."""
    with in_openssl.call():
        return context.wrap_socket(connected, server_hostname=server_name, do_handshake_on_connect=False)


def shake_hands(secured: ssl.SSLSocket, timeout: float | None) -> None:
    """The handshake of a connected socket, which does not block afterwards. Raises ``ssl.SSLError``, ``TimeoutError``."""
    end = None if timeout is None else monotonic() + timeout
    secured.settimeout(0)
    while True:
        try:
            with in_openssl.call():
                secured.do_handshake()
            return
        except ssl.SSLWantReadError:
            reading = True
        except ssl.SSLWantWriteError:
            reading = False
        left = None if end is None else end - monotonic()
        if (left is not None and left <= 0) or not _wait(secured, reading, left):
            raise TimeoutError("the TLS handshake took too long")


def _wait(connected: socket.socket, reading: bool, seconds: float | None) -> bool:
    """Whether the socket can be read from, or written to, before the time is over."""
    if not hasattr(select, "poll"):
        sets: tuple[list[Any], list[Any]] = ([connected], []) if reading else ([], [connected])
        return any(select.select(*sets, [], seconds))
    poll = select.poll()
    poll.register(connected, select.POLLIN if reading else select.POLLOUT)
    return bool(poll.poll(None if seconds is None else seconds * 1000))
