"""A small S3 on a real socket, whose connections stay open: what is injected must leave them as they should be."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sotalia.testing import AsyncManualRuntime, ManualRuntime
from sotalia.transport.http import asyncio_transport, sync_transport
from tests.client_kinds import KEYS, Connecting, Kind

#: More than arrives at once, so that a connection that is given back in the middle of it would carry the rest into the next call.
OBJECT = bytes(range(256)) * 2048
LISTING = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Any

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""

    def _respond(self, body: bytes) -> None:
        self.server.seen.append(f"{self.command} {self.path}")
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"e"')
        self.end_headers()
        try:
            self.wfile.write(b"" if self.command == "HEAD" else body)
        except OSError:
            self.close_connection = True  # The client wants no more of it.

    def do_GET(self) -> None:
        self._respond(LISTING if "list-type" in self.path else OBJECT)

    def do_HEAD(self) -> None:
        self._respond(OBJECT)

    def do_PUT(self) -> None:
        left = int(self.headers.get("Content-Length") or 0)
        while left:
            left -= len(self.rfile.read(left))
        self._respond(
            b"<CopyObjectResult><ETag>e</ETag></CopyObjectResult>"
            if "x-amz-copy-source" in self.headers
            else b""
        )


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is what is tested."""


@contextmanager
def serving() -> Iterator[Any]:
    """The server: ``url``, and ``seen``, the requests that came."""
    server: Any = _Server()
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def connected(client_kind: Kind, url: str, service: str = "s3", **arguments: Any) -> Any:
    """A client with real connections (``client.transport.pool``) and a clock of its own (``client.runtime``)."""
    runtime = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
    connecting = Connecting(asyncio_transport if client_kind.is_async else sync_transport)
    session = client_kind.session(**KEYS, transport=connecting, runtime=runtime)
    client = client_kind.client(service, session, endpoint_url=url, **arguments)
    [client.transport] = connecting.made
    client.runtime = runtime
    return client
