"""Errors that travel to other processes as they are. The reference's make theirs anew there, without what was changed."""

from __future__ import annotations

from copyreg import pickle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    Error = TypeVar("Error", bound=BaseException)


def reworded(error: Error, text: str) -> Error:
    """The same error with another text, which it keeps in another process: the reference's errors write theirs anew."""
    error.args = (text, *error.args[1:])
    travels_whole(type(error))
    return error


def travels_whole(kind: type[BaseException]) -> None:
    """Have errors of a class pickled with their text and attributes, whatever their constructor takes."""
    # Asked before the class's own __reduce_ex__, so that classes of others stay as they are.
    pickle(kind, _reduced)


def _reduced(error: BaseException) -> tuple[Any, ...]:
    return _restored, (type(error), error.args, error.__dict__)


def _restored(
    kind: type[BaseException], arguments: tuple[Any, ...], attributes: dict[str, Any]
) -> BaseException:
    error = kind.__new__(kind)
    error.args = arguments
    error.__dict__.update(attributes)
    return error
