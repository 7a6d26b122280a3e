"""The runtime of sync clients."""

from __future__ import annotations

from time import perf_counter

from sotalia.runtime.driving import drive
from sotalia.runtime.forks import renew_in_child
from sotalia.runtime.locks import reentrant_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any, TypeVar

    from sotalia.runtime.interfaces import AsyncEvent, AsyncLock

    T = TypeVar("T")


class SyncRuntime:
    """Blocks the calling thread."""

    is_async = False

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of the work."""
        return drive(work)

    def now(self) -> float:
        """Seconds of the processor's steady clock."""
        return perf_counter()

    async def offload(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call the function."""
        return function(*arguments)

    async def sleep(self, seconds: float) -> None:
        """Block the thread for ``seconds``."""
        if seconds > 0:
            import time

            time.sleep(seconds)  # noqa: ASYNC251 - a synchronous client blocks its thread here

    def lock(self) -> AsyncLock:
        """A thread lock behind the asynchronous protocol."""
        return _ThreadLock()

    def event(self) -> AsyncEvent:
        """A threads' event behind the asynchronous protocol."""
        return _ThreadEvent()


class _ThreadLock:
    """Reentrant, so that a provider of credentials which needs its own session recurses and says so, not hangs."""

    __slots__ = ("__weakref__", "_lock")

    def __init__(self) -> None:
        self.renew()
        renew_in_child(self)

    def renew(self) -> None:
        """Forget who holds it."""
        self._lock = reentrant_lock()

    async def __aenter__(self) -> None:
        self._lock.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()


class _ThreadEvent:
    __slots__ = ("_event", "set")

    def __init__(self) -> None:
        from threading import Event

        self._event = Event()
        self.set = self._event.set

    async def wait(self) -> None:
        self._event.wait()
