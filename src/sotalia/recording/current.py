"""What others say of the call that is running, such as an injected fault."""

from __future__ import annotations


def remark(text: str) -> None:
    """Add a remark to the running attempt, else to the call, of every recorder that is on; without one it is dropped."""
