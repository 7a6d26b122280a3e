"""Waiters of whole clients, sync and async."""

from __future__ import annotations

from typing import Any

import botocore.waiter
import pytest

from sotalia import exceptions
from sotalia.testing import AsyncManualRuntime, ManualRuntime
from sotalia.transport.scripted import answer
from sotalia.waiting import make_waiter
from tests.client_kinds import Kind


def scripted(client_kind: Kind, service: str, script: list[Any]) -> tuple[Any, Any]:
    """A client that answers from a script and sleeps at once."""
    client = client_kind.scripted(service, script)
    clock = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
    client.raw.meta.runtime = clock
    return client, clock


def test_waiting_until_a_bucket_exists(client_kind: Kind) -> None:
    s3, clock = scripted(client_kind, "s3", [answer(404), answer(404), answer(200)])
    waiter = s3.get_waiter("bucket_exists")
    assert waiter.wait(Bucket="b") is None
    assert clock.sleeps == [5, 5]
    requests = s3.transport.requests
    assert [request.method for request in requests] == ["HEAD"] * 3
    features = [part for part in requests[0].headers["User-Agent"].decode().split() if part.startswith("m/")]
    assert "B" in features[0].removeprefix("m/").split(",")
    assert (waiter.name, waiter.config.delay, waiter.config.max_attempts) == ("BucketExists", 5, 20)
    assert type(waiter.raw).__name__ == "S3.Waiter.BucketExists"


def test_delay_and_attempts_of_the_caller(client_kind: Kind) -> None:
    s3, clock = scripted(client_kind, "s3", [answer(404)])
    config = {"Delay": 0.25, "MaxAttempts": 3}
    with pytest.raises(exceptions.WaiterError) as caught:
        s3.get_waiter("bucket_exists").wait(Bucket="b", WaiterConfig=config)
    assert clock.sleeps == [0.25, 0.25]
    assert config == {"Delay": 0.25, "MaxAttempts": 3}
    assert str(caught.value) == (
        "Waiter BucketExists failed: Max attempts exceeded. "
        "Previously accepted state: Matched expected HTTP status code: 404"
    )
    assert caught.value.last_response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_an_error_that_nobody_expects_ends_the_wait(client_kind: Kind) -> None:
    s3, clock = scripted(client_kind, "s3", [answer(403)])
    with pytest.raises(exceptions.WaiterError, match=r"An error occurred \(403\): Forbidden") as caught:
        s3.get_waiter("object_exists").wait(Bucket="b", Key="k")
    assert caught.value.last_response["Error"]["Code"] == "403"
    assert clock.sleeps == []


def test_a_failure_state(client_kind: Kind) -> None:
    body = b'{"Table": {"TableStatus": "CREATING"}}'
    dynamodb, clock = scripted(
        client_kind, "dynamodb", [answer(body=body), answer(400, body=b'{"__type": "x#Bad"}')]
    )
    with pytest.raises(exceptions.WaiterError, match=r"An error occurred \(Bad\)"):
        dynamodb.get_waiter("table_exists").wait(TableName="t")
    assert clock.sleeps == [20]


def test_other_exceptions_pass_through(client_kind: Kind) -> None:
    s3, _ = scripted(client_kind, "s3", [answer(200)])
    with pytest.raises(exceptions.ParamValidationError):
        s3.get_waiter("bucket_exists").wait(Bucket="b", Nonsense=1)


def test_names(client_kind: Kind) -> None:
    s3 = client_kind.client("s3")
    assert s3.waiter_names == [
        "bucket_exists",
        "bucket_not_exists",
        "object_exists",
        "object_not_exists",
    ]
    with pytest.raises(
        ValueError, match=r"Waiter does not exist: bucket_exist. Did you mean 'bucket_exists'"
    ):
        s3.get_waiter("bucket_exist")


def test_a_coroutine_is_what_an_asynchronous_client_gives(client_kind: Kind) -> None:
    s3, _ = scripted(client_kind, "s3", [answer(200)])
    waiting = s3.raw.get_waiter("bucket_exists").wait(Bucket="b")
    assert hasattr(waiting, "__await__") is client_kind.is_async
    assert client_kind.run(waiting) is None


def test_the_references_way_to_make_waiters_of_ones_own_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """``botocore.waiter.create_waiter_with_client`` with a synchronous client, as programs use it."""
    from tests.client_kinds import SyncKind

    monkeypatch.setattr(botocore.waiter.time, "sleep", lambda seconds: None)
    sqs = SyncKind().scripted("sqs", [answer(body=b"{}"), answer(body=b'{"QueueUrls": ["u"]}')])
    client = sqs.raw
    model = botocore.waiter.WaiterModel(
        {
            "version": 2,
            "waiters": {
                "QueueListed": {
                    "operation": "ListQueues",
                    "delay": 1,
                    "maxAttempts": 3,
                    "acceptors": [
                        {
                            "state": "success",
                            "matcher": "path",
                            "argument": "length(QueueUrls || `[]`) > `0`",
                            "expected": True,
                        }
                    ],
                }
            },
        }
    )
    botocore.waiter.create_waiter_with_client("QueueListed", model, client).wait()
    assert len(sqs.transport.requests) == 2
    client.close()


def test_a_waiter_of_ones_own(client_kind: Kind) -> None:
    script = [answer(body=b"{}"), answer(body=b'{"QueueUrls": ["u"]}')]
    sqs, clock = scripted(client_kind, "sqs", script)
    waiter = make_waiter(
        sqs.raw,
        "QueueListed",
        {
            "operation": "ListQueues",
            "delay": 2,
            "maxAttempts": 3,
            "acceptors": [
                {"state": "success", "matcher": "path", "argument": "QueueUrls[0]", "expected": "u"},
            ],
        },
    )
    assert client_kind.run(waiter.wait(QueueNamePrefix="q")) is None
    assert clock.sleeps == [2]
    assert repr(waiter) == "<SQS.Waiter.QueueListed polling ListQueues every 2 s, at most 3 times>"
