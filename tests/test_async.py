"""What only asynchronous clients have: coroutine handlers, asynchronous bodies, cancellation."""

from __future__ import annotations

import asyncio
import importlib
import io
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia import exceptions
from sotalia.config import Config
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS
from tests.transport.servers import Connection, certificate, serving

LISTING = b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"


def client(script: list[Any] | None = None, **arguments: Any) -> Any:
    transport = None if script is None else ScriptedTransport(script)
    return sotalia.AsyncSession(**KEYS, transport=transport).client("s3", **arguments)


def test_handlers_may_be_coroutines_and_keep_their_order() -> None:
    heard: list[str] = []

    async def scenario() -> None:
        async with client([answer(body=LISTING)]) as s3:

            async def slow(event_name: str, **kwargs: Any) -> None:
                await asyncio.sleep(0.001)
                heard.append(f"slow {event_name}")

            def plain(event_name: str, **kwargs: Any) -> None:
                heard.append(f"plain {event_name}")

            async def again(attempts: int, **kwargs: Any) -> float | None:
                return 0 if attempts == 1 else None

            s3.meta.events.register("before-call.s3.ListBuckets", slow)
            s3.meta.events.register("before-call.s3.ListBuckets", plain)
            s3.meta.events.register("needs-retry.s3", again)
            found = await s3.list_buckets()
            assert found["ResponseMetadata"]["RetryAttempts"] == 1

    asyncio.run(scenario())
    assert heard == ["slow before-call.s3.ListBuckets", "plain before-call.s3.ListBuckets"]


def test_close_may_be_awaited() -> None:
    async def scenario(port: int) -> None:
        s3 = client(endpoint_url=f"http://127.0.0.1:{port}", config=Config(retries={"total_max_attempts": 1}))
        await s3.list_buckets()
        await s3.close()
        with pytest.raises(RuntimeError, match="closed"):
            await s3.list_buckets()

    def serve(connection: Connection) -> None:
        while connection.head():
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(LISTING), LISTING))

    with serving(serve) as port:
        asyncio.run(scenario(port))


def test_a_coroutine_handler_may_answer() -> None:
    async def scenario() -> Any:
        async with client() as s3:

            async def reply(**kwargs: Any) -> Any:
                await asyncio.sleep(0)
                return sotalia.transport.messages.AWSResponse(None, 200, {}, None), {"Buckets": ["mine"]}

            s3.meta.events.register("before-call.s3.ListBuckets", reply)
            return await s3.list_buckets()

    assert asyncio.run(scenario())["Buckets"] == ["mine"]


class AsyncFile:
    """A file whose reading must be awaited."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    async def read(self, size: int = -1) -> bytes:
        await asyncio.sleep(0)
        return self._data.read(size)

    async def seek(self, position: int, whence: int = 0) -> int:
        return self._data.seek(position, whence)

    async def tell(self) -> int:
        return self._data.tell()


async def pieces() -> AsyncIterator[bytes]:
    for piece in (b"one ", b"", b"two ", b"three"):
        await asyncio.sleep(0)
        yield piece


def receiving(bodies: list[tuple[bytes, bytes]]) -> Any:
    def handle(connection: Connection) -> None:
        while True:
            head = connection.head()
            connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            bodies.append((head, connection.body(head)))
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    return handle


@pytest.mark.parametrize(
    ("make", "content"),
    [
        (pieces, b"one two three"),
        (lambda: AsyncFile(b"from a file"), b"from a file"),
        (lambda: b"bytes", b"bytes"),
    ],
    ids=["iterable", "file", "bytes"],
)
def test_bodies_are_followed_by_their_checksum_over_tls(tmp_path: Path, make: Any, content: bytes) -> None:
    bundle, context = certificate(tmp_path)
    bodies: list[tuple[bytes, bytes]] = []

    async def scenario(port: int) -> None:
        config = Config(retries={"max_attempts": 0})
        async with client(endpoint_url=f"https://127.0.0.1:{port}", verify=str(bundle), config=config) as s3:
            await s3.put_object(Bucket="b", Key="k", Body=make())

    with serving(receiving(bodies), context) as port:
        asyncio.run(scenario(port))
    head, body = bodies[0]
    assert b"x-amz-trailer: x-amz-checksum-crc32" in head.lower()
    assert b"STREAMING-UNSIGNED-PAYLOAD-TRAILER" in head
    chunks, _, trailer = body.partition(b"0\r\nx-amz-checksum-crc32:")
    assert b"".join(chunks.split(b"\r\n")[1::2]) == content
    assert trailer.endswith(b"=\r\n\r\n")


def test_an_asynchronous_file_is_hashed_before_it_is_sent_without_tls() -> None:
    bodies: list[tuple[bytes, bytes]] = []

    async def scenario(port: int) -> None:
        async with client(endpoint_url=f"http://127.0.0.1:{port}") as s3:
            await s3.put_object(Bucket="b", Key="k", Body=AsyncFile(b"content"), ContentLength=7)
            with pytest.raises(exceptions.UnseekableStreamError, match="read only once"):
                await s3.put_object(Bucket="b", Key="k", Body=pieces())

    with serving(receiving(bodies)) as port:
        asyncio.run(scenario(port))
    assert bodies[0][1] == b"content"
    assert b"x-amz-checksum-crc32" in bodies[0][0].lower()


def test_bodies_are_read_in_every_way() -> None:
    async def scenario() -> None:
        async with client([answer(200, body=b"one\ntwo\nthree")]) as s3:

            async def body() -> Any:
                return (await s3.get_object(Bucket="b", Key="k"))["Body"]

            assert await (await body()).read() == b"one\ntwo\nthree"
            assert b"".join([chunk async for chunk in await body()]) == b"one\ntwo\nthree"
            assert [line async for line in (await body()).iter_lines(4)] == [b"one", b"two", b"three"]
            assert [chunk async for chunk in (await body()).iter_chunks(8)] == [b"one\ntwo\n", b"three"]
            async with await body() as stream:
                assert await stream.read(3) == b"one"
                assert stream.tell() == 3

    asyncio.run(scenario())


def test_credentials_are_looked_for_when_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        transport = ScriptedTransport([answer(body=LISTING)])
        session = sotalia.AsyncSession(region_name="us-west-2", transport=transport)
        async with session.client("s3") as s3:
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", "later")
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
            await s3.list_buckets()
            assert b"Credential=later/" in transport.requests[0].headers["Authorization"]

    asyncio.run(scenario())


def test_uvloop_will_do() -> None:
    uvloop = pytest.importorskip("uvloop") if sys.platform == "win32" else importlib.import_module("uvloop")

    async def scenario(port: int) -> None:
        async with client(endpoint_url=f"http://127.0.0.1:{port}") as s3:
            await asyncio.gather(
                *(s3.put_object(Bucket="b", Key="k", Body=b"x" * 300_000) for _ in range(20))
            )

    bodies: list[tuple[bytes, bytes]] = []
    with serving(receiving(bodies)) as port, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(scenario(port))
    assert [len(body) for _, body in bodies] == [300_000] * 20
