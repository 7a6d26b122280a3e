"""Runtimes whose time passes only when somebody sleeps or moves it on: no test that uses them waits."""

from __future__ import annotations

from sotalia.runtime import AsyncioRuntime, SyncRuntime


class _ManualClock:
    """A clock that stands still between sleeps. ``sleeps`` are the seconds of each sleep, ``time`` what :meth:`now` gives."""

    def __init__(self, time: float = 0.0) -> None:
        self.sleeps: list[float] = []
        self.time = time

    def now(self) -> float:
        """Seconds that have passed for the program."""
        return self.time

    def advance(self, seconds: float) -> None:
        """Let time pass. Raises ``ValueError`` for less than none."""
        if seconds < 0:
            raise ValueError(
                f"time cannot go back by {-seconds} seconds; give a number of seconds to move on"
            )
        self.time += seconds

    async def sleep(self, seconds: float) -> None:
        """Note the sleep and let its time pass at once; less than none is no sleep, as with a real clock."""
        self.sleeps.append(seconds)
        self.advance(max(seconds, 0.0))


class ManualRuntime(_ManualClock, SyncRuntime):
    """The runtime of a sync client with a manual clock."""


class AsyncManualRuntime(_ManualClock, AsyncioRuntime):
    """The runtime of an async client with a manual clock."""
