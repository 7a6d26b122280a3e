"""A service that is always well, so that whatever goes wrong was injected."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sotalia.protocols import cbor
from sotalia.testing import AsyncManualRuntime, ManualRuntime, ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind

BODY = b"0123456789" * 100
_COPIED = b"<CopyObjectResult><ETag>e</ETag></CopyObjectResult>"
# A map of one text to an empty list.
_BUSES = cbor.head(5, 1) + cbor.text("EventBuses") + cbor.head(4, 0)
_TARGETS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "PutItem": lambda sent: {},
    "GetItem": lambda sent: {"Item": {"k": {"S": "v"}}},
    "TransactWriteItems": lambda sent: {},
    "BatchWriteItem": lambda sent: {"UnprocessedItems": {}},
    "BatchGetItem": lambda sent: {"Responses": {}, "UnprocessedKeys": {}},
    "SendMessageBatch": lambda sent: {"Successful": [_sent(entry) for entry in sent["Entries"]]},
    "PutRecords": lambda sent: {
        "FailedRecordCount": 0,
        "Records": [{"SequenceNumber": "1", "ShardId": "s"} for _ in sent["Records"]],
    },
    "PutRecordBatch": lambda sent: {
        "FailedPutCount": 0,
        "RequestResponses": [{"RecordId": "r"} for _ in sent["Records"]],
    },
    "PutEvents": lambda sent: {"FailedEntryCount": 0, "Entries": [{"EventId": "e"} for _ in sent["Entries"]]},
    "DeleteMessageBatch": lambda sent: {"Successful": [{"Id": entry["Id"]} for entry in sent["Entries"]]},
    "ListQueues": lambda sent: {"QueueUrls": ["https://sqs/1"]},
}


def _sent(entry: dict[str, Any]) -> dict[str, Any]:
    return {"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "0" * 32}


def respond(request: Any) -> Any:
    """The response to any request of the tests here."""
    target = request.headers.get("X-Amz-Target")
    if target is not None:
        text = target.decode() if isinstance(target, bytes) else target
        result = _TARGETS[text.rpartition(".")[2]](json.loads(request.body))
        return answer(200, {"content-type": "application/x-amz-json-1.0"}, json.dumps(result).encode())
    if "smithy-protocol" in request.headers:
        return answer(200, {"smithy-protocol": "rpc-v2-cbor"}, _BUSES)
    if "s3" not in request.url:
        return answer(200, body=_xml(request))
    if "x-amz-copy-source" in request.headers:
        return answer(200, body=_COPIED)
    if request.method == "GET" and "list-type" in request.url:
        return answer(200, body=b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")
    return answer(200, {"etag": '"e"'}, BODY if request.method == "GET" else b"")


def _xml(request: Any) -> bytes:
    body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
    name = body.partition("Action=")[2].partition("&")[0] or "Nothing"
    return f"<{name}Response><{name}Result><Topics/></{name}Result></{name}Response>".encode()


def well(client_kind: Kind, service: str, **arguments: Any) -> Any:
    """A client of it with a clock of its own: ``client.transport.requests``, ``client.runtime.sleeps``."""
    runtime = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
    transport = ScriptedTransport([respond])
    session = client_kind.session(**KEYS, transport=transport, runtime=runtime)
    client = client_kind.client(service, session, **arguments)
    client.transport, client.runtime = transport, runtime
    return client


#: How each operation of the tests is called.
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "s3.GetObject": ("get_object", {"Bucket": "b", "Key": "k"}),
    "s3.PutObject": ("put_object", {"Bucket": "b", "Key": "k", "Body": b"data"}),
    "s3.HeadObject": ("head_object", {"Bucket": "b", "Key": "k"}),
    "s3.ListObjectsV2": ("list_objects_v2", {"Bucket": "b"}),
    "s3.CopyObject": ("copy_object", {"Bucket": "b", "Key": "k", "CopySource": "b/o"}),
    "dynamodb.PutItem": ("put_item", {"TableName": "t", "Item": {"k": {"S": "v"}}}),
    "dynamodb.GetItem": ("get_item", {"TableName": "t", "Key": {"k": {"S": "v"}}}),
    "dynamodb.TransactWriteItems": (
        "transact_write_items",
        {"TransactItems": [{"Put": {"TableName": "t", "Item": {"k": {"S": str(n)}}}} for n in range(2)]},
    ),
    "dynamodb.BatchWriteItem": (
        "batch_write_item",
        {"RequestItems": {"t": [{"PutRequest": {"Item": {"k": {"S": str(n)}}}} for n in range(4)]}},
    ),
    "dynamodb.BatchGetItem": (
        "batch_get_item",
        {"RequestItems": {"t": {"Keys": [{"k": {"S": str(n)}} for n in range(4)]}}},
    ),
    "sqs.SendMessageBatch": (
        "send_message_batch",
        {
            "QueueUrl": "https://sqs.us-west-2.amazonaws.com/1/q",
            "Entries": [{"Id": str(n), "MessageBody": "m"} for n in range(4)],
        },
    ),
    "sqs.ListQueues": ("list_queues", {}),
    "sns.ListTopics": ("list_topics", {}),
    "ec2.DescribeRegions": ("describe_regions", {}),
    "kinesis.PutRecords": (
        "put_records",
        {"StreamName": "s", "Records": [{"Data": b"d", "PartitionKey": "p"} for _ in range(4)]},
    ),
    "firehose.PutRecordBatch": (
        "put_record_batch",
        {"DeliveryStreamName": "s", "Records": [{"Data": b"d"} for _ in range(4)]},
    ),
    "eventbridge.PutEvents": (
        "put_events",
        {"Entries": [{"Source": "s", "DetailType": "d", "Detail": "{}"} for _ in range(4)]},
    ),
    "sqs.DeleteMessageBatch": (
        "delete_message_batch",
        {
            "QueueUrl": "https://sqs.us-west-2.amazonaws.com/1/q",
            "Entries": [{"Id": str(n), "ReceiptHandle": "r"} for n in range(4)],
        },
    ),
    "lambda.ListFunctions": ("list_functions", {}),
    "cloudwatch.ListMetrics": ("list_metrics", {}),
    "eventbridgev2.ListEventBuses": ("list_event_buses", {}),
    "route-53.ListHostedZones": ("list_hosted_zones", {}),
}


def call(client: Any, name: str) -> Any:
    """Make a call of the table, and read the body of a result that has one."""
    method, parameters = CALLS[name]
    result = getattr(client, method)(**parameters)
    if name == "s3.GetObject":
        result["Body"] = result["Body"].read()
    return result
