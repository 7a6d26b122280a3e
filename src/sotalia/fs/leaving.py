"""Files that are written and left without having been closed: by an exception, by the collector, by the end of the program."""

from __future__ import annotations

import asyncio
import atexit
import os
import sys
from weakref import WeakValueDictionary

from fsspec.core import OpenFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import FrameType
    from typing import Any, Protocol

    class Written(Protocol):
        """A file that is being written."""

        #: The upload, where there is one.
        mpu: Any
        #: The process that it was opened in.
        process: int

        def give_up(self) -> None:
            """Leave no object, and no upload."""
            ...


def is_left_by_error() -> bool:
    """Whether ``with fsspec.open(...)`` is closing the file of the caller because of an exception, which it does not say."""
    if sys.exc_info()[1] is None:
        return False
    frame: FrameType | None = sys._getframe(2)
    # Text and compression have frames of their own in between.
    for _ in range(4):
        if frame is None:
            break
        if frame.f_code is OpenFile.__exit__.__code__:
            return any(frame.f_locals.get("args") or ())
        frame = frame.f_back
    return False


def run_later(loop: asyncio.AbstractEventLoop | None, coroutine: Coroutine[Any, Any, Any]) -> None:
    """Run a coroutine on a loop of any thread, this one's too, without waiting for it."""
    try:
        if loop is None or not loop.is_running():
            raise RuntimeError
        asyncio.run_coroutine_threadsafe(coroutine, loop)
    except RuntimeError:
        coroutine.close()


# By id: the hash of a file is that of its contents.
_open_for_writing: WeakValueDictionary[int, Written] = WeakValueDictionary()


def remember(file: Written) -> None:
    """Give the file up if it is still being written when the program ends."""
    _open_for_writing[id(file)] = file


def forget(file: Written) -> None:
    """The file is finished."""
    _open_for_writing.pop(id(file), None)


@atexit.register
def give_up_all() -> None:
    """Leave no upload behind when the program ends; fsspec's loop still runs then."""
    for file in list(_open_for_writing.values()):
        if file.mpu is not None and file.process == os.getpid():
            file.give_up()
