"""Files of a transfer: read and written in pieces, at any place or from start to end, with their progress told.

Reading gives what a call sends as its body (:class:`Window`): a part of a file that is read while it is sent, so that no
more than a piece of it is in memory. In an async client real files are read and written in threads, as disks may
be slow.
"""

from __future__ import annotations

import io
import os
import stat
from contextlib import contextmanager

from sotalia.runtime import drive, resolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any, Protocol

    from sotalia.s3.pace import Pace

# Read at once for an async client: going to a thread costs as much as copying some 100 KiB.
_BLOCK = 1024 * 1024


def path_of(filename: str | os.PathLike[str]) -> str:
    """The path as text. Raises ``ValueError`` for what is none."""
    path = os.fspath(filename) if isinstance(filename, os.PathLike) else filename
    if not isinstance(path, str):
        raise ValueError(f"Filename must be a string or a path-like object, not {type(filename)}")
    return path


# Of a name longer than this many bytes only its start is in the names of files beside it. Most file systems take 255 bytes,
# eCryptfs 143.
_LONGEST_STEM = 120


def beside(path: str) -> str:
    """A name for a file that is to take the place of this one, in the same folder, so that it can be renamed to it.

    It may be longer than the name, but not so long that a file system takes the one and not the other.
    """
    folder, name = os.path.split(path)
    encoded = os.fsencode(name)
    if len(encoded) > _LONGEST_STEM:
        # Cut between characters, as some file systems take valid text only.
        name = encoded[:_LONGEST_STEM].decode(errors="ignore")
    return os.path.join(folder, f"{name}.{os.urandom(4).hex()}")


def is_special(path: str) -> bool:
    """Whether this is a device, pipe or socket: without a size, and not to be replaced by a file."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def is_seekable(fileobj: Any) -> bool:
    """Whether a file can be written at any place."""
    seekable = getattr(fileobj, "seekable", None)
    return bool(seekable()) if seekable is not None else hasattr(fileobj, "seek")


def appends(fileobj: Any) -> bool:
    """Whether a file writes at its end wherever one seeks to."""
    mode = getattr(fileobj, "mode", "")
    return isinstance(mode, str) and "a" in mode


def waits_for_disk(fileobj: Any) -> bool:
    """Whether reading may take its time, as opposed to memory."""
    return isinstance(fileobj, io.BufferedIOBase | io.RawIOBase) and not isinstance(fileobj, io.BytesIO)


async def off_loop(is_slow: bool, function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function returns, called in a thread where it would keep an event loop waiting."""
    if not is_slow:
        return function(*arguments)
    import asyncio

    return await asyncio.to_thread(function, *arguments)


if TYPE_CHECKING:

    class Content(Protocol):
        """Something with bytes at offsets."""

        def read_at(self, offset: int, amount: int) -> bytes:
            """At most ``amount`` bytes from ``offset`` on; fewer only at the end."""
            ...


class Memory:
    """Bytes that are there already."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes | memoryview[int]) -> None:
        self._data = data

    def read_at(self, offset: int, amount: int) -> bytes:
        """A copy of some bytes."""
        return bytes(self._data[offset : offset + amount])


class SharedFile:
    """A file object that several threads read and write at different places. Bytes are counted from where it stood."""

    def __init__(self, fileobj: Any, start: int = 0) -> None:
        from threading import Lock

        self._fileobj = fileobj
        self._start = start
        self._lock = Lock()

    def read_at(self, offset: int, amount: int) -> bytes:
        """Raises ``TypeError`` for a file that gives text."""
        parts: list[bytes] = []
        size = 0
        with self._lock:
            self._fileobj.seek(self._start + offset)
            while size < amount and (data := as_bytes(self._fileobj.read(amount - size), self._fileobj)):
                parts.append(data)
                size += len(data)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def write_at(self, offset: int, data: bytes) -> None:
        """Write all of the data."""
        with self._lock:
            self._fileobj.seek(self._start + offset)
            write_all(self._fileobj, data)


class NamedFile:
    """A file opened by its name, by threads of which none waits for another where the system can do that.

    A task that is cancelled leaves a thread behind that may be about to write. So that it never does so into another file
    that got the same descriptor, the last one who uses the file closes it.
    """

    def __init__(self, path: str, mode: str) -> None:
        from threading import Lock

        self.path = path
        self._lock = Lock()
        self._users = 0
        self._is_closed = False
        # Without a buffer, which would belong to one of the readers.
        self._file: Any = open(path, mode, buffering=0)  # noqa: SIM115 - closed by close()
        self._at_open = os.fstat(self._file.fileno())
        self.size = self._at_open.st_size
        self._shared = None if hasattr(os, "pread") else SharedFile(self._file)

    def read_at(self, offset: int, amount: int) -> bytes:
        """Fewer bytes only at the end."""
        with self._used():
            if self._shared is not None:
                return self._shared.read_at(offset, amount)
            number = self._file.fileno()
            data = os.pread(number, amount, offset)
            while 0 < len(data) < amount and (
                more := os.pread(number, amount - len(data), offset + len(data))
            ):
                data += more
            return data

    def write_at(self, offset: int, data: bytes) -> None:
        """Write all of the data. Raises ``OSError``, as when the disk is full."""
        with self._used():
            if self._shared is not None:
                self._shared.write_at(offset, data)
                return
            left = memoryview(data)
            while left:
                count = os.pwrite(self._file.fileno(), left, offset)
                left, offset = left[count:], offset + count

    def was_touched(self) -> bool:
        """Whether anybody wrote to it since it was opened."""
        with self._used():
            now = os.fstat(self._file.fileno())
        return (now.st_size, now.st_mtime_ns) != (self.size, self._at_open.st_mtime_ns)

    @contextmanager
    def _used(self) -> Generator[None, None, None]:
        with self._lock:
            if self._is_closed:
                raise ValueError(f"{self.path} is closed already")
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._is_closed and not self._users:
                    self._file.close()

    def close(self) -> None:
        """Let go of it."""
        with self._lock:
            self._is_closed = True
            if not self._users:
                self._file.close()


def write_all(fileobj: Any, data: bytes) -> Any:
    """Write all of the data; gives what ``write`` of the caller's file gave, which may have to be awaited.

    Unbuffered files may take a part only. Others take all, and some of them count otherwise, as compressors do, or not at
    all. Raises ``BlockingIOError`` for a file that does not wait for its reader.
    """
    if not isinstance(fileobj, io.RawIOBase):
        return fileobj.write(data)
    left = memoryview(data)
    while left:
        count = fileobj.write(left)
        if count is None:
            if not _is_of_python(fileobj):
                break
            raise BlockingIOError(
                f"{fileobj!r} takes no more bytes now: open it so that it waits for its reader"
            )
        left = left[count:]
    return len(data)


def _is_of_python(fileobj: Any) -> bool:
    """Whether ``None`` means that a file does not wait. Classes of others give it at their end, or for all that is written."""
    return type(fileobj).__module__ in ("_io", "io", "socket")


def as_bytes(data: Any, fileobj: Any) -> bytes:
    """What a file gave. Raises ``TypeError`` for text, ``BlockingIOError`` for a file that has nothing yet."""
    if data is None and _is_of_python(fileobj):
        raise BlockingIOError(
            "the file to upload has no bytes now, but is not at its end: open it so that it waits"
        )
    if isinstance(data, str):
        raise TypeError("the file to upload gives text instead of bytes: open it in binary mode ('rb')")
    return data  # type: ignore[no-any-return]


class Window:
    """A part of a file as the body of a call: it can be read again from its start, as signing and retries do.

    Its length is fixed. Raises ``EOFError`` when the file has become shorter than it was.
    """

    def __init__(self, content: Content, offset: int, size: int, pace: Pace) -> None:
        self._content = content
        self._offset = offset
        self._size = size
        self._pace = pace
        self._position = 0
        self._is_sent = False
        self._counted = 0

    def __len__(self) -> int:
        return self._size

    def signal_transferring(self) -> None:
        """What is read from now on is sent, and counts as progress."""
        self._is_sent = True

    def signal_not_transferring(self) -> None:
        """What is read from now on is only looked at."""
        self._is_sent = False

    def tell(self) -> int:
        """Bytes read since the start."""
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place; what was sent beyond it will be sent again."""
        self._position = offset + (0, self._position, self._size)[whence]
        self._is_sent = False
        return self._position

    def read(self, amount: int | None = None) -> Any:
        """At most ``amount`` bytes, or all that are left."""
        return drive(self._take(amount))

    async def done(self) -> None:
        """All of it has arrived, however it was read."""
        await self._count(self._size)

    async def _take(self, amount: int | None) -> bytes:
        left = self._size - self._position
        wanted = left if amount is None or amount < 0 else min(amount, left)
        if wanted == 0:
            return b""
        self._pace.stop.look()
        data = await self._piece(self._offset + self._position, wanted)
        if len(data) < wanted:
            raise EOFError(
                f"the file became shorter while it was uploaded: it ends {wanted - len(data)} bytes too early"
            )
        self._position += wanted
        if self._is_sent:
            await self._pace.keep(wanted)
            await self._count(self._position)
        return data

    async def _piece(self, offset: int, amount: int) -> bytes:
        return self._content.read_at(offset, amount)

    async def _count(self, position: int) -> None:
        count, self._counted = position - self._counted, position
        await self._pace.add(count)


class AsyncWindow(Window):
    """:class:`Window` of a file on a disk, for an async client."""

    _block = b""
    _block_offset = 0

    async def read(self, amount: int | None = None) -> bytes:
        """At most ``amount`` bytes, or all that are left."""
        return await self._take(amount)

    async def _piece(self, offset: int, amount: int) -> bytes:
        start = offset - self._block_offset
        if start < 0 or start + amount > len(self._block):
            end = self._offset + self._size
            self._block = await off_loop(
                True, self._content.read_at, offset, min(max(amount, _BLOCK), end - offset)
            )
            self._block_offset, start = offset, 0
        return self._block[start : start + amount]


class Reader:
    """Reads a file object from where it stands, in pieces of exact size; its ``read`` may be ``async def``."""

    def __init__(self, fileobj: Any, *, is_async: bool) -> None:
        self.fileobj = fileobj
        self._is_slow = is_async and waits_for_disk(fileobj)
        self._first = b""

    def give_back(self, data: bytes) -> None:
        """Have this read again first."""
        self._first = data

    async def read(self, amount: int) -> bytes:
        """``amount`` bytes, fewer only at the end."""
        data, self._first = self._first[:amount], self._first[amount:]
        # Nothing is joined to what comes in one piece: that would copy a whole part.
        parts, size = [data] if data else [], len(data)
        while size < amount:
            piece = await resolved(await off_loop(self._is_slow, self.fileobj.read, amount - size))
            piece = as_bytes(piece, self.fileobj)
            if not piece:
                break
            parts.append(piece)
            size += len(piece)
        return parts[0] if len(parts) == 1 else b"".join(parts)


class Writer:
    """Writes at any place of a file that can seek."""

    takes_any_order = True

    def __init__(self, target: NamedFile | SharedFile, *, is_slow: bool) -> None:
        self._target = target
        self._is_slow = is_slow

    async def write(self, offset: int, data: bytes) -> None:
        """Write at ``offset``, counted from the beginning of the object."""
        await off_loop(self._is_slow, self._target.write_at, offset, data)


class OrderedWriter:
    """Writes from start to end; what comes again, as a broken stream starts anew, is passed over."""

    takes_any_order = False

    def __init__(self, fileobj: Any, *, is_slow: bool) -> None:
        self._fileobj = fileobj
        self._is_slow = is_slow
        self._written = 0

    async def write(self, offset: int, data: bytes) -> None:
        """Write what of the data was not written yet; it begins there or before."""
        fresh = data[self._written - offset :]
        if fresh:
            await resolved(await off_loop(self._is_slow, write_all, self._fileobj, fresh))
            self._written += len(fresh)


def writer_of(fileobj: Any, *, is_async: bool) -> Writer | OrderedWriter:
    """How to write into a file object of the caller's."""
    import inspect

    is_slow = is_async and waits_for_disk(fileobj)
    if inspect.iscoroutinefunction(fileobj.write) or appends(fileobj) or not is_seekable(fileobj):
        return OrderedWriter(fileobj, is_slow=is_slow)
    return Writer(SharedFile(fileobj), is_slow=is_slow)
