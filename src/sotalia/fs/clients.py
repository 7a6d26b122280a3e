"""The clients of a filesystem: one for each event loop, all of one session.

Connections belong to the loop they were opened on, and two loops may run at the same time in two threads. A client that was
closed, or whose loop was, is replaced by a new one; a forked process has loops of its own and so clients of its own.
"""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

from sotalia.config import Config
from sotalia.config.unsigned import unsigned
from sotalia.runtime import ProcessLock
from sotalia.session import AsyncSession, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from sotalia.clients.base import AsyncBaseClient
    from sotalia.events import Extension

#: As many connections as a client may have unless ``config_kwargs`` says otherwise. Listings and small objects are asked
#: for by the hundred at once; with the usual 10 most of them would wait.
CONNECTIONS = 32
_KEYS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")

_making = ProcessLock()


def async_session(given: Any, settings: Mapping[str, Any]) -> AsyncSession:
    """The session that clients are made of: a new one, or one of the handlers, settings and keys of the given one.

    ``given``: ours, sync or async, or one of boto3 or botocore; ``None`` makes one of ``settings``. Raises ``TypeError`` for
    something else, and for settings that no session has.
    """
    if given is None:
        named = dict(settings)
        if "profile" in named:
            named["profile_name"] = named.pop("profile")
        return AsyncSession(**named)
    if isinstance(given, AsyncSession):
        return given
    if isinstance(given, Session):
        return AsyncSession(botocore_session=given._session)
    # boto3.Session has the session of botocore in it.
    return AsyncSession(botocore_session=getattr(given, "_session", given))


def client_arguments(
    anon: bool,
    endpoint_url: str | None,
    keys: tuple[str | None, str | None, str | None],
    use_ssl: bool,
    client_kwargs: Mapping[str, Any],
    config_kwargs: Mapping[str, Any],
) -> dict[str, Any]:
    """What ``session.client("s3", ...)`` gets. Raises ``TypeError`` for a setting that is given twice and differs."""
    arguments = dict(client_kwargs)
    named = dict(zip((*_KEYS, "endpoint_url"), (*keys, endpoint_url), strict=True))
    for name, value in named.items():
        if value is None:
            continue
        if arguments.setdefault(name, value) != value and name != "endpoint_url":
            raise TypeError(
                f"{name} is given twice, in client_kwargs and by its own argument, and they differ"
            )
        arguments[name] = value
    arguments.setdefault("use_ssl", use_ssl)
    options = {"max_pool_connections": CONNECTIONS, **config_kwargs}
    if anon:
        for name in _KEYS:
            arguments.pop(name, None)
        options["signature_version"] = unsigned()
    config = Config(**options)
    given = arguments.get("config")
    arguments["config"] = config if given is None else config.merge(given)
    return arguments


class Clients:
    """The clients of one filesystem, by event loop."""

    def __init__(self, extensions: Iterable[Extension | str]) -> None:
        self._extensions = tuple(extensions)
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncBaseClient] = WeakKeyDictionary()

    def known(self, loop: asyncio.AbstractEventLoop | None) -> AsyncBaseClient | None:
        """The client of a loop that can still be used, or ``None``."""
        client = None if loop is None else self._by_loop.get(loop)
        return None if client is None or _is_closed(client) else client

    def make(
        self, loop: asyncio.AbstractEventLoop, session: AsyncSession, arguments: Mapping[str, Any]
    ) -> AsyncBaseClient:
        """A new client for a loop, in the place of the one it had."""
        client: AsyncBaseClient = session.client("s3", extensions=self._extensions, **arguments)
        with _making.lock:
            for other in [one for one in self._by_loop if one.is_closed()]:
                del self._by_loop[other]
            before = self._by_loop.get(loop)
            self._by_loop[loop] = client
        if before is not None:
            before.parts.channel.close()  # Idle connections only: calls in flight go on.
        return client

    def forget(self) -> None:
        """Have the next call on each loop make a client anew."""
        with _making.lock:
            clients = list(self._by_loop.items())
            self._by_loop.clear()
        for loop, client in clients:
            _close_on(loop, client)

    close = forget


def _is_closed(client: AsyncBaseClient) -> bool:
    """Whether somebody called ``aclose`` of a client."""
    return bool(getattr(client.parts.channel.transport, "is_closed", False))


def _close_on(loop: asyncio.AbstractEventLoop, client: AsyncBaseClient) -> None:
    """Close a client's idle connections on the loop that they belong to."""
    try:
        loop.call_soon_threadsafe(client.parts.channel.close)
    except RuntimeError:
        pass  # The loop was closed, and its connections with it.
