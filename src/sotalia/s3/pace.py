"""How a transfer goes on: what its caller is told of it, how fast it may be, and whether it was given up."""

from __future__ import annotations

from sotalia.runtime import resolved
from sotalia.s3.workers import Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.runtime import Runtime

# A callback is told of so many bytes or more, as in the reference: small pieces would call it too often.
_STEP = 256 * 1024
# So soon a slowed transfer notices that it was given up, in seconds.
_LONGEST_SLEEP = 0.5


class Pace:
    """The progress, the bandwidth and the end of one transfer, shared by all its parts.

    ``callback``, plain or ``async def``, gets the number of bytes transferred since it was last called; fewer than none
    when something has to be transferred again. It is never called by two threads or tasks at once.
    """

    def __init__(
        self, runtime: Runtime, callback: Callable[[int], Any] | None, bytes_per_second: float | None
    ) -> None:
        self.stop = Stop()
        self._runtime = runtime
        self._callback = callback
        self._untold = 0
        self._seconds_per_byte = 1 / bytes_per_second if bytes_per_second else 0.0
        self._free_at = 0.0
        self._lock = runtime.lock()

    async def add(self, count: int) -> None:
        """So many bytes more."""
        if self._callback is not None and count:
            async with self._lock:
                self._untold += count
                if abs(self._untold) >= _STEP:
                    await self._tell()

    async def finish(self) -> None:
        """Tell of what is left to be told."""
        if self._callback is not None and self._untold:
            async with self._lock:
                await self._tell()

    async def _tell(self) -> None:
        count, self._untold = self._untold, 0
        assert self._callback is not None
        await resolved(self._callback(count))

    async def keep(self, count: int) -> None:
        """Wait until so many bytes may be transferred. Raises ``StoppedError`` when the transfer was given up."""
        if not self._seconds_per_byte:
            return
        from time import monotonic

        async with self._lock:
            now = monotonic()
            self._free_at = max(self._free_at, now) + count * self._seconds_per_byte
            delay = self._free_at - now
        while delay > 0:
            await self._runtime.sleep(min(delay, _LONGEST_SLEEP))
            self.stop.look()
            delay -= _LONGEST_SLEEP
