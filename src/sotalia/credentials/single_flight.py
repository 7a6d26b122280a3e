"""One at a time, for threads and tasks alike: who refreshes, and how the others wait.

A thread lock would stop an event loop, and a lock of one event loop is of no use to another. Here the first to
:meth:`SingleFlight.begin` does the work in its own thread or task; others :meth:`~SingleFlight.wait` each in its own
way, a thread by blocking, a task by suspending. A failure is shared by all who waited for it; when the holder was
cancelled, the next one begins. A holder that can never end is passed over: its process was forked away, or its
event loop has stopped.
"""

from __future__ import annotations

import os
import sys
from _thread import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from sotalia.runtime import Runtime

#: How often somebody who waits looks whether the holder's event loop still runs.
_LOOK_SECONDS = 1.0


class _Flight:
    """Work in progress: who does it, and who waits for it."""

    __slots__ = ("_wakers", "error", "is_complete", "is_over", "loop", "pid", "task", "thread")

    def __init__(self) -> None:
        self.thread = get_ident()
        self.pid = os.getpid()
        self.loop = _running_loop()
        self.task = None if self.loop is None else _current_task(self.loop)
        self.is_over = False
        self.is_complete = False
        self.error: Exception | None = None
        self._wakers: list[Callable[[], Any]] = []

    @property
    def is_lost(self) -> bool:
        """Whether nobody will ever end it."""
        return self.pid != os.getpid() or (self.loop is not None and not self.loop.is_running())

    @property
    def is_mine(self) -> bool:
        """Whether the caller is who does the work."""
        if self.thread != get_ident():
            return False
        loop = _running_loop()
        return loop is self.loop and (loop is None or _current_task(loop) is self.task)

    def call_when_over(self, wake: Callable[[], Any]) -> None:
        self._wakers.append(wake)
        if self.is_over:  # It ended between the look and the registration.
            wake()

    def end(self) -> None:
        self.is_over = True
        for wake in self._wakers:
            wake()


class SingleFlight:
    """A place that one holder at a time has.

    >>> flight = place.begin()
    >>> if flight is not None:
    ...     await place.lead(flight, work())
    ... else:
    ...     is_done = await place.wait(runtime)
    """

    __slots__ = ("_holders",)

    def __init__(self) -> None:
        # One entry at most. ``setdefault`` and ``pop`` are atomic, so no lock can be left held by a fork.
        self._holders: dict[None, _Flight] = {}

    def begin(self) -> _Flight | None:
        """Take the place: the flight, to be handed to :meth:`lead`; ``None`` when somebody has it."""
        held = self._holders.get(None)
        if held is not None and held.is_lost:
            self._remove(held)
        mine = _Flight()
        return mine if self._holders.setdefault(None, mine) is mine else None

    async def lead(self, flight: _Flight, work: Awaitable[None]) -> None:
        """Do the work, then give the place back and wake whoever waits. Raises what the work raises."""
        try:
            await work
            flight.is_complete = True
        except Exception as error:
            flight.error = error
            raise
        finally:
            self._remove(flight)
            flight.end()

    def _remove(self, flight: _Flight) -> None:
        if self._holders.get(None) is flight:
            self._holders.pop(None, None)

    async def wait(self, runtime: Runtime) -> bool:
        """Wait until the present holder is over; whether its work is done, else somebody has to begin again.

        Raises what the work raised, and ``RuntimeError`` in the holder itself, which would wait for ever.
        """
        flight = self._holders.get(None)
        if flight is None:
            return False
        if flight.is_mine:
            raise RuntimeError(
                "getting credentials asked for the very credentials that it is to get; "
                "give the client that it calls credentials of its own, or leave its requests unsigned"
            )
        # Whose holder is suspended in this very thread must let it go on.
        if runtime.is_async or flight.thread == get_ident():
            await _suspend_until_over(flight)
        else:
            _block_until_over(flight)
        if flight.error is not None:
            raise flight.error
        return flight.is_complete

    def __repr__(self) -> str:
        return f"<SingleFlight {'in the air' if self._holders else 'free'}>"


def _block_until_over(flight: _Flight) -> None:
    from threading import Event

    over = Event()
    flight.call_when_over(over.set)
    while not over.wait(_LOOK_SECONDS) and not flight.is_lost:
        pass


async def _suspend_until_over(flight: _Flight) -> None:
    import asyncio

    loop = asyncio.get_running_loop()
    over = asyncio.Event()

    def wake() -> None:
        try:
            loop.call_soon_threadsafe(over.set)
        except RuntimeError:
            pass  # The loop of who waited is closed: nobody is there to be woken.

    flight.call_when_over(wake)
    while not flight.is_over and not flight.is_lost:
        try:
            await asyncio.wait_for(over.wait(), _LOOK_SECONDS)
        except TimeoutError:
            continue


def _running_loop() -> Any:
    """The event loop of this thread, without importing asyncio where nobody has."""
    asyncio = sys.modules.get("asyncio")
    return None if asyncio is None else asyncio._get_running_loop()


def _current_task(loop: Any) -> Any:
    return sys.modules["asyncio"].current_task(loop)
