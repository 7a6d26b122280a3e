"""What a recorder says of connections and bodies: real sockets, and what is read of a body after its call."""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.config import Config
from sotalia.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from sotalia.testing import LocalAWS, answer
from tests.client_kinds import KEYS as ALL_KEYS
from tests.client_kinds import Kind
from tests.transport.servers import certificate

KEYS: Any = ALL_KEYS

ONCE = Config(retries={"total_max_attempts": 1})
BIG = 3 * 1024 * 1024


@contextmanager
def serving(converse: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that treats each of its connections as told."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def one(connected: socket.socket) -> None:
            with connected:
                try:
                    converse(connected)
                except OSError:
                    pass  # The client has gone.

        def accept() -> None:
            while True:
                try:
                    connected, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=one, args=(connected,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def responses(*each: bytes) -> Callable[[socket.socket], None]:
    """A conversation: a response to each request, which comes in one piece; then the end."""

    def converse(connected: socket.socket) -> None:
        for response in each:
            if not connected.recv(65536):
                return
            connected.sendall(response)

    return converse


def ok(body: bytes = b"", *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def names(attempt: Any) -> list[str]:
    return [phase.name for phase in attempt.phases]


def test_new_and_reused_connections(client_kind: Kind) -> None:
    with serving(responses(ok(), ok(), ok())) as address:
        client = client_kind.connected("s3", endpoint_url=address, config=ONCE)
        client.head_bucket(Bucket="b")
        client.close()
        with sotalia.recorder() as calls:
            for _ in range(2):
                client.head_bucket(Bucket="b") if not client_kind.is_async else None
            if client_kind.is_async:
                client = client_kind.connected("s3", endpoint_url=address, config=ONCE)
                for _ in range(2):
                    client.head_bucket(Bucket="b")
    first, second = (record.attempts[0] for record in calls)
    assert (first.connection, second.connection) == ("new", "reused")
    assert names(first) == ["sign", "pool", "connect", "send", "wait", "body", "parse"]
    assert names(second) == ["sign", "pool", "send", "wait", "body", "parse"]
    assert first.peer == second.peer == address.removeprefix("http://")
    assert first.request_headers["Host"] == first.peer
    assert all(phase.seconds is not None for phase in first.phases)


def test_tls(client_kind: Kind, tmp_path: Path) -> None:
    bundle, context = certificate(tmp_path)

    def converse(connected: socket.socket) -> None:
        with context.wrap_socket(connected, server_side=True) as secured:
            responses(ok())(secured)

    with serving(converse) as address:
        client = client_kind.connected(
            "s3", endpoint_url=address.replace("http:", "https:"), config=ONCE, verify=str(bundle)
        )
        with sotalia.recorder() as calls:
            client.head_bucket(Bucket="b")
    assert names(calls[0].attempts[0]) == ["sign", "pool", "connect", "tls", "send", "wait", "body", "parse"]


@pytest.mark.parametrize(
    ("converse", "error", "last"),
    [
        (responses(b""), ConnectionClosedError, "wait"),
        (responses(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), ConnectionClosedError, "body"),
    ],
    ids=["no response", "half a response"],
)
def test_conversations_that_fail(
    client_kind: Kind, converse: Callable[[socket.socket], None], error: type[Exception], last: str
) -> None:
    with serving(converse) as address:
        client = client_kind.connected("s3", endpoint_url=address, config=ONCE)
        with sotalia.recorder() as calls, pytest.raises(error):
            client.list_objects_v2(Bucket="b")
    [attempt] = calls[0].attempts
    assert attempt.error is not None
    assert attempt.error.startswith(error.__name__)
    assert names(attempt)[-1] == last
    assert all(phase.seconds is not None for phase in attempt.phases)


def test_a_connection_that_nobody_takes(client_kind: Kind) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    client = client_kind.connected("s3", endpoint_url=address, config=ONCE)
    with sotalia.recorder() as calls, pytest.raises(EndpointConnectionError):
        client.head_bucket(Bucket="b")
    [attempt] = calls[0].attempts
    assert names(attempt) == ["sign", "pool", "connect"]
    assert attempt.connection is None


def test_a_stale_connection_is_replaced() -> None:
    closed = threading.Event()

    def once(connected: socket.socket) -> None:
        responses(ok())(connected)
        connected.shutdown(socket.SHUT_RDWR)
        closed.set()

    with serving(once) as address:
        client = sotalia.Session(**KEYS).client("s3", endpoint_url=address, config=ONCE)
        client.head_bucket(Bucket="b")
        assert closed.wait(30)
        with sotalia.recorder() as calls:
            client.head_bucket(Bucket="b")
        client.close()
    [attempt] = calls[0].attempts
    assert (attempt.status, attempt.connection) == (200, "new")


def test_deadlines_and_timeouts(client_kind: Kind) -> None:
    release = threading.Event()

    def converse(connected: socket.socket) -> None:
        connected.recv(65536)
        release.wait(30)

    with serving(converse) as address:
        client = client_kind.connected("s3", endpoint_url=address, config=ONCE)
        with sotalia.recorder() as calls:
            with sotalia.deadline(0.2), pytest.raises(sotalia.exceptions.DeadlineExceededError):
                client.head_bucket(Bucket="b")
            with pytest.raises(ReadTimeoutError):
                client_kind.run(client.raw.with_options(timeout=0.1).head_bucket(Bucket="b"))
            release.set()
    assert [record.error for record in calls] == ["DeadlineExceededError", "ReadTimeoutError"]
    for record in calls:
        # An async call is cancelled at its deadline, wherever it is.
        assert "wait" in names(record.attempts[0])
        assert all(phase.seconds is not None for phase in record.attempts[0].phases)


# -- bodies -----------------------------------------------------------------------------------------------------------


def test_a_body_that_is_read_after_the_call(client_kind: Kind) -> None:
    with serving(responses(ok(b"x" * BIG), ok())) as address:
        client = client_kind.connected("s3", endpoint_url=address, config=ONCE)
        with sotalia.recorder(bodies=5) as calls:
            result = client.get_object(Bucket="b", Key="k")
            record = calls[0]
            [attempt] = record.attempts
            assert record.seconds is not None
            [body] = [phase for phase in attempt.phases if phase.name == "body"]
            assert body.seconds is None
            assert result["Body"].read(1000) == b"x" * 1000
            assert len(result["Body"].read()) == BIG - 1000
            assert record.attempts[0].response_bytes == BIG
            [body] = [phase for phase in record.attempts[0].phases if phase.name == "body"]
            assert body.seconds is not None
            assert record.attempts[0].response_body == "xxxxx"
            assert record.attempts[0].remarks == []
            client.head_bucket(Bucket="b")
            assert calls[1].attempts[0].connection == "reused"


def test_a_large_body_is_received_where_it_stays(client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    from sotalia.transport import large_bodies

    received: list[int] = []
    original = large_bodies.received

    async def noted(stream: Any, chunks: Any, awaited: int) -> Any:
        received.append(awaited)
        return await original(stream, chunks, awaited)

    monkeypatch.setattr(large_bodies, "received", noted)
    with serving(responses(ok(b"x" * BIG))) as address:
        client = client_kind.connected("s3", endpoint_url=address, config=ONCE)
        with sotalia.recorder() as calls:
            assert len(client.get_object(Bucket="b", Key="k")["Body"].read()) == BIG
    assert received
    assert calls[0].attempts[0].response_bytes == BIG


@pytest.mark.parametrize("how", ["closed", "dropped"])
def test_a_body_that_is_given_up(client_kind: Kind, how: str) -> None:
    with serving(responses(ok(b"x" * BIG))) as address:
        client = client_kind.connected("s3", endpoint_url=address, config=ONCE)
        with sotalia.recorder() as calls:
            result = client.get_object(Bucket="b", Key="k")
            result["Body"].read(10)
            record = calls[0]
            if how == "closed":
                result["Body"].close()
            del result
            gc.collect()
    [attempt] = record.attempts
    assert attempt.response_bytes is not None
    assert 10 <= attempt.response_bytes < BIG
    [remark] = attempt.remarks
    assert remark == f"the body was given up after {attempt.response_bytes} of {BIG} bytes"


def test_a_body_that_is_cut(client_kind: Kind) -> None:
    with serving(responses(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")) as address:
        client = client_kind.connected("s3", endpoint_url=address, config=ONCE)
        with sotalia.recorder() as calls:
            body = client.get_object(Bucket="b", Key="k")["Body"]
            with pytest.raises((ResponseStreamingError, sotalia.exceptions.BotoCoreError)):
                body.read()
    [remark] = calls[0].attempts[0].remarks
    assert remark.endswith("cut the body after 4 of 9 bytes")


def test_bodies_of_other_transports(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer(200, body=b"hello")])
    with sotalia.recorder(bodies=3) as calls:
        result = client.get_object(Bucket="b", Key="k")
        record = calls[0]
        assert result["Body"].read() == b"hello"
    assert (record.attempts[0].response_bytes, record.attempts[0].response_body) == (5, "hel")


@pytest.mark.parametrize(
    ("bodies", "body", "shown"),
    [
        (0, "text", None),
        (100, "text", "text"),
        (3, "text", "tex"),
        (100, "日本語", "日本語"),
        (100, b"\x00\xff\xfe", "<3 bytes>"),
        (100, "password=hunter22&a=b", "password=***&a=b"),
    ],
)
def test_bodies_of_requests(client_kind: Kind, bodies: int, body: Any, shown: str | None) -> None:
    client = client_kind.scripted("s3", [answer(200)])
    with sotalia.recorder(bodies=bodies) as calls:
        client.put_object(Bucket="b", Key="k", Body=body)
    assert calls[0].attempts[0].request_body == shown
    assert calls[0].parameters["Body"].endswith(" bytes>")


def test_a_call_of_the_real_thing(client_kind: Kind, aws: LocalAWS) -> None:
    arguments = {"endpoint_url": aws.endpoint_url, "config": ONCE}
    client = client_kind.connected(
        "s3", client_kind.session(**{**KEYS, "region_name": "us-east-1"}), **arguments
    )
    bucket = f"recorded-{client_kind.is_async}".lower()
    with sotalia.recorder(bodies=1000) as calls:
        client.create_bucket(Bucket=bucket)
        client.put_object(Bucket=bucket, Key="k", Body=b"x" * 5000, ChecksumAlgorithm="SHA256")
        assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x" * 5000
        client.delete_object(Bucket=bucket, Key="k")
        client.delete_bucket(Bucket=bucket)
    assert [record.operation for record in calls] == [
        "CreateBucket",
        "PutObject",
        "GetObject",
        "DeleteObject",
        "DeleteBucket",
    ]
    assert calls.failed == []
    assert calls[2].attempts[0].response_bytes == 5000
    assert all(record.attempts[0].connection is not None for record in calls)
