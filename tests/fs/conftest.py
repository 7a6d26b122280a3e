"""A filesystem on the embedded AWS, and a bucket of each test's own in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import fsspec.asyn
import pytest

from sotalia.fs import S3FileSystem
from sotalia.testing import AsyncManualRuntime, LocalAWS

_numbers = itertools.count()


def options(aws: LocalAWS, **more: Any) -> dict[str, Any]:
    """Arguments of a filesystem on the embedded AWS."""
    return {
        "key": "testing",
        "secret": "testing",
        "endpoint_url": aws.endpoint_url,
        "client_kwargs": {"region_name": "us-east-1"},
        **more,
    }


def on_faulty(port: int) -> S3FileSystem:
    """A filesystem on a server of which much goes wrong; it does not wait between its attempts."""
    return S3FileSystem(
        key="k",
        secret="s",
        endpoint_url=f"http://127.0.0.1:{port}",
        client_kwargs={"region_name": "us-east-1"},
        config_kwargs={"retries": {"total_max_attempts": 9, "mode": "standard"}},
        runtime=AsyncManualRuntime(),
        skip_instance_cache=True,
    )


@pytest.fixture
def fs(aws: LocalAWS) -> Iterator[S3FileSystem]:
    """A filesystem that knows no listing yet."""
    made = S3FileSystem(**options(aws))
    made.invalidate_cache()
    yield made  # noqa: PT022


@pytest.fixture(scope="package", autouse=True)
def _no_filesystem_left() -> Iterator[None]:
    yield
    for made in list(S3FileSystem._cache.values()):
        close(made)
    S3FileSystem.clear_instance_cache()


def close(made: S3FileSystem) -> None:
    """Close the connections of a filesystem, and wait for that."""
    made._clients.close()
    if made.loop is not None:
        fsspec.asyn.sync(made.loop, _nothing)


async def _nothing() -> None:
    pass


@pytest.fixture
def bucket(fs: S3FileSystem) -> str:
    """A new bucket."""
    name = f"fs-{next(_numbers)}"
    fs.mkdir(name)
    return name
