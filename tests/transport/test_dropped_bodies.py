"""Bodies that are dropped unread: their connections are closed and their places given to others."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import sotalia
from sotalia.config import Config
from sotalia.transport.http import sync_transport
from tests.client_kinds import KEYS, Connecting
from tests.transport.servers import answering, serving

LARGE = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1_000_000
ONE = Config(max_pool_connections=1)


def test_a_synchronous_client_keeps_no_connection() -> None:
    with serving(answering(LARGE)) as port:
        connecting = Connecting(sync_transport)
        client: Any = sotalia.Session(**KEYS, transport=connecting).client(
            "s3", endpoint_url=f"http://127.0.0.1:{port}", config=ONE
        )
        for _ in range(5):
            client.get_object(Bucket="b", Key="k")
            gc.collect()
        [transport] = connecting.made
        assert (transport.pool.in_use, len(transport.leases)) == (0, 0)
        client.close()


def test_an_asynchronous_client_goes_on() -> None:
    """With one connection at most, a body that kept its place would block all later calls."""

    async def main(port: int) -> None:
        async with sotalia.AsyncSession(**KEYS).client(
            "s3", endpoint_url=f"http://127.0.0.1:{port}", config=ONE
        ) as client:
            for _ in range(5):
                await client.get_object(Bucket="b", Key="k")
                gc.collect()

    with serving(answering(LARGE)) as port:
        asyncio.run(asyncio.wait_for(main(port), 20))


def test_a_body_that_outlives_its_loop_is_dropped_silently() -> None:
    kept: list[Any] = []

    async def main(port: int) -> None:
        client = sotalia.AsyncSession(**KEYS).client("s3", endpoint_url=f"http://127.0.0.1:{port}")
        kept.append((await client.get_object(Bucket="b", Key="k"))["Body"])
        await client.aclose()

    with serving(answering(LARGE)) as port:
        asyncio.run(main(port))
        kept.clear()
        gc.collect()
