"""What a recorder costs: ``python -m benchmarks.recording``, instructions of calls without and with one, throughput, memory.

Instructions are counted by valgrind, of what more calls cost by their number, so no other load on the machine changes them.
Throughput is of 32 calls in flight against a server in another process, a median of rounds by turns; it says what a program
would notice on this machine.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import perf_counter
from typing import Any

import sotalia
from benchmarks.server import Server
from sotalia.testing import ScriptedTransport, answer

FEW, MANY = 40, 140
CALLS = {
    "HeadObject": ("s3", "client.head_object(Bucket='bucket', Key='key')"),
    "GetItem": ("dynamodb", "client.get_item(TableName='t', Key={'id': {'S': 'user-1'}})"),
    "PutObject, 4 KiB": (
        "s3",
        "client.put_object(Bucket='bucket', Key='key', Body=b'x' * 4096, ChecksumAlgorithm='SHA256')",
    ),
    "ListObjectsV2, 1000 keys": ("s3", "client.list_objects_v2(Bucket='bucket')"),
}
PROGRAM = """
import sotalia
client = sotalia.client({service!r}, "us-east-1", aws_access_key_id="a", aws_secret_access_key="b", endpoint_url={url!r})
if {is_on}:
    sotalia.recorder(last=10).start()
for _ in range({calls}):
    {call}
"""
ENVIRONMENT = os.environ | {"PYTHONHASHSEED": "0", "AWS_EC2_METADATA_DISABLED": "true"}
IN_FLIGHT, ROUNDS, OF_A_ROUND = 32, 7, 1500
KEYS: Any = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}


def instructions(program: str) -> int:
    """Instructions that a program runs in user space."""
    ended = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, "-c", program],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"Collected : (\d+)", ended.stderr)
    assert found is not None, ended.stderr
    return int(found.group(1))


def per_call(service: str, call: str, url: str, *, is_on: bool) -> float:
    """Instructions of one call."""
    programs = [
        PROGRAM.format(service=service, url=url, is_on=is_on, calls=calls, call=call) for calls in (FEW, MANY)
    ]
    # What only the first run of all has to make, is made.
    subprocess.run([sys.executable, "-c", programs[0]], env=ENVIRONMENT, check=True)
    few, many = map(instructions, programs)
    return (many - few) / (MANY - FEW)


def sync_rate(url: str) -> float:
    """Calls a second of 32 threads."""
    client = sotalia.Session(**KEYS).client(
        "dynamodb", endpoint_url=url, config=sotalia.config.Config(max_pool_connections=IN_FLIGHT)
    )

    def call(_: int) -> None:
        client.get_item(TableName="t", Key={"id": {"S": "user-1"}})

    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        list(pool.map(call, range(IN_FLIGHT * 4)))
        started = perf_counter()
        list(pool.map(call, range(OF_A_ROUND)))
        return OF_A_ROUND / (perf_counter() - started)


async def async_rate(url: str) -> float:
    """Calls a second of 32 tasks."""
    config = sotalia.config.Config(max_pool_connections=IN_FLIGHT)
    async with sotalia.AsyncSession(**KEYS).client("dynamodb", endpoint_url=url, config=config) as client:

        async def work(count: int) -> None:
            for _ in range(count):
                await client.get_item(TableName="t", Key={"id": {"S": "user-1"}})

        await asyncio.gather(*[work(4) for _ in range(IN_FLIGHT)])
        started = perf_counter()
        await asyncio.gather(*[work(OF_A_ROUND // IN_FLIGHT) for _ in range(IN_FLIGHT)])
        return OF_A_ROUND // IN_FLIGHT * IN_FLIGHT / (perf_counter() - started)


def recorded(measure: Any) -> float:
    """A measurement with a recorder on."""
    with sotalia.recorder(last=1000):
        rate: float = measure()
        return rate


class _Forgetful(ScriptedTransport):
    """Keeps no requests: what grows is the recorder's."""

    async def send(self, request: Any) -> Any:
        response = await super().send(request)
        self.requests.clear()
        return response


def ring(calls: int, last: int) -> tuple[float, float]:
    """MiB that a ring takes after ``last`` calls, and after ``calls``."""
    transport = _Forgetful([answer(200, {"x-amz-request-id": "4442587FB7D0A2F9"})])
    client = sotalia.Session(**KEYS, transport=transport).client("s3")
    client.head_object(Bucket="bucket", Key="key")
    tracemalloc.start()
    sizes: list[float] = []
    with sotalia.recorder(last=last):
        for count in (last, calls - last):
            for _ in range(count):
                client.head_object(Bucket="bucket", Key="key")
            sizes.append(tracemalloc.get_traced_memory()[0] / 1024**2)
    tracemalloc.stop()
    return sizes[0], sizes[1]


def main() -> None:
    """Print the tables."""
    with Server() as url:
        print(f"{'thousand instructions of a call':34}{'off':>9}{'on':>9}{'more':>9}")
        for name, (service, call) in CALLS.items():
            off, on = (per_call(service, call, url, is_on=is_on) / 1000 for is_on in (False, True))
            print(f"{name:34}{off:9.0f}{on:9.0f}{on / off - 1:9.1%}", flush=True)
        print(f"\n{'GetItem a second, 32 in flight':34}{'off':>9}{'on':>9}{'less':>9}")
        rows: dict[str, Any] = {
            "threads": lambda: sync_rate(url),
            "tasks": lambda: asyncio.run(async_rate(url)),
        }
        for name, measure in rows.items():
            pairs = [(measure(), recorded(measure)) for _ in range(ROUNDS)]
            off, on = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
            print(f"{name:34}{off:9.0f}{on:9.0f}{1 - on / off:9.1%}", flush=True)
    first, last = ring(100_000, 1000)
    print(f"\nMiB of a ring of 1000 calls: {first:.1f} after 1000, {last:.1f} after 100,000")


if __name__ == "__main__":
    main()
