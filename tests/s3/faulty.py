"""An S3 of one bucket over real sockets, on which things go wrong at random; the order of what does is seeded."""

from __future__ import annotations

import random
import re
import threading
from urllib.parse import parse_qs, urlsplit

from tests.transport.servers import Connection

RESULT = b"<Result><Bucket>b</Bucket><Key>k</Key><UploadId>%b</UploadId><ETag>e</ETag></Result>"
NO_SUCH_UPLOAD = b"<Error><Code>NoSuchUpload</Code><Message>m</Message></Error>"
SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>m</Message></Error>"


class FaultyS3:
    """Serve with ``serving(store)``. ``share`` of the requests for parts and objects go wrong."""

    def __init__(self, seed: int = 0, share: float = 0.0) -> None:
        self.objects: dict[str, bytes] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.aborted: list[str] = []
        self.faults: list[str] = []
        self._created = 0
        self._random = random.Random(seed)
        self._share = share
        self._lock = threading.Lock()

    def _fault(self) -> str:
        with self._lock:
            if self._random.random() >= self._share:
                return ""
            fault = self._random.choice(["reset", "cut", "slow down"])
            self.faults.append(fault)
            return fault

    def __call__(self, connection: Connection) -> None:
        while True:
            head = connection.head()
            method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
            url = urlsplit(target)
            query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
            fault = self._fault() if method in ("PUT", "GET") else ""
            if method == "PUT" and fault in ("reset", "cut"):
                if fault == "cut" and b"100-continue" in head.lower():
                    connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
                    connection.take(min(1000, self._length(head)))
                connection.reset()
                return
            if b"100-continue" in head.lower():
                connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = connection.body(head)
            if fault == "slow down":
                connection.send(self._answer(503, SLOW_DOWN))
            elif not self._serve(connection, method, url.path, query, head, body, fault):
                return

    @staticmethod
    def _length(head: bytes) -> int:
        found = re.search(rb"content-length: (\d+)", head.lower())
        return int(found[1]) if found else 0

    @staticmethod
    def _answer(status: int, body: bytes = b"", headers: bytes = b"") -> bytes:
        return b'HTTP/1.1 %d X\r\nETag: "e"\r\n%bContent-Length: %d\r\n\r\n%b' % (
            status,
            headers,
            len(body),
            body,
        )

    def _serve(
        self,
        connection: Connection,
        method: str,
        key: str,
        query: dict[str, str],
        head: bytes,
        body: bytes,
        fault: str,
    ) -> bool:
        upload = query.get("uploadId", "")
        with self._lock:
            if method == "POST" and "uploads" in query:
                upload = f"u{self._created}"
                self._created += 1
                self.uploads[upload] = {}
                connection.send(self._answer(200, RESULT % upload.encode()))
            elif method == "POST":
                parts = self.uploads.pop(upload)
                self.objects[key] = b"".join(parts[number] for number in sorted(parts))
                connection.send(self._answer(200, RESULT % b"u"))
            elif method == "DELETE":
                del self.uploads[upload]
                self.aborted.append(upload)
                connection.send(self._answer(204))
            elif method == "PUT":
                if upload and upload not in self.uploads:  # It was aborted while this part was under way.
                    connection.send(self._answer(404, NO_SUCH_UPLOAD))
                    return True
                if upload:
                    self.uploads[upload][int(query["partNumber"])] = body
                else:
                    self.objects[key] = body
                connection.send(self._answer(200))
            else:
                return self._give(connection, method, self.objects[key], head, fault)
        return True

    def _give(self, connection: Connection, method: str, content: bytes, head: bytes, fault: str) -> bool:
        wanted = re.search(rb"\r\nrange: bytes=(\d+)-(\d*)", head.lower())
        status, headers = 200, b""
        if wanted:
            first, last = int(wanted[1]), int(wanted[2] or len(content) - 1)
            headers = b"Content-Range: bytes %d-%d/%d\r\n" % (
                first,
                min(last, len(content) - 1),
                len(content),
            )
            status, content = 206, content[first : last + 1]
        answer = self._answer(status, content, headers)
        if method == "HEAD":
            answer = answer[: len(answer) - len(content)]
        if fault == "reset":
            connection.reset()
            return False
        if fault == "cut":
            connection.send(answer[: -len(content) // 2])
            return False
        connection.send(answer)
        return True
