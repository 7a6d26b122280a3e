"""A recorder that fails does not make the call fail: it says so once, and does without."""

from __future__ import annotations

_said: set[str] = set()


def failed(error: Exception) -> None:
    """Log a warning, once for each place of failure. Not its text, in which there may be anything."""
    from sotalia.runtime.logs import logger

    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "?" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    if place in _said:
        return
    _said.add(place)
    logger("sotalia.recording").warning(
        "the recorder failed, and a record was dropped or is incomplete; the call goes on: %s at %s",
        type(error).__name__,
        place,
    )
