"""Deadlines over everything that a call waits for. What is said here of time is an upper bound, and a generous one."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import perf_counter, sleep
from typing import Any

import pytest

import sotalia
from sotalia.call.deadlines import Deadline, deadline_hook
from sotalia.config import Config
from sotalia.events import BeforeCall
from sotalia.exceptions import BotoCoreError, ClientError, DeadlineExceededError
from sotalia.extensions import CallDeadline
from sotalia.testing import AsyncManualRuntime, ManualRuntime, ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind

LISTING = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
MORE = b"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>"
BUSY = b"<Error><Code>SlowDown</Code><Message>m</Message></Error>"
# Far more than any deadline here, so that only a deadline can end a call.
PATIENT = Config(
    connect_timeout=600, read_timeout=600, retries={"mode": "standard", "total_max_attempts": 10}
)
# What a call that is not cut takes at least: nobody waits for it.
LONG = 60.0


@contextmanager
def serving(serve: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A server that treats each connection as told, until the test is over."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)

        def accept() -> None:
            while not over.is_set():
                try:
                    connected, _ = listening.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=one, args=(connected,), daemon=True).start()

        def one(connected: socket.socket) -> None:
            with connected:
                try:
                    serve(connected, over)
                except OSError:
                    pass  # The client has gone.

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            over.set()
            thread.join(10)


def silent(connected: socket.socket, over: threading.Event) -> None:
    """Read the request and say nothing."""
    connected.recv(65536)
    over.wait(LONG)


def trickling(connected: socket.socket, over: threading.Event) -> None:
    """Send the head of a response, then a byte now and then: no read times out."""
    connected.recv(65536)
    connected.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not over.wait(0.02):
        connected.sendall(b"x")


def not_reading(connected: socket.socket, over: threading.Event) -> None:
    """Take no byte of the request."""
    over.wait(LONG)


def phase_of(client_kind: Kind, call: Callable[[], Any]) -> str:
    start = perf_counter()
    with pytest.raises(DeadlineExceededError) as error:
        call()
    assert perf_counter() - start < LONG / 2
    phase: str = error.value.kwargs["phase"]
    return phase


def client_with(client_kind: Kind, url: str, seconds: float = 0.3, config: Config = PATIENT) -> Any:
    client = client_kind.client("s3", endpoint_url=url, config=config)
    client.meta.events.around_call(deadline_hook(seconds))
    return client


def test_a_server_that_says_nothing(client_kind: Kind) -> None:
    with serving(silent) as url:
        client = client_with(client_kind, url)
        assert phase_of(client_kind, lambda: client.list_buckets()) == "waiting for the response"


def test_a_response_that_never_ends(client_kind: Kind) -> None:
    with serving(trickling) as url:
        client = client_with(client_kind, url)
        assert phase_of(client_kind, lambda: client.list_buckets()) == "reading the response"


def test_a_stream_that_never_ends(client_kind: Kind) -> None:
    with serving(trickling) as url:
        client = client_with(client_kind, url, 0.5)
        body = client.get_object(Bucket="b", Key="k")["Body"]
        assert phase_of(client_kind, lambda: client_kind.run(body.read())) == "reading the response"


def test_a_server_that_does_not_read(client_kind: Kind) -> None:
    with serving(not_reading) as url:
        client = client_with(
            client_kind,
            url,
            0.5,
            Config(connect_timeout=600, read_timeout=600, s3={"payload_signing_enabled": False}),
        )
        body = b"x" * (32 * 1024 * 1024)
        phase = phase_of(client_kind, lambda: client.put_object(Bucket="b", Key="k", Body=body))
        assert phase in ("sending the request", "waiting for the response")


def test_a_tls_handshake_that_never_ends(client_kind: Kind) -> None:
    with serving(silent) as url:
        client = client_with(client_kind, url.replace("http://", "https://"))
        assert phase_of(client_kind, lambda: client.list_buckets()) == "negotiating TLS"


def test_a_connection_that_is_never_accepted(client_kind: Kind) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        address = listening.getsockname()
        filling = []
        for _ in range(8):  # Linux takes one or two more than it was told.
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(address)
            filling.append(one)
        sleep(0.05)
        client = client_with(client_kind, f"http://127.0.0.1:{address[1]}")
        try:
            assert phase_of(client_kind, lambda: client.list_buckets()) == "connecting"
        finally:
            for one in filling:
                one.close()


def test_waiting_for_a_connection() -> None:
    async def crowd(url: str) -> list[str]:
        session = sotalia.AsyncSession(**KEYS)
        config = Config(max_pool_connections=1, read_timeout=600)
        async with session.client("s3", endpoint_url=url, config=config) as client:
            holder = asyncio.create_task(client.list_buckets())
            await asyncio.sleep(0.05)
            async with sotalia.deadline(0.3):
                ended = await asyncio.gather(
                    *(client.list_buckets() for _ in range(3)), return_exceptions=True
                )
            holder.cancel()
            await asyncio.gather(holder, return_exceptions=True)
        return [error.kwargs["phase"] for error in ended if isinstance(error, DeadlineExceededError)]

    with serving(silent) as url:
        assert asyncio.run(crowd(url)) == ["waiting for a connection"] * 3


def test_back_off_that_does_not_fit_is_not_begun(client_kind: Kind) -> None:
    runtime = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
    transport = ScriptedTransport([answer(503, body=BUSY)])
    client = client_kind.client(
        "s3", client_kind.session(**KEYS, runtime=runtime, transport=transport), config=PATIENT
    )
    client.meta.events.register("needs-retry.s3.ListObjectsV2", lambda **kwargs: 4)
    client.meta.events.around_call(deadline_hook(10))
    with pytest.raises(
        DeadlineExceededError, match=r"deadline of 10 s passed while waiting 4 s before another attempt"
    ):
        client.list_objects_v2(Bucket="b")
    assert len(transport.requests) == 3
    assert runtime.sleeps == [4, 4]


def test_a_handler_that_always_wants_another_attempt(client_kind: Kind) -> None:
    with serving(silent) as url:
        client = client_with(client_kind, url)
        client.meta.events.register("needs-retry.s3.ListBuckets", lambda **kwargs: 0)
        assert phase_of(client_kind, lambda: client.list_buckets())


def test_handlers_see_what_is_left(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer(200, body=LISTING)])
    seen: list[Any] = []
    client.meta.events.on(BeforeCall, lambda event: seen.append(event.context["deadline"]))
    client.meta.events.around_call(deadline_hook(30))
    client.list_objects_v2(Bucket="b")
    assert 0 < seen[0].remaining <= 30
    assert not seen[0].is_over


def test_a_deadline_in_the_past_sends_nothing(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer(200, body=LISTING)])
    with sotalia.deadline(0), pytest.raises(DeadlineExceededError, match="preparing the request"):
        client.list_objects_v2(Bucket="b")
    with sotalia.deadline(at=datetime.now(UTC) - timedelta(hours=1)), pytest.raises(DeadlineExceededError):
        client.list_objects_v2(Bucket="b")
    assert client.transport.requests == []
    client.list_objects_v2(Bucket="b")
    assert len(client.transport.requests) == 1


def test_a_block_covers_pages(client_kind: Kind) -> None:
    pages = 0

    def page(request: Any) -> Any:
        nonlocal pages
        pages += 1
        sleep(0.05)
        return answer(200, body=MORE.replace(b">t<", b">t%d<" % pages))

    client = client_kind.scripted("s3", [page])
    with pytest.raises(DeadlineExceededError), sotalia.deadline(0.5):
        for _ in client.get_paginator("list_objects_v2").paginate(Bucket="b"):
            pass
    assert 1 <= pages < 20


def test_nested_blocks(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer(200, body=LISTING)])
    seen: list[float] = []
    client.meta.events.on(BeforeCall, lambda event: seen.append(event.context["deadline"].seconds))
    with sotalia.deadline(50):
        with sotalia.deadline(100):
            client.list_objects_v2(Bucket="b")
        with sotalia.deadline(20):
            client.list_objects_v2(Bucket="b")
        client.list_objects_v2(Bucket="b")
    assert seen == [50, 20, 50]
    client.meta.events.around_call(deadline_hook(5))
    with sotalia.deadline(50):
        client.list_objects_v2(Bucket="b")
    assert seen[-1] == 5


def test_a_block_is_its_threads_own() -> None:
    client = sotalia.Session(**KEYS, transport=_scripted()).client("s3")
    seen: list[bool] = []
    client.meta.events.on(BeforeCall, lambda event: seen.append("deadline" in event.context))
    with sotalia.deadline(50):
        thread = threading.Thread(target=lambda: client.list_objects_v2(Bucket="b"))
        thread.start()
        thread.join(30)
        client.list_objects_v2(Bucket="b")
    client.list_objects_v2(Bucket="b")
    assert seen == [False, True, False]


def test_one_block_in_several_threads_at_once() -> None:
    client = sotalia.Session(**KEYS, transport=_scripted()).client("s3")
    seen: list[bool] = []
    client.meta.events.on(BeforeCall, lambda event: seen.append("deadline" in event.context))
    block, both, left = sotalia.deadline(50), threading.Barrier(2), threading.Event()

    def first() -> None:
        with block:
            both.wait(30)
        left.set()

    thread = threading.Thread(target=first)
    thread.start()
    with block:
        both.wait(30)
        assert left.wait(30)
        client.list_objects_v2(Bucket="b")
    thread.join(30)
    client.list_objects_v2(Bucket="b")
    assert seen == [True, False]


def test_a_block_is_its_tasks_own() -> None:
    async def main() -> list[bool]:
        seen: list[bool] = []
        async with sotalia.AsyncSession(**KEYS, transport=_scripted()).client("s3") as client:
            client.meta.events.on(BeforeCall, lambda event: seen.append("deadline" in event.context))
            before = asyncio.create_task(_later(client))
            async with sotalia.deadline(50):
                await asyncio.create_task(client.list_objects_v2(Bucket="b"))
                await before
            await client.list_objects_v2(Bucket="b")
        return seen

    async def _later(client: Any) -> None:
        await asyncio.sleep(0.05)
        await client.list_objects_v2(Bucket="b")

    assert asyncio.run(main()) == [True, False, False]


def _scripted() -> ScriptedTransport:
    return ScriptedTransport([answer(200, body=LISTING)])


def test_the_connection_is_as_before_afterwards(client_kind: Kind) -> None:
    def two(connected: socket.socket, over: threading.Event) -> None:
        for _ in range(2):
            connected.recv(65536)
            connected.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(LISTING), LISTING))
        silent(connected, over)

    with serving(two) as url:
        client = client_kind.client(
            "s3", endpoint_url=url, config=Config(read_timeout=1, retries={"total_max_attempts": 1})
        )
        with sotalia.deadline(30):
            client.list_objects_v2(Bucket="b")
        client.list_objects_v2(Bucket="b")
        # The usual timeout counts again, and is no deadline.
        with pytest.raises(BotoCoreError) as error:
            client.list_objects_v2(Bucket="b")
        assert type(error.value).__name__ == "ReadTimeoutError"


def test_a_read_timeout_within_a_deadline_is_one(client_kind: Kind) -> None:
    with serving(silent) as url:
        config = Config(read_timeout=0.1, retries={"mode": "standard", "total_max_attempts": 1})
        client = client_with(client_kind, url, 60, config)
        with pytest.raises(BotoCoreError) as error:
            client.list_buckets()
        assert type(error.value).__name__ == "ReadTimeoutError"


def test_what_a_call_raises_is_not_touched(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer(404, body=b"<Error><Code>NoSuchBucket</Code></Error>")])
    with sotalia.deadline(30), pytest.raises(ClientError, match="NoSuchBucket"):
        client.list_objects_v2(Bucket="b")
    client.meta.events.register("before-call.s3", _time_out)
    with sotalia.deadline(30), pytest.raises(TimeoutError, match="mine"):
        client.list_objects_v2(Bucket="b")


def _time_out(**kwargs: Any) -> None:
    raise TimeoutError("mine")


def test_views_and_extensions(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [answer(200, body=LISTING)])
    seen: list[Any] = []

    def look(context: Any, **kwargs: Any) -> None:
        seen.append(context.get("deadline"))

    client.meta.events.register("before-call.s3", look)
    view = client.raw.with_options(deadline=30)
    client_kind.run(view.list_objects_v2(Bucket="b"))
    client_kind.run(
        client.raw.with_options(deadline=datetime.now(UTC) + timedelta(seconds=20)).list_objects_v2(
            Bucket="b"
        )
    )
    client.list_objects_v2(Bucket="b")
    extension = CallDeadline(10, scope="s3.ListObjectsV2")
    client.meta.events.extensions.add(extension)
    client.list_objects_v2(Bucket="b")
    assert repr(extension) == "<CallDeadline 10 for s3.ListObjectsV2>"
    assert [deadline and round(deadline.seconds) for deadline in seen] == [30, 20, None, 10]


def test_lambda() -> None:
    class Context:
        def get_remaining_time_in_millis(self) -> int:
            return 3000

    deadline = Deadline.of_lambda(Context(), reserve=1)
    assert 1.5 < deadline.remaining <= 2
    assert repr(deadline).startswith("<Deadline of 2 s, ")


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({}, TypeError, "give one of them"),
        ({"seconds": 1, "at": datetime.now(UTC)}, TypeError, "give one of them"),
        ({"seconds": "5"}, ValueError, "a number of seconds, not '5'"),
        ({"seconds": True}, ValueError, "a number of seconds, not True"),
        ({"seconds": float("nan")}, ValueError, "a number of seconds, not nan"),
        ({"at": datetime(2026, 1, 1)}, ValueError, "has no time zone"),
    ],
)
def test_what_is_no_deadline(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    for make in (Deadline, sotalia.deadline, deadline_hook):
        with pytest.raises(error, match=words):
            make(**arguments)  # type: ignore[operator]
