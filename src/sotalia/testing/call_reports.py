"""The calls of a test that failed, as a section of its report: a table of them, and the timeline of each that failed itself.

One recorder serves the whole run; each test begins with an empty one. What goes wrong here does not reach the test.
"""

from __future__ import annotations

from sotalia.recording.recorder import Recorder
from sotalia.recording.text import lines, timeline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: Of a test that makes more calls, the last ones are shown: they come right before its failure.
_SHOWN: Final = 50
_TIMELINES: Final = 5

_recorder = Recorder(last=_SHOWN)


def begin() -> None:
    """A test begins."""
    if not _recorder.is_on:
        _recorder.start()
    _recorder.clear()


def sections() -> list[tuple[str, str]]:
    """Title and text of what is added to the report; none where no call was made."""
    records = list(_recorder)
    if not records:
        return []
    text = lines(records)
    for record in [record for record in records if record.error is not None][-_TIMELINES:]:
        text += ["", *timeline(record)]
    return [("sotalia calls", "\n".join(text))]


def stop() -> None:
    """The run has ended."""
    _recorder.stop()
    _recorder.clear()
