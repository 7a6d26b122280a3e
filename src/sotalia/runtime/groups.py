"""What calls belong to: a transfer, a paginator's listing, a waiter, an operation of the filesystem.

Who makes several calls for one purpose says so around them, and a recorder shows them as its children::

    listing = groups.begin("paginator", "list_objects_v2")
    with listing.within():
        page = self._make_request(...)

Threads that work for a group enter ``within()`` themselves. While no recorder is on, ``begin`` makes nothing.
"""

from __future__ import annotations

from contextvars import ContextVar
from itertools import count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextvars import Token
    from typing import Final

_numbers = count(1)
_current: ContextVar[Group | None] = ContextVar("sotalia_group", default=None)


class Group:
    """One purpose. ``kind`` is ``paginator``, ``waiter``, ``transfer`` or ``filesystem``; ``name`` what it is called there
    (``list_objects_v2``, ``bucket_exists``, ``upload s3://bucket/key``); ``number`` counts the groups of the process from 1;
    ``parent`` is the group within which it began.
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


def begin(kind: str, name: str) -> Group | _Nothing:
    """A new group within the current one."""
    return Group(kind, name, _current.get()) if watchers else _NOTHING


def current() -> Group | None:
    """The group for which this thread or task works."""
    return _current.get()


def watch(by: int) -> None:
    """``1``: another recorder looks; ``-1``: one has stopped."""
    global watchers
    watchers += by
