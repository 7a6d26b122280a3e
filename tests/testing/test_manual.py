"""Runtimes with a manual clock."""

from __future__ import annotations

import asyncio

import pytest

import sotalia
from sotalia.runtime import drive
from sotalia.testing import AsyncManualRuntime, ManualRuntime, ScriptedTransport, answer
from tests.client_kinds import KEYS


@pytest.mark.parametrize("runtime", [ManualRuntime(5.0), AsyncManualRuntime(5.0)])
def test_time_passes_by_sleeping_and_by_hand(runtime: ManualRuntime | AsyncManualRuntime) -> None:
    for seconds in (1.5, 0.0, -1.0):
        work = runtime.sleep(seconds)
        asyncio.run(work) if runtime.is_async else drive(work)
    assert runtime.sleeps == [1.5, 0.0, -1.0]
    assert runtime.now() == 6.5
    runtime.advance(3.5)
    assert runtime.now() == 10.0
    with pytest.raises(ValueError, match="cannot go back by 1"):
        runtime.advance(-1)


def test_a_session_waits_by_it() -> None:
    script = [answer(503), answer(503), answer(200, body=b"<ListAllMyBucketsResult/>")]
    runtime = ManualRuntime()
    session = sotalia.Session(**KEYS, transport=ScriptedTransport(script), runtime=runtime)
    session.client("s3").list_buckets()
    assert len(runtime.sleeps) == 2
    assert runtime.now() == sum(runtime.sleeps) > 0

    async def main() -> None:
        runtime = AsyncManualRuntime()
        session = sotalia.AsyncSession(**KEYS, transport=ScriptedTransport(script), runtime=runtime)
        async with session.client("s3") as s3:
            await s3.list_buckets()
        assert len(runtime.sleeps) == 2

    asyncio.run(main())


def test_a_runtime_of_the_other_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="AsyncManualRuntime is a runtime of async clients"):
        sotalia.Session(runtime=AsyncManualRuntime())
    with pytest.raises(TypeError, match="ManualRuntime is a runtime of sync clients"):
        sotalia.AsyncSession(runtime=ManualRuntime())
