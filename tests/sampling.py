"""What takes long runs in part: a sample, chosen by a seed. ``pytest --slow`` (``make test-slow``) runs all of it.

``@pytest.mark.slow(keep=2)`` above a test with a table of cases keeps so many of them. A test that loops over its cases
takes them from the fixture ``sample``: ``for service in sample(SERVICES, 40)``. Named on the command line by its id, a
test always runs.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def add_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("sampling of slow tests")
    group.addoption("--slow", action="store_true", help="run all of the slow tests, not a sample")
    group.addoption("--sample-seed", default="1", help="what chooses the sample (default: %(default)s)")


def describe(config: pytest.Config) -> str:
    if config.getoption("slow"):
        return "slow tests: all"
    return f"slow tests: a sample, --sample-seed={config.getoption('sample_seed')} (all: --slow)"


def deselect(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take the slow tests that are not in the sample out of ``items``."""
    if config.getoption("slow") or any("::" in argument for argument in config.args):
        return
    groups: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("slow") is not None:
            groups.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left_out: set[pytest.Item] = set()
    for name, group in groups.items():
        [marker] = list(group[0].iter_markers("slow"))
        kept = chosen(config, name, group, **marker.kwargs)
        left_out |= set(group) - set(kept)
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


def chosen(config: pytest.Config, name: str, cases: Iterable[Any], keep: int) -> list[Any]:
    """``keep`` of the cases in their order, the same for the same seed and name."""
    cases = list(cases)
    if config.getoption("slow") or len(cases) <= keep:
        return cases
    generator = random.Random(f"{config.getoption('sample_seed')} {name}")
    return [cases[number] for number in sorted(generator.sample(range(len(cases)), keep))]


def sampler(request: pytest.FixtureRequest) -> Callable[[Iterable[Any], int], list[Any]]:
    def sample(cases: Iterable[Any], keep: int) -> list[Any]:
        return chosen(request.config, request.node.nodeid, cases, keep)

    return sample
