"""moto's in-process ``mock_aws`` for every client of sotalia: made before it, within it or after it, sync and async.

>>> from sotalia.compatibility.moto import mock_aws     # in place of: from moto import mock_aws
>>> with mock_aws():
...     sotalia.client("s3").list_buckets()

moto's own ``mock_aws`` reaches clients that were made after moto was imported: sessions read the list in which moto
leaves its handler (:mod:`sotalia.session.foreign`). For clients made before, this module looks once through the live
objects of the process. Nothing is kept for that, and nothing runs in a process that does not import this.
"""

from __future__ import annotations

import os
from functools import partial
from threading import RLock

from sotalia.clients.base import BaseClient
from sotalia.compatibility import moto_decoration
from sotalia.runtime import ProcessLock
from sotalia.session import foreign
from sotalia.session.core import SessionCore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

__all__ = ["connect", "mock_aws", "patch_client"]

_connecting = ProcessLock(RLock)
_connected: list[bool] = []


def mock_aws(func: Callable[..., Any] | None = None, config: Any = None) -> Any:
    """``moto.mock_aws`` (decorator, context manager, or ``start`` and ``stop``) that all clients of sotalia hear.

    Coroutine functions, generators and classes that hold them may be decorated: the mock runs as long as they do. While
    it runs, it is there for the whole process, other tasks included. The default session is put aside meanwhile, as moto
    does with boto3's. Raises ``ImportError`` saying what to install, ``RuntimeError`` in moto's server and proxy modes,
    ``TypeError`` for a pytest fixture that is decorated from outside.
    """
    connect()
    from moto import mock_aws as original
    from moto import settings

    if settings.TEST_SERVER_MODE or settings.is_test_proxy_mode():
        raise RuntimeError(
            "moto is in server or proxy mode, in which mock_aws reaches boto3's functions only: make clients with "
            "endpoint_url=, or unset TEST_SERVER_MODE and TEST_PROXY_MODE"
        )
    mock = original(config=config)
    start, stop = partial(_running.start, mock, mock.start), partial(_running.stop, mock, mock.stop)
    vars(mock).update(start=start, stop=stop)
    moto_decoration.install(mock)
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


class _Surroundings:
    """What moto changes in the process while a mock runs: the keys in the environment, and its own configuration.

    moto puts back what it found at the start, which is right as long as mocks end in the reverse order of their start.
    Those of tasks and threads do not. Here each running mock keeps what it found; one that ends while a later one runs
    hands that on to the later one.
    """

    _NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")

    def __init__(self) -> None:
        from moto.core.config import default_user_config

        self._config: Any = default_user_config
        self._found = {name: os.environ.get(name) for name in self._NAMES}, dict(default_user_config)

    def restore(self) -> None:
        """Put it back."""
        environment, config = self._found
        for name, value in environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._config.clear()
        self._config.update(config)


class _Running:
    """The mocks of this module that run, in the order of their start, and the default sessions put aside by the first."""

    def __init__(self) -> None:
        self._mocks: list[tuple[Any, _Surroundings]] = []
        self._sessions: tuple[Any, Any] = (None, None)

    def start(self, mock: Any, start: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Start a mock."""
        import boto3

        import sotalia

        with _connecting.lock:
            found, sessions = _Surroundings(), (sotalia.DEFAULT_SESSION, boto3.DEFAULT_SESSION)
            started = start(*args, **kwargs)
            if not self._mocks:
                self._sessions = sessions
                sotalia.DEFAULT_SESSION = None
            self._mocks.append((mock, found))
            return started

    def stop(self, mock: Any, stop: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Stop a mock, the last that was started of its kind."""
        import boto3

        import sotalia

        with _connecting.lock:
            places = [place for place, (running, _) in enumerate(self._mocks) if running is mock]
            if not places:
                return stop(*args, **kwargs)  # Raises, as moto does for a stop without a start.
            _, found = self._mocks.pop(places[-1])
            now = _Surroundings()
            stopped = stop(*args, **kwargs)
            if places[-1] == len(self._mocks):
                found.restore()
            else:
                now.restore()
                later, _ = self._mocks[places[-1]]
                self._mocks[places[-1]] = later, found
            if not self._mocks:
                sotalia.DEFAULT_SESSION, session = self._sessions
                if boto3.DEFAULT_SESSION is None:
                    boto3.DEFAULT_SESSION = session
            return stopped


_running = _Running()
