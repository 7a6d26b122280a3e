"""moto's in-process ``mock_aws`` for every client of sotalia: made before it, within it or after it, of either colour.

>>> from sotalia.compatibility.moto import mock_aws     # in place of: from moto import mock_aws
>>> with mock_aws():
...     sotalia.client("s3").list_buckets()

moto's own ``mock_aws`` reaches clients that were made after moto was imported: sessions read the list in which moto
leaves its handler (:mod:`sotalia.services.foreign`). For clients made before, this module looks once through the live
objects of the process. Nothing is kept for that, and nothing runs in a process that does not import this.
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any

from sotalia.clients import BaseClient
from sotalia.runtime import ProcessLock
from sotalia.services import foreign
from sotalia.session_core import SessionCore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["connect", "mock_aws", "patch_client"]

_connecting = ProcessLock(RLock)
_connected: list[bool] = []
# Mocks that run, and the default session that the first of them put aside.
_running: list[Any] = []
_set_aside: list[Any] = []


def mock_aws(func: Callable[..., Any] | None = None, config: Any = None) -> Any:
    """``moto.mock_aws`` (decorator, context manager, or ``start`` and ``stop``) that all clients of sotalia hear.

    The default session is put aside while the outermost mock runs, as moto does with boto3's. Raises ``ImportError``
    saying what to install.
    """
    connect()
    from moto import mock_aws as original

    mock = original(config=config)
    _with_default_session_aside(mock)
    return mock if func is None else mock(func)


def connect() -> None:
    """Import moto and put its handler before the clients and sessions that there are; once per process."""
    with _connecting.lock:
        if _connected:
            return
        _stubber()
        for session in _live(SessionCore, "foreign_handlers"):
            session.foreign_handlers.refresh()
        for client in _live(BaseClient, "meta"):
            patch_client(client)
        _connected.append(True)


def patch_client(client: Any) -> None:
    """``moto.core.patch_client`` for a client of sotalia. Raises ``TypeError`` for what is none."""
    if not isinstance(client, BaseClient):
        raise TypeError(f"{client!r} is no client of sotalia; for one of boto3 use moto.core.patch_client")
    foreign.install(client.meta.events, "before-send", _stubber())


def _stubber() -> Any:
    """The handler of ``before-send`` that is moto; importing it puts it into the reference's list."""
    try:
        from moto.core.models import botocore_stubber
    except ImportError as error:
        raise ImportError(
            f"mock_aws needs moto ({error}); install it with: pip install 'sotalia[local]'"
        ) from error
    return botocore_stubber


def _live(kind: type, attribute: str) -> Iterator[Any]:
    """All instances of a class that the garbage collector knows, but for those still being made in another thread."""
    import gc

    # By type(): isinstance would run code of proxies and mocks that it meets.
    return (found for found in gc.get_objects() if issubclass(type(found), kind) and attribute in vars(found))


def _with_default_session_aside(mock: Any) -> None:
    """Wrap ``start`` and ``stop``, which moto's decorators and ``with`` go through, on this one mock."""
    import sotalia

    start, stop = mock.start, mock.stop

    def start_aside(*args: Any, **kwargs: Any) -> Any:
        found = start(*args, **kwargs)
        with _connecting.lock:
            if not _set_aside:
                _set_aside.append(sotalia.DEFAULT_SESSION)
                sotalia.DEFAULT_SESSION = None
            _running.append(mock)
        return found

    def stop_aside(*args: Any, **kwargs: Any) -> Any:
        with _connecting.lock:
            _running.remove(mock)
            if not _running:
                sotalia.DEFAULT_SESSION = _set_aside.pop()
        return stop(*args, **kwargs)

    mock.start, mock.stop = start_aside, stop_aside
