"""One core for sync and async: a coroutine that never suspends is run to its end, a value may be awaitable or not."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine, Iterator
    from typing import Any, TypeVar

    T = TypeVar("T")


def drive(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends to its end and return its result.

    Raises ``RuntimeError`` when it does suspend: something asynchronous was handed to a synchronous client.
    """
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    except RuntimeError as error:
        if str(error) != "no running event loop" or not (culprit := _culprit(_frames_of(error))):
            raise
        raise RuntimeError(f"{culprit}{_NEEDS_LOOP}") from error
    culprit = _culprit(_frames_below(coroutine))
    coroutine.close()
    raise RuntimeError(f"{culprit}{_NEEDS_LOOP}")


_NEEDS_LOOP = (
    "a coroutine of a synchronous client tried to wait for an event loop; "
    "use the asynchronous session for handlers, bodies or transports that are asynchronous"
)


def _frames_below(coroutine: Any) -> Iterator[Any]:
    """The frames of a suspended coroutine and of what it awaits."""
    while coroutine is not None:
        yield getattr(coroutine, "cr_frame", None)
        coroutine = getattr(coroutine, "cr_await", None)


def _frames_of(error: BaseException) -> Iterator[Any]:
    """The frames that an exception came through."""
    traceback = error.__traceback__
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next


def _culprit(frames: Iterator[Any]) -> str:
    """The handler of an event that was running in one of the frames, in words; ``""`` for none."""
    found = ""
    for frame in frames:
        if frame is not None and "handler" in frame.f_locals:
            explain = getattr(frame.f_locals.get("self"), "explain_coroutine", None)
            if explain is not None:
                found = explain(frame.f_locals["handler"])
    return found


async def resolved(value: Awaitable[T] | T) -> T:
    """Await ``value`` if it is awaitable, else return it: for results of handlers that may be sync or async."""
    outcome: Any = value
    result: T = await outcome if hasattr(outcome, "__await__") else outcome
    return result
