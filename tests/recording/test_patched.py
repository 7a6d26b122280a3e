"""A recorder beside what stands in the place of botocore's methods."""

from __future__ import annotations

from typing import Any

import sotalia
from sotalia.transport.scripted import answer
from tests.client_kinds import Kind


def test_calls_while_botocore_is_patched(client_kind: Kind) -> None:
    with sotalia.patch_boto3(botocore=True), sotalia.recorder() as calls:
        s3 = client_kind.scripted("s3", [answer(503), answer(200)])
        s3.head_bucket(Bucket="bucket")
    [call] = calls
    assert [attempt.status for attempt in call.attempts] == [503, 200]


def test_a_method_of_an_endpoint_that_is_replaced_is_called(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [answer(200), answer(200)])
    endpoint, seen = s3._endpoint, []
    original = endpoint.make_request

    def wrapped(operation_model: Any, request_dict: Any) -> Any:
        seen.append(operation_model.name)
        return original(operation_model, request_dict)

    endpoint.make_request = wrapped
    with sotalia.recorder() as calls:
        s3.head_bucket(Bucket="bucket")
    s3.head_bucket(Bucket="bucket")
    assert seen == ["HeadBucket", "HeadBucket"]
    assert [call.status for call in calls] == [200]
