"""The parts of a transfer: how large they are, and a few at once."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeVar

from sotalia.runtime import resolved

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator

T = TypeVar("T")

# See "Amazon S3 multipart upload limits" in the Amazon S3 User Guide.
_MOST_PARTS = 10_000
_SMALLEST = 5 * 1024**2
_LARGEST = 5 * 1024**3


def part_size(wanted: int, size: int | None) -> int:
    """The size of a part that S3 takes, as near to the wanted one as can be; ``size`` of the whole, if known."""
    if size is not None:
        while -(-size // wanted) > _MOST_PARTS:
            wanted *= 2
    return min(max(wanted, _SMALLEST), _LARGEST)


def ranges(size: int, step: int) -> Iterator[tuple[int, int, int]]:
    """The parts of so many bytes: number from 1 on, first and last byte."""
    for number, start in enumerate(range(0, size, step), 1):
        yield number, start, min(start + step, size) - 1


async def run_bounded(jobs: AsyncGenerator[Coroutine[Any, Any, T], None], limit: int) -> list[T]:
    """Run jobs, at most ``limit`` at once, and give what they returned, in the order in which they ended.

    The next job is only asked for when there is room for it. When one fails, or this is cancelled, the others are
    cancelled and waited for: no task is left behind.
    """
    import asyncio

    running: set[asyncio.Task[T]] = set()
    results: list[T] = []

    async def wait() -> None:
        nonlocal running
        done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        # Look at all of them, or those that failed beside the first would complain when they are collected.
        failed = [task for task in done if task.cancelled() or task.exception() is not None]
        for task in failed or done:
            results.append(task.result())

    try:
        async with aclosing(jobs):
            async for job in jobs:
                running.add(asyncio.create_task(job))
                if len(running) >= limit:
                    await wait()
        while running:
            await wait()
        return results
    finally:
        for task in running:
            task.cancel()
        if running:
            await asyncio.gather(*running, return_exceptions=True)


class Progress:
    """Tells a callback, plain or ``async def``, how many bytes were transferred since it was last called."""

    def __init__(self, callback: Callable[[int], Any] | None) -> None:
        self._callback = callback

    async def add(self, count: int) -> None:
        """So many bytes more; fewer than none when a part starts anew."""
        if self._callback is not None and count:
            await resolved(self._callback(count))
