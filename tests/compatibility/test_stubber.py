"""botocore's ``Stubber`` and ours on our clients, beside botocore's on boto3's."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import boto3
import botocore.exceptions
import botocore.stub
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from sotalia.testing import Stubber as OurStubber
from tests.client_kinds import KEYS, Kind


def outcome(function: Callable[[], Any]) -> Any:
    """What a call gives: its value, or the kind and text of what it raises."""
    try:
        return function()
    except (Exception, AssertionError) as error:
        # Ours know the operation of other errors, too.
        is_response = isinstance(error, botocore.exceptions.ClientError)
        fields = (error.response, error.operation_name) if is_response else (None, None)
        return type(error).__name__, str(error), *fields


def listed(stubber: Stubber, client: Any) -> Any:
    stubber.add_response("list_objects_v2", {"KeyCount": 1, "Contents": [{"Key": "k", "Size": 3}]})
    with stubber:
        return client.list_objects_v2(Bucket="b")


def same_object(stubber: Stubber, client: Any) -> Any:
    response = {"TableNames": ["t"]}
    stubber.add_response("list_tables", response)
    with stubber:
        return client.list_tables() is response


def expected(stubber: Stubber, client: Any) -> Any:
    stubber.add_response("get_object", {}, {"Bucket": "b", "Key": ANY})
    with stubber:
        return client.get_object(Bucket="b", Key="k")


def other_params(stubber: Stubber, client: Any) -> Any:
    stubber.add_response("get_object", {}, {"Bucket": "b", "Key": "k"})
    with stubber:
        return client.get_object(Bucket="b", Key="other")


def extra_params(stubber: Stubber, client: Any) -> Any:
    stubber.add_response("get_object", {}, {"Bucket": "b", "Key": "k"})
    with stubber:
        return client.get_object(Bucket="b", Key="k", VersionId="3")


def other_operation(stubber: Stubber, client: Any) -> Any:
    stubber.add_response("list_buckets", {})
    with stubber:
        return client.get_object(Bucket="b", Key="k")


def empty_queue(stubber: Stubber, client: Any) -> Any:
    with stubber:
        return client.list_buckets()


def unknown_method(stubber: Stubber, client: Any) -> Any:
    return stubber.add_response("no_such_method", {})


def pending(stubber: Stubber, client: Any) -> Any:
    stubber.add_response("list_buckets", {})
    stubber.add_response("list_buckets", {})
    return stubber.assert_no_pending_responses()


def nothing_pending(stubber: Stubber, client: Any) -> Any:
    stubber.add_response("list_buckets", {})
    with stubber:
        client.list_buckets()
    return stubber.assert_no_pending_responses()


def wrong_response(stubber: Stubber, client: Any) -> Any:
    return stubber.add_response("list_buckets", {"Buckets": [{"Name": 3, "Nome": "x"}], "Owner": "me"})


def response_of_all_types(stubber: Stubber, client: Any) -> Any:
    moment = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    response = {
        "Item": {
            "m": {"M": {"s": {"S": "x"}, "n": {"N": "1"}, "l": {"L": [{"BOOL": True}, {"NULL": True}]}}},
            "b": {"B": b"\0"},
        },
        "ConsumedCapacity": {"TableName": "t", "CapacityUnits": 1.5},
        "ResponseMetadata": {"RequestId": "r"},
    }
    table = {"Table": {"CreationDateTime": moment, "ItemCount": 3, "KeySchema": []}}
    stubber.add_response("get_item", response)
    stubber.add_response("describe_table", table)
    with stubber:
        return client.get_item(TableName="t", Key={"k": {"S": "x"}}), client.describe_table(TableName="t")


def union_with_two_members(stubber: Stubber, client: Any) -> Any:
    return stubber.add_response("get_item", {"Item": {"k": {"S": "x", "N": 1}}})


def error(stubber: Stubber, client: Any) -> Any:
    stubber.add_client_error("get_object", "NoSuchKey", "gone", 404)
    with stubber:
        return client.get_object(Bucket="b", Key="k")


def error_with_everything(stubber: Stubber, client: Any) -> Any:
    stubber.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        "no",
        http_status_code=400,
        service_error_meta={"Extra": "x"},
        expected_params={"TransactItems": ANY},
        response_meta={"RequestId": "r"},
        modeled_fields={"Message": "no", "CancellationReasons": [{"Code": "None"}]},
    )
    with stubber:
        return client.transact_write_items(TransactItems=[])


def error_with_wrong_fields(stubber: Stubber, client: Any) -> Any:
    return stubber.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        modeled_fields={"CancellationReasons": "no list"},
    )


def default_error(stubber: Stubber, client: Any) -> Any:
    stubber.add_client_error("list_buckets")
    with stubber:
        return client.list_buckets()


def queue_order(stubber: Stubber, client: Any) -> Any:
    stubber.add_response("list_buckets", {"Buckets": [{"Name": "one"}]})
    stubber.add_client_error("list_buckets", "AccessDenied")
    stubber.add_response("list_buckets", {"Buckets": [{"Name": "two"}]})
    with stubber:
        return [outcome(client.list_buckets) for _ in range(3)]


def invalid_params(stubber: Stubber, client: Any) -> Any:
    """Stubbed calls are validated as any other."""
    stubber.add_response("get_object", {})
    with stubber:
        return client.get_object(Bucket="b")


def presigned(stubber: Stubber, client: Any) -> Any:
    """Presigning is no call: it passes the queue by."""
    stubber.add_response("list_buckets", {}, {"MaxBuckets": 3})
    with stubber:
        url = client.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "k"})
    return url.split("?")[0]


def activated_by_hand(stubber: Stubber, client: Any) -> Any:
    stubber.add_response("list_buckets", {"Buckets": []})
    stubber.activate()
    stubber.activate()
    found = client.list_buckets()
    stubber.deactivate()
    return found


def resource_ids_as_sent(stubber: Stubber, client: Any) -> Any:
    """Expectations see the parameters as the caller gave them, before built-in handlers."""
    stubber.add_response(
        "get_hosted_zone",
        {"HostedZone": {"Id": "i", "Name": "n", "CallerReference": "c"}},
        {"Id": "/hostedzone/Z1"},
    )
    with stubber:
        return client.get_hosted_zone(Id="/hostedzone/Z1")


CASES = [
    ("s3", listed),
    ("dynamodb", same_object),
    ("s3", expected),
    ("s3", other_params),
    ("s3", extra_params),
    ("s3", other_operation),
    ("s3", empty_queue),
    ("s3", unknown_method),
    ("s3", pending),
    ("s3", nothing_pending),
    ("s3", wrong_response),
    ("dynamodb", response_of_all_types),
    ("dynamodb", union_with_two_members),
    ("s3", error),
    ("dynamodb", error_with_everything),
    ("dynamodb", error_with_wrong_fields),
    ("s3", default_error),
    ("s3", queue_order),
    ("s3", invalid_params),
    ("s3", presigned),
    ("s3", activated_by_hand),
    ("route53", resource_ids_as_sent),
]


@pytest.mark.parametrize("stubber_class", [Stubber, OurStubber], ids=["botocore's", "ours"])
@pytest.mark.parametrize(("service", "case"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_stubber_as_on_boto3(
    service: str, case: Callable[[Any, Any], Any], client_kind: Kind, stubber_class: Any
) -> None:
    theirs = boto3.Session(**KEYS).client(service)
    ours = client_kind.client(service)
    wanted = outcome(lambda: case(Stubber(theirs), theirs))
    assert outcome(lambda: case(stubber_class(ours.raw), ours)) == wanted


def test_errors_are_of_the_services_classes(client_kind: Kind) -> None:
    s3 = client_kind.client("s3")
    with Stubber(s3.raw) as stubber:
        stubber.add_client_error("get_object", "NoSuchKey", "gone", 404)
        with pytest.raises(s3.raw.exceptions.NoSuchKey) as caught:
            s3.get_object(Bucket="b", Key="k")
    assert isinstance(caught.value, ClientError)


def test_without_credentials(client_kind: Kind) -> None:
    """A stubbed call asks nobody for keys or an account, also where the rule set could use one."""
    dynamodb = client_kind.client("dynamodb", client_kind.session(region_name="us-west-2"))
    with Stubber(dynamodb.raw) as stubber:
        stubber.add_response("list_tables", {"TableNames": []})
        assert dynamodb.list_tables() == {"TableNames": []}


def test_waiters_and_paginators(client_kind: Kind) -> None:
    s3 = client_kind.client("s3")
    with Stubber(s3.raw) as stubber:
        stubber.add_client_error("head_bucket", "404", http_status_code=404)
        stubber.add_response("head_bucket", {"ResponseMetadata": {"HTTPStatusCode": 200}})
        s3.get_waiter("bucket_exists").wait(Bucket="b", WaiterConfig={"Delay": 0})
        for number, token in enumerate((None, "t1")):
            stubber.add_response(
                "list_objects_v2",
                {
                    "Contents": [{"Key": f"k{number}"}],
                    "IsTruncated": token is None,
                    "NextContinuationToken": "t1",
                }
                if token is None
                else {"Contents": [{"Key": f"k{number}"}]},
                {"Bucket": "b"} if token is None else {"Bucket": "b", "ContinuationToken": token},
            )
        pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket="b"))
        assert [page["Contents"][0]["Key"] for page in pages] == ["k0", "k1"]
        stubber.assert_no_pending_responses()


def test_after_deactivation_calls_go_out_again(client_kind: Kind) -> None:
    from sotalia.transport.scripted import answer

    s3 = client_kind.scripted("s3", [answer(200, body=b"<ListAllMyBucketsResult/>")])
    with Stubber(s3.raw) as stubber:
        stubber.add_response("list_buckets", {"Buckets": []})
        s3.list_buckets()
        assert s3.transport.requests == []
    s3.list_buckets()
    assert len(s3.transport.requests) == 1
    assert botocore.stub.Stubber is Stubber
