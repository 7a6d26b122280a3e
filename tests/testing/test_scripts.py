"""Scripts by operation: errors and results in each protocol's form, and what was not used."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from sotalia.exceptions import ClientError, ParamValidationError
from sotalia.testing import ScriptedAWS, ScriptedTransport, answer, error_answer
from tests.client_kinds import Kind

_MOMENT = datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)

#: Service, operation, method, parameters and result: every protocol, and every place that a member may stand in.
RESULTS: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]] = [
    (
        "dynamodb",
        "GetItem",
        "get_item",
        {"TableName": "t", "Key": {}},
        {"Item": {"a": {"S": "ü"}, "b": {"B": b"\0x"}, "l": {"L": [{"N": "1"}]}}},
    ),
    (
        "dynamodb",
        "DescribeTable",
        "describe_table",
        {"TableName": "t"},
        {"Table": {"TableName": "tab", "CreationDateTime": _MOMENT}},
    ),
    (
        "sqs",
        "ReceiveMessage",
        "receive_message",
        {"QueueUrl": "https://q"},
        {
            "Messages": [
                {
                    "MessageId": "1",
                    "Body": "<&>",
                }
            ]
        },
    ),
    (
        "iam",
        "ListUsers",
        "list_users",
        {},
        {
            "Users": [
                {"Path": "/", "UserName": "a&b", "UserId": "i" * 16, "Arn": "a" * 20, "CreateDate": _MOMENT}
            ],
            "IsTruncated": False,
        },
    ),
    (
        "sns",
        "GetTopicAttributes",
        "get_topic_attributes",
        {"TopicArn": "a"},
        {"Attributes": {"Owner": "1", "Policy": "{}"}},
    ),
    (
        "ec2",
        "DescribeInstances",
        "describe_instances",
        {},
        {
            "Reservations": [
                {
                    "ReservationId": "r",
                    "Instances": [
                        {"InstanceId": "i", "Tags": [{"Key": "a", "Value": "b"}], "LaunchTime": _MOMENT}
                    ],
                }
            ]
        },
    ),
    (
        "s3",
        "ListObjectsV2",
        "list_objects_v2",
        {"Bucket": "photos"},
        {
            "KeyCount": 2,
            "IsTruncated": False,
            "Contents": [{"Key": "a b", "Size": 3, "LastModified": _MOMENT}, {"Key": "c"}],
            "CommonPrefixes": [{"Prefix": "x/"}],
        },
    ),
    (
        "s3",
        "HeadObject",
        "head_object",
        {"Bucket": "photos", "Key": "k"},
        {"ContentLength": 7, "ETag": '"x"', "LastModified": _MOMENT, "Metadata": {"a": "b"}},
    ),
    (
        "s3",
        "GetBucketTagging",
        "get_bucket_tagging",
        {"Bucket": "photos"},
        {"TagSet": [{"Key": "a", "Value": "b"}]},
    ),
    (
        "route53",
        "ListHostedZones",
        "list_hosted_zones",
        {},
        {
            "HostedZones": [{"Id": "z", "Name": "n", "CallerReference": "c"}],
            "Marker": "",
            "IsTruncated": False,
            "MaxItems": "100",
        },
    ),
    (
        "lambda",
        "GetFunction",
        "get_function",
        {"FunctionName": "f"},
        {"Configuration": {"FunctionName": "f", "MemorySize": 128, "Environment": {"Variables": {"A": "b"}}}},
    ),
    (
        "lambda",
        "ListTags",
        "list_tags",
        {"Resource": "arn:aws:lambda:us-west-2:123456789012:function:f"},
        {"Tags": {"a": "b"}},
    ),
    (
        "cloudwatch",
        "ListMetrics",
        "list_metrics",
        {},
        {"Metrics": [{"Namespace": "n", "MetricName": "m", "Dimensions": [{"Name": "a", "Value": "b"}]}]},
    ),
]


def scripted(client_kind: Kind, service: str, script: Any) -> tuple[Any, ScriptedTransport]:
    transport = ScriptedTransport(script)
    return client_kind.client(service, client_kind.through(transport)), transport


@pytest.mark.parametrize("row", RESULTS, ids=lambda row: f"{row[0]}.{row[1]}")
def test_results(client_kind: Kind, row: Any) -> None:
    """What a script says is what the program gets, through the protocol's own form and its parser."""
    service, operation, method, parameters, result = row
    if service == "sqs":
        from hashlib import md5

        result["Messages"][0]["MD5OfBody"] = md5(b"<&>").hexdigest()
    client, transport = scripted(client_kind, service, {operation: result})
    response = getattr(client, method)(**parameters)
    assert response.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert {name: response[name] for name in result} == result
    transport.assert_all_used()


@pytest.mark.parametrize(
    "service", ["dynamodb", "sqs", "iam", "ec2", "s3", "route53", "lambda", "cloudwatch"]
)
def test_errors(client_kind: Kind, service: str) -> None:
    method, operation, parameters = {
        "dynamodb": ("list_tables", "ListTables", {}),
        "sqs": ("list_queues", "ListQueues", {}),
        "iam": ("list_users", "ListUsers", {}),
        "ec2": ("describe_instances", "DescribeInstances", {}),
        "s3": ("list_objects_v2", "ListObjectsV2", {"Bucket": "photos"}),
        "route53": ("list_hosted_zones", "ListHostedZones", {}),
        "lambda": ("list_functions", "ListFunctions", {}),
        "cloudwatch": ("list_metrics", "ListMetrics", {}),
    }[service]
    client, _ = scripted(client_kind, service, {operation: error_answer("SomethingWrong", 418, "no & <no>")})
    with pytest.raises(ClientError) as caught:
        getattr(client, method)(**parameters)
    response = caught.value.response
    assert (response["Error"]["Code"], response["Error"]["Message"]) == ("SomethingWrong", "no & <no>")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 418


def test_streaming_bodies(client_kind: Kind) -> None:
    s3, _ = scripted(
        client_kind,
        "s3",
        {"s3.GetObject": [error_answer("NoSuchKey", 404), {"Body": b"hello", "Metadata": {"a": "b"}}]},
    )
    with pytest.raises(s3.raw.exceptions.NoSuchKey):
        s3.get_object(Bucket="photos", Key="k")
    response = s3.get_object(Bucket="photos", Key="k")
    assert (response["Body"].read(), response["Metadata"]) == (b"hello", {"a": "b"})


def test_the_last_entry_is_given_again_and_the_rest_is_unused(client_kind: Kind) -> None:
    client, transport = scripted(
        client_kind,
        "dynamodb",
        {"ListTables": [{"TableNames": ["one"]}, {"TableNames": ["two"]}], "GetItem": {"Item": {}}},
    )
    assert [client.list_tables()["TableNames"] for _ in range(3)] == [["one"], ["two"], ["two"]]
    assert transport.unused == [("GetItem", {"Item": {}})]
    with pytest.raises(AssertionError, match="1 entries of the script were not used"):
        transport.assert_all_used()
    by_order, transport = scripted(client_kind, "dynamodb", [{"TableNames": []}, answer(200, body=b"{}")])
    by_order.list_tables()
    assert len(transport.unused) == 1


def test_mistakes_in_a_script(client_kind: Kind) -> None:
    client, _ = scripted(
        client_kind, "dynamodb", {"GetItem": {}, "ListTables": {"TableNames": 3}, "ListBackups": 7}
    )
    with pytest.raises(
        AssertionError, match=r"dynamodb.DeleteItem is not in the script, which has GetItem, ListTables"
    ):
        client.delete_item(TableName="t", Key={})
    with pytest.raises(ParamValidationError, match="TableNames"):
        client.list_tables()
    with pytest.raises(TypeError, match="the script has 7; an entry is answer"):
        client.list_backups()
    with pytest.raises(ValueError, match="no entry for GetItem"):
        ScriptedTransport({"GetItem": []})
    with pytest.raises(ValueError, match="the script is empty"):
        scripted(client_kind, "dynamodb", [])[0].list_tables()


def test_functions_and_exceptions(client_kind: Kind) -> None:
    def told(request: Any) -> Any:
        return {"TableNames": [request.method]}

    client, _ = scripted(client_kind, "dynamodb", {"ListTables": [told, RuntimeError("mine")]})
    assert client.list_tables()["TableNames"] == ["POST"]
    with pytest.raises(RuntimeError, match="mine"):
        client.list_tables()


def test_a_session_with_its_clock() -> None:
    aws = ScriptedAWS([error_answer("ThrottlingException"), {"TableNames": []}], region_name="eu-west-1")
    assert aws.client("dynamodb").list_tables()["TableNames"] == []
    assert (len(aws.sleeps), len(aws.requests), aws.unused) == (1, 2, [])
    assert "eu-west-1" in aws.requests[0].url
