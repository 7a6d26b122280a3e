"""What s3transfer is given to work with."""

from __future__ import annotations

from contextvars import copy_context
from functools import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


@cache
def executor_class() -> Any:
    """Threads that see the context variables of whoever hands them work, as handlers of the calls expect."""
    from concurrent.futures import ThreadPoolExecutor

    class ContextThreads(ThreadPoolExecutor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
            return super().submit(copy_context().run, fn, *args, **kwargs)

    return ContextThreads


class ProgressCallbackInvoker:
    """A subscriber that tells a callback how many bytes were transferred since it was last called."""

    def __init__(self, callback: Callable[[int], Any]) -> None:
        self._callback = callback

    def on_progress(self, bytes_transferred: int, **kwargs: Any) -> None:
        """Called by s3transfer, from its threads."""
        self._callback(bytes_transferred)
