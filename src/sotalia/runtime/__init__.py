"""What differs between a synchronous and an asynchronous client, and how one core serves both.

The core is written once, as ``async def``. An asynchronous client awaits it. A synchronous client hands it a runtime
whose operations never suspend and runs the same coroutine to its end with one ``send(None)``: :func:`drive`.
"""

from __future__ import annotations

import os
from _thread import allocate_lock
from _weakrefset import WeakSet
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator
    from types import TracebackType

T = TypeVar("T")


class AsyncLock(Protocol):
    """A lock held by ``async with``; in a synchronous runtime taking it blocks the thread instead."""

    async def __aenter__(self) -> object: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> object: ...


class AsyncEvent(Protocol):
    """Something that happens once; waiting for it in a synchronous runtime blocks the thread."""

    def set(self) -> None:
        """It happened."""
        ...

    async def wait(self) -> object:
        """Return once it happened, at once when it did."""
        ...


class Runtime(Protocol):
    """The outside world of one client: how it runs, tells the time, sleeps, locks and waits."""

    is_async: bool

    def run(self, work: Coroutine[Any, Any, T]) -> T | Coroutine[Any, Any, T]:
        """What a public method returns for its work: the result, or the coroutine for the caller to await."""
        ...

    def now(self) -> float:
        """Seconds of a clock that never goes back; only differences mean something."""
        ...

    async def offload(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call a function that may block: here in a synchronous runtime, else in another thread."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait without sending anything; ``0`` returns at once."""
        ...

    def lock(self) -> AsyncLock:
        """A new lock, usable by every thread (synchronous) or task (asynchronous) of this client."""
        ...

    def event(self) -> AsyncEvent:
        """A new event, for the threads of this client, or for the tasks of one loop."""
        ...


def drive(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends to its end and return its result.

    Raises ``RuntimeError`` when it does suspend: something asynchronous was handed to a synchronous client.
    """
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    except RuntimeError as error:
        if str(error) != "no running event loop" or not (culprit := _culprit(_frames_of(error))):
            raise
        raise RuntimeError(f"{culprit}{_NEEDS_LOOP}") from error
    culprit = _culprit(_frames_below(coroutine))
    coroutine.close()
    raise RuntimeError(f"{culprit}{_NEEDS_LOOP}")


_NEEDS_LOOP = (
    "a coroutine of a synchronous client tried to wait for an event loop; "
    "use the asynchronous session for handlers, bodies or transports that are asynchronous"
)


def _frames_below(coroutine: Any) -> Iterator[Any]:
    """The frames of a suspended coroutine and of what it awaits."""
    while coroutine is not None:
        yield getattr(coroutine, "cr_frame", None)
        coroutine = getattr(coroutine, "cr_await", None)


def _frames_of(error: BaseException) -> Iterator[Any]:
    """The frames that an exception came through."""
    traceback = error.__traceback__
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next


def _culprit(frames: Iterator[Any]) -> str:
    """The handler of an event that was running in one of the frames, in words; ``""`` for none."""
    found = ""
    for frame in frames:
        if frame is not None and "handler" in frame.f_locals:
            explain = getattr(frame.f_locals.get("self"), "explain_coroutine", None)
            if explain is not None:
                found = explain(frame.f_locals["handler"])
    return found


# -- locks after a fork --------------------------------------------------------------------------------------------


class LockHolder(Protocol):
    """An object with a lock of its own."""

    def renew_lock(self) -> None:
        """Put a new lock in the place of the one that nobody can release."""
        ...


_lock_holders: WeakSet[LockHolder] = WeakSet()


def renew_in_child(holder: LockHolder) -> None:
    """Have an object's lock renewed in every forked child, where the threads that held it are gone.

    Each object asks for it once, when it is made; its lock stays a plain one, and using it costs what it cost.
    """
    _lock_holders.add(holder)


def lock_holders() -> list[LockHolder]:
    """All objects that have asked for it and are still there."""
    return list(_lock_holders)


def _renew_locks() -> None:
    for holder in list(_lock_holders):
        holder.renew_lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_locks)


class ProcessLock:
    """A lock of a whole module, ``with _registering.lock:``; ``make`` gives the lock, such as ``threading.RLock``."""

    __slots__ = ("__weakref__", "_make", "lock")

    def __init__(self, make: Callable[[], Any] = allocate_lock) -> None:
        self._make = make
        self.renew_lock()
        renew_in_child(self)

    def renew_lock(self) -> None:
        """Forget who holds it."""
        self.lock = self._make()


# -- the two runtimes ----------------------------------------------------------------------------------------------


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
        self.renew_lock()
        renew_in_child(self)

    def renew_lock(self) -> None:
        """Forget who holds it."""
        from threading import RLock

        self._lock = RLock()

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


async def resolved(value: Awaitable[T] | T) -> T:
    """Await ``value`` if it is awaitable, else return it: for results of handlers that may be of either colour."""
    if hasattr(value, "__await__"):
        awaited: T = await value
        return awaited
    return value
