"""What every typed client has of ours, joined with what the packages of types declare.

A client's bases are ``Ours``, where ours is another than theirs, then the package's class or ``Untyped``, then ``Typed``.
Of a package's class no other names are known than those declared: ``__getattr__`` is ``None``, where a method would make every
name known.
"""

# The packages of types and what they stand on may be installed or not; ours come with other signatures.
# mypy: ignore-errors
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false, reportGeneralTypeIssues=false
# pyright: reportIncompatibleMethodOverride=false, reportIncompatibleVariableOverride=false, reportUntypedBaseClass=false

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from aiobotocore.paginate import AioPageIterator
from botocore.paginate import PageIterator as BotocorePageIterator

from sotalia.call.modeled_errors import ClientExceptions
from sotalia.clients.base import AsyncBaseClient, BaseClient
from sotalia.clients.parts import ClientMeta
from sotalia.pagination.pages import AsyncPageIterator, AsyncPaginator, PageIterator, Paginator
from sotalia.protocols import eventstream
from sotalia.resources.base import ServiceResource
from sotalia.transport.body import AsyncStreamingBody as AsyncStreamingBody
from sotalia.transport.body import StreamingBody as StreamingBody
from sotalia.waiting.waiter import Waiter as Waiter

_P = ParamSpec("_P")
_Page = TypeVar("_Page")
_Item = TypeVar("_Item")

class Meta(ClientMeta):
    # Clients of services that a package knows have all three.
    region_name: str
    endpoint_url: str
    partition: str

class Ours:
    meta: Meta

class AsyncOurs:
    meta: Meta
    __enter__: None
    __exit__: None
    async def close(self) -> None: ...

class Typed(BaseClient):
    __getattr__: None

class AsyncTyped(AsyncBaseClient):
    __getattr__: None

class Untyped(BaseClient):
    def __getattr__(self, name: str) -> Any: ...

class AsyncUntyped(AsyncBaseClient):
    def __getattr__(self, name: str) -> Any: ...

class TypedResource(ServiceResource):
    __getattr__: None

class UntypedResource(ServiceResource):
    def __getattr__(self, name: str) -> Any: ...

class Pages(BotocorePageIterator[_Page], PageIterator):
    """The pages of one listing: iterate over it for whole responses, or over ``items()`` for their elements."""

    resume_token: str | None
    def __iter__(self) -> Iterator[_Page]: ...

class AsyncPages(AioPageIterator[_Page], AsyncPageIterator):
    """The pages of one listing, for ``async for``: whole responses, or with ``items()`` their elements."""

    resume_token: str | None
    def __iter__(self) -> None: ...  # type: ignore[override]
    def __aiter__(self) -> AsyncIterator[_Page]: ...
    def search(self, expression: str) -> AsyncIterator[Any]: ...

# What `sotalia stubs` writes stands on these.

class OwnPages(PageIterator, Generic[_Page, _Item]):
    def __iter__(self) -> Iterator[_Page]: ...
    def items(self) -> Iterator[_Item]: ...

class AsyncOwnPages(AsyncPageIterator, Generic[_Page, _Item]):
    def __aiter__(self) -> AsyncIterator[_Page]: ...
    def items(self) -> AsyncIterator[_Item]: ...

class EventStream(eventstream.EventStream, Generic[_Item]):
    def __iter__(self) -> Iterator[_Item]: ...

class AsyncEventStream(eventstream.AsyncEventStream, Generic[_Item]):
    def __aiter__(self) -> AsyncIterator[_Item]: ...

class OwnExceptions(ClientExceptions):
    __getattr__: None

class Pager(Paginator): ...
class AsyncPager(AsyncPaginator): ...

class GetPaginator:
    def __call__(self, operation_name: str) -> Paginator: ...

class AsyncGetPaginator:
    def __call__(self, operation_name: str) -> AsyncPaginator: ...

def paged(
    paginate: Callable[Concatenate[Any, _P], BotocorePageIterator[_Page]],
) -> Callable[[Any], Callable[Concatenate[Any, _P], Pages[_Page]]]: ...
def async_paged(
    paginate: Callable[Concatenate[Any, _P], AioPageIterator[_Page]],
) -> Callable[[Any], Callable[Concatenate[Any, _P], AsyncPages[_Page]]]: ...
