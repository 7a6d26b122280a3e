"""Resources side by side with boto3, in one process, the two taking turns: ``python -m benchmarks.resources``.

CPU in microseconds; each figure is the median of the rounds. No network: calls are answered in place.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import boto3
from boto3.dynamodb.conditions import Attr, Key

import sotalia

KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
OBJECTS = {
    "Contents": [{"Key": f"key-{n}", "Size": n, "ETag": "e"} for n in range(1000)],
    "IsTruncated": False,
}


class AnsweredError(Exception):
    """Ends a call once its parameters are ready."""


def end(**kwargs: Any) -> None:
    raise AnsweredError


def bucket(session: Any) -> Any:
    made = session.resource("s3").Bucket("bucket")
    made.meta.client._make_api_call = lambda operation, params: OBJECTS
    return made


def query(session: Any) -> Callable[[], None]:
    """A query up to the request: values and conditions written, validated, serialized."""
    table = session.resource("dynamodb").Table("table")
    table.meta.client.meta.events.register("before-call", end)

    def run() -> None:
        try:
            table.query(
                KeyConditionExpression=Key("id").eq(1) & Key("at").between(1, 9),
                FilterExpression=Attr("name").begins_with("a"),
            )
        except AnsweredError:
            pass

    return run


def measures(session: Any) -> dict[str, tuple[Callable[[], Any], int]]:
    dynamodb = session.resource("dynamodb")
    s3_bucket = bucket(session)
    return {
        "resource('dynamodb').Table('x')": (lambda: session.resource("dynamodb").Table("x"), 20),
        "Table('x')": (lambda: dynamodb.Table("x"), 200),
        "Bucket('x').Object('y')": (lambda: s3_bucket.Object("y"), 200),
        "1000 objects of a listed page": (lambda: list(s3_bucket.objects.all()), 5),
        "query with conditions, to the request": (query(session), 100),
    }


def cpu(call: Callable[[], Any], count: int) -> float:
    start = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - start) / count * 1e6


def main(rounds: int = 7) -> None:
    """Print the table."""
    sides = [measures(module.Session(**KEYS)) for module in (boto3, sotalia)]
    print(f"{'µs of CPU':40}{'boto3':>10}{'sotalia':>10}   ratio")
    for name, (_, count) in sides[0].items():
        found: list[list[float]] = [[], []]
        for _ in range(rounds):
            for side, figures in zip(sides, found, strict=True):
                figures.append(cpu(side[name][0], count))
        theirs, ours = (statistics.median(figures) for figures in found)
        print(f"{name:40}{theirs:>10.1f}{ours:>10.1f}   1/{theirs / ours:.1f}", flush=True)


if __name__ == "__main__":
    main()
