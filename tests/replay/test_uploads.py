"""Files in parts on cassettes: whoever recorded an upload, sync and async clients play it."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.replay import NotRecordedError
from sotalia.s3.transfer import TransferConfig
from sotalia.testing import LocalAWS

PART = 5 * 1024 * 1024
CONFIG = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART)


def upload(client: Any, path: Path) -> None:
    """By a client of either kind."""
    if not client.meta.runtime.is_async:
        client.upload_file(str(path), "parts", "big", Config=CONFIG)
        return

    async def work() -> None:
        async with client:
            await client.upload_file(str(path), "parts", "big", Config=CONFIG)

    asyncio.run(work())


def nobody(*, is_async: bool) -> Any:
    """A client without keys, of an AWS that nobody runs."""
    session: Any = sotalia.AsyncSession if is_async else sotalia.Session
    return session(region_name="us-east-1").client("s3", endpoint_url="http://127.0.0.1:9")


@pytest.mark.parametrize("is_recorded_async", [False, True])
@pytest.mark.parametrize("is_played_async", [False, True])
def test_who_records_and_who_plays(
    is_recorded_async: bool, is_played_async: bool, aws: LocalAWS, tmp_path: Path
) -> None:
    big, cassette = tmp_path / "big", tmp_path / "upload.json"
    big.write_bytes(random.Random(16).randbytes(2 * PART + 1000))
    with aws.client("s3") as s3:
        s3.create_bucket(Bucket="parts")
    with sotalia.cassette(cassette):
        upload(aws.async_client("s3") if is_recorded_async else aws.client("s3"), big)
    with sotalia.cassette(cassette, "none") as played:
        upload(nobody(is_async=is_played_async), big)
    assert (played.played, played.unused) == (5, [])
    big.write_bytes(b"other" + big.read_bytes()[5:])
    with sotalia.cassette(cassette, "none"), pytest.raises(NotRecordedError, match="same length"):
        upload(nobody(is_async=is_played_async), big)
