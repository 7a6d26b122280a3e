"""stdin as the source of an upload that Ctrl-C ends."""

from __future__ import annotations

import os
import signal
import stat
import threading
from contextlib import contextmanager

from sotalia.s3.workers import StoppedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from types import FrameType
    from typing import Any

# Upper bound in seconds on noticing an interrupt.
_LONGEST_WAIT = 0.2
# What a pipe holds on Linux, at most, unless somebody has set more: see pipe(7).
_AT_ONCE = 1024 * 1024


class Input:
    """A file whose ``read`` ends, with ``StoppedError``, when the program is interrupted.

    Parts are read by threads, and a thread that waits for a pipe would otherwise keep the program from ending until whoever
    writes into the pipe does.
    """

    def __init__(self, file: Any) -> None:
        self._file = file
        self.is_stopped = False

    def read(self, amount: int) -> bytes:
        """At most ``amount`` bytes, none at the end."""
        from select import select

        number = self._file.fileno()
        while not select([number], [], [], _LONGEST_WAIT)[0]:
            if self.is_stopped:
                raise StoppedError
        return os.read(number, min(amount, _AT_ONCE))


@contextmanager
def interruptible(file: Any) -> Generator[Any, None, None]:
    """The file, to be read from start to end; as it is where that cannot be, as on Windows or in a thread."""
    if not _can_wait_for(file) or threading.current_thread() is not threading.main_thread():
        yield file
        return
    stopping = Input(file)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.is_stopped = True
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number, handler in before.items():
        if callable(handler):
            signal.signal(number, stop)
    try:
        yield stopping
    finally:
        stopping.is_stopped = True
        for number, handler in before.items():
            signal.signal(number, handler)


def _can_wait_for(file: Any) -> bool:
    """Whether reading it may wait, as a file does not, whose size is known as well; and the system can tell for how long."""
    try:
        mode = os.fstat(file.fileno()).st_mode
    except (OSError, AttributeError, ValueError):
        return False
    return os.name == "posix" and not stat.S_ISREG(mode)
