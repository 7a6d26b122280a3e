"""Clients: one class per service, generated at run time from its model.

A class gets one method per operation, all of which end in ``_make_api_call(operation_name, api_params)``, the single
entry to the pipeline (tracers and tests wrap it). Handlers of ``creating-client-class`` may add attributes and base
classes; the event fires at every creation of a client, and clients for which nothing was changed share one class.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sotalia.call import pipeline
from sotalia.call.modeled_errors import ClientExceptions, service_exceptions
from sotalia.call.operation import Operation, Serialization, compiled
from sotalia.clients.documentation import (
    ClassDocumentation,
    DocumentedFunction,
    client_documentation,
    method_documentation,
)
from sotalia.clients.reference_client import ReferenceNames
from sotalia.events.catalog import CreatingClientClass, GetAttribute
from sotalia.model.naming import client_class_name, xform_name
from sotalia.runtime import drive
from sotalia.runtime.pickling import refuse
from sotalia.runtime.reference_base import ReferenceBase

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping
    from types import TracebackType
    from typing import NoReturn, Self

    from sotalia.auth.signer import RequestSigner
    from sotalia.call import Observer
    from sotalia.call.endpoint import CallEndpoints, Endpoint
    from sotalia.call.user_agent import ClientUserAgent
    from sotalia.config.client_config import Config
    from sotalia.events import EventRegistry
    from sotalia.events.registry import AroundHook
    from sotalia.model.loader import Loader
    from sotalia.model.service import ServiceModel
    from sotalia.pagination.pages import AsyncPaginator, Paginator
    from sotalia.runtime import Runtime
    from sotalia.waiting.waiter import Waiter


def _under_another_name(name: str) -> Any:
    return property(lambda self: getattr(self, name), lambda self, value: setattr(self, name, value))


class ClientMeta(ReferenceBase):
    """What is known about a client: ``client.meta``.

    ``events``: this client's own event registry · ``region_name``: ``aws-global`` for services without regions ·
    ``endpoint_url``: the service's usual address; a call may go elsewhere, as its rule set decides ·
    ``config``: the effective :class:`~sotalia.config.client_config.Config` · ``partition``: such as ``aws`` ·
    ``method_to_api_mapping``: ``{"list_buckets": "ListBuckets", ...}`` · ``runtime``: how the client waits, locks and tells
    the time; ``runtime.is_async`` says whether its methods are coroutines.
    """

    __slots__ = (
        "config",
        "endpoint_url",
        "events",
        "method_to_api_mapping",
        "partition",
        "region_name",
        "runtime",
        "service_model",
    )

    def __init__(
        self,
        events: EventRegistry,
        service_model: ServiceModel,
        config: Config,
        region_name: str | None,
        endpoint_url: str | None,
        partition: str | None,
        method_to_api_mapping: dict[str, str],
        runtime: Runtime,
    ) -> None:
        self.runtime = runtime
        self.events = events
        self.service_model = service_model
        self.config = config
        self.region_name = region_name
        self.endpoint_url = endpoint_url
        self.partition = partition
        self.method_to_api_mapping = method_to_api_mapping

    # Under these names, which are private to the reference, other packages read them.
    _service_model = _under_another_name("service_model")
    _client_config = _under_another_name("config")
    _endpoint_url = _under_another_name("endpoint_url")
    _partition = _under_another_name("partition")
    _method_to_api_mapping = _under_another_name("method_to_api_mapping")


class ClientParts:
    """Everything a client is made of, put together by :mod:`sotalia.clients.builder`."""

    __slots__ = (
        "endpoint",
        "endpoints",
        "loader",
        "meta",
        "serialization",
        "signer",
        "user_agent",
        "validates_parameters",
    )

    def __init__(
        self,
        *,
        meta: ClientMeta,
        endpoint: Endpoint,
        endpoints: CallEndpoints,
        signer: RequestSigner,
        user_agent: ClientUserAgent,
        serialization: Serialization,
        loader: Loader,
        validates_parameters: bool,
    ) -> None:
        self.meta = meta
        self.endpoint = endpoint
        self.endpoints = endpoints
        self.signer = signer
        self.user_agent = user_agent
        self.serialization = serialization
        self.loader = loader
        self.validates_parameters = validates_parameters


class BaseClient(ReferenceNames, ReferenceBase):
    """The base of every generated client; its methods are synchronous.

    Safe to use from many threads, and after ``os.fork``. ``with`` closes it at the end.
    """

    meta: ClientMeta
    _PY_TO_OP_NAME: dict[str, str] = {}

    def __init__(self, parts: ClientParts) -> None:
        self.meta = parts.meta
        self._endpoint = parts.endpoint
        self._endpoints = parts.endpoints
        self._request_signer = parts.signer
        self._user_agent = parts.user_agent
        self._serialization = parts.serialization
        self._loader = parts.loader
        self._validates_parameters = parts.validates_parameters
        self._service_model = parts.meta.service_model
        self._client_config = parts.meta.config
        self._operations: dict[str, Operation] = {}
        # Pagination and waiters, once somebody asked: programs add their own here.
        self._cache: dict[str, Any] = {}

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> Any:
        """The single entry of every call, by the operation's name (``ListObjectsV2``)."""
        return drive(pipeline.invoke(self, operation_name, api_params))

    def _invoke(self, operation_name: str, api_params: dict[str, Any]) -> Coroutine[Any, Any, dict[str, Any]]:
        """The call as a coroutine, on any client: for handlers that call their own client."""
        return pipeline.invoke(self, operation_name, api_params)

    def _operation(self, operation_name: str) -> Operation:
        """The compiled operation. Raises ``OperationNotFoundError`` (did you mean ...?)."""
        operation = self._operations.get(operation_name)
        if operation is None:
            model = self._service_model.operation_model(operation_name)
            operation = self._operations[operation_name] = compiled(model, self._serialization)
        return operation

    @property
    def exceptions(self) -> ClientExceptions:
        """The service's errors: ``except client.exceptions.NoSuchBucket``."""
        return service_exceptions(self._service_model)

    def can_paginate(self, operation_name: str) -> bool:
        """Whether ``get_paginator`` knows this method (``"list_objects_v2"``). Raises ``KeyError`` for no method."""
        return self._PY_TO_OP_NAME[operation_name] in self._paginators()

    def get_paginator(self, operation_name: str) -> Paginator:
        """The paginator of a method (``"list_objects_v2"``).

        Raises ``OperationNotPageableError``, or ``KeyError`` for no method.
        """
        operation = self._PY_TO_OP_NAME[operation_name]
        description = self._paginators().get(operation)
        if description is None:
            from sotalia import exceptions

            raise exceptions.OperationNotPageableError(operation_name=operation_name)
        from sotalia.pagination.pages import paginator_class

        kind: type[Any] = paginator_class(type(self).__name__, operation, is_async=self.meta.runtime.is_async)
        paginator: Paginator = kind(
            getattr(self, operation_name), description, self._service_model.operation_model(operation)
        )
        return paginator

    @property
    def waiter_names(self) -> list[str]:
        """Names that :meth:`get_waiter` takes."""
        return [xform_name(name) for name in sorted(self._waiters())]

    def get_waiter(self, waiter_name: str) -> Waiter:
        """The waiter of this name (``"bucket_exists"``). Raises ``ValueError`` for no such waiter."""
        waiters = self._waiters()
        name = {xform_name(name): name for name in waiters}.get(waiter_name)
        if name is None:
            raise ValueError(
                f"Waiter does not exist: {waiter_name}{_suggestion(waiter_name, self.waiter_names)}"
            )
        from sotalia.waiting import make_waiter

        return make_waiter(self, name, waiters[name])

    def _waiters(self) -> dict[str, Any]:
        waiters: dict[str, Any] = self._get_waiter_config().get("waiters", {})
        return waiters

    def _paginators(self) -> dict[str, Any]:
        if "page_config" not in self._cache:
            model = self._service_model
            self._cache["page_config"] = dict(self._loader.paginators(model.service_name, model.api_version))
        pagination: dict[str, Any] = self._cache["page_config"]
        return pagination

    def with_options(
        self,
        *,
        timeout: float | None = None,
        connect_timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
        hooks: Iterable[AroundHook | Observer] = (),
        retries: Mapping[str, Any] | None = None,
    ) -> Self:
        """A view of the client with other options, for a call or a few; its connections and caches are the client's.

        ``timeout`` and ``connect_timeout``: seconds to wait for data and for a connection, in each attempt · ``headers``:
        added to each request, and signed · ``hooks``: functions ``hook(call, proceed)`` around each call, or observers ·
        ``retries``: as in ``Config``; what is left out stays. See :mod:`sotalia.clients.options`.
        """
        from sotalia.clients.options import view_of

        return view_of(
            self,
            timeout=timeout,
            connect_timeout=connect_timeout,
            headers=headers,
            hooks=hooks,
            retries=retries,
        )

    def close(self) -> None:
        """Close the client's connections. It stays usable; a later call opens new ones. A shared transport stays open."""
        self._endpoint.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        """Ask the handlers of ``getattr.SERVICE.NAME`` for an attribute that the class does not have."""
        if "meta" in self.__dict__:
            service_id = self._service_model.service_id.hyphenize()
            _, value = self.meta.events.emit_until_response(GetAttribute.name(service_id, name), client=self)
            if value is not None:
                return value
        raise AttributeError(
            f"{type(self).__name__!r} object has no attribute {name!r}{_suggestion(name, self._PY_TO_OP_NAME)}"
        )

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Refuse to be pickled or copied: connections and locks cannot travel."""
        name = self._service_model.service_name
        refuse(
            f"a client of {name}",
            f"its connections cannot travel, nor be copied; pickle its session, and create one where it is needed: "
            f"session.client({name!r})",
        )


class AsyncBaseClient(BaseClient):
    """The base of every generated asynchronous client: each operation is a coroutine of the same pipeline.

    Use it in ``async with``, or keep it and ``await client.aclose()`` at the end.
    """

    if TYPE_CHECKING:

        def get_paginator(self, operation_name: str) -> AsyncPaginator:  # type: ignore[override]
            """:meth:`BaseClient.get_paginator`, of pages to be awaited."""
            raise NotImplementedError

    async def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> Any:
        """The single entry of every call, by the operation's name (``ListObjectsV2``)."""
        return await pipeline.invoke(self, operation_name, api_params)

    async def aclose(self) -> None:
        """Close the client's connections; calls in flight end with an error that says so.

        A transport that was given to the session is left to whoever gave it.
        """
        await self._endpoint.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __enter__(self) -> NoReturn:
        raise TypeError(
            "this client is asynchronous: use 'async with', or close it with 'await client.aclose()'"
        )


# -- generated classes ---------------------------------------------------------------------------------------------


class _Template:
    """The generated attributes of one service, shared by its clients of both colours."""

    __slots__ = ("attributes", "classes", "name", "python_names")

    def __init__(self, service_model: ServiceModel) -> None:
        self.name = client_class_name(service_model.service_id)
        self.python_names = {xform_name(name): name for name in service_model.operation_names}
        self.attributes: dict[str, Any] = {
            python_name: _method(python_name, operation_name, service_model)
            for python_name, operation_name in self.python_names.items()
        }
        self.attributes["_PY_TO_OP_NAME"] = self.python_names
        self.attributes["__doc__"] = ClassDocumentation(partial(client_documentation, service_model))
        # The last class made for each base: reused while handlers ask for the same.
        self.classes: dict[type, tuple[dict[str, Any], tuple[type, ...], type]] = {}


def _template(service_model: ServiceModel) -> _Template:
    found: _Template | None = service_model.derived.get("client")
    if found is None:
        found = service_model.derived.setdefault("client", _Template(service_model))
    return found


def client_class(
    service_model: ServiceModel, events: EventRegistry, base: type[BaseClient]
) -> type[BaseClient]:
    """The class of a service's clients, after the handlers of ``creating-client-class`` had their say."""
    template = _template(service_model)
    attributes = dict(template.attributes)
    bases: list[type] = [base]
    service_id = service_model.service_id.hyphenize()
    events.emit(CreatingClientClass.name(service_id), class_attributes=attributes, base_classes=bases)
    wanted = tuple(bases)
    known = template.classes.get(base)
    if known is not None and known[1] == wanted and known[0] == attributes:
        return known[2]
    made = type(template.name, wanted, {**attributes, "__module__": __name__})
    template.classes[base] = (attributes, wanted, made)
    return made


def method_to_api_mapping(service_model: ServiceModel) -> dict[str, str]:
    """``{"list_buckets": "ListBuckets", ...}``: a new dictionary for each client, as users may change it."""
    return dict(_template(service_model).python_names)


class ClientMethod(DocumentedFunction):
    """One operation as a method of a client class.

    It does not call the function that it passes for: that would be another frame in every call.
    """

    __doc__ = DocumentedFunction.__doc__  # The property, which the text above hides.

    def __init__(self, function: Callable[..., Any], write: Callable[[], str], operation_name: str) -> None:
        super().__init__(function, write)
        self._operation_name = operation_name

    def __call__(self, client: BaseClient, /, *args: Any, **kwargs: Any) -> Any:
        """Make the call."""
        if args:
            raise TypeError(f"{self.__name__}() only accepts keyword arguments.")
        return client._make_api_call(self._operation_name, kwargs)


def _method(python_name: str, operation_name: str, service_model: ServiceModel) -> ClientMethod:
    def api_call(self: BaseClient, *args: Any, **kwargs: Any) -> Any:
        return method(self, *args, **kwargs)

    api_call.__name__ = api_call.__qualname__ = python_name
    write = partial(method_documentation, service_model, operation_name, python_name)
    method = ClientMethod(api_call, write, operation_name)
    return method


def _suggestion(name: str, known: Iterable[str]) -> str:
    if name.startswith("_"):
        return ""
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    return f". Did you mean: {close[0]!r}?" if close else ""
