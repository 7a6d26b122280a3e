"""Servers that behave as a test wants: each connection is handed, raw, to a function of the test."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any

Handle = Callable[["Connection"], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Connection:
    """One accepted connection: ``request()`` reads a whole request, ``send`` answers."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.data = b""

    def head(self) -> bytes:
        while b"\r\n\r\n" not in self.data:
            more = self.raw.recv(65536)
            if not more:
                raise ConnectionError("closed")
            self.data += more
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        return bytes(head)

    def take(self, count: int) -> bytes | bytearray:
        if len(self.data) >= count:
            found, self.data = self.data[:count], self.data[count:]
            return bytes(found)
        # One copy of a large body: tests bound the memory of this process.
        body = bytearray(count)
        size = len(self.data)
        body[:size] = self.data
        self.data = b""
        with memoryview(body) as view:
            while size < count:
                received = self.raw.recv_into(view[size:], min(count - size, 65536))
                if not received:
                    raise ConnectionError("closed")
                size += received
        return bytes(body) if count < 2**20 else body

    def body(self, head: bytes) -> bytes:
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if headers.get(b"transfer-encoding") == b"chunked":
            parts = []
            while True:
                line = b""
                while not line.endswith(b"\r\n"):
                    line += self.take(1)
                size = int(line, 16)
                parts.append(self.take(size))
                self.take(2)
                if size == 0:
                    return b"".join(parts)
        return self.take(int(headers.get(b"content-length", b"0")))

    def request(self) -> tuple[bytes, bytes]:
        head = self.head()
        return head, self.body(head)

    def send(self, data: bytes) -> None:
        self.raw.sendall(data)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.raw.close()


@contextmanager
def serving(handle: Handle, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[int]:
    """Serve on a free port until the end of the block; gives the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, 0), family=family, backlog=64)
    open_sockets: list[Any] = []
    threads: list[threading.Thread] = []

    def run(raw: Any) -> None:
        connection = Connection(raw)
        try:
            if context is not None:
                connection.raw = context.wrap_socket(raw, server_side=True)
                open_sockets.append(connection.raw)
            handle(connection)
        except (OSError, ConnectionError):
            pass
        finally:
            connection.raw.close()

    def accept() -> None:
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            open_sockets.append(raw)
            threads.append(threading.Thread(target=run, args=(raw,), daemon=True))
            threads[-1].start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        # Threads that still read from a descriptor would read from, or write to, whatever has its number next.
        for raw in open_sockets:
            with suppress(OSError):
                socket.socket.shutdown(raw, socket.SHUT_RDWR)  # That of TLS sockets forgets TLS.
        for one in threads:
            one.join(2)
        for raw in open_sockets:
            raw.close()


def answering(response: bytes = OK) -> Handle:
    """Answer every request alike, on one connection for as long as it lasts."""

    def handle(connection: Connection) -> None:
        while True:
            connection.request()
            connection.send(response)

    return handle


def certificate(folder: Path, host: str = "127.0.0.1") -> tuple[Path, ssl.SSLContext]:
    """A certificate for a host that signs itself, and the context of a server that has it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sotalia tests")])
    alternative: Any = (
        x509.IPAddress(ip_address(host)) if host[0].isdigit() or ":" in host else x509.DNSName(host)
    )
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = folder / "key.pem"
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, secret)
    return path, context
