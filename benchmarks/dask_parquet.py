"""dask on worker processes: parquet files written, read, grouped and written back, over sotalia and beside it over s3fs.

``python -m benchmarks.dask_parquet [PYTHON_WITH_S3FS]``, in an environment with the group ``engines``. Each package runs in a
process of its own with its workers, against :mod:`benchmarks.objects`, and once on files of this machine: what goes beyond their
figures is the price of S3. CPU is that of the workers and of the program, from the moment when pandas is imported. In the last run of sotalia workers are killed while they write
and while they read; every run compares its result with one computed without files, to the last bit. ``--files 200 --megabytes
2048 --workers 4 --rounds 1``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

GROUPS = 1000
MODULUS = 1_000_003  # So that no sum overflows.
#: What a row takes in a file: two numbers that cannot be compressed, and a key of ten bits.
ROW_BYTES = 20.5
#: Seconds between two kills.
PAUSE = 4.0


def part(number: int, rows: int) -> Any:
    """The frame of a file: the same whenever it is made, so that a worker that was killed changes nothing."""
    import numpy as np
    import pandas as pd

    made = np.random.default_rng(number)
    return pd.DataFrame(
        {
            "key": made.integers(0, GROUPS, rows, dtype=np.int64),
            "amount": made.integers(0, 2**52, rows, dtype=np.int64),
            "weight": made.random(rows),
        }
    )


def expected(files: int, rows: int) -> list[int]:
    """The sums of the groups, computed here."""
    import numpy as np

    amounts = np.zeros(GROUPS, dtype=np.int64)
    for number in range(files):
        frame = part(number, rows)
        np.add.at(amounts, frame["key"].to_numpy(), frame["amount"].to_numpy() % MODULUS)
    return amounts.tolist()


@contextmanager
def killing(client: Any, kills: list[str], what: str) -> Iterator[None]:
    """SIGKILL for a worker every few seconds, three in all."""
    done = threading.Event()

    def kill() -> None:
        for _ in range(3):
            if done.wait(PAUSE):
                return
            workers = client.run(os.getpid)
            address = random.choice(sorted(workers))
            os.kill(workers[address], signal.SIGKILL)
            kills.append(what)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def run(package: str, url: str, options: argparse.Namespace) -> dict[str, Any]:
    """Seconds of each step, and what came out."""
    import dask
    import dask.dataframe as dd
    from dask.distributed import Client, LocalCluster

    dask.config.set({"distributed.admin.log-format": "%(message)s", "logging.distributed": "critical"})
    storage: dict[str, Any] = {
        "key": "k", "secret": "s", "endpoint_url": url, "client_kwargs": {"region_name": "us-east-1"}
    }  # fmt: skip
    root = {"sotalia": "sotalia://bucket", "s3fs": "s3://bucket"}.get(package, url)
    if package == "files":
        storage = {}
    data, grouped = f"{root}/data", f"{root}/grouped"
    rows = rows_of(options)
    kills: list[str] = []
    found: dict[str, Any] = {"kills": kills}
    with (
        LocalCluster(
            n_workers=options.workers, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        steps = {
            "write": lambda: dd.from_map(part, range(options.files), rows=rows).to_parquet(
                data, storage_options=storage, write_index=False
            ),
            "group and write back": lambda: (
                dd.read_parquet(data, storage_options=storage)
                .assign(amount=lambda frame: frame["amount"] % MODULUS)
                .groupby("key")
                .agg({"amount": "sum", "weight": "count"})
                .to_parquet(grouped, storage_options=storage)
            ),
        }
        client.run(_warm)
        used = _cpu(client)
        for name, step in steps.items():
            start = time.perf_counter()
            if options.kill:
                with killing(client, kills, name):
                    step()
            else:
                step()
            found[name] = time.perf_counter() - start
        # Of workers that were killed it is not known.
        found["cpu"] = None if kills else _cpu(client) - used
        result = dd.read_parquet(grouped, storage_options=storage).compute().sort_index()
        sizes = dict(size_of_parts(data, storage))
        found["files"], found["bytes"] = len(sizes), sum(sizes.values())
        found["sums"], found["rows"] = result["amount"].tolist(), int(result["weight"].sum())
    return found


def _warm() -> None:
    """Import what both packages need."""
    for name in ("dask.dataframe", "pandas", "pyarrow.parquet"):
        import_module(name)


def _cpu(client: Any) -> float:
    """Seconds of CPU up to now, of the workers and of this process."""
    return float(sum(client.run(time.process_time).values()) + time.process_time())


def rows_of(options: argparse.Namespace) -> int:
    """Rows of a file."""
    return int(options.megabytes * 1024**2 / options.files / ROW_BYTES)


def size_of_parts(url: str, storage: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """The files of a data set."""
    import fsspec

    fs, path = fsspec.url_to_fs(url, **storage)
    for name, entry in fs.find(path, detail=True).items():
        yield name, entry["size"]


def measured(python: str, package: str, url: str, arguments: list[str]) -> dict[str, Any]:
    """What a run found."""
    done = subprocess.run(
        [python, "-m", "benchmarks.dask_parquet", "--run", package, "--url", url, *arguments],
        capture_output=True,
        text=True,
        cwd=Path(__file__).resolve().parents[1],
    )
    if done.returncode:
        raise RuntimeError(f"{package}: {done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("python", nargs="?", help="of an environment with s3fs, dask, pyarrow and pandas")
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--megabytes", type=int, default=2048)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--kill", action="store_true", help="only the run with killed workers")
    parser.add_argument("--run", choices=("sotalia", "s3fs", "files"), help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        print(json.dumps(run(options.run, options.url, options)))
        return
    from benchmarks.server import Server

    sizes = [
        f"--files={options.files}", f"--megabytes={options.megabytes}", f"--workers={options.workers}"
    ]  # fmt: skip
    sums, rows = expected(options.files, rows_of(options)), options.files * rows_of(options)
    packages = {} if options.kill else {"sotalia": sys.executable, "files": sys.executable}
    if options.python and not options.kill:
        packages = {"s3fs": options.python, **packages}
    runs = [(package, python, []) for _ in range(options.rounds) for package, python in packages.items()]
    runs.append(("sotalia", sys.executable, ["--kill"]))
    totals: dict[str, list[list[float]]] = {}
    for package, python, more in runs:
        with (
            tempfile.TemporaryDirectory(prefix="objects-") as folder,
            Server("benchmarks.objects", folder) as url,
        ):
            place = folder if package == "files" else url
            found = measured(python, package, place, [*sizes, *more])
        name = f"{package}, {len(found['kills'])} workers killed" if more else package
        figures = [found["write"], found["group and write back"], found["cpu"] or 0.0]
        totals.setdefault(name, []).append(figures)
        print(
            f"{name:28} write {figures[0]:6.1f} s, group and write back {figures[1]:6.1f} s, CPU {'not known' if found['cpu'] is None else f'{figures[2]:6.1f} s'}; "
            f"{found['files']} files of {found['bytes'] / 1e9:.2f} GB, "
            f"{'equal' if (found['sums'], found['rows']) == (sums, rows) else 'DIFFERENT'}",
            flush=True,
        )
    if options.rounds > 1:
        for name, rounds in totals.items():
            middle = [statistics.median(column) for column in zip(*rounds, strict=True)]
            print(
                f"{name:28} median: write {middle[0]:.1f} s, group {middle[1]:.1f} s, CPU {middle[2]:.1f} s"
            )


if __name__ == "__main__":
    main()
