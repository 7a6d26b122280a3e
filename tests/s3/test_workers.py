"""Jobs in parallel: how many at once, in which order, and what happens when one fails."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import AsyncGenerator, Coroutine
from typing import Any

import pytest

from sotalia.runtime import AsyncioRuntime, SyncRuntime, drive
from sotalia.s3.pace import Pace
from sotalia.s3.workers import Stop, StoppedError, in_parallel
from sotalia.testing import ManualRuntime

RUNTIMES = [SyncRuntime(), AsyncioRuntime()]


def run(runtime: Any, work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work) if runtime.is_async else drive(work)


@pytest.fixture(params=RUNTIMES, ids=["sync", "async"])
def runtime(request: pytest.FixtureRequest) -> Any:
    return request.param


async def times_two(number: int) -> int:
    return number * 2


async def numbers(count: int) -> AsyncGenerator[Coroutine[Any, Any, int], None]:
    for number in range(count):
        yield times_two(number)


@pytest.mark.parametrize("limit", [1, 3, 50])
@pytest.mark.parametrize("count", [0, 1, 20])
def test_all_are_done(runtime: Any, limit: int, count: int) -> None:
    found = run(runtime, in_parallel(runtime, numbers(count), limit, Stop()))
    assert sorted(found) == [number * 2 for number in range(count)]


def test_the_limit_is_used_and_kept(runtime: Any) -> None:
    """Three wait for one another: with fewer at once they would wait for ever."""
    now, most = 0, 0
    lock = threading.Lock()
    barrier = asyncio.Barrier(3) if runtime.is_async else threading.Barrier(3)

    async def meet() -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        waited: Any = barrier.wait()
        if runtime.is_async:
            await waited
        with lock:
            now -= 1

    async def jobs() -> AsyncGenerator[Coroutine[Any, Any, None], None]:
        for _ in range(9):
            yield meet()

    run(runtime, in_parallel(runtime, jobs(), 3, Stop()))
    assert most == 3


def test_the_first_failure_is_raised_and_no_job_is_begun_any_more(runtime: Any) -> None:
    begun: list[int] = []
    stop = Stop()
    is_failed = threading.Event()

    async def job(number: int) -> None:
        begun.append(number)
        if number == 1:
            is_failed.set()
            raise LookupError("one")
        if runtime.is_async:
            await asyncio.sleep(60)
        is_failed.wait()
        while True:
            stop.look()

    async def jobs() -> AsyncGenerator[Coroutine[Any, Any, None], None]:
        for number in range(10):
            yield job(number)

    with pytest.raises(LookupError, match="one"):
        run(runtime, in_parallel(runtime, jobs(), 2, stop))
    assert begun == [0, 1]


def test_jobs_that_cannot_be_made(runtime: Any) -> None:
    async def jobs() -> AsyncGenerator[Coroutine[Any, Any, int], None]:
        yield times_two(1)
        raise OSError("cannot be read")

    for limit in (1, 4):
        with pytest.raises(OSError, match="cannot be read"):
            run(runtime, in_parallel(runtime, jobs(), limit, Stop()))


@pytest.mark.usefixtures("interrupts")
def test_an_interrupt_waits_for_all_threads() -> None:
    """Also for the one that was just waited for, which an interrupted ``Thread.join`` takes for ended."""
    stop = Stop()
    are_both_here = threading.Barrier(2)
    ended: list[int] = []

    def interrupted(number: int) -> None:
        are_both_here.wait()
        if number == 1:
            time.sleep(0.05)  # The other one is being waited for by now.
            # A real signal: the main thread is to be woken where it waits.
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        for _ in range(10_000):
            if stop.is_set:
                break
            time.sleep(0.001)
        if threading.current_thread().name == "s3-transfer-0":  # The one that is waited for.
            time.sleep(0.2)
        ended.append(number)

    async def job(number: int) -> None:
        interrupted(number)

    async def jobs() -> AsyncGenerator[Coroutine[Any, Any, None], None]:
        for number in range(2):
            yield job(number)

    with pytest.raises(KeyboardInterrupt):
        drive(in_parallel(SyncRuntime(), jobs(), 2, stop))
    assert sorted(ended) == [0, 1]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("s3-transfer")]


def test_a_system_that_gives_no_more_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    start = threading.Thread.start

    def few(thread: threading.Thread) -> None:
        if len(started) == 2:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", few)
    assert len(drive(in_parallel(SyncRuntime(), numbers(20), 5, Stop()))) == 20
    started.append(None)
    started[:] = started[:2]
    with pytest.raises(RuntimeError, match="can't start new thread"):
        drive(in_parallel(SyncRuntime(), numbers(20), 5, Stop()))


# -- pace ------------------------------------------------------------------------------------------------------------


def test_bandwidth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    runtime = ManualRuntime()
    pace = Pace(runtime, None, 1000)
    for _ in range(4):
        drive(pace.keep(250))
    # A quarter of a second each, and the clock stands still.
    assert [round(seconds, 6) for seconds in runtime.sleeps] == [0.25, 0.5, 0.5, 0.25, 0.5, 0.5]


def test_a_slowed_transfer_that_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = ManualRuntime()
    pace = Pace(runtime, None, 1)
    pace.stop.is_set = True
    with pytest.raises(StoppedError):
        drive(pace.keep(3600))
    assert runtime.sleeps == [0.5]


def test_small_pieces_are_told_together() -> None:
    told: list[int] = []
    pace = Pace(SyncRuntime(), told.append, None)
    for _ in range(10):
        drive(pace.add(100_000))
    drive(pace.finish())
    drive(pace.finish())
    assert told == [300_000, 300_000, 300_000, 100_000]
