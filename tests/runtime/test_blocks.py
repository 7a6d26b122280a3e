"""What lasts for a block."""

from __future__ import annotations

import asyncio
import pickle
from typing import Self

import pytest

from sotalia.runtime.blocks import Block


class Noting(Block):
    """Notes what happens to it."""

    def __init__(self) -> None:
        self.noted: list[str] = []

    def start(self) -> Self:
        self.noted.append("start")
        return self

    def stop(self) -> None:
        self.noted.append("stop")

    def __repr__(self) -> str:
        return "<Noting>"


def test_it_ends_however_its_block_does() -> None:
    block = Noting()
    with pytest.raises(ZeroDivisionError), block:
        block.noted.append(str(1 / 0))
    assert block.noted == ["start", "stop"]


def test_with_async() -> None:
    async def work() -> Noting:
        async with Noting() as block:
            assert block.noted == ["start"]
        return block

    assert asyncio.run(work()).noted == ["start", "stop"]


def test_it_is_of_one_process() -> None:
    with pytest.raises(
        pickle.PicklingError, match="<Noting> cannot be pickled: it is about the calls of this"
    ):
        pickle.dumps(Noting())
