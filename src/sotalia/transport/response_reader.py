"""Reads one response from bytes as they arrive, and knows to the byte where it ends (RFC 9112).

No I/O: ``feed`` takes bytes in, ``end`` the peer's close; status, headers and pieces of the body come out as attributes.
Its own, because no parser at hand says where a response ends, can be told that a request was HEAD, or bounds all that a
peer sends. It is strict: what a server and something in front of it might read differently (line feeds alone, two
lengths, a length beside chunks) is refused, as is whatever h11 refuses. The tests compare the two.
"""

from __future__ import annotations

from collections.abc import Callable

from sotalia.transport.messages import HeadersDict

# Bytes of a response head, with the interim responses before it. (http.client allows 100 lines of 64 KiB.)
MAX_HEAD = 512 * 1024
MAX_FIELDS = 1000
# Interim (1xx) responses before the final one. Services send one 100 at most.
MAX_INTERIM = 32
MAX_TRAILERS = 64 * 1024
MAX_CHUNK_LINE = 4096
# Extensions of all chunks of a response. Nobody reads them: they would be a way to keep us busy (as in CVE-2023-39326).
MAX_EXTENSIONS = 64 * 1024

_BLANK_LINE = b"\r\n\r\n"
_LINE_END = b"\r\n"
_WHITE = " \t"
# All that may stand in a line: HTAB, and from the space on everything but DEL. RFC 9110 5.5.
_PLAIN = bytes([9, *range(32, 127), *range(128, 256)])
_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_HEX = b"0123456789abcdefABCDEF"
# Digits of a length. More would be larger than any disk, and slow to convert.
_MAX_DIGITS = 20
_BODYLESS = frozenset((204, 304))


class ProtocolError(Exception):
    """The peer does not speak HTTP, or stopped in the middle of it."""


class ResponseReader:
    """One response, with the interim ones before it.

    ``chunks``: pieces of the body that nobody has taken yet · ``may_continue``: ``100 Continue`` came · ``is_complete``:
    its last byte came · ``is_persistent``: the peer keeps the connection open afterwards, and sent nothing more on it.
    """

    headers: HeadersDict
    # Of the step that is being taken.
    _awaited: bytes
    extensions_size: int
    _limit: int
    remaining: int
    _searched: int

    __slots__ = (
        "_awaited",
        "_held",
        "_limit",
        "_searched",
        "chunks",
        "extensions_size",
        "has_head",
        "head_size",
        "headers",
        "interim_count",
        "is_complete",
        "is_head_request",
        "is_persistent",
        "may_continue",
        "remaining",
        "status",
        "step",
    )

    def __init__(self) -> None:
        #: To be set before the first ``feed``: a response to HEAD has no body, whatever its headers say.
        self.is_head_request = False
        self.status = 0
        self.chunks: list[bytes] = []
        self.has_head = False
        self.may_continue = False
        self.is_complete = False
        self.is_persistent = False
        # A plain function, not a bound method, which would be a cycle for the garbage collector.
        self.step: Callable[[ResponseReader, bytes], bytes] = _read_head
        self._held: bytearray | None = None
        self.head_size = self.interim_count = 0

    def feed(self, data: bytes) -> None:
        """Take bytes in. Raises ``ProtocolError`` when they are not HTTP, or more than a response may have."""
        held = self._held
        if held is not None:
            held += data
            if held.find(self._awaited, self._searched) < 0:
                self._wait(held)
                return
            data = bytes(held)
            self._held = None
        while data and not self.is_complete:
            data = self.step(self, data)
        if data:
            # Nobody asked for more. It is dropped, and so is the connection: RFC 9112 9.2 leaves no other way.
            self.is_persistent = False

    def end(self) -> None:
        """The peer has closed. Raises ``ProtocolError`` unless that is how the body ends (RFC 9112 6.3, rule 8)."""
        if self.step is not _read_to_end:
            raise ProtocolError("the connection was closed in the middle of the response")
        self.is_complete = True

    @property
    def awaited_length(self) -> int:
        """Bytes that are still to come of a body whose length was announced; 0 for any other."""
        return self.remaining if self.step is _read_length and not self.is_complete else 0

    def pass_by(self, count: int) -> None:
        """So many bytes of :attr:`awaited_length` were received without this reader."""
        self.remaining -= count
        self.is_complete = self.remaining == 0

    # -- used by the steps ---------------------------------------------------------------------------------------

    def hold(self, data: bytes, awaited: bytes, limit: int) -> bytes:
        """Keep ``data`` until ``awaited`` follows (``b""``: whatever follows), within ``limit`` bytes."""
        self._awaited = awaited
        self._limit = limit
        self._searched = 0
        self._held = bytearray(data)
        self._wait(self._held)
        return b""

    def _wait(self, held: bytearray) -> None:
        if len(held) > self._limit:
            raise ProtocolError(f"the response has a line or headers longer than {self._limit} bytes")
        start = self._searched
        if held.count(b"\n", start) != held.count(_LINE_END, max(0, start - 1)):
            raise ProtocolError("the response has a line feed without a carriage return")
        # What is awaited may have begun in what is here.
        self._searched = max(0, len(held) - len(self._awaited) + 1)


# -- steps: each takes what it can from the front of the data and returns the rest ---------------------------------


def _read_head(reader: ResponseReader, data: bytes) -> bytes:
    end = data.find(_BLANK_LINE)
    if end < 0:
        if data[:5] != b"HTTP/"[: len(data)]:
            raise _not_http(data)
        return reader.hold(data, _BLANK_LINE, MAX_HEAD - reader.head_size)
    reader.head_size += end
    if reader.head_size > MAX_HEAD:
        raise ProtocolError(f"the response's headers are longer than {MAX_HEAD} bytes")
    lines = _lines(data[:end])
    first = lines[0]
    status, is_persistent = _status_lines.get(first) or _status_line(first)
    headers = HeadersDict()
    store = headers.by_lower_name
    length = _read_fields(store, lines)
    data = data[end + 4 :]
    if status < 200:
        _pass_over(reader, status)
        return data
    reader.status = status
    reader.headers = headers
    reader.has_head = True
    if "connection" in store:
        tokens = store["connection"][1].lower().split(",")
        is_persistent = is_persistent and all(token.strip(_WHITE) != "close" for token in tokens)
    reader.is_persistent = is_persistent
    if reader.is_head_request or status in _BODYLESS or length == 0:
        reader.is_complete = True
    elif length is not None:
        reader.remaining = length
        reader.step = _read_length
    elif "transfer-encoding" in store:
        reader.extensions_size = 0
        reader.step = _read_chunk_line
    else:
        reader.is_persistent = False
        reader.step = _read_to_end
    return data


def _pass_over(reader: ResponseReader, status: int) -> None:
    """An interim response: it has no body, and another response follows (RFC 9110 15.2)."""
    if status == 101:
        raise ProtocolError("the server switches to another protocol (101), which nobody asked for")
    if status == 100:
        reader.may_continue = True
    reader.interim_count += 1
    if reader.interim_count > MAX_INTERIM:
        raise ProtocolError(f"more than {MAX_INTERIM} interim responses (1xx)")


def _read_length(reader: ResponseReader, data: bytes) -> bytes:
    remaining = reader.remaining - len(data)
    if remaining > 0:
        reader.chunks.append(data)
        reader.remaining = remaining
        return b""
    reader.is_complete = True
    if remaining == 0:
        reader.chunks.append(data)
        return b""
    reader.chunks.append(data[:remaining])
    return data[remaining:]


def _read_to_end(reader: ResponseReader, data: bytes) -> bytes:
    reader.chunks.append(data)
    return b""


def _read_chunk_line(reader: ResponseReader, data: bytes) -> bytes:
    end = data.find(_LINE_END)
    if end < 0:
        # Nobody waits for the end of a line that is wrong already.
        _size(data.partition(b";")[0].rstrip(b" \t\r") or b"0")
        return reader.hold(data, b"", MAX_CHUNK_LINE)
    size, semicolon, extension = data[:end].partition(b";")
    if semicolon:
        reader.extensions_size += len(extension)
        if end > MAX_CHUNK_LINE or reader.extensions_size > MAX_EXTENSIONS:
            raise ProtocolError(f"the response has chunk extensions of more than {MAX_EXTENSIONS} bytes")
        if extension.translate(None, _PLAIN):
            raise ProtocolError("the response has control characters in a chunk extension")
    else:
        size = size.rstrip(b" \t")  # Some servers pad it; h11 takes that, too.
    reader.remaining = _size(size)
    if reader.remaining:
        reader.step = _read_chunk
        return data[end + 2 :]
    # The trailers begin with the end of this line, so that a blank line ends them even when there are none.
    reader.step = _read_trailers
    return data[end:]


def _size(digits: bytes) -> int:
    if not digits or len(digits) > _MAX_DIGITS or digits.translate(None, _HEX):
        raise ProtocolError(
            f"the response has a chunk of the size {digits[:30]!r}, which is no hexadecimal number"
        )
    return int(digits, 16)


def _read_chunk(reader: ResponseReader, data: bytes) -> bytes:
    remaining = reader.remaining
    if len(data) < remaining:
        reader.chunks.append(data)
        reader.remaining = remaining - len(data)
        return b""
    reader.chunks.append(data[:remaining])
    reader.step = _read_chunk_end
    return data[remaining:]


def _read_chunk_end(reader: ResponseReader, data: bytes) -> bytes:
    if data[:2] != _LINE_END:
        if data == b"\r":
            return reader.hold(data, _LINE_END, 2)
        raise ProtocolError("the response has a chunk that is longer than its size")
    reader.step = _read_chunk_line
    return data[2:]


def _read_trailers(reader: ResponseReader, data: bytes) -> bytes:
    """Trailers are checked and dropped: merged into the headers they could replace what those said (RFC 9110 6.5.1)."""
    end = data.find(_BLANK_LINE)
    if end < 0:
        return reader.hold(data, _BLANK_LINE, MAX_TRAILERS)
    if end > MAX_TRAILERS:
        raise ProtocolError(f"the response's trailers are longer than {MAX_TRAILERS} bytes")
    if end:
        _read_fields({}, _lines(data[:end]))
    reader.is_complete = True
    return data[end + 4 :]


# -- lines ---------------------------------------------------------------------------------------------------------


def _lines(block: bytes) -> list[str]:
    """The lines of a head, the first being no field. A line may still have anything in it but its own end."""
    try:
        lines = block.decode().split("\r\n")
    except UnicodeDecodeError:
        lines = [_text(line) for line in block.split(_LINE_END)]
    if len(lines) > MAX_FIELDS:
        raise ProtocolError(f"the response has more than {MAX_FIELDS} headers")
    return lines


def _text(value: bytes) -> str:
    """Values are UTF-8 in S3's metadata, and Latin-1 by the letter of HTTP."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _read_fields(store: dict[str, tuple[str, str]], lines: list[str]) -> int | None:
    """Put the fields of all lines but the first into ``store``; the length of the body, if they give one."""
    names = _names
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        known = names.get(name)
        if known is None or not colon:
            if line[:1] in (" ", "\t"):
                store.clear()
                return _read_fields(store, _unfolded(lines))
            known = _name(name, colon, line)
        # In printable text the space is the only white space.
        value = value.strip() if value.isprintable() else _checked(value)
        key = known[0]
        if key in store:
            store[key] = (store[key][0], f"{store[key][1]}, {value}")
        else:
            store[key] = (known[1], value)
    if "transfer-encoding" in store:
        _check_coding(store)
    elif "content-length" in store:
        value = store["content-length"][1]
        if value.isdigit() and value.isascii() and len(value) <= _MAX_DIGITS:
            return int(value)
        return _length(store, value)
    return None


def _checked(value: str) -> str:
    """A value that has more than ASCII in it, or a tab. Raises ``ProtocolError`` for control characters (RFC 9110 5.5)."""
    if any((character < " " and character != "\t") or character == "\x7f" for character in value):
        raise ProtocolError(f"the response has a control character, or a bare CR or LF, in {value[:60]!r}")
    return value.strip(_WHITE)


def _check_coding(store: dict[str, tuple[str, str]]) -> None:
    if "content-length" in store:
        # One of the two is what somebody between believed: RFC 9112 6.3, rule 3.
        raise ProtocolError("the response has both Content-Length and Transfer-Encoding")
    coding = store["transfer-encoding"][1]
    if coding.lower() != "chunked":
        raise ProtocolError(
            f"the response has the transfer encoding {coding[:60]!r}; only 'chunked' is supported"
        )


def _length(store: dict[str, tuple[str, str]], value: str) -> int:
    """A length that is given several times, which is one if it is always the same (RFC 9110 8.6)."""
    lengths = {length.strip(_WHITE) for length in value.split(",")}
    length = lengths.pop()
    if lengths or not (length.isdigit() and length.isascii() and len(length) <= _MAX_DIGITS):
        raise ProtocolError(f"the response has the length {value[:60]!r}, which is no number")
    store["content-length"] = (store["content-length"][0], length)
    return int(length)


def _unfolded(lines: list[str]) -> list[str]:
    """Lines that begin with white space go on with the one before (RFC 9112 5.2)."""
    whole = [lines[0]]
    for number, line in enumerate(lines[1:]):
        if line[:1] not in (" ", "\t"):
            whole.append(line)
        elif number == 0:
            raise ProtocolError("the response's first header goes on with a line that is not there")
        else:
            whole[-1] = f"{whole[-1]} {line.lstrip(_WHITE)}"
    return whole


# Names of headers as they come, with the lower case. A service sends the same ones again and again.
_names: dict[str, tuple[str, str]] = {}
_NAMES_KEPT = 1000


def _name(name: str, colon: str, line: str) -> tuple[str, str]:
    if not colon or not name or not _TOKEN.issuperset(name):
        raise ProtocolError(f"the response has a line that is no header: {line[:60]!r}")
    if len(_names) >= _NAMES_KEPT:
        _names.clear()
    known = _names[name] = (name.lower(), name)
    return known


# Status lines as they come: the status, and whether the connection persists by default.
_status_lines: dict[str, tuple[int, bool]] = {}
_STATUS_LINES_KEPT = 100


def _status_line(line: str) -> tuple[int, bool]:
    version, digits = line[7:8], line[9:12]
    if (
        line[:7] != "HTTP/1."
        or not (version.isascii() and version.isdigit())
        or line[8:9] != " "
        or not (len(digits) == 3 and digits.isascii() and digits.isdigit())
        or line[12:13] not in ("", " ")
        or digits[0] == "0"
    ):
        raise _not_http(line)
    _checked(line)
    if len(_status_lines) >= _STATUS_LINES_KEPT:
        _status_lines.clear()
    # HTTP/1.0 has no persistence that everybody understands alike (RFC 9112 C.2.2).
    known = _status_lines[line] = (int(digits), version != "0")
    return known


def _not_http(found: bytes | str) -> ProtocolError:
    return ProtocolError(f"the response is not HTTP/1.1: it begins with {found[:60]!r}")
