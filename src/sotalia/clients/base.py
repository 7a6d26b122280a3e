"""Clients: one class per service, generated at run time from its model.

A class gets one method per operation, all of which end in ``_make_api_call(operation_name, api_params)``, the single
entry to the pipeline (tracers and tests wrap it). Handlers of ``creating-client-class`` may add attributes and base
classes; the event fires at every creation of a client, and clients for which nothing was changed share one class.
"""

from __future__ import annotations

import sys
from functools import partial

from sotalia.call import pipeline
from sotalia.call.modeled_errors import ClientExceptions, service_exceptions
from sotalia.clients.parts import ClientMeta, ClientParts
from sotalia.events.catalog import CreatingClientClass, GetAttribute
from sotalia.model.naming import client_class_name, xform_name
from sotalia.runtime import drive
from sotalia.runtime.documented import ClassDocumentation, DocumentedFunction
from sotalia.runtime.late_names import has_late_names
from sotalia.runtime.pickling import refuse
from sotalia.runtime.reference_base import ReferenceBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping
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

    def __repr__(self) -> str:
        """Service, region and host, in the place of an address in memory."""
        from sotalia.clients.words import described

        return described(self)

    def can_paginate(self, operation_name: str) -> bool:
        """Whether ``get_paginator`` knows this method (``"list_objects_v2"``). Raises ``KeyError`` for no method."""
        return self._operation_of(operation_name) in self.parts.page_config()

    def _operation_of(self, method_name: str) -> str:
        operation = self._PY_TO_OP_NAME.get(method_name)
        if operation is None:
            from sotalia.clients.words import unknown_method

            raise unknown_method(self, method_name)
        return operation

    def get_paginator(self, operation_name: str) -> Paginator:
        """The paginator of a method (``"list_objects_v2"``).

        Raises ``OperationNotPageableError``, or ``KeyError`` for no method.
        """
        operation = self._operation_of(operation_name)
        description = self.parts.page_config().get(operation)
        if description is None:
            from sotalia import exceptions

            error = exceptions.OperationNotPageableError(operation_name=operation_name)
            error.add_note(f"Its result comes in one piece: call client.{operation_name}().")
            raise error
        from sotalia.pagination.pages import paginator_class

        model = self.meta.service_model.operation_model(operation)
        kind: type[Any] = paginator_class(
            type(self).__name__, operation, model, is_async=self.meta.runtime.is_async
        )
        paginator: Paginator = kind(getattr(self, operation_name), description, model)
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
            from sotalia.clients.words import unknown_waiter

            raise unknown_waiter(self, waiter_name)
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

    if not TYPE_CHECKING:
        # Not for checkers, which report `async with` by themselves.

        def __aenter__(self):
            """Say which sessions make async clients."""
            raise TypeError(
                "this client is synchronous: use 'with', or make it by sotalia.AsyncSession().client(...) for 'async with'"
            )

        __aexit__ = __aenter__

    def __getattr__(self, name: str) -> Any:
        """Ask the handlers of ``getattr.SERVICE.NAME`` for an attribute that the class does not have."""
        if "meta" in self.__dict__:
            service_id = self.meta.service_model.service_id.hyphenize()
            _, value = self.meta.events.emit_until_response(GetAttribute.name(service_id, name), client=self)
            if value is not None:
                return value
        from sotalia.clients.words import unknown_attribute

        raise AttributeError(unknown_attribute(self, name))

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

    Use it in ``async with``, or keep it and ``await client.close()`` at the end.
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

    def _make_api_call(self, operation_name: str, api_params: dict[str, Any]) -> Any:
        """The single entry of every call, by the operation's name (``ListObjectsV2``): a coroutine."""
        call: Any = pipeline.invoke(self, operation_name, api_params)
        # What Python names where nobody awaits it.
        call.__qualname__ = f"{type(self).__name__}.{operation_name}"
        return call

    def __await__(self) -> Generator[Any, Any, Self]:
        """The client itself: in code that comes from aioboto3, which awaits it."""
        return self
        yield

    def __del__(self) -> None:
        # A view leaves the connections to its client.
        if sys.is_finalizing():  # Nothing more can be imported, and all connections are closed.
            return
        parts = self.__dict__.get("parts")
        if parts is not None and "_viewed" not in self.__dict__ and parts.channel.has_idle_connections():
            from sotalia.clients.words import warn_unclosed

            warn_unclosed(self)

    async def aclose(self) -> None:
        """Close the client's connections; calls in flight, and later ones, end with an error that says so.

        A transport that was given to the session is left to whoever gave it.
        """
        await self.parts.channel.aclose()

    async def close(self) -> None:  # type: ignore[override]
        """The same as :meth:`aclose`, by the name that aiobotocore's clients have for it."""
        await self.aclose()

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

    def _sign(self) -> Any:
        from sotalia.model.signatures import signature

        return signature(self._names[0].operation_model(self._operation_name))

    def __getattr__(self, name: str) -> Any:
        # A client has a hundred methods, of which few are ever looked at as functions.
        if name == "__wrapped__" and "_names" in self.__dict__:
            self.__wrapped__ = _function(self, self._names[2])
            return self.__wrapped__
        return super().__getattr__(name)

    def __call__(self, client: BaseClient, /, *args: Any, **kwargs: Any) -> Any:
        """Make the call."""
        if args:
            from sotalia.clients.words import positional_arguments

            raise positional_arguments(*self._names)
        return client._make_api_call(self._operation_name, kwargs)


def _function(method: ClientMethod, python_name: str) -> Callable[..., Any]:
    def api_call(self: BaseClient, *args: Any, **kwargs: Any) -> Any:
        return method(self, *args, **kwargs)

    api_call.__name__ = api_call.__qualname__ = python_name
    return api_call
