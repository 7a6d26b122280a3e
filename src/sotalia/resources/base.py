"""What all resources have in common: identifiers, ``meta``, equality."""

from __future__ import annotations

from sotalia.runtime import drive
from sotalia.runtime.pickling import OfOneProcess
from sotalia.runtime.reference_base import ReferenceBase
from sotalia.runtime.reference_names import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator
    from types import TracebackType
    from typing import Any, NoReturn, Self

    from sotalia.clients.base import BaseClient
    from sotalia.resources.model import ResourceModel
    from sotalia.types.literals import ServiceName


class ResourceMeta(ReferenceBase):
    """What is known about a resource: ``resource.meta``.

    ``service_name`` · ``identifiers``: their names · ``client``: what its calls are made on · ``data``: the attributes as
    the service gave them, ``None`` while they are not loaded · ``resource_model``: its definition.
    """

    # A place for each, as listings make thousands; users may keep things of their own beside them.
    __slots__ = ("client", "data", "identifiers", "resource_model", "service_name")

    def __init__(
        self,
        service_name: str,
        identifiers: list[str] | None = None,
        client: Any = None,
        data: Any = None,
        resource_model: ResourceModel | None = None,
    ) -> None:
        self.service_name = service_name
        self.identifiers = [] if identifiers is None else identifiers
        self.client = client
        self.data = data
        self.resource_model = resource_model

    def copy(self) -> ResourceMeta:
        """Another one with the same contents."""
        return ResourceMeta(self.service_name, self.identifiers, self.client, self.data, self.resource_model)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ResourceMeta):
            return False
        mine, theirs = vars(self), vars(other)
        return mine == theirs and all(
            getattr(self, name) == getattr(other, name) for name in ResourceMeta.__slots__
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"ResourceMeta('{self.service_name}', identifiers={self.identifiers})"


class ServiceResource(ReferenceBase):
    """A resource of a sync session: its actions return results.

    Identifiers are given in order or by name; ``client`` comes from the default session when none is given. Raises
    ``ValueError`` for an identifier that is missing or unknown, ``IndexError`` for too many.
    """

    #: The class's own; each resource has a copy.
    meta: Any = None
    _is_async = False
    # Not by inheritance: the bases are those of the reference's classes.
    _pickle_instead = OfOneProcess._pickle_instead
    __reduce_ex__ = OfOneProcess.__reduce_ex__
    __copy__ = OfOneProcess.__copy__

    if TYPE_CHECKING:
        # Actions, attributes and collections are made from the service's description.
        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, *args: Any, client: BaseClient | None = None, **kwargs: Any) -> None:
        # Pages of a listing make a thousand of these: what is below was measured.
        given = self.__dict__
        meta = given["meta"] = self.meta.copy()
        meta.client = self._default_client(meta.service_name) if client is None else client
        names = meta.identifiers
        for position, value in enumerate(args):
            given[f"_{names[position]}"] = value
        for name, value in kwargs.items():
            if name not in names:
                raise ValueError(f"Unknown keyword argument: {name}")
            given[f"_{name}"] = value
        for name in names:
            if given.get(f"_{name}") is None and getattr(self, name) is None:
                raise ValueError(f"Required parameter {name} not set")

    def _default_client(self, service_name: str) -> Any:
        import sotalia

        # Any service, also one that came after the list of names was written.
        name: ServiceName = service_name  # type: ignore[assignment]
        return sotalia.client(name)

    def _finish(self, work: Coroutine[Any, Any, Any]) -> Any:
        """The result of a piece of work, or the work itself where it is to be awaited."""
        return drive(work)

    if not TYPE_CHECKING:

        def __aenter__(self):
            """Say which sessions make async resources."""
            raise TypeError(
                "this resource is synchronous: make it by sotalia.AsyncSession().resource(...) for 'async with'"
            )

        __aexit__ = __aenter__

    def __repr__(self) -> str:
        identifiers = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.meta.identifiers)
        return f"{type(self).__name__}({identifiers})"

    def __eq__(self, other: object) -> bool:
        if type(other).__name__ != type(self).__name__:
            return False
        return all(getattr(self, name) == getattr(other, name) for name in self.meta.identifiers)

    def __hash__(self) -> int:
        return hash((type(self).__name__, tuple(getattr(self, name) for name in self.meta.identifiers)))


class AsyncServiceResource(ServiceResource):
    """A resource of an async session: its actions are coroutines.

    Attributes are there once ``await resource.load()`` is done. ``async with`` closes the client at the end, as does
    ``await resource.meta.client.aclose()``.
    """

    _is_async = True

    def _default_client(self, service_name: str) -> Any:
        raise ValueError(
            f"Required parameter client not set: give the asynchronous {service_name} client that "
            f"{type(self).__name__} is to use"
        )

    def _finish(self, work: Coroutine[Any, Any, Any]) -> Any:
        return work

    def __await__(self) -> Generator[Any, Any, Self]:
        """The resource itself: in code that comes from aioboto3, which awaits ``s3.Bucket(...)``."""
        return self
        yield

    def __enter__(self) -> NoReturn:
        raise TypeError("this resource is asynchronous: use 'async with'")

    if not TYPE_CHECKING:
        __exit__ = __enter__

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.meta.client.aclose()


if not TYPE_CHECKING:
    __getattr__, __dir__ = stand_in(__name__)
