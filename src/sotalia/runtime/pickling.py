"""What travels to another process by ``pickle``: errors as they are; what cannot travel says so, and what to do."""

from __future__ import annotations

from _thread import _local

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, NoReturn, TypeVar

    Error = TypeVar("Error", bound=BaseException)


class _State(_local):
    is_checking = False


_state = _State()


def refuse(what: str, advice: str) -> NoReturn:
    """Raise ``pickle.PicklingError``."""
    from pickle import PicklingError

    raise PicklingError(f"{what} cannot be pickled: {advice}")


class OfOneProcess:
    """What can be copied but not pickled. ``_pickle_instead`` says what to do."""

    _pickle_instead = "it belongs to a client; make the client, and then this, where it is needed"

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Raise ``pickle.PicklingError``."""
        refuse(repr(self), self._pickle_instead)

    def __copy__(self) -> Any:
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin


def check(value: Any, what: str, advice: str) -> None:
    """Raise ``pickle.PicklingError`` that names a part which cannot be pickled: pickle itself names only its type."""
    # What is pickled to look may hold the whole again, such as a handler that knows its session.
    if value is None or _state.is_checking:
        return
    import pickle

    _state.is_checking = True
    try:
        pickle.dumps(value)
    except Exception as error:
        if not _other_pickler_can(value):
            raise pickle.PicklingError(f"{what} cannot be pickled ({error}): {advice}") from error
    finally:
        _state.is_checking = False


def _other_pickler_can(value: Any) -> bool:
    """Whether the pickler at work is another one, such as cloudpickle's, which takes functions of every kind, and takes this."""
    from io import BytesIO

    pickler = _pickler_at_work()
    if pickler is None:
        return False
    try:
        pickler(BytesIO()).dump(value)
    except Exception:
        return False
    return True


def _pickler_at_work() -> Any:
    """The class of the pickler that asks for our state. It is told by the frames above: it is not handed to us."""
    import sys

    frame: FrameType | None = sys._getframe()
    while frame is not None:
        candidate: Any = frame.f_locals.get("self")
        if _is_pickler_of_others(candidate):
            return candidate.__class__
        frame = frame.f_back
    return None


def _is_pickler_of_others(candidate: Any) -> bool:
    import pickle

    own = (pickle.Pickler, getattr(pickle, "_Pickler", pickle.Pickler))
    return isinstance(candidate, own) and type(candidate) not in own


def reworded(error: Error, text: str) -> Error:
    """The same error with another text, which it keeps in another process: the reference's errors write theirs anew."""
    error.args = (text, *error.args[1:])
    travels_whole(type(error))
    return error


def travels_whole(kind: type[BaseException]) -> None:
    """Have errors of a class pickled with their text and attributes, whatever their constructor takes."""
    # Asked before the class's own __reduce_ex__, so that classes of others stay as they are.
    from copyreg import pickle

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
