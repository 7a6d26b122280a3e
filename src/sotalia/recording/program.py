"""The calls of a whole program in a file by one variable, without a line of code: ``SOTALIA_RECORD=calls.html``.

The suffix says how: ``.html`` (a page), ``.har`` or ``.jsonl``. A relative path is where the program was started, wherever it goes. ``{pid}`` in it is
the number of the process. Behind it may stand ``,last=N`` (how many calls a page or a HAR keeps; default 10,000) and
``,bodies=N`` (characters of each body; default none).

Pages and HARs are written when the process ends by itself: the end of the program, an exception, ``sys.exit``. They are not after
``os._exit``, a signal that nobody handles (SIGTERM among them), ``os.exec`` or a crash. A line of ``.jsonl`` is written when its
call has ended, so that file has all calls whatever happens.

Each process has a file of its own. The first one that comes has the name that was given; processes that it starts or forks, and others
that run at the same time, have ``calls.12345.html``, by their number, and only if they make calls.

Loaded only where the variable is set.
"""

from __future__ import annotations

import atexit
import os
import sys

from sotalia.recording.growing import GrowingFile, GrowingRecorder
from sotalia.recording.recorder import Recorder
from sotalia.recording.saving import save
from sotalia.runtime.forks import renew_in_child

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VARIABLE = "SOTALIA_RECORD"
#: Which process has the name that was given: processes that it starts find its number here.
OWNER_VARIABLE = "_SOTALIA_RECORD_PID"
LAST = 10_000
_SUFFIXES = (".html", ".har", ".jsonl")
_OFF = ("", "off")
# Before other finalizers of multiprocessing have run, calls may still be made.
_AFTER_ALL_OTHERS = -1000

_programs: list[ProgramRecorder] = []


def start_from_environment() -> None:
    """Do as ``SOTALIA_RECORD`` says. A value that means nothing is warned about: a variable for looking on stops no program."""
    text = os.environ.get(VARIABLE, "")
    if text.strip().lower() in _OFF:
        return
    try:
        path, last, bodies = parse(text)
        program = ProgramRecorder(path, last=last, bodies=bodies)
        program.claim()
    except (ValueError, OSError) as error:
        _warn(f"{error}; nothing is recorded")
        return
    program.start()


def parse(text: str) -> tuple[str, int | None, int]:
    """The whole path, how many calls to keep (``None``: all), and how much of bodies. Raises ``ValueError`` that says what is allowed."""
    numbers: dict[str, int] = {}
    path = text
    while True:
        before, comma, option = path.rpartition(",")
        name, _, number = option.partition("=")
        if not comma or name not in ("last", "bodies"):
            break
        least = 1 if name == "last" else 0
        if not (number.isascii() and number.isdigit() and int(number) >= least):
            raise ValueError(f"{VARIABLE}={text!r}: {name} is a number from {least} on, not {number!r}")
        numbers[name], path = int(number), before
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in _SUFFIXES:
        raise ValueError(
            f"{VARIABLE}={text!r} is not understood; write a path that ends in {', '.join(_SUFFIXES)}, "
            "and behind it ,last=N or ,bodies=N if you like, as in calls.html,last=1000"
        )
    if suffix == ".jsonl" and "last" in numbers:
        raise ValueError(
            f"{VARIABLE}={text!r}: a .jsonl file keeps all calls; last=N is for .html and .har, which are written at the end"
        )
    last = None if suffix == ".jsonl" else numbers.get("last", LAST)
    return os.path.abspath(path.replace("{pid}", str(os.getpid()))), last, numbers.get("bodies", 0)


def stop() -> None:
    """Save, and record no more."""
    while _programs:
        _programs.pop().finish()


class ProgramRecorder:
    """Records all calls of a process into one file; in a forked child, into another one."""

    def __init__(self, path: str, *, last: int | None = None, bodies: int = 0) -> None:
        self._named = self.path = path
        self._bodies = bodies
        self._is_growing = path.lower().endswith(".jsonl")
        self._descriptor: int | None = None
        # The owner's file is there even if it holds no call, so that nobody looks for it.
        self._is_owner = False
        self._is_for_children = self._has_finalizer = False
        self.recorder: Recorder
        if self._is_growing:
            self.recorder = GrowingRecorder(self._file(), bodies=bodies)
        else:
            self.recorder = Recorder(last=last, bodies=bodies)
        renew_in_child(self)

    # -- whose file it is ------------------------------------------------------------------------------------------

    def claim(self) -> None:
        """Take the name that was given, or one of our own if another process has that. Raises ``OSError``."""
        owner = os.environ.get(OWNER_VARIABLE)
        me = str(os.getpid())
        if owner not in (None, me):
            self.use_own_path()
            return
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        if not _is_locked(descriptor):
            os.close(descriptor)
            self.use_own_path()
            return
        self._descriptor, self._is_owner = descriptor, True
        if self._is_growing:
            if owner is None:  # Else a program that replaced itself by another one (os.exec) goes on.
                os.ftruncate(descriptor, 0)
            self._use_file()
        os.environ[OWNER_VARIABLE] = me

    def use_own_path(self) -> None:
        """``calls.12345.html``."""
        stem, suffix = os.path.splitext(self._named)
        self.path, self._is_owner = f"{stem}.{os.getpid()}{suffix}", False
        self._use_file()

    def _file(self) -> GrowingFile:
        return GrowingFile(self.path, self._failed, self._descriptor)

    def _use_file(self) -> None:
        if isinstance(self.recorder, GrowingRecorder):
            self.recorder.file = self._file()

    def renew(self) -> None:
        """In a forked child: the parent's calls and file are the parent's."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self.use_own_path()
        self.recorder.clear()
        if self._is_for_children:
            self._is_for_children = False
            self.recorder.start()
            atexit.register(self.finish)
        self._finish_with_multiprocessing()

    # -- from start to end -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Record from now on, until the process ends."""
        _programs.append(self)
        self.recorder.start()
        atexit.register(self.finish)
        # A process that multiprocessing has started may import this before it begins its work.
        self._finish_with_multiprocessing()

    def start_in_children(self) -> None:
        """Record nothing here, but from now on in each process that is forked."""
        self._is_for_children = True
        _programs.append(self)

    def finish(self) -> None:
        """Save what there is. It may be called again, with more."""
        self.recorder.stop()
        try:
            if isinstance(self.recorder, GrowingRecorder):
                self.recorder.finish()
            elif self._is_owner or len(self.recorder):
                self._save()
        except (OSError, ValueError) as error:
            self._failed(error)

    def _save(self) -> None:
        records = list(self.recorder)
        save(self.path, records)
        if records and records[0].number > 1 and len(records) == self.recorder.last:
            _warn(
                f"{self.path} has the last {len(records):,} of {records[-1].number:,} calls; "
                f"keep more by {VARIABLE}=...,last=N, or all of them in a .jsonl file"
            )

    def _failed(self, error: Exception) -> None:
        _warn(f"calls could not be written to {self.path}: {error}")

    def _finish_with_multiprocessing(self) -> None:
        """Processes of ``multiprocessing`` that were forked end without ``atexit``, but with finalizers of its own, at each fork anew."""
        util: Any = sys.modules.get("multiprocessing.util")
        if util is not None and not self._has_finalizer:
            self._has_finalizer = True
            # It forgets the parent's finalizers first, and those made until then; then it calls this.
            util.register_after_fork(self, self._add_finalizer)

    @staticmethod
    def _add_finalizer(program: ProgramRecorder) -> None:
        from multiprocessing.util import Finalize

        Finalize(None, program.finish, exitpriority=_AFTER_ALL_OTHERS)


def _is_locked(descriptor: int) -> bool:
    """Lock a file for this process; ``False`` when another one has it. Locks end with the process, and are not inherited by programs it starts."""
    try:
        import fcntl
    except ImportError:
        return True  # Windows; what a program starts is told by the variable.
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # This file system has no locks.
    return True


def _warn(text: str) -> None:
    import warnings

    warnings.warn(text, RuntimeWarning, stacklevel=2)
