"""aiobotocore's sessions and ``AioConfig`` on our engine: for s3fs (``session=``) and code that was written for aiobotocore.

::

    from sotalia.compatibility.aiobotocore import get_session

    async with get_session().create_client("s3") as s3:
        ...

Nothing here needs aiobotocore or imports it. What differs from :class:`sotalia.AsyncSession`: ``create_client`` gives a context
that makes the client when it is entered; what aiobotocore's session has as coroutine functions is to be awaited.
"""

from __future__ import annotations

import os

from sotalia import exceptions
from sotalia.compatibility.botocore_session import Session
from sotalia.config.client_config import Config
from sotalia.credentials.objects import freeze
from sotalia.session.session import AsyncSession, async_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Any, Self

    from sotalia.clients.base import AsyncBaseClient
    from sotalia.config.client_config import AnyConfig
    from sotalia.model.service import ServiceModel
    from sotalia.session.core import SessionCore

    # Checkers know what __getattr__ passes on.
    _Names = SessionCore
else:
    _Names = object

__all__ = ["AioConfig", "AioCredentials", "AioSession", "ClientContext", "get_session"]

# By these a session is changed. Setting an attribute changes it, too.
_CHANGING = ("events", "get_component", "lazy_register", "register", "set_", "unregister")
_OWN = ("_name", "_session")
# Of aiohttp's connector: how it keeps connections and names, which our transport does in its own way.
_WITHOUT_EFFECT = frozenset(
    ("force_close", "keepalive_timeout", "pool_timeout", "ttl_dns_cache", "use_dns_cache", "write_timeout")
)
# These decide what a client connects to and with which certificate: leaving one out would not do what was asked.
_INSTEAD = {
    "resolver": "give the session a transport that looks names up as you want",
    "socket_factory": "give the session a transport that makes such sockets",
    "ssl_context": "give create_client verify= (a bundle of authorities) and the config client_cert=",
}


class AioSession(_Names):
    """A session with the constructor and the methods of ``aiobotocore.session.AioSession``.

    ``session_vars``: rows that are added to ``SESSION_VARIABLES`` · ``event_hooks``: the registry that handlers are kept in, or
    an emitter of botocore's kind · ``include_builtin_handlers`` · ``profile``: its name. :meth:`of` makes one that shares
    everything with an :class:`sotalia.AsyncSession`. Names that are not below are those of :class:`sotalia.session.core.SessionCore`.
    It can be pickled like any session of ours.

    ``repr`` tells sessions apart, as fsspec gives one filesystem for arguments whose texts are equal. A pickle keeps it, so
    that a worker that unpickles a filesystem for each task has one filesystem and one client.
    """

    _session: SessionCore
    _name: str

    def __init__(
        self,
        session_vars: dict[str, Any] | None = None,
        event_hooks: Any = None,
        include_builtin_handlers: bool = True,
        profile: str | None = None,
    ) -> None:
        self._session = Session(session_vars, event_hooks, include_builtin_handlers, profile, async_kind())
        self._name = _new_name()

    @classmethod
    def of(cls, session: AsyncSession) -> Self:
        """The session of aiobotocore's kind whose handlers, settings and credentials are those of an ``AsyncSession``."""
        if not isinstance(session, AsyncSession):
            raise TypeError(
                f"AioSession.of takes a sotalia.AsyncSession, and this is a {type(session).__name__}; of another session, make "
                "AsyncSession(botocore_session=session._session)"
            )
        made = object.__new__(cls)
        made._session = session._session
        made._name = _new_name()
        return made

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            """Pass on what aiobotocore's session has no coroutine function for."""
            if name in _OWN:  # It is being unpickled.
                raise AttributeError(name)
            if name.startswith(_CHANGING):
                self._name = _new_name()
            return getattr(self._session, name)

        def __setattr__(self, name, value):
            if name in _OWN:
                object.__setattr__(self, name, value)
            else:
                self._name = _new_name()
                setattr(self._session, name, value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name}>"

    # -- clients -----------------------------------------------------------------------------------------------

    def create_client(self, *arguments: Any, **options: Any) -> ClientContext:  # type: ignore[override]
        """A client, to be had by ``async with``; it is closed at the end of the block.

        The arguments are those of :meth:`sotalia.AsyncSession.client`. What they raise is raised when the block is entered.
        """
        return ClientContext(self, arguments, options)

    async def _create_client(self, *arguments: Any, **options: Any) -> AsyncBaseClient:
        if options.get("config") is not None:
            options["config"] = _own_config(options["config"])
        client: Any = self._session.create_client(*arguments, **options)
        return client  # type: ignore[no-any-return]

    def set_default_client_config(self, client_config: AnyConfig | None) -> None:
        """Use these options for every client that is made from now on; options of one client go before them."""
        self._name = _new_name()
        self._session.set_default_client_config(None if client_config is None else _own_config(client_config))

    # -- what is to be awaited ---------------------------------------------------------------------------------

    async def get_credentials(self) -> AioCredentials | None:
        """The credentials, ``None`` without any."""
        credentials = await self._session.load_credentials()
        return None if credentials is None else AioCredentials(credentials)

    async def get_service_model(  # type: ignore[override]
        self, service_name: str, api_version: str | None = None
    ) -> ServiceModel:
        """The model of a service. Raises ``UnknownServiceError``."""
        return self._session.get_service_model(service_name, api_version)

    async def get_service_data(  # type: ignore[override]
        self, service_name: str, api_version: str | None = None
    ) -> dict[str, Any]:
        """The description of a service as it stands in its file. Raises ``UnknownServiceError``."""
        return self._session.get_service_data(service_name, api_version)

    async def get_available_regions(  # type: ignore[override]
        self, service_name: str, partition_name: str = "aws", allow_non_regional: bool = False
    ) -> list[str]:
        """Regions of a service; none for services that nobody knows."""
        return self._session.get_available_regions(service_name, partition_name, allow_non_regional)

    async def emit(self, event_name: str, **kwargs: Any) -> Any:  # type: ignore[override]
        """Call the handlers of an event, also those that are coroutine functions: pairs of handler and response."""
        return await self._session.events.emit_async(event_name, **kwargs)


class ClientContext:
    """Makes a client when it is entered, and closes it at the end."""

    def __init__(self, session: AioSession, arguments: tuple[Any, ...], options: dict[str, Any]) -> None:
        self._session = session
        self._arguments = arguments
        self._options = options
        self._client: AsyncBaseClient | None = None

    async def __aenter__(self) -> AsyncBaseClient:
        client = await self._session._create_client(*self._arguments, **self._options)
        self._client = await client.__aenter__()
        return self._client

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            await self._client.__aexit__(kind, error, trace)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"create_client gives no client yet, and so no {name!r}: write 'async with session.create_client(...) as client'"
        )


class AioCredentials:
    """Credentials whose ``get_frozen_credentials`` is to be awaited; the rest is that of the credentials they stand for."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials

    async def get_frozen_credentials(self) -> Any:
        """The keys at this moment, refreshed where needed: ``access_key, secret_key, token, account_id``."""
        return await freeze(self._credentials)

    def __getattr__(self, name: str) -> Any:
        if name == "_credentials":  # It is being unpickled.
            raise AttributeError(name)
        return getattr(self._credentials, name)

    def __repr__(self) -> str:
        return repr(self._credentials)


class AioConfig(Config):
    """A :class:`~sotalia.config.Config` that takes the options of aiobotocore's as well.

    ``connector_args``: ``keepalive_timeout``, ``use_dns_cache``, ``ttl_dns_cache``, ``force_close``, ``write_timeout`` and
    ``pool_timeout`` are accepted and have no effect, as they are settings of aiohttp's; ``ssl_context``, ``resolver`` and
    ``socket_factory`` raise ``ParamValidationError``, which says what to use instead. ``http_session_cls`` and
    ``warm_up_loader_caches`` have no effect.
    """

    def __init__(
        self,
        connector_args: Mapping[str, Any] | None = None,
        http_session_cls: Any = None,
        warm_up_loader_caches: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        _check(connector_args or {})
        self.connector_args = dict(connector_args or {})
        self.http_session_cls = http_session_cls
        self.warm_up_loader_caches = warm_up_loader_caches

    def merge(self, other_config: Any) -> AioConfig:
        """A new one with the options of both; ``other_config`` wins."""
        return AioConfig(**{**_options(self), **_options(other_config)})


def _new_name() -> str:
    return os.urandom(8).hex()


def get_session(env_vars: dict[str, Any] | None = None) -> AioSession:
    """A new session; ``env_vars`` are the rows that :class:`AioSession` calls ``session_vars``."""
    return AioSession(env_vars)


def _own_config(config: Any) -> Any:
    """A config of aiobotocore's own class as one of ours, so that it can be merged with others."""
    if isinstance(config, Config) or not hasattr(config, "connector_args"):
        return config
    return AioConfig(**_options(config))


def _options(config: Any) -> dict[str, Any]:
    # Where the reference keeps what was set on a config; its classes have no public name for it.
    given: dict[str, Any] = config._user_provided_options
    connector_args = getattr(config, "connector_args", None)
    return {**given, **({"connector_args": connector_args} if connector_args else {})}


def _check(connector_args: Mapping[str, Any]) -> None:
    for name, value in connector_args.items():
        if name in _WITHOUT_EFFECT or (name in _INSTEAD and value is None):
            continue
        advice = _INSTEAD.get(name, f"options are {', '.join(sorted(_WITHOUT_EFFECT))}")
        raise exceptions.ParamValidationError(
            report=f"connector_args[{name!r}] is for aiohttp, which sotalia does not use: {advice}"
        )
