"""What stands for :class:`typing.Generic` when a program runs: the module takes a seventh of a program's start to import.

Checkers read ``from typing import Generic`` instead::

    if TYPE_CHECKING:
        from typing import Generic, TypeVar

        T = TypeVar("T")
    else:
        from sotalia.runtime.generic import Generic

        T = None
"""

from __future__ import annotations


class Generic:
    """A base class that takes a subscript and forgets it."""

    def __class_getitem__(cls, item: object) -> type[Generic]:
        return cls
