"""A recorder beside what stands in the place of botocore's methods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import sotalia
from tests.client_kinds import Kind
from tests.transport.servers import Connection, serving


def respond(connection: Connection) -> None:
    while connection.head():
        connection.raw.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


@pytest.fixture
def address() -> Iterator[str]:
    """Not moto's server, which runs in this process and would be patched as well."""
    with serving(respond) as port:
        yield f"http://127.0.0.1:{port}"


def test_calls_while_botocore_is_patched(client_kind: Kind, address: str) -> None:
    with sotalia.patch_boto3(botocore=True), sotalia.recorder() as calls:
        client_kind.client("s3", endpoint_url=address).head_bucket(Bucket="bucket")
    [call] = calls
    assert [attempt.status for attempt in call.attempts] == [200]


def test_a_method_of_an_endpoint_that_is_replaced_is_called(client_kind: Kind, address: str) -> None:
    seen: list[str] = []
    with sotalia.patch_boto3(botocore=True):
        s3 = client_kind.client("s3", endpoint_url=address)
        endpoint = s3._endpoint
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
