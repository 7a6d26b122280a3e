"""A server that answers at once: what is measured then is the client. One process of its own, a thread a connection."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from types import TracebackType

HEADERS = (
    "x-amz-request-id: 4442587FB7D0A2F9\r\nx-amz-id-2: vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQjryTjKlc5aLWGVHPZLj5NeC6qMa0emYB\r\n"
    "Date: Tue, 24 Nov 2026 02:33:47 GMT\r\nServer: AmazonS3\r\n"
)
OBJECT = 'ETag: "5d41402abc4b2a76b9719d911017c592"\r\nLast-Modified: Tue, 24 Nov 2026 02:33:47 GMT\r\nContent-Type: binary/octet-stream\r\n'


def listing(count: int) -> bytes:
    """A page of ListObjectsV2 as S3 writes it."""
    contents = "".join(
        f"<Contents><Key>folder/sub/key-{n:06d}.txt</Key><LastModified>2026-11-24T02:33:47.000Z</LastModified>"
        f"<ETag>&quot;5d41402abc4b2a76b9719d911017c592&quot;</ETag><ChecksumAlgorithm>CRC32</ChecksumAlgorithm>"
        f"<ChecksumType>FULL_OBJECT</ChecksumType><Size>{n}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for n in range(count)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>bucket</Name><Prefix></Prefix><KeyCount>{count}</KeyCount><MaxKeys>1000</MaxKeys>"
        f"<IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>{contents}</ListBucketResult>"
    ).encode()


ITEM = (
    b'{"Item":{"id":{"S":"user-1"},"name":{"S":"Ada Lovelace"},"age":{"N":"36"},"tags":{"SS":["a","b","c"]},'
    b'"address":{"M":{"street":{"S":"Main"},"zip":{"N":"12345"}}},"active":{"BOOL":true}}}'
)


def _response(body: bytes, extra: str = "", *, head: bool = False) -> bytes:
    start = f"HTTP/1.1 200 OK\r\n{HEADERS}{extra}Content-Length: {len(body)}\r\n\r\n".encode()
    return start if head else start + body


ANSWERS = {
    b"HEAD": _response(b"x" * 4096, OBJECT, head=True),
    b"PUT": _response(b"", OBJECT),
    b"POST": _response(ITEM, "x-amzn-RequestId: ABC\r\nContent-Type: application/x-amz-json-1.0\r\n"),
    b"list": _response(listing(1000), "Content-Type: application/xml\r\n"),
    b"GET": _response(b"x" * 4096, OBJECT),
}


def _serve(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    data = b""
    while True:
        while b"\r\n\r\n" not in data:
            more = connection.recv(262144)
            if not more:
                return
            data += more
        head, _, data = data.partition(b"\r\n\r\n")
        lower = head.lower()
        if b"expect: 100-continue" in lower:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        length = 0
        if b"content-length: " in lower:
            length = int(lower.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        while len(data) < length:
            data += connection.recv(262144)
        data = data[length:]
        method = head.split(b" ", 1)[0]
        connection.sendall(ANSWERS[b"list" if b"list-type" in head.split(b"\r\n", 1)[0] else method])


def serve_forever(serve: Callable[[socket.socket], None]) -> None:
    """Hand each connection to ``serve`` in a thread, until killed; the port is printed first."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


class Server:
    """A server in a process of its own, the module that is run; ``with`` gives its address."""

    def __init__(self, module: str = "benchmarks.server", *arguments: str) -> None:
        self._command = [sys.executable, "-m", module, *arguments]

    def __enter__(self) -> str:
        self._process = subprocess.Popen(
            self._command,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for who started it, which ends it.
        )
        assert self._process.stdout is not None
        try:
            return f"http://127.0.0.1:{self._process.stdout.readline().strip()}"
        except BaseException:
            self._process.kill()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()


if __name__ == "__main__":
    serve_forever(_serve)
