"""Who wants to know what calls wait for within themselves, such as new credentials. Nobody, until a recorder is on."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

#: ``watcher(what, since)`` is called when a wait has ended; ``since`` is what :func:`begin` gave.
watcher: Callable[[str, float], None] | None = None
clock: Callable[[], float] | None = None


def watch(wanted: Callable[[str, float], None] | None, tell: Callable[[], float] | None) -> None:
    """Have waits noted by ``wanted``, with the time that ``tell`` tells; ``None`` for nobody."""
    global watcher, clock
    clock, watcher = tell, wanted


def begin() -> float | None:
    """A wait begins: the time, or ``None`` while nobody looks."""
    return None if clock is None else clock()


def end(what: str, since: float | None) -> None:
    """A wait has ended."""
    if watcher is not None and since is not None:
        watcher(what, since)
