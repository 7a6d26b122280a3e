"""Resources shared by tasks: loads at once, iterations that are left or cancelled."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import sotalia
from tests.resources.answers import KEYS


class Gate:
    """A service that answers when it is let: one instance, or pages of two keys without end."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.under_way = 0
        self.started = asyncio.Event()
        self.open = asyncio.Event()

    async def answer(self, operation: str, params: Any) -> Any:
        self.asked.append(operation)
        self.under_way += 1
        self.started.set()
        try:
            await self.open.wait()
        finally:
            self.under_way -= 1
        if operation == "ListObjects":
            return {"Contents": [{"Key": "a"}, {"Key": "b"}], "IsTruncated": True}
        instance = {"InstanceId": "i", "VpcId": "v", "State": {"Name": "running"}}
        return {"Reservations": [{"Instances": [instance]}]}


def test_loads_at_once_of_which_one_is_cancelled() -> None:
    async def run() -> Any:
        gate = Gate()
        async with sotalia.AsyncSession(**KEYS).resource("ec2") as ec2:
            ec2.meta.client._make_api_call = gate.answer
            instance = ec2.Instance("i")
            loads = [asyncio.create_task(instance.load()) for _ in range(5)]
            await gate.started.wait()
            loads[0].cancel()
            gate.open.set()
            outcomes = await asyncio.gather(*loads, return_exceptions=True)
            return [type(outcome).__name__ for outcome in outcomes], instance.state, instance.vpc.id

    outcomes, state, vpc_id = asyncio.run(run())
    assert outcomes == ["CancelledError"] + ["NoneType"] * 4
    assert (state, vpc_id) == ({"Name": "running"}, "v")


def test_an_iteration_that_is_cancelled_leaves_no_call() -> None:
    async def run() -> tuple[int, list[str]]:
        gate = Gate()
        async with sotalia.AsyncSession(**KEYS).resource("s3") as s3:
            s3.meta.client._make_api_call = gate.answer

            async def listing() -> list[Any]:
                return [found async for found in s3.Bucket("b").objects.all()]

            task = asyncio.create_task(listing())
            await gate.started.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        return gate.under_way, gate.asked

    assert asyncio.run(run()) == (0, ["ListObjects"])


def test_limits_pages_and_batch_actions_over_endless_pages() -> None:
    async def run() -> None:
        gate = Gate()
        gate.open.set()
        async with sotalia.AsyncSession(**KEYS).resource("s3") as s3:
            s3.meta.client._make_api_call = gate.answer
            objects = s3.Bucket("b").objects
            # Without a key that is new the paginator stops; a limit is reached before.
            assert [found.key async for found in objects.limit(2)] == ["a", "b"]
            assert [len(page) async for page in objects.page_size(2).limit(1).pages()] == [1]
            assert len(await objects.limit(2).delete()) == 1
            pages = objects.pages()
            assert [found.key for found in await anext(pages)] == ["a", "b"]
            await pages.aclose()
        assert gate.asked == ["ListObjects"] * 3 + ["DeleteObjects"] + ["ListObjects"]

    asyncio.run(run())
