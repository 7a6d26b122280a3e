"""The runtime of async clients."""

from __future__ import annotations

from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any, TypeVar

    from sotalia.runtime.interfaces import AsyncEvent, AsyncLock

    T = TypeVar("T")


class AsyncioRuntime:
    """Suspends the calling task."""

    is_async = True

    def run(self, work: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
        """The work itself, to be awaited."""
        return work

    def now(self) -> float:
        """Seconds of the processor's steady clock."""
        return perf_counter()

    async def offload(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call the function in a thread of the loop's pool."""
        import asyncio

        return await asyncio.to_thread(function, *arguments)

    async def sleep(self, seconds: float) -> None:
        """Suspend the task for ``seconds``."""
        import asyncio

        await asyncio.sleep(seconds)

    def lock(self) -> AsyncLock:
        """A lock of each event loop: a session may serve several, each in a thread of its own."""
        return _LoopLock()

    def event(self) -> AsyncEvent:
        """An event of the running loop."""
        from asyncio import Event

        return Event()


class _LoopLock:
    """An ``asyncio.Lock`` per loop, because one of asyncio's belongs to the loop in which tasks first waited for it."""

    __slots__ = ("_locks",)

    def __init__(self) -> None:
        from weakref import WeakKeyDictionary

        self._locks: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    def _of_loop(self) -> Any:
        import asyncio

        # A coroutine that is driven without a loop never waits; it holds no lock.
        loop = asyncio._get_running_loop()
        if loop is None:
            return _NO_LOCK
        return self._locks.get(loop) or self._locks.setdefault(loop, asyncio.Lock())

    async def __aenter__(self) -> None:
        await self._of_loop().__aenter__()

    async def __aexit__(self, *_: object) -> None:
        await self._of_loop().__aexit__(None, None, None)


class _NoLock:
    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, *_: object) -> None:
        pass


_NO_LOCK = _NoLock()
