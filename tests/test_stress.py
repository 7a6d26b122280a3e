"""Two thousand calls at once against a server that fails in every way, some of them cancelled: each ends, nothing is left."""

from __future__ import annotations

import asyncio
import gc
import random
import threading
import warnings
from typing import Any

import pytest

import sotalia
from sotalia import exceptions
from sotalia.config import Config
from sotalia.transport.http import asyncio_transport, sync_transport
from tests.client_kinds import KEYS, Connecting
from tests.transport.servers import Connection, serving

CALLS = 2000
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n" + b"x" * 4096


def unreliable(connection: Connection) -> None:
    """Answer, cut off, reset, stall or refuse, as the request's own number says."""
    while True:
        head, _ = connection.request()
        number = int(head.split(b"/key-")[1].split(b"?")[0].split(b" ")[0])
        kind = number % 10
        if kind == 0:
            connection.reset()
            return
        if kind == 1:
            connection.send(GOOD[:200])
            return
        if kind == 2:
            threading.Event().wait(0.2)
            return
        if kind == 3:
            connection.send(b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n")
        else:
            connection.send(GOOD)


def test_every_call_ends_and_nothing_is_left() -> None:
    generator = random.Random(20261124)
    outcomes: dict[str, int] = {}

    async def call(s3: Any, number: int) -> None:
        answer = await s3.get_object(Bucket="bucket", Key=f"key-{number}")
        async with answer["Body"] as body:
            if number % 7:
                assert await body.read() == b"x" * 4096
            # Every seventh body is dropped half-read.

    async def scenario(port: int) -> Any:
        config = Config(
            retries={"total_max_attempts": 2},
            read_timeout=0.1,
            connect_timeout=5,
            max_pool_connections=50,
            response_checksum_validation="when_required",
        )
        connecting = Connecting(asyncio_transport)
        session = sotalia.AsyncSession(**KEYS, transport=connecting)
        async with session.client("s3", endpoint_url=f"http://127.0.0.1:{port}", config=config) as s3:
            before = asyncio.all_tasks()
            tasks = [asyncio.ensure_future(call(s3, number)) for number in range(CALLS)]
            loop = asyncio.get_running_loop()
            for task in generator.sample(tasks, 300):
                loop.call_later(generator.random() * 2, task.cancel)
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                outcomes[type(result).__name__] = outcomes.get(type(result).__name__, 0) + 1
                assert result is None or isinstance(
                    result, asyncio.CancelledError | exceptions.BotoCoreError | exceptions.ClientError
                ), repr(result)
            pool = connecting.made[0].pool
            assert pool.in_use == 0
            assert pool.idle <= 50
            assert asyncio.all_tasks() == before
            return pool

    with serving(unreliable) as port, warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        pool = asyncio.run(asyncio.wait_for(scenario(port), 120))
        gc.collect()
    assert (pool.in_use, pool.idle) == (0, 0)
    assert sum(outcomes.values()) == CALLS
    assert outcomes["NoneType"] > CALLS // 3
    assert outcomes["CancelledError"] > 0
    assert {"ReadTimeoutError", "ConnectionClosedError", "ClientError"} <= outcomes.keys()


def test_threads_share_a_client() -> None:
    def answer(connection: Connection) -> None:
        while True:
            connection.request()
            connection.send(GOOD)

    failures: list[Exception] = []
    with serving(answer) as port:
        connecting = Connecting(sync_transport)
        session = sotalia.Session(**KEYS, transport=connecting)
        s3 = session.client("s3", endpoint_url=f"http://127.0.0.1:{port}")

        def work() -> None:
            try:
                for _ in range(20):
                    assert len(s3.get_object(Bucket="b", Key="k")["Body"].read()) == 4096
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        pool = connecting.made[0].pool
        assert failures == []
        assert pool.in_use == 0
        assert pool.idle <= 10
        s3.close()


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="there is no fork on this platform")
def test_a_client_survives_a_fork() -> None:
    import os

    def answer(connection: Connection) -> None:
        while True:
            connection.request()
            connection.send(GOOD)

    with serving(answer) as port:
        s3 = sotalia.Session(**KEYS).client("s3", endpoint_url=f"http://127.0.0.1:{port}")
        s3.get_object(Bucket="b", Key="k")["Body"].read()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Threads of the test's server exist.
            child = os.fork()
        if child == 0:
            status = 1
            try:
                status = 0 if len(s3.get_object(Bucket="b", Key="k")["Body"].read()) == 4096 else 2
            finally:
                os._exit(status)
        assert len(s3.get_object(Bucket="b", Key="k")["Body"].read()) == 4096
        assert os.waitpid(child, 0)[1] == 0
        s3.close()
