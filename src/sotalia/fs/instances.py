"""Which filesystems are the same one.

fsspec keeps every filesystem and gives it again for the same arguments, which it compares as text. Sessions, extensions and
transports look alike as text and are not: two sessions of different credentials must not share a filesystem. So these
arguments travel in a :class:`Given`, whose text is a name of its own that it keeps when it is pickled: a worker that unpickles
a filesystem many times makes it once.
"""

from __future__ import annotations

import os
from weakref import WeakValueDictionary

from fsspec.spec import _Cached

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Arguments that are objects of the caller's.
IDENTIFIED = ("session", "transport", "runtime")


class Given:
    """An object that a filesystem was given, with a name that is like no other's."""

    __slots__ = ("__weakref__", "name", "value")

    def __init__(self, value: Any, name: str | None = None) -> None:
        self.value = value
        self.name = name or f"{type(value).__name__}-{os.urandom(16).hex()}"

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def __reduce__(self) -> Any:
        return _restored, (self.value, self.name)


# While a filesystem holds an object, the object keeps its name.
_by_id: WeakValueDictionary[int, Given] = WeakValueDictionary()
_by_name: WeakValueDictionary[str, Given] = WeakValueDictionary()


def identified(value: Any) -> Given:
    """The object with its name; the same for the same object."""
    if isinstance(value, Given):
        return value
    known = _by_id.get(id(value))
    if known is None or known.value is not value:
        known = Given(value)
        _by_id[id(value)] = _by_name[known.name] = known
    return known


def _restored(value: Any, name: str) -> Given:
    known = _by_name.get(name)
    if known is None:
        known = _by_name[name] = Given(value, name)
        _by_id[id(value)] = known
    return known


def own(value: Any) -> Any:
    """The object itself."""
    return value.value if isinstance(value, Given) else value


class ByIdentity(_Cached):
    """fsspec's metaclass, which finds the filesystem for some arguments again."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - of a metaclass
        """The filesystem for these arguments: the one that there is, or a new one."""
        for name in IDENTIFIED:
            if kwargs.get(name) is not None:
                kwargs[name] = identified(kwargs[name])
        if kwargs.get("extensions"):
            kwargs["extensions"] = tuple(
                one if isinstance(one, str) else identified(one) for one in kwargs["extensions"]
            )
        return super().__call__(*args, **kwargs)
