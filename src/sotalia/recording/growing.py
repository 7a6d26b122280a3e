"""A recorder that writes each call as a line of JSON when it has ended, so that a program that is killed leaves its calls."""

from __future__ import annotations

import os

from sotalia.call.hooks import EVERYWHERE, Observer
from sotalia.recording.failing import failed
from sotalia.recording.jsonl import line
from sotalia.recording.recorder import Recorder
from sotalia.runtime.locks import ProcessLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final, Self

    from sotalia.call.call import Call
    from sotalia.recording.capture import Capture

_OBSERVER_ID: Final = "growing-recorder"


class GrowingFile:
    """A file to whose end lines are written, each by one call of the system, so that threads need a lock for its opening only.

    It is made when the first line is written, for its owner alone. ``failed`` hears, once, of a line that could not be
    written; nothing is written from then on.
    """

    def __init__(self, path: str, failed: Callable[[OSError], None], descriptor: int | None = None) -> None:
        self._path, self._failed, self._descriptor = path, failed, descriptor
        self._is_broken = False
        self._opening = ProcessLock()

    def write(self, text: str) -> None:
        """Add a line."""
        if self._is_broken:
            return
        try:
            descriptor = self._descriptor if self._descriptor is not None else self._opened()
            data = f"{text}\n".encode()
            # A disk that fills up takes a part.
            while data:
                data = data[os.write(descriptor, data) :]
        except OSError as error:
            self._is_broken = True
            self._failed(error)

    def _opened(self) -> int:
        with self._opening.lock:
            if self._descriptor is None:
                # A file of this name is of an earlier program that had our number.
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC
                self._descriptor = os.open(self._path, flags, 0o600)
            return self._descriptor


class GrowingRecorder(Recorder):
    """It remembers only calls that are not written yet: those under way, and those of whose body the end is still to come."""

    def __init__(self, file: GrowingFile, *, bodies: int = 0) -> None:
        super().__init__(bodies=bodies)
        self.file = file

    def start(self) -> Self:
        """Record, and write, from now on."""
        EVERYWHERE.observe(_Ends(self), unique_id=f"{_OBSERVER_ID}-{id(self)}")
        return super().start()

    def stop(self) -> None:
        """Record no more calls."""
        super().stop()
        EVERYWHERE.unregister("around.observer", unique_id=f"{_OBSERVER_ID}-{id(self)}")

    def write_ended(self) -> None:
        """Write, and forget, the calls that nothing can change any more. There are as many to look at as are under way."""
        for row in self._rows():
            capture = row[1]
            if capture.ended is None or self._waits_for_body(capture):
                continue
            try:
                self._calls.remove(row)
            except ValueError:
                continue  # Another thread writes it.
            self.file.write(line(capture.record(self)))

    def _waits_for_body(self, capture: Capture) -> bool:
        timing = capture.timings[-1] if capture.timings else None
        if timing is None or timing.when_ended is None or timing.is_complete is not None:
            return False
        if not isinstance(timing.when_ended, _BodyEnded):
            timing.when_ended = _BodyEnded(self, timing.when_ended)
        return True

    def finish(self) -> None:
        """Write what is not written yet, as far as it has come."""
        for record in self:
            self.file.write(line(record))
        self.clear()


class _Ends(Observer):
    """Hears of each call's end, after the recorder."""

    def __init__(self, recorder: GrowingRecorder) -> None:
        self._recorder = recorder

    def call_ended(self, call: Call) -> None:
        """The call has a result or an error."""
        self._recorder.write_ended()


class _BodyEnded:
    """What is called when a body has ended, in the place of what was to be called."""

    __slots__ = ("_inner", "_recorder")

    def __init__(self, recorder: GrowingRecorder, inner: Callable[[], None]) -> None:
        self._recorder, self._inner = recorder, inner

    def __call__(self) -> None:
        self._inner()
        try:
            self._recorder.write_ended()
        except Exception as error:
            failed(error)
