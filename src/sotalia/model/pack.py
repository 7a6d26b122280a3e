"""Packs: service descriptions in the compact form that a start can afford to read.

One file a service in the cache directory: its model without documentation, paginators, waiters and rule set. Reading
the JSON takes 40 ms for S3, reading its pack 1 ms. A pack is data: nothing in it is ever executed.

File: ``MAGIC``, CRC-32 of the rest, then marshalled ``{"identity": ..., "sections": {name: (kind, bytes)}}``. A section
of kind ``whole`` is one marshalled value; one of kind ``lazy`` a marshalled ``{name: bytes}`` whose values are decoded
one by one when asked for, so that EC2's 4,000 shapes cost nothing to a client that calls three operations.

``marshal`` needs no import and is the fastest reader there is (S3: 0.8 ms; msgpack 1.0, JSON 1.2). Its format belongs to
one Python version, so the file's name carries that version. A pack that is damaged, outdated or foreign is made anew;
where the directory cannot be written, we do without.
"""

from __future__ import annotations

import marshal
import os
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

# Changed whenever what is written below changes.
_FORMAT = 2
_MAGIC = b"sotalia pack %d\n" % _FORMAT
_HEADER = len(_MAGIC) + 4
_TEMPORARY_FALLBACK = "sotalia-cache-{uid}"


class Lazy(Mapping[str, Any]):
    """A mapping whose values are decoded when they are first asked for."""

    __slots__ = ("_decoded", "_encoded")

    def __init__(self, encoded: dict[str, bytes]) -> None:
        self._encoded = encoded
        self._decoded: dict[str, Any] = {}

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
            value: Any = marshal.loads(data)
            if kind == "lazy":
                value = Lazy(value)
            return self._values.setdefault(section, value)


def encode_section(value: Any, *, lazy: bool) -> tuple[str, bytes]:
    """One section as it is stored."""
    if lazy:
        return "lazy", marshal.dumps({name: marshal.dumps(item) for name, item in value.items()})
    return "whole", marshal.dumps(value)


def load_or_build(
    name: str, identity: str, build: Callable[[], dict[str, tuple[str, bytes]]], directory: str | None
) -> Pack:
    """The pack of this name for exactly these sources; built, and stored if possible, where there is none.

    ``identity`` names sources and versions; a stored pack of another identity is outdated. ``directory`` ``None`` means
    that there is no cache.
    """
    path = (
        None if directory is None else os.path.join(directory, f"{name}.{sys.implementation.cache_tag}.pack")
    )
    if path is not None:
        sections = _read(path, identity)
        if sections is not None:
            return Pack(sections)
    sections = build()
    if path is not None:
        _write(path, identity, sections)
    return Pack(sections)


def _read(path: str, identity: str) -> dict[str, tuple[str, bytes]] | None:
    try:
        with open(path, "rb") as file:
            data = file.read()
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
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(temporary, "xb") as file:
            file.write(_MAGIC + zlib.crc32(body).to_bytes(4, "big") + body)
        os.replace(temporary, path)
    except OSError:
        import contextlib

        with contextlib.suppress(OSError):
            os.unlink(temporary)


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
    if _may_write(base):
        return os.path.join(base, "sotalia")
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
        status = os.lstat(directory)
    except OSError:
        return None
    if status.st_uid != uid or status.st_mode & 0o022:
        return None
    return directory
