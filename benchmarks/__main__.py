"""Side by side with boto3, one process a measurement, the two taking turns: ``python -m benchmarks``.

Each figure is the median of the rounds. The server answers at once on loopback; CPU is that of the client's process.
"""

from __future__ import annotations

import compileall
import statistics
import sys
from pathlib import Path

import sotalia
from benchmarks.measures import MEASURES
from benchmarks.rounds import measured
from benchmarks.server import Server

PACKAGES = ("boto3", "sotalia")


def main(rounds: int = 5) -> None:
    """Print the table."""
    # As an installer does; a checkout may be one where Python does not write bytecode.
    compileall.compile_dir(Path(sotalia.__file__).parent, quiet=1)
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


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
