"""Locks after a fork: a child gets new ones, because the threads that could release the old ones are gone."""

from __future__ import annotations

import os
from _thread import allocate_lock
from _weakrefset import WeakSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.runtime.interfaces import LockHolder

_lock_holders: WeakSet[LockHolder] = WeakSet()


def renew_in_child(holder: LockHolder) -> None:
    """Have an object's lock renewed in every forked child, where the threads that held it are gone.

    Each object asks for it once, when it is made; its lock stays a plain one, and using it costs what it cost.
    """
    _lock_holders.add(holder)


def lock_holders() -> list[LockHolder]:
    """All objects that have asked for it and are still there."""
    return list(_lock_holders)


def _renew_locks() -> None:
    for holder in list(_lock_holders):
        holder.renew_lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_locks)


class ProcessLock:
    """A lock of a whole module, ``with _registering.lock:``; ``make`` gives the lock, such as ``threading.RLock``."""

    __slots__ = ("__weakref__", "_make", "lock")

    def __init__(self, make: Callable[[], Any] = allocate_lock) -> None:
        self._make = make
        self.renew_lock()
        renew_in_child(self)

    def renew_lock(self) -> None:
        """Forget who holds it."""
        self.lock = self._make()
