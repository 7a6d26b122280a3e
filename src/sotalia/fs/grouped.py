"""Operations of the filesystem as groups of calls: ``ls s3://bucket/prefix`` with all the calls that it makes.

The outermost operation gives the group: what it does by others (``cat`` by ``find`` and ``cat_file``) belongs to it as well.
"""

from __future__ import annotations

import inspect
from functools import wraps

from fsspec.asyn import sync_wrapper
from fsspec.utils import stringify_path

from sotalia.runtime import groups

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any, TypeVar

    C = TypeVar("C", bound=type)
    Operation = Callable[..., Coroutine[Any, Any, Any]]

_KIND = "filesystem"
# Coroutines with a public name that are no operations: they only connect, or make one call that somebody else names.
_NO_OPERATIONS = {"_call_s3", "_connect", "_invalidate_region_cache"}
# The path in S3 is the second argument of these, the first being one of this machine.
_UPLOADS = {"put", "put_file"}
# Those with two paths in S3.
_COPIES = {"copy", "cp_file", "mv_file"}
# The names that arguments have where callers name them.
_PATHS = ("path", "rpath", "path1", "paths", "pathlist", "bucket")


def with_groups(filesystem: C) -> C:
    """A decorator for the class: its operations, and those that it inherits, run in a group each."""
    for name in dir(filesystem):
        public = name[1:]
        if not name.startswith("_") or public.startswith("_") or name in _NO_OPERATIONS:
            continue
        operation = getattr(filesystem, name)
        if not inspect.iscoroutinefunction(operation) or not hasattr(filesystem, public):
            continue
        grouped = _grouped(public, operation)
        setattr(filesystem, name, grouped)
        # Those that fsspec does not make for each filesystem have been made for the class.
        if getattr(getattr(filesystem, public), "__wrapped__", None) is operation:
            setattr(filesystem, public, sync_wrapper(grouped))
    return filesystem


def _grouped(name: str, operation: Operation) -> Operation:
    @wraps(operation)
    async def grouped(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not groups.watchers or _is_within_operation():
            return await operation(self, *args, **kwargs)
        with groups.begin(_KIND, "{} {}", name, _places(self, name, args, kwargs)).within():
            return await operation(self, *args, **kwargs)

    return grouped


def _is_within_operation() -> bool:
    group = groups.current()
    return group is not None and group.kind == _KIND


def _places(fs: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """What an operation is about, as a person writes it."""
    if name in _UPLOADS:
        args = args[1:]
    first = args[0] if args else next((kwargs[key] for key in _PATHS if key in kwargs), "")
    if name in _COPIES:
        second = args[1] if len(args) > 1 else kwargs.get("path2", "")
        return f"{_place(fs, first)} {_place(fs, second)}"
    return _place(fs, first)


def _place(fs: Any, path: Any) -> str:
    if not isinstance(path, str) and hasattr(path, "__len__"):
        paths: list[Any] = list(path)
        if len(paths) != 1:
            return f"{len(paths)} paths"
        path = paths[0]
    try:
        return f"s3://{fs._strip_protocol(stringify_path(path))}"
    except (TypeError, AttributeError):
        return ""  # No path: the operation will say so.
