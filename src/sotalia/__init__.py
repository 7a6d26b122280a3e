"""AWS for Python beside boto3: the same calls and events on a fast engine, sync and async from one core.

>>> import sotalia as boto3
>>> s3 = boto3.client("s3")

Importing this loads almost nothing; each name below is loaded when it is first used.
"""

from __future__ import annotations

import os
from _thread import allocate_lock
from typing import TYPE_CHECKING, Any

import sotalia.forks

__version__ = "0.1.0"

if TYPE_CHECKING:
    import logging
    from logging import NullHandler

    from sotalia import (
        compat,
        compatibility,
        config,
        credentials,
        crt,
        dynamodb,
        ec2,
        events,
        exceptions,
        local,
        redaction,
        resources,
        s3,
        session,
        utils,
    )
    from sotalia.compatibility.patching import patch_boto3, unpatch_boto3
    from sotalia.session import AsyncSession, Session

    DEFAULT_SESSION: Session | None

__all__ = [
    "AsyncSession",
    "Session",
    "client",
    "exceptions",
    "patch_boto3",
    "resource",
    "session",
    "set_stream_logger",
    "setup_default_session",
    "unpatch_boto3",
]

DEFAULT_SESSION = None
_LAZY = {
    "Session": "sotalia.session",
    "AsyncSession": "sotalia.session",
    "patch_boto3": "sotalia.compatibility.patching",
    "unpatch_boto3": "sotalia.compatibility.patching",
    "NullHandler": "logging",
    "_warn_deprecated_python": "sotalia.compat",
}
_MODULES = {
    "logging": "logging",
    **dict.fromkeys(
        (
            *(
                "compat",
                "compatibility",
                "config",
                "credentials",
                "crt",
                "dynamodb",
                "ec2",
                "events",
                "exceptions",
            ),
            *("local", "redaction", "resources", "s3", "session", "utils"),
        )
    ),
}

if not TYPE_CHECKING:

    def __getattr__(name):
        """Load a name when it is first used."""
        from importlib import import_module

        if name in _LAZY:
            found = getattr(import_module(_LAZY[name]), name)
        elif name in _MODULES:
            found = import_module(_MODULES[name] or f"sotalia.{name}")
        else:
            raise AttributeError(f"module 'sotalia' has no attribute {name!r}")
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    """Also the names that nobody used yet."""
    return sorted(
        {*globals(), *_LAZY, *_MODULES} - {"annotations", "allocate_lock", "os", "Any", "TYPE_CHECKING"}
    )


def setup_default_session(**kwargs: Any) -> None:
    """Replace the session behind :func:`client`, with the arguments of :class:`Session`."""
    global DEFAULT_SESSION
    from sotalia.session import Session

    DEFAULT_SESSION = Session(**kwargs)


def _get_default_session() -> Session:
    """The default session, made when it is first needed; threads that need it at once get the same one."""
    found = DEFAULT_SESSION
    if found is None:
        with _making.lock:
            if DEFAULT_SESSION is None:
                setup_default_session()
            found = DEFAULT_SESSION
    assert found is not None
    return found


class _Making:
    """The lock under which the default session is made; new in a forked child, where no other thread can release it."""

    def __init__(self) -> None:
        self.renew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.renew)

    def renew(self) -> None:
        self.lock = allocate_lock()


_making = _Making()


def client(*args: Any, **kwargs: Any) -> Any:
    """A client of the default session: see :meth:`sotalia.session.Session.client`."""
    return _get_default_session().client(*args, **kwargs)


def resource(*args: Any, **kwargs: Any) -> Any:
    """The resources of a service, of the default session: see :meth:`sotalia.session.Session.resource`."""
    return _get_default_session().resource(*args, **kwargs)


def set_stream_logger(name: str = "sotalia", level: int = 10, format_string: str | None = None) -> None:
    """Write log messages of ``name`` and below to standard error, from ``level`` (default: debug) on.

    ``boto3`` and ``botocore`` mean ``sotalia`` as well. Call it before making clients. Lines hold no secrets.
    """
    from sotalia.logs import set_stream_logger as set_logger

    set_logger(name, level, format_string)
