"""An S3 that keeps nothing: it swallows what is put and gives zeros. A process of its own, a thread a connection."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator

from benchmarks.server import serve_forever

LARGE = 200 * 1024**2
SMALL = 16 * 1024
TINY = 4 * 1024
_ETAG = b'"5d41402abc4b2a76b9719d911017c592"'
_HEADERS = (
    b"x-amz-request-id: 4442587FB7D0A2F9\r\nDate: Tue, 24 Nov 2026 02:33:47 GMT\r\n"
    b"Last-Modified: Tue, 24 Nov 2026 02:33:47 GMT\r\nAccept-Ranges: bytes\r\nServer: AmazonS3\r\nETag: "
    + _ETAG
    + b"\r\n"
)
_CREATED = b"<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId></InitiateMultipartUploadResult>"
_COMPLETED = b"<CompleteMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><ETag>e</ETag></CompleteMultipartUploadResult>"
_CONTENT = memoryview(bytes(LARGE))


def _answer(head: bytes) -> tuple[bytes, memoryview | bytes]:
    """Head and body of the answer: objects are large, tiny or small, as their key says."""
    method, target, _ = head.split(b"\r\n", 1)[0].split(b" ")
    size = LARGE if b"large" in target else TINY if b"tiny" in target else SMALL
    status, extra, body = b"200 OK", b"", _CONTENT[:0]
    if method == b"GET":
        body = _CONTENT[:size]
        wanted = re.search(rb"\r\nrange: bytes=(\d+)-(\d*)", head, re.IGNORECASE)
        if wanted:
            first, last = int(wanted[1]), int(wanted[2] or size - 1)
            last = min(last, size - 1)
            status, extra = b"206 Partial Content", b"Content-Range: bytes %d-%d/%d\r\n" % (first, last, size)
            body = _CONTENT[first : last + 1]
    elif method == b"POST":
        body = memoryview(_CREATED if b"uploads" in target else _COMPLETED)
    length = size if method == b"HEAD" else len(body)
    return b"HTTP/1.1 %b\r\n%b%bContent-Length: %d\r\n\r\n" % (status, _HEADERS, extra, length), body


def _swallowed(data: bytes) -> None:
    """What becomes of a body."""


def requests(connection: socket.socket, take: Callable[[bytes], None] = _swallowed) -> Iterator[bytes]:
    """The heads of the requests of a connection; ``take`` is given their bodies, piece by piece, before."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    scratch = bytearray(1024**2)
    data = b""
    while True:
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return
            data += more
        head, _, data = data.partition(b"\r\n\r\n")
        if b"100-continue" in head.lower():
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
        left = int(length[1]) - len(data) if length else 0
        take(data)
        while left > 0:
            count = connection.recv_into(scratch, min(left, len(scratch)))
            if take is not _swallowed:
                take(scratch[:count])
            left -= count
        data = b""
        yield head


def _serve(connection: socket.socket) -> None:
    for head in requests(connection):
        start, body = _answer(head)
        connection.sendall(start)
        if body:
            connection.sendall(body)


if __name__ == "__main__":
    serve_forever(_serve)
