"""What can go wrong with a cassette. No retry mode tries these again, and no handler of service errors catches them.

- ``CassetteError``: all of them;
- ``CassetteFileError``: the file is missing, damaged, another program's, or of a newer version;
- ``NotRecordedError``: the cassette does not have a call;
- ``UsedUpError``, a ``NotRecordedError``: it has the call, but not that many times.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class CassetteError(Exception):
    """A cassette cannot do what was asked of it. ``path`` names its file."""

    def __init__(self, message: str, path: str) -> None:
        super().__init__(message)
        self.path = path

    def __reduce__(self) -> Any:
        return type(self), (str(self), self.path), self.__dict__


class CassetteFileError(CassetteError):
    """The file cannot be used. ``line`` is where, ``None`` if no line is at fault."""

    def __init__(self, message: str, path: str, line: int | None = None) -> None:
        place = path if line is None else f"{path}:{line}"
        super().__init__(f"{place}: {message}", path)
        self.line = line

    def __reduce__(self) -> Any:
        return _unpickled, (type(self), str(self), self.__dict__)


class NotRecordedError(CassetteError):
    """A call that is not in the cassette. ``call`` is its name (``s3.PutObject``), ``parameters`` what it asked for, as the
    cassette compares it, ``nearest`` what comes closest of what was recorded, ``None`` for nothing.
    """

    def __init__(
        self, message: str, path: str, call: str, parameters: dict[str, Any], nearest: Any = None
    ) -> None:
        super().__init__(message, path)
        self.call = call
        self.parameters = parameters
        self.nearest = nearest

    def __reduce__(self) -> Any:
        return _unpickled, (type(self), str(self), self.__dict__)


class UsedUpError(NotRecordedError):
    """The cassette has the call, and it was played as often as it was recorded."""


def _unpickled(kind: type[CassetteError], message: str, attributes: dict[str, Any]) -> CassetteError:
    error = kind.__new__(kind, message)
    error.args = (message,)
    error.__dict__.update(attributes)
    return error
