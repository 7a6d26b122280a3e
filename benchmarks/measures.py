"""One measurement, in a process of its own: ``python -m benchmarks.measures MEASURE PACKAGE URL`` prints a number."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-west-2"}


def session(package: str) -> Any:
    return import_module(package).Session(**KEYS)


def cpu_per_call(call: Callable[[], Any], count: int) -> float:
    """Microseconds of CPU, user and system, for one call: the median of seven rounds."""
    for _ in range(max(count // 10, 3)):
        call()
    rounds = []
    for _ in range(7):
        start = time.process_time()
        for _ in range(count):
            call()
        rounds.append((time.process_time() - start) / count * 1e6)
    return sorted(rounds)[3]


def import_time(package: str, url: str) -> float:
    start = time.perf_counter()
    module = import_module(package)
    _ = module.Session, module.client
    return (time.perf_counter() - start) * 1e3


def first_response(package: str, url: str) -> float:
    start = time.perf_counter()
    session(package).client("s3", endpoint_url=url).head_object(Bucket="bucket", Key="key")
    return (time.perf_counter() - start) * 1e3


def next_client(package: str, url: str) -> float:
    made = session(package)
    made.client("s3", endpoint_url=url)
    return cpu_per_call(lambda: made.client("s3", endpoint_url=url), 30) / 1e3


def head_object(package: str, url: str) -> float:
    s3 = session(package).client("s3", endpoint_url=url)
    return cpu_per_call(lambda: s3.head_object(Bucket="bucket", Key="key"), 500)


def get_object(package: str, url: str) -> float:
    s3 = session(package).client("s3", endpoint_url=url)
    return cpu_per_call(lambda: s3.get_object(Bucket="bucket", Key="key")["Body"].read(), 500)


def put_object(package: str, url: str) -> float:
    s3 = session(package).client("s3", endpoint_url=url)
    body = b"x" * 4096
    return cpu_per_call(lambda: s3.put_object(Bucket="bucket", Key="key", Body=body), 300)


def get_item(package: str, url: str) -> float:
    dynamodb = session(package).client("dynamodb", endpoint_url=url)
    key = {"id": {"S": "user-1"}}
    return cpu_per_call(lambda: dynamodb.get_item(TableName="table", Key=key), 500)


def list_1000(package: str, url: str) -> float:
    s3 = session(package).client("s3", endpoint_url=url)
    return cpu_per_call(lambda: s3.list_objects_v2(Bucket="bucket"), 10) / 1e3


def memory(package: str, url: str) -> float:
    """Megabytes that the first client and a call add to the process."""
    before = _resident()
    s3 = session(package).client("s3", endpoint_url=url)
    s3.head_object(Bucket="bucket", Key="key")
    return _resident() - before


def hundred_clients(package: str, url: str) -> float:
    """Megabytes that a hundred more clients add."""
    made = session(package)
    kept = [made.client("s3", endpoint_url=url)]
    before = _resident()
    kept += [made.client("s3", endpoint_url=url) for _ in range(100)]
    return _resident() - before


def _resident() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1e6


MEASURES: dict[str, tuple[Callable[[str, str], float], str]] = {
    "import": (import_time, "ms"),
    "import, client, first S3 response": (first_response, "ms"),
    "next S3 client": (next_client, "ms"),
    "HeadObject, CPU": (head_object, "us"),
    "GetObject 4 KB, CPU": (get_object, "us"),
    "PutObject 4 KB, CPU": (put_object, "us"),
    "DynamoDB GetItem, CPU": (get_item, "us"),
    "ListObjectsV2 of 1000 keys, CPU": (list_1000, "ms"),
    "memory of the first S3 client": (memory, "MB"),
    "memory of 100 more S3 clients": (hundred_clients, "MB"),
}


if __name__ == "__main__":
    print(MEASURES[sys.argv[1]][0](sys.argv[2], sys.argv[3]))
