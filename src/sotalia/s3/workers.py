"""Several jobs at once on a synchronous client, in threads: what :func:`sotalia.s3.parts.run_bounded` is for tasks."""

from __future__ import annotations

from contextlib import aclosing
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeVar

from sotalia.runtime import drive

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine
    from concurrent.futures import Future

T = TypeVar("T")


async def run_in_threads(
    jobs: AsyncGenerator[Coroutine[Any, Any, T], None], limit: int, stop: Callable[[], None]
) -> list[T]:
    """Run jobs that never suspend, at most ``limit`` at once; give what they returned, in the order in which they ended.

    The next job is only asked for when there is room for it. Threads see the context variables of the caller, as handlers
    of the calls expect. When a job fails, or the caller is interrupted, ``stop`` is called, which should make the other
    jobs end; they are waited for.
    """
    from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

    running: set[Future[T]] = set()
    results: list[T] = []

    def wait_for_one() -> None:
        nonlocal running
        done, running = wait(running, return_when=FIRST_COMPLETED)
        results.extend(future.result() for future in done)

    with ThreadPoolExecutor(limit, thread_name_prefix="sotalia-s3") as threads:
        try:
            async with aclosing(jobs):
                async for job in jobs:
                    running.add(threads.submit(copy_context().run, drive, job))
                    if len(running) >= limit:
                        wait_for_one()
            while running:
                wait_for_one()
            return results
        except BaseException:
            stop()
            raise


async def in_thread(is_async: bool, function: Callable[..., T], *arguments: Any) -> T:
    """Call what may wait for a disk: in a thread on an asynchronous client, so that its event loop goes on."""
    if not is_async:
        return function(*arguments)
    import asyncio

    return await asyncio.to_thread(function, *arguments)
