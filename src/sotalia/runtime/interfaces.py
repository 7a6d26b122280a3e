"""What a runtime offers, as protocols: for type checkers, and for whoever writes a runtime of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
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


class RenewedInChild(Protocol):
    """An object with something that only this process may use, such as a lock or a connection."""

    def renew(self) -> None:
        """In a forked child: replace the lock that nobody can release, drop what the parent goes on using."""
        ...
