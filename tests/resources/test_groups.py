"""Collections, their batches, waiters and batch writers as groups of calls."""

from __future__ import annotations

from typing import Any

from sotalia.testing import LocalAWS
from tests.client_kinds import KEYS, Kind
from tests.groups import Watched
from tests.resources.plain import plain


def resource(client_kind: Kind, service: str, aws: LocalAWS) -> Any:
    made = client_kind.session(**KEYS).resource(service, endpoint_url=aws.endpoint_url)
    client_kind._clients.append(made.meta.client)
    return plain(made, client_kind)


def test_collections_batches_and_waiters(aws: LocalAWS, client_kind: Kind) -> None:
    s3 = resource(client_kind, "s3", aws)
    bucket = s3.Bucket(f"grouped-by-resources-{'async' if client_kind.is_async else 'sync'}")
    bucket.create(CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    for key in "abc":
        bucket.put_object(Key=key, Body=b"")
    with Watched() as seen:
        bucket.wait_until_exists()
        assert len(list(bucket.objects.page_size(2))) == 3
        bucket.objects.page_size(2).delete()
        bucket.delete()
    assert seen.by_group() == {
        ("bucket_exists",): ["HeadBucket"],
        ("list_objects",): ["ListObjects"] * 2,
        ("s3.Bucket.objects.delete", "list_objects"): ["ListObjects"] * 2,
        ("s3.Bucket.objects.delete",): ["DeleteObjects"] * 2,
        (): ["DeleteBucket"],
    }


def test_a_batch_writer(aws: LocalAWS, client_kind: Kind) -> None:
    name = f"grouped-{'async' if client_kind.is_async else 'sync'}"
    table = resource(client_kind, "dynamodb", aws).create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
        BillingMode="PAY_PER_REQUEST",
    )
    with Watched() as seen:
        with table.batch_writer() as batch:
            for number in range(30):
                batch.put_item(Item={"id": number})
                if number == 27:
                    table.get_item(Key={"id": 1})
        with table.batch_writer() as batch:
            batch.put_item(Item={"id": 100})
    assert seen.by_group() == {(f"batch_writer {name}",): ["BatchWriteItem"] * 3, (): ["GetItem"]}
    assert len(seen.numbers()) == 3
