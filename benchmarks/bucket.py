"""An S3 with one bucket that never changes: 10,000 small objects below ``small/``, one large one, nothing else.

What is put is swallowed, what is deleted stays, so that each program of :mod:`benchmarks.command_line` finds the same. A
process of its own, a thread a connection.
"""

from __future__ import annotations

import hashlib
import re
import socket
from collections.abc import Callable, Iterable
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from benchmarks.server import serve_forever
from benchmarks.storage import requests

COUNT = 10_000
SMALL = 4096
LARGE = 1024**3
_ZEROS = memoryview(bytes(8 * 1024**2))
_ETAGS = {SMALL: hashlib.md5(bytes(SMALL)).hexdigest(), LARGE: f"{'0' * 32}-128"}
_MODIFIED = "Tue, 24 Nov 2026 02:33:47 GMT"
_HEADERS = (
    f"x-amz-request-id: 4442587FB7D0A2F9\r\nDate: {_MODIFIED}\r\nServer: AmazonS3\r\nAccept-Ranges: bytes\r\n"
)
_KEYS = [f"small/{number % 100:02d}/{number:05d}.bin" for number in range(COUNT)]
_SORTED = sorted(_KEYS)
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def listing(
    query: dict[str, list[str]], keys: Iterable[str], content: Callable[[str], tuple[int, str]]
) -> bytes:
    """A page of ListObjectsV2 or of its predecessor. ``keys``: sorted · ``content``: size and ETag of a key."""
    prefix, delimiter = query.get("prefix", [""])[0], query.get("delimiter", [""])[0]
    after = query.get("continuation-token", query.get("marker", [""]))[0]
    most = int(query.get("max-keys", ["1000"])[0])
    contents: list[str] = []
    prefixes: list[str] = []
    last = ""
    goes_on = False
    for key in keys:
        if not key.startswith(prefix) or key <= after:
            continue
        end = key.find(delimiter, len(prefix)) if delimiter else -1
        if end >= 0 and prefixes and prefixes[-1] == key[: end + 1]:
            continue
        goes_on = len(contents) + len(prefixes) == most
        if goes_on:
            break
        if end >= 0:
            prefixes.append(key[: end + 1])
            # What follows the keys with this prefix comes after it.
            last = prefixes[-1] + chr(0x10FFFF)
            continue
        last = key
        size, etag = content(key)
        contents.append(
            f"<Contents><Key>{quote(key)}</Key><LastModified>2026-11-24T02:33:47.000Z</LastModified><ETag>&quot;{etag}"
            f"&quot;</ETag><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        )
    more = (
        f"<NextContinuationToken>{escape(last)}</NextContinuationToken><NextMarker>{quote(last)}</NextMarker>"
        if goes_on
        else ""
    )
    common = "".join(f"<CommonPrefixes><Prefix>{quote(one)}</Prefix></CommonPrefixes>" for one in prefixes)
    return (
        f'{XML}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix>{quote(prefix)}</Prefix>'
        f"<KeyCount>{len(contents) + len(prefixes)}</KeyCount><MaxKeys>{most}</MaxKeys><EncodingType>url</EncodingType>"
        f"<IsTruncated>{str(goes_on).lower()}</IsTruncated>{more}{''.join(contents)}{common}</ListBucketResult>"
    ).encode()


def _post(query: dict[str, list[str]]) -> bytes:
    if "delete" in query:
        return f"{XML}<DeleteResult/>".encode()
    name = "InitiateMultipartUploadResult" if "uploads" in query else "CompleteMultipartUploadResult"
    inside = "<Bucket>bucket</Bucket><Key>large</Key><UploadId>u</UploadId><ETag>e-1</ETag>"
    return f"{XML}<{name}>{inside}</{name}>".encode()


def _answer(head: bytes, etag: str) -> tuple[str, int | bytes]:
    """The head of the answer, and its body, as so many zeros or as it is."""
    method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
    parts = urlsplit(target)
    query = parse_qs(parts.query, keep_blank_values=True)
    key = unquote(parts.path).removeprefix("/bucket").removeprefix("/")
    if method == "PUT":
        return f'200 OK\r\nETag: "{etag}"', b""
    if method == "DELETE":
        return "204 No Content", b""
    if method == "POST":
        return "200 OK\r\nContent-Type: application/xml", _post(query)
    if not key:
        return "200 OK\r\nContent-Type: application/xml", listing(
            query, _SORTED, lambda _: (SMALL, _ETAGS[SMALL])
        )
    if not key.endswith(("large", ".bin")):
        return "404 Not Found", 0
    size = LARGE if key.endswith("large") else SMALL
    extra = f'ETag: "{_ETAGS[size]}"\r\nLast-Modified: {_MODIFIED}\r\nContent-Type: binary/octet-stream'
    wanted = re.search(rb"\r\nrange: bytes=(\d+)-(\d*)", head, re.IGNORECASE)
    if wanted is None:
        return f"200 OK\r\n{extra}", size
    first, last = int(wanted[1]), min(int(wanted[2] or size - 1), size - 1)
    return (
        f"206 Partial Content\r\n{extra}\r\nContent-Range: bytes {first}-{last}/{size}",
        last + 1 - first,
    )


def _serve(connection: socket.socket) -> None:
    # One program compares the ETag of a small object with the MD5 of what it sent.
    pieces: list[bytes] = []

    def take(data: bytes) -> None:
        if sum(map(len, pieces)) <= SMALL:
            pieces.append(data)

    for head in requests(connection, take):
        start, body = _answer(head, hashlib.md5(b"".join(pieces)).hexdigest())
        pieces.clear()
        count = body if isinstance(body, int) else len(body)
        connection.sendall(f"HTTP/1.1 {start}\r\n{_HEADERS}Content-Length: {count}\r\n\r\n".encode())
        if head.startswith(b"HEAD "):
            continue
        if isinstance(body, bytes):
            connection.sendall(body)
            continue
        while count > 0:
            connection.sendall(_ZEROS[: min(count, len(_ZEROS))])
            count -= len(_ZEROS)


if __name__ == "__main__":
    serve_forever(_serve)
