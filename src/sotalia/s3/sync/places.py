"""The two ends of a sync: folders, and what stands in a bucket below a prefix."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from sotalia.s3.addresses import address

# What Windows does not take in names, and the names that it keeps for devices: see "Naming Files, Paths, and Namespaces".
_NOT_ON_WINDOWS = re.compile(
    r'[\x00-\x1f\\:*?"<>|]|[. ]\Z|\A(?:CON|PRN|AUX|NUL|(?:COM|LPT)\d)(?:\.|\Z)', re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder; ``root`` is its absolute path."""

    root: str

    def name(self, path: str) -> str:
        """Where the file with this path below the root is on disk."""
        return os.path.join(self.root, *path.split("/"))

    def __str__(self) -> str:
        return self.root


@dataclass(frozen=True, slots=True)
class Prefix:
    """The keys of a bucket that begin with ``prefix``, which is empty or ends in ``/``."""

    bucket: str
    prefix: str

    def name(self, path: str) -> str:
        """The key of what has this path below the prefix."""
        return self.prefix + path

    def overlaps(self, other: Prefix) -> bool:
        """Whether one of the two is inside the other."""
        return self.bucket == other.bucket and (
            self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix)
        )

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


Place = Folder | Prefix


def place(given: str | os.PathLike[str]) -> Place:
    """A place as the caller wrote it: ``s3://bucket/prefix``, or the path of a folder as text or ``os.PathLike``.

    Raises ``ValueError`` for what is neither.
    """
    text = os.fspath(given) if isinstance(given, os.PathLike) else given
    if not isinstance(text, str) or not text:
        raise ValueError(f"expected the path of a folder or 's3://bucket/prefix', found {given!r}")
    found = address(text)
    if found is None:
        return Folder(os.path.abspath(text))
    prefix = found.key
    return Prefix(found.bucket, f"{prefix}/" if prefix and not prefix.endswith("/") else prefix)


#: What an object is whose key ends in '/': consoles and some tools make empty ones, for people who look for folders.
MARKER = "a marker of a folder"


def why_no_file(path: str, *, is_windows: bool = os.name == "nt") -> str:
    """Why a key, given by its path below the prefix, cannot be a file in a folder; empty when it can.

    A file's path must lead to the very place that the key names, and never out of the folder.
    """
    if not path or path.endswith("/"):
        return f"{MARKER}, not a file: its key ends in '/'"
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "the key has an empty part, '.' or '..': no file below the folder can have this path"
    if "\0" in path or (is_windows and any(_NOT_ON_WINDOWS.search(part) for part in parts)):
        return "the key has characters or names that this platform does not allow for files"
    return ""
