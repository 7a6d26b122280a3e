"""What differs between a synchronous and an asynchronous client, and how one core serves both.

The core is written once, as ``async def``. An asynchronous client awaits it. A synchronous client hands it a runtime
whose operations never suspend and runs the same coroutine to its end with one ``send(None)``: :func:`drive`.

Each name below is loaded when it is first used: ``import sotalia`` needs this package, but none of them.
"""

from __future__ import annotations

# Checkers know the name. The module `typing` costs a seventh of a program's start: see CONTRIBUTING.md.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.runtime.blocking import SyncRuntime
    from sotalia.runtime.driving import drive, resolved
    from sotalia.runtime.forks import renew_in_child, renewed_in_child
    from sotalia.runtime.interfaces import AsyncEvent, AsyncLock, RenewedInChild, Runtime
    from sotalia.runtime.locks import ProcessLock
    from sotalia.runtime.single_flight import SingleFlight
    from sotalia.runtime.suspending import AsyncioRuntime

__all__ = [
    "AsyncEvent",
    "AsyncLock",
    "AsyncioRuntime",
    "ProcessLock",
    "RenewedInChild",
    "Runtime",
    "SingleFlight",
    "SyncRuntime",
    "drive",
    "renew_in_child",
    "renewed_in_child",
    "resolved",
]

_LAZY = {
    "AsyncEvent": "sotalia.runtime.interfaces",
    "AsyncLock": "sotalia.runtime.interfaces",
    "AsyncioRuntime": "sotalia.runtime.suspending",
    "RenewedInChild": "sotalia.runtime.interfaces",
    "ProcessLock": "sotalia.runtime.locks",
    "Runtime": "sotalia.runtime.interfaces",
    "SingleFlight": "sotalia.runtime.single_flight",
    "SyncRuntime": "sotalia.runtime.blocking",
    "drive": "sotalia.runtime.driving",
    "renewed_in_child": "sotalia.runtime.forks",
    "renew_in_child": "sotalia.runtime.forks",
    "resolved": "sotalia.runtime.driving",
}

# Checkers would take any name, also a misspelt one, for known.
if not TYPE_CHECKING:

    def __getattr__(name):
        """Load a name when it is first used."""
        if name not in _LAZY:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        found = globals()[name] = getattr(import_module(_LAZY[name]), name)
        return found


def __dir__() -> list[str]:
    """Also the names that nobody used yet."""
    return sorted({*__all__, *globals()})
