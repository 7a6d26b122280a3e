"""What calls belong to: a transfer, a paginator's listing, a waiter, an operation of the filesystem.

Who makes several calls for one purpose says so around them, and a recorder shows them as its children::

    listing = groups.begin("paginator", "list_objects_v2")
    with listing.within():
        page = self._make_request(...)

A generator enters ``within()`` around its own calls only, never around a ``yield``: the consumer's calls are not its.
Threads that work for a group run in a copy of the context, or enter ``within()`` themselves. While no recorder is on,
``begin`` makes nothing.
"""

from __future__ import annotations

from contextvars import ContextVar
from itertools import count

from sotalia.runtime.locks import ProcessLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Token
    from typing import Final

_numbers = count(1)
_watching = ProcessLock()
_current: ContextVar[Group | None] = ContextVar("sotalia_group", default=None)


class Group:
    """One purpose. ``kind`` is ``paginator``, ``waiter``, ``transfer``, ``filesystem``, ``resource`` or ``batch``; ``name`` what it
    is called there (``list_objects_v2``, ``bucket_exists``, ``upload s3://bucket/key``), without secrets; ``number`` counts the
    groups of the process from 1; ``parent`` is the group within which it began.
    """

    __slots__ = ("kind", "name", "number", "parent")

    def __init__(self, kind: str, name: str, parent: Group | None = None) -> None:
        self.kind, self.name, self.parent = kind, name, parent
        self.number = next(_numbers)

    def within(self) -> _Within:
        """What to be within while calls are made for it; any number of times, also by several threads at once."""
        return _Within(self)

    def __repr__(self) -> str:
        return f"<Group {self.number}: {self.kind} {self.name}>"


class _Within:
    __slots__ = ("_group", "_token")

    def __init__(self, group: Group) -> None:
        self._group = group

    def __enter__(self) -> None:
        self._token: Token[Group | None] = _current.set(self._group)

    def __exit__(self, *error: object) -> None:
        _current.reset(self._token)


class _Nothing:
    """Stands for every group while nobody looks."""

    __slots__ = ()

    def within(self) -> _Nothing:
        """Itself."""
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: object) -> None:
        return None


_NOTHING: Final = _Nothing()
#: How many recorders look.
watchers: int = 0


def begin(kind: str, name: str | Callable[[], str], *places: object) -> Group | _Nothing:
    """A new group within the current one.

    With ``places``, ``name`` is a format for them: ``begin("transfer", "upload s3://{}/{}", bucket, key)``. They show as
    parameters do, without secrets. Nothing is formatted, and no function for ``name`` called, while nobody looks.
    """
    return Group(kind, _named(name, places), _current.get()) if watchers else _NOTHING


class Lasting:
    """A purpose that may outlive recorders, such as an open file: its group begins when a recorder first sees it at work."""

    __slots__ = ("_group", "_kind", "_name", "_places")

    def __init__(self, kind: str, name: str, *places: object) -> None:
        self._kind, self._name, self._places = kind, name, places
        self._group: Group | None = None

    def within(self) -> _Within | _Nothing:
        """What to be within while calls are made for it."""
        if not watchers:
            return _NOTHING
        if self._group is None:
            self._group = Group(self._kind, _named(self._name, self._places), _current.get())
        return self._group.within()


def _named(name: str | Callable[[], str], places: tuple[object, ...]) -> str:
    if not isinstance(name, str):
        return name()
    # Loaded with the first group that somebody sees: `re` is not on the way of a start.
    from sotalia.runtime.redaction import redact_params

    return name.format(*[redact_params(str(place)) for place in places]) if places else name


def current() -> Group | None:
    """The group for which this thread or task works."""
    return _current.get()


def watch(by: int) -> None:
    """``1``: another recorder looks; ``-1``: one has stopped."""
    global watchers
    with _watching.lock:
        watchers += by
