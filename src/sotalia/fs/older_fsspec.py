"""What later versions of fsspec do and earlier ones do not, so that a program may have pinned any from 2024.2 on."""

from __future__ import annotations

import os

from fsspec.asyn import AsyncFileSystem
from fsspec.callbacks import DEFAULT_CALLBACK
from fsspec.implementations.local import make_path_posix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from fsspec.callbacks import Callback

    #: Where ranges begin or end: of each, or of all the same.
    Positions = int | Sequence[int | None] | None


# Came in the same version; a version built from a checkout may have no number to ask for.
_KNOWS_EXCLUSIVE = "mode" in AsyncFileSystem.pipe_file.__code__.co_varnames


def file_mode(mode: str) -> str:
    """The mode for fsspec's file: up to 2024.10 that knows no ``xb``, and writes as for ``wb``."""
    return mode if _KNOWS_EXCLUSIVE else mode.replace("x", "w")


class AnyAsyncFileSystem(AsyncFileSystem):
    """fsspec's filesystem, which behaves alike in all versions."""

    async def _cat_ranges(
        self,
        paths: list[str],
        starts: Positions,
        ends: Positions,
        max_gap: int | None = None,
        batch_size: int | None = None,
        on_error: str = "return",
        **kwargs: Any,
    ) -> list[bytes | BaseException]:
        """Up to 2025.9 ``on_error`` has no effect on async filesystems."""
        results = await super()._cat_ranges(
            paths, starts, ends, max_gap=max_gap, batch_size=batch_size, on_error=on_error, **kwargs
        )
        if on_error != "return":
            for result in results:
                if isinstance(result, BaseException):
                    raise result
        return results

    def walk(self, path: str, maxdepth: int | None = None, **kwargs: Any) -> Iterator[tuple[str, Any, Any]]:
        """Up to 2025.9 the sync method does not run ``_walk``, and so not the checks in it."""
        self._check_walk(path)
        return super().walk(path, maxdepth=maxdepth, **kwargs)

    def _check_walk(self, path: str) -> None:
        """Raise ``ValueError`` for a path that is too much to walk through."""

    async def _get(
        self,
        rpath: str | list[str],
        lpath: str | os.PathLike[str] | list[str],
        recursive: bool = False,
        callback: Callback = DEFAULT_CALLBACK,
        maxdepth: int | None = None,
        **kwargs: Any,
    ) -> list[None]:
        """Up to 2025.9 a key with ``..`` in it, as in ``folder/../../name``, is downloaded to outside of the folder ``lpath``."""
        if isinstance(lpath, str | os.PathLike):
            lpath = os.fspath(lpath)
            kwargs["within"] = make_path_posix(lpath)
        return await super()._get(
            rpath, lpath, recursive=recursive, callback=callback, maxdepth=maxdepth, **kwargs
        )


def check_within(path: str, folder: str | None) -> None:
    """Raise ``ValueError`` for a file outside of a folder, which the name of an object led to."""
    if folder is None:
        return
    root, target = os.path.abspath(folder), os.path.abspath(path)
    if target != root and not target.startswith(root.rstrip(os.sep) + os.sep):
        raise ValueError(
            f"{path!r} lies outside of {folder!r}: download objects with '..' in their names one by one"
        )
