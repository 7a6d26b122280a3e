"""Bytes of an asyncio connection straight into memory that waits for them.

A protocol that is handed bytes gets each piece in memory of its own. For a body whose length is known that is twice the memory,
and the pages of both halves have to be mapped and written: half of the CPU of a large read. While a :class:`Filling` is
the connection's protocol, the loop receives into the caller's memory, and the reader wakes once, when all is there.
"""

from __future__ import annotations

import asyncio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.transport.asyncio_stream import AsyncioStream


def is_fillable(transport: Any) -> bool:
    """Whether the protocol of a transport may change while it receives: in asyncio's own it may."""
    return type(transport).__module__.startswith("asyncio.")


class Filling(asyncio.BufferedProtocol):
    """The protocol of ``stream``'s connection until ``view`` is full from ``position`` on, or the peer has closed."""

    def __init__(
        self, stream: AsyncioStream, view: memoryview, position: int, future: asyncio.Future[None]
    ) -> None:
        self._stream = stream
        self._view = view
        self.position = position
        self._future = future
        self._last = stream.loop.time()

    # -- called by the event loop ------------------------------------------------------------------------------

    def get_buffer(self, sizehint: int) -> memoryview:
        """What is still empty."""
        return self._view[self.position :]

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes arrived."""
        self.position += nbytes
        self._last = self._stream.loop.time()
        if self.position == len(self._view):
            # At once: what follows is not the body's.
            self._stream.transport.set_protocol(self._stream)
            if not self._future.done():
                self._future.set_result(None)

    def eof_received(self) -> bool:
        """The peer has closed its side."""
        return self._stream.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed."""
        self._stream.connection_lost(exc)

    def pause_writing(self) -> None:
        """The write buffer is full."""
        self._stream.pause_writing()

    def resume_writing(self) -> None:
        """The write buffer has room again."""
        self._stream.resume_writing()

    # -- called by the reader ----------------------------------------------------------------------------------

    async def done(self, patience: float | None) -> None:
        """Wait. Raises ``TimeoutError`` once nothing has come for ``patience`` seconds (``None``: never)."""
        transport = self._stream.transport
        transport.set_protocol(self)
        timer: asyncio.TimerHandle | None = None

        def look() -> None:
            # One timer for all pieces, set again only when it has run down.
            nonlocal timer
            assert patience is not None
            left = self._last + patience - self._stream.loop.time()
            if left > 0:
                timer = self._stream.loop.call_later(left, look)
            elif not self._future.done():
                self._future.set_exception(TimeoutError("the operation timed out"))

        if patience is not None:
            timer = self._stream.loop.call_later(patience, look)
        try:
            await self._future
        finally:
            if timer is not None:
                timer.cancel()
            if transport.get_protocol() is self:
                transport.set_protocol(self._stream)
