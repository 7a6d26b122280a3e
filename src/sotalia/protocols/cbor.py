"""The subset of CBOR (RFC 8949) that the "Smithy RPC v2 CBOR protocol" uses: a decoder, and writers for each type."""

from __future__ import annotations

import struct

from sotalia import exceptions

# RFC 8949 10: nested items may be there to exhaust the stack. Python's recursion limit is the second guard.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MAX_DEPTH = 500
# RFC 8949 3.2.1: the "break" stop code, which ends an item of indefinite length.
_BREAK = object()


def decode(data: bytes) -> Any:
    """Decode one item. Raises ``ResponseParserError`` if the data is not well-formed or continues after the item."""
    reader = _Reader(data)
    try:
        value = reader.item(0)
    except (struct.error, UnicodeDecodeError, OverflowError, RecursionError, ValueError, TypeError) as error:
        raise exceptions.ResponseParserError(
            f"Unable to parse response, invalid CBOR received: {error}"
        ) from error
    if value is _BREAK:
        raise exceptions.ResponseParserError("Found unexpected break code while parsing CBOR.")
    if reader.left:
        raise exceptions.ResponseParserError(
            f"Unable to parse response, invalid CBOR received: {reader.left} bytes follow its end"
        )
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._position = 0

    @property
    def left(self) -> int:
        """Number of bytes not read yet."""
        return len(self._data) - self._position

    def take(self, count: int) -> memoryview:
        start = self._position
        end = start + count
        if end > len(self._data):
            raise exceptions.ResponseParserError(
                f"Unable to parse response, invalid CBOR received: {count} bytes expected, "
                f"{len(self._data) - start} left"
            )
        self._position = end
        return self._data[start:end]

    def argument(self, info: int) -> int | None:
        """Read the argument of an item's head; ``None`` means indefinite length."""
        # RFC 8949 3: below 24 the value itself, 24 to 27 a number of 1, 2, 4 or 8 bytes follows, 28 to 30 are reserved.
        if info < 24:
            return info
        if info == 31:
            return None
        if info > 27:
            raise ValueError(f"reserved additional information {info}")
        return int.from_bytes(self.take(1 << (info - 24)), "big")

    def item(self, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise ValueError(f"nested deeper than {_MAX_DEPTH} levels")
        head = self.take(1)[0]
        # RFC 8949 3: three bits of major type, five bits of additional information.
        major, info = head >> 5, head & 31
        if major == 7:
            return self.simple(info)
        argument = self.argument(info)
        if major in (0, 1, 6) and argument is None:
            raise ValueError("an indefinite length where there can be none")
        if major == 0:
            return argument
        if major == 1:
            return -1 - (argument or 0)
        if major in (2, 3):
            data = self.string(major, argument, depth)
            return data if major == 2 else data.decode("utf-8")
        if major == 4:
            return self.array(argument, depth)
        if major == 5:
            return self.map(argument, depth)
        return self.tag(argument or 0, depth)

    def string(self, major: int, length: int | None, depth: int) -> bytes:
        if length is not None:
            return bytes(self.take(length))
        parts: list[bytes] = []
        # RFC 8949 3.2.3: the chunks are strings of the same major type, each with a definite length.
        while (head := self.take(1)[0]) != 0xFF:
            if head >> 5 != major or head & 31 == 31:
                raise ValueError("a string of indefinite length holds something else than strings")
            parts.append(bytes(self.take(self.argument(head & 31) or 0)))
        return b"".join(parts)

    def array(self, length: int | None, depth: int) -> list[Any]:
        if length is not None:
            # Every item takes a byte at least. Checking first keeps a forged length from costing memory.
            if length > len(self._data) - self._position:
                raise ValueError(f"an array of {length} items in {len(self._data)} bytes")
            return [self.value(depth) for _ in range(length)]
        items: list[Any] = []
        while (item := self.item(depth + 1)) is not _BREAK:
            items.append(item)
        return items

    def map(self, length: int | None, depth: int) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        if length is not None:
            if length > len(self._data) - self._position:
                raise ValueError(f"a map of {length} entries in {len(self._data)} bytes")
            for _ in range(length):
                key = self.value(depth)
                result[key] = self.value(depth)
            return result
        while (key := self.item(depth + 1)) is not _BREAK:
            result[key] = self.value(depth)
        return result

    def value(self, depth: int) -> Any:
        value = self.item(depth + 1)
        if value is _BREAK:
            raise ValueError("a break where a value belongs")
        return value

    def tag(self, number: int, depth: int) -> Any:
        value = self.value(depth)
        # RFC 8949 3.4.2: seconds since the epoch. The reference knows no other tag.
        if number == 1:
            if not isinstance(value, int | float) or isinstance(value, bool):
                raise ValueError(
                    "Found CBOR tag not supported by botocore: 1 with something else than a number"
                )
            from sotalia.protocols.timestamps import parse_timestamp

            return parse_timestamp(value)
        raise exceptions.ResponseParserError(f"Found CBOR tag not supported by botocore: {number}")

    def simple(self, info: int) -> object:
        # RFC 8949 3.3: false, true, null, undefined (read as null), floats of 16, 32 and 64 bits, break.
        if info == 20:
            return False
        if info == 21:
            return True
        if info in (22, 23):
            return None
        if info == 25:
            return struct.unpack(">e", self.take(2))[0]
        if info == 26:
            return struct.unpack(">f", self.take(4))[0]
        if info == 27:
            return struct.unpack(">d", self.take(8))[0]
        if info == 31:
            return _BREAK
        raise ValueError(f"simple value {info}")


# -- writing -------------------------------------------------------------------------------------------------------


def head(major: int, number: int) -> bytes:
    """Encode an item's head. The argument takes the fewest bytes (RFC 8949 4.1)."""
    if number < 24:
        return bytes((major << 5 | number,))
    for info, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * size):
            return bytes((major << 5 | info,)) + number.to_bytes(size, "big")
    raise ValueError(f"the integer {number} does not fit into 64 bits")


def integer(value: int) -> bytes:
    """Encode an integer."""
    # RFC 8949 3.1: major type 1 holds -1 - n.
    return head(0, value) if value >= 0 else head(1, -1 - value)


def text(value: str) -> bytes:
    """Encode a text string."""
    data = str.encode(value, "utf-8")
    return head(3, len(data)) + data


def blob(value: bytes) -> bytes:
    """Encode a byte string."""
    return head(2, len(value)) + value


# Half precision is enough for these, as in RFC 8949 Appendix A.
_SPECIAL = {"nan": b"\xf9\x7e\x00", "inf": b"\xf9\x7c\x00", "-inf": b"\xf9\xfc\x00"}


def floating(value: float, *, double: bool) -> bytes:
    """Encode a float in four or eight bytes. NaN and the infinities take two."""
    special = _SPECIAL.get(str(value).lower().replace("infinity", "inf"))
    if special is not None:
        return special
    return b"\xfb" + struct.pack(">d", float(value)) if double else b"\xfa" + struct.pack(">f", float(value))


def timestamp(seconds: float) -> bytes:
    """Encode seconds since 1970 under tag 1 (RFC 8949 3.4.2)."""
    return b"\xc1" + (integer(seconds) if isinstance(seconds, int) else floating(seconds, double=True))
