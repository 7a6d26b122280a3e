"""Idle connections, kept for the next request.

A thread takes the connection used last (it is the least likely to have been closed by the peer) and brings it back when
its response is complete. Connections never travel to a forked child: it would share them with its parent.
"""

from __future__ import annotations

import os
from collections import deque
from threading import RLock
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import Hashable

    from sotalia.transport.http11 import Stream


class Pool:
    """Idle streams by destination, at most ``limit`` each. Safe for threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._idle: dict[Hashable, deque[Stream]] = {}
        # Reentrant: the collector may run while it is held, and dropped bodies bring connections back.
        self._lock = RLock()
        self.opened = 0
        self.in_use = 0
        _pools.add(self)

    def take(self, destination: Hashable) -> Stream | None:
        """An idle connection that is still good, or ``None``; stale ones are closed on the way."""
        while True:
            with self._lock:
                idle = self._idle.get(destination)
                if not idle:
                    return None
                stream = idle.pop()
                self.in_use += 1
            if not stream.is_stale():
                return stream
            with self._lock:
                self.in_use -= 1
            stream.close()

    def count_opened(self) -> None:
        """A new connection was opened for use."""
        with self._lock:
            self.opened += 1
            self.in_use += 1

    def release(self, destination: Hashable, stream: Stream, *, reusable: bool) -> None:
        """A connection is no longer in use: keep it, or close it when it cannot be reused or there are enough."""
        with self._lock:
            self.in_use -= 1
            if reusable:
                idle = self._idle.setdefault(destination, deque())
                if len(idle) < self._limit:
                    idle.append(stream)
                    return
        stream.close()

    def clear(self) -> None:
        """Close all idle connections."""
        with self._lock:
            idle, self._idle = self._idle, {}
        for streams in idle.values():
            for stream in streams:
                stream.close()

    def forget(self) -> None:
        """In a forked child: drop what belongs to the parent. Descriptors are the child's own and close unnoticed."""
        self._lock = RLock()
        self._idle = {}
        self.in_use = 0

    @property
    def idle(self) -> int:
        """Connections waiting."""
        return sum(map(len, self._idle.values()))

    def __repr__(self) -> str:
        return f"<Pool {self.in_use} in use, {self.idle} idle, {self.opened} opened>"


_pools: WeakSet[Pool] = WeakSet()


def _after_fork() -> None:
    for pool in list(_pools):
        pool.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
