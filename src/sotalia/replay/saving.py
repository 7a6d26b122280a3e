"""Write a cassette: at once or not at all, and beside other processes that write the same one."""

from __future__ import annotations

import os
from collections import Counter

from sotalia.replay.file_format import bodies_folder, read, written
from sotalia.replay.recordings import Recording

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_HEX: Final = frozenset("0123456789abcdef")


def save(path: str, new: list[Recording], loaded: list[Recording], *, anew: bool) -> None:
    """Write recordings: in place of what the file has (``anew``), or behind it. ``loaded`` is what it had before.

    Of several processes that record the same file at once, each adds what no other has added yet. Raises ``OSError``.
    """
    directory = os.path.dirname(os.path.abspath(path))
    os.makedirs(directory, exist_ok=True)
    with _Turn(directory):
        recordings = new
        if not anew and os.path.exists(path):
            recordings = _joined(read(path), loaded, new)
        text, bodies = written(recordings, path)
        folder = bodies_folder(path)
        # Bodies first: a file never names one that is not there.
        for name, body in bodies.items():
            os.makedirs(folder, exist_ok=True)
            _write(os.path.join(folder, name), body)
        _write(path, text.encode("utf-8"))
        _remove_others(folder, bodies)


def _joined(present: list[Recording], loaded: list[Recording], new: list[Recording]) -> list[Recording]:
    """What is there, and each new recording that nobody else has added since the file was loaded."""
    added = Counter(recording.key for recording in present) - Counter(recording.key for recording in loaded)
    joined = list(present)
    for recording in new:
        key = recording.key
        if added[key] > 0:
            added[key] -= 1
        else:
            joined.append(recording)
    return joined


def _write(path: str, data: bytes) -> None:
    """Under another name first, so that nobody ever sees a part of it."""
    temporary = f"{path}.{os.getpid()}-{os.urandom(4).hex()}"
    try:
        # With the modes of any file of the project: it is to be committed.
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        with open(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except BaseException:
        try:
            os.unlink(temporary)
        except OSError:
            pass
        raise


def _remove_others(folder: str, bodies: dict[str, bytes]) -> None:
    """Bodies that no call has any more; other files are left alone."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        if name not in bodies and len(name) == 20 and _HEX.issuperset(name):
            os.unlink(os.path.join(folder, name))
    if not bodies:
        try:
            os.rmdir(folder)
        except OSError:
            pass  # Somebody else's files are in it.


class _Turn:
    """The one process that writes to a folder. Where nothing locks folders (Windows), the last one wins."""

    def __init__(self, directory: str) -> None:
        self._directory = directory
        self._handle: int | None = None

    def __enter__(self) -> None:
        try:
            import fcntl
        except ImportError:
            return
        # The folder itself: a lock file would have to be ignored in every repository.
        self._handle = os.open(self._directory, os.O_RDONLY)
        fcntl.flock(self._handle, fcntl.LOCK_EX)

    def __exit__(self, *error: Any) -> None:
        if self._handle is not None:
            os.close(self._handle)
