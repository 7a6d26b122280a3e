"""Several jobs of a transfer at once: in threads for a sync client, in tasks for an async one."""

from __future__ import annotations

from contextlib import aclosing

from sotalia.runtime import drive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine
    from threading import Event
    from typing import Any, TypeVar

    from sotalia.runtime import Runtime

    T = TypeVar("T")

# So soon an interrupt is noticed at the latest, in seconds.
_LONGEST_WAIT = 0.2


class StoppedError(BaseException):
    """Ends a job because another one failed. No handler or retry mode is to catch it."""


class Stop:
    """Tells the jobs of one transfer that it failed; they look at it whenever they read or write."""

    __slots__ = ("is_set",)

    def __init__(self) -> None:
        self.is_set = False

    def look(self) -> None:
        """Raises :class:`StoppedError` once the transfer failed."""
        if self.is_set:
            raise StoppedError


async def in_parallel(
    runtime: Runtime,
    jobs: AsyncGenerator[Coroutine[Any, Any, T], None],
    limit: int,
    stop: Stop,
) -> list[T]:
    """Run jobs, at most ``limit`` at once, and give what they returned, in the order in which they ended.

    A job is only asked for when somebody is free to do it. When one fails, or the caller is interrupted or cancelled, no
    other is begun, and those that run are ended and waited for: no thread or task is left behind. Threads end when they
    next look at ``stop``, tasks at once.
    """
    lock = runtime.lock()
    results: list[T] = []

    async def work() -> None:
        while True:
            async with lock:
                stop.look()
                job = await anext(jobs, None)
            if job is None:
                return
            results.append(await job)

    async with aclosing(jobs):
        if limit == 1:
            await work()
        elif runtime.is_async:
            await _in_tasks(work, limit)
        else:
            _in_threads(work, limit, stop)
    return results


def _in_threads(work: Callable[[], Coroutine[Any, Any, None]], count: int, stop: Stop) -> None:
    from contextvars import copy_context
    from threading import Event, Thread

    failures: list[BaseException] = []

    def run(ended: Event) -> None:
        try:
            drive(work())
        except BaseException as error:
            stop.is_set = True
            failures.append(error)
        finally:
            ended.set()

    # With what tells that a thread ended. Threads are not joined before: up to Python 3.12 a join that is interrupted
    # takes the thread for ended, and neither a second join nor the interpreter's exit waits for it any more.
    threads: list[tuple[Thread, Event]] = []
    try:
        for number in range(count):
            ended = Event()
            # Handlers of the calls see the context variables of whoever asked for the transfer.
            thread = Thread(target=copy_context().run, args=(run, ended), name=f"s3-transfer-{number}")
            # Before it is started: an interrupt may come in the middle of that.
            threads.append((thread, ended))
            try:
                thread.start()
            except RuntimeError:
                threads.pop()
                if not threads:
                    raise
                break  # The system gives no more threads: fewer do it as well.
        for _, ended in threads:
            _wait_for(ended)
    except BaseException:
        stop.is_set = True
        for thread, ended in threads:
            if thread.is_alive():  # One that is only about to begin will see that there is nothing to do.
                _wait_for(ended)
        raise
    finally:
        for thread, ended in threads:
            if ended.is_set():
                thread.join()
    _raise_first(failures)


def _wait_for(ended: Event) -> None:
    """Wait with a look around: a wait without end misses the signal that came just before it, and on Windows any."""
    while not ended.wait(_LONGEST_WAIT):
        pass


async def _in_tasks(work: Callable[[], Coroutine[Any, Any, None]], count: int) -> None:
    import asyncio

    tasks = [asyncio.create_task(work()) for _ in range(count)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    _raise_first(failures, asyncio.CancelledError)


def _raise_first(failures: list[BaseException], *consequences: type[BaseException]) -> None:
    """What went wrong, rather than what was stopped because of it."""
    for failure in sorted(failures, key=lambda failure: isinstance(failure, (StoppedError, *consequences))):
        raise failure
