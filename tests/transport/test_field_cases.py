"""What the tests of urllib3, http.client, httpcore and curl look for in responses, as one table: sync and async.

Each row: what the server sends for a request, and what becomes of it: status, body, whether the connection is used again;
or ``None``, an error of ours. Written anew from the behaviours those projects guard.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from sotalia import exceptions
from tests.transport.conftest import Peer
from tests.transport.servers import Connection
from tests.transport.test_faults import callers, prepared  # noqa: F401 - a fixture

OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = OK + b"Content-Length: 2\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


class Case(NamedTuple):
    sent: bytes
    expected: tuple[int, bytes, bool] | None
    method: str = "GET"
    closes: bool = False


REUSED, CLOSED = True, False
CASES = {
    # curl: lengths
    "a body as long as announced": Case(LENGTH + b"\r\nok", (200, b"ok", REUSED)),
    "an empty body": Case(OK + b"Content-Length: 0\r\n\r\n", (200, b"", REUSED)),
    "a negative length": Case(OK + b"Content-Length: -1\r\n\r\n", None),
    "a length with a sign": Case(OK + b"Content-Length: +2\r\n\r\nok", None),
    "a length that is no number": Case(OK + b"Content-Length: two\r\n\r\nok", None),
    "a length beyond all integers": Case(OK + b"Content-Length: 1" + b"0" * 30 + b"\r\n\r\nok", None),
    "a length with leading zeros": Case(OK + b"Content-Length: 0002\r\n\r\nok", (200, b"ok", REUSED)),
    "the same length twice": Case(LENGTH + b"Content-Length: 2\r\n\r\nok", (200, b"ok", REUSED)),
    "the same length in a list": Case(OK + b"Content-Length: 2, 2\r\n\r\nok", (200, b"ok", REUSED)),
    "two lengths": Case(LENGTH + b"Content-Length: 3\r\n\r\nok!", None),
    "two lengths in a list": Case(OK + b"Content-Length: 2, 3\r\n\r\nok!", None),
    "a length for the closed connection to break": Case(
        OK + b"Content-Length: 9\r\n\r\nok", None, closes=True
    ),
    # curl, urllib3: more than announced
    "more than announced": Case(LENGTH + b"\r\nok, more", (200, b"ok", CLOSED)),
    "more than nothing": Case(OK + b"Content-Length: 0\r\n\r\nmore", (200, b"", CLOSED)),
    "a second response": Case((LENGTH + b"\r\nok") * 2, (200, b"ok", CLOSED)),
    "an empty line too many": Case(LENGTH + b"\r\nok\r\n", (200, b"ok", CLOSED)),
    # urllib3, http.client: chunks
    "chunks": Case(CHUNKED + b"1\r\no\r\n1\r\nk\r\n0\r\n\r\n", (200, b"ok", REUSED)),
    "sizes in either case": Case(
        CHUNKED + b"A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", (200, b"0123456789" * 2, REUSED)
    ),
    "sizes with zeros before": Case(CHUNKED + b"002\r\nok\r\n000\r\n\r\n", (200, b"ok", REUSED)),
    "extensions": Case(CHUNKED + b"2;name=value\r\nok\r\n0;last\r\n\r\n", (200, b"ok", REUSED)),
    "trailers": Case(CHUNKED + b"2\r\nok\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n", (200, b"ok", REUSED)),
    "trailers that are none": Case(CHUNKED + b"2\r\nok\r\n0\r\nnonsense\r\n\r\n", None),
    "no chunks": Case(CHUNKED + b"0\r\n\r\n", (200, b"", REUSED)),
    "a size that is no number": Case(CHUNKED + b"two\r\nok\r\n0\r\n\r\n", None),
    "a size that is empty": Case(CHUNKED + b"\r\nok\r\n0\r\n\r\n", None),
    "a negative size": Case(CHUNKED + b"-2\r\nok\r\n0\r\n\r\n", None),
    "a size with a prefix": Case(CHUNKED + b"0x2\r\nok\r\n0\r\n\r\n", None),
    "a size that overflows": Case(CHUNKED + b"1" + b"0" * 30 + b"\r\nok", None),
    "a chunk longer than its size": Case(CHUNKED + b"2\r\nok!\r\n0\r\n\r\n", None),
    "chunks without the last": Case(CHUNKED + b"2\r\nok\r\n", None, closes=True),
    "a last chunk without its end": Case(CHUNKED + b"2\r\nok\r\n0\r\n", None, closes=True),
    "a body behind the last chunk": Case(CHUNKED + b"2\r\nok\r\n0\r\n\r\nmore", (200, b"ok", CLOSED)),
    "chunks and a length": Case(LENGTH + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", None),
    "chunks and another coding": Case(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", None),
    "chunks twice": Case(
        OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", None
    ),
    "chunks in capitals": Case(
        OK + b"TRANSFER-ENCODING: CHUNKED\r\n\r\n2\r\nok\r\n0\r\n\r\n", (200, b"ok", REUSED)
    ),
    "a coding nobody knows": Case(OK + b"Transfer-Encoding: xchunked\r\n\r\nok", None),
    # http.client, h11: no body
    "HEAD with a length": Case(LENGTH + b"\r\n", (200, b"", REUSED), "HEAD"),
    "HEAD without one": Case(OK + b"\r\n", (200, b"", REUSED), "HEAD"),
    "HEAD with chunks": Case(CHUNKED, (200, b"", REUSED), "HEAD"),
    "HEAD with a body": Case(LENGTH + b"\r\nok", (200, b"", CLOSED), "HEAD"),
    "204": Case(b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"", REUSED)),
    "204 with a body": Case(b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok", (204, b"", CLOSED)),
    "204 with chunks": Case(
        b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", (204, b"", REUSED)
    ),
    "304 with a length": Case(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 20\r\n\r\n", (304, b"", REUSED)),
    "205 as any other": Case(b"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n", (205, b"", REUSED)),
    # httpcore, urllib3: interim responses
    "100 unasked": Case(b"HTTP/1.1 100 Continue\r\n\r\n" + LENGTH + b"\r\nok", (200, b"ok", REUSED)),
    "100 and 103": Case(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + LENGTH + b"\r\nok",
        (200, b"ok", REUSED),
    ),
    "an interim response with a length": Case(
        b"HTTP/1.1 102 Processing\r\nContent-Length: 5\r\n\r\n" + LENGTH + b"\r\nok", (200, b"ok", REUSED)
    ),
    "101": Case(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", None),
    "an interim response and nothing": Case(b"HTTP/1.1 100 Continue\r\n\r\n", None, closes=True),
    "an offer to upgrade": Case(
        LENGTH + b"Upgrade: h2c\r\nConnection: Upgrade\r\n\r\nok", (200, b"ok", REUSED)
    ),
    # urllib3, curl: whether the connection stays
    "Connection: close": Case(LENGTH + b"Connection: close\r\n\r\nok", (200, b"ok", CLOSED)),
    "close in a list": Case(LENGTH + b"Connection: Upgrade,  CLOSE\r\n\r\nok", (200, b"ok", CLOSED)),
    "close in a second header": Case(
        LENGTH + b"Connection: a\r\nConnection: close\r\n\r\nok", (200, b"ok", CLOSED)
    ),
    "closely": Case(LENGTH + b"Connection: closely\r\n\r\nok", (200, b"ok", REUSED)),
    "keep-alive": Case(
        LENGTH + b"Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\nok", (200, b"ok", REUSED)
    ),
    "HTTP/1.0": Case(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", (200, b"ok", CLOSED)),
    "HTTP/1.0 with keep-alive": Case(
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", (200, b"ok", CLOSED)
    ),
    "a body up to the end": Case(OK + b"\r\nok", (200, b"ok", CLOSED), closes=True),
    # curl, http.client: status lines
    "no reason": Case(b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", (200, b"ok", REUSED)),
    "a reason of other bytes": Case(
        b"HTTP/1.1 200 d\xe9j\xe0\r\nContent-Length: 2\r\n\r\nok", (200, b"ok", REUSED)
    ),
    "a status of two digits": Case(b"HTTP/1.1 20 OK\r\n\r\n", None),
    "a status of four digits": Case(b"HTTP/1.1 2000 OK\r\n\r\n", None),
    "a status below 100": Case(b"HTTP/1.1 099 OK\r\n\r\n", None),
    "no version": Case(b"ICY 200 OK\r\n\r\n", None),
    "HTTP/0.9": Case(b"<html>hello</html>", None, closes=True),
    "HTTP/2": Case(b"HTTP/2 200\r\n\r\n", None),
    "a frame of HTTP/2": Case(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\x00" * 18, None),
    "TLS": Case(b"\x15\x03\x01\x00\x02\x02\x28", None, closes=True),
    "an empty line first": Case(b"\r\n" + LENGTH + b"\r\nok", None),
    "nothing": Case(b"", None, closes=True),
    # http.client, httpcore: headers
    "no white space around a value": Case(LENGTH + b"X:y\r\n\r\nok", (200, b"ok", REUSED)),
    "an empty value": Case(LENGTH + b"X:\r\n\r\nok", (200, b"ok", REUSED)),
    "a folded value": Case(LENGTH + b"X: a\r\n b\r\n\r\nok", (200, b"ok", REUSED)),
    "a folded first header": Case(OK + b" Content-Length: 2\r\n\r\nok", None),
    "white space before the colon": Case(OK + b"Content-Length : 2\r\n\r\nok", None),
    "no colon": Case(LENGTH + b"nonsense\r\n\r\nok", None),
    "no name": Case(LENGTH + b": value\r\n\r\nok", None),
    "a zero byte": Case(LENGTH + b"X: a\x00b\r\n\r\nok", None),
    "a carriage return alone": Case(LENGTH + b"X: a\rY: b\r\n\r\nok", None),
    "a line feed alone": Case(LENGTH + b"X: a\nY: b\r\n\r\nok", None),
    "line feeds only": Case(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", None),
}


@pytest.mark.parametrize("name", CASES)
def test_cases_of_the_field(callers: Any, name: str) -> None:  # noqa: F811
    case = CASES[name]

    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(case.sent)
        if case.closes:
            return
        while True:
            connection.request()
            connection.send(LENGTH + b"\r\nok")

    caller = callers(read_timeout=20)
    with Peer("http", None, None).serving(handle) as address:
        request = prepared(case.method, f"{address}/")
        if case.expected is None:
            with pytest.raises(exceptions.ConnectionClosedError):
                caller.send(request)
            assert caller.transport.pool.idle == 0
            return
        status, body, is_reused = case.expected
        found = caller.send(request)
        assert (found.status_code, found.content) == (status, body)
        assert caller.transport.pool.idle == int(is_reused)
