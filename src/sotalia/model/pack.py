"""Packs: service descriptions in the compact form that a start can afford to read.

One file a service in the cache directory: its model without documentation, paginators, waiters and rule set. Reading
the JSON takes 40 ms for S3, reading its pack 1 ms. A pack is data: nothing in it is ever executed.

File: ``MAGIC``, CRC-32 of the rest, then marshalled ``{"identity": ..., "sections": {name: (kind, bytes)}}``. A section
of kind ``whole`` is one marshalled value; one of kind ``lazy`` a marshalled ``{name: bytes}`` whose values are decoded
one by one when asked for, so that EC2's 4,000 shapes cost nothing to a client that calls three operations.

``marshal`` needs no import and is the fastest reader there is (S3: 0.8 ms; msgpack 1.0, JSON 1.2). Its format belongs to
one Python version, so the file's name carries that version. A pack that is damaged, outdated or foreign is made anew;
where the directory cannot be written, we do without.

A pack is current by the content of what it was made from, never by paths or times: a copy, an archive or the layer of an
image that carries the cache along starts without building. It may decide where signed requests go, so it is read only
where nobody else can have written it.
"""

from __future__ import annotations

import marshal
import os
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping

from sotalia.runtime.ownership import check_directory, read_trusted
from sotalia.runtime.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Changed whenever what is written below changes.
_FORMAT = 3
_MAGIC = b"sotalia pack %d\n" % _FORMAT
_HEADER = len(_MAGIC) + 4
_TEMPORARY_FALLBACK = "sotalia-cache-{uid}"
# Packs of one name for different contents: environments with different versions of botocore share a cache directory.
_KEPT_PER_NAME = 8


class Lazy(Mapping[str, "Any"]):
    """A mapping whose values are decoded when they are first asked for, and whose names when the first one is."""

    __slots__ = ("_data", "_decoded", "_names")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._names: dict[str, bytes] | None = None
        self._decoded: dict[str, Any] = {}

    @property
    def _encoded(self) -> dict[str, bytes]:
        names = self._names
        if names is None:
            names = self._names = marshal.loads(self._data)
        return names

    def __getitem__(self, name: str) -> Any:
        try:
            return self._decoded[name]
        except KeyError:
            # Of two threads that decode at once, all see the first one's value: what is made from it is shared by identity.
            return self._decoded.setdefault(name, marshal.loads(self._encoded[name]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._encoded)

    def __len__(self) -> int:
        return len(self._encoded)

    def __contains__(self, name: object) -> bool:
        return name in self._encoded


class Pack:
    """The sections of one pack by name."""

    __slots__ = ("_sections", "_values")

    def __init__(self, sections: dict[str, tuple[str, bytes]]) -> None:
        self._sections = sections
        self._values: dict[str, Any] = {}

    def __contains__(self, section: str) -> bool:
        return section in self._sections

    def __getitem__(self, section: str) -> Any:
        try:
            return self._values[section]
        except KeyError:
            kind, data = self._sections[section]
            value: Any = Lazy(data) if kind == "lazy" else marshal.loads(data)
            return self._values.setdefault(section, value)


def encode_section(value: Any, *, lazy: bool) -> tuple[str, bytes]:
    """One section as it is stored."""
    if lazy:
        return "lazy", marshal.dumps({name: marshal.dumps(item) for name, item in value.items()})
    return "whole", marshal.dumps(value)


def load_or_build(
    name: str, identity: str, build: Callable[[], dict[str, tuple[str, bytes]]], directory: str | None
) -> Pack:
    """The pack of this name for exactly these contents; built, and stored if possible, where there is none.

    ``identity`` names the contents it is made from. ``directory`` ``None`` means that there is no cache.
    """
    identity = _full_identity(name, identity)
    path = None if directory is None else _path(directory, name, identity)
    if path is not None:
        sections = _read(path, identity)
        if sections is not None:
            return Pack(sections)
    sections = build()
    if path is not None:
        _write(path, identity, sections)
        _prune(path, name)
    return Pack(sections)


def is_current(name: str, identity: str, directory: str) -> bool:
    """Whether :func:`load_or_build` would find a pack, and not have to build it."""
    identity = _full_identity(name, identity)
    return _read(_path(directory, name, identity), identity) is not None


def _full_identity(name: str, identity: str) -> str:
    # What sotalia makes of the contents (see sotalia.model.adjustments) may change with its version.
    return f"sotalia {__version__} {name} {identity}"


def _path(directory: str, name: str, identity: str) -> str:
    return os.path.join(directory, f"{name}-{zlib.crc32(identity.encode()):08x}{_suffix()}")


def _suffix() -> str:
    return f".{sys.implementation.cache_tag}.pack"


def _read(path: str, identity: str) -> dict[str, tuple[str, bytes]] | None:
    try:
        data = read_trusted(path, _owners())
    except OSError:
        return None
    if not data.startswith(_MAGIC) or len(data) < _HEADER:
        return None
    body = memoryview(data)[_HEADER:]
    if zlib.crc32(body).to_bytes(4, "big") != data[len(_MAGIC) : _HEADER]:
        return None
    try:
        content = marshal.loads(body)
    except (ValueError, EOFError, TypeError):
        return None
    if not isinstance(content, dict) or content.get("identity") != identity:
        return None
    sections: dict[str, tuple[str, bytes]] = content["sections"]
    return sections


def _write(path: str, identity: str, sections: dict[str, tuple[str, bytes]]) -> None:
    """Write beside the target and rename: a reader sees the old file or the new one, never half of one."""
    body = marshal.dumps({"identity": identity, "sections": sections})
    temporary = f"{path}.{os.getpid()}-{os.urandom(4).hex()}"
    try:
        make_directory(os.path.dirname(path))
        # Whatever the umask: a pack that its group can write would not be believed.
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
        with open(handle, "wb") as file:
            file.write(_MAGIC + zlib.crc32(body).to_bytes(4, "big") + body)
        os.replace(temporary, path)
    except OSError:
        import contextlib

        with contextlib.suppress(OSError):
            os.unlink(temporary)


def _prune(path: str, name: str) -> None:
    """Remove the oldest packs of a name: each new version of botocore leaves one."""
    directory, own = os.path.split(path)
    try:
        with os.scandir(directory) as entries:
            packs = [
                (entry.stat().st_mtime_ns, entry.path)
                for entry in entries
                if len(entry.name) == len(own)
                and entry.name.startswith(f"{name}-")
                and entry.name.endswith(_suffix())
            ]
        for _, outdated in sorted(packs)[:-_KEPT_PER_NAME]:
            os.unlink(outdated)
    except OSError:
        pass  # Another process prunes as well, or the directory cannot be written.


def make_directory(directory: str) -> None:
    """Make the cache directory where there is none. Raises ``OSError``, also for one that others can write."""
    # One that is named may be part of an image that another user runs; what it holds is no secret.
    named = os.environ.get("SOTALIA_CACHE_DIR")
    mode = 0o755 if named and os.path.normpath(named) == os.path.normpath(directory) else 0o700
    os.makedirs(directory, mode=mode, exist_ok=True)
    check_directory(directory, _owners())


_code_owner: tuple[int, ...] | None = None


def _owners() -> tuple[int, ...]:
    """Who may own packs besides root and the user: the owner of this very file, whose code we run anyway.

    An archive of code and cache that is unpacked by one user and run by another, as in AWS Lambda, needs it.
    """
    global _code_owner
    if _code_owner is None:
        try:
            _code_owner = (os.stat(__file__).st_uid,)
        except OSError:
            _code_owner = ()
    return _code_owner


def cache_directory(environ: Mapping[str, str] | None = None) -> str | None:
    """Where packs are kept, or ``None`` when there is no place for them.

    ``SOTALIA_CACHE_DIR`` (empty: no cache), else ``XDG_CACHE_HOME/sotalia``, else ``~/.cache/sotalia``; where the home
    directory cannot be written (as in AWS Lambda), a directory of the user's own in the temporary one.
    """
    environ = os.environ if environ is None else environ
    configured = environ.get("SOTALIA_CACHE_DIR")
    if configured is not None:
        return configured or None
    base = environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    directory = os.path.join(base, "sotalia")
    # One that is there is used even where it cannot be written: it came with an image.
    if os.access(directory, os.R_OK | os.X_OK) or (not os.path.exists(directory) and _may_write(base)):
        return directory
    return _temporary_directory(environ)


def _may_write(directory: str) -> bool:
    """Whether ``directory``, or the first of its parents that exists, can be written."""
    while not os.path.isdir(directory):
        parent = os.path.dirname(directory)
        if parent == directory:
            return False
        directory = parent
    return os.access(directory, os.W_OK | os.X_OK)


def _temporary_directory(environ: Mapping[str, str]) -> str | None:
    # Anybody may write in the temporary directory: only trust one of ours that others cannot write.
    uid = os.getuid() if hasattr(os, "getuid") else 0
    directory = os.path.join(environ.get("TMPDIR", "/tmp"), _TEMPORARY_FALLBACK.format(uid=uid))
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
        check_directory(directory)
    except OSError:
        return None
    return None if os.path.islink(directory) else directory
