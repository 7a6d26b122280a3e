"""An S3 with one bucket that keeps what it is given, as files in a folder: enough for what data engines do with it.

HEAD, GET also of ranges, PUT, DELETE, listings, uploads in parts, deletes in bulk. Neither signatures nor checksums are looked
at. Bodies go out by ``sendfile``, so that the server takes little of the CPU that is measured. A process of its own, a thread a
connection: ``python -m benchmarks.objects FOLDER``.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import unescape

from benchmarks.bucket import XML, listing
from benchmarks.server import serve_forever
from benchmarks.storage import requests

_numbers = itertools.count(1)
_lock = threading.Lock()
#: A key's file and its size; files never change.
_objects: dict[str, tuple[Path, int]] = {}
_parts: dict[str, dict[int, Path]] = {}
_KEY = re.compile(rb"<Key>(.*?)</Key>")
_HEADERS = "x-amz-request-id: 4442587FB7D0A2F9\r\nDate: Tue, 24 Nov 2026 02:33:47 GMT\r\nServer: AmazonS3\r\n"


class Connection:
    """A client's connection: what it asks, one after another."""

    def __init__(self, connection: socket.socket, folder: Path) -> None:
        self._connection = connection
        self._folder = folder
        self._file: BinaryIO | None = None

    def serve(self) -> None:
        for head in requests(self._connection, self._take):
            path = self._received()
            try:
                self._answer(head, path)
            except KeyError:
                self._send("404 Not Found", f"{XML}<Error><Code>NoSuchKey</Code></Error>".encode(), head)

    def _take(self, data: bytes) -> None:
        """Write a piece of a request's body into a file of its own."""
        if self._file is None:
            self._file = (self._folder / str(next(_numbers))).open("wb")
        self._file.write(data)

    def _received(self) -> Path:
        if self._file is None:
            self._take(b"")
        assert self._file is not None
        self._file.close()
        path, self._file = Path(self._file.name), None
        return path

    def _answer(self, head: bytes, body: Path) -> None:
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        parts = urlsplit(target)
        query = parse_qs(parts.query, keep_blank_values=True)
        key = unquote(parts.path).removeprefix("/bucket").removeprefix("/")
        answers: dict[str, Callable[..., None]] = {
            "PUT": self._put, "POST": self._post, "DELETE": self._delete, "GET": self._get, "HEAD": self._get,
        }  # fmt: skip
        answers[method](head, key, query, body)
        if method != "PUT":
            body.unlink(missing_ok=True)

    def _put(self, head: bytes, key: str, query: dict[str, list[str]], body: Path) -> None:
        if b"aws-chunked" in head.lower():
            self._send("501 Not Implemented", b"", head)
            return
        with _lock:
            if "partNumber" in query:
                _parts[query["uploadId"][0]][int(query["partNumber"][0])] = body
            elif key:
                _objects[key] = (body, body.stat().st_size)
        self._send(f'200 OK\r\nETag: "{body.name}"', b"", head)

    def _post(self, head: bytes, key: str, query: dict[str, list[str]], body: Path) -> None:
        if "uploads" in query:
            name, upload = "InitiateMultipartUploadResult", str(next(_numbers))
            _parts[upload] = {}
        elif "delete" in query:
            with _lock:
                for found in _KEY.findall(body.read_bytes()):
                    _objects.pop(unescape(found.decode()), None)
            self._send("200 OK", f"{XML}<DeleteResult/>".encode(), head)
            return
        else:
            name, upload = "CompleteMultipartUploadResult", query["uploadId"][0]
            whole = self._folder / str(next(_numbers))
            with _lock, whole.open("wb") as target:
                for _, part in sorted(_parts.pop(upload).items()):
                    with part.open("rb") as source:
                        shutil.copyfileobj(source, target, 1024**2)
                    part.unlink()
                target.flush()
                _objects[key] = (whole, whole.stat().st_size)
        inside = f"<Bucket>bucket</Bucket><Key>k</Key><UploadId>{upload}</UploadId><ETag>e-1</ETag>"
        self._send("200 OK", f"{XML}<{name}>{inside}</{name}>".encode(), head)

    def _delete(self, head: bytes, key: str, query: dict[str, list[str]], body: Path) -> None:
        with _lock:
            if "uploadId" in query:
                _parts.pop(query["uploadId"][0], None)
            else:
                _objects.pop(key, None)
        self._send("204 No Content", b"", head)

    def _get(self, head: bytes, key: str, query: dict[str, list[str]], body: Path) -> None:
        if not key:
            with _lock:
                kept = dict(sorted(_objects.items()))
            page = listing(query, kept, lambda name: (kept[name][1], kept[name][0].name))
            self._send("200 OK\r\nContent-Type: application/xml", page, head)
            return
        path, size = _objects[key]
        wanted = re.search(rb"\r\nrange: bytes=(\d*)-(\d*)", head, re.IGNORECASE)
        first, last, status = 0, size - 1, "200 OK"
        if wanted:
            first = int(wanted[1]) if wanted[1] else max(size - int(wanted[2]), 0)
            last = min(int(wanted[2]), size - 1) if wanted[1] and wanted[2] else size - 1
            if first >= size:
                self._send("416 Requested Range Not Satisfiable", b"", head)
                return
            status = f"206 Partial Content\r\nContent-Range: bytes {first}-{last}/{size}"
        extra = f'ETag: "{path.name}"\r\nAccept-Ranges: bytes\r\nLast-Modified: Tue, 24 Nov 2026 02:33:47 GMT'
        count = last + 1 - first
        self._start(f"{status}\r\n{extra}", count)
        if head.startswith(b"HEAD "):
            return
        with path.open("rb") as file:
            while count:
                sent = os.sendfile(self._connection.fileno(), file.fileno(), first, count)
                first, count = first + sent, count - sent

    def _send(self, status: str, body: bytes, head: bytes) -> None:
        self._start(status, len(body))
        if not head.startswith(b"HEAD "):
            self._connection.sendall(body)

    def _start(self, status: str, length: int) -> None:
        self._connection.sendall(f"HTTP/1.1 {status}\r\n{_HEADERS}Content-Length: {length}\r\n\r\n".encode())


def _serve(connection: socket.socket) -> None:
    try:
        with connection:
            Connection(connection, Path(sys.argv[1])).serve()
    except ConnectionError:
        pass  # A worker was killed.


if __name__ == "__main__":
    serve_forever(_serve)
