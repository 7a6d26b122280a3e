"""Calls that are nearly recorded, each with what the message about it must say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
UUIDS = ("0b1f8a5e-46ab-4b5b-9c5d-3a8a3f1c7a10", "7c9e6679-7425-40de-944b-e07fc1f90ae7")


@dataclass
class NearMiss:
    """``recorded`` the calls of the cassette, each with service, operation and parameters; ``wanted`` the one that is not there."""

    name: str
    recorded: list[tuple[str, str, dict[str, Any]]]
    wanted: tuple[str, str, dict[str, Any]]
    says: list[str]
    #: How many of the recorded calls are played before.
    played: int = 0
    #: Of the config of the client that makes the last call.
    options: dict[str, Any] = field(default_factory=dict)


def _get(name: str, recorded: dict[str, Any], wanted: dict[str, Any], *says: str) -> NearMiss:
    """Of ``GetObject``, where only some parameters differ."""
    common = {"Bucket": "photos", "Key": "2024/may/cat.jpg"}
    return NearMiss(
        name,
        [("s3", "GetObject", {**common, **recorded})],
        ("s3", "GetObject", {**common, **wanted}),
        ["s3.GetObject: no recording", "nearest is call 1", *says],
    )


def _one(
    name: str, service: str, operation: str, recorded: dict[str, Any], wanted: dict[str, Any], *says: str
) -> NearMiss:
    return NearMiss(name, [(service, operation, recorded)], (service, operation, wanted), list(says))


_METRIC = {"MetricDataQueries": [], "EndTime": NOON}
_LIST = {"Bucket": "photos"}

NEAR_MISSES: list[NearMiss] = [
    _get("typo", {}, {"Key": "2024/may/cta.jpg"}, "Key: wanted '2024/may/cta.jpg', recorded '2024/may/cat.jpg'", "(a typo?)"),
    _get("case", {}, {"Key": "2024/May/cat.jpg"}, "differs in case only"),
    _get("leading slash", {}, {"Key": "/2024/may/cat.jpg"}, "a leading '/'"),
    _get("trailing slash", {"Key": "2024/may"}, {"Key": "2024/may/"}, "a trailing '/'"),
    _get("another bucket", {}, {"Bucket": "documents"}, "Bucket: wanted 'documents', recorded 'photos' (another bucket)"),
    _get("extra parameter", {}, {"VersionId": "v1"}, "VersionId: wanted 'v1', not there when it was recorded"),
    _get("missing parameter", {"VersionId": "v1"}, {}, "VersionId: recorded 'v1', and not there now"),
    _get("white space", {}, {"Key": "2024/may/cat.jpg "}, "differs in white space only"),
    _get("unicode", {"Key": "caf\u00e9.jpg"}, {"Key": "cafe\u0301.jpg"}, "composed in another way (Unicode NFC and NFD)", r"'cafe\u0301.jpg', recorded 'caf\xe9.jpg'"),
    _get("lookalikes", {"Key": "\uff43at.jpg"}, {"Key": "cat.jpg"}, "characters that look alike"),
    _get("percent-encoded", {"Key": "a b.jpg"}, {"Key": "a%20b.jpg"}, "one is percent-encoded"),
    _get("backslashes", {}, {"Key": "2024\\may\\cat.jpg"}, "backslashes and slashes"),
    _get("another part", {"Range": "bytes=0-99"}, {"Range": "bytes=100-199"}, "another part: part sizes or thresholds"),
    NearMiss(
        "checksums",
        # The parameter is a handler's.
        [("s3", "GetObject", {"Bucket": "b", "Key": "k", "ChecksumMode": "ENABLED"})],
        ("s3", "GetObject", {"Bucket": "b", "Key": "k"}),
        ["nearest is call 1", "ChecksumMode: recorded 'ENABLED'", "response_checksum_validation is another now"],
        options={"response_checksum_validation": "when_required"},
    ),
    _one(
        "body of the same length", "s3", "PutObject",
        {"Bucket": "photos", "Key": "k", "Body": b"hello"}, {"Bucket": "photos", "Key": "k", "Body": b"hallo"},
        "Body: wanted 5 bytes, recorded 5 bytes (the same length, other content)",
    ),
    _one(
        "empty body", "s3", "PutObject",
        {"Bucket": "photos", "Key": "k", "Body": b"hello"}, {"Bucket": "photos", "Key": "k", "Body": b""},
        "Body: wanted 0 bytes, recorded 5 bytes (one of them is empty: was the file read to its end before?)",
    ),
    _one(
        "another page token", "s3", "ListObjectsV2",
        {**_LIST, "ContinuationToken": "after-cat"}, {**_LIST, "ContinuationToken": "zzz"},
        "the listing went another way: it asks for another page",
    ),
    _one(
        "page after the first", "s3", "ListObjectsV2", _LIST, {**_LIST, "ContinuationToken": "zzz"},
        "a listing that goes on where the recorded one began",
    ),
    _one("page size", "s3", "ListObjectsV2", {**_LIST, "MaxKeys": 10}, {**_LIST, "MaxKeys": 100}, "another page size"),
    _one(
        "renamed parameter", "s3", "ListObjectsV2", {**_LIST, "Prefix": "a/b/"}, {**_LIST, "StartAfter": "a/b/"},
        "StartAfter: wanted 'a/b/', not there when it was recorded (recorded as Prefix)",
    ),
    _one(
        "upload id", "s3", "ListParts",
        {**_LIST, "Key": "k", "UploadId": "aaaa"}, {**_LIST, "Key": "k", "UploadId": "zzzz"},
        "an id that a service gave out",
    ),
    _one(
        "order that counts", "dynamodb", "PutItem",
        {"TableName": "t", "Item": {"l": {"L": [{"S": "a"}, {"S": "b"}]}}},
        {"TableName": "t", "Item": {"l": {"L": [{"S": "b"}, {"S": "a"}]}}},
        "Item.l.L: the same items in another order",
    ),
    _one(
        "another type", "dynamodb", "PutItem",
        {"TableName": "t", "Item": {"n": {"N": "1"}}}, {"TableName": "t", "Item": {"n": {"S": "1"}}},
        "Item.n.S: wanted '1', not there when it was recorded (recorded as Item.n.N)",
    ),
    _one(
        "generated token", "sqs", "SendMessage",
        {"QueueUrl": "https://q", "MessageBody": UUIDS[0]}, {"QueueUrl": "https://q", "MessageBody": UUIDS[1]},
        "made anew in every run, it seems", "ignore=['MessageBody']",
    ),
    _one(
        "a time that moved", "cloudwatch", "GetMetricData",
        {**_METRIC, "StartTime": NOON}, {**_METRIC, "StartTime": NOON + timedelta(hours=3)},
        "StartTime: wanted '2024-05-01T15:00:00Z'", "a time that moved, by 3 hours", "ignore=['StartTime']",
    ),
    _one(
        "another account", "sns", "Publish",
        {"TopicArn": "arn:aws:sns:us-west-2:111111111111:news", "Message": "m"},
        {"TopicArn": "arn:aws:sns:us-west-2:222222222222:news", "Message": "m"},
        "another account in the ARN",
    ),
    _one(
        "another region in the ARN", "sns", "Publish",
        {"TopicArn": "arn:aws:sns:us-west-2:111111111111:news", "Message": "m"},
        {"TopicArn": "arn:aws:sns:eu-west-1:111111111111:news", "Message": "m"},
        "another region in the ARN",
    ),
    _one(
        "ends of lines", "sns", "Publish",
        {"TopicArn": "arn:aws:sns:us-west-2:111111111111:news", "Message": "a\nb"},
        {"TopicArn": "arn:aws:sns:us-west-2:111111111111:news", "Message": "a\r\nb"},
        "ends of lines: CRLF and LF",
    ),
    _one(
        "the end of a long text", "sqs", "SendMessage",
        {"QueueUrl": "https://q", "MessageBody": f"{'x' * 500} one"}, {"QueueUrl": "https://q", "MessageBody": f"{'x' * 500} two"},
        "xxx two', recorded '...x", "xxx one'",
    ),
    NearMiss(
        "another operation", [("s3", "HeadObject", {"Bucket": "photos", "Key": "k"})],
        ("s3", "GetObject", {"Bucket": "photos", "Key": "k"}),
        ["s3.GetObject: no call of this operation is recorded", "recorded are s3.HeadObject",
         "call 1 has the same parameters, but is another operation: s3.HeadObject"],
    ),
    NearMiss(
        "another service", [("kinesis", "ListTagsForStream", {"StreamName": "n"}), ("sns", "TagResource", {"ResourceArn": "arn:aws:sns:us-west-2:111111111111:news", "Tags": []})],
        ("secretsmanager", "GetSecretValue", {"SecretId": "n"}),
        ["secrets-manager.GetSecretValue: no call of this operation is recorded", "recorded are kinesis.ListTagsForStream, sns.TagResource"],
    ),
    NearMiss(
        "a misread operation", [("s3", "ListObjects", _LIST)], ("s3", "ListObjectsV2", {**_LIST, "Prefix": "p"}),
        ["did you mean s3.ListObjects?"],
    ),
    NearMiss(
        "all played", [("s3", "GetObject", {"Bucket": "b", "Key": "k"})] * 2, ("s3", "GetObject", {"Bucket": "b", "Key": "k"}),
        ["all 2 recordings of it were played already", "the last is call 2", "a poll, a loop or a retry"], played=2,
    ),
    NearMiss("an empty cassette", [], ("s3", "GetObject", {"Bucket": "b", "Key": "k"}), ["the cassette", "is empty"]),
    NearMiss(
        "the nearest of many",
        [("s3", "GetObject", {"Bucket": "b", "Key": key}) for key in ("first", "second", "report-2024.csv", "zzz")],
        ("s3", "GetObject", {"Bucket": "b", "Key": "report-2042.csv"}),
        ["nearest is call 3", "a typo?"],
    ),
    NearMiss(
        "several differences", [("s3", "ListObjectsV2", {**_LIST, "MaxKeys": 1, "Prefix": "A", "Delimiter": "/", "StartAfter": "x"})],
        ("s3", "ListObjectsV2", {"Bucket": "other", "MaxKeys": 2, "Prefix": "a", "FetchOwner": True, "RequestPayer": "requester"}),
        ["and 2 more differences"],
    ),
]  # fmt: skip
