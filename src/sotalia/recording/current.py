"""The call that is being recorded in this context, and remarks about it."""

from __future__ import annotations

from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sotalia.recording.capture import Capture

#: The innermost call of this thread or task that a recorder keeps.
running: ContextVar[Capture | None] = ContextVar("sotalia_recorded_call", default=None)


def remark(text: str) -> None:
    """Say something about the attempt that is running, else about the call, in the records of all recorders that are on."""
    capture = running.get()
    if capture is not None:
        capture.remark(text)
