"""Faults over real connections: the pool is right afterwards, and the next call gets its own response."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

import sotalia
from sotalia.config import Config
from sotalia.exceptions import BotoCoreError, ClientError, ReadTimeoutError, ResponseParserError
from sotalia.fault_injection import (
    KINDS,
    corrupt_body,
    cut_body,
    duplicate,
    empty_body,
    partial_batch,
    reset_after,
    reset_before,
    slow,
    slow_body,
)
from sotalia.testing import LocalAWS
from tests.client_kinds import AsyncKind, Kind
from tests.fault_injection.server import LISTING, OBJECT, connected, serving
from tests.fault_injection.service import well

FAILURES = (BotoCoreError, ClientError, ResponseParserError)
_OF_OTHERS = {"transaction_conflict", "partial_batch"}


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with serving() as running:
        yield running


def call(client: Any, method: str) -> Any:
    arguments: dict[str, Any] = (
        {"Bucket": "b"} if method == "list_objects_v2" else {"Bucket": "b", "Key": "k"}
    )
    if method == "put_object":
        arguments["Body"] = b"data" * 1000
    if method == "copy_object":
        arguments["CopySource"] = "b/o"
    result = getattr(client, method)(**arguments)
    return result["Body"].read() if "Body" in result else result


METHODS = ["get_object", "put_object", "head_object", "list_objects_v2", "copy_object"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in _OF_OTHERS])
def test_no_kind_leaves_a_connection_behind(client_kind: Kind, server: Any, kind: str) -> None:
    client = connected(client_kind, server.url, config=Config(s3={"addressing_style": "path"}))
    settings: dict[str, Any] = {"code": "NoSuchKey"} if kind == "service_failure" else {}
    pool = client.transport.pool
    for method in METHODS:
        with sotalia.faults(KINDS[kind](**settings)), suppress(*FAILURES):
            call(client, method)
        assert pool.in_use == 0
        assert call(client, "get_object") == OBJECT
        assert call(client, "list_objects_v2")["IsTruncated"] is False
        assert pool.in_use == 0


@pytest.mark.parametrize("make", [reset_after, empty_body])
def test_a_stream_that_is_dropped_closes_its_connection(client_kind: Kind, server: Any, make: Any) -> None:
    client = connected(client_kind, server.url, config=Config(retries={"total_max_attempts": 1}))
    with sotalia.faults(make("s3.GetObject")), suppress(*FAILURES):
        call(client, "get_object")
    # Half a megabyte of a body is on its way on it.
    assert (client.transport.pool.in_use, client.transport.pool.idle) == (0, 0)
    with sotalia.faults(reset_after("s3.ListObjectsV2")), suppress(*FAILURES):
        call(client, "list_objects_v2")
    assert (client.transport.pool.in_use, client.transport.pool.idle) == (
        0,
        1,
    )  # This one was read to its end.


def test_a_stream_that_nobody_reads_is_given_back(client_kind: Kind, server: Any) -> None:
    client = connected(client_kind, server.url)
    for rule in (slow_body(bytes_per_second=10_000), cut_body(), corrupt_body()):
        with sotalia.faults(rule):
            body = client.get_object(Bucket="b", Key="k")["Body"]
            assert len(body.read(3)) == 3
            assert client.transport.pool.in_use == 1
            body.close()
        assert client.transport.pool.in_use == 0
        gc.collect()
        gc.disable()
        try:
            with sotalia.faults(rule):
                body = client.get_object(Bucket="b", Key="k")["Body"]
            assert client.transport.pool.in_use == 1
            del body
            assert client.transport.pool.in_use == 0  # At once, not when the collector runs.
        finally:
            gc.enable()


def test_a_stream_read_to_its_length_is_given_back(client_kind: Kind, server: Any) -> None:
    client = connected(client_kind, server.url)
    with sotalia.faults(slow_body(bytes_per_second=10_000)):
        body = client.get_object(Bucket="b", Key="k")["Body"]
        assert body.read(len(OBJECT)) == OBJECT
    assert (client.transport.pool.in_use, client.transport.pool.idle) == (0, 1)
    assert sum(client.runtime.sleeps) == pytest.approx(len(OBJECT) / 10_000)


def test_what_was_processed_was_really_sent(client_kind: Kind, server: Any) -> None:
    client = connected(client_kind, server.url)
    for rule, count in ((reset_after(attempts=[1]), 2), (reset_before(attempts=[1]), 1), (duplicate(), 2)):
        server.seen.clear()
        with sotalia.faults(rule):
            call(client, "put_object")
        assert [line.partition(" ")[0] for line in server.seen] == ["PUT"] * count


def test_a_cancelled_call_gives_its_connection_back(server: Any) -> None:
    client_kind = AsyncKind()
    client = client_kind.connected("s3", endpoint_url=server.url)

    async def cancelled(method: str, **arguments: Any) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(getattr(client.raw, method)(Bucket="b", **arguments), 0.1)

    async def program() -> None:
        async with sotalia.faults(slow(seconds=60)) as faults:
            await cancelled("list_objects_v2")
            await cancelled("get_object", Key="k")
        assert len(faults.fired) == 2
        assert client.transport.pool.in_use == 0
        result = await client.raw.list_objects_v2(Bucket="b")
        assert result["IsTruncated"] is False
        async with sotalia.faults(slow_body(bytes_per_second=1)):
            body = (await client.raw.get_object(Bucket="b", Key="k"))["Body"]
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(body.read(), 0.1)
        assert client.transport.pool.in_use == 0

    client_kind.run(program())
    client_kind.close()


def test_an_async_deadline_cancels_what_is_slow(server: Any) -> None:
    client_kind = AsyncKind()
    client = client_kind.connected("s3", endpoint_url=server.url)

    async def program() -> None:
        async with sotalia.faults(slow(seconds=60)):
            with pytest.raises(sotalia.exceptions.DeadlineExceededError):
                await client.raw.with_options(deadline=0.1).list_objects_v2(Bucket="b")
        assert client.transport.pool.in_use == 0

    client_kind.run(program())
    client_kind.close()


def test_the_read_timeout_of_a_view_counts(client_kind: Kind, server: Any) -> None:
    client = connected(client_kind, server.url, config=Config(retries={"total_max_attempts": 1}))
    view = client.raw.with_options(timeout=3)
    with sotalia.faults(slow(seconds=4)), pytest.raises(ReadTimeoutError):
        client_kind.run(view.list_objects_v2(Bucket="b"))
    assert client.runtime.sleeps == [3]
    assert client.transport.pool.in_use == 0


RANDOM = [
    KINDS[kind](probability=0.1, **({"code": "NoSuchKey"} if kind == "service_failure" else {}))
    for kind in KINDS
    if kind not in _OF_OTHERS | {"clock_skew", "redirect", "wrong_region"}
]


def test_32_at_once_get_their_own(client_kind: Kind, server: Any) -> None:
    client = connected(client_kind, server.url, config=Config(max_pool_connections=8))
    numbers = range(320)

    if client_kind.is_async:

        async def one(number: int) -> None:
            try:
                if number % 3:
                    body = (await client.raw.get_object(Bucket="b", Key="k"))["Body"]
                    await body.read() if number % 2 else body.close()
                else:
                    await client.raw.list_objects_v2(Bucket="b")
            except FAILURES:
                pass

        async def program() -> None:
            waiting = [asyncio.ensure_future(one(number)) for number in numbers]
            for number, task in enumerate(waiting):
                if number % 10 == 0:
                    await asyncio.sleep(0)
                    task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

        with sotalia.faults(RANDOM, seed=5) as faults:
            client_kind.run(program())
    else:

        def one_now(number: int) -> None:
            with suppress(*FAILURES):
                if number % 3:
                    body = client.raw.get_object(Bucket="b", Key="k")["Body"]
                    body.read() if number % 2 else body.close()
                else:
                    client.raw.list_objects_v2(Bucket="b")

        with ThreadPoolExecutor(32) as threads, sotalia.faults(RANDOM, seed=5) as faults:
            list(threads.map(one_now, numbers))
    gc.collect()
    assert len({fired.kind for fired in faults.fired}) > 15
    assert client.transport.pool.in_use == 0
    assert client.transport.leases == set()
    assert call(client, "get_object") == OBJECT


# -- beside an embedded AWS ------------------------------------------------------------------------------------------------


def test_an_item_that_failed_was_not_written(client_kind: Kind, aws: LocalAWS) -> None:
    client = connected(client_kind, aws.endpoint_url, "dynamodb")
    table = f"faults-{'async' if client_kind.is_async else 'sync'}"
    client.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    puts = [{"PutRequest": {"Item": {"k": {"S": str(number)}}}} for number in range(6)]
    with sotalia.faults(partial_batch("dynamodb.BatchWriteItem", times=1)):
        result = client.batch_write_item(RequestItems={table: puts})
    assert result["UnprocessedItems"] == {table: puts[3:]}
    assert client.scan(TableName=table)["Count"] == 3
    client.batch_write_item(RequestItems=result["UnprocessedItems"])
    keys = [{"k": {"S": str(number)}} for number in range(6)]
    with sotalia.faults(partial_batch(share=0.34)):
        result = client.batch_get_item(RequestItems={table: {"Keys": keys}})
    assert len(result["Responses"][table]) == 4
    assert result["UnprocessedKeys"] == {table: {"Keys": keys[4:]}}


def test_a_message_that_failed_was_not_sent(client_kind: Kind, aws: LocalAWS) -> None:
    client = connected(client_kind, aws.endpoint_url, "sqs")
    queue = client.create_queue(QueueName=f"faults-{client_kind.is_async}")["QueueUrl"]
    entries = [{"Id": str(number), "MessageBody": str(number)} for number in range(4)]
    with sotalia.faults(partial_batch("sqs.SendMessageBatch")):
        result = client.send_message_batch(QueueUrl=queue, Entries=entries)
    assert [entry["Id"] for entry in result["Successful"]] == ["0", "1"]
    assert [entry["Id"] for entry in result["Failed"]] == ["2", "3"]
    received = client.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert sorted(message["Body"] for message in received) == ["0", "1"]


@pytest.mark.parametrize(("share", "failed"), [(0.5, 2), (0.01, 1), (1, 4)])
def test_an_object_whose_deletion_failed_is_there(
    client_kind: Kind, aws: LocalAWS, share: float, failed: int
) -> None:
    client = connected(client_kind, aws.endpoint_url)
    bucket = f"faults-deletions-{client_kind.is_async}-{failed}".lower()
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    keys = ["a&b", "</Object>", "c\u00fc", "d e"]
    for key in keys:
        client.put_object(Bucket=bucket, Key=key, Body=b"")
    objects = {"Objects": [{"Key": key} for key in keys]}
    with sotalia.faults(partial_batch("s3.DeleteObjects", share=share)) as faults:
        result = client.delete_objects(Bucket=bucket, Delete=objects)
    assert [error["Key"] for error in result["Errors"]] == keys[-failed:]
    assert {error["Code"] for error in result["Errors"]} == {"InternalError"}
    assert [entry["Key"] for entry in result.get("Deleted", ())] == keys[:-failed]
    there = [item["Key"] for item in client.list_objects_v2(Bucket=bucket)["Contents"]]
    assert sorted(there) == sorted(keys[-failed:])
    assert len(faults.fired) == 1
    assert client.transport.pool.in_use == 0


def test_a_part_of_a_deletion_has_its_own_checksum(client_kind: Kind) -> None:
    from base64 import b64encode
    from zlib import crc32

    client = well(client_kind, "s3")
    objects = [{"Key": "a"}, {"Key": "b", "VersionId": "1"}]
    with sotalia.faults(partial_batch()):
        result = client.delete_objects(Bucket="b", Delete={"Objects": objects, "Quiet": True})
    [request] = client.transport.requests
    assert b"<Key>a</Key>" in request.body
    assert b"<Key>b</Key>" not in request.body
    checksum = b64encode(crc32(request.body).to_bytes(4, "big"))
    assert request.headers["x-amz-checksum-crc32"] == checksum
    assert result["Errors"][0]["VersionId"] == "1"


@pytest.mark.parametrize("kind", ["throttle", "internal_error", "reset_before", "reset_after", "bad_gateway"])
def test_an_embedded_aws_is_got_through_to(client_kind: Kind, aws: LocalAWS, kind: str) -> None:
    client = connected(client_kind, aws.endpoint_url)
    bucket = f"faults-{kind.replace('_', '-')}-{client_kind.is_async}".lower()
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    with sotalia.faults(kind, operation="s3", attempts=[1, 2]) as faults:
        client.put_object(Bucket=bucket, Key="k", Body=LISTING)
        assert client.get_object(Bucket=bucket, Key="k")["Body"].read() == LISTING
    assert len(faults.fired) == 4
    assert client.transport.pool.in_use == 0
