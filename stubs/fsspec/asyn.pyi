from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from typing import Any, Literal, ParamSpec, TypeVar, overload

from fsspec.callbacks import Callback
from fsspec.spec import AbstractFileSystem

_P = ParamSpec("_P")
_T = TypeVar("_T")

def get_loop() -> AbstractEventLoop: ...
def reset_lock() -> None: ...
def sync(
    loop: AbstractEventLoop | None, func: Callable[[], Awaitable[_T]], *, timeout: float | None = None
) -> _T: ...
def sync_wrapper(func: Callable[_P, Coroutine[Any, Any, _T]]) -> Callable[_P, _T]: ...
@overload
async def _run_coros_in_chunks(
    coros: Sequence[Coroutine[Any, Any, _T]],
    batch_size: int | None = None,
    *,
    return_exceptions: Literal[True],
    nofiles: bool = False,
) -> list[_T | BaseException]: ...
@overload
async def _run_coros_in_chunks(
    coros: Sequence[Coroutine[Any, Any, _T]], batch_size: int | None = None, *, nofiles: bool = False
) -> list[_T]: ...

class AsyncFileSystem(AbstractFileSystem):
    asynchronous: bool
    _loop: AbstractEventLoop | None

    def __init__(
        self,
        *,
        asynchronous: bool = False,
        loop: AbstractEventLoop | None = None,
        batch_size: int | None = None,
        use_listings_cache: bool = True,
        listings_expiry_time: float | None = None,
        max_paths: int | None = None,
    ) -> None: ...
    @property
    def loop(self) -> AbstractEventLoop | None: ...
    async def _copy(
        self, path1: str | list[str], path2: str | list[str], recursive: bool = False, **kwargs: Any
    ) -> None: ...
    async def _cat(
        self,
        path: str | list[str],
        recursive: bool = False,
        on_error: str = "raise",
        batch_size: int | None = None,
        **kwargs: Any,
    ) -> bytes | dict[str, bytes | Exception]: ...
    async def _cat_ranges(
        self,
        paths: list[str],
        starts: int | Sequence[int | None] | None,
        ends: int | Sequence[int | None] | None,
        max_gap: int | None = None,
        batch_size: int | None = None,
        on_error: str = "return",
        **kwargs: Any,
    ) -> list[bytes | BaseException]: ...
    async def _get(
        self,
        rpath: str | list[str],
        lpath: str | list[str],
        recursive: bool = False,
        callback: Callback = ...,
        maxdepth: int | None = None,
        **kwargs: Any,
    ) -> list[None]: ...
    def _walk(
        self, path: str, maxdepth: int | None = None, **kwargs: Any
    ) -> AsyncIterator[tuple[str, Any, Any]]: ...
    async def _glob(self, path: str, maxdepth: int | None = None, **kwargs: Any) -> Any: ...
    async def _find(
        self, path: str, maxdepth: int | None = None, withdirs: bool | None = False, **kwargs: Any
    ) -> Any: ...
    async def _expand_path(
        self, path: str | list[str], recursive: bool = False, maxdepth: int | None = None, **options: Any
    ) -> list[str]: ...

class AbstractAsyncStreamedFile:
    async def __aenter__(self) -> Any: ...
