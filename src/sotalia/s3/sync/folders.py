"""Files below a folder: written to and deleted there, and never outside of it."""

from __future__ import annotations

import os


def make_room(root: str, path: str) -> str:
    """Make the folders for a file, and give its name on disk; the root is made as well.

    Raises ``OSError`` for what stands in the way: a file where a folder has to be or the other way round, and a link in
    the place of a folder, as it may lead outside.
    """
    os.makedirs(root, exist_ok=True)
    *folders, last = path.split("/")
    name = root
    for part in folders:
        name = os.path.join(name, part)
        try:
            os.mkdir(name)
        except FileExistsError:
            if os.path.islink(name) or not os.path.isdir(name):
                what = "link" if os.path.islink(name) else "file"
                raise NotADirectoryError(
                    f"a {what} stands where a folder has to be: move {name} away, and sync again"
                ) from None
    name = os.path.join(name, last)
    if os.path.isdir(name) and not os.path.islink(name):
        raise IsADirectoryError(f"a folder stands in the file's place: move {name} away, and sync again")
    return name


def delete(root: str, path: str) -> None:
    """Delete a file, and the folders that this leaves empty, but not the root; one that is gone already is no error."""
    folders = path.split("/")[:-1]
    try:
        os.unlink(os.path.join(root, path))
        while folders:
            os.rmdir(os.path.join(root, *folders))
            folders.pop()
    except FileNotFoundError:
        return
    except OSError:
        # A folder with something else in it stays; a file that stays is an error.
        if os.path.lexists(os.path.join(root, path)):
            raise


def state_of(name: str) -> tuple[int, float]:
    """Size and time of the last change of a file, as a listing tells them."""
    found = os.stat(name)
    return found.st_size, found.st_mtime


def set_time(name: str, modified: float) -> None:
    """Have a file say that it was last changed then."""
    os.utime(name, (modified, modified))
