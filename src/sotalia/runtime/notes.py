"""What notes the call that runs in this context, for rooms below the recorder: nothing, until a recorder is on."""

from __future__ import annotations

from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    class Notes(Protocol):
        """What a recorder notes of one call: ``now`` its clock · ``timings`` the requests that were sent · ``bodies`` how much of
        bodies is kept.
        """

        now: Callable[[], float]
        timings: list[Any]
        bodies: int

        def note_wait(self, what: str, since: float) -> None:
            """The call has waited for something since then."""
            ...


#: Of the innermost call of this thread or task that a recorder keeps.
running: ContextVar[Notes | None] = ContextVar("sotalia_notes_of_call", default=None)


def begin_wait() -> tuple[Notes, float] | None:
    """The running call begins to wait for something of its own, such as new credentials."""
    notes = running.get()
    return None if notes is None else (notes, notes.now())


def end_wait(what: str, began: tuple[Notes, float] | None) -> None:
    """It waits no longer. ``began`` is what :func:`begin_wait` gave."""
    if began is not None:
        notes, since = began
        notes.note_wait(what, since)
