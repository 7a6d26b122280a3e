"""The calls that the demo makes, on an S3 that it started: one by one, and a hundred at once."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from examples.demo.handlers import BUCKET, Overload, nine
from examples.demo.recorder import Recorder, Row

import sotalia

if TYPE_CHECKING:
    from sotalia.recording.recorder import Recorder as Recording

KEYS: dict[str, Any] = {
    "aws_access_key_id": "demo",
    "aws_secret_access_key": "demo",
    "region_name": "us-east-1",
}
CALLS = 100
OVERLOADED = 10
PART_BYTES = 5 * 1024 * 1024  # S3 takes no smaller ones
# botocore's own rules retry nothing: the demo's handler of needs-retry decides alone.
NO_RETRIES = sotalia.config.Config(retries={"max_attempts": 0})


# What differs where nobody is there to answer.
ENDING = ("needs-retry", "after-call", "after-call-error")


@dataclass
class Act:
    """A piece of a program, the events of it, and how it ended."""

    code: str
    rows: list[Row]
    outcome: str = ""
    left_out: str = ""


def fill(url: str) -> None:
    """A bucket with three photos."""
    s3 = sotalia.Session(**KEYS).client("s3", endpoint_url=url)
    s3.create_bucket(Bucket=BUCKET)
    for name in ("lisbon.jpg", "manaus.jpg", "porto.jpg"):
        s3.put_object(Bucket=BUCKET, Key=name, Body=b"\xff\xd8")


def one_by_one(url: str) -> list[Act]:
    """A client, a call that is retried, and a call that finds nobody."""
    recorder = Recorder()
    session = sotalia.Session(**KEYS)
    for event, handler in nine(Overload(every=CALLS)).items():
        session.events.register(event, recorder.watched(handler))

    recorder.restart()
    client: Any = session.resource("s3", endpoint_url=url, config=NO_RETRIES).meta.client
    acts = [Act('s3 = session.resource("s3").meta.client', recorder.rows)]

    recorder.restart()
    result = client.photos()
    names = " ".join(item["Key"] for item in result["Contents"])
    acts.append(Act("s3.photos()", recorder.rows, names))

    recorder.restart()
    nobody = session.client("s3", endpoint_url=f"http://127.0.0.1:{unused_port()}", config=NO_RETRIES)
    recorder.restart()
    try:
        nobody.photos()
    except sotalia.exceptions.EndpointConnectionError as error:
        other = [row for row in recorder.rows if row.event.partition(".")[0] in ENDING]
        acts.append(Act("nobody.photos()", other, type(error).__name__, "3 to 6 the same"))
    return acts


def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@dataclass
class Flight:
    """A hundred calls at once."""

    seconds: float
    recorder: Recorder
    results: list[dict[str, Any]]


async def at_once(url: str) -> Flight:
    """The same handlers on an async client; one call in ten is retried."""
    recorder = Recorder()
    session = sotalia.AsyncSession(**KEYS)
    for event, handler in nine(Overload(every=CALLS // OVERLOADED)).items():
        session.events.register(event, recorder.watched(handler))
    config = sotalia.config.Config(retries={"max_attempts": 0}, max_pool_connections=CALLS)
    async with session.client("s3", endpoint_url=url, config=config) as client:
        recorder.restart()
        start = time.perf_counter()
        results = await asyncio.gather(*(client.photos() for _ in range(CALLS)))
        return Flight(time.perf_counter() - start, recorder, list(results))


def recorded(url: str) -> Recording:
    """A film that is uploaded in parts and read through the filesystem, and a photo that is not there, with a recorder on."""
    from sotalia.fs import S3FileSystem

    s3 = sotalia.Session(**KEYS).client("s3", endpoint_url=url)
    files = S3FileSystem(
        key="demo", secret="demo", client_kwargs={"endpoint_url": url, "region_name": "us-east-1"}
    )
    in_parts = sotalia.s3.transfer.TransferConfig(
        multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, max_concurrency=3
    )
    with sotalia.recorder() as calls:
        s3.upload_fileobj(BytesIO(bytes(3 * PART_BYTES)), BUCKET, "film.mp4", Config=in_parts)
        files.cat_file(f"{BUCKET}/film.mp4", end=4)
        with suppress(s3.exceptions.NoSuchKey):
            s3.get_object(Bucket=BUCKET, Key="paris.jpg")
    return calls
