"""One request, one response, one connection that is known to be clean, or closed: sync and async, plain and TLS."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sotalia import exceptions
from sotalia.runtime import drive
from sotalia.transport import TransportOptions
from sotalia.transport.http import sync_transport
from sotalia.transport.request_body import CHUNK
from sotalia.transport.response_reader import MAX_EXTENSIONS, MAX_HEAD, MAX_INTERIM, MAX_TRAILERS
from tests.client_kinds import Kind
from tests.transport.conftest import Peer
from tests.transport.servers import OK, Connection
from tests.transport.test_faults import callers, prepared  # noqa: F401 - a fixture

FORGED = b'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nETag: "forged"\r\n\r\nforged'


def response(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join([*lines, b"", body])


def naming(
    connection: Connection, extra: Callable[[Connection], None], *, first: bytes | None = None
) -> None:
    """Respond with the path that was asked for, and do something else after the first response."""
    head, _ = connection.request()
    connection.send(first or response(head.split()[1]))
    extra(connection)
    while True:
        head, _ = connection.request()
        connection.send(response(head.split()[1]))


class Script:
    """A server whose first connection does something wrong, and tells when it has."""

    def __init__(self, wrong: Callable[[Connection], None]) -> None:
        self.wrong = wrong
        self.connections = 0
        self.done = threading.Event()

    def __call__(self, connection: Connection) -> None:
        self.connections += 1
        if self.connections > 1:
            naming(connection, lambda _: None)
        try:
            self.wrong(connection)
        finally:
            self.done.set()


# -- nobody gets another's response --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "extra",
    [FORGED, b"\r\n", b"x", FORGED[:20], b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"],
    ids=["a response", "an empty line", "a byte", "half a head", "a timeout"],
)
@pytest.mark.parametrize("way", ["one packet", "packets at once", "later"])
@pytest.mark.parametrize("stream_output", [False, True])
def test_what_nobody_asked_for_is_dropped_with_its_connection(
    callers: Any,  # noqa: F811
    peer: Peer,
    extra: bytes,
    way: str,
    stream_output: bool,
) -> None:
    received = threading.Event()

    def wrong(connection: Connection) -> None:
        connection.request()
        if way == "one packet":
            connection.send(response(b"mine") + extra)
        else:
            connection.send(response(b"mine"))
            if way == "later":
                assert received.wait(10)
            connection.send(extra)
        script.done.set()
        connection.request()
        connection.send(response(b"another's"))

    script = Script(wrong)
    caller = callers(**peer.options)
    with peer.serving(script) as address:
        first = caller.send(prepared("GET", f"{address}/mine", stream_output=stream_output))
        assert (caller.read(first) if stream_output else first.content) == b"mine"
        assert "etag" not in first.headers
        received.set()
        assert script.done.wait(10)
        assert caller.send(prepared("GET", f"{address}/second")).content == b"/second"
    assert script.connections == 2


def test_a_response_after_a_refusal_is_not_merged_into_it(callers: Any, peer: Peer) -> None:  # noqa: F811
    def wrong(connection: Connection) -> None:
        connection.request()
        connection.send(response(b"<Error/>", b"X-Refused: 1", status=b"403 Forbidden") + FORGED)

    with peer.serving(Script(wrong)) as address:
        refused = callers(**peer.options).send(prepared("PUT", f"{address}/", data=b"data"))
    assert (refused.status_code, refused.content) == (403, b"<Error/>")
    assert "etag" not in refused.headers
    assert refused.headers["x-refused"] == "1"


@pytest.mark.parametrize("length", [4096, 1_000_000])
def test_a_large_body_with_more_behind_it(callers: Any, peer: Peer, length: int) -> None:  # noqa: F811
    body = os.urandom(length)

    def wrong(connection: Connection) -> None:
        connection.request()
        connection.send(response(body) + FORGED * 1000)

    caller = callers(**peer.options)
    script = Script(wrong)
    with peer.serving(script) as address:
        first = caller.send(prepared("GET", f"{address}/", stream_output=True))
        assert caller.read(first) == body
        assert script.done.wait(10)
        assert caller.send(prepared("GET", f"{address}/second")).content == b"/second"


def test_session_tickets_do_not_cost_the_connection(callers: Any, peer: Peer) -> None:  # noqa: F811
    caller = callers(**peer.options)
    with peer.serving(lambda connection: naming(connection, lambda _: None)) as address:
        for number in range(3):
            assert caller.send(prepared("GET", f"{address}/{number}")).content == b"/%d" % number
        assert caller.transport.pool.opened == 1


def test_half_a_record_of_tls_is_no_response(peer: Peer) -> None:
    """Sync only: asyncio keeps what it has of a record to itself."""
    if peer.context is None:
        pytest.skip("records are TLS's")

    def wrong(connection: Connection) -> None:
        connection.request()
        connection.send(response(b"mine"))
        # The beginning of a record of 64 bytes, written beside OpenSSL.
        with socket.socket(fileno=os.dup(connection.raw.fileno())) as raw:
            raw.send(b"\x17\x03\x03\x00\x40" + b"x" * 10)
        script.done.set()
        connection.raw.recv(1)

    script = Script(wrong)
    transport = sync_transport(TransportOptions(**peer.options))
    with peer.serving(script) as address:
        assert drive(transport.send(prepared("GET", f"{address}/"))).content == b"mine"
        assert script.done.wait(10)
        assert drive(transport.send(prepared("GET", f"{address}/second"))).content == b"/second"
        drive(transport.aclose())


# -- what may have been processed is an attempt --------------------------------------------------------------------


def test_a_request_that_left_is_not_sent_again(callers: Any, peer: Peer) -> None:  # noqa: F811
    requests = []

    def handle(connection: Connection) -> None:
        head, _ = connection.request()
        requests.append(head.split()[1])
        connection.send(OK)
        head, _ = connection.request()
        requests.append(head.split()[1])  # The work is done, and then the connection dies.

    caller = callers(**peer.options)
    with peer.serving(handle) as address:
        caller.send(prepared("GET", f"{address}/1"))
        with pytest.raises(exceptions.ConnectionClosedError):
            caller.send(prepared("POST", f"{address}/2", data=b"update"))
    assert requests == [b"/1", b"/2"]


@pytest.mark.parametrize(("attempts", "sent"), [(1, 1), (3, 2)])
@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_a_lost_connection_is_an_attempt(
    client_kind: Kind, peer: Peer, attempts: int, sent: int, mode: str
) -> None:
    updates = []

    def handle(connection: Connection) -> None:
        for _ in range(2):
            head, _ = connection.request()
            if b"UpdateItem" in head:
                updates.append(head)
                if len(updates) == 1:
                    return
            connection.send(response(b"{}", b"Content-Type: application/x-amz-json-1.0"))

    from sotalia.config import Config

    with peer.serving(handle) as address:
        config = Config(retries={"total_max_attempts": attempts, "mode": mode})
        client = client_kind.client("dynamodb", endpoint_url=address, config=config, **peer.options)
        events: list[int] = []
        client.raw.meta.events.register(
            "needs-retry.dynamodb.UpdateItem", lambda attempts, **_: events.append(attempts)
        )
        client.list_tables()
        update = {"TableName": "t", "Key": {"pk": {"S": "a"}}}
        if attempts == 1:
            with pytest.raises(exceptions.ConnectionClosedError):
                client.update_item(**update)
        else:
            assert client.update_item(**update)["ResponseMetadata"]["RetryAttempts"] == 1
    assert len(updates) == sent
    assert events == list(range(1, sent + 1))


def test_a_connection_that_takes_no_byte_is_replaced(callers: Any, monkeypatch: Any) -> None:  # noqa: F811
    """Nobody can have processed a request of which nothing left."""
    caller = callers()
    with Peer("http", None, None).serving(lambda connection: naming(connection, lambda _: None)) as address:
        caller.send(prepared("GET", f"{address}/1"))
        (idle,) = next(iter(caller.transport.pool._idle.values()))
        monkeypatch.setattr(type(idle), "is_stale", lambda self: False)
        if hasattr(idle, "socket"):
            idle.socket.shutdown(socket.SHUT_WR)
        else:
            idle.transport.abort()
        body = iter([b"one", b"two"])
        again = caller.send(prepared("PUT", f"{address}/2", data=body))
        assert again.content == b"/2"
        assert caller.transport.pool.opened == 2


@contextlib.contextmanager
def released_at_end(event: threading.Event) -> Iterator[None]:
    try:
        yield
    finally:
        event.set()


# -- limits --------------------------------------------------------------------------------------------------------

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200_000,
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 2_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * (MAX_HEAD + 1) + b"\r\nContent-Length: 0\r\n\r\n",
        HINTS * (MAX_INTERIM + 1) + OK,
        (b"HTTP/1.1 100 Continue\r\nX: " + b"y" * (MAX_HEAD // 8) + b"\r\n\r\n") * 9 + OK,
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + OK,
        CHUNKED + b"1;" + b"e" * 1_000_000,
        CHUNKED + (b"1;" + b"e" * 2000 + b"\r\nx\r\n") * (MAX_EXTENSIONS // 2000 + 1) + b"0\r\n\r\n",
        CHUNKED + b"0\r\nX: " + b"t" * (MAX_TRAILERS + 1) + b"\r\n\r\n",
        CHUNKED + b"0\r\n" + b"X: t\r\n" * 100_000,
        CHUNKED + b"f" * 100,
        CHUNKED + b"-1\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n",
        b"\x16\x03\x01\x00\x02" * 10,
        b"SSH-2.0-OpenSSH_9.6\r\n",
    ],
    ids=lambda sent: f"{sent[:20]!r}, {len(sent)} bytes",
)
def test_whatever_a_peer_sends_is_our_error(callers: Any, peer: Peer, sent: bytes) -> None:  # noqa: F811
    """At once: the server goes on to hold the connection open."""
    released = threading.Event()

    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(sent)
        released.wait(10)

    caller = callers(**peer.options)
    with peer.serving(handle) as address, released_at_end(released):
        request = prepared("GET", f"{address}/", stream_output=True)
        with pytest.raises(exceptions.ConnectionClosedError):
            caller.read(caller.send(request))


def test_a_small_head_and_a_large_body_in_one_packet(callers: Any) -> None:  # noqa: F811
    body = b"x" * (2 * MAX_HEAD)
    with Peer("http", None, None).serving(
        lambda connection: naming(connection, lambda _: None, first=response(body))
    ) as address:
        assert callers().send(prepared("GET", f"{address}/")).content == body


def test_trailers_do_not_become_headers(callers: Any, peer: Peer) -> None:  # noqa: F811
    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(CHUNKED + b'2\r\nok\r\n0\r\nETag: "forged"\r\n\r\n')

    with peer.serving(handle) as address:
        found = callers(**peer.options).send(prepared("GET", f"{address}/"))
    assert found.content == b"ok"
    assert "etag" not in found.headers


# -- requests that did not go out whole ----------------------------------------------------------------------------


def test_a_refused_body_ends_the_connection(callers: Any, peer: Peer) -> None:  # noqa: F811
    def wrong(connection: Connection) -> None:
        connection.head()
        connection.send(response(b"no", status=b"403 Forbidden"))
        connection.request()
        connection.send(response(b"another's"))

    script = Script(wrong)
    caller = callers(**peer.options)
    with peer.serving(script) as address:
        refused = prepared("PUT", f"{address}/", data=b"body", headers={"Expect": "100-continue"})
        assert caller.send(refused).status_code == 403
        assert caller.send(prepared("GET", f"{address}/second")).content == b"/second"


def test_other_interim_responses_do_not_ask_for_the_body(callers: Any, peer: Peer) -> None:  # noqa: F811
    seen = []

    def handle(connection: Connection) -> None:
        connection.head()
        connection.send(HINTS)
        connection.send(response(b"no", status=b"403 Forbidden"))
        seen.append(connection.raw.recv(100))

    with peer.serving(handle) as address:
        request = prepared("PUT", f"{address}/", data=b"body", headers={"Expect": "100-continue"})
        assert callers(**peer.options).send(request).status_code == 403
    assert seen in ([b""], [])


@pytest.mark.parametrize("reads_on", [False, True])
@pytest.mark.parametrize("make", [lambda: bytes(30_000_000), lambda: io.BytesIO(bytes(30_000_000))])
def test_an_early_response_ends_the_connection(callers: Any, peer: Peer, reads_on: bool, make: Any) -> None:  # noqa: F811
    """The server says no after the head, and reads on, or does not; either way nobody waits."""
    over = threading.Event()
    received = []

    def wrong(connection: Connection) -> None:
        connection.head()
        connection.send(response(b"big", status=b"413 Too Large"))
        while reads_on and (data := connection.raw.recv(65536)):
            received.append(len(data))
        over.wait(10)

    caller = callers(**peer.options)
    with peer.serving(Script(wrong)) as address:
        large = caller.send(prepared("PUT", f"{address}/", data=make()))
        assert (large.status_code, large.content) == (413, b"big")
        assert caller.send(prepared("GET", f"{address}/second")).content == b"/second"
        over.set()
    assert sum(received) < 30_000_000


# -- bodies of responses after their end ---------------------------------------------------------------------------


def test_a_finished_body_never_touches_the_next_conversation(callers: Any, peer: Peer) -> None:  # noqa: F811
    caller = callers(**peer.options)
    with peer.serving(lambda connection: naming(connection, lambda _: None)) as address:
        first = caller.send(prepared("GET", f"{address}/first", stream_output=True))
        assert caller.read(first) == b"/first"
        second = caller.send(prepared("GET", f"{address}/second", stream_output=True))
        assert caller.transport.pool.opened == 1
        assert caller.read(first) == b""
        first.raw.set_socket_timeout(0.000001)
        first.raw.close()
        del first
        assert caller.read(second) == b"/second"
        assert caller.transport.pool.idle == 1


def test_a_body_given_up_in_the_middle_ends_the_connection(callers: Any, peer: Peer) -> None:  # noqa: F811
    def handle(connection: Connection) -> None:
        while True:
            connection.request()
            # More than one call of recv takes, which would be the end of the body.
            connection.send(response(b"x" * 4 * CHUNK))

    caller = callers(**peer.options)
    with peer.serving(handle) as address:
        for end in ("close", "drop"):
            found = caller.send(prepared("GET", f"{address}/", stream_output=True))
            assert caller.run(found.raw.take(5)) == b"xxxxx"
            if end == "close":
                found.raw.close()
                assert caller.read(found) == b""
            del found
        assert caller.transport.pool.idle == 0


def test_two_threads_read_one_body(peer: Peer) -> None:
    """Each byte once, to one of them, and none of the next conversation's."""
    body = bytes(range(256)) * 8000
    go = threading.Event()

    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(response(body)[: len(body) // 2])
        go.wait(10)
        connection.send(response(body)[len(body) // 2 :])
        naming(connection, lambda _: None)

    transport = sync_transport(TransportOptions(read_timeout=10, **peer.options))
    with peer.serving(handle) as address:
        found = drive(transport.send(prepared("GET", f"{address}/", stream_output=True)))
        parts: list[bytes] = []

        def read() -> None:
            while data := found.raw.read(1000):
                parts.append(data)

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        go.set()
        for thread in threads:
            thread.join()
        assert sum(map(len, parts)) == len(body)
        assert sorted(b"".join(parts)) == sorted(body)
        assert drive(transport.send(prepared("GET", f"{address}/second"))).content == b"/second"
        assert transport.pool.opened == 1
        drive(transport.aclose())


def test_closing_wakes_a_thread_that_reads(peer: Peer) -> None:
    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome")
        connection.raw.recv(1)

    transport = sync_transport(TransportOptions(read_timeout=60, **peer.options))
    with peer.serving(handle) as address:
        found = drive(transport.send(prepared("GET", f"{address}/", stream_output=True)))
        assert found.raw.read(4) == b"some"
        results: list[Any] = []

        def read() -> None:
            try:
                results.append(found.raw.read(4))
            except exceptions.BotoCoreError as error:
                results.append(type(error).__name__)

        thread = threading.Thread(target=read)
        thread.start()
        while not found.raw._turn.locked():
            pass
        found.raw.close()
        thread.join(10)
        assert not thread.is_alive()
        assert results[0] in (b"", "ConnectionClosedError", "SSLError")
        drive(transport.aclose())


def test_two_tasks_cannot_read_one_body() -> None:
    import asyncio

    from sotalia.transport.http import asyncio_transport

    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsome")
        connection.raw.recv(1)

    async def scenario(address: str) -> None:
        transport = asyncio_transport(TransportOptions(read_timeout=10))
        found = await transport.send(prepared("GET", f"{address}/", stream_output=True))
        first = asyncio.ensure_future(found.raw.take())
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="another task is reading"):
            await found.raw.take()
        first.cancel()
        await transport.aclose()

    with Peer("http", None, None).serving(handle) as address:
        asyncio.run(scenario(address))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_body_open_at_a_fork_does_not_share_its_connection(tmp_path: Path) -> None:
    go = threading.Event()

    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsome")
        go.wait(10)
        connection.send(b"more")
        naming(connection, lambda _: None)

    transport = sync_transport(TransportOptions(read_timeout=10))
    with Peer("http", None, None).serving(handle) as address:
        found = drive(transport.send(prepared("GET", f"{address}/", stream_output=True)))
        child = os.fork()
        if not child:
            status = 1
            try:
                go.set()
                found.raw.read()
                status = 0 if transport.pool.idle == 0 else 2
            finally:
                os._exit(status)
        go.set()
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in (0, 1)
        found.raw.close()
        drive(transport.aclose())
