"""The simulation of many workers: the same seed gives the same run, and each way keeps to what it promises."""

from __future__ import annotations

import inspect
import pickle
import re

import pytest
from benchmarks import curves, many_workers
from benchmarks.many_workers import DividedRate, Run, simulate

from tests.documents import ROOT

SMALL = {"workers": 6, "objects": 60, "in_flight": 12, "limit": 200.0}


def counted(run: Run) -> tuple[object, ...]:
    return run.served, run.refused, run.failed, run.seconds


@pytest.mark.parametrize("mode", many_workers.MODES)
def test_the_same_seed_gives_the_same_run(mode: str) -> None:
    first, again, other = (simulate(mode, **SMALL, seed=seed) for seed in (1, 1, 2))  # type: ignore[arg-type]
    assert counted(first) == counted(again)
    assert counted(first) != counted(other)
    assert first.served.total() == 6 * 60
    # No more than the limit, and what may pass at once.
    assert max(first.served.values()) <= 200 * (1 + many_workers.BURST_SECONDS)


def test_what_each_way_gives() -> None:
    runs = {mode: simulate(mode, **SMALL) for mode in many_workers.MODES}  # type: ignore[arg-type]
    assert runs["standard"].refused.total() > runs["adaptive"].refused.total() > 0
    assert runs["divided"].refused.total() == runs["divided"].failed == 0
    assert runs["divided"].seconds < runs["adaptive"].seconds


def test_a_divided_rate_is_lost_on_workers_that_have_nothing_to_do() -> None:
    even, uneven = (simulate("divided", **SMALL, skew=skew) for skew in (0.0, 0.5))  # type: ignore[arg-type]
    assert even.served.total() == uneven.served.total()
    assert uneven.seconds > 1.5 * even.seconds


@pytest.mark.parametrize(("workers", "skew"), [(64, 0.0), (64, 0.25), (3, 0.3), (1, 0.5), (2, 0.0)])
def test_shares_add_up(workers: int, skew: float) -> None:
    counts = many_workers.shares(workers, 100, skew)
    assert len(counts) == workers
    assert sum(counts) == pytest.approx(100 * workers, abs=workers)


def test_the_rate_of_the_page_is_the_simulated_one() -> None:
    page = (ROOT / "docs/many-machines.md").read_text("utf-8")
    source = re.sub(r"  # type: ignore\[[a-z-]+\]", "", inspect.getsource(DividedRate))
    assert source.rstrip() in page


def test_a_divided_rate_starts_anew_on_another_machine() -> None:
    rate = DividedRate(100.0, 4)
    rate.turn = 1e9
    arrived = pickle.loads(pickle.dumps(rate))
    assert (arrived.per_second, arrived.workers, arrived.turn) == (100.0, 4, 0.0)


def test_the_picture_fits_what_it_shows() -> None:
    runs = [curves.Curve("a < b", 2.5, [3, 4, 1], [0, 0, 9]), curves.Curve("c", 1.0, [8], [0])]
    drawn = curves.picture("t & t", runs, 5.0)
    points = [
        float(value) for line in re.findall(r'points="([^"]*)"', drawn) for value in re.split("[ ,]", line)
    ]
    assert len(points) == 2 * 2 * (3 + 1)
    assert all(0 <= value <= 600 for value in points)
    assert "a &lt; b" in drawn
    assert "t &amp; t" in drawn


def test_a_simulation_that_nobody_will_end_is_an_error() -> None:
    loop = many_workers.VirtualLoop()
    try:
        with pytest.raises(RuntimeError, match="nobody will wake"):
            loop.run_until_complete(loop.create_future())
    finally:
        loop.close()
