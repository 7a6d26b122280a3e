"""The two sides of a sync beside each other, and which of the source's entries the target lacks."""

from __future__ import annotations

from contextlib import aclosing
from math import floor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from sotalia.s3.sync.listing import Entry

    Pair = tuple[Entry | None, Entry | None]


class OutOfOrderError(Exception):
    """A side does not list in the order of its keys, so what is missing on it cannot be told."""


async def pairs(
    source: AsyncGenerator[Entry, None], target: AsyncGenerator[Entry, None], *, to_the_end: bool
) -> AsyncGenerator[Pair, None]:
    """Entries of equal path together, others alone with ``None``, in order.

    Without ``to_the_end`` what the target has beyond the last entry of the source is not listed. Raises
    ``OutOfOrderError``.
    """
    async with (
        aclosing(_ascending(source, "source")) as left,
        aclosing(_ascending(target, "target")) as right,
    ):
        one, other = await anext(left, None), await anext(right, None)
        while one is not None or (to_the_end and other is not None):
            if other is None or (one is not None and one.path < other.path):
                yield one, None
                one = await anext(left, None)
            elif one is None or other.path < one.path:
                yield None, other
                other = await anext(right, None)
            else:
                yield one, other
                one, other = await anext(left, None), await anext(right, None)


async def _ascending(entries: AsyncGenerator[Entry, None], side: str) -> AsyncGenerator[Entry, None]:
    last: str | None = None
    async with aclosing(entries):
        async for entry in entries:
            if last is not None and entry.path <= last:
                raise OutOfOrderError(
                    f"the {side} lists {entry.path!r} after {last!r}: only what lists its keys in order can be synced, "
                    "which directory buckets do not; nothing was deleted"
                )
            last = entry.path
            yield entry


def differs(source: Entry, target: Entry, *, size_only: bool, exact_timestamps: bool) -> bool:
    """Whether the target has something else than the source: another size, or something older.

    With ``size_only`` times do not matter; with ``exact_timestamps`` something newer differs as well. Times are compared
    in whole seconds, as S3 keeps them.
    """
    if source.size != target.size:
        return True
    if size_only:
        return False
    at, there = floor(source.modified), floor(target.modified)
    return at != there if exact_timestamps else at > there


class Ancestors:
    """Finds keys that would need a file to be a folder: ``a/b`` where there is ``a``. Asked in the order of the keys."""

    def __init__(self) -> None:
        # Keys that what comes may begin with: each begins with the one before it.
        self._open: list[str] = []

    def above(self, path: str) -> str | None:
        """The earlier path that is a folder in this one, if there is one. If there is none, this path counts too."""
        while self._open and not path.startswith(self._open[-1]):
            self._open.pop()
        for one in self._open:
            if path.startswith(f"{one}/"):
                return one
        self._open.append(path)
        return None
