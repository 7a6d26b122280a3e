"""Packs: service descriptions in a compact form that is fast to read.

The cache directory has one file per service: its model without documentation, paginators, waiters and rule set. Reading
S3's JSON takes 40 ms, reading its pack 1 ms. A pack is data: nothing in it is ever executed.

File: ``MAGIC``, CRC-32 of the rest, then marshalled ``{"identity": ..., "sections": {name: (kind, bytes)}}``. A section
of kind ``whole`` is one marshalled value. One of kind ``lazy`` is a marshalled ``{name: bytes}``, whose values are
decoded on first use: EC2's 4,000 shapes cost nothing to a client that calls three operations.

``marshal`` needs no import and is the fastest reader we measured (S3: 0.8 ms; msgpack 1.0, JSON 1.2). Its format belongs
to one Python version, so the file's name carries that version. A pack that is damaged, outdated or foreign is built
again. If the directory cannot be written, there is no cache.

A pack is current by the content of its source files, never by paths or times. So a copy, an archive or an image layer
that carries the cache starts without building. A pack decides where signed requests go, so it is read only if nobody
else can have written it.
"""

from __future__ import annotations

import marshal
import os
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping

from sotalia.runtime.ownership import check_directory, read_trusted
from sotalia.runtime.version import __version__

# Raise it whenever the format below changes.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Changed whenever what is written below changes.
_FORMAT = 3
_MAGIC = b"sotalia pack %d\n" % _FORMAT
_HEADER = len(_MAGIC) + 4
_TEMPORARY_FALLBACK = "sotalia-cache-{uid}"
# Packs of one name for different contents. Environments with different versions of botocore share a cache directory.
_PACKS_PER_NAME = 8


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
            # If two threads decode at once, both get the first one's value: shapes are cached by identity.
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
    """Encode one section as it is stored."""
    if lazy:
        return "lazy", marshal.dumps({name: marshal.dumps(item) for name, item in value.items()})
    return "whole", marshal.dumps(value)


def load_or_build(
    name: str, identity: str, build: Callable[[], dict[str, tuple[str, bytes]]], directory: str | None
) -> Pack:
    """Read the pack of this name and these contents, or build it and store it if possible.

    ``identity`` names the contents of the source files. ``directory=None`` means no cache.
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
    """Whether :func:`load_or_build` would find a pack and not build it."""
    identity = _full_identity(name, identity)
    return _read(_path(directory, name, identity), identity) is not None


def _full_identity(name: str, identity: str) -> str:
    # sotalia adjusts the contents (see sotalia.model.adjustments), and a new version may do it differently.
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
    content: dict[str, Any] | None
    try:
        content = marshal.loads(body)
    except (ValueError, EOFError, TypeError):
        return None
    if not isinstance(content, dict) or content.get("identity") != identity:
        return None
    sections: dict[str, tuple[str, bytes]] = content["sections"]
    return sections


def _write(path: str, identity: str, sections: dict[str, tuple[str, bytes]]) -> None:
    """Write to a temporary name and rename, so that a reader sees the old file or the new one, never a part."""
    body = marshal.dumps({"identity": identity, "sections": sections})
    temporary = f"{path}.{os.getpid()}-{os.urandom(4).hex()}"
    try:
        make_directory(os.path.dirname(path))
        # Regardless of the umask: a pack that its group can write is not trusted.
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
        for _, outdated in sorted(packs)[:-_PACKS_PER_NAME]:
            os.unlink(outdated)
    except OSError:
        pass  # Another process prunes too, or the directory is read-only.


def make_directory(directory: str) -> None:
    """Create the cache directory if it is missing. Raises ``OSError``, also if others can write it."""
    # A directory that you name may be part of an image that another user runs. Packs hold no secrets.
    named = os.environ.get("SOTALIA_CACHE_DIR")
    mode = 0o755 if named and os.path.normpath(named) == os.path.normpath(directory) else 0o700
    os.makedirs(directory, mode=mode, exist_ok=True)
    check_directory(directory, _owners())


_code_owner: tuple[int, ...] | None = None


def _owners() -> tuple[int, ...]:
    """Who may own packs besides root and the user: the owner of this file, whose code runs anyway.

    AWS Lambda, for one, unpacks an archive of code and cache as one user and runs it as another.
    """
    global _code_owner
    if _code_owner is None:
        try:
            _code_owner = (os.stat(__file__).st_uid,)
        except OSError:
            _code_owner = ()
    return _code_owner


def cache_directory(environ: Mapping[str, str] | None = None) -> str | None:
    """The directory for packs, or ``None`` if there is no place for them.

    ``SOTALIA_CACHE_DIR`` (empty: no cache), else ``XDG_CACHE_HOME/sotalia``, else ``~/.cache/sotalia``. If the home
    directory is read-only (as in AWS Lambda), a private directory under the temporary one.
    """
    environ = os.environ if environ is None else environ
    configured = environ.get("SOTALIA_CACHE_DIR")
    if configured is not None:
        return configured or None
    base = environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    directory = os.path.join(base, "sotalia")
    # An existing directory is used even if it is read-only: it came with an image.
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
    # Anybody may write to the temporary directory, so trust only a subdirectory that is ours and private.
    uid = os.getuid() if hasattr(os, "getuid") else 0
    directory = os.path.join(environ.get("TMPDIR", "/tmp"), _TEMPORARY_FALLBACK.format(uid=uid))
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
        check_directory(directory)
    except OSError:
        return None
    return None if os.path.islink(directory) else directory
