"""Asynchronous calls beside aiobotocore's, at several numbers in flight.

``python -m benchmarks.throughput PYTHON`` takes the Python of an environment that has aiobotocore; without it, only
sotalia is measured. The two take turns on the same server. ``--json`` behind it also gives the plots their figures.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

IN_FLIGHT = (1, 10, 32, 100)
CALLS = {"HeadObject": 1500, "GetObject 4 KB": 1500, "PutObject 4 KB": 1000, "list of 1000 keys": 60}
KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-west-2"}


def client_of(package: str, url: str, connections: int) -> Any:
    """An S3 client as an asynchronous context manager."""
    if package == "sotalia":
        import sotalia
        from sotalia.config import Config

        config: Any = Config(max_pool_connections=connections)
        return sotalia.AsyncSession(**KEYS).client("s3", endpoint_url=url, config=config)
    from aiobotocore.config import AioConfig
    from aiobotocore.session import get_session

    config = AioConfig(max_pool_connections=connections)
    return get_session().create_client("s3", endpoint_url=url, config=config, **KEYS)


def operations(s3: Any) -> dict[str, Callable[[], Awaitable[Any]]]:
    """What is called."""
    body = b"x" * 4096

    async def get() -> None:
        answer = await s3.get_object(Bucket="bucket", Key="key")
        async with answer["Body"] as stream:
            await stream.read()

    return {
        "HeadObject": lambda: s3.head_object(Bucket="bucket", Key="key"),
        "GetObject 4 KB": get,
        "PutObject 4 KB": lambda: s3.put_object(Bucket="bucket", Key="key", Body=body),
        "list of 1000 keys": lambda: s3.list_objects_v2(Bucket="bucket"),
    }


async def measure(package: str, url: str, in_flight: int) -> dict[str, tuple[float, float, float, float]]:
    """Requests per second, CPU in microseconds, median and 99th percentile in milliseconds, of each operation."""
    found = {}
    async with client_of(package, url, in_flight) as s3:
        for name, call in operations(s3).items():
            total = CALLS[name]
            latencies: list[float] = []
            left = iter(range(total))

            async def worker(call: Any = call, left: Any = left, latencies: list[float] = latencies) -> None:
                for _ in left:
                    start = time.perf_counter()
                    await call()
                    latencies.append((time.perf_counter() - start) * 1e3)

            await asyncio.gather(*(call() for _ in range(in_flight)))
            cpu, start = time.process_time(), time.perf_counter()
            await asyncio.gather(*(worker() for _ in range(in_flight)))
            elapsed, used = time.perf_counter() - start, time.process_time() - cpu
            latencies.sort()
            found[name] = (
                total / elapsed,
                used / total * 1e6,
                latencies[total // 2],
                latencies[int(total * 0.99) - 1],
            )
    return found


def main() -> None:
    """Print a table."""
    from benchmarks import figures
    from benchmarks.server import Server

    rows: list[figures.Figure] = []
    pythons = {"sotalia": sys.executable}
    if len(sys.argv) > 1:
        pythons = {"aiobotocore": sys.argv[1], **pythons}
    print(f"{'':20}{'in flight':>10}{'package':>13}{'requests/s':>12}{'CPU us':>9}{'p50 ms':>9}{'p99 ms':>9}")
    with Server() as url:
        for in_flight in IN_FLIGHT:
            results = {
                package: json.loads(
                    subprocess.run(
                        [python, __file__, "measure", package, url, str(in_flight)],
                        check=True,
                        capture_output=True,
                        text=True,
                    ).stdout
                )
                for package, python in pythons.items()
            }
            for name in CALLS:
                for package, found in results.items():
                    rate, cpu, middle, late = found[name]
                    print(
                        f"{name:20}{in_flight:>10}{package:>13}{rate:>12.0f}{cpu:>9.0f}{middle:>9.2f}{late:>9.2f}",
                        flush=True,
                    )
                if len(results) == 2 and in_flight == 32:
                    other, ours = (results[package][name][1] for package in ("aiobotocore", "sotalia"))
                    unit, scale = ("ms", 1e3) if other >= 10_000 else ("us", 1.0)
                    rows.append(
                        {
                            "name": f"{name}, 32 in flight",
                            "unit": unit,
                            "other": round(other / scale, 3),
                            "sotalia": round(ours / scale, 3),
                        }
                    )
    if rows and "--json" in sys.argv:
        asked = "import importlib.metadata as m; print('aiobotocore', m.version('aiobotocore'))"
        other_name = subprocess.run(
            [sys.argv[1], "-c", asked], check=True, capture_output=True, text=True
        ).stdout
        figures.replace("async", other_name.strip(), rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
        print(json.dumps(asyncio.run(measure(sys.argv[2], sys.argv[3], int(sys.argv[4])))))
    else:
        main()
