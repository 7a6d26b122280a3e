"""The ground of the filesystem: its settings, its clients, and one call of S3."""

from __future__ import annotations

import asyncio
import os
import weakref

from fsspec.asyn import get_loop, reset_lock, sync, sync_wrapper
from fsspec.utils import stringify_path

from sotalia.fs.attempts import attempted
from sotalia.fs.clients import Clients, async_session, client_arguments
from sotalia.fs.instances import IDENTIFIED, ByIdentity, own
from sotalia.fs.older_fsspec import AnyAsyncFileSystem
from sotalia.fs.paths import split_bucket, split_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Mapping
    from typing import Any, TypeVar

    from sotalia.clients.base import AsyncBaseClient
    from sotalia.events import EventRegistry, Extension
    from sotalia.session import AsyncSession

    T = TypeVar("T")

# Settings of fsspec's listing cache, and of how many coroutines it runs at once.
_OF_FSSPEC = ("use_listings_cache", "listings_expiry_time", "max_paths", "batch_size")


class S3Calls(AnyAsyncFileSystem, metaclass=ByIdentity):
    """Settings, clients and calls; :class:`sotalia.fs.S3FileSystem` adds what is done with them."""

    connect_timeout: float = 5
    read_timeout: float = 15
    retries = 5
    version_aware: bool
    max_concurrency: int
    # fsspec's.
    _pid: int
    _loop: asyncio.AbstractEventLoop | None

    def __init__(
        self,
        *,
        anon: bool,
        endpoint_url: str | None,
        keys: tuple[str | None, str | None, str | None],
        use_ssl: bool,
        client_kwargs: Mapping[str, Any] | None,
        config_kwargs: Mapping[str, Any] | None,
        s3_additional_kwargs: Mapping[str, Any] | None,
        requester_pays: bool,
        session: Any,
        extensions: Iterable[Extension | str],
        asynchronous: bool,
        loop: asyncio.AbstractEventLoop | None,
        settings: dict[str, Any],
    ) -> None:
        of_fsspec = {name: settings.pop(name) for name in _OF_FSSPEC if name in settings}
        super().__init__(loop=loop, asynchronous=asynchronous, **of_fsspec)
        self.anon = anon
        self.endpoint_url = endpoint_url
        self.key, self.secret, self.token = keys
        self.use_ssl = use_ssl
        self.client_kwargs = dict(client_kwargs or {})
        self.config_kwargs = dict(config_kwargs or {})
        self.s3_additional_kwargs = dict(s3_additional_kwargs or {})
        self.requester_pays = requester_pays
        self.req_kw = {"RequestPayer": "requester"} if requester_pays else {}
        self.kwargs = {name: own(value) if name in IDENTIFIED else value for name, value in settings.items()}
        #: The session, as it was given; one of the filesystem's own after the first call.
        self.session: Any = own(session)
        self._owns_session = session is None
        self._async_session: AsyncSession | None = None
        self._clients = Clients(own(one) for one in extensions)
        self._members: dict[str, frozenset[str]] = {}
        self._pieces: weakref.WeakKeyDictionary[Any, asyncio.Semaphore] = weakref.WeakKeyDictionary()
        weakref.finalize(self, self._clients.close).atexit = False

    # -- clients -----------------------------------------------------------------------------------------------------

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The loop on which calls of synchronous methods run; in a forked process the one of that process."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            if self._loop is not None:
                if get_loop() is self._loop:
                    reset_lock()  # fsspec kept the loop of the parent, whose thread is not here.
                self._loop = get_loop()
        return self._loop

    async def set_session(
        self, refresh: bool = False, kwargs: Mapping[str, Any] | None = None
    ) -> AsyncBaseClient:
        """The client for the running event loop, made when there is none or it was closed.

        ``refresh``: make it anew, as after a change of credentials; a session of the filesystem's own too. Close it with
        ``await client.aclose()``; a later call makes another one.
        """
        return self._client(refresh=refresh)

    _connect = set_session
    connect = sync_wrapper(set_session)

    def _client(self, *, refresh: bool = False) -> AsyncBaseClient:
        loop = asyncio.get_running_loop()
        client = None if refresh else self._clients.known(loop)
        if client is not None:
            return client
        if refresh and self._owns_session:
            self._async_session = None
        arguments = client_arguments(
            self.anon,
            self.endpoint_url,
            (self.key, self.secret, self.token),
            self.use_ssl,
            self.client_kwargs,
            {
                "connect_timeout": self.connect_timeout,
                "read_timeout": self.read_timeout,
                **self.config_kwargs,
            },
        )
        return self._clients.make(loop, self._session_of_clients(), arguments)

    def _session_of_clients(self) -> AsyncSession:
        session = self._async_session
        if session is None:
            given = None if self._owns_session else self.session
            session = self._async_session = async_session(given, self.kwargs)
            if self._owns_session:
                self.session = session
        return session

    @property
    def _s3(self) -> AsyncBaseClient | None:
        """The client that there is, of the running loop or else of the filesystem's own."""
        try:
            client = self._clients.known(asyncio.get_running_loop())
        except RuntimeError:
            client = None
        return client or self._clients.known(self.loop)

    @property
    def s3(self) -> AsyncBaseClient:
        """The client: of the filesystem's own loop, or of the running one for ``asynchronous=True``."""
        if not self.asynchronous:
            client: AsyncBaseClient = self._clients.known(self.loop) or self.connect()
            return client
        try:
            known = self._clients.known(asyncio.get_running_loop())
        except RuntimeError:
            known = None
        if known is None:
            raise RuntimeError("there is no client yet: await fs.set_session() on the event loop first")
        return known

    @property
    def events(self) -> EventRegistry:
        """The event registry of the session, for handlers, hooks and extensions.

        Clients made before are replaced at their next call, so register on what this returns right away.
        """
        self._clients.forget()
        return self._session_of_clients().events

    async def get_s3(self, bucket: str | None = None) -> AsyncBaseClient:
        """The client for a bucket: always the same, as it follows buckets to their regions by itself."""
        return self._client()

    # -- calls -------------------------------------------------------------------------------------------------------

    async def _call_s3(self, method: str, *akwarglist: Mapping[str, Any], **kwargs: Any) -> Any:
        """One call, ``await fs._call_s3("head_object", Bucket=..., Key=...)``, with errors translated.

        Parameters come from ``s3_additional_kwargs``, ``requester_pays``, ``akwarglist`` and ``kwargs``, later ones
        first; those that the operation does not have are left out.
        """
        client = self._client()
        return await attempted(
            getattr(client, method),
            kwargs=self._get_s3_method_kwargs(method, *akwarglist, **kwargs),
            retries=self.retries,
            sleep=client.meta.runtime.sleep,
        )

    call_s3 = sync_wrapper(_call_s3)

    def _get_s3_method_kwargs(
        self, method: Any, *akwarglist: Mapping[str, Any], **kwargs: Any
    ) -> dict[str, Any]:
        """The parameters of a call: those of all places that the operation has. ``method``: the name, or the method."""
        parameters = {**self.s3_additional_kwargs, **self.req_kw}
        for more in akwarglist:
            parameters.update(more)
        parameters.update(kwargs)
        if parameters.get("RequestPayer", "") is None:
            del parameters["RequestPayer"]  # A file may say that nobody pays for its requests.
        return self._filter_kwargs(method, parameters)

    def _filter_kwargs(self, s3_method: Any, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        name = s3_method if isinstance(s3_method, str) else s3_method.__name__
        members = self._members.get(name) or self._members_of(name)
        return {key: value for key, value in kwargs.items() if key in members}

    def _members_of(self, method: str) -> frozenset[str]:
        try:
            client = self._client()
        except RuntimeError:  # No loop is running here.
            client = self.s3
        operation_name = client.meta.method_to_api_mapping[method]
        shape = client.meta.service_model.operation_model(operation_name).input_shape
        members = self._members[method] = frozenset(shape.members if shape is not None else ())
        return members

    def _sync(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """What a coroutine gives, run on the filesystem's loop while this thread waits."""
        try:
            result: T = sync(self.loop, lambda: coroutine)
        except BaseException:
            coroutine.close()
            raise
        return result

    def _slots(self) -> asyncio.Semaphore:
        """Bounds how many pieces of objects are in memory at once, over all transfers on the running loop."""
        loop = asyncio.get_running_loop()
        slots = self._pieces.get(loop)
        if slots is None:
            limit = self._client().meta.config.max_pool_connections
            slots = self._pieces[loop] = asyncio.Semaphore(limit)
        return slots

    # -- paths -------------------------------------------------------------------------------------------------------

    def split_path(self, path: str) -> tuple[str, str, str | None]:
        """Bucket, key and version of a path: ``s3://bucket/key?versionId=...``; no version without ``version_aware``.

        Slashes at the end are part of the key.
        """
        text: str = stringify_path(path)
        slashes = text[len(text.rstrip("/")) :]
        bare = self._strip_protocol(text).lstrip("/")
        if "/" not in bare:
            return bare, "", None
        bucket, key = split_bucket(bare)
        key, version = split_version(key)
        return bucket, key + slashes, version if self.version_aware else None

    # -- pickling ----------------------------------------------------------------------------------------------------

    def __reduce__(self) -> Any:
        """As it was made: arguments only, no client. A loop belongs to its process and stays there."""
        make, (kind, args, options) = super().__reduce__()
        return make, (kind, args, {name: value for name, value in options.items() if name != "loop"})
