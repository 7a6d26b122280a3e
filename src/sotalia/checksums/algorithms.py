"""Checksum algorithms by name. A checksum is an object with ``update(bytes)`` and ``digest()``."""

from __future__ import annotations

from binascii import b2a_base64
from functools import cache
from zlib import crc32

from sotalia import exceptions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

#: Which checksum to verify if a response has several: the reference's order.
PRIORITY = (
    "xxhash128",
    "xxhash3",
    "crc64nvme",
    "xxhash64",
    "crc32c",
    "crc32",
    "sha1",
    "sha256",
    "sha512",
)
_HASHES = ("sha1", "sha256", "sha512")
# Functions of awscrt.checksums, and the length of the digest in bytes.
_NATIVE = {"crc32c": ("crc32c", 4), "crc64nvme": ("crc64nvme", 8)}
# Constructors of awscrt.checksums.XXHash (awscrt 0.31.2 and later).
_NATIVE_HASHES = {"xxhash64": "new_xxhash64", "xxhash3": "new_xxhash3_64", "xxhash128": "new_xxhash3_128"}
_CHUNK = 1024 * 1024


if TYPE_CHECKING:

    class SeekableFile(Protocol):
        """A file, sync or async."""

        def read(self, size: int, /) -> Any:
            """Read bytes or text."""
            ...

        def tell(self) -> Any:
            """The position."""
            ...

        def seek(self, position: int, /) -> Any:
            """Change the position."""
            ...

    class Checksum(Protocol):
        """A checksum in progress."""

        def update(self, data: bytes, /) -> None:
            """Take bytes in."""
            ...

        def digest(self) -> bytes:
            """The checksum so far."""
            ...


class _CRC:
    """A checksum that is one number. ``advance`` takes a chunk and the number so far."""

    __slots__ = ("_advance", "_length", "_value")

    def __init__(self, advance: Callable[[bytes, int], int], length: int) -> None:
        self._advance = advance
        self._length = length
        self._value = 0

    def update(self, data: bytes) -> None:
        self._value = self._advance(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(self._length, "big")


@cache
def _native() -> Any:
    """The module of awscrt, or ``None`` without the extra."""
    from sotalia.runtime.crt import is_switched_off

    if is_switched_off():
        return None
    try:
        from awscrt import checksums
    except ImportError:
        return None
    return checksums


def is_supported(name: str) -> bool:
    """Whether an algorithm can be computed here."""
    if name == "crc32" or name in _HASHES:
        return True
    native = _native()
    if name in _NATIVE_HASHES:
        return hasattr(getattr(native, "XXHash", None), _NATIVE_HASHES[name])
    return name in _NATIVE and hasattr(native, _NATIVE[name][0])


def checksum(name: str) -> Checksum:
    """Begin a checksum.

    Raises ``FlexibleChecksumError`` for an unknown algorithm, ``MissingDependencyException`` if the extra would help.
    """
    if name == "crc32":
        return _CRC(crc32, 4)
    if name in _HASHES:
        import hashlib

        # A build of OpenSSL for FIPS may refuse SHA-1 where it is for security.
        return hashlib.new(name, usedforsecurity=False)
    if name not in _NATIVE and name not in _NATIVE_HASHES:
        raise exceptions.FlexibleChecksumError(error_msg=f"Unsupported checksum algorithm: {name}")
    if not is_supported(name):
        raise exceptions.MissingDependencyException(
            msg=f"Using {name.upper()} requires an additional dependency. You will need to pip install "
            '"sotalia[crt]" before proceeding.'
        )
    native = _native()
    if name in _NATIVE:
        function, length = _NATIVE[name]
        return _CRC(getattr(native, function), length)
    return _NativeHash(getattr(native.XXHash, _NATIVE_HASHES[name])())


class _NativeHash:
    __slots__ = ("_hash",)

    def __init__(self, started: Any) -> None:
        self._hash = started

    def update(self, data: bytes) -> None:
        self._hash.update(data)

    def digest(self) -> bytes:
        return bytes(self._hash.finalize())


def as_text(digest: bytes) -> str:
    """A digest in base64, as headers have it."""
    return b2a_base64(digest, newline=False).decode("ascii")


def verify(computed: Checksum, expected: str) -> None:
    """Raise ``FlexibleChecksumError`` unless the checksum is the expected one."""
    actual = as_text(computed.digest())
    if actual != expected:
        raise exceptions.FlexibleChecksumError(
            error_msg=f"Expected checksum {expected} did not match calculated checksum: {actual}"
        )


async def feed_body(
    started: Checksum, body: bytes | bytearray | memoryview | str | SeekableFile | None
) -> None:
    """Add a whole body: bytes, or a sync or async file from its position on. The file is wound back to it.

    Raises ``UnseekableStreamError`` if the body can be read only once.
    """
    if isinstance(body, bytes | bytearray | memoryview):
        started.update(bytes(body))
        return
    if body is None:
        return
    if isinstance(body, str):
        started.update(body.encode("utf-8"))
        return
    try:
        position = await _value(body.tell())
    except Exception as error:
        raise exceptions.UnseekableStreamError(
            stream_object=f"of type {type(body).__name__}: it can be read only once, but its checksum or signature has to "
            "be known before it is sent; give bytes or a file that can seek, or use https, where the checksum follows the "
            "body"
        ) from error
    while chunk := await _value(body.read(_CHUNK)):
        started.update(chunk.encode("utf-8") if isinstance(chunk, str) else chunk)
    await _value(body.seek(position))


async def _value(value: Any) -> Any:
    """The result of a file's method, which is awaitable for an async file."""
    return await value if hasattr(value, "__await__") else value
