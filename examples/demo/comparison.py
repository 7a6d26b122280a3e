"""What boto3 and sotalia cost, each measurement in a process of its own, the two taking turns."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib import import_module

from benchmarks.measures import cpu_per_call, session
from benchmarks.rounds import measured

PACKAGES = ("boto3", "sotalia")
MEASURES = (
    ("import", "ms"),
    ("to the first client", "ms"),
    ("to the first answer", "ms"),
    ("CPU of one call", "µs"),
)
ROUNDS = 3


def measure(package: str, url: str) -> list[float]:
    """One figure for each of ``MEASURES``: a program's start step by step, then calls of HeadObject."""
    figures: list[float] = []
    start = time.perf_counter()
    module = import_module(package)
    _ = module.Session, module.client
    figures.append((time.perf_counter() - start) * 1e3)
    s3 = session(package).client("s3", endpoint_url=url)
    figures.append((time.perf_counter() - start) * 1e3)
    s3.head_object(Bucket="bucket", Key="key")
    figures.append((time.perf_counter() - start) * 1e3)
    figures.append(cpu_per_call(lambda: s3.head_object(Bucket="bucket", Key="key"), 40))
    return figures


def compare(url: str, begin: Callable[[int], None]) -> list[tuple[float, float]]:
    """The best of some rounds, of boto3 and of sotalia: a pair for each of ``MEASURES``. ``begin`` hears of each round.

    The best, for whatever else a machine does can only add to a start.
    """
    for package in PACKAGES:  # what only the first start of all pays: bytecode, the cache of service models
        measured("examples.demo.comparison", package, url)
    found: dict[str, list[list[float]]] = {package: [] for package in PACKAGES}
    for number in range(ROUNDS):
        begin(number + 1)
        for package in PACKAGES:
            found[package].append(measured("examples.demo.comparison", package, url))
    theirs, ours = ([min(column) for column in zip(*found[package], strict=True)] for package in PACKAGES)
    return list(zip(theirs, ours, strict=True))


if __name__ == "__main__":
    print(*measure(sys.argv[1], sys.argv[2]))
