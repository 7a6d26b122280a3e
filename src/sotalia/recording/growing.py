"""A recorder that writes each call as a line of JSON when it has ended, so that a program that is killed leaves its calls."""

from __future__ import annotations

import os

from sotalia.recording.jsonl import line
from sotalia.recording.recorder import Recorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sotalia.recording.capture import Capture
    from sotalia.recording.records import CallRecord


class GrowingFile:
    """A file to whose end lines are written, each by one call of the system, so that threads need no lock.

    It is made when the first line is written, for its owner alone. ``failed`` hears, once, of a line that could not be
    written; nothing is written from then on.
    """

    def __init__(self, path: str, failed: Callable[[OSError], None], descriptor: int | None = None) -> None:
        self._path, self._failed, self._descriptor = path, failed, descriptor
        self._is_broken = False

    def write(self, text: str) -> None:
        """Add a line."""
        if self._is_broken:
            return
        try:
            if self._descriptor is None:
                # A file of this name is of an earlier program that had our number.
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC
                self._descriptor = os.open(self._path, flags, 0o600)
            data = f"{text}\n".encode()
            # A disk that fills up takes a part.
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError as error:
            self._is_broken = True
            self._failed(error)


class GrowingRecorder(Recorder):
    """It remembers only calls that are not written yet: those under way, and those of whose body the end is still to come."""

    def __init__(self, file: GrowingFile, *, bodies: int = 0) -> None:
        super().__init__(bodies=bodies)
        self.file = file

    def add(self, capture: Capture, parent: Capture | None) -> Any:
        """A call has started."""
        return _Line(self, super().add(capture, parent), capture)

    def drop(self, entry: Any) -> None:
        """Forget a call."""
        super().drop(entry.entry if isinstance(entry, _Line) else entry)

    def finish(self) -> None:
        """Write what is not written yet, as far as it has come."""
        for record in self:
            self.file.write(line(record))
        self.clear()


class _Line:
    """One call, which is written and forgotten when nothing can change it any more."""

    __slots__ = ("_capture", "entry", "number", "recorder")

    def __init__(self, recorder: GrowingRecorder, entry: Any, capture: Capture) -> None:
        self.recorder, self.entry, self._capture = recorder, entry, capture
        self.number: int = entry.number

    def record(self) -> CallRecord:
        """The record, up to date."""
        record: CallRecord = self.entry.record()
        return record

    def refresh(self) -> None:
        """The call has ended, or its body has."""
        self.entry.refresh()
        timings = self._capture.timings
        if timings and timings[-1].when_ended is not None and timings[-1].is_complete is None:
            return  # The body is still to be read.
        self.recorder.file.write(line(self.record()))
        self.recorder.drop(self)
