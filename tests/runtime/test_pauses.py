"""Pauses that nobody needs: skipped where whoever responds says so, in its thread or task alone."""

from __future__ import annotations

import threading

import pytest

from sotalia.runtime import drive
from sotalia.runtime.pauses import are_skipped, pause, skipping
from sotalia.testing import ManualRuntime


@pytest.mark.parametrize(("skips", "slept"), [(None, 3), (lambda: False, 3), (lambda: True, 0)])
def test_pauses(skips: object, slept: float) -> None:
    runtime = ManualRuntime()
    token = skipping.set(skips)  # type: ignore[arg-type]
    try:
        drive(pause(runtime, 3))
    finally:
        skipping.reset(token)
    assert runtime.sleeps == [slept]


def test_other_threads_pause() -> None:
    found: list[bool] = []
    token = skipping.set(lambda: True)
    try:
        thread = threading.Thread(target=lambda: found.append(are_skipped()))
        thread.start()
        thread.join()
        assert are_skipped()
    finally:
        skipping.reset(token)
    assert found == [False]
