"""Clients: one class per service, generated at run time from its model.

A class gets one method per operation, all of which end in ``_make_api_call(operation_name, api_params)``, the single
entry to the pipeline (tracers and tests wrap it). Handlers of ``creating-client-class`` may add attributes and base
classes; the event fires at every creation of a client, and clients for which nothing was changed share one class.
"""

from __future__ import annotations

from functools import partial

from sotalia.call import pipeline
from sotalia.call.modeled_errors import ClientExceptions, service_exceptions
from sotalia.clients.documented import ClassDocumentation, DocumentedFunction
from sotalia.clients.parts import ClientMeta, ClientParts
from sotalia.events.catalog import CreatingClientClass, GetAttribute
from sotalia.model.naming import client_class_name, xform_name
from sotalia.runtime import drive
from sotalia.runtime.late_names import has_late_names
from sotalia.runtime.pickling import refuse
from sotalia.runtime.reference_base import ReferenceBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from datetime import datetime
    from types import TracebackType
    from typing import Any, NoReturn, Self

    from sotalia.call import Observer
    from sotalia.events import EventRegistry
    from sotalia.events.registry import AroundHook
    from sotalia.explain import Explanation
    from sotalia.model.service import ServiceModel
    from sotalia.pagination.pages import AsyncPaginator, Paginator
    from sotalia.waiting.waiter import Waiter


@has_late_names
class BaseClient(ReferenceBase):
    """The base of every generated client; its methods are synchronous.

    Safe to use from many threads, and after ``os.fork``. ``with`` closes it at the end.
    """

    meta: ClientMeta
    parts: ClientParts
    _PY_TO_OP_NAME: dict[str, str] = {}

    def __init__(self, parts: ClientParts) -> None:
        self.meta = parts.meta
        #: What rooms of ours reach through a client.
        self.parts = parts

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> Any:
        """The single entry of every call, by the operation's name (``ListObjectsV2``)."""
        return drive(pipeline.invoke(self, operation_name, api_params))

    @property
    def exceptions(self) -> ClientExceptions:
        """The service's errors: ``except client.exceptions.NoSuchBucket``."""
        return service_exceptions(self.meta.service_model)

    def can_paginate(self, operation_name: str) -> bool:
        """Whether ``get_paginator`` knows this method (``"list_objects_v2"``). Raises ``KeyError`` for no method."""
        return self._PY_TO_OP_NAME[operation_name] in self.parts.page_config()

    def get_paginator(self, operation_name: str) -> Paginator:
        """The paginator of a method (``"list_objects_v2"``).

        Raises ``OperationNotPageableError``, or ``KeyError`` for no method.
        """
        operation = self._PY_TO_OP_NAME[operation_name]
        description = self.parts.page_config().get(operation)
        if description is None:
            from sotalia import exceptions

            raise exceptions.OperationNotPageableError(operation_name=operation_name)
        from sotalia.pagination.pages import paginator_class

        kind: type[Any] = paginator_class(type(self).__name__, operation, is_async=self.meta.runtime.is_async)
        paginator: Paginator = kind(
            getattr(self, operation_name), description, self.meta.service_model.operation_model(operation)
        )
        return paginator

    @property
    def waiter_names(self) -> list[str]:
        """Names that :meth:`get_waiter` takes."""
        return [xform_name(name) for name in sorted(self.parts.waiter_config().get("waiters", {}))]

    def get_waiter(self, waiter_name: str) -> Waiter:
        """The waiter of this name (``"bucket_exists"``). Raises ``ValueError`` for no such waiter."""
        waiters = self.parts.waiter_config().get("waiters", {})
        name = {xform_name(name): name for name in waiters}.get(waiter_name)
        if name is None:
            raise ValueError(
                f"Waiter does not exist: {waiter_name}{_suggestion(waiter_name, self.waiter_names)}"
            )
        from sotalia.waiting import make_waiter

        return make_waiter(self, name, waiters[name])

    def with_options(
        self,
        *,
        timeout: float | None = None,
        connect_timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
        hooks: Iterable[AroundHook | Observer] = (),
        retries: Mapping[str, Any] | None = None,
        deadline: float | datetime | None = None,
    ) -> Self:
        """A view of the client with other options, for a call or a few; its connections and caches are the client's.

        ``timeout`` and ``connect_timeout``: seconds to wait for data and for a connection, in each attempt · ``headers``:
        added to each request, and signed · ``hooks``: functions ``hook(call, proceed)`` around each call, or observers ·
        ``retries``: as in ``Config``; what is left out stays · ``deadline``: seconds for each whole call, or the time at which
        all calls end. See :mod:`sotalia.clients.options`.
        """
        from sotalia.clients.options import view_of

        return view_of(
            self,
            timeout=timeout,
            connect_timeout=connect_timeout,
            headers=headers,
            hooks=hooks,
            retries=retries,
            deadline=deadline,
        )

    if TYPE_CHECKING:

        def explain(
            self,
            operation: str,
            /,
            *,
            run_handlers: bool = False,
            fetch_credentials: bool = False,
            **parameters: Any,
        ) -> Explanation:
            """Explain a call in the place of making it: see :mod:`sotalia.explain.method`, which the front door names."""
            raise NotImplementedError

    def close(self) -> None:
        """Close the client's connections. It stays usable; a later call opens new ones. A shared transport stays open."""
        self.parts.channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        """Ask the handlers of ``getattr.SERVICE.NAME`` for an attribute that the class does not have."""
        if "meta" in self.__dict__:
            service_id = self.meta.service_model.service_id.hyphenize()
            _, value = self.meta.events.emit_until_response(GetAttribute.name(service_id, name), client=self)
            if value is not None:
                return value
        raise AttributeError(
            f"{type(self).__name__!r} object has no attribute {name!r}{_suggestion(name, self._PY_TO_OP_NAME)}"
        )

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Refuse to be pickled or copied: connections and locks cannot travel."""
        name = self.meta.service_model.service_name
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

        async def explain(  # type: ignore[override]
            self,
            operation: str,
            /,
            *,
            run_handlers: bool = False,
            fetch_credentials: bool = False,
            **parameters: Any,
        ) -> Explanation:
            """:meth:`BaseClient.explain`, to be awaited."""
            raise NotImplementedError

    async def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> Any:
        """The single entry of every call, by the operation's name (``ListObjectsV2``)."""
        return await pipeline.invoke(self, operation_name, api_params)

    def close(self) -> Awaitable[None]:  # type: ignore[override]
        """Close idle connections, as of a sync client. ``await client.close()`` is ``aclose``: the name that aiobotocore has."""
        super().close()
        from sotalia.clients.closing import Closing

        return Closing(self)

    async def aclose(self) -> None:
        """Close the client's connections; calls in flight end with an error that says so.

        A transport that was given to the session is left to whoever gave it.
        """
        await self.parts.channel.aclose()

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
    """The generated attributes of one service, shared by its sync and async clients."""

    __slots__ = ("attributes", "classes", "name", "python_names")

    def __init__(self, service_model: ServiceModel) -> None:
        self.name = client_class_name(service_model.service_id)
        self.python_names = {xform_name(name): name for name in service_model.operation_names}
        self.attributes: dict[str, Any] = {
            python_name: ClientMethod(python_name, operation_name, service_model)
            for python_name, operation_name in self.python_names.items()
        }
        self.attributes["_PY_TO_OP_NAME"] = self.python_names
        self.attributes["__doc__"] = ClassDocumentation(partial(_class_text, service_model))
        # The last class made for each base: reused while handlers ask for the same.
        self.classes: dict[type, tuple[dict[str, Any], tuple[type, ...], type]] = {}


def _template(service_model: ServiceModel) -> _Template:
    derived = service_model.derived
    template: _Template = derived.get("client") or derived.setdefault("client", _Template(service_model))
    return template


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
    made = _new_class(template.name, wanted, attributes)
    template.classes[base] = (attributes, wanted, made)
    return made


def _new_class(name: str, bases: tuple[type, ...], attributes: dict[str, Any]) -> type:
    return type(name, bases, {**attributes, "__module__": __name__})


def method_to_api_mapping(service_model: ServiceModel) -> dict[str, str]:
    """``{"list_buckets": "ListBuckets", ...}``: a new dictionary for each client, as users may change it."""
    return dict(_template(service_model).python_names)


def _class_text(service_model: ServiceModel) -> str:
    from sotalia.clients.documentation import client_documentation

    return client_documentation(service_model)


class ClientMethod(DocumentedFunction):
    """One operation as a method of a client class.

    It does not call the function that it passes for: that would be another frame in every call.
    """

    __doc__ = DocumentedFunction.__doc__  # The property, which the text above hides.

    def __init__(self, python_name: str, operation_name: str, service_model: ServiceModel) -> None:
        self._operation_name = operation_name
        self._names = (service_model, operation_name, python_name)

    def _text(self) -> str:  # Until it is written, or set: an attribute of the instance then takes its place.
        from sotalia.clients.documentation import method_documentation

        return method_documentation(*self._names)

    def __getattr__(self, name: str) -> Any:
        # A client has a hundred methods, of which few are ever looked at as functions.
        if name == "__wrapped__" and "_names" in self.__dict__:
            self.__wrapped__ = _function(self, self._names[2])
            return self.__wrapped__
        return super().__getattr__(name)

    def __call__(self, client: BaseClient, /, *args: Any, **kwargs: Any) -> Any:
        """Make the call."""
        if args:
            raise TypeError(f"{self.__name__}() only accepts keyword arguments.")
        return client._make_api_call(self._operation_name, kwargs)


def _function(method: ClientMethod, python_name: str) -> Callable[..., Any]:
    def api_call(self: BaseClient, *args: Any, **kwargs: Any) -> Any:
        return method(self, *args, **kwargs)

    api_call.__name__ = api_call.__qualname__ = python_name
    return api_call


def _suggestion(name: str, known: Iterable[str]) -> str:
    if name.startswith("_"):
        return ""
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    return f". Did you mean: {close[0]!r}?" if close else ""
