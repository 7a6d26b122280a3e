"""Idle connections, pooled for the next request.

A thread takes the most recently used connection to its destination, which the peer is least likely to have closed. It
brings the connection back when the response is complete. Beyond the limit over all destinations, the least recently used
one is closed. A forked child starts with an empty pool, as it would share the connections with its parent.
"""

from __future__ import annotations

from time import monotonic

from sotalia.runtime import renew_in_child, renewed_in_child
from sotalia.runtime.locks import reentrant_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable

    from sotalia.transport.http11 import Stream

#: How long a connection may be idle, looked at when one is taken or brought back. S3 closes its side after some 20 s,
#: load balancers usually after 60 s, which is also the limit of the AWS SDK for Java 2
#: (``SdkHttpConfigurationOption.CONNECTION_MAX_IDLE_TIMEOUT``).
MAX_IDLE_SECONDS = 60.0


class Pool:
    """Idle streams by destination, at most ``limit`` in all. Safe for threads.

    With ``counts_used`` the limit is for idle ones and those in use together.
    """

    def __init__(self, limit: int, *, counts_used: bool = False) -> None:
        self._limit = limit
        self._counts_used = counts_used
        self._idle: dict[Hashable, list[Stream]] = {}
        # All idle streams, least recently used first: destination, and when each was brought back.
        self._order: dict[Stream, tuple[Hashable, float]] = {}
        # No stream is too old before this time.
        self._due = 0.0
        # Reentrant: the collector may run while it is held, and dropped bodies bring connections back.
        self._lock = reentrant_lock()
        self.opened = 0
        self.in_use = 0
        renew_in_child(self)

    def take(self, destination: Hashable) -> Stream | None:
        """An idle connection that is still good, or ``None``; stale and old ones are closed on the way."""
        now = monotonic()
        if now >= self._due:
            self._close_old(now)
        while True:
            with self._lock:
                idle = self._idle.get(destination)
                if not idle:
                    return None
                stream = idle.pop()
                del self._order[stream]
                self.in_use += 1
            if not stream.is_stale():
                return stream
            with self._lock:
                self.in_use -= 1
            stream.close()

    def reserve(self) -> None:
        """A new connection is about to be opened: it counts as used from now on, and others make room for it."""
        with self._lock:
            self.in_use += 1
        self._make_room()

    def cancel(self) -> None:
        """The connection that was reserved could not be opened."""
        with self._lock:
            self.in_use -= 1

    def count_opened(self) -> None:
        """The connection that was reserved stands."""
        with self._lock:
            self.opened += 1

    def release(self, destination: Hashable, stream: Stream, *, reusable: bool) -> None:
        """A connection is no longer in use: keep it, or close it when it cannot be reused."""
        now = monotonic()
        with self._lock:
            self.in_use -= 1
            if reusable:
                idle = self._idle.get(destination)
                if idle is None:
                    idle = self._stack(destination)
                idle.append(stream)
                self._order[stream] = (destination, now)
        if not reusable:
            stream.close()
        if now >= self._due:
            self._close_old(now)
        if len(self._order) >= self._limit:
            self._make_room()

    def _stack(self, destination: Hashable) -> list[Stream]:
        """Where idle streams of a new destination go; the lock is held. Empty ones of others are dropped now and then."""
        if len(self._idle) > 2 * self._limit:
            for known in tuple(self._idle):
                if not self._idle.get(known):
                    self._idle.pop(known, None)
        return self._idle.setdefault(destination, [])

    def _close_old(self, now: float) -> None:
        """Close what was idle for too long."""
        while now >= self._due:
            with self._lock:
                since = next(iter(self._order.values()))[1] if self._order else now
                self._due = since + MAX_IDLE_SECONDS
                stream = self._drop_oldest() if now >= self._due else None
            if stream is not None:
                stream.close()

    def _make_room(self) -> None:
        """Close the least recently used ones of more than there may be."""
        while len(self._order) + (self.in_use if self._counts_used else 0) > self._limit:
            with self._lock:
                stream = self._drop_oldest()
            if stream is None:
                return
            stream.close()

    def _drop_oldest(self) -> Stream | None:
        """Take the least recently used one out; the lock is held."""
        if not self._order:
            return None
        stream = next(iter(self._order))
        destination, _ = self._order.pop(stream)
        self._idle[destination].remove(stream)  # The oldest of all is the first of its destination.
        return stream

    def clear(self) -> None:
        """Close all idle connections."""
        with self._lock:
            streams = list(self._order)
            self._order.clear()
            self._idle.clear()
        for stream in streams:
            stream.close()

    def renew(self) -> None:
        """In a forked child: drop what belongs to the parent. Descriptors are the child's own and close unnoticed."""
        self._lock = reentrant_lock()
        self._idle = {}
        self._order = {}
        self.in_use = 0

    @property
    def idle(self) -> int:
        """Connections waiting."""
        return len(self._order)

    def __repr__(self) -> str:
        return f"<Pool {self.in_use} in use, {self.idle} idle, {self.opened} opened>"


def close_all_idle() -> bool:
    """Close the idle connections of all clients, for a process that is out of descriptors; whether there were any."""
    pools = [one for one in renewed_in_child() if isinstance(one, Pool) and one.idle]
    for pool in pools:
        pool.clear()
    return bool(pools)
