"""What ``make demo`` shows after the app: the guide's nine events firing in order, and the cost of a call."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import sotalia
from benchmarks.rounds import measured
from benchmarks.server import Server
from sotalia.testing import LocalAWS

NINE = (
    "creating-client-class.s3",
    "creating-resource-class.s3",
    "provide-client-params.s3",
    "before-call.s3",
    "request-created.s3",
    "before-send.s3",
    "needs-retry.s3",
    "after-call.s3",
    "after-call-error.s3",
)


def show_events() -> None:
    """Make one good call and one that cannot connect, and print what fires."""
    session = sotalia.Session("testing", "testing", region_name="us-east-1")
    fired: list[str] = []

    def note(event_name: str, **kwargs: Any) -> None:
        fired.append(event_name)

    for event in NINE:
        session.events.register(event, note)
    print("\nEvents of one call, in order:")
    with LocalAWS() as aws:
        session.client("s3", endpoint_url=aws.endpoint_url).list_buckets()
        resource = getattr(session, "resource", None)
        if resource is not None:
            resource("s3", endpoint_url=aws.endpoint_url)
    fired.append("... and of one that finds nobody:")
    config = sotalia.config.Config(retries={"max_attempts": 0})
    try:
        session.client("s3", endpoint_url="http://127.0.0.1:1", config=config).list_buckets()
    except sotalia.exceptions.EndpointConnectionError as error:
        fired.append(f"raised: {error}")
    for event in fired:
        print(f"  {event}")


def show_cost() -> None:
    """Measure HeadObject with boto3 and with sotalia."""
    print("\nCPU of one HeadObject on loopback:")
    with Server() as url:
        for package in ("boto3", "sotalia"):
            (cost,) = measured("benchmarks.measures", "HeadObject, CPU", package, url)
            print(f"  {package:8}{cost:7.0f} us")


if __name__ == "__main__":
    show_events()
    show_cost()
