"""The bodies of requests as their length and digest: how large a file is must not decide how large a cassette is.

What can be rewound is read from where it stands, and put back there. The rest (pipes, generators, whatever is read by
``await``) is hashed while it is sent, by :func:`hashed`, or copied first, by :func:`copied`, where a decision depends on it.
"""

from __future__ import annotations

from functools import partial
from hashlib import sha256

from sotalia.events.handlers import is_coroutine_function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from tempfile import SpooledTemporaryFile
    from typing import Any, Final

CHUNK: Final = 1024 * 1024
#: Copies of bodies stay in memory up to so many bytes; larger ones are files without a name.
MEMORY: Final = 8 * 1024 * 1024
#: The body of a request whose bytes nobody has seen yet.
UNREAD: Final[dict[str, Any]] = {"length": None, "sha256": None}


class Digest:
    """Length and SHA-256 of what it was given so far."""

    __slots__ = ("_hash", "length")

    def __init__(self) -> None:
        self.length = 0
        self._hash = sha256()

    def update(self, chunk: bytes | str) -> None:
        """The next piece; text counts in UTF-8, as it is sent."""
        data = (
            chunk.encode("utf-8", "surrogatepass") if isinstance(chunk, str) else memoryview(chunk).cast("B")
        )
        self.length += len(data)
        self._hash.update(data)

    def as_json(self) -> dict[str, Any]:
        """``{"length": 5, "sha256": "2cf24d..."}``."""
        return {"length": self.length, "sha256": self._hash.hexdigest()}


def digest(value: Any) -> dict[str, Any]:
    """Length and SHA-256 of bytes, text, or of what is left in a file. :data:`UNREAD` for what cannot be rewound."""
    found = Digest()
    if isinstance(value, _Hashed):
        return value.digest.as_json() if value.is_complete else dict(UNREAD)
    if isinstance(value, str):
        found.update(value)
        return found.as_json()
    if not is_stream(value):
        try:
            found.update(bytes(memoryview(value)))  # Also of arrays, whose items are no bytes.
        except TypeError:
            return dict(UNREAD)
        return found.as_json()
    return dict(UNREAD) if not _read_and_rewind(value, found) else found.as_json()


def is_stream(value: Any) -> bool:
    """Whether the bytes have to be read from it: a file, or an iterable that is no bytes, sync or async."""
    if hasattr(value, "read") or hasattr(value, "__aiter__"):
        return True
    return hasattr(value, "__iter__") and not isinstance(
        value, str | bytes | bytearray | memoryview | dict | list | tuple | set | frozenset
    )


def _read_and_rewind(file: Any, found: Digest) -> bool:
    """Whether the file could be read and put back to where it was."""
    start = _position(file)
    if start is None:
        return False
    try:
        while chunk := file.read(CHUNK):
            if not isinstance(chunk, str) and not hasattr(chunk, "__len__"):
                _discard(chunk)
                return False
            found.update(chunk)
        file.seek(start)
    except (OSError, ValueError):  # Closed, or a pipe that calls itself a file.
        return False
    return True


def _position(file: Any) -> int | None:
    """Where a file stands, ``None`` for what cannot be put back there."""
    if not all(hasattr(file, name) for name in ("read", "seek", "tell")):
        return None
    try:
        seekable: Any = file.seekable() if hasattr(file, "seekable") else True
        position: Any = file.tell() if seekable is True else seekable
    except (OSError, ValueError):
        return None
    if type(position) is int:
        return position
    _discard(position)
    return None


def _discard(value: Any) -> None:
    if hasattr(value, "__await__") and hasattr(value, "close"):
        value.close()  # Of an async file; or Python warns that a coroutine was never awaited.


# -- bodies that can be read once ------------------------------------------------------------------------------------


class _Hashed:
    """A body that notes what is read from it. ``is_complete`` once its end was seen."""

    def __init__(self, body: Any) -> None:
        self.body = body
        self.digest = Digest()
        self.is_complete = False

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.body, name)
        return partial(self._rewind, found) if name == "seek" else found

    def _rewind(self, seek: Callable[..., Any], *arguments: Any) -> Any:
        """What was read so far, for a checksum say, will be read again."""
        self.digest, self.is_complete = Digest(), False
        return seek(*arguments)

    def note(self, chunk: Any) -> Any:
        """A piece on its way; nothing ends the body."""
        if chunk:
            self.digest.update(chunk)
        else:
            self.is_complete = True
        return chunk


class _HashedFile(_Hashed):
    def read(self, size: int | None = -1, /) -> Any:
        return self.note_read(self.body.read(size), size)

    def note_read(self, chunk: Any, size: int | None) -> Any:
        self.note(chunk)
        if size is None or size < 0:
            self.is_complete = True
        return chunk


class _HashedAsyncFile(_HashedFile):
    # A coroutine function, which is what tells such files from others.
    async def read(self, size: int | None = -1, /) -> Any:
        return self.note_read(await self.body.read(size), size)


class _HashedSizedAsyncFile(_HashedAsyncFile):
    # Without it such a body would be sent in chunks.
    def __len__(self) -> int:
        return len(self.body)

    def note(self, chunk: Any) -> Any:
        """Who knows the length does not read on behind the last byte."""
        super().note(chunk)
        self.is_complete = self.is_complete or self.digest.length == len(self)
        return chunk


class _HashedIterable(_Hashed):
    def __iter__(self) -> Iterator[Any]:
        for chunk in self.body:
            if chunk:
                self.note(chunk)
            yield chunk
        self.is_complete = True


class _HashedAsyncIterable(_Hashed):
    async def __aiter__(self) -> AsyncIterator[Any]:
        async for chunk in self.body:
            if chunk:
                self.note(chunk)
            yield chunk
        self.is_complete = True


def hashed(body: Any) -> Any:
    """A body that can be read once, to be sent in its place: :func:`digest` of it is known when all was sent."""
    if hasattr(body, "read"):
        if not is_coroutine_function(body.read):
            return _HashedFile(body)
        return _HashedSizedAsyncFile(body) if hasattr(body, "__len__") else _HashedAsyncFile(body)
    return _HashedAsyncIterable(body) if hasattr(body, "__aiter__") else _HashedIterable(body)


def with_hashed_streams(parameters: dict[str, Any]) -> dict[str, Any] | None:
    """Parameters in which bodies that can be read once, or only by ``await``, are hashed on their way; ``None`` if there are none."""
    streams = {
        name: hashed(value)
        for name, value in parameters.items()
        if (hasattr(value, "read") or hasattr(value, "__aiter__"))
        and (_position(value) is None or is_coroutine_function(getattr(value, "read", None)))
    }
    return {**parameters, **streams} if streams else None


async def copied(body: Any) -> SpooledTemporaryFile[bytes]:
    """All that is left in a body, as a file that can be rewound: for what has to be known before it is sent."""
    from tempfile import SpooledTemporaryFile

    copy: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(MEMORY)  # noqa: SIM115  # The caller's.
    try:
        async for chunk in _chunks(body):
            copy.write(chunk.encode() if isinstance(chunk, str) else bytes(memoryview(chunk)))
    except BaseException:
        copy.close()
        raise
    copy.seek(0)
    return copy


async def _chunks(body: Any) -> AsyncIterator[Any]:
    if hasattr(body, "read"):
        while True:
            chunk = body.read(CHUNK)
            if hasattr(chunk, "__await__"):
                chunk = await chunk
            if not chunk:
                return
            yield chunk
    elif hasattr(body, "__aiter__"):
        async for chunk in body:
            yield chunk
    else:
        for chunk in body:
            yield chunk
