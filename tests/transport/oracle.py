"""Whole conversations read by our reader and by h11: they agree on status, headers, body and reuse, or both refuse.

One generator makes conversations from choices. ``python -m tests.transport.oracle N [SEED]`` has a random generator make
them and compares ``N``; the tests have Hypothesis make them, and send a sample over sockets. Server bytes come in random
pieces, with interim responses, trailers, what nobody asked for, and mistakes; a connection goes on for as long as both
say that it may.
"""

from __future__ import annotations

import itertools
import random
import re
import sys
import time
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import h11

from sotalia.runtime import drive
from sotalia.transport.http11 import Conversation, request_head
from sotalia.transport.messages import AWSPreparedRequest, AWSRequest
from sotalia.transport.response_reader import ProtocolError

T = TypeVar("T")

#: Where we refuse what h11 takes, and why. Nothing else may differ, and never the other way round.
STRICTER = {
    "a line feed alone ends a line": (
        re.compile(rb"(?<!\r)\n"),
        "RFC 9112 2.2 allows it; something in front of the service may read on (response splitting)",
    ),
    "control characters": (
        re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)"),
        "RFC 9110 5.5 and RFC 9112 7.1.1 have none in values and chunk extensions; llhttp refuses them as well",
    ),
    "a length beside chunks": (
        re.compile(rb"(?is)(?=.*content-length\s*:)(?=.*transfer-encoding\s*:)"),
        "RFC 9112 6.3 rule 3: ought to be handled as an error, for it may be an attack",
    ),
    "another major version": (
        re.compile(rb"HTTP/[02-9]"),
        "nobody may speak it to a request of HTTP/1.1 (RFC 9112 2.3)",
    ),
}


# -- what a conversation is made of --------------------------------------------------------------------------------


class Choices(Protocol):
    """Where a generator's decisions come from."""

    def pick(self, options: Sequence[T]) -> T:
        """One of them."""
        ...

    def number(self, low: int, high: int) -> int:
        """From ``low`` to ``high``."""
        ...


class RandomChoices:
    """Decisions of a seeded generator."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._random.random() * len(options))]

    def number(self, low: int, high: int) -> int:
        return low + int(self._random.random() * (high - low + 1))


class Turn:
    """One request, what the server sends for it in which pieces, and whether it closes then."""

    def __init__(
        self, method: str, headers: dict[str, str], body: bytes | None, pieces: list[bytes], closes: bool
    ) -> None:
        self.method = method
        self.headers = headers
        self.body = body
        self.pieces = pieces
        self.closes = closes
        #: After how many pieces of the request the server stops to read, if it does.
        self.breaks_after: int | None = None

    def prepared(self, url: str = "http://service.example/") -> AWSPreparedRequest:
        """The request as our transport takes it; large bodies are sent in pieces."""
        data: Any = self.body
        if self.breaks_after is not None and self.body is not None:
            data = iter([self.body[:3], self.body[3:]])
        headers = {**self.headers, "Content-Length": str(len(self.body))} if self.body else self.headers
        return AWSRequest(self.method, url, headers, data).prepare()

    def __repr__(self) -> str:
        return (
            f"<Turn {self.method} {self.headers} {self.body!r} {self.pieces} closes={self.closes} "
            f"breaks_after={self.breaks_after}>"
        )


_METHODS = ("GET", "GET", "HEAD", "PUT", "PUT", "DELETE")
_STATUS_LINES = (
    (b"HTTP/1.1 200 OK",) * 60
    + (b"HTTP/1.1 204 No Content", b"HTTP/1.1 304 Not Modified", b"HTTP/1.1 206 Partial Content")
    + (
        b"HTTP/1.1 403 Forbidden",
        b"HTTP/1.1 500 Oh no",
        b"HTTP/1.0 200 OK",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 ",
    )
    + (b"HTTP/1.1 205 Reset Content", b"HTTP/1.1 999 Far out", b"HTTP/1.1 408 Request Timeout")
    + (b"HTTP/1.1 101 Switching Protocols", b"HTTP/1.2 200 OK", b"HTTP/1.1 099 Low", b"HTTP/2.0 200 OK")
    + (b"HTTP/1.1  200 OK", b"HTTP/1.1 2000 OK", b"http/1.1 200 OK", b"HTTP/1.1\t200 OK", b"HTTP/1.1 +20 OK")
)
_INTERIM = (
    (b"HTTP/1.1 100 Continue\r\n\r\n",) * 4
    + (b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n",) * 2
    + (b"HTTP/1.1 102 Processing\r\nContent-Length: 5\r\n\r\n", b"HTTP/1.0 100 Continue\r\n\r\n")
    + (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",)
    + (b"HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\n",)
)
_FIELDS = (
    b"Server: AmazonS3",
    b"x-amz-request-id: 4442587FB7D0A2F9",
    b"x-amz-meta-a:b",
    b"X-Empty:",
    b"X-Spaces: \t a  b \t",
    b"Set-Cookie: a=1",
    b"Set-Cookie: b=2",
    "x-amz-meta-u: \u00fc\u4e2d".encode(),
    b"x-amz-meta-l: \xfc",
    b'ETag: "abc"',
    b"Connection: keep-alive",
    b"Connection: x, Close",
    b"Connection: closed",
    b"Connection: upgrade",
    b"Upgrade: h2c",
    b"X-Folded: a\r\n  b\r\n\tc",
    b"Trailer: x-amz-checksum-crc32",
    b"Date: Thu, 26 Nov 2026 00:00:00 GMT",
)
_WRONG_FIELDS = (
    b"no colon",
    b": no name",
    b"Space : before",
    b" Folded: first",
    b"X-Control: a\x01b",
    b"X-Zero: a\x00b",
    b"X-Return: a\rb",
    b"X-Feed: a\nInjected: b",
    b"N\xfcme: value",
    b"Content-Length: -1",
    b"Content-Length: +3",
    b"Content-Length: 0x3",
    b"Content-Length: 3_0",
    b"Content-Length: 1e1",
    b"Content-Length: ",
    b"Content-Length: 3,",
    b"Content-Length: 3, 3",
    b"Content-Length: 3, 4",
    b"Content-Length: 99999999999999999999",
    b"Content-Length: 999999999999999999999",
    b"Content-Length: \xd9\xa3",
    b"Content-Length:\r\n 3",
    b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: chunked, chunked",
    b"Transfer-Encoding: identity",
    b"Transfer-Encoding: Chunked",
    b"Transfer-Encoding: chunked;q=1",
    b"Transfer-Encoding:\r\n chunked",
    b"Transfer-Encoding: ",
)
_BODIES = (
    b"",
    b"a",
    b"abc",
    b"hello, world",
    b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n",
    b"0\r\n\r\n",
    b"x" * 300,
)
_CHUNK_ENDS = (b"\r\n",) * 12 + (
    b";a=b\r\n",
    b';a="b c"\r\n',
    b" \r\n",
    b";\r\n",
    b" ;a\r\n",
    b"\n",
    b";a\nb\r\n",
    b";\x00\r\n",
)
_SIZES = ("%x",) * 8 + ("%X", "0%x", "%05x", "%020x", "%021x", "0x%x", "+%x", "%x_0", " %x", "-%x", "")
_TRAILERS = (b"",) * 6 + (
    b"x-amz-checksum-crc32: AAAAAA==\r\n",
    b"Content-Length: 5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Length: a\r\n",
    b"a: b\r\n c\r\nSet-Cookie: x\r\n",
    b" folded\r\n",
    b"nonsense\r\n",
    b"a\x00: b\r\n",
)
_EXTRAS = (
    (b"",) * 24
    + (b'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nETag: "forged"\r\n\r\nforged', b"\r\n", b"\n", b"x", b"\x00")
    + (
        b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"0\r\n\r\n",
    )
)
_NOISE = (
    b"\r",
    b"\n",
    b"\r\n",
    b"\x00",
    b" ",
    b"\t",
    b":",
    b",",
    b"0",
    b"9",
    b"a",
    b"\xff",
    b"\x7f",
    b";",
    b"H",
    b"-",
)


def make_turn(choices: Choices) -> Turn:
    """One exchange, mostly a right one."""
    pick, number = choices.pick, choices.number
    method = pick(_METHODS)
    body = pick((b"data", b"more data", None)) if method == "PUT" else None
    headers: dict[str, str] = {}
    if number(0, 19) == 0:
        headers["Connection"] = pick(("close", "keep-alive"))
    if body is not None and number(0, 3) == 0:
        headers["Expect"] = "100-continue"
    data = make_response(choices) + pick(_EXTRAS)
    closes = number(0, 7) == 0
    if number(0, 4) == 0:
        data = _mutated(choices, data)
    if number(0, 7) == 0:
        data = data[: number(0, len(data))]
        closes = number(0, 4) > 0
    turn = Turn(method, headers, body, make_pieces(choices, data), closes)
    if body is not None and number(0, 5) == 0 and "Expect" not in headers:
        turn.breaks_after = number(1, 2)
    return turn


def make_response(choices: Choices) -> bytes:
    """Interim responses, a head, and a body in one of the three ways."""
    pick, number = choices.pick, choices.number
    parts = [pick(_INTERIM) for _ in range(pick((0, 0, 0, 0, 0, 1, 2)))]
    lines = [pick(_STATUS_LINES)]
    lines += [pick(_FIELDS) for _ in range(number(0, 4))]
    body = pick(_BODIES)
    framing = number(0, 19)
    if framing < 10:
        lines.insert(number(1, len(lines)), b"Content-Length: %d" % len(body))
        if number(0, 9) == 0:
            lines.append(b"Content-Length: %d" % pick((len(body), len(body) + 1)))
    elif framing < 17:
        lines.insert(number(1, len(lines)), b"Transfer-Encoding: chunked")
        body = _chunked(choices, body)
    elif framing == 17:
        lines.append(b"Connection: close")
    if number(0, 11) == 0:
        lines.insert(number(1, len(lines)), pick(_WRONG_FIELDS))
    end = b"\n" if number(0, 39) == 0 else b"\r\n"
    parts += [end.join(lines), end, end, body]
    return b"".join(parts)


def _chunked(choices: Choices, body: bytes) -> bytes:
    parts = []
    while body:
        size = choices.number(1, len(body))
        shape = choices.pick(_SIZES) if choices.number(0, 9) == 0 else "%x"
        written = (shape % size if "%" in shape else shape).encode()
        end = choices.pick(_CHUNK_ENDS) if choices.number(0, 9) == 0 else b"\r\n"
        parts += [written, end, body[:size], b"\r\n" if choices.number(0, 49) else b"\rx"]
        body = body[size:]
    return b"".join([*parts, b"0", choices.pick(_CHUNK_ENDS), choices.pick(_TRAILERS), b"\r\n"])


def _mutated(choices: Choices, data: bytes) -> bytes:
    """With a byte or two taken away, changed or put in."""
    for _ in range(choices.number(1, 2)):
        at = choices.number(0, len(data))
        kind = choices.number(0, 3)
        noise = choices.pick(_NOISE)
        if kind == 0:
            data = data[:at] + data[at + 1 :]
        elif kind == 1:
            data = data[:at] + noise + data[at:]
        elif kind == 2:
            data = data[:at] + noise + data[at + 1 :]
        else:
            length = choices.number(1, 20)
            data = data[: at + length] + data[at:]
    return data


def make_pieces(choices: Choices, data: bytes) -> list[bytes]:
    """The same bytes whole, one by one, or cut anywhere."""
    way = choices.number(0, 9)
    if way == 0:
        return [data[n : n + 1] for n in range(len(data))]
    if way < 4 or not data:
        return [data] if data else []
    cuts = sorted({choices.number(0, len(data)) for _ in range(choices.number(1, 4))} | {0, len(data)})
    return [data[start:end] for start, end in itertools.pairwise(cuts)]


# -- the two readers -----------------------------------------------------------------------------------------------


class StarvedError(TimeoutError):
    """The server sends nothing more for now."""


class PieceStream:
    """A stream of our transport that gives one piece after another."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.closes = False
        self.sends_left: int | None = None
        self.sent = b""
        self.has_sent = False
        self.is_closed = False

    def play(self, turn: Turn) -> None:
        """What comes next."""
        self.pieces = turn.pieces[::-1]
        self.closes = turn.closes
        self.sends_left = turn.breaks_after

    def set_timeout(self, seconds: float | None) -> None:
        pass

    async def receive(self) -> bytes:
        if self.pieces:
            return self.pieces.pop()
        if self.closes:
            return b""
        raise StarvedError

    async def received_now(self) -> bytes | None:
        return None  # What comes early is tested on sockets.

    async def send(self, data: bytes) -> None:
        if self.sends_left is not None:
            if self.sends_left == 0:
                raise BrokenPipeError
            self.sends_left -= 1
        self.has_sent = True
        self.sent += data

    def close(self) -> None:
        self.is_closed = True

    def is_stale(self) -> bool:
        return bool(self.pieces) or self.closes


class Outcome:
    """What a reader made of a turn: ``kind`` is ``response``, ``refused``, or ``waiting`` for more bytes."""

    __slots__ = ("body", "headers", "is_reusable", "kind", "reason", "status")

    def __init__(self, kind: str, reason: object = "") -> None:
        self.kind = kind
        self.reason = reason
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.is_reusable = False

    def __repr__(self) -> str:
        return (
            f"{self.kind} {self.status} {self.headers} {self.body!r} "
            f"{'reusable' if self.is_reusable else 'to be closed'} {self.reason!r}"
        )


async def _our_turn(stream: PieceStream, turn: Turn) -> Outcome:
    stream.play(turn)
    request = turn.prepared()
    conversation = Conversation(stream)
    try:
        try:
            await conversation.request(request_head(request, "/", "service.example"), request)
        except BrokenPipeError:
            pass
        status, headers = await conversation.response()
        body = await conversation.rest()
    except ProtocolError as error:
        return Outcome("refused", error)
    except StarvedError:
        return Outcome("waiting")
    outcome = Outcome("response")
    outcome.status = status
    outcome.headers = dict(headers.lower_items())
    outcome.body = body
    outcome.is_reusable = conversation.is_reusable and not stream.is_stale()
    return outcome


def _send_to_h11(connection: Any, turn: Turn) -> bool:
    """Send the head, and the body unless it waits for a word; whether it does."""
    headers = [("Host", "service.example"), *turn.headers.items()]
    if turn.method != "GET" and turn.method != "HEAD":
        headers.append(("Content-Length", str(len(turn.body or b""))))
    connection.send(h11.Request(method=turn.method, target="/", headers=headers))
    if "Expect" in turn.headers:
        return True
    if turn.breaks_after is None or turn.breaks_after > 2:
        _finish_h11(connection, turn)
    return False


def _finish_h11(connection: Any, turn: Turn) -> None:
    if turn.body:
        connection.send(h11.Data(data=turn.body))
    connection.send(h11.EndOfMessage())


def _h11_turn(connection: Any, turn: Turn) -> Outcome:
    outcome = Outcome("waiting")
    is_waiting = _send_to_h11(connection, turn)
    pieces = turn.pieces[::-1]
    is_final = False
    try:
        while True:
            event = connection.next_event()
            kind = type(event)
            if kind is h11.InformationalResponse:
                if event.status_code == 100 and is_waiting:
                    # In one piece with the final response, that response counts.
                    is_waiting = False
                    if not _has_response(connection, turn):
                        _finish_h11(connection, turn)
            elif kind is h11.Response:
                is_final = True
                outcome.status = event.status_code
                outcome.headers = _joined(event.headers)
            elif kind is h11.Data:
                outcome.body += bytes(event.data)
            elif kind is h11.EndOfMessage:
                break
            elif event is h11.NEED_DATA:
                if pieces:
                    connection.receive_data(pieces.pop())
                elif turn.closes:
                    connection.receive_data(b"")
                elif is_waiting and not is_final:
                    is_waiting = False
                    _finish_h11(connection, turn)
                else:
                    return outcome
            else:
                return Outcome("refused", event)
    except h11.RemoteProtocolError as error:
        return Outcome("refused", error)
    outcome.kind = "response"
    has_more = bool(connection.trailing_data[0]) or bool(pieces) or turn.closes
    is_done = connection.our_state is h11.DONE and connection.their_state is h11.DONE
    outcome.is_reusable = is_done and not has_more
    return outcome


def _has_response(connection: Any, turn: Turn) -> bool:
    """Whether a whole final head came in the piece that also had the word to go on."""
    data = bytes(connection.trailing_data[0])
    probe = h11.Connection(h11.CLIENT, max_incomplete_event_size=1 << 20)
    probe.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
    probe.receive_data(data)
    try:
        while (event := probe.next_event()) is not h11.NEED_DATA:
            if type(event) is h11.Response:
                return True
    except h11.RemoteProtocolError:
        return False
    return False


def _joined(headers: Any) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in headers:
        key = name.decode()
        try:
            text = value.decode()
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        if key == "transfer-encoding":
            text = text.lower()  # As h11 has it.
        joined[key] = f"{joined[key]}, {text}" if key in joined else text
    return joined


class Pair:
    """One connection, read by both."""

    def __init__(self) -> None:
        self.stream = PieceStream()
        self.h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=1 << 20)
        self.is_open = True

    def turn(self, turn: Turn) -> str | None:
        """Have both read it; in what they differ, ``None`` if in nothing."""
        theirs = _h11_turn(self.h11, turn)
        ours = drive(_our_turn(self.stream, turn))
        self.is_open = ours.is_reusable and theirs.is_reusable
        difference = compare(ours, theirs, turn)
        if self.is_open:
            self.h11.start_next_cycle()
        return difference


def h11_outcome(turn: Turn) -> Outcome:
    """What h11 makes of a turn on a connection of its own."""
    return _h11_turn(h11.Connection(h11.CLIENT, max_incomplete_event_size=1 << 20), turn)


def compare(ours: Outcome, theirs: Outcome, turn: Turn) -> str | None:
    """In what two outcomes differ without a reason, ``None`` if in nothing."""
    if theirs.kind == "response" and ours.kind == "response":
        if "transfer-encoding" in ours.headers:
            ours.headers["transfer-encoding"] = ours.headers["transfer-encoding"].lower()
        same = (
            ours.status == theirs.status
            and ours.headers == theirs.headers
            and ours.body == theirs.body
            and ours.is_reusable == theirs.is_reusable
        )
        return None if same else f"ours: {ours}\nh11:  {theirs}\n{turn}"
    if ours.kind == "response" or (theirs.kind == "response" and not is_stricter(turn)):
        return f"ours: {ours}\nh11:  {theirs}\n{turn}"
    if ours.kind == "waiting" and theirs.kind == "refused" and turn.closes:
        return f"ours: {ours}\nh11:  {theirs}\n{turn}"
    return None


def is_stricter(turn: Turn) -> bool:
    """Whether one of the reasons to refuse more than h11 does holds."""
    data = b"".join(turn.pieces)
    return any(pattern.search(data) for pattern, _ in STRICTER.values())


# -- many ----------------------------------------------------------------------------------------------------------


def run(count: int, seed: int = 0) -> tuple[dict[str, int], list[str]]:
    """Compare so many conversations: how many of which kind there were, and the differences."""
    choices = RandomChoices(seed)
    counts: dict[str, int] = {
        "conversations": 0,
        "connections": 0,
        "responses": 0,
        "reused": 0,
        "only h11 takes": 0,
    }
    differences: list[str] = []
    pair = Pair()
    pair.is_open = False
    while counts["conversations"] < count:
        if not pair.is_open:
            pair = Pair()
            counts["connections"] += 1
        else:
            counts["reused"] += 1
        turn = make_turn(choices)
        theirs = _h11_turn(pair.h11, turn)
        ours = drive(_our_turn(pair.stream, turn))
        counts["conversations"] += 1
        counts["responses"] += ours.kind == "response"
        counts["only h11 takes"] += theirs.kind == "response" != ours.kind
        if difference := compare(ours, theirs, turn):
            differences.append(difference)
        pair.is_open = ours.is_reusable and theirs.is_reusable
        if pair.is_open:
            pair.h11.start_next_cycle()
    return counts, differences


def main() -> int:
    """Print what was compared and every difference."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    started = time.monotonic()
    counts, differences = run(count, seed)
    for difference in differences[:20]:
        print(difference, end="\n\n")
    print(", ".join(f"{number:,} {name}" for name, number in counts.items()))
    print(f"{len(differences):,} differences in {time.monotonic() - started:.0f} s, seed {seed}")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
