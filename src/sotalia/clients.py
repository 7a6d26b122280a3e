"""Clients: one class per service, generated at run time from its model.

A class gets one method per operation, all of which end in ``_make_api_call(operation_name, api_params)``, the single
entry to the pipeline (tracers and tests wrap it). Handlers of ``creating-client-class`` may add attributes and base
classes; the event fires at every creation of a client, and clients for which nothing was changed share one class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia import pipeline
from sotalia.client_exceptions import ClientExceptions
from sotalia.documentation import ClientDocumentation, MethodDocumentation
from sotalia.model.naming import client_class_name, xform_name
from sotalia.operation import Operation, Serialization, compiled
from sotalia.runtime import drive

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from types import TracebackType

    from sotalia.auth.signer import RequestSigner
    from sotalia.config.client_config import Config
    from sotalia.endpoint import CallEndpoints, Endpoint
    from sotalia.events import EventRegistry
    from sotalia.model.loader import Loader
    from sotalia.model.service import ServiceModel
    from sotalia.useragent import ClientUserAgent


class ClientMeta:
    """What is known about a client: ``client.meta``.

    ``events``: this client's own event registry · ``region_name``: ``aws-global`` for services without regions ·
    ``endpoint_url``: the service's usual address; a call may go elsewhere, as its rule set decides ·
    ``config``: the effective :class:`~sotalia.config.client_config.Config` · ``partition``: such as ``aws`` ·
    ``method_to_api_mapping``: ``{"list_buckets": "ListBuckets", ...}``.
    """

    __slots__ = (
        "config",
        "endpoint_url",
        "events",
        "method_to_api_mapping",
        "partition",
        "region_name",
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
    ) -> None:
        self.events = events
        self.service_model = service_model
        self.config = config
        self.region_name = region_name
        self.endpoint_url = endpoint_url
        self.partition = partition
        self.method_to_api_mapping = method_to_api_mapping

    @property
    def _service_model(self) -> ServiceModel:
        # Under this name other packages read it.
        return self.service_model


class ClientParts:
    """Everything a client is made of, put together by :mod:`sotalia.assembly`."""

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


class BaseClient:
    """The base of every generated client; its methods are synchronous.

    Safe to use from many threads, and after ``os.fork``. ``with`` closes it at the end.
    """

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

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> Any:
        """The single entry of every call, by the operation's name (``ListObjectsV2``)."""
        return drive(pipeline.call(self, operation_name, api_params))

    def _invoke(self, operation_name: str, api_params: dict[str, Any]) -> Coroutine[Any, Any, dict[str, Any]]:
        """The call as a coroutine in either colour: for handlers that call their own client."""
        return pipeline.call(self, operation_name, api_params)

    def _operation(self, operation_name: str) -> Operation:
        """The compiled operation. Raises ``OperationNotFoundError`` (did you mean ...?)."""
        operation = self._operations.get(operation_name)
        if operation is None:
            model = self._service_model.operation_model(operation_name)
            operation = self._operations[operation_name] = compiled(model, self._serialization)
        return operation

    def _get_credentials(self) -> Any:
        return self._request_signer._credentials

    @property
    def _serializer(self) -> ClientSerializer:
        # Under this name recipes that build requests by hand find it.
        return ClientSerializer(self)

    @property
    def exceptions(self) -> ClientExceptions:
        """The service's errors: ``except client.exceptions.NoSuchBucket``."""
        return service_exceptions(self._service_model)

    def can_paginate(self, operation_name: str) -> bool:
        """Whether ``get_paginator`` knows this method (``"list_objects_v2"``). Raises ``KeyError`` for no method."""
        return self._PY_TO_OP_NAME[operation_name] in self._paginators()

    def get_paginator(self, operation_name: str) -> Any:
        """The paginator of a method (``"list_objects_v2"``).

        Raises ``OperationNotPageableError``, or ``KeyError`` for no method.
        """
        operation = self._PY_TO_OP_NAME[operation_name]
        description = self._paginators().get(operation)
        if description is None:
            from sotalia import exceptions

            raise exceptions.OperationNotPageableError(operation_name=operation_name)
        from sotalia.pagination.pages import paginator_class

        kind = paginator_class(type(self).__name__, operation, is_async=self._endpoint.runtime.is_async)
        return kind(
            getattr(self, operation_name), description, self._service_model.operation_model(operation)
        )

    @property
    def waiter_names(self) -> list[str]:
        """Names that :meth:`get_waiter` takes."""
        return [xform_name(name) for name in sorted(self._waiters())]

    def get_waiter(self, waiter_name: str) -> Any:
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
        model = self._service_model
        return self._loader.waiters(model.service_name, model.api_version)

    def _paginators(self) -> dict[str, Any]:
        model = self._service_model
        pagination: dict[str, Any] = self._loader.paginators(model.service_name, model.api_version)
        return pagination

    def close(self) -> None:
        """Close the client's connections. It stays usable; a later call opens new ones."""
        self._endpoint.transport.close()

    def __enter__(self) -> BaseClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        """Ask the handlers of ``getattr.SERVICE.NAME`` for an attribute that the class does not have."""
        if "meta" in self.__dict__:
            service_id = self._service_model.service_id.hyphenize()
            _, value = self.meta.events.emit_until_response(f"getattr.{service_id}.{name}", client=self)
            if value is not None:
                return value
        raise AttributeError(
            f"{type(self).__name__!r} object has no attribute {name!r}{_suggestion(name, self._PY_TO_OP_NAME)}"
        )

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Refuse to be pickled or copied: connections and locks cannot travel."""
        import pickle

        raise pickle.PicklingError(
            f"a client of {self._service_model.service_name} cannot be pickled or copied; create one where it is needed"
        )


class ClientSerializer:
    """The serializers of one client, by the reference's method."""

    __slots__ = ("_client",)

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def serialize_to_request(self, parameters: dict[str, Any], operation_model: Any) -> dict[str, Any]:
        """A request dict without URL: ``url_path``, ``query_string``, ``method``, ``headers``, ``body``.

        Raises ``ParamValidationError`` unless the client does not validate.
        """
        return pipeline.serialize(self._client, self._client._operation(operation_model.name), parameters)


class AsyncBaseClient(BaseClient):
    """The base of every generated asynchronous client: each operation is a coroutine of the same pipeline.

    Use it in ``async with``, or keep it and ``await client.aclose()`` at the end.
    """

    async def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> Any:
        """The single entry of every call, by the operation's name (``ListObjectsV2``)."""
        return await pipeline.call(self, operation_name, api_params)

    async def aclose(self) -> None:
        """Close the client's connections; calls in flight end with an error that says so."""
        await self._endpoint.transport.aclose()

    async def __aenter__(self) -> AsyncBaseClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __enter__(self) -> BaseClient:
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
        self.attributes["__doc__"] = ClientDocumentation(service_model)
        # The last class made for each base: reused while handlers ask for the same.
        self.classes: dict[type, tuple[dict[str, Any], tuple[type, ...], type]] = {}


def _template(service_model: ServiceModel) -> _Template:
    found: _Template | None = service_model.derived.get("client")
    if found is None:
        found = service_model.derived.setdefault("client", _Template(service_model))
    return found


def service_exceptions(service_model: ServiceModel) -> ClientExceptions:
    """The one exceptions object of a service in this process."""
    found: ClientExceptions | None = service_model.derived.get("exceptions")
    if found is None:
        made = ClientExceptions(service_model, client_class_name(service_model.service_id))
        found = service_model.derived.setdefault("exceptions", made)
    return found


def client_class(
    service_model: ServiceModel, events: EventRegistry, base: type[BaseClient]
) -> type[BaseClient]:
    """The class of a service's clients, after the handlers of ``creating-client-class`` had their say."""
    template = _template(service_model)
    attributes = dict(template.attributes)
    bases: list[type] = [base]
    service_id = service_model.service_id.hyphenize()
    events.emit(f"creating-client-class.{service_id}", class_attributes=attributes, base_classes=bases)
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


def _method(python_name: str, operation_name: str, service_model: ServiceModel) -> Callable[..., Any]:
    def api_call(self: BaseClient, *args: Any, **kwargs: Any) -> Any:
        if args:
            raise TypeError(f"{python_name}() only accepts keyword arguments.")
        return self._make_api_call(operation_name, kwargs)

    api_call.__name__ = python_name
    api_call.__qualname__ = python_name
    api_call.__doc__ = MethodDocumentation(service_model, operation_name, python_name)
    return api_call


def _suggestion(name: str, known: Iterable[str]) -> str:
    if name.startswith("_"):
        return ""
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    return f". Did you mean: {close[0]!r}?" if close else ""
