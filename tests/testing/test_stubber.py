"""What our Stubber does beyond botocore's; tests/compatibility/test_stubber.py compares the two."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
from typing import Any

import pytest

import sotalia
from sotalia.testing import ANY, Stubber
from tests.client_kinds import KEYS, Kind


@pytest.mark.parametrize("body", [b"hello", "hello", io.BytesIO(b"hello")], ids=["bytes", "text", "file"])
def test_bodies_that_stream(client_kind: Kind, body: Any) -> None:
    if hasattr(body, "seek"):
        body.seek(0)
    s3 = client_kind.client("s3")
    with Stubber(s3.raw) as stubber:
        stubber.add_response("get_object", {"Body": body}, {"Bucket": "photos", "Key": ANY})
        assert s3.get_object(Bucket="photos", Key="a.txt")["Body"].read() == b"hello"


def test_async_with() -> None:
    async def main() -> None:
        async with sotalia.AsyncSession(**KEYS).client("s3") as s3, Stubber(s3) as stubber:
            stubber.add_response("list_buckets", {"Buckets": []})
            assert await s3.list_buckets() == {"Buckets": []}
            assert repr(stubber) == "<Stubber of s3, 0 responses to come>"

    asyncio.run(main())


def test_two_stubbers_of_one_client_do_not_disturb_each_other(client_kind: Kind) -> None:
    s3 = client_kind.client("s3")
    first, second = Stubber(s3.raw), Stubber(s3.raw)
    first.add_response("list_buckets", {"Buckets": []})
    second.activate()
    second.deactivate()
    with first:
        assert s3.list_buckets() == {"Buckets": []}


def test_any_is_equal_to_everything() -> None:
    assert ANY == 1
    assert not (ANY != 1)  # noqa: SIM202
    assert repr(ANY) == "<ANY>"


def test_botocores_stub_is_not_loaded() -> None:
    code = (
        "import sys, sotalia\n"
        "from sotalia.testing import Stubber\n"
        "s3 = sotalia.Session('a', 'b', region_name='us-east-1').client('s3')\n"
        "with Stubber(s3) as stubber:\n"
        "    stubber.add_response('list_buckets', {'Buckets': []})\n"
        "    s3.list_buckets()\n"
        "print('botocore.stub' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
