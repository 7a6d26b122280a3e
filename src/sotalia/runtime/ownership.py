"""Whether a cached file may be believed: who owns it, and who else can write it.

Caches decide where signed requests go (models) and with what keys (credentials, tokens), so nothing is read from a file
or directory that another user may have written. Root may write anything anyway, and is believed. Windows has neither
owners nor modes of this kind; there, nothing is checked.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

# Opening a FIFO without a writer waits for ever unless told not to; on regular files it changes nothing.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_reported: set[str] = set()


class UntrustedFileError(PermissionError):
    """A cached file, or its directory, that another user owns or can write; the text says which and why."""


def read_trusted(path: str, owners: Container[int] = ()) -> bytes:
    """The content of a file that nobody else can have written; neither its directory.

    ``owners``: user ids to believe besides this process's user and root. Raises ``OSError``: ``UntrustedFileError``,
    which is also logged once, for a file that is there and not to be believed.
    """
    handle = os.open(path, _FLAGS)
    try:
        # By the descriptor: what the path names may be another file by now.
        status = os.fstat(handle)
        doubt = "it is not a regular file" if not stat.S_ISREG(status.st_mode) else _doubt(status, owners)
        if doubt is not None:
            raise _untrusted(path, doubt)
        check_directory(os.path.dirname(path), owners)
        with open(handle, "rb", closefd=False, buffering=0) as file:
            return file.readall()
    finally:
        os.close(handle)


def check_directory(directory: str, owners: Container[int] = ()) -> None:
    """Raise ``UntrustedFileError`` for a directory in which others may replace files, ``OSError`` for none.

    The directories above are not looked at: who can replace this one cannot own files as this user, which is checked for
    each file.
    """
    doubt = _doubt(os.stat(directory or os.curdir), owners)
    if doubt is not None:
        raise _untrusted(directory, doubt)


def _doubt(status: os.stat_result, owners: Container[int]) -> str | None:
    if not hasattr(os, "geteuid"):
        return None
    owner = status.st_uid
    if owner not in (0, os.geteuid()) and owner not in owners:
        return f"user {owner} owns it"
    mode = status.st_mode
    if mode & stat.S_IWOTH:
        return f"every user can write it (mode {stat.S_IMODE(mode):o})"
    # Where each user has a group of their own, with the same number (Debian, Ubuntu, Fedora), umask is 002 and that
    # group is nobody else.
    if mode & stat.S_IWGRP and (owner == 0 or status.st_gid != owner):
        return f"group {status.st_gid} can write it (mode {stat.S_IMODE(mode):o})"
    return None


def _untrusted(path: str, doubt: str) -> UntrustedFileError:
    error = UntrustedFileError(
        f"{path} is not believed: {doubt}; take it over (chown) or away from others (chmod go-w)"
    )
    if path not in _reported:
        _reported.add(path)
        from sotalia.runtime.logs import logger

        logger("sotalia.cache").warning("%s", error)
    return error
