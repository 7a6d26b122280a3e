"""Forks: the one place where this package hears of them. Rooms register an object by :func:`renew_in_child`.

A child has one thread, the one that forked. Locks that other threads held stay held for ever, and connections would be
shared with the parent: each object that has such a thing puts a new one in its place.

Other threads may import as well: the first calls of a process import modules when they need them. A thread within an import holds the lock of that module. A forked child has no such thread, but has its lock: CPython
makes only the one lock of all imports anew (``PyOS_AfterFork_Child``), and so the child would wait for ever when it
imports the module itself. Therefore a fork waits until no thread imports a module of ours. For other imports that are under
way the child forgets locks and half-made modules, and imports them again.

OpenSSL has locks of its own, which it holds above all while it looks up algorithms for the first time. A fork waits for
who is within a call of :data:`in_openssl`.
"""

from __future__ import annotations

import os
import sys
from _thread import RLock, get_ident
from _weakrefset import WeakSet
from time import monotonic, sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sotalia.runtime.interfaces import RenewedInChild

# Imports of ours take milliseconds. More than this is a thread that waits for the very one that forks.
_WAIT_SECONDS = 5.0
_LOOK_SECONDS = 0.001
# Calls within OpenSSL never wait for anybody, so they end, if late on a machine that is short of processors. A
# fork that goes on without waiting leaves the child a lock of OpenSSL's that may stay held for ever.
_OPENSSL_WAIT_SECONDS = 30.0
# A fork holds the lock of OpenSSL's calls for no longer than both of its waits.
_CALL_WAIT_SECONDS = _WAIT_SECONDS + _OPENSSL_WAIT_SECONDS
_PACKAGE = __name__.partition(".")[0]

#: Forks between the first process and this one. What carries another number belongs to an ancestor.
generation: int = 0

_of_process: WeakSet[RenewedInChild] = WeakSet()


def renew_in_child(one: RenewedInChild) -> None:
    """Have an object's ``renew`` called in every forked child.

    Each object asks for it once, when it is made; its lock stays a plain one, and using it costs what it cost.
    """
    _of_process.add(one)


def renewed_in_child() -> list[RenewedInChild]:
    """All objects that have asked for it and are still there."""
    return list(_of_process)


# importlib's own tables. They are private: what is not there as expected is left alone.
_bootstrap: Any = sys.modules.get("_frozen_importlib")
_module_locks: dict[str, Any] = getattr(_bootstrap, "_module_locks", {})


def wait_for_imports() -> None:
    """Before a fork: wait while other threads import modules of this package.

    It looks at the locks alone. Walking through the frames of threads that run, to learn what they import for us, can
    crash the interpreter.
    """
    if not _module_locks:  # Nobody imports anything.
        return
    end = monotonic() + _WAIT_SECONDS
    while _is_importing() and monotonic() < end:
        sleep(_LOOK_SECONDS)


def _is_importing() -> bool:
    me = get_ident()
    for name, reference in list(_module_locks.items()):
        if name.partition(".")[0] == _PACKAGE and getattr(reference(), "owner", None) not in (None, me):
            return True
    return False


def forget_imports() -> None:
    """In a forked child: forget the locks and half-made modules of threads that are not here."""
    me = get_ident()
    abandoned: list[str] = []
    for name, reference in list(_module_locks.items()):
        lock = reference()
        if getattr(lock, "owner", None) == me:  # The fork happened within an import.
            lock.lock._at_fork_reinit()
        else:
            _module_locks.pop(name, None)
            abandoned.append(name)
    blocked = getattr(_bootstrap, "_blocking_on", None)
    if blocked:
        blocked.clear()
    for name in abandoned:
        spec = getattr(sys.modules.get(name), "__spec__", None)
        if getattr(spec, "_initializing", False):
            # Its submodules are bound to it only while they are loaded, so they are loaded again with it.
            for known in [name, *(known for known in sys.modules if known.startswith(name + "."))]:
                sys.modules.pop(known, None)


class OpenSSLCalls:
    """``with in_openssl.call():`` around calls that release the GIL within OpenSSL, and never wait for a peer."""

    __slots__ = ("_forking", "_lock")

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """In a forked child: nobody is there."""
        self._lock = RLock()
        self._forking: dict[int, Any] = {}

    def call(self) -> _OpenSSLCall:
        """What to be within for a call."""
        return _OpenSSLCall(self)

    def enter(self) -> Any:
        """The lock to release; ``None`` when it cannot be had. A call goes on without it then: only a fork needs it."""
        lock = self._lock
        if lock.acquire(timeout=_CALL_WAIT_SECONDS):
            return lock
        if self._lock is lock:  # Its holder is gone, or stuck: let the next calls not wait as well.
            self._lock = RLock()
        return None

    def hold(self) -> None:
        """Before a fork: wait until nobody is within, and let nobody in."""
        lock = self._lock
        if lock.acquire(timeout=_OPENSSL_WAIT_SECONDS):
            self._forking[get_ident()] = lock

    def let_go(self) -> None:
        """In the parent after a fork. Other threads may be about to fork as well: each gives back what it took."""
        lock = self._forking.pop(get_ident(), None)
        if lock is not None:
            lock.release()


class _OpenSSLCall:
    """One use. It gives back the lock that it took, whatever forks did to the lock meanwhile."""

    __slots__ = ("_calls", "_lock")

    def __init__(self, calls: OpenSSLCalls) -> None:
        self._calls = calls

    def __enter__(self) -> None:
        self._lock = self._calls.enter()

    def __exit__(self, *error: object) -> None:
        if self._lock is not None:
            self._lock.release()


in_openssl = OpenSSLCalls()


def _before_fork() -> None:
    in_openssl.hold()
    wait_for_imports()


def _in_child() -> None:
    global generation
    generation += 1
    # First what renewing may need: it may import, and streams that are dropped may call OpenSSL.
    in_openssl.renew()
    forget_imports()
    for one in renewed_in_child():
        one.renew()


if hasattr(os, "register_at_fork"):  # Windows has no forks.
    os.register_at_fork(before=_before_fork, after_in_parent=in_openssl.let_go, after_in_child=_in_child)
