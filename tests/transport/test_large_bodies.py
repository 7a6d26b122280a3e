"""Bodies that are received where they stay: the same bytes and failures as read in pieces, and no memory beside them."""

from __future__ import annotations

import asyncio
import random
import threading
import time
import tracemalloc
from typing import Any

import pytest

from sotalia import exceptions
from sotalia.transport import TransportOptions
from sotalia.transport.http import asyncio_transport
from sotalia.transport.http11 import LARGE
from tests.client_kinds import Kind
from tests.transport.conftest import Peer
from tests.transport.servers import Connection
from tests.transport.test_conversations import response
from tests.transport.test_faults import callers, prepared  # noqa: F401 - a fixture

CONTENT = random.Random(0).randbytes(3 * LARGE + 12345)


def whole(connection: Connection) -> None:
    while True:
        connection.request()
        connection.send(response(CONTENT))


def half(connection: Connection) -> None:
    """Announces all, sends half, and closes."""
    connection.request()
    connection.send(response(CONTENT)[: len(CONTENT) // 2])


@pytest.mark.parametrize(
    "amounts",
    [[None], [LARGE], [LARGE - 1], [2 * LARGE, 1], [1, LARGE, None], [LARGE + 1, 7, LARGE], [10**9]],
    ids=str,
)
def test_all_of_it_is_read_however_much_is_asked_for(
    callers: Any,  # noqa: F811
    peer: Peer,
    amounts: list[int | None],
) -> None:
    caller = callers(**peer.options)
    with peer.serving(whole) as address:
        for _ in range(2):
            body = caller.send(prepared("GET", f"{address}/", stream_output=True)).raw
            read = [caller.run(body.take(amount)) for amount in amounts]
            sizes = [len(data) for data in read]
            assert all(amount is None or size <= amount for size, amount in zip(sizes, amounts, strict=True))
            while data := caller.run(body.take(amounts[0])):
                read.append(data)
            assert b"".join(read) == CONTENT
        assert caller.transport.pool.opened == 1


@pytest.mark.parametrize("ending", [b"x", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny"])
def test_what_follows_a_body_is_not_of_it(callers: Any, peer: Peer, ending: bytes) -> None:  # noqa: F811
    def too_much(connection: Connection) -> None:
        connection.request()
        connection.send(response(CONTENT) + ending)
        whole(connection)

    caller = callers(**peer.options)
    with peer.serving(too_much) as address:
        for _ in range(2):
            found = caller.send(prepared("GET", f"{address}/", stream_output=True))
            assert caller.read(found) == CONTENT


def test_a_peer_that_closes_in_the_middle_is_noticed(callers: Any, peer: Peer) -> None:  # noqa: F811
    caller = callers(**peer.options)
    with peer.serving(half) as address:
        body = caller.send(prepared("GET", f"{address}/", stream_output=True)).raw
        with pytest.raises(exceptions.HTTPClientError):
            caller.run(body.take())
        body = caller.send(prepared("GET", f"{address}/", stream_output=True)).raw
        read = caller.run(body.take(len(CONTENT)))
        with pytest.raises(exceptions.HTTPClientError):
            caller.run(body.take(len(CONTENT)))
        assert LARGE < len(read) < len(CONTENT)
        assert CONTENT.startswith(read)
        with pytest.raises(exceptions.HTTPClientError):
            caller.run(body.take(1))


def test_a_peer_that_stops_in_the_middle_is_waited_for_as_long_as_agreed(callers: Any, peer: Peer) -> None:  # noqa: F811
    def stopping(connection: Connection) -> None:
        connection.request()
        data = response(CONTENT)
        for start in range(0, len(data), len(data) // 4 + 1):
            connection.send(data[start : start + len(data) // 4 + 1])
            time.sleep(0.15)  # Together longer than the limit of one wait.
        connection.request()
        connection.send(data[: len(data) // 2])
        connection.request()

    caller = callers(**peer.options, read_timeout=0.4)
    with peer.serving(stopping) as address:
        assert caller.read(caller.send(prepared("GET", f"{address}/", stream_output=True))) == CONTENT
        body = caller.send(prepared("GET", f"{address}/", stream_output=True)).raw
        with pytest.raises(exceptions.ReadTimeoutError):
            caller.run(body.take())


def test_a_large_body_takes_its_own_memory_only(callers: Any, peer: Peer) -> None:  # noqa: F811
    content = bytes(16 * 2**20)
    data = response(content)

    def large(connection: Connection) -> None:
        while True:
            connection.request()
            connection.raw.sendall(data)

    caller = callers(**peer.options)
    with peer.serving(large) as address:
        caller.read(caller.send(prepared("GET", f"{address}/", stream_output=True)))
        tracemalloc.start()
        try:
            found = caller.send(prepared("GET", f"{address}/", stream_output=True))
            assert len(caller.read(found)) == len(content)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 1.25 * len(content)


def test_a_length_beyond_all_memory_is_no_memory(callers: Any, peer: Peer) -> None:  # noqa: F811
    def boasting(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n" + CONTENT)

    caller = callers(**peer.options)
    with peer.serving(boasting) as address:
        body = caller.send(prepared("GET", f"{address}/", stream_output=True)).raw
        with pytest.raises(exceptions.HTTPClientError):
            caller.run(body.take())


def test_a_reader_that_is_cancelled_ends_its_connection_only(
    callers: Any,  # noqa: F811
    client_kind: Kind,
    peer: Peer,
) -> None:
    if not client_kind.is_async:
        pytest.skip("threads are not cancelled")
    done = threading.Event()

    def stuck(connection: Connection) -> None:
        connection.request()
        connection.send(response(CONTENT)[: len(CONTENT) // 2])
        done.wait(5)

    caller = callers(**peer.options)
    with peer.serving(stuck) as address:
        body = caller.send(prepared("GET", f"{address}/", stream_output=True)).raw
        with pytest.raises(TimeoutError):
            caller.run(asyncio.wait_for(body.take(), 0.2))
        assert caller.transport.pool.in_use == 0
        with pytest.raises(ConnectionError, match="interrupted"):
            caller.run(body.take())
        done.set()


def test_uvloop_has_large_bodies_too(peer: Peer) -> None:
    uvloop = pytest.importorskip("uvloop")

    async def read() -> bytes:
        transport = asyncio_transport(TransportOptions(**peer.options))
        parts = []
        for amount in (None, LARGE):
            found = await transport.send(prepared("GET", f"{address}/", stream_output=True))
            while data := await found.raw.take(amount):
                parts.append(data)
        assert transport.pool.opened == 1
        await transport.aclose()
        return b"".join(parts)

    with peer.serving(whole) as address, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(read()) == 2 * CONTENT
