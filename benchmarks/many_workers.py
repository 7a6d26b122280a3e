"""Many workers on one prefix of S3, simulated in one process: ``python -m benchmarks.many_workers [--workers 64]``.

Workers are tasks with a client each: the real one, with its handlers of retries, on a transport that stands for S3. It serves
so many requests a second for each prefix and answers the others with 503 SlowDown. Time is the event loop's and passes only
when everybody sleeps, so a run takes as long as its calls take to compute, and the same seed gives the same run. ``--svg`` also
draws ``docs/images/many-workers.svg``.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import selectors
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

import sotalia
from benchmarks.curves import Curve, picture
from benchmarks.plots import IMAGES
from sotalia.config import Config
from sotalia.exceptions import ClientError
from sotalia.runtime import AsyncioRuntime
from sotalia.transport.messages import AWSPreparedRequest, AWSResponse
from sotalia.transport.scripted import canned_response

MODES = ("standard", "adaptive", "divided")
#: GET requests a second for one prefix: "Best practices design patterns: optimizing Amazon S3 performance".
LIMIT = 5500.0
#: S3 does not say how much it lets pass at once. Assumed: what comes in a tenth of a second.
BURST_SECONDS = 0.1
#: A small object takes 100 to 200 ms, says the same page. A refusal is assumed to be quicker.
SERVED_SECONDS, REFUSED_SECONDS = (0.1, 0.2), (0.01, 0.03)
#: Of the limit, what workers that divide it plan with.
SHARE = 0.95
_SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"


class DividedRate:
    """At most ``per_second / workers`` attempts a second by the clients that have this extension."""

    def __init__(self, per_second, workers):  # type: ignore[no-untyped-def]
        self.per_second, self.workers = per_second, workers
        self.turn = 0.0

    def __reduce__(self):  # type: ignore[no-untyped-def]
        return DividedRate, (self.per_second, self.workers)  # The clock of another machine is another one.

    def install(self, events):  # type: ignore[no-untyped-def]
        events.register("before-send.s3", self.wait)

    async def wait(self, **kwargs):  # type: ignore[no-untyped-def]
        now = asyncio.get_running_loop().time()
        self.turn = max(self.turn + self.workers / self.per_second, now)
        await asyncio.sleep(self.turn - now)


class _Selector(selectors.DefaultSelector):
    """Moves the clock of the loop on instead of waiting."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError("the simulation has ended with tasks that nobody will wake")
        self.now += max(timeout, 0.0)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time passes only while everybody sleeps."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.now


class VirtualRuntime(AsyncioRuntime):
    """The runtime of clients on such a loop."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()


@dataclass
class Run:
    """What came of a simulation. Counts by second: requests that were served, and refused."""

    served: Counter[int] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)
    #: Calls that raised after their last retry; the worker made them again.
    failed: int = 0
    seconds: float = 0.0

    @property
    def attempts(self) -> int:
        return self.served.total() + self.refused.total()


class ThrottlingS3:
    """A transport that serves ``limit`` requests a second for each prefix, by a bucket of tokens."""

    def __init__(self, run: Run, limit: float, seed: int) -> None:
        self._run = run
        self._limit = limit
        self._random = random.Random(seed)
        self._buckets: dict[str, tuple[float, float]] = {}

    async def send(self, request: AWSPreparedRequest) -> AWSResponse:
        now = asyncio.get_running_loop().time()
        prefix = request.url.rpartition("/")[0]
        burst = max(self._limit * BURST_SECONDS, 1.0)
        tokens, last = self._buckets.get(prefix, (burst, now))
        tokens = min(tokens + (now - last) * self._limit, burst)
        is_served = tokens >= 1
        self._buckets[prefix] = (tokens - is_served, now)
        (self._run.served if is_served else self._run.refused)[int(now)] += 1
        await asyncio.sleep(self._random.uniform(*(SERVED_SECONDS if is_served else REFUSED_SECONDS)))
        status, body = (200, b"x") if is_served else (503, _SLOW_DOWN)
        return canned_response(request, status, {"content-length": str(len(body))}, body)

    def close(self) -> None:
        pass

    async def aclose(self) -> None:
        pass


async def _work(client: Any, keys: deque[str], in_flight: int, run: Run) -> None:
    """A worker: reads its objects, so many at once, and again those that failed."""

    async def read() -> None:
        while keys:
            key = keys.popleft()
            try:
                response = await client.get_object(Bucket="bucket", Key=key)
                await response["Body"].read()
            except ClientError:
                run.failed += 1
                keys.append(key)

    await asyncio.gather(*(read() for _ in range(in_flight)))


def shares(workers: int, objects: int, skew: float) -> list[int]:
    """How many objects each worker reads. ``skew``: of all, what the first quarter of the workers reads beyond its part."""
    busy = max(workers // 4, 1)
    if workers == busy:
        return [objects] * workers
    total = workers * objects
    part = (busy / workers + skew) * total
    return [round(part / busy)] * busy + [round((total - part) / (workers - busy))] * (workers - busy)


async def _simulate(mode: str, counts: list[int], in_flight: int, limit: float, seed: int) -> Run:
    run = Run()
    workers = len(counts)
    server = ThrottlingS3(run, limit, seed)
    session = sotalia.AsyncSession(
        "key", "secret", region_name="eu-west-1", transport=server, runtime=VirtualRuntime()
    )
    config = Config(retries={"mode": "adaptive" if mode == "adaptive" else "standard"})
    clients = [
        session.client(
            "s3",
            config=config,
            extensions=[DividedRate(SHARE * limit, workers)] if mode == "divided" else [],
        )
        for _ in range(workers)
    ]
    await asyncio.gather(
        *(
            _work(client, deque(f"data/{worker}-{number}" for number in range(count)), in_flight, run)
            for worker, (client, count) in enumerate(zip(clients, counts, strict=True))
        )
    )
    run.seconds = asyncio.get_running_loop().time()
    return run


def simulate(
    mode: str,
    *,
    workers: int = 64,
    objects: int = 1200,
    in_flight: int = 32,
    limit: float = LIMIT,
    skew: float = 0.0,
    seed: int = 1,
) -> Run:
    """One run. ``objects`` is per worker, on average; modes are ``standard``, ``adaptive`` and ``divided``."""
    state = random.getstate()
    random.seed(seed)  # The clients' jitter.
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(
            _simulate(mode, shares(workers, objects, skew), in_flight, limit, seed)
        )
    finally:
        loop.close()
        random.setstate(state)


def row(mode: str, run: Run) -> str:
    """A row of the table."""
    served = run.served.total()
    return (
        f"| {mode} | {run.seconds:.1f} s | {served / run.seconds:,.0f}/s | {run.attempts / served:.2f} "
        f"| {run.refused.total():,} | {run.failed:,} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workers", type=int, default=64)
    parser.add_argument("--objects", type=int, default=1200, help="per worker")
    parser.add_argument("--in-flight", type=int, default=32, help="per worker")
    parser.add_argument("--limit", type=float, default=LIMIT, help="requests a second for the prefix")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--svg", action="store_true", help="draw docs/images/many-workers.svg")
    options = parser.parse_args()
    curves = []
    for skew, title in ((0.0, "even"), (0.25, "a quarter of the workers reads half of the objects")):
        print(f"\n| {title} | until all is read | read | attempts an object | refused (503) | failed calls |")
        print("|---|---|---|---|---|---|")
        for mode in MODES:
            run = simulate(
                mode,
                workers=options.workers,
                objects=options.objects,
                in_flight=options.in_flight,
                limit=options.limit,
                skew=skew,
                seed=options.seed,
            )
            print(row(mode, run), flush=True)
            if not skew:
                last = math.ceil(run.seconds)
                curves.append(
                    Curve(
                        mode,
                        run.seconds,
                        [run.served[second] for second in range(last)],
                        [run.refused[second] for second in range(last)],
                    )
                )
    if options.svg:
        title = f"{options.workers} workers on one prefix of S3, simulated"
        IMAGES.joinpath("many-workers.svg").write_text(picture(title, curves, options.limit), "utf-8")


if __name__ == "__main__":
    main()
