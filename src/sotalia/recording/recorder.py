"""A recorder: what calls did, from the moment it is started until it is stopped.

>>> with sotalia.recorder() as calls:
...     s3.list_buckets()
>>> calls[0]
<CallRecord 1: s3.ListBuckets, 200, 23.1 ms>

It is a sequence of :class:`~sotalia.recording.records.CallRecord`, in the order in which calls started.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import count

from sotalia.recording.records import CallRecord, GroupRecord
from sotalia.runtime.blocks import Block
from sotalia.runtime.locks import ProcessLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike
    from typing import Any, Self, TextIO, overload

    from sotalia.call.call import Call
    from sotalia.recording.capture import Capture


def recorder(*targets: Any, last: int | None = None, bodies: int = 0) -> Recorder:
    """A recorder of all calls of the process, or of those of ``targets``: clients (with their views), resources, sessions.

    ``last`` keeps that many calls and forgets older ones, so that a recorder can stay on · ``bodies`` keeps as many characters of the
    bodies of requests and responses, without secrets. Use it in ``with`` or ``async with``, or by ``start()`` and ``stop()``.

    Raises ``TypeError`` for a target that is none, ``ValueError`` for numbers that make no sense.
    """
    return Recorder(*targets, last=last, bodies=bodies)


class Recorder(Block, Sequence["CallRecord"]):
    """See :func:`recorder`. ``last`` and ``bodies`` are what it was made with."""

    def __init__(self, *targets: Any, last: int | None = None, bodies: int = 0) -> None:
        from sotalia.session.targets import Targets

        self._targets = (
            Targets(
                targets,
                "targets are clients, resources and sessions of sotalia; leave them out for all clients",
            )
            if targets
            else None
        )
        self.last = _checked("last", last, 1, " calls to keep; leave it out to keep all")
        self.bodies: int = _checked("bodies", bodies, 0, " characters to keep; 0 keeps none") or 0
        # Number and call.
        self._calls: deque[tuple[int, Capture]] = deque(maxlen=last)
        self._numbers = count(1)
        self._uses = 0
        self._lock = ProcessLock()

    # Found by identity: two recorders that have the same calls are two.
    __hash__ = object.__hash__

    # -- on and off --------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Record from now on. Each start wants a stop of its own."""
        from sotalia.recording.hook import switch_on

        with self._lock.lock:
            self._uses += 1
            is_first = self._uses == 1
        if is_first:
            switch_on(self)
        return self

    def stop(self) -> None:
        """Record no more calls. Those that are under way are recorded to their end, but for handlers that they run from now on."""
        from sotalia.recording.hook import switch_off

        with self._lock.lock:
            self._uses = max(0, self._uses - 1)
            is_last = self._uses == 0
        if is_last:
            switch_off(self)

    @property
    def is_on(self) -> bool:
        """Whether it records."""
        return self._uses > 0

    @property
    def has_targets(self) -> bool:
        """Whether it records some calls only."""
        return self._targets is not None

    def wants(self, call: Call) -> bool:
        """Whether a call is one of its targets'."""
        return self._targets is None or self._targets.cover(call.client)

    def add(self, capture: Capture, parent: Capture | None) -> None:
        """A call has started."""
        number = next(self._numbers)
        number_of_parent = None
        if parent is not None:
            for recorder, known, _ in parent.numbers:
                if recorder is self:
                    number_of_parent = known
        capture.numbers += ((self, number, number_of_parent),)
        self._calls.append((number, capture))

    def drop(self, number: int) -> None:
        """Forget a call, of which something went wrong here."""
        for row in self._rows():
            if row[0] == number and row in self._calls:
                self._calls.remove(row)

    # -- the calls ---------------------------------------------------------------------------------------------

    def _rows(self) -> list[tuple[int, Capture]]:
        while True:
            try:
                return list(self._calls)
            except RuntimeError:
                pass  # Another thread made a call meanwhile.

    def __len__(self) -> int:
        return len(self._calls)

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, index: int) -> CallRecord: ...
        @overload
        def __getitem__(self, index: slice) -> list[CallRecord]: ...

    def __getitem__(self, index: int | slice) -> CallRecord | list[CallRecord]:
        if isinstance(index, slice):
            return [capture.record(self) for _, capture in self._rows()[index]]
        return self._rows()[index][1].record(self)

    def __iter__(self) -> Iterator[CallRecord]:
        for _, capture in self._rows():
            yield capture.record(self)

    def clear(self) -> None:
        """Forget the calls so far. Numbers go on."""
        self._calls.clear()

    @property
    def failed(self) -> list[CallRecord]:
        """The calls that raised something."""
        return [record for record in self if record.error is not None]

    @property
    def groups(self) -> list[GroupRecord]:
        """What the calls belong to, each once: transfers, listings, waiters. In the order of their first calls."""
        found: dict[int, GroupRecord] = {}
        for record in self:
            for group in record.groups:
                found.setdefault(group.number, group)
        return list(found.values())

    # -- looking at them ---------------------------------------------------------------------------------------

    def print(self, file: TextIO | None = None) -> None:
        """Write a table and bars of all calls, to standard output or to ``file``."""
        from sotalia.recording.text import write

        write(list(self), file)

    def save(self, path: str | PathLike[str]) -> None:
        """Write a file, which only you may read: a page (``.html``), ``.har`` or JSON lines (``.jsonl``, ``.ndjson``).

        Raises ``ValueError`` for another suffix. The file is there whole or not at all.
        """
        from sotalia.recording.saving import save

        save(path, list(self))

    def spans(self, tracer_provider: Any = None) -> None:
        """Export the calls as spans of OpenTelemetry, to ``tracer_provider`` or to the process's."""
        from sotalia.recording import spans

        spans.export(list(self), tracer_provider)

    def _repr_html_(self) -> str:
        from sotalia.recording import page

        return page.notebook(list(self))

    def __repr__(self) -> str:
        return f"<Recorder {'on' if self.is_on else 'off'}, {len(self)} calls>"


def _checked(name: str, value: Any, least: int, meaning: str) -> int | None:
    if value is None and name == "last":
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is a number of{meaning}, not {type(value).__name__}")
    if value < least:
        raise ValueError(f"{name} is a number of{meaning}, not {value}")
    return value
