"""Files below a folder: written to and deleted there, and never outside of it."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def folding(root: str) -> Callable[[str], str] | None:
    """What makes paths equal that are one file below this folder; ``None`` where each path is a file of its own.

    On macOS and Windows ``a`` and ``A`` are one file, mostly, and on macOS ``e`` with an accent is one however it is
    written. What is asked is the file system: it says so of the folder's own name, or of one above it.
    """
    has_case = not _ignores_case(root)
    if has_case and sys.platform != "darwin":
        return None
    from unicodedata import normalize

    def fold(path: str) -> str:
        path = normalize("NFC", path)
        return path if has_case else path.casefold()

    return fold


def _ignores_case(root: str) -> bool:
    while not os.path.exists(root) or root.swapcase() == root:
        above = os.path.dirname(root)
        if above == root:
            return False
        root = above
    folder, name = os.path.split(root)
    try:
        return os.path.samefile(root, os.path.join(folder, name.swapcase()))
    except OSError:
        return False


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
