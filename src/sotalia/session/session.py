"""Sessions: where clients come from. ``Session`` makes sync ones, ``AsyncSession`` async ones."""

from __future__ import annotations

import os

from sotalia import exceptions
from sotalia.clients.base import AsyncBaseClient, BaseClient
from sotalia.clients.kind import ClientKind
from sotalia.runtime import SyncRuntime
from sotalia.runtime.reference_base import ReferenceBase
from sotalia.session.core import SessionCore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from sotalia.config.client_config import AnyConfig
    from sotalia.events import EventRegistry, Extension
    from sotalia.model.loader import Loader
    from sotalia.resources.base import ServiceResource
    from sotalia.resources.factory import ResourceFactory
    from sotalia.runtime import Runtime
    from sotalia.transport import Transport, TransportOptions
    from sotalia.types.async_sessions import AsyncTypedSession
    from sotalia.types.sessions import TypedSession


def _sync_transport(options: TransportOptions) -> Transport:
    from sotalia.transport.http import sync_transport

    return sync_transport(options)


def _asyncio_transport(options: TransportOptions) -> Transport:
    from sotalia.transport.http import asyncio_transport

    return asyncio_transport(options)


def sync_kind() -> ClientKind:
    """What the clients of synchronous sessions are made of."""
    return ClientKind(BaseClient, SyncRuntime(), _sync_transport)


def async_kind() -> ClientKind:
    """What the clients of asynchronous sessions are made of."""
    from sotalia.runtime import AsyncioRuntime

    return ClientKind(AsyncBaseClient, AsyncioRuntime(), _asyncio_transport)


class AnySession(ReferenceBase):
    """What sync and async sessions have in common: all but the kind of their clients."""

    def __init__(
        self,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        region_name: str | None = None,
        botocore_session: SessionCore | Any = None,
        profile_name: str | None = None,
        aws_account_id: str | None = None,
        *,
        transport: Transport | Callable[[TransportOptions], Transport] | None = None,
        runtime: Runtime | None = None,
        extensions: Iterable[Extension | str] = (),
        lint: str | None = None,
    ) -> None:
        is_new = not isinstance(botocore_session, SessionCore)
        if botocore_session is not None and not isinstance(botocore_session, SessionCore):
            botocore_session = self._adopted(botocore_session)
        kind = self._kind()
        if transport is not None:
            kind.use(transport)
        self._session: SessionCore = botocore_session or SessionCore(kind)
        if runtime is not None:
            kind.replace_runtime(runtime)
        if (
            transport is not None
            or runtime is not None
            or self._session.runtime.is_async != kind.runtime.is_async
        ):
            self._session = self._session.of_kind(kind)
        if profile_name is not None:
            self._session.set_config_variable("profile", profile_name)
        if self._session.profile is not None:
            self._session.get_scoped_config()  # Raises for a profile that there is not.
        if aws_account_id and not (aws_access_key_id and aws_secret_access_key):
            raise exceptions.NoCredentialsError()
        if aws_access_key_id or aws_secret_access_key or aws_session_token:
            self._session.set_credentials(
                aws_access_key_id, aws_secret_access_key, aws_session_token, aws_account_id
            )
        if region_name is not None:
            self._session.set_config_variable("region", region_name)
        self._resource_factory: ResourceFactory | None = None
        if lint is None and is_new:
            lint = os.environ.get("SOTALIA_LINT")
        if lint is not None:
            self.events.lint = lint
        if extensions or (is_new and "SOTALIA_EXTENSIONS" in os.environ):
            from sotalia.events.extensions import install_in_session

            install_in_session(self.events, extensions, from_environment=is_new)

    @property
    def _loader(self) -> Loader:
        return self._session.loader

    def _kind(self) -> ClientKind:
        raise NotImplementedError

    def _adopted(self, session: Any) -> SessionCore:
        from sotalia.session.reference_session import FollowingSession, is_reference_session

        if not is_reference_session(session):
            raise TypeError(
                f"botocore_session must be the '_session' of another session or a botocore session, not {type(session)}: "
                "register handlers and set variables on the new session instead"
            )
        return FollowingSession(session, self._kind())

    def __getstate__(self) -> dict[str, Any]:
        """What was set on the session travels; what it found (keys, files, environment) another process finds itself."""
        return {**self.__dict__, "_resource_factory": None}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(region_name={self.region_name!r})"

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            """Say what to use in place of a name that there is not, such as aiobotocore's ``create_client``."""
            if name.startswith("_"):
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            from sotalia.session.mistakes import unknown_name

            raise AttributeError(unknown_name(f"{type(self).__name__!r} object", name, dir(type(self))))

    @property
    def profile_name(self) -> str:
        """The selected profile, or ``default``."""
        return self._session.profile or "default"

    @property
    def region_name(self) -> str | None:
        """The region clients are made for, unless they name their own."""
        region: str | None = self._session.get_config_variable("region")
        return region

    @property
    def events(self) -> EventRegistry:
        """The event registry that clients get a copy of when they are made."""
        return self._session.events

    @property
    def available_profiles(self) -> list[str]:
        """Names of all profiles in the shared files."""
        return self._session.available_profiles

    def get_available_services(self) -> list[str]:
        """Names that :meth:`client` takes."""
        return self._session.get_available_services()

    def get_available_resources(self) -> list[str]:
        """Names that :meth:`resource` takes."""
        return self._session.loader.list_available_services("resources-1")

    @property
    def resource_factory(self) -> ResourceFactory:
        """What makes the resource classes of this session."""
        if self._resource_factory is None:
            from sotalia.resources.base import AsyncServiceResource, ServiceResource
            from sotalia.resources.factory import ResourceFactory

            base = AsyncServiceResource if self._session.runtime.is_async else ServiceResource
            self._resource_factory = ResourceFactory(self.events, base)
        return self._resource_factory

    def get_available_partitions(self) -> list[str]:
        """Names of the partitions (``aws``, ``aws-cn`` ...)."""
        return self._session.get_available_partitions()

    def get_available_regions(
        self, service_name: str, partition_name: str = "aws", allow_non_regional: bool = False
    ) -> list[str]:
        """Regions of a service in a partition."""
        return self._session.get_available_regions(service_name, partition_name, allow_non_regional)

    def get_partition_for_region(self, region_name: str) -> str:
        """The partition of a region. Raises ``UnknownRegionError``."""
        return self._session.get_partition_for_region(region_name)

    def get_credentials(self) -> Any:
        """The credentials, or ``None``: looked for in the chain of providers when first asked for.

        Of an async session it is to be awaited, and so is ``credentials.freeze()``.
        """
        return self._session.get_credentials()

    def explain_credentials(self, fetch: bool = True) -> Any:
        """Which sources of credentials were asked, why each was passed over, which one won, and when its keys expire.

        An :class:`~sotalia.credentials.report.Explanation`, to be awaited of an async session; never a secret.
        ``fetch=False`` does not ask for keys of a role, so nobody is asked for an MFA code.
        """
        return self._session.runtime.run(self._session.explain_credentials(fetch))

    def client(
        self,
        service_name: str,
        region_name: str | None = None,
        api_version: str | None = None,
        use_ssl: bool = True,
        verify: bool | str | None = None,
        endpoint_url: str | None = None,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        config: AnyConfig | None = None,
        aws_account_id: str | None = None,
        *,
        extensions: Iterable[Extension | str] = (),
        lint: str | None = None,
    ) -> BaseClient:
        """A client of a service (``"s3"``), with the arguments of ``boto3.Session.client``.

        ``config``: a :class:`sotalia.config.Config` or ``botocore.config.Config`` · ``extensions``: installed on this client,
        after those of the session (:mod:`sotalia.extensions`) · ``lint``: what becomes of registrations on this client that
        can never fire, ``"warn"``, ``"error"`` or ``"off"``; also an option of ``Config``. Raises ``UnknownServiceError`` (did you
        mean ...?), ``NoRegionError``, ``PartialCredentialsError``, ``ValueError`` for an address that is none.
        """
        client = self._session.create_client(
            service_name,
            region_name=region_name,
            api_version=api_version,
            use_ssl=use_ssl,
            verify=verify,
            endpoint_url=endpoint_url,
            aws_access_key_id=aws_access_key_id,
            aws_secret_access_key=aws_secret_access_key,
            aws_session_token=aws_session_token,
            config=config,
            aws_account_id=aws_account_id,
        )
        if lint is None:
            lint = getattr(config, "lint", None)
        if lint is not None:
            client.meta.events.lint = lint
        if extensions:
            client.meta.events.extensions.add(*extensions)
        return client

    def resource(
        self,
        service_name: str,
        region_name: str | None = None,
        api_version: str | None = None,
        use_ssl: bool = True,
        verify: bool | str | None = None,
        endpoint_url: str | None = None,
        aws_access_key_id: str | None = None,
        aws_secret_access_key: str | None = None,
        aws_session_token: str | None = None,
        config: AnyConfig | None = None,
    ) -> ServiceResource:
        """The resources of a service (``"s3"``) on a new client, with the arguments of :meth:`client`.

        Raises ``ResourceNotExistsError`` for a service without resources, ``UnknownAPIVersionError``, and what
        :meth:`client` raises.
        """
        from sotalia.resources.service import service_resource

        return service_resource(
            self,
            service_name,
            api_version,
            config,
            region_name=region_name,
            use_ssl=use_ssl,
            verify=verify,
            endpoint_url=endpoint_url,
            aws_access_key_id=aws_access_key_id,
            aws_secret_access_key=aws_secret_access_key,
            aws_session_token=aws_session_token,
        )


if not TYPE_CHECKING:
    # For checkers, bases between the two, with `client` and `resource` of each service: sotalia.stubs.packaged writes them.
    TypedSession = AsyncTypedSession = AnySession


class Session(TypedSession):
    """Configuration, credentials and event handlers that clients start from.

    Arguments are those of ``boto3.Session``: keys (with ``aws_session_token`` and ``aws_account_id``), ``region_name``,
    ``profile_name``; ``botocore_session`` takes the :class:`~sotalia.session.core.SessionCore` of another session, also an
    :class:`AsyncSession`: handlers and settings of either then reach the clients of both; or a
    ``botocore.session.Session``, whose settings, handlers and credentials are used as they are at each moment. ``transport``
    is what all clients send through in place of connections of their own: a :class:`~sotalia.transport.Transport`, which
    they share and leave open for you to close, or a function that makes one from
    :class:`~sotalia.transport.TransportOptions`, which is closed with its client. ``runtime`` is how they wait and tell the time,
    such as :class:`sotalia.testing.ManualRuntime`. ``extensions`` are installed in the given order, after those that the
    environment names (:mod:`sotalia.extensions`). ``lint`` says what becomes of registrations that can never fire: ``"warn"``
    (default), ``"error"``, or ``"off"``; the environment says it as ``SOTALIA_LINT``. Raises ``ProfileNotFound``, ``NoCredentialsError`` for an account id
    without keys.
    """

    def _kind(self) -> ClientKind:
        return sync_kind()


class AsyncSession(AsyncTypedSession):
    """A session like :class:`Session` whose clients and resources are async; their handlers may be ``async def``."""

    def _kind(self) -> ClientKind:
        return async_kind()
