"""The cassettes that run, and the one hook around calls that serves them all. Without any there is no hook."""

from __future__ import annotations

from sotalia.call.hooks import EVERYWHERE
from sotalia.credentials.objects import stand_in
from sotalia.events.handlers import Hook
from sotalia.replay.playing import CallOnCassette, CassetteTransport
from sotalia.runtime import ProcessLock
from sotalia.runtime.pauses import skipping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any, Final

    from sotalia.call.call import Call
    from sotalia.replay.cassettes import Cassette

_HOOK_ID: Final = "cassettes"
_AROUND_ATTEMPTS: Final = "around.retry-loop"
_ATTEMPTS_ID: Final = "results of cassettes"
# In the order in which they began. Replaced, never changed: calls look at it without a lock.
_running: tuple[Cassette, ...] = ()
_changing: Final = ProcessLock()


def running() -> tuple[Cassette, ...]:
    """Those that run, in the order in which they began."""
    return _running


def enter(cassette: Cassette) -> None:
    """A cassette begins."""
    global _running
    with _changing.lock:
        _running = (*_running, cassette)
        if not EVERYWHERE.has_unique_id(_HOOK_ID):
            EVERYWHERE.around_call(
                _on_cassette,
                unique_id=_HOOK_ID,
                name="cassette",
                after=("recorder", "no-network"),
                before=("faults", "deadline of a block"),
            )
            EVERYWHERE.install(_AROUND_ATTEMPTS, Hook(_in_place_of_attempts), unique_id=_ATTEMPTS_ID)


def leave(cassette: Cassette) -> None:
    """A cassette ends."""
    global _running
    with _changing.lock:
        _running = tuple(one for one in _running if one is not cassette)
        skipping.set(None)  # It refers to the last call of this context.
        if not _running:
            EVERYWHERE.unregister("around.call", unique_id=_HOOK_ID)
            EVERYWHERE.unregister(_AROUND_ATTEMPTS, unique_id=_ATTEMPTS_ID)


async def _on_cassette(call: Call, proceed: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    cassette = next((one for one in reversed(_running) if one.targets.cover(call.client)), None)
    outer = stand_in.get()
    if cassette is None or (isinstance(outer, CallOnCassette) and outer.is_fetching):
        return await proceed()
    mine = CallOnCassette(call, cassette)
    call.channel = call.channel.replaced(transport=CassetteTransport(call.channel.transport, mine))
    token = stand_in.set(mine)
    skipping.set(mine.skips_pauses)
    try:
        return await proceed()
    finally:
        stand_in.reset(token)
        # After a call within another one, the pauses are the other's again. What the last call leaves, a waiter asks.
        if isinstance(outer, CallOnCassette):
            skipping.set(outer.skips_pauses)
        mine.ended()


async def _in_place_of_attempts(call: Call, proceed: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    mine = stand_in.get()
    if not (isinstance(mine, CallOnCassette) and mine.stands_for(call) and await mine.play_result()):
        await proceed()
