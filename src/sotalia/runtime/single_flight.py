"""One does the work, the others wait and share what came of it: threads and tasks alike.

A thread lock would stop an event loop, and a lock of one event loop is of no use to another. Here the first to
:meth:`SingleFlight.begin` works in its own thread or task; others :meth:`~SingleFlight.wait`, a thread by blocking, a
task by suspending. A failure is shared by all who waited for it; when the leader was cancelled, the next one begins. A
leader that can never end is passed over: its process was forked away, or its event loop has stopped.
"""

from __future__ import annotations

import sys
from _thread import get_ident

from sotalia.runtime import forks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable
    from typing import Any, TypeVar

    from sotalia.runtime.interfaces import Runtime

    T = TypeVar("T")

#: How often somebody who waits checks that the leader's event loop still runs. No event reports a loop that stopped.
_CHECK_SECONDS = 1.0


class _Flight:
    """Work in progress: who does it, who waits for it, and in the end its result or its error."""

    __slots__ = (
        "_wakers",
        "error",
        "generation",
        "is_complete",
        "is_over",
        "loop",
        "result",
        "task",
        "thread",
    )

    def __init__(self) -> None:
        self.thread = get_ident()
        self.generation = forks.generation
        self.loop = _running_loop()
        self.task = None if self.loop is None else _current_task(self.loop)
        self.is_over = False
        self.is_complete = False
        self.result: Any = None
        self.error: Exception | None = None
        self._wakers: list[Callable[[], Any]] = []

    @property
    def is_lost(self) -> bool:
        """Whether nobody will ever end it."""
        return self.generation != forks.generation or (self.loop is not None and not self.loop.is_running())

    @property
    def is_mine(self) -> bool:
        """Whether the current thread or task leads it."""
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
    """Work that one at a time does; with keys, one at a time for each key.

    >>> address = await flights.share(ask, runtime, key)

    ``recursion`` is the message of the ``RuntimeError`` for work that waits for itself: what to change.
    """

    __slots__ = ("_flights", "_recursion")

    def __init__(self, recursion: str = "work waits for its own result") -> None:
        # ``setdefault`` and ``pop`` are atomic, so there is no lock that a fork could leave held.
        self._flights: dict[Hashable, _Flight] = {}
        self._recursion = recursion

    async def share(self, work: Callable[[], Awaitable[T]], runtime: Runtime, key: Hashable = None) -> T:
        """What the work returns or raises, for everybody who asks before it is done."""
        while True:
            flight = self.begin(key)
            if flight is not None:
                return await self.lead(flight, work(), key)
            done = await self.wait(runtime, key)
            if done is not None:
                result: T = done.result
                return result

    def begin(self, key: Hashable = None) -> _Flight | None:
        """Take the lead: the flight, to be handed to :meth:`lead`; ``None`` when somebody has it."""
        present = self._flights.get(key)
        if present is not None and present.is_lost:
            self._remove(present, key)
        mine = _Flight()
        return mine if self._flights.setdefault(key, mine) is mine else None

    async def lead(self, flight: _Flight, work: Awaitable[T], key: Hashable = None) -> T:
        """Do the work, then give up the lead and wake whoever waits. Raises what the work raises."""
        try:
            result = flight.result = await work
            flight.is_complete = True
            return result
        except Exception as error:
            flight.error = error
            raise
        finally:
            self._remove(flight, key)
            flight.end()

    def _remove(self, flight: _Flight, key: Hashable) -> None:
        if self._flights.get(key) is flight:
            self._flights.pop(key, None)

    async def wait(self, runtime: Runtime, key: Hashable = None) -> _Flight | None:
        """Wait for the present flight: it, when its work is done; ``None`` when somebody has to begin again.

        Raises what the work raised, and ``RuntimeError`` in the leader itself, which would wait for ever.
        """
        flight = self._flights.get(key)
        if flight is None:
            return None
        if flight.is_mine:
            raise RuntimeError(self._recursion)
        # A leader that is suspended in this very thread can go on only if this task suspends, too.
        if runtime.is_async or flight.thread == get_ident():
            await _suspend_until_over(flight)
        else:
            _block_until_over(flight)
        if flight.error is not None:
            raise flight.error
        return flight if flight.is_complete else None

    def __repr__(self) -> str:
        return f"<SingleFlight {len(self._flights)} under way>"


def _block_until_over(flight: _Flight) -> None:
    from threading import Event

    over = Event()
    flight.call_when_over(over.set)
    while not over.wait(_CHECK_SECONDS) and not flight.is_lost:
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
            await asyncio.wait_for(over.wait(), _CHECK_SECONDS)
        except TimeoutError:
            continue


def _running_loop() -> Any:
    """The event loop of this thread, without importing asyncio where nobody has."""
    asyncio = sys.modules.get("asyncio")
    return None if asyncio is None else asyncio._get_running_loop()


def _current_task(loop: Any) -> Any:
    return sys.modules["asyncio"].current_task(loop)
