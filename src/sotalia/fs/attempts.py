"""When a call is tried again beyond what its client does.

The client retries errors of the server and lost connections by its retry mode, and what it raises in the end is final. Here stand
throttling, which hundreds of workers run into for longer than a client waits; timeouts of handlers and of fsspec; and responses
that are no XML, as some servers send when they are overloaded. A program adds its own: :func:`add_retryable_error`,
:func:`set_custom_error_handler`.
"""

from __future__ import annotations

import asyncio
import sys

from fsspec.exceptions import FSTimeoutError

from sotalia import exceptions
from sotalia.fs.errors import translated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Any

_FIRST_DELAY_SECONDS = 0.1
_GROWTH = 1.7
_LONGEST_DELAY_SECONDS = 15.0
# In codes or messages of errors.
_BUSY = ("SlowDown", "reduce your request rate", "XAmzContentSHA256Mismatch")


class RetryPolicy:
    """Which errors are worth another try, in this process."""

    def __init__(self) -> None:
        self.errors: tuple[type[BaseException], ...] = (TimeoutError, FSTimeoutError)
        self.handler: Callable[[Exception], Any] = _never

    def wants_another(self, error: Exception) -> bool:
        """Whether a call that failed like this is to be made again."""
        if isinstance(error, self.errors):
            return True
        # The class is loaded only by whoever raises it.
        parsers = sys.modules.get("botocore.parsers")
        if parsers is not None and isinstance(error, parsers.ResponseParserError):
            return True
        if isinstance(error, exceptions.ClientError) and any(word in str(error) for word in _BUSY):
            return True
        return bool(self.handler(error))


def _never(error: Exception) -> bool:
    return False


#: The policy of all filesystems of this process.
policy = RetryPolicy()


def add_retryable_error(exc: type[BaseException]) -> None:
    """Have calls that raise this error made again, up to ``S3FileSystem.retries`` times in all."""
    policy.errors = (*policy.errors, exc)


def set_custom_error_handler(func: Callable[[Exception], Any]) -> None:
    """Ask ``func(error)`` about each error that is not retried anyway: true for another try.

    The error is the client's (``ClientError``), not its translation.
    """
    policy.handler = func


async def attempted(
    function: Callable[..., Awaitable[Any]],
    *,
    args: tuple[Any, ...] = (),
    kwargs: Mapping[str, Any] | None = None,
    retries: int,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Any:
    """What a call gives, tried up to ``retries`` times. Raises what the last one raised, translated."""
    attempt = 0
    while True:
        try:
            return await function(*args, **(kwargs or {}))
        except Exception as error:
            attempt += 1
            if attempt >= retries or not policy.wants_another(error):
                final = translated(error, _path_of(kwargs or {}))
                if final is error:
                    raise
                raise final from error
        await sleep(delay_seconds(attempt))


def _path_of(parameters: Mapping[str, Any]) -> str | None:
    """The path that a call is about."""
    bucket, key = parameters.get("Bucket"), parameters.get("Key")
    return f"{bucket}/{key}" if bucket and key else bucket


def delay_seconds(attempt: int) -> float:
    """How long to wait after so many tries."""
    return min(_FIRST_DELAY_SECONDS * _GROWTH ** (attempt - 1), _LONGEST_DELAY_SECONDS)
