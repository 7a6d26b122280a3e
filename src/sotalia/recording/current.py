"""Remarks about the call that is being recorded in this context."""

from __future__ import annotations

from sotalia.runtime.notes import running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def remark(text: str) -> None:
    """Say something about the attempt that is running, else about the call, in the records of all recorders that are on."""
    capture: Any = running.get()
    if capture is not None:
        capture.remark(text)
