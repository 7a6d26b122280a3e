"""The transport against servers that misbehave, on real sockets, sync and async."""

from __future__ import annotations

import asyncio
import io
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sotalia import exceptions
from sotalia.transport import TransportOptions
from sotalia.transport.http import HTTPTransport, asyncio_transport, sync_transport
from sotalia.transport.messages import AWSPreparedRequest, AWSRequest
from tests.client_kinds import Kind
from tests.transport.servers import OK, Connection, answering, certificate, serving


class Caller:
    """A transport of one client_kind, and how to make a request with it."""

    def __init__(self, client_kind: Kind, **options: Any) -> None:
        self._client_kind = client_kind
        self.transport = self.run(self._make(TransportOptions(**options)))

    async def _make(self, options: TransportOptions) -> HTTPTransport:
        return asyncio_transport(options) if self._client_kind.is_async else sync_transport(options)

    def run(self, work: Any) -> Any:
        if self._client_kind.is_async:
            return self._client_kind.run(work)
        from sotalia.runtime import drive

        return drive(work)

    def send(self, request: AWSPreparedRequest) -> Any:
        return self.run(self.transport.send(request))

    def get(self, port: int, path: str = "/", **arguments: Any) -> Any:
        return self.send(prepared("GET", f"http://127.0.0.1:{port}{path}", **arguments))

    def read(self, response: Any) -> bytes:
        data: bytes = self.run(response.raw.take())
        return data


def prepared(method: str, url: str, **arguments: Any) -> AWSPreparedRequest:
    context = arguments.pop("context", {})
    request = AWSRequest(method=method, url=url, **arguments)
    request.context = context
    return request.prepare()


@pytest.fixture
def callers(client_kind: Kind) -> Iterator[Any]:
    made: list[Caller] = []

    def make(**options: Any) -> Caller:
        made.append(Caller(client_kind, **{"connect_timeout": 5, "read_timeout": 5, **options}))
        return made[-1]

    yield make
    for caller in made:
        pool = caller.transport.pool
        caller.run(caller.transport.aclose())
        assert pool.in_use == 0, "a connection was not given back"


def test_connections_are_reused(callers: Any) -> None:
    caller = callers()
    with serving(answering()) as port:
        for _ in range(3):
            assert caller.get(port).content == b"ok"
        assert caller.transport.pool.opened == 1


def test_a_connection_closed_while_idle_is_replaced(callers: Any) -> None:
    closed = threading.Event()

    def once(connection: Connection) -> None:
        connection.request()
        connection.send(OK)
        connection.raw.close()
        closed.set()

    caller = callers()
    with serving(once) as port:
        for _ in range(3):
            assert caller.get(port).status_code == 200
            assert closed.wait(10)
            closed.clear()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", exceptions.ConnectionClosedError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", exceptions.ConnectionClosedError),
        (b"HTTP/1.1 200 OK\r\nContent-Le", exceptions.ConnectionClosedError),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal", exceptions.ConnectionClosedError),
        (b"SSH-2.0-OpenSSH_9.6\r\n", exceptions.ConnectionClosedError),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 600_000, exceptions.ConnectionClosedError),
    ],
    ids=["nothing", "half a body", "half a head", "half a chunk", "not HTTP", "endless head"],
)
def test_broken_answers_are_errors(callers: Any, answer: bytes, error: type[Exception]) -> None:
    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(answer)

    with serving(handle) as port, pytest.raises(error, match=f"http://127.0.0.1:{port}/"):
        callers().get(port)


def test_a_reset_is_an_error(callers: Any) -> None:
    def handle(connection: Connection) -> None:
        connection.request()
        connection.reset()

    with serving(handle) as port, pytest.raises(exceptions.ConnectionClosedError):
        callers().get(port)


def test_a_silent_server_is_a_timeout(callers: Any) -> None:
    def handle(connection: Connection) -> None:
        connection.request()
        connection.raw.recv(1)

    with serving(handle) as port:
        with pytest.raises(exceptions.ReadTimeoutError):
            callers(read_timeout=0.05).get(port)
        with pytest.raises(exceptions.ReadTimeoutError):
            callers().get(port, context={"read_timeout": 0.05})


def test_a_body_that_stops_is_a_timeout_of_the_read(callers: Any) -> None:
    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome")
        connection.raw.recv(1)

    caller = callers(read_timeout=0.05)
    with serving(handle) as port:
        response = caller.get(port, stream_output=True)
        with pytest.raises(exceptions.ReadTimeoutError):
            caller.read(response)


def test_nobody_listens(callers: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(exceptions.EndpointConnectionError, match=f'"http://127.0.0.1:{port}/"'):
        callers().get(port)


def test_nobody_of_that_name(callers: Any) -> None:
    with pytest.raises(exceptions.EndpointConnectionError):
        callers().send(prepared("GET", "http://no-such-host.invalid/"))


def test_a_full_queue_is_a_connect_timeout(callers: Any) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(8)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        try:
            with pytest.raises(exceptions.ConnectTimeoutError):
                callers(connect_timeout=0.2).get(port)
        finally:
            for one in waiting:
                one.close()


# -- bodies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Length: 5", b"hello"),
        (b"Transfer-Encoding: chunked", b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
        (b"Connection: close", b"hello"),
    ],
)
def test_bodies_end_in_three_ways(callers: Any, head: bytes, body: bytes) -> None:
    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + body)

    with serving(handle) as port:
        assert callers().get(port).content == b"hello"
        caller = callers()
        assert caller.read(caller.get(port, stream_output=True)) == b"hello"


@pytest.mark.parametrize(
    ("method", "status"), [("HEAD", b"200 OK"), ("GET", b"204 No Content"), ("GET", b"304 Not Modified")]
)
def test_some_answers_have_no_body(callers: Any, method: str, status: bytes) -> None:
    caller = callers()
    length = b"" if status.startswith(b"204") else b"Content-Length: 9\r\n"
    with serving(answering(b"HTTP/1.1 " + status + b"\r\n" + length + b"\r\n")) as port:
        for _ in range(2):
            response = caller.send(prepared(method, f"http://127.0.0.1:{port}/"))
            assert response.content == b""
        assert caller.transport.pool.opened == 1


def test_a_body_in_answer_to_head_is_no_content_and_ends_the_connection(callers: Any) -> None:
    caller = callers()
    with serving(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong")) as port:
        for _ in range(2):
            assert caller.send(prepared("HEAD", f"http://127.0.0.1:{port}/")).content == b""
        assert caller.transport.pool.opened == 2


def echo(connection: Connection) -> None:
    while True:
        head, body = connection.request()
        kind = b"chunked" if b"chunked" in head.lower() else b"length"
        connection.send(
            b"HTTP/1.1 200 OK\r\nX-Kind: %b\r\nContent-Length: %d\r\n\r\n%b" % (kind, len(body), body)
        )


class Pipe:
    """A file that can be read once."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self._data.read(size)


LARGE = bytes(range(256)) * 4096


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: b"bytes", "length"),
        (lambda: "text ü", "length"),
        (lambda: bytearray(b"array"), "length"),
        (lambda: io.BytesIO(LARGE), "length"),
        (lambda: Pipe(LARGE), "chunked"),
        (lambda: (LARGE[n : n + 1000] for n in range(0, len(LARGE), 1000)), "chunked"),
    ],
    ids=["bytes", "text", "bytearray", "file", "pipe", "generator"],
)
def test_bodies_go_out(callers: Any, make: Any, kind: str) -> None:
    caller = callers()
    expected = make()
    if hasattr(expected, "read"):
        expected = expected.read()
    elif isinstance(expected, str):
        expected = expected.encode()
    elif not isinstance(expected, bytes | bytearray):
        expected = b"".join(expected)
    with serving(echo) as port:
        response = caller.send(prepared("PUT", f"http://127.0.0.1:{port}/", data=make()))
    assert response.content == expected
    assert response.headers["x-kind"] == kind


def test_a_body_that_can_be_read_once_cannot_be_sent_again() -> None:
    request = prepared("PUT", "http://localhost/", data=Pipe(b"x"))
    with pytest.raises(exceptions.UnseekableStreamError):
        request.reset_stream()


# -- 100-continue --------------------------------------------------------------------------------------------------


def expecting(port: int) -> AWSPreparedRequest:
    return prepared("PUT", f"http://127.0.0.1:{port}/", data=b"body", headers={"Expect": "100-continue"})


def test_the_body_follows_the_word_continue(callers: Any) -> None:
    def handle(connection: Connection) -> None:
        while True:
            head = connection.head()
            assert connection.data == b""
            connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.body(head)
            connection.send(OK)

    caller = callers()
    with serving(handle) as port:
        for _ in range(2):
            assert caller.send(expecting(port)).content == b"ok"
        assert caller.transport.pool.opened == 1


def test_a_refusal_spares_the_body(callers: Any) -> None:
    received = []

    def handle(connection: Connection) -> None:
        connection.head()
        connection.send(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
        received.append(connection.raw.recv(100))

    with serving(handle) as port:
        assert callers().send(expecting(port)).status_code == 403
    assert received in ([b""], [])


def test_silence_is_consent(callers: Any) -> None:
    with serving(echo) as port:
        assert callers().send(expecting(port)).content == b"body"


def test_early_refusal_of_a_large_body_is_the_answer(callers: Any) -> None:
    def handle(connection: Connection) -> None:
        connection.head()
        connection.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
        connection.raw.shutdown(socket.SHUT_WR)
        while connection.raw.recv(65536):
            pass

    with serving(handle) as port:
        response = callers().send(prepared("PUT", f"http://127.0.0.1:{port}/", data=io.BytesIO(LARGE * 8)))
    assert response.status_code == 413


# -- TLS and proxies -----------------------------------------------------------------------------------------------


def test_tls_is_verified(callers: Any, tmp_path: Path) -> None:
    bundle, context = certificate(tmp_path)
    with serving(answering(), context) as port:
        url = f"https://127.0.0.1:{port}/"
        with pytest.raises(exceptions.SSLError, match="certificate"):
            callers().send(prepared("GET", url))
        trusting = callers(verify=str(bundle))
        for _ in range(2):
            assert trusting.send(prepared("GET", url)).content == b"ok"
        assert trusting.transport.pool.opened == 1
        assert callers(verify=False).send(prepared("GET", url)).content == b"ok"


def test_tls_names_are_checked(callers: Any, tmp_path: Path) -> None:
    bundle, context = certificate(tmp_path, "elsewhere.example")
    with serving(answering(), context) as port, pytest.raises(exceptions.SSLError):
        callers(verify=str(bundle)).send(prepared("GET", f"https://127.0.0.1:{port}/"))


def test_a_missing_bundle_is_named(callers: Any, tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    with serving(answering(), context) as port, pytest.raises(Exception, match=r"/nowhere/ca\.pem"):
        callers(verify="/nowhere/ca.pem").send(prepared("GET", f"https://127.0.0.1:{port}/"))


def test_a_proxy_forwards_plain_requests(callers: Any) -> None:
    seen = []

    def handle(connection: Connection) -> None:
        head, _ = connection.request()
        seen.append(head)
        connection.send(OK)

    with serving(handle) as port:
        caller = callers(proxies={"http": f"http://user:secret@127.0.0.1:{port}"})
        assert caller.send(prepared("GET", "http://service.example/path?q=1")).content == b"ok"
    assert seen[0].startswith(b"GET http://service.example/path?q=1 HTTP/1.1\r\nHost: service.example\r\n")
    assert b"Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=" in seen[0]


def test_a_proxy_tunnels_tls(callers: Any, tmp_path: Path) -> None:
    bundle, context = certificate(tmp_path)
    heads = []

    def tunnel(connection: Connection) -> None:
        heads.append(connection.head())
        connection.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        inner = context.wrap_socket(connection.raw, server_side=True)
        connection.raw = inner
        heads.append(connection.request()[0])
        connection.send(OK)

    with serving(tunnel) as port:
        caller = callers(verify=str(bundle), proxies={"https": f"http://user:secret@127.0.0.1:{port}"})
        assert caller.send(prepared("GET", "https://127.0.0.1:9/inside")).content == b"ok"
    assert heads[0].startswith(b"CONNECT 127.0.0.1:9 HTTP/1.1\r\n")
    assert b"Basic dXNlcjpzZWNyZXQ=" in heads[0]
    assert heads[1].startswith(b"GET /inside HTTP/1.1\r\n")
    assert b"Proxy-Authorization" not in heads[1]


def test_a_proxy_that_refuses_is_named_without_its_password(callers: Any) -> None:
    def refuse(connection: Connection) -> None:
        connection.head()
        connection.send(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

    with serving(refuse) as port:
        caller = callers(proxies={"https": f"http://user:secret@127.0.0.1:{port}"})
        with pytest.raises(exceptions.ProxyConnectionError) as caught:
            caller.send(prepared("GET", "https://service.example/"))
    assert f"127.0.0.1:{port}" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "secret" not in repr(caller.transport._destinations)


# -- what users hand in --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b"])
def test_line_breaks_in_headers_are_refused(callers: Any, value: str) -> None:
    with pytest.raises(exceptions.ParamValidationError, match="'X-Mine'"):
        callers().send(prepared("GET", "http://127.0.0.1:9/", headers={"X-Mine": value}))


def test_line_breaks_in_addresses_are_refused(callers: Any) -> None:
    with pytest.raises(exceptions.ParamValidationError, match="address"):
        callers().send(prepared("GET", "http://127.0.0.1:9/a\r\nX: y"))


def test_secrets_do_not_show(callers: Any) -> None:
    request = prepared(
        "GET", "http://h/", headers={"Authorization": "S1", "X-Amz-Security-Token": "S2", "A": "b"}
    )
    assert "S1" not in repr(request)
    assert "S2" not in repr(request)
    assert "'A': b'b'" in repr(request)


# -- asynchronous only: what cannot happen to a thread -------------------------------------------------------------


def test_cancelling_a_read_closes_the_connection() -> None:
    def handle(connection: Connection) -> None:
        while True:
            connection.request()
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
            loop.call_soon_threadsafe(asked.set)
            connection.raw.recv(1)

    asked = asyncio.Event()
    loop: Any = None

    async def scenario(port: int) -> None:
        nonlocal loop
        loop = asyncio.get_running_loop()
        transport = asyncio_transport(TransportOptions(read_timeout=30))
        task = asyncio.ensure_future(transport.send(prepared("GET", f"http://127.0.0.1:{port}/")))
        await asyncio.wait_for(asked.wait(), 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (transport.pool.in_use, transport.pool.idle) == (0, 0)
        await transport.aclose()

    with serving(handle) as port:
        asyncio.run(scenario(port))


def test_closing_ends_what_is_in_flight() -> None:
    def handle(connection: Connection) -> None:
        connection.request()
        loop.call_soon_threadsafe(asked.set)
        connection.raw.recv(1)

    asked = asyncio.Event()
    loop: Any = None

    async def scenario(port: int) -> None:
        nonlocal loop
        loop = asyncio.get_running_loop()
        transport = asyncio_transport(TransportOptions(read_timeout=30))
        task = asyncio.ensure_future(transport.send(prepared("GET", f"http://127.0.0.1:{port}/")))
        await asyncio.wait_for(asked.wait(), 5)
        await transport.aclose()
        with pytest.raises(RuntimeError, match="closed"):
            await task
        with pytest.raises(RuntimeError, match="closed"):
            await transport.send(prepared("GET", f"http://127.0.0.1:{port}/"))
        assert transport.pool.in_use == 0

    with serving(handle) as port:
        asyncio.run(scenario(port))


def test_the_pool_is_bounded() -> None:
    concurrent = []
    most = []

    def handle(connection: Connection) -> None:
        while True:
            connection.request()
            concurrent.append(1)
            most.append(len(concurrent))
            connection.send(OK)
            concurrent.pop()

    async def scenario(port: int) -> None:
        transport = asyncio_transport(TransportOptions(max_pool_connections=3))
        answers = await asyncio.gather(
            *(transport.send(prepared("GET", f"http://127.0.0.1:{port}/")) for _ in range(30))
        )
        assert [answer.content for answer in answers] == [b"ok"] * 30
        assert transport.pool.opened <= 3
        assert len(most) == 30
        assert max(most) <= 3
        await transport.aclose()

    with serving(handle) as port:
        asyncio.run(scenario(port))
