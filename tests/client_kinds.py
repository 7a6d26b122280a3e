"""Sync and async clients behind one face, so that a behaviour is tested in both by one test.

``client_kind.client("s3", ...)`` gives a client whose methods can be called plainly: an asynchronous one runs each call to its
end on a loop of its own. Streams, pages and waiters are wrapped alike.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import sotalia
from sotalia.transport import TransportOptions
from sotalia.transport.http import asyncio_transport, sync_transport
from sotalia.transport.scripted import ScriptedTransport

KEYS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret", "region_name": "us-west-2"}


class Connecting:
    """Makes transports for a session (``transport=``), and keeps them for the test: ``made``."""

    def __init__(self, make: Callable[[TransportOptions], Any]) -> None:
        self._make = make
        self.made: list[Any] = []

    def __call__(self, options: TransportOptions) -> Any:
        self.made.append(self._make(options))
        return self.made[-1]


class Kind:
    """What both have in common."""

    is_async = False

    def __init__(self) -> None:
        self._clients: list[Any] = []

    def session(self, **arguments: Any) -> Any:
        raise NotImplementedError

    def run(self, value: Any) -> Any:
        """The value, or what a coroutine gives in the end."""
        raise NotImplementedError

    def client(self, service: str, session: Any = None, **arguments: Any) -> Any:
        """A client that can be called plainly."""
        made = (session or self.session(**KEYS)).client(service, **arguments)
        self._clients.append(made)
        return Plain(made, self)

    def scripted(self, service: str, script: list[Any], session: Any = None, **arguments: Any) -> Any:
        """A client whose service answers from a script: ``client.transport.requests`` are what it was asked."""
        transport = ScriptedTransport(script)
        made = self.client(service, self.through(transport, session), **arguments)
        made.transport = transport
        return made

    def through(self, transport: Any, session: Any = None) -> Any:
        """A session that sends through ``transport`` (see :class:`sotalia.Session`): one of its own, or of the handlers
        and settings of ``session``.
        """
        if session is None:
            return self.session(**KEYS, transport=transport)
        return type(session)(botocore_session=session._session, transport=transport)

    def connected(self, service: str, session: Any = None, **arguments: Any) -> Any:
        """A client with real connections: ``client.transport`` is what makes them."""
        connecting = Connecting(asyncio_transport if self.is_async else sync_transport)
        made = self.client(service, self.through(connecting, session), **arguments)
        [made.transport] = connecting.made
        return made

    def close(self) -> None:
        for client in self._clients:
            client.close()


class SyncKind(Kind):
    def session(self, **arguments: Any) -> Any:
        return sotalia.Session(**arguments)

    def run(self, value: Any) -> Any:
        return value


class AsyncKind(Kind):
    is_async = True

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()

    def session(self, **arguments: Any) -> Any:
        return sotalia.AsyncSession(**arguments)

    def run(self, value: Any) -> Any:
        if inspect.isawaitable(value):
            return self.loop.run_until_complete(_awaited(value))
        if inspect.isasyncgen(value):
            return self.loop.run_until_complete(_listed(value))
        return value

    def close(self) -> None:
        for client in self._clients:
            self.loop.run_until_complete(client.aclose())
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()


async def _awaited(value: Any) -> Any:
    return await value


async def _listed(values: Any) -> list[Any]:
    return [value async for value in values]


async def _each(values: Any) -> Any:
    async for value in values:
        yield value


class Plain:
    """A client (or body, paginator, waiter) whose coroutines are run to their ends."""

    def __init__(self, raw: Any, client_kind: Kind) -> None:
        self.raw = raw
        self._client_kind = client_kind
        #: What the client sends through, where the test chose it.
        self.transport: Any = None

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.raw, name)
        if not callable(found) or inspect.isclass(found):
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            result = self._client_kind.run(found(*arguments, **named))
            if hasattr(result, "paginate") or hasattr(result, "wait") or hasattr(result, "build_full_result"):
                return Plain(result, self._client_kind)
            if isinstance(result, dict) and "Body" in result and hasattr(result["Body"], "read"):
                result["Body"] = Plain(result["Body"], self._client_kind)
            return result

        return call

    def __iter__(self) -> Any:
        return iter(self._client_kind.run(_each(self.raw))) if self._client_kind.is_async else iter(self.raw)
