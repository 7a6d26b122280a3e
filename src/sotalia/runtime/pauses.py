"""Pauses between calls and between attempts, which are for the service's sake: nobody needs them when nothing is sent.

A waiter pauses between two polls, a call before another attempt. Who responds in the service's place, from a file say,
leaves :data:`skipping` behind in the context of the call: it is asked when a pause is to begin.
"""

from __future__ import annotations

from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from sotalia.runtime.interfaces import Runtime

#: Says whether the last call of this thread or task needs no pause after it.
skipping: Final[ContextVar[Callable[[], bool] | None]] = ContextVar("sotalia_pauses", default=None)


def are_skipped() -> bool:
    """Whether pauses are skipped now."""
    skips = skipping.get()
    return skips is not None and skips()


async def pause(runtime: Runtime, seconds: float) -> None:
    """Wait for ``seconds``, unless pauses are skipped. An async task lets others run in any case."""
    await runtime.sleep(0 if are_skipped() else seconds)
