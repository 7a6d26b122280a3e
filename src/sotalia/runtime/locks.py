"""Locks: one of a whole module, and a reentrant one that loads nothing."""

from __future__ import annotations

import _thread
import sys
from _thread import allocate_lock

from sotalia.runtime.forks import renew_in_child

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def reentrant_lock() -> Any:
    """``threading.RLock()``, without the import of ``threading`` where nobody has loaded it: nobody has patched it then."""
    return (sys.modules.get("threading") or _thread).RLock()


class ProcessLock:
    """A lock of a whole module, ``with _registering.lock:``; ``make`` gives the lock, such as ``threading.RLock``."""

    __slots__ = ("__weakref__", "_make", "lock")

    def __init__(self, make: Callable[[], Any] = allocate_lock) -> None:
        self._make = make
        self.renew()
        renew_in_child(self)

    def renew(self) -> None:
        """Forget who holds it."""
        self.lock = self._make()
