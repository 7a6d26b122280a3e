"""Side by side with boto3, one process a measurement, the two taking turns: ``python -m benchmarks [ROUNDS] [--json]``.

Each figure is the median of the rounds. The server answers at once on loopback; CPU is that of the client's process.
With ``--json`` they also become what the plots show.
"""

from __future__ import annotations

import compileall
import statistics
import sys
from importlib import resources

from benchmarks import figures
from benchmarks.measures import MEASURES
from benchmarks.rounds import measured
from benchmarks.server import Server

PACKAGES = ("boto3", "sotalia")
# What the two import.
COMPILED = (*PACKAGES, "botocore", "dateutil", "jmespath", "orjson", "s3transfer", "urllib3")


def main(rounds: int = 5, *, write: bool = False) -> None:
    """Print the table, and write it to ``figures.json`` where that is wanted."""
    # As pip does when it installs; other installers leave it to the first start, and Python may have been told to write none.
    for name in COMPILED:
        compileall.compile_dir(str(resources.files(name)), quiet=1)
    rows: list[figures.Figure] = []
    print(f"{'':36}{'boto3':>10}{'sotalia':>10}   ratio")
    with Server() as url:
        for name, (_, unit) in MEASURES.items():
            found: dict[str, list[float]] = {package: [] for package in PACKAGES}
            for _ in range(rounds):
                for package in PACKAGES:
                    found[package] += measured("benchmarks.measures", name, package, url)
            theirs, ours = (statistics.median(found[package]) for package in PACKAGES)
            ratio = f"1/{theirs / ours:.1f}" if ours > 0 else "-"
            print(f"{name:36}{theirs:>7.1f} {unit}{ours:>7.1f} {unit}   {ratio}", flush=True)
            rows.append({"name": name, "unit": unit, "other": round(theirs, 3), "sotalia": round(ours, 3)})
    if write:
        figures.replace("ratios", figures.named("boto3"), rows)


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    main(*numbers[:1], write="--json" in sys.argv)
