"""An embedded AWS for one test: in the process and without a port, with a state that no other shares.

>>> from sotalia.testing import EmbeddedAWS
>>> with EmbeddedAWS() as aws:
...     aws.client("s3").create_bucket(Bucket="here")["ResponseMetadata"]["HTTPStatusCode"]
200

Needs moto: the extra ``sotalia[local]``. Programs in other processes want a port: :class:`~sotalia.testing.LocalAWS`.
"""

from __future__ import annotations

import os
from functools import partial

from sotalia.call.hooks import EVERYWHERE
from sotalia.session import AsyncSession, Session
from sotalia.testing.moto_worlds import Moto, MotoTransport, UnfitMotoError
from sotalia.testing.network import is_network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from types import TracebackType
    from typing import Any, Self, TypeVar

    from sotalia.call import Call
    from sotalia.testing.local import LocalAWS
    from sotalia.transport import TransportOptions

    Result = TypeVar("Result")

_KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


class EmbeddedAWS:
    """AWS for one test. ``session`` and ``async_session`` make its clients, and so do, with the arguments of ``Session.client``,
    ``client``, ``resource``, ``async_client`` and ``async_resource``; all with types.

    ``region_name`` is theirs unless they name another. ``account_id`` is the account that it is used by. Clients that the program makes
    itself reach it within :meth:`everywhere`. Raises ``ImportError`` saying what to install.

    Where the installed moto cannot be used within the process, it is a :class:`LocalAWS`, at ``endpoint_url``: it shares its state with others
    of the process that run at the same time, and has one account.
    """

    #: The address of the server that stands in where moto cannot be used within the process.
    endpoint_url: str | None = None

    def __init__(self, region_name: str = "us-east-1", *, account_id: str = "123456789012") -> None:
        self._server: LocalAWS | None = None
        try:
            self._open(Moto(), region_name, account_id)
        except UnfitMotoError:
            self._open_on_port(region_name, account_id)

    def _open_on_port(self, region_name: str, account_id: str) -> None:
        from sotalia.testing.local import LocalAWS

        self.region_name, self.account_id = region_name, account_id
        self._server = LocalAWS().start()
        self.endpoint_url = self._server.endpoint_url
        keys = ("testing", "testing")
        self.session, self.async_session = (
            Session(*keys, region_name=region_name),
            AsyncSession(*keys, region_name=region_name),
        )
        for name, make in (
            ("client", self.session.client),
            ("resource", self.session.resource),
            ("async_client", self.async_session.client),
            ("async_resource", self.async_session.resource),
        ):
            setattr(self, name, partial(make, endpoint_url=self.endpoint_url))

    def _in_process(self) -> Moto:
        """What answers. Raises ``NotImplementedError`` where a server stands in."""
        if self._server is not None:
            raise NotImplementedError(
                "the installed moto cannot be used within the process; give clients the endpoint_url of this AWS, or update moto"
            )
        return self._moto

    def _open(self, moto: Moto, region_name: str, account_id: str) -> None:
        self.region_name, self.account_id = region_name, account_id
        self._moto = moto
        self.session = self._isolated(Session, is_async=False)
        self.async_session = self._isolated(AsyncSession, is_async=True)
        self.client = self.session.client
        self.resource = self.session.resource
        self.async_client = self.async_session.client
        self.async_resource = self.async_session.resource

    def _isolated(self, kind: type[Any], *, is_async: bool) -> Any:
        session = kind(
            "testing",
            "testing",
            region_name=self.region_name,
            transport=partial(_transport, self._moto, self.account_id, is_async),
        )
        # What a developer has configured is not for the embedded AWS.
        session._session.set_config_variable("ignore_configured_endpoint_urls", True)
        return session

    def in_account(self, account_id: str) -> EmbeddedAWS:
        """The same AWS for another account, a number of twelve digits: its clients see what that account holds."""
        if not (account_id.isdigit() and len(account_id) == 12):
            raise ValueError(f"{account_id!r} is no account; give a number of twelve digits as text")
        other = object.__new__(type(self))
        other._server = None
        other._open(self._in_process(), self.region_name, account_id)
        return other

    def reset(self) -> None:
        """Forget everything."""
        if self._server is None:
            self._moto.reset()
        else:
            from sotalia.testing.moto_worlds import forget_outside

            forget_outside()

    def stop(self) -> None:
        """Forget everything; clients raise ``RuntimeError`` from now on."""
        if self._server is None:
            self._moto.close()
        else:
            self._server.stop()

    def everywhere(self) -> Everywhere:
        """For a ``with`` block, or from ``start()`` to ``stop()``: every client of the process that has connections of its own sends
        here, also one that the program makes or has made. Keys and region stand in the environment meanwhile.
        """
        self._in_process()
        return Everywhere(self)

    def transport(self, *, is_async: bool) -> MotoTransport:
        """What a client sends through to reach it."""
        return MotoTransport(self._in_process(), is_async=is_async, account_id=self.account_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<EmbeddedAWS {self.region_name}, account {self.account_id}>"


def _transport(moto: Moto, account_id: str, is_async: bool, options: TransportOptions) -> MotoTransport:
    return MotoTransport(moto, is_async=is_async, account_id=account_id)


class AsyncAWS:
    """The async face of an :class:`EmbeddedAWS`: ``client``, ``resource`` and ``session`` are async, and :meth:`run` runs a coroutine."""

    def __init__(self, aws: EmbeddedAWS) -> None:
        self.aws = aws
        self.session = aws.async_session
        self.client = aws.async_client
        self.resource = aws.async_resource
        self.region_name, self.account_id = aws.region_name, aws.account_id

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """What a coroutine returns, run on an event loop of its own: for tests that are plain functions."""
        import asyncio

        return asyncio.run(coroutine)

    def __repr__(self) -> str:
        return f"<AsyncAWS {self.region_name}, account {self.account_id}>"


class Everywhere:
    """What :meth:`EmbeddedAWS.everywhere` gives."""

    def __init__(self, aws: EmbeddedAWS) -> None:
        self._aws = aws
        self._environment: dict[str, str | None] = {}

    def start(self) -> Self:
        """Answer all clients."""
        settings = {
            **_KEYS,
            "AWS_DEFAULT_REGION": self._aws.region_name,
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        }
        self._environment = {name: os.environ.get(name) for name in [*settings, "AWS_SESSION_TOKEN"]}
        os.environ.pop("AWS_SESSION_TOKEN", None)
        os.environ.update(settings)
        EVERYWHERE.around_call(
            self._answer,
            unique_id=f"sotalia embedded AWS {id(self)}",
            name="embedded AWS",
            before=("recorder", "no-network", "cassette", "faults"),
        )
        return self

    def stop(self) -> None:
        """Leave them to themselves again."""
        EVERYWHERE.unregister("around.call", unique_id=f"sotalia embedded AWS {id(self)}")
        for name, value in self._environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._environment = {}

    async def _answer(self, call: Call, proceed: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        channel = call.channel
        if is_network(channel.transport):
            call.channel = channel.replaced(transport=self._aws.transport(is_async=channel.runtime.is_async))
        return await proceed()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
