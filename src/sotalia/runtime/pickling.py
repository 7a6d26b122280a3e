"""What cannot travel to another process by ``pickle``, said in words: what it is, and what to do."""

from __future__ import annotations

from _thread import _local

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


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
        twin = type(self).__new__(type(self))
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
        from sotalia.runtime.picklers import other_pickler_can

        if not other_pickler_can(value):
            raise pickle.PicklingError(f"{what} cannot be pickled ({error}): {advice}") from error
    finally:
        _state.is_checking = False
