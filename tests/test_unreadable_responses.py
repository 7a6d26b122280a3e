"""A 2xx body that is not a response of the operation is an error, never an empty result: over sockets, in every protocol."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sotalia import exceptions
from sotalia.config import Config
from tests.client_kinds import Kind
from tests.transport.servers import answering, serving

ONCE = Config(retries={"total_max_attempts": 1})
ERRORS = (exceptions.ResponseParserError, exceptions.ClientError)
HTML = b"<!DOCTYPE html>\n<html><head><title>Log in</title></head><body>Please log in</body></html>"
XHTML = b"<html xmlns='http://www.w3.org/1999/xhtml'><head/><body><p>Please log in</p></body></html>"
# Service, method, parameters, a good body.
READS: dict[str, tuple[str, str, dict[str, Any], bytes]] = {
    "json": ("dynamodb", "scan", {"TableName": "table"}, b'{"Items":[{"a":{"S":"x"}}],"Count":1}'),
    "json get": ("dynamodb", "get_item", {"TableName": "table", "Key": {"a": {"S": "x"}}}, b'{"Item":{"a":{"S":"x"}}}'),
    "rest json": ("lambda", "list_functions", {}, b'{"Functions":[{"FunctionName":"f"}]}'),
    "rest xml": ("s3", "list_objects_v2", {"Bucket": "b"}, b"<ListBucketResult><Name>b</Name><Contents><Key>k</Key></Contents></ListBucketResult>"),
    "versions": ("s3", "list_object_versions", {"Bucket": "b"}, b"<ListVersionsResult><Name>b</Name></ListVersionsResult>"),
    "buckets": ("s3", "list_buckets", {}, b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"),
    "payload": ("cloudfront", "list_distributions", {}, b"<DistributionList><Quantity>0</Quantity></DistributionList>"),
    "route53": ("route53", "list_hosted_zones", {}, b"<ListHostedZonesResponse><HostedZones/></ListHostedZonesResponse>"),
    "query": ("sns", "list_topics", {}, b"<ListTopicsResponse><ListTopicsResult><Topics/></ListTopicsResult></ListTopicsResponse>"),
    "ec2": ("ec2", "describe_instances", {}, b"<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>"),
    "cbor": ("partnercentral-revenue-measurement", "list_marketplace_revenue_shares", {"Catalog": "AWS"}, b"\xa1\x69nextToken\x61t"),
}  # fmt: skip
WRITES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "json": ("sqs", "delete_message", {"QueueUrl": "QUEUE", "ReceiptHandle": "r"}),
    "rest xml": ("s3", "put_object", {"Bucket": "b", "Key": "k", "Body": b"x"}),
    "rest json": ("apigateway", "delete_rest_api", {"restApiId": "x"}),
    "query": ("iam", "delete_user", {"UserName": "u"}),
    "ec2": ("ec2", "delete_volume", {"VolumeId": "vol-1"}),
}


def called(
    client_kind: Kind, service: str, method: str, params: dict[str, Any], body: bytes, status: int = 200
) -> Any:
    reply = b"HTTP/1.1 %d OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%b" % (
        status,
        len(body),
        body,
    )
    with serving(answering(reply)) as port:
        client = client_kind.client(service, endpoint_url=f"http://127.0.0.1:{port}", config=ONCE)
        given = {
            name: f"http://127.0.0.1:{port}/q" if value == "QUEUE" else value
            for name, value in params.items()
        }
        return getattr(client, method)(**given)


@pytest.mark.parametrize("name", READS)
def test_a_good_body(name: str, client_kind: Kind) -> None:
    result = called(client_kind, *READS[name])
    assert len(result) >= 1


def bad_bodies(good: bytes) -> dict[str, bytes]:
    text = good.decode("latin-1")
    return {
        "nothing": b"",
        "cut": good[:-1],
        "cut in the middle": good[: len(good) // 2],
        "followed by garbage": good + b"x",
        "twice": good + good,
        "UTF-16": text.encode("utf-16"),
        "UTF-32": text.encode("utf-32"),
        "Latin-1": good[: len(good) // 2] + b"\xe9\xff" + good[len(good) // 2 :],
        "HTML": HTML,
        "XHTML": XHTML,
        "null": b"null",
        "a list": b"[]",
        "text": b'"text"',
        "a number": b"5",
        "words": b"OK",
        "another element": b"<Other/>",
        "an error in success": b"<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>",
        "another operation": b"<DescribeVolumesResponse><requestId>r</requestId><volumeSet/></DescribeVolumesResponse>",
        "white space": b"   ",
    }


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("kind", bad_bodies(b"{}"))
def test_no_bad_body_is_an_empty_result(name: str, kind: str, client_kind: Kind) -> None:
    service, method, params, good = READS[name]
    with pytest.raises(ERRORS) as caught:
        called(client_kind, service, method, params, bad_bodies(good)[kind])
    assert len(str(caught.value)) < 1000


def test_a_body_is_cut_anywhere(client_kind: Kind) -> None:
    service, method, params, good = READS["json"]
    from sotalia.transport.scripted import answer

    for cut in range(len(good)):
        with pytest.raises(exceptions.ResponseParserError):
            getattr(client_kind.scripted(service, [answer(200, body=good[:cut])]), method)(**params)


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("body", [HTML, XHTML], ids=["HTML", "XHTML"])
def test_a_page_is_no_success(name: str, body: bytes, client_kind: Kind) -> None:
    with pytest.raises(ERRORS):
        called(client_kind, *WRITES[name], body)


@pytest.mark.parametrize("name", ["json", "rest xml", "rest json"])
@pytest.mark.parametrize("status", [200, 204])
def test_where_nothing_is_to_be_said_nothing_need_be_said(name: str, status: int, client_kind: Kind) -> None:
    service, method, params = WRITES[name]
    assert (
        called(client_kind, service, method, params, b"", status)["ResponseMetadata"]["HTTPStatusCode"]
        == status
    )


def test_quiet_deletions_say_nothing(client_kind: Kind) -> None:
    params = {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}], "Quiet": True}}
    assert set(called(client_kind, "s3", "delete_objects", params, b"<DeleteResult/>")) == {
        "ResponseMetadata"
    }


def test_a_page_of_keys_that_is_empty_ends_no_listing(client_kind: Kind) -> None:
    """What deletes whatever a listing does not name gets an error instead of a listing of nothing."""
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(reply)) as port:
        client = client_kind.client("s3", endpoint_url=f"http://127.0.0.1:{port}", config=ONCE)
        with pytest.raises(exceptions.ResponseParserError, match="empty"):
            list(client.get_paginator("list_objects_v2").paginate(Bucket="b"))


@pytest.mark.parametrize("size", [10, 70_000])
def test_numbers_keep_all_their_digits(size: int, client_kind: Kind) -> None:
    """Large bodies are read by another parser, to which integers beyond 64 bits are inexact."""
    number = 2**64 + 1
    body = json.dumps({"message": "x" * size, "Count": number, "Items": []}).encode()
    assert called(client_kind, "dynamodb", "scan", {"TableName": "table"}, body)["Count"] == number


@pytest.mark.parametrize(
    "prolog", ["<?a?><!-- b -->" * 40, "\ufeff<!-- <!DOCTYPE -->", "<!---->\n<?x <!-- ?>\t"]
)
@pytest.mark.parametrize("name", ["query", "ec2", "rest xml", "route53"])
def test_document_types_wherever_they_stand(name: str, prolog: str, client_kind: Kind) -> None:
    service, method, params, good = READS[name]
    bomb = f"{prolog}<!DOCTYPE x [<!ENTITY a 'x'>]>".encode() + good
    with pytest.raises(ERRORS) as caught:
        called(client_kind, service, method, params, bomb)
    assert "document type" in str(caught.value) or isinstance(caught.value, exceptions.ClientError)
    assert called(client_kind, service, method, params, prolog.encode() + good)
