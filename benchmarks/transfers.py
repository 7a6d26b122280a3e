"""Transfers of files side by side with boto3, one process a measurement, taking turns: ``python -m benchmarks.transfers``.

200 MiB and 16 KiB up and down, against a server on loopback that keeps nothing. Memory is what the transfer adds at its
peak. Each figure is the median of the rounds.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.rounds import measured
from benchmarks.server import Server
from benchmarks.storage import LARGE, SMALL

KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-west-2"}
KINDS = ("boto3", "sotalia", "sotalia, asynchronous")
COUNT = 100


def made(kind: str, url: str) -> tuple[Any, Callable[[Any], Any]]:
    """A client, and what runs its calls to their end."""
    if kind == "boto3":
        import boto3

        return boto3.Session(**KEYS).client("s3", endpoint_url=url), lambda value: value
    import sotalia

    if kind == "sotalia":
        return sotalia.Session(**KEYS).client("s3", endpoint_url=url), lambda value: value
    return sotalia.AsyncSession(**KEYS).client(
        "s3", endpoint_url=url
    ), asyncio.new_event_loop().run_until_complete


def first(kind: str, url: str, folder: Path) -> list[float]:
    """Milliseconds from nothing imported to the first small file."""
    start = time.perf_counter()
    s3, run = made(kind, url)
    run(s3.download_file("b", "small", str(folder / "got")))
    return [(time.perf_counter() - start) * 1e3]


def small(kind: str, url: str, folder: Path) -> list[float]:
    """Microseconds of CPU for a small file, up and down."""
    s3, run = made(kind, url)
    (folder / "file").write_bytes(bytes(SMALL))
    found = []
    for call in (
        lambda: run(s3.upload_file(str(folder / "file"), "b", "small")),
        lambda: run(s3.download_file("b", "small", str(folder / "got"))),
    ):
        call()
        start = time.process_time()
        for _ in range(COUNT):
            call()
        found.append((time.process_time() - start) / COUNT * 1e6)
    return found


def large(kind: str, url: str, folder: Path) -> list[float]:
    """MiB a second, milliseconds of CPU, and MiB of memory at the peak, up and then down."""
    s3, run = made(kind, url)
    with open(folder / "file", "wb") as file:
        file.truncate(LARGE)
    run(s3.download_file("b", "small", str(folder / "got")))
    found = []
    for call in (
        lambda: run(s3.upload_file(str(folder / "file"), "b", "large")),
        lambda: run(s3.download_file("b", "large", str(folder / "got"))),
    ):
        Path("/proc/self/clear_refs").write_text("5")  # The peak begins anew.
        before, start, cpu = peak(), time.perf_counter(), time.process_time()
        call()
        seconds = time.perf_counter() - start
        found += [LARGE / 1024**2 / seconds, (time.process_time() - cpu) * 1e3, peak() - before]
    assert (folder / "got").stat().st_size == LARGE
    return found


def peak() -> float:
    """MiB of resident memory at the highest."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


MEASURES: dict[str, tuple[Callable[[str, str, Path], list[float]], list[str]]] = {
    "first": (first, ["first file, from nothing imported, ms"]),
    "small": (small, ["16 KiB up, us of CPU", "16 KiB down, us of CPU"]),
    "large": (
        large,
        [
            f"200 MiB {way}, {unit}"
            for way in ("up", "down")
            for unit in ("MiB/s", "ms of CPU", "MiB of memory")
        ],
    ),
}


def main(rounds: int = 5) -> None:
    """Print the table."""
    print(f"{'':40}" + "".join(f"{kind:>24}" for kind in KINDS))
    with Server("benchmarks.storage") as url:
        for name, (_, titles) in MEASURES.items():
            found: dict[str, list[list[float]]] = {kind: [] for kind in KINDS}
            for _ in range(rounds):
                for kind in KINDS:
                    found[kind].append(measured("benchmarks.transfers", name, kind, url))
            for index, title in enumerate(titles):
                row = [statistics.median(values[index] for values in found[kind]) for kind in KINDS]
                print(f"{title:40}" + "".join(f"{value:>24.1f}" for value in row), flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        with tempfile.TemporaryDirectory() as place:
            print(*MEASURES[sys.argv[1]][0](sys.argv[2], sys.argv[3], Path(place)))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
