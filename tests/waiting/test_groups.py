"""The polls of one wait are one group."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import sotalia
from sotalia.testing import AsyncManualRuntime, ManualRuntime
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind
from tests.groups import Watched

ANY_KEYS: Any = KEYS

NAME = ("bucket_exists",)


def waiting(client_kind: Kind, script: list[Any]) -> Any:
    client = client_kind.scripted("s3", script)
    client.raw.meta.runtime = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
    return client


def test_one_group_per_wait(client_kind: Kind) -> None:
    s3 = waiting(client_kind, [answer(404), answer(404), answer(200), answer(200), answer(200)])
    waiter = s3.get_waiter("bucket_exists")
    with Watched() as seen:
        waiter.wait(Bucket="b")
        s3.head_bucket(Bucket="b")
        waiter.wait(Bucket="b")
    assert [call.names for call in seen] == [[*NAME]] * 3 + [[]] + [[*NAME]]
    assert len({call.group for call in seen}) == 3


def test_a_wait_that_fails_leaves_its_group(client_kind: Kind) -> None:
    s3 = waiting(client_kind, [answer(404), answer(403), answer(200)])
    with Watched() as seen:
        with pytest.raises(sotalia.exceptions.WaiterError):
            s3.get_waiter("object_exists").wait(Bucket="b", Key="k")
        s3.head_bucket(Bucket="b")
    assert seen.by_group() == {("object_exists",): ["HeadObject"] * 2, (): ["HeadBucket"]}


def test_two_waits_in_tasks_and_one_that_is_cancelled() -> None:
    async def run() -> Watched:
        transport = ScriptedTransport([answer(404)])
        async with sotalia.AsyncSession(**ANY_KEYS, transport=transport).client("s3") as s3:
            wait = s3.get_waiter("bucket_exists").wait
            with Watched() as seen:
                config: Any = {"Delay": 0.001, "MaxAttempts": 10_000}
                tasks = [asyncio.create_task(wait(Bucket="b", WaiterConfig=config)) for _ in range(2)]
                while len(seen) < 6:  # noqa: ASYNC110 - a call tells nobody
                    await asyncio.sleep(0.001)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        return seen

    seen = asyncio.run(run())
    assert set(seen.by_group()) == {NAME}
    assert len(seen.numbers()) == 2
