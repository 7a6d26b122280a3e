"""Injected failures beside real ones: a server that really breaks off, and a fault of a server that is well, look the same."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.config import Config
from sotalia.fault_injection import (
    Fault,
    bad_gateway,
    connection_closed,
    connection_refused,
    cut_body,
    dns_failure,
    empty_body,
    read_timeout,
    reset_before,
    throttle,
    tls_error,
)
from tests.client_kinds import KEYS, Kind
from tests.transport.servers import Connection, answering, certificate, serving

CONFIG = Config(
    retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=0.2, connect_timeout=5
)
WELL = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000
_PAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    b"</body>\r\n</html>\r\n"
)
_SLOW_DOWN = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message>'
    b"<RequestId>R</RequestId><HostId>H</HostId></Error>"
)


def silent(connection: Connection) -> None:
    connection.request()
    connection.raw.settimeout(5)
    connection.raw.recv(1)  # Until the client has enough.


def closing(connection: Connection) -> None:
    connection.request()


def resetting(connection: Connection) -> None:
    connection.request()
    connection.reset()


def saying(data: bytes) -> Callable[[Connection], None]:
    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(data)

    return handle


def _http(status: str, body: bytes) -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status.encode(), len(body), body)


# What a server really does, the fault that stands for it, and the method that is called.
PAIRS: dict[str, tuple[Callable[[Connection], None], Fault, str]] = {
    "nothing comes": (silent, read_timeout(), "head_object"),
    "closed": (closing, connection_closed(), "head_object"),
    "reset": (resetting, reset_before(), "head_object"),
    "cut in memory": (saying(WELL[:-500]), cut_body(), "list_objects_v2"),
    "cut stream": (saying(WELL[:-500]), cut_body(), "get_object"),
    "cut chunks": (
        saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\n" + b"x" * 500 + b"\r\n"),
        cut_body(chunked=True),
        "get_object",
    ),
    "empty": (saying(_http("200 OK", b"")), empty_body(), "list_objects_v2"),
    "502": (saying(_http("502 Bad Gateway", _PAGE)), bad_gateway(), "list_objects_v2"),
    "slow down": (saying(_http("503 Slow Down", _SLOW_DOWN)), throttle(), "list_objects_v2"),
    "slow down, stream": (saying(_http("503 Slow Down", _SLOW_DOWN)), throttle(), "get_object"),
    "slow down, head": (saying(_http("503 Slow Down", b"")), throttle(), "head_object"),
}


def seen(client: Any, method: str) -> tuple[Any, ...]:
    """What a caller can tell of a failure: bytes that came, classes, the text without the port."""
    arguments = {"Bucket": "b"} if method == "list_objects_v2" else {"Bucket": "b", "Key": "k"}
    received = b""
    try:
        result = getattr(client, method)(**arguments)
        if "Body" in result:
            received = result["Body"].read(500)
            result["Body"].read()
    except Exception as error:
        cause = getattr(error, "kwargs", {}).get("error")
        text = re.sub(r":\d{4,5}\b", ":PORT", str(error))
        return received, type(error), text, type(cause), str(cause), type(error.__cause__)
    return received, None


@pytest.mark.parametrize("name", PAIRS)
def test_the_same_is_seen(client_kind: Kind, name: str) -> None:
    handle, fault, method = PAIRS[name]
    with serving(handle) as port:
        real = seen(client_kind.client("s3", endpoint_url=f"http://127.0.0.1:{port}", config=CONFIG), method)
    with serving(answering(WELL)) as port:
        client = client_kind.client("s3", endpoint_url=f"http://127.0.0.1:{port}", config=CONFIG)
        with sotalia.faults(fault) as faults:
            injected = seen(client, method)
    assert len(faults.fired) == 1
    assert real[1] is not None
    assert injected == real


def test_nobody_listens(client_kind: Kind) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        client = client_kind.client("s3", endpoint_url=url, config=CONFIG)
        real = seen(client, "head_object")
        with sotalia.faults(connection_refused()):
            injected = seen(client, "head_object")
    assert injected[:4] == real[:4]
    assert injected[5] is real[5] is ConnectionRefusedError


def test_a_name_that_nobody_has(client_kind: Kind) -> None:
    client = client_kind.client("s3", endpoint_url="http://nobody.invalid:8080", config=CONFIG)
    real = seen(client, "head_object")
    with sotalia.faults(dns_failure()):
        injected = seen(client, "head_object")
    assert injected[:4] == real[:4]
    assert injected[5] is real[5] is socket.gaierror


def test_a_certificate_of_nobody(client_kind: Kind, tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    with serving(answering(WELL), context) as port:
        session = client_kind.session(**KEYS)
        client = client_kind.client("s3", session, endpoint_url=f"https://127.0.0.1:{port}", config=CONFIG)
        real = seen(client, "head_object")
        with sotalia.faults(tls_error()):
            injected = seen(client, "head_object")
    # The line of OpenSSL's source stands behind.
    assert injected[1:2] == real[1:2]
    assert real[2].startswith(injected[2])
    assert injected[5] is real[5]
