"""Token files, which other programs write: a pipe that nobody writes to must not hang a call."""

from __future__ import annotations

import os
import stat
from time import monotonic, sleep

# Shells hand out pipes as files (`<(get-token)`), so pipes are read, but not for ever.
_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.01
# JWTs have a few kilobytes; devices such as /dev/zero have no end.
_MOST_BYTES = 1 << 20


def read_token(path: str, patience_seconds: float = _PATIENCE_SECONDS) -> str:
    """The text of a token file, a regular file or a pipe. It may block: call it through ``runtime.offload``.

    Raises ``OSError`` for a file that cannot be read, ``TimeoutError`` for a pipe whose writer does not end in time,
    ``ValueError`` for what is too long to be a token or not UTF-8.
    """
    with open(path, "rb", buffering=0, opener=_open_at_once) as file:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            content = file.read(_MOST_BYTES + 1)
        else:
            content = _read_pipe(file.fileno(), path, patience_seconds)
    if len(content) > _MOST_BYTES:
        raise ValueError(f"{path!r} is no token file: it has more than {_MOST_BYTES} bytes")
    # Line ends as `open` reads them in text mode.
    return content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def _open_at_once(path: str, flags: int) -> int:
    # Opening a pipe without a writer waits for one unless told not to; on regular files it changes nothing.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _read_pipe(descriptor: int, path: str, patience_seconds: float) -> bytes:
    content = b""
    end = monotonic() + patience_seconds
    while len(content) <= _MOST_BYTES:
        try:
            part = os.read(descriptor, _MOST_BYTES)
        except BlockingIOError:
            part = None  # A writer is there and has written nothing yet.
        if part == b"" and content:
            break  # The writer is gone. Without content there may be none yet.
        if part:
            content += part
        elif monotonic() < end:
            sleep(_PAUSE_SECONDS)
        else:
            raise TimeoutError(
                f"{path!r} is not a regular file, and nobody wrote a whole token to it within {patience_seconds:g} seconds; "
                "name a file that holds the token"
            )
    return content
