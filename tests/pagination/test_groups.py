"""The pages of one iteration are one group, and what the consumer calls between two pages is not in it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import pytest

import sotalia
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind
from tests.groups import Watched

ANY_KEYS: Any = KEYS

NAME = ("list_objects_v2",)


def page(token: str | None) -> Any:
    more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>"
    return answer(
        body=f"<ListBucketResult>{more if token else ''}<Contents><Key>a</Key></Contents></ListBucketResult>".encode()
    )


def pages_of(client: Any) -> Any:
    return client.get_paginator("list_objects_v2").paginate(Bucket="b")


def driven(client_kind: Kind, script: list[Any], run: Any) -> Watched:
    """Run an ``async def`` over a client of either kind: pages of a sync one are given to ``async for`` as well."""
    client = client_kind.scripted("s3", script)
    with Watched() as seen:
        client_kind.run(run(client.raw)) if client_kind.is_async else asyncio.run(run(client.raw))
    return seen


async def each(pages: Any) -> Any:
    if hasattr(type(pages), "__aiter__"):
        async for one in pages:
            yield one
    else:
        for one in pages:
            yield one


async def called(value: Any) -> Any:
    return await value if asyncio.iscoroutine(value) else value


def test_one_group_per_iteration(client_kind: Kind) -> None:
    async def run(s3: Any) -> None:
        pages = pages_of(s3)
        for _ in range(2):
            async for _ in each(pages):
                await called(s3.head_object(Bucket="b", Key="k"))

    seen = driven(client_kind, [page("t"), answer(), page(None), answer()] * 2, run)
    assert seen.by_group() == {NAME: ["ListObjectsV2"] * 4, (): ["HeadObject"] * 4}
    first, second = {seen[0].group, seen[2].group}, {seen[4].group, seen[6].group}
    assert len(first) == len(second) == 1
    assert first != second


def test_iterations_that_are_interleaved_and_left_early(client_kind: Kind) -> None:
    async def run(s3: Any) -> None:
        one, other = each(pages_of(s3)), each(pages_of(s3))
        await anext(one)
        await anext(other)
        await anext(one)
        await other.aclose()
        await called(s3.head_object(Bucket="b", Key="k"))
        with contextlib.suppress(StopAsyncIteration):
            await anext(one)

    seen = driven(client_kind, [page("t"), page("t"), page("u"), answer(), page(None)], run)
    assert [call.names for call in seen] == [[*NAME], [*NAME], [*NAME], [], [*NAME]]
    numbers = [call.group and call.group.number for call in seen]
    assert numbers[0] == numbers[2] == numbers[4] != numbers[1]


def test_a_page_that_fails_leaves_its_group(client_kind: Kind) -> None:
    async def run(s3: Any) -> None:
        with pytest.raises(sotalia.exceptions.ClientError):
            async for _ in each(pages_of(s3)):
                pass
        await called(s3.head_object(Bucket="b", Key="k"))

    seen = driven(client_kind, [page("t"), answer(403), answer()], run)
    assert seen.by_group() == {NAME: ["ListObjectsV2"] * 2, (): ["HeadObject"]}


def test_two_iterations_in_tasks_and_one_that_is_cancelled() -> None:
    async def run() -> Watched:
        transport = ScriptedTransport([page(f"t{number}") for number in range(100)])
        async with sotalia.AsyncSession(**ANY_KEYS, transport=transport).client("s3") as s3:

            async def listing() -> None:
                count = 0
                async for _ in pages_of(s3):
                    count += 1
                    await asyncio.sleep(0)
                    await s3.head_object(Bucket="b", Key="k")
                    if count == 3:
                        await asyncio.sleep(60)

            with Watched() as seen:
                tasks = [asyncio.create_task(listing()) for _ in range(2)]
                while len(seen) < 12:  # noqa: ASYNC110 - a call tells nobody
                    await asyncio.sleep(0)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await s3.head_object(Bucket="b", Key="k")
        return seen

    seen = asyncio.run(run())
    assert seen.by_group() == {NAME: ["ListObjectsV2"] * 6, (): ["HeadObject"] * 7}
    assert len(seen.numbers()) == 3


def test_all_ways_to_iterate(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [page("t"), page(None)] * 3)
    with Watched() as seen:
        pages = pages_of(s3.raw)
        client_kind.run(pages.build_full_result())
        list(client_kind.run(pages.items()))
        list(client_kind.run(pages.search("Contents[].Key")))
    assert seen.by_group() == {NAME: ["ListObjectsV2"] * 6}
    assert len(seen.numbers()) == 3


def test_without_a_recorder_there_is_no_group(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [page("t"), page(None)])
    with Watched(watches=False) as seen:
        client_kind.run(pages_of(s3.raw).build_full_result())
    assert seen.by_group() == {(): ["ListObjectsV2"] * 2}
