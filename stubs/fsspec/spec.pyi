from collections.abc import Callable, Iterator, MutableMapping
from io import BytesIO, IOBase
from typing import Any, Self

from fsspec.transaction import Transaction

class _Cached(type):
    def __call__(cls, *args: Any, **kwargs: Any) -> Any: ...

class AbstractFileSystem(metaclass=_Cached):
    root_marker: str
    protocol: str | tuple[str, ...]
    dircache: MutableMapping[str, list[dict[str, Any]]]
    _cache: dict[str, Self]
    _pid: int
    _extra_tokenize_attributes: tuple[str, ...]
    _transaction: Transaction | None

    def __reduce__(
        self,
    ) -> tuple[Callable[..., Any], tuple[type[Self], tuple[Any, ...], dict[str, Any]]]: ...
    @classmethod
    def current(cls) -> Self: ...
    @classmethod
    def clear_instance_cache(cls) -> None: ...
    @classmethod
    def _strip_protocol(cls, path: str) -> str: ...
    @classmethod
    def _parent(cls, path: str) -> str: ...
    @staticmethod
    def _get_kwargs_from_urls(path: str) -> dict[str, Any]: ...
    def unstrip_protocol(self, name: str) -> str: ...
    def invalidate_cache(self, path: str | None = None) -> None: ...
    def _ls_from_cache(self, path: str) -> list[dict[str, Any]] | None: ...
    def walk(
        self, path: str, maxdepth: int | None = None, **kwargs: Any
    ) -> Iterator[tuple[str, Any, Any]]: ...
    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: Any) -> None: ...
    def info(self, path: str, **kwargs: Any) -> dict[str, Any]: ...
    def get_mapper(
        self, root: str = "", check: bool = False, create: bool = False
    ) -> MutableMapping[str, bytes]: ...
    def open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        cache_options: dict[str, Any] | None = None,
        compression: str | None = None,
        **kwargs: Any,
    ) -> Any: ...

class AbstractBufferedFile(IOBase):
    path: str
    mode: str
    # ``None`` once there is nothing more to write.
    buffer: BytesIO | None
    # The size of a block of the cache, or of a part.
    blocksize: int
    # Where the program reads or writes, and how much was sent.
    loc: int
    offset: int | None
    size: int | None
    details: dict[str, Any]
    autocommit: bool
    forced: bool
    closed: bool
    _closed: bool
    cache: Any

    def __init__(
        self,
        fs: AbstractFileSystem,
        path: str,
        mode: str = "rb",
        block_size: int | str | None = "default",
        autocommit: bool = True,
        cache_type: str = "readahead",
        cache_options: dict[str, Any] | None = None,
        size: int | None = None,
    ) -> None: ...
    def write(self, data: bytes) -> int: ...
    def flush(self, force: bool = False) -> None: ...
    def _fetch_range(self, start: int, end: int) -> bytes: ...
    def _initiate_upload(self) -> None: ...
    def _upload_chunk(self, final: bool = False) -> bool: ...
    def commit(self) -> None: ...
    def discard(self) -> None: ...
