"""Connections that cannot be opened, are interrupted while they are opened, or become too many: none is lost."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sotalia import exceptions
from sotalia.transport import TransportOptions, http, pool
from sotalia.transport.http import asyncio_transport, sync_transport
from sotalia.transport.tls import tls_context
from tests.client_kinds import Kind
from tests.transport.servers import OK, Connection, answering, certificate, serving
from tests.transport.test_faults import Caller, prepared

ROOT = Path(__file__).resolve().parents[2]
needs_proc = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="descriptors are counted in /proc")


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def callers(client_kind: Kind) -> Iterator[Any]:
    made: list[Caller] = []

    def make(**options: Any) -> Caller:
        made.append(Caller(client_kind, **{"connect_timeout": 5, "read_timeout": 5, **options}))
        return made[-1]

    yield make
    for caller in made:
        caller.run(caller.transport.aclose())
        assert caller.transport.pool.in_use == 0, "a connection was not given back"


def load_context(tls: tuple[Path, ssl.SSLContext]) -> None:
    """Once per setting; what that opens is none of the connection's."""
    tls_context(str(tls[0]), None, "https://127.0.0.1/")


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@contextmanager
def no_descriptor_is_lost(settle: Callable[[], Any]) -> Iterator[None]:
    """Fail when more descriptors are open afterwards; servers of the test get time to close theirs."""
    before = descriptors()
    yield
    for _ in range(200):
        settle()
        if descriptors() <= before:
            return
        time.sleep(0.01)
    raise AssertionError(f"{descriptors() - before} descriptors were not closed")


# -- what goes wrong while a connection is opened ------------------------------------------------------------------


def silent(connection: Connection) -> None:
    while connection.raw.recv(65536):
        pass


def closes(connection: Connection) -> None:
    connection.raw.recv(65536)


def resets(connection: Connection) -> None:
    connection.raw.recv(65536)
    connection.reset()


def says(data: bytes) -> Callable[[Connection], None]:
    def handle(connection: Connection) -> None:
        connection.raw.recv(65536)
        connection.send(data)
        silent(connection)

    return handle


def drips(connection: Connection) -> None:
    connection.raw.recv(65536)
    while True:
        connection.send(b"H")
        time.sleep(0.02)


ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
BROKEN_HANDSHAKES = {
    "closes": closes,
    "resets": resets,
    "no TLS": says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "half a record": says(b"\x16\x03\x03\x40\x00abc"),
    "silent": silent,
}
BROKEN_TUNNELS = {
    "closes": closes,
    "resets": resets,
    "silent": silent,
    "drips": drips,
    "refuses": says(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"),
    "redirects": says(b"HTTP/1.1 302 Found\r\nLocation: https://elsewhere/\r\n\r\n"),
    "no HTTP": says(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "no status": says(b"HTTP/1.1 OK\r\n\r\n"),
    "other version": says(b"HTTP/2 200 OK\r\n\r\n"),
    "much": says(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000),
    "interim ones without end": says(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000),
    "says more": says(ESTABLISHED + b"\x16\x03\x03"),
    "answers itself": says(ESTABLISHED + OK),
    "established, no TLS": says(ESTABLISHED.replace(b"\r\n\r\n", b"\r\nX: y\r\n\r\n")),
}


@needs_proc
@pytest.mark.parametrize("fault", BROKEN_HANDSHAKES)
def test_a_handshake_that_fails_closes_the_connection(
    callers: Any, fault: str, tls: tuple[Path, ssl.SSLContext]
) -> None:
    caller = callers(verify=str(tls[0]), connect_timeout=0.15)
    load_context(tls)
    with no_descriptor_is_lost(lambda: caller.run(asyncio_turn(caller))):
        with serving(BROKEN_HANDSHAKES[fault]) as port:
            with pytest.raises((exceptions.ConnectionError, exceptions.SSLError)) as caught:
                caller.send(prepared("GET", f"https://127.0.0.1:{port}/"))
            assert caller.transport.pool.in_use == 0
        kept = caught  # Its traceback keeps every frame, so nothing is closed by the garbage collector.
    assert kept is caught


@needs_proc
@pytest.mark.parametrize("fault", BROKEN_TUNNELS)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_tunnel_that_fails_closes_the_connection(
    callers: Any, fault: str, scheme: str, tls: tuple[Path, ssl.SSLContext]
) -> None:
    context = tls[1] if scheme == "https" else None
    with serving(BROKEN_TUNNELS[fault], context) as port:
        caller = callers(
            verify=str(tls[0]),
            connect_timeout=0.15 if fault in ("silent", "drips", "established, no TLS") else 5,
            read_timeout=5,
            proxies={"https": f"{scheme}://user:secret@127.0.0.1:{port}"},
        )
        load_context(tls)
        caller.run(asyncio_turn(caller))
        with no_descriptor_is_lost(lambda: caller.run(asyncio_turn(caller))):
            started = time.monotonic()
            with pytest.raises((exceptions.ProxyConnectionError, exceptions.ConnectionError)) as caught:
                caller.send(prepared("GET", "https://127.0.0.1:9/"))
            assert time.monotonic() - started < 4, "a proxy that drips held the call up"
            assert caller.transport.pool.in_use == 0
            assert "secret" not in str(caught.value)
            kept = caught
        assert kept is caught


async def asyncio_turn(caller: Caller) -> None:
    if caller._client_kind.is_async:
        for _ in range(3):
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    "words",
    [b"no access for user:secret", b"dXNlcjpzZWNyZXQ= is wrong", b"s%65cret", b"x" * 90_000],
)
def test_what_a_proxy_says_brings_no_password_into_messages(callers: Any, words: bytes) -> None:
    with serving(says(b"HTTP/1.1 407 " + words[:60_000] + b"\r\n\r\n")) as port:
        caller = callers(proxies={"https": f"http://user:s%65cret@127.0.0.1:{port}"})
        with pytest.raises(exceptions.ProxyConnectionError, match="407") as caught:
            caller.send(prepared("GET", "https://service.example/"))
    assert len(str(caught.value)) < 400
    for secret in ("secret", "dXNlcjpzZWNyZXQ", "s%65cret"):
        assert secret not in str(caught.value)


def test_interim_responses_of_a_proxy_are_passed_over(callers: Any, tls: tuple[Path, ssl.SSLContext]) -> None:
    def tunnel(connection: Connection) -> None:
        connection.head()
        for piece in (b"HTTP/1.1 100 Continue\r\n\r\nHT", b"TP/1.1 200 \r\nA: b\r", b"\n\r", b"\n"):
            connection.send(piece)
            time.sleep(0.01)
        connection.raw = tls[1].wrap_socket(connection.raw, server_side=True)
        answering()(connection)

    with serving(tunnel) as port:
        caller = callers(verify=str(tls[0]), proxies={"https": f"http://127.0.0.1:{port}"})
        assert caller.send(prepared("GET", "https://127.0.0.1:9/")).content == b"ok"


@pytest.mark.parametrize(
    "host",
    ["a..b", "x" * 64 + ".example", "ü" * 64 + ".example", "*.example", "-", "a_b.invalid", "host.invalid."],
)
def test_hosts_that_are_none_are_errors_of_the_connection(callers: Any, host: str) -> None:
    for scheme in ("http", "https"):
        with pytest.raises(exceptions.EndpointConnectionError):
            callers(verify=False).send(prepared("GET", f"{scheme}://{host}/"))


@pytest.mark.parametrize(
    "authority",
    ["", ":80", "user:secret@", "host:port", "host:99999", "host:-1", "host:8_0", "[::1", "[::1]x", "a b", "a\\b", "h:80:90"],
)  # fmt: skip
def test_addresses_that_are_none_are_refused_before_anything_is_opened(callers: Any, authority: str) -> None:
    caller = callers()
    with pytest.raises(ValueError, match="address"):
        caller.send(prepared("GET", f"http://{authority}/"))
    assert caller.transport.pool.opened == 0


def test_user_and_password_of_an_address_do_not_reach_the_host_header(callers: Any) -> None:
    heads: list[bytes] = []

    def handle(connection: Connection) -> None:
        heads.append(connection.request()[0])
        connection.send(OK)

    with serving(handle) as port:
        callers().send(prepared("GET", f"http://User:secret@LOCALHOST:{port}/"))
    assert f"\r\nHost: localhost:{port}\r\n".encode() in heads[0]
    assert b"secret" not in heads[0]


# -- interruptions -------------------------------------------------------------------------------------------------


def full_queue() -> tuple[Any, int]:
    """A port on which nobody can connect: the queue of its listener is full."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    port = listener.getsockname()[1]
    waiting = [socket.socket() for _ in range(8)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", port))
    return [listener, *waiting], port


@contextmanager
def stuck(stage: str, tls: tuple[Path, ssl.SSLContext]) -> Iterator[tuple[str, dict[str, Any]]]:
    """An address, and proxies, with which opening a connection stops at a stage and goes no further."""
    if stage == "connecting":
        held, port = full_queue()
        yield f"http://127.0.0.1:{port}/", {}
        for one in held:
            one.close()
    elif stage == "handshake":
        with serving(silent) as port:
            yield f"https://127.0.0.1:{port}/", {}
    elif stage == "tunnel":
        with serving(silent) as port:
            yield "https://127.0.0.1:9/", {"https": f"http://127.0.0.1:{port}"}
    elif stage == "handshake with a proxy":
        with serving(silent) as port:
            yield "https://127.0.0.1:9/", {"https": f"https://127.0.0.1:{port}"}
    elif stage == "handshake in a tunnel":
        with serving(says(ESTABLISHED)) as port:
            yield "https://127.0.0.1:9/", {"https": f"http://127.0.0.1:{port}"}
    else:
        with serving(says(ESTABLISHED), tls[1]) as port:
            yield "https://127.0.0.1:9/", {"https": f"https://127.0.0.1:{port}"}


STAGES = (
    "connecting",
    "handshake",
    "tunnel",
    "handshake with a proxy",
    "handshake in a tunnel",
    "TLS in TLS",
)


@needs_proc
@pytest.mark.parametrize("stage", STAGES)
def test_an_interrupt_while_connecting_closes_the_socket(
    stage: str, tls: tuple[Path, ssl.SSLContext]
) -> None:
    def interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with stuck(stage, tls) as (url, proxies):
            caller = Caller(_Plain(), verify=str(tls[0]), proxies=proxies)
            load_context(tls)
            with no_descriptor_is_lost(lambda: None):
                signal.setitimer(signal.ITIMER_REAL, 0.15)
                with pytest.raises(KeyboardInterrupt) as caught:
                    caller.send(prepared("GET", url))
                assert caught is not None
                assert (caller.transport.pool.in_use, caller.transport.pool.idle) == (0, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _Plain:
    is_async = False


@needs_proc
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("stage", STAGES)
def test_cancelling_while_connecting_closes_the_socket(
    stage: str, loop: str, tls: tuple[Path, ssl.SSLContext]
) -> None:
    make_loop = pytest.importorskip(loop).new_event_loop

    async def cancelled(url: str, proxies: dict[str, Any]) -> None:
        transport = asyncio_transport(
            TransportOptions(verify=str(tls[0]), proxies=proxies, max_pool_connections=2)
        )
        load_context(tls)
        tasks = [asyncio.ensure_future(transport.send(prepared("GET", url))) for _ in range(5)]
        await asyncio.sleep(0.15)
        for task in tasks:
            task.cancel()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(one) for one in found] == [asyncio.CancelledError] * 5
        assert (transport.pool.in_use, transport.pool.idle) == (0, 0)
        await asyncio.sleep(0.1)
        after_end.append(descriptors())
        # The places are free again.
        with serving(answering()) as port:
            response = await transport.send(prepared("GET", f"http://127.0.0.1:{port}/"))
            assert response.content == b"ok"
        await transport.aclose()

    after_end: list[int] = []
    with stuck(stage, tls) as (url, proxies):
        runner = asyncio.Runner(loop_factory=make_loop)
        runner.run(asyncio.sleep(0))
        before = descriptors()
        with runner:
            runner.run(cancelled(url, proxies))
    # uvloop opens some for itself when it first runs.
    assert after_end[0] <= before + 3


@needs_proc
@pytest.mark.parametrize("moments", range(0, 60, 3))
def test_a_cancellation_at_any_turn_of_the_loop_loses_nothing(
    moments: int, tls: tuple[Path, ssl.SSLContext]
) -> None:
    async def scenario(port: int) -> None:
        transport = asyncio_transport(TransportOptions(verify=str(tls[0])))
        load_context(tls)
        await transport.send(prepared("GET", f"https://127.0.0.1:{port}/"))
        transport.close()
        await asyncio.sleep(0.05)
        before = descriptors()
        for _ in range(4):
            task = asyncio.ensure_future(transport.send(prepared("GET", f"https://127.0.0.1:{port}/")))
            for _ in range(moments):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert transport.pool.in_use == 0
        transport.close()
        for _ in range(100):
            await asyncio.sleep(0.01)
            if descriptors() <= before:
                break
        assert descriptors() <= before
        await transport.aclose()

    with serving(answering(), tls[1]) as port:
        asyncio.run(scenario(port))


def test_a_transport_closed_while_it_connects_opens_nothing(tls: tuple[Path, ssl.SSLContext]) -> None:
    async def scenario(port: int) -> None:
        transport = asyncio_transport(TransportOptions())
        opened = transport._connector.connect

        async def slowly(host: str, port: int) -> Any:
            stream = await opened(host, port)
            await transport.aclose()
            return stream

        transport._connector.connect = slowly
        with pytest.raises(RuntimeError, match="closed"):
            await transport.send(prepared("GET", f"http://127.0.0.1:{port}/"))
        assert (transport.pool.in_use, transport.pool.idle, transport.pool.opened) == (0, 0, 0)

    with serving(answering()) as port:
        asyncio.run(scenario(port))


def test_all_addresses_of_a_host_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = taken.getsockname()[1]

    def several(host: str, port: int, *arguments: Any, **named: Any) -> list[Any]:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", number)) for number in (nobody, port)
        ]

    async def send(transport: Any, port: int) -> bytes:
        response = await transport.send(prepared("GET", f"http://several.example:{port}/"))
        content: bytes = response.content
        await transport.aclose()
        return content

    monkeypatch.setattr(socket, "getaddrinfo", several)
    with serving(answering()) as port:
        before = descriptors()
        from sotalia.runtime import drive

        assert drive(send(sync_transport(TransportOptions()), port)) == b"ok"
        assert descriptors() <= before + 1  # The server's end may still be open.

        async def make() -> bytes:
            return await send(asyncio_transport(TransportOptions()), port)

        assert asyncio.run(make()) == b"ok"


# -- too many ------------------------------------------------------------------------------------------------------


def visit(caller: Caller, port: int, numbers: range) -> None:
    for number in numbers:
        assert caller.send(prepared("GET", f"http://127.0.1.{number}:{port}/")).content == b"ok"


def test_idle_connections_are_bounded_over_all_destinations(callers: Any) -> None:
    caller = callers(max_pool_connections=4)
    connections = caller.transport.pool
    with serving(answering(), host="0.0.0.0") as port:
        visit(caller, port, range(1, 31))
        assert (connections.idle, connections.opened) == (4, 30)
        visit(caller, port, range(27, 31))  # The last ones are still there,
        assert connections.opened == 30
        visit(caller, port, range(27, 28))
        visit(caller, port, range(1, 2))  # and of these the least recently used one makes room.
        visit(caller, port, range(27, 28))
        assert connections.opened == 31
        visit(caller, port, range(28, 29))
        assert connections.opened == 32
    assert len(connections._idle) <= 10


def test_destinations_are_not_remembered_for_ever(callers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_DESTINATIONS_CACHED", 8)
    caller = callers()
    with serving(answering(), host="0.0.0.0") as port:
        visit(caller, port, range(1, 30))
    assert len(caller.transport._destinations) <= 8


def test_idle_connections_end(callers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(pool, "monotonic", lambda: now[0])
    caller = callers()
    connections = caller.transport.pool
    with serving(answering(), host="0.0.0.0") as port:
        visit(caller, port, range(1, 4))
        now[0] += pool.MAX_IDLE_SECONDS - 1
        visit(caller, port, range(1, 2))
        assert (connections.idle, connections.opened) == (3, 3)
        now[0] += 1
        visit(caller, port, range(1, 2))  # Looked at whenever one is taken, to whatever destination.
        assert (connections.idle, connections.opened) == (1, 3)
        now[0] += pool.MAX_IDLE_SECONDS
        visit(caller, port, range(1, 2))
        assert (connections.idle, connections.opened) == (1, 4)


def test_asynchronous_clients_count_those_in_use() -> None:
    most = [0]

    async def scenario(port: int) -> None:
        transport = asyncio_transport(TransportOptions(max_pool_connections=5))

        async def call(number: int) -> None:
            await transport.send(prepared("GET", f"http://127.0.1.{number % 40 + 1}:{port}/"))
            most[0] = max(most[0], transport.pool.idle + transport.pool.in_use)

        await asyncio.gather(*(call(number) for number in range(200)))
        assert transport.pool.idle <= 5
        await transport.aclose()

    with serving(answering(), host="0.0.0.0") as port:
        asyncio.run(scenario(port))
    assert 1 < most[0] <= 5


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_process_out_of_descriptors_closes_idle_connections(kind: str) -> None:
    """In a process of its own, which may open few descriptors. Without any idle connection it is an error."""
    script = textwrap.dedent("""
        import asyncio, os, resource, sys
        from sotalia import exceptions
        from sotalia.runtime import drive
        from sotalia.transport import TransportOptions
        from sotalia.transport.http import asyncio_transport, sync_transport
        from tests.transport.test_faults import prepared

        kind, port = sys.argv[1], sys.argv[2]

        async def calls():
            make = sync_transport if kind == "sync" else asyncio_transport
            transports = [make(TransportOptions(max_pool_connections=1000)) for _ in range(2)]
            await transports[1].send(prepared("GET", f"http://127.0.0.1:{port}/"))
            used = max(int(name) for name in os.listdir("/proc/self/fd"))
            resource.setrlimit(resource.RLIMIT_NOFILE, (used + 12, used + 12))
            for number in range(1, 101):
                response = await transports[0].send(prepared("GET", f"http://127.0.1.{number}:{port}/"))
                assert response.content == b"ok"
            assert transports[0].pool.opened == 100, transports[0].pool
            for transport in transports:
                transport.close()
            await asyncio.sleep(0.05) if kind == "async" else None
            taken = []
            try:
                while True:
                    taken.append(os.open("/dev/null", os.O_RDONLY))
            except OSError:
                pass
            try:
                await transports[0].send(prepared("GET", f"http://127.0.0.1:{port}/"))
            except exceptions.EndpointConnectionError as error:
                print("refused", error)
            for one in taken:
                os.close(one)
            assert transports[0].pool.in_use == 0
            await transports[0].send(prepared("GET", f"http://127.0.0.1:{port}/"))

        drive(calls()) if kind == "sync" else asyncio.run(calls())
    """)
    with serving(answering(), host="0.0.0.0") as port:
        run = subprocess.run(
            [sys.executable, "-c", script, kind, str(port)],
            cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("refused")


class Idle:
    """A stream that may have become stale."""

    def __init__(self) -> None:
        self.users = 0
        self.is_closed = False

    def is_stale(self) -> bool:
        return id(self) % 7 == 0

    def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize("counts_used", [False, True])
def test_a_pool_serves_many_threads(counts_used: bool) -> None:
    limit = 5
    connections = pool.Pool(limit, counts_used=counts_used)
    mistakes: list[str] = []

    def work(seed: int) -> None:
        choice = random.Random(seed)
        for _ in range(2000):
            destination = choice.randrange(8)
            stream: Any = connections.take(destination)
            if stream is None:
                connections.reserve()
                stream = Idle()
                connections.count_opened()
            stream.users += 1
            if stream.users != 1 or stream.is_closed:
                mistakes.append("a stream was given to two, or after it was closed")
            stream.users -= 1
            connections.release(destination, stream, reusable=choice.random() < 0.9)
            if choice.random() < 0.01:
                connections.clear()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert mistakes == []
    assert connections.in_use == 0
    assert connections.idle == sum(map(len, connections._idle.values())) <= limit
