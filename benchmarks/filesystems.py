"""S3 for data tools: the filesystem and the async client beside s3fs, obstore and threads of boto3, at several numbers in flight.

``python -m benchmarks.filesystems [--python PYTHON] [--rounds 3]`` makes an environment with s3fs and obstore unless it is given
the Python of one. Each measurement is a process of its own; the packages take turns on the same server, and a figure is the
median of the rounds. CPU and memory are those of the client's process, the interpreter and all imports included in memory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("sotalia.fs", "sotalia async", "s3fs", "obstore", "boto3 threads")
NEEDED = ("s3fs", "obstore", "boto3", "fsspec")
IN_FLIGHT = (1, 32, 256)
KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-west-2"}
LARGE, TINY, MIB = 200 * 1024**2, 4096, 1024**2
BODY = b"x" * TINY


class Work(NamedTuple):
    """What is measured: an operation of :class:`Calls`, how many times, and how many bytes it moves."""

    call: str
    times: int
    size: int
    in_flight: tuple[int, ...] = IN_FLIGHT


WORK = {
    "GET 4 KB": Work("get", 768, TINY),
    "PUT 4 KB": Work("put", 512, TINY),
    "range of 64 KiB": Work("ranges", 512, 64 * 1024),
    "range of 1 MiB": Work("range", 256, MIB),
    "object of 200 MiB": Work("get", 3, LARGE, (1,)),
}


class Calls:
    """The operations of one package. ``key`` is ``tiny`` or ``large``."""

    async def get(self, key: str) -> bytes:
        raise NotImplementedError

    async def put(self, key: str) -> None:
        raise NotImplementedError

    async def range(self, key: str, start: int, end: int) -> bytes:
        raise NotImplementedError

    async def ranges(self, key: str, starts: list[int], size: int, in_flight: int) -> None:
        """All ranges, so many at once: as one call where a package has one."""
        left = iter(starts)

        async def worker() -> None:
            for start in left:
                await self.range(key, start, start + size)

        await asyncio.gather(*(worker() for _ in range(in_flight)))

    async def close(self) -> None:
        """What was opened."""


class Filesystem(Calls):
    """One of fsspec: ours, or s3fs."""

    def __init__(self, kind: Any, url: str, connections: int) -> None:
        self.fs = kind(
            key="a",
            secret="b",
            endpoint_url=url,
            asynchronous=True,
            skip_instance_cache=True,
            client_kwargs={"region_name": "us-west-2"},
            config_kwargs={"max_pool_connections": connections},
        )

    async def get(self, key: str) -> bytes:
        data: bytes = await self.fs._cat_file(f"bucket/{key}")
        return data

    async def put(self, key: str) -> None:
        await self.fs._pipe_file(f"bucket/{key}", BODY)

    async def range(self, key: str, start: int, end: int) -> bytes:
        data: bytes = await self.fs._cat_file(f"bucket/{key}", start=start, end=end)
        return data

    async def ranges(self, key: str, starts: list[int], size: int, in_flight: int) -> None:
        ends = [start + size for start in starts]
        found = await self.fs._cat_ranges(
            [f"bucket/{key}"] * len(starts), starts, ends, batch_size=in_flight, on_error="raise"
        )
        assert [len(data) for data in found] == [size] * len(starts)

    async def close(self) -> None:
        await (await self.fs.set_session()).close()


class Client(Calls):
    """Our async client."""

    def __init__(self, url: str, connections: int) -> None:
        import sotalia
        from sotalia.config import Config

        config = Config(max_pool_connections=connections)
        self.s3: Any = sotalia.AsyncSession(**KEYS).client("s3", endpoint_url=url, config=config)

    async def get(self, key: str, **options: str) -> bytes:
        response = await self.s3.get_object(Bucket="bucket", Key=key, **options)
        data: bytes = await response["Body"].read()
        return data

    async def put(self, key: str) -> None:
        await self.s3.put_object(Bucket="bucket", Key=key, Body=BODY)

    async def range(self, key: str, start: int, end: int) -> bytes:
        return await self.get(key, Range=f"bytes={start}-{end - 1}")

    async def close(self) -> None:
        await self.s3.aclose()


class Store(Calls):
    """obstore's, which is Rust."""

    def __init__(self, url: str) -> None:
        import obstore
        from obstore.store import S3Store

        self.obstore: Any = obstore
        self.store = S3Store(
            "bucket",
            endpoint=url,
            access_key_id="a",
            secret_access_key="b",
            region="us-west-2",
            client_options={"allow_http": True},
        )

    async def get(self, key: str) -> bytes:
        # Its own bytes, which hold memory of Rust: no copy that nobody asked for.
        data: bytes = await (await self.obstore.get_async(self.store, key)).bytes_async()
        return data

    async def put(self, key: str) -> None:
        await self.obstore.put_async(self.store, key, BODY, use_multipart=False)

    async def range(self, key: str, start: int, end: int) -> bytes:
        data: bytes = await self.obstore.get_range_async(self.store, key, start=start, end=end)
        return data


class Threads(Calls):
    """boto3's client in threads."""

    def __init__(self, url: str, connections: int) -> None:
        from concurrent.futures import ThreadPoolExecutor

        import boto3
        from botocore.config import Config

        config = Config(max_pool_connections=connections)
        self.s3: Any = boto3.Session(**KEYS).client("s3", endpoint_url=url, config=config)
        self.pool = ThreadPoolExecutor(connections)

    async def _in_thread(self, work: Callable[[], bytes]) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self.pool, work)

    def _get(self, key: str, **options: str) -> bytes:
        data: bytes = self.s3.get_object(Bucket="bucket", Key=key, **options)["Body"].read()
        return data

    async def get(self, key: str) -> bytes:
        return await self._in_thread(lambda: self._get(key))

    async def put(self, key: str) -> None:
        await self._in_thread(lambda: self.s3.put_object(Bucket="bucket", Key=key, Body=BODY) and b"")

    async def range(self, key: str, start: int, end: int) -> bytes:
        return await self._in_thread(lambda: self._get(key, Range=f"bytes={start}-{end - 1}"))

    async def close(self) -> None:
        self.pool.shutdown()


def calls_of(package: str, url: str, connections: int) -> Calls:
    if package == "sotalia.fs":
        from sotalia.fs import S3FileSystem

        return Filesystem(S3FileSystem, url, connections)
    if package == "s3fs":
        import s3fs

        return Filesystem(s3fs.S3FileSystem, url, connections)
    if package == "sotalia async":
        return Client(url, connections)
    return Store(url) if package == "obstore" else Threads(url, connections)


async def all_of(calls: Calls, work: Work, count: int, in_flight: int) -> None:
    """So many operations, so many at once."""
    key = "large" if work.size > TINY else "tiny"
    numbers: Iterable[int] = iter(range(count))
    starts = [number * work.size % LARGE for number in range(count)]
    if work.call == "ranges":
        await calls.ranges(key, starts, work.size, in_flight)
        return

    async def one(number: int) -> None:
        if work.call == "put":
            await calls.put(key)
            return
        if work.call == "get":
            data = await calls.get(key)
        else:
            data = await calls.range(key, starts[number], starts[number] + work.size)
        assert len(data) == work.size

    async def worker() -> None:
        for number in numbers:
            await one(number)

    await asyncio.gather(*(worker() for _ in range(in_flight)))


async def measure(package: str, name: str, url: str, in_flight: int) -> list[float]:
    """Requests a second, microseconds of CPU a request, MiB at the peak."""
    work = WORK[name]
    calls = calls_of(package, url, max(in_flight, 10))
    await all_of(calls, work, min(in_flight, work.times), in_flight)  # Opens the connections.
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    await all_of(calls, work, work.times, in_flight)
    elapsed, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    await calls.close()
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # Linux counts in KiB, macOS in bytes.
    peak = after.ru_maxrss / (1024 if sys.platform == "linux" else MIB)
    return [work.times / elapsed, used / work.times * 1e6, peak]


def measured(python: str, *arguments: str) -> list[float]:
    done = subprocess.run(
        [python, __file__, "measure", *arguments], check=True, capture_output=True, text=True
    )
    numbers: list[float] = json.loads(done.stdout)
    return numbers


def table(results: dict[tuple[str, int], dict[str, list[float]]]) -> str:
    """Markdown: a row for each work and number in flight."""
    lines = [f"| | in flight | {' | '.join(PACKAGES)} |", "|---" * (2 + len(PACKAGES)) + "|"]
    for (name, in_flight), found in results.items():
        cells = []
        for package in PACKAGES:
            rate, cpu, peak = found[package]
            spent = (
                f"{cpu / 1000:.0f}\N{NO-BREAK SPACE}ms" if cpu >= 10_000 else f"{cpu:.0f}\N{NO-BREAK SPACE}µs"
            )
            speed = f"{rate:.0f}/s" if rate >= 10 else f"{rate:.1f}/s"
            cells.append(f"{speed}, {spent}, {peak:.0f}\N{NO-BREAK SPACE}MiB")
        lines.append(f"| {name} | {in_flight} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    from tests.packages.suites import environment

    from benchmarks.server import Server

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", help="of an environment with sotalia, s3fs and obstore")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", choices=list(WORK), help="measure this; may be repeated")
    options = parser.parse_args()
    results: dict[tuple[str, int], dict[str, list[float]]] = {}
    loads: list[float] = []
    with tempfile.TemporaryDirectory() as folder, Server("benchmarks.storage") as url:
        python = options.python or str(environment(Path(folder), NEEDED))
        for name in options.only or WORK:
            for in_flight in WORK[name].in_flight:
                rounds: dict[str, list[list[float]]] = {package: [] for package in PACKAGES}
                for _ in range(options.rounds):
                    loads.append(os.getloadavg()[0])
                    for package in PACKAGES:
                        rounds[package].append(measured(python, package, name, url, str(in_flight)))
                found = results[name, in_flight] = {
                    package: [statistics.median(column) for column in zip(*numbers, strict=True)]
                    for package, numbers in rounds.items()
                }
                for package, (rate, cpu, peak) in found.items():
                    print(
                        f"{name:20}{in_flight:>5} {package:15}{rate:>9.1f}/s{cpu:>12.0f} us{peak:>7.0f} MiB",
                        flush=True,
                    )
        asked = f"import importlib.metadata as m; print(*(f'{{p}} {{m.version(p)}}' for p in {NEEDED!r}), sep=', ')"
        versions = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True).stdout
    print(f"\n{table(results)}\n")
    print(
        f"Python {platform.python_version()}, {versions.strip()}; {os.cpu_count()} cores, load {min(loads):.1f} to {max(loads):.1f}"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        package, name, url, in_flight = sys.argv[2:]
        print(json.dumps(asyncio.run(measure(package, name, url, int(in_flight)))), flush=True)
        # Not by the end of the interpreter: obstore's threads sometimes abort the process there.
        os._exit(0)
    else:
        main()
