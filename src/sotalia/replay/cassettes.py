"""Cassettes: calls recorded in a file that people can read, and played back from it without a network.

>>> with sotalia.cassette("tests/cassettes/upload.json") as cassette:
...     upload(s3)                     # the first time for real, and later from the file

``docs/cassettes.md`` is the guide: modes, matching, secrets, the file.
"""

from __future__ import annotations

import os
from collections import deque
from threading import Lock

from sotalia.credentials import objects
from sotalia.replay import active
from sotalia.replay.errors import CassetteFileError
from sotalia.replay.file_format import read
from sotalia.replay.misses import miss
from sotalia.replay.placebo import PlaceboFolder
from sotalia.replay.recordings import Recording, in_order, key
from sotalia.replay.regions import region_of
from sotalia.replay.saving import save
from sotalia.replay.secrecy import Secrecy
from sotalia.runtime import groups
from sotalia.runtime.blocks import Block
from sotalia.runtime.forks import renew_in_child
from sotalia.session.targets import Targets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Final, Literal, Self

    from sotalia.call.call import Call
    from sotalia.replay.secrecy import CallSecrets, Rule

    Mode = Literal["once", "none", "all", "new"]
    JSON = dict[str, Any]

MODES: Final = {
    "once": "record if there is no file yet, else only play",
    "none": "only play",
    "new": "play what is there, record what is not",
    "all": "record everything anew",
}


class Cassette(Block):
    """Records calls, and plays them back: ``with``, ``async with``, or :meth:`start` and :meth:`stop`.

    ``path`` the file, or a folder that placebo recorded, which only plays · ``mode`` what is recorded: ``once`` (if there is no file yet), ``none`` (nothing; without a file
    ``CassetteFileError``), ``new`` (what the file does not have), ``all`` (everything anew) · ``redact`` what else is
    secret, see :class:`~sotalia.replay.secrecy.Secrecy` · ``ignore`` paths of parameters that do not count · ``repeat`` a
    call that was played as often as recorded gets its last recording again, in place of an error · ``targets`` clients and
    sessions whose calls are meant; ``None`` for all of the process.

    ``played`` and ``recorded`` count calls of this block, ``unused`` lists recordings that nobody asked for. Where cassettes
    nest, the inner one gets the call. Raises ``ValueError`` for an unknown mode.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        mode: Mode = "once",
        *,
        redact: Rule | Iterable[Rule] | None = None,
        ignore: Iterable[str] | Mapping[str, Iterable[str]] = (),
        repeat: bool = False,
        targets: Any = None,
    ) -> None:
        if mode not in MODES:
            known = "; ".join(f"{name!r}: {what}" for name, what in MODES.items())
            raise ValueError(f"mode={mode!r}: there is no such mode of a cassette; there are {known}")
        self.path = os.fspath(path)
        #: The file's name, for messages.
        self.name = os.path.basename(self.path)
        self.mode: Mode = mode
        self.repeat = repeat
        self.secrecy = Secrecy(redact, ignore)
        self.targets = Targets(_several(targets), "targets are clients, resources and sessions")
        self.is_running = False
        self.played = 0
        self._loaded: list[Recording] = []
        self._new: list[Recording] = []
        # By what was asked: recordings that are still to be played, in order, and the last one.
        self._waiting: dict[str, deque[Recording]] = {}
        self._last: dict[str, Recording] = {}
        self._moment = 0
        self._place = self.path
        self._is_recording = False
        self._defers = False
        #: Where results come from in the place of responses.
        self.placebo: PlaceboFolder | None = None
        self.renew()
        renew_in_child(self)

    def renew(self) -> None:
        """In a forked child: forget who holds the lock."""
        self._lock = Lock()

    # -- the block -------------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Begin. Raises ``CassetteFileError``, and ``RuntimeError`` if it runs already."""
        if self.is_running:
            raise RuntimeError(
                f"the cassette {self.name} is in use already; make another Cassette for another block"
            )
        self._place = os.path.abspath(self.path)  # The program may go to another folder within the block.
        self._loaded = self._load()
        self._new, self.played, self._moment = [], 0, 0
        self._waiting, self._last = {}, {}
        for recording in self._loaded:
            self._waiting.setdefault(recording.key, deque()).append(recording)
            self._last[recording.key] = recording
        # A client that is made within the block may find no credentials, where nothing will be sent.
        self._defers = not self._is_recording or self.mode == "new"
        objects.defer(1 if self._defers else 0)
        groups.watch(1)  # A message says which waiter or paginator a call belongs to.
        groups.watch(1)  # An error names the waiter or the transfer that made the call.
        self.is_running = True
        active.enter(self)
        return self

    def stop(self) -> None:
        """End, and write the file if something was recorded: also what came before an error. Raises ``OSError``."""
        if not self.is_running:
            return
        self.is_running = False
        active.leave(self)
        objects.defer(-1 if self._defers else 0)
        groups.watch(-1)
        groups.watch(-1)
        with self._lock:
            new = in_order([recording.without_secrets() for recording in self._new if recording.replies])
        if new:
            save(self._place, new, self._loaded, anew=self.mode == "all")

    def _load(self) -> list[Recording]:
        exists = os.path.exists(self.path)
        self._is_recording = False
        self.placebo = PlaceboFolder(self.path) if os.path.isdir(self.path) else None
        if self.placebo is not None:
            if self.mode in ("all", "new"):
                raise CassetteFileError(
                    f"this is a folder of placebo, which is only played; mode={self.mode!r} needs the name of a file",
                    self.path,
                )
            return []
        self._is_recording = self.mode in ("all", "new") or (self.mode == "once" and not exists)
        if self.mode == "all":
            return []
        if exists:
            return read(self.path)
        if self.mode == "none":
            raise CassetteFileError(
                "there is no such file, and mode='none' only plays; record it with mode='once', and commit it",
                self.path,
            )
        return []

    # -- what happened ---------------------------------------------------------------------------------------------

    @property
    def recorded(self) -> int:
        """How many calls this block has recorded."""
        return sum(bool(recording.replies) for recording in self._new)

    @property
    def unused(self) -> list[Recording]:
        """Recordings of the file that nobody asked for in this block."""
        return [recording for recording in self._loaded if not recording.is_played]

    def __repr__(self) -> str:
        return (
            f"<Cassette {self.name}, mode {self.mode}: {self.played} played, {self.recorded} recorded, "
            f"{len(self.unused)} unused>"
        )

    def count_played(self) -> None:
        """One more call that was not sent."""
        with self._lock:
            self.played += 1

    @property
    def may_record(self) -> bool:
        """Whether it records what it does not have."""
        return self._is_recording

    # -- calls -----------------------------------------------------------------------------------------------------

    def recording_of(self, call: Call, parameters: JSON) -> Recording | None:
        """What to play for a call, ``None`` to record it. Raises ``NotRecordedError``."""
        operation, region = call.operation, region_of(call.client)
        asked = key(operation.service_id, operation.name, region, parameters)
        with self._lock:
            waiting, found = self._waiting.get(asked), None
            if waiting:
                found = waiting.popleft()
            elif self.repeat:
                found = self._last.get(asked)
            if found is not None:
                found.is_played = True
                self.played += 1
                return found
        if self._is_recording:
            return None
        raise miss(self, call, parameters, self._loaded, is_used_up=asked in self._last)

    def begin(self, call: Call, parameters: JSON) -> Recording:
        """A recording of a call that is about to be sent."""
        operation = call.operation
        recording = Recording(operation.service_id, operation.name, region_of(call.client), parameters)
        with self._lock:
            self._moment += 1
            recording.started = recording.ended = self._moment
            self._new.append(recording)
        return recording

    def end(self, recording: Recording, secrets: CallSecrets | None, *, attempts: int) -> None:
        """The call has ended; its bodies may go on."""
        with self._lock:
            self._moment += 1
            recording.ended = self._moment
            recording.secrets = secrets
            if attempts > len(recording.replies) and recording in self._new:
                # The last attempt was cancelled, or ended by a deadline: nothing came that could be played.
                self._new.remove(recording)


def _several(targets: Any) -> list[Any]:
    """What ``targets=`` gives: one, several, or none."""
    if targets is None:
        return []
    return list(targets) if type(targets) in (list, tuple, set, frozenset) else [targets]


def cassette(
    path: str | os.PathLike[str],
    mode: Mode = "once",
    *,
    redact: Rule | Iterable[Rule] | None = None,
    ignore: Iterable[str] | Mapping[str, Iterable[str]] = (),
    repeat: bool = False,
    targets: Any = None,
) -> Cassette:
    """Record the calls of a block in a file, or play them back from it: ``with sotalia.cassette("upload.json") as cassette:``.

    See :class:`Cassette`, which this makes, for the arguments.
    """
    return Cassette(path, mode, redact=redact, ignore=ignore, repeat=repeat, targets=targets)
