"""Clients that nobody closes: nothing is left, and nothing is said."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Callable
from typing import Any

import sotalia
from sotalia.transport.http import sync_transport
from tests.client_kinds import KEYS, Connecting
from tests.transport.servers import answering, serving


def test_a_dropped_client_closes_its_connections_silently() -> None:
    with serving(
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n<ListAllMyBucketsResult/>")
    ) as port:
        connecting = Connecting(sync_transport)
        session = sotalia.Session(**KEYS, transport=connecting)
        s3 = session.client("s3", endpoint_url=f"http://127.0.0.1:{port}")
        s3.list_buckets()
        s3.get_object(Bucket="b", Key="k")  # The body is never read.
        assert connecting.made.pop().pool.opened == 1
        gc.collect()  # What other tests have left.
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            del s3
            gc.collect()
        assert caught == []


def _answering() -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n<ListAllMyBucketsResult/>"


def _warnings_of(use: Callable[[Any], Any]) -> list[str]:
    """What is said when an async client that has connected is dropped after ``use``."""

    async def main(port: int) -> None:
        client = sotalia.AsyncSession(**KEYS).client("s3", endpoint_url=f"http://127.0.0.1:{port}")
        await client.list_buckets()
        await use(client)
        transport = client.parts.channel.transport
        del client
        gc.collect()
        await transport.aclose()

    with serving(answering(_answering())) as port, warnings.catch_warnings(record=True) as caught:
        gc.collect()
        caught.clear()
        warnings.simplefilter("always")
        asyncio.run(main(port))
    return [f"{warning.category.__name__}: {warning.message}" for warning in caught]


async def _nothing(client: Any) -> None:
    pass


async def _close(client: Any) -> None:
    await client.aclose()


async def _leave(client: Any) -> None:
    async with client:
        pass


async def _view(client: Any) -> None:
    client.with_options(timeout=1)
    gc.collect()


def test_an_async_client_that_nobody_closes_says_so() -> None:
    [text] = _warnings_of(_nothing)
    assert text == (
        "ResourceWarning: an async client of s3 was never closed, and its connections are still open: use "
        "'async with session.client('s3') as client', or 'await client.aclose()'"
    )


def test_an_async_client_that_is_closed_says_nothing() -> None:
    assert [_warnings_of(_close), _warnings_of(_leave)] == [[], []]


def test_a_view_that_goes_says_nothing_of_its_client() -> None:
    [text] = _warnings_of(_view)
    assert text.startswith("ResourceWarning: an async client of s3")


def test_an_async_client_that_never_connected_says_nothing() -> None:
    with warnings.catch_warnings(record=True) as caught:
        gc.collect()
        caught.clear()
        warnings.simplefilter("always")
        sotalia.AsyncSession(**KEYS).client("s3")
        gc.collect()
    assert caught == []
