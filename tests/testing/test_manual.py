"""Runtimes with a manual clock."""

from __future__ import annotations

import asyncio

import pytest

from sotalia.runtime import drive
from sotalia.testing import AsyncManualRuntime, ManualRuntime


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
