"""The head of a request as it goes over the wire."""

from __future__ import annotations

import pytest

from sotalia import exceptions
from sotalia.transport.http11 import request_head
from sotalia.transport.messages import AWSPreparedRequest, HeadersDict


def head(headers: dict[str, object], extra: bytes = b"") -> list[bytes]:
    request = AWSPreparedRequest("GET", "http://h/k", HeadersDict(headers), None, False)
    written = request_head(request, "/k?a=b", "h:8000", extra)
    assert written.endswith(b"\r\n\r\n")
    return written[:-4].split(b"\r\n")


START = [b"GET /k?a=b HTTP/1.1", b"Host: h:8000", b"Accept-Encoding: identity"]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, START),
        ({"X-A": b"1", "x-b": "2"}, [*START, b"X-A: 1", b"x-b: 2"]),
        ({"X-Empty": b"", "X-A": b"1"}, [*START, b"X-Empty: ", b"X-A: 1"]),
        ({"X-Number": 7, "X-Text": "é"}, [*START, b"X-Number: 7", "X-Text: é".encode()]),
        ({"X-A": b"1", "host": b"other"}, [START[0], b"Host: other", START[2], b"X-A: 1"]),
        ({"accept-encoding": "gzip", "X-A": b"1"}, [*START[:2], b"accept-encoding: gzip", b"X-A: 1"]),
    ],
)
def test_lines(headers: dict[str, object], expected: list[bytes]):
    assert head(headers) == expected


def test_a_line_of_our_own_stands_last():
    assert head({"X-A": b"1"}, b"Proxy-Authorization: x\r\n") == [
        *START,
        b"X-A: 1",
        b"Proxy-Authorization: x",
    ]


@pytest.mark.parametrize("bad", ["\r", "\n", "\0", "\r\nX-More: 1"])
@pytest.mark.parametrize("place", ["name", "value", "host", "encoding"])
def test_a_line_that_would_end_early_is_refused_every_time(place: str, bad: str):
    headers = {
        "name": {f"X-A{bad}": b"1"},
        "value": {"X-A": f"1{bad}".encode()},
        "host": {"Host": f"h{bad}"},
        "encoding": {"Accept-Encoding": f"gzip{bad}"},
    }[place]
    for _ in range(2):
        with pytest.raises(exceptions.ParamValidationError, match="line break"):
            head(headers)
