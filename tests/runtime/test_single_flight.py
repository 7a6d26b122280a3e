"""Work that is shared: by threads, by tasks, per key; also when it fails, is cancelled, or waits for itself."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from sotalia.runtime import AsyncioRuntime, SingleFlight, SyncRuntime, drive, forks


class Work:
    """Work that counts its calls, and goes on when it is let go."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls = 0
        self.error = error
        self.entered, self.go = threading.Event(), threading.Event()

    async def __call__(self) -> int:
        self.calls += 1
        self.entered.set()
        assert self.go.wait(60)
        if self.error is not None:
            raise self.error
        return self.calls


def in_threads(flights: SingleFlight, work: Work, count: int) -> list[Any]:
    """What came of the work in so many threads that all ask before it is done."""
    found: list[Any] = []

    def ask() -> None:
        try:
            found.append(drive(flights.share(work, SyncRuntime())))
        except OSError as error:
            found.append(error)

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    assert work.entered.wait(60)
    while len(flights._flights[None]._wakers) < count - 1:
        threading.Event().wait(0.001)
    work.go.set()
    for thread in threads:
        thread.join(60)
    return found


def test_threads_share_a_result() -> None:
    flights, work = SingleFlight(), Work()
    assert in_threads(flights, work, 6) == [1] * 6
    assert drive(flights.share(work, SyncRuntime())) == 2  # Nothing is cached here.
    assert repr(flights) == "<SingleFlight 0 under way>"


def test_threads_share_a_failure() -> None:
    error = OSError("down")
    assert in_threads(SingleFlight(), Work(error), 4) == [error] * 4


def test_tasks_share_by_key_and_go_on_after_a_cancellation() -> None:
    flights = SingleFlight()
    calls: list[str] = []

    async def main() -> None:
        async def work(key: str) -> str:
            calls.append(key)
            await asyncio.sleep(0.01)
            return key.upper()

        def ask(key: str) -> Any:
            return asyncio.ensure_future(flights.share(lambda: work(key), AsyncioRuntime(), key))

        tasks = [ask(key) for key in "abab"]
        await asyncio.sleep(0)
        tasks[0].cancel()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(found[0], asyncio.CancelledError)
        assert found[1:] == ["B", "A", "B"]

    asyncio.run(main())
    assert calls == ["a", "b", "a"]


def test_work_that_waits_for_itself_is_an_error() -> None:
    flights = SingleFlight("give it another session")

    async def work() -> None:
        await flights.share(work, SyncRuntime())

    with pytest.raises(RuntimeError, match="another session"):
        drive(flights.share(work, SyncRuntime()))
    assert repr(flights) == "<SingleFlight 0 under way>"


def test_a_flight_of_another_generation_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    flights = SingleFlight()
    assert flights.begin() is not None
    assert flights.begin() is None
    monkeypatch.setattr(forks, "generation", forks.generation + 1)
    assert flights.begin() is not None
