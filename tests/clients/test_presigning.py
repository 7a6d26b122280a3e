"""Presigned URLs and forms, equal to boto3's to the byte under a fixed clock."""

from __future__ import annotations

import datetime
import re
import time
from typing import Any

import boto3
import botocore.auth
import botocore.config
import pytest

from sotalia import exceptions
from sotalia.config import Config
from tests.client_kinds import Kind

MOMENT = datetime.datetime(2026, 11, 24, 12, 0, 0, tzinfo=datetime.UTC)
KEYS = {"aws_access_key_id": "AKID", "aws_secret_access_key": "secret"}


@pytest.fixture(autouse=True)
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    import botocore.signers

    def now(remove_tzinfo: bool = True) -> datetime.datetime:
        return MOMENT.replace(tzinfo=None) if remove_tzinfo else MOMENT

    monkeypatch.setattr(botocore.auth, "get_current_datetime", now)
    monkeypatch.setattr(botocore.signers, "get_current_datetime", now)
    fixed = MOMENT.timestamp()
    original = time.gmtime
    monkeypatch.setattr(time, "time", lambda: fixed)
    monkeypatch.setattr(time, "gmtime", lambda seconds=None: original(fixed if seconds is None else seconds))


CASES: list[Any] = [
    ("s3", "get_object", {"Bucket": "bucket", "Key": "a b/ü+.txt"}, {}, {}),
    ("s3", "get_object", {"Bucket": "bucket", "Key": "k", "VersionId": "v"}, {"ExpiresIn": 60}, {}),
    ("s3", "put_object", {"Bucket": "bucket", "Key": "k", "ContentType": "text/plain"}, {}, {}),
    ("s3", "get_object", {"Bucket": "dotted.bucket", "Key": "k"}, {}, {}),
    ("s3", "get_object", {"Bucket": "Upper", "Key": "k"}, {}, {}),
    ("s3", "get_object", {"Bucket": "b", "Key": "k"}, {}, {}),
    ("s3", "get_object", {"Bucket": "under_score", "Key": "k"}, {}, {}),
    ("s3", "list_objects_v2", {"Bucket": "bucket"}, {"HttpMethod": "HEAD"}, {}),
    ("s3", "get_object", {"Bucket": "bucket", "Key": "k"}, {}, {"signature_version": "s3v4"}),
    ("s3", "put_object", {"Bucket": "bucket", "Key": "k"}, {}, {"signature_version": "s3v4"}),
    ("s3", "get_object", {"Bucket": "bucket", "Key": "k"}, {}, {"s3": {"addressing_style": "path"}}),
    ("s3", "get_object", {"Bucket": "bucket", "Key": "k"}, {}, {"s3": {"addressing_style": "virtual"}}),
    ("s3", "get_object", {"Bucket": "bucket", "Key": "k"}, {}, {"s3": {"use_accelerate_endpoint": True}}),
    (
        "s3",
        "get_object",
        {"Bucket": "arn:aws:s3:eu-west-1:123456789012:accesspoint:mine", "Key": "k"},
        {},
        {"signature_version": "s3v4"},
    ),
    ("sts", "get_caller_identity", {}, {}, {}),
    ("sqs", "list_queues", {"QueueNamePrefix": "p"}, {}, {}),
    ("ec2", "describe_instances", {"InstanceIds": ["i-1"]}, {}, {}),
    ("lambda", "list_functions", {"MaxItems": 3}, {}, {}),
    ("polly", "synthesize_speech", {"OutputFormat": "mp3", "Text": "hi", "VoiceId": "Joanna"}, {}, {}),
]


@pytest.mark.slow(keep=80)
@pytest.mark.parametrize("region", ["us-east-1", "us-west-2", "eu-central-1"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[1]}")
@pytest.mark.parametrize("token", [None, "token/+="])
def test_urls(client_kind: Kind, case: Any, region: str, token: str | None) -> None:
    service, method, params, options, config = case
    keys = {**KEYS, "region_name": region, "aws_session_token": token}
    reference = boto3.Session(**keys).client(service, config=botocore.config.Config(**config))
    ours = client_kind.client(service, client_kind.session(**keys), config=Config(**config))
    found = ours.generate_presigned_url(method, params, **options)
    expected = reference.generate_presigned_url(method, params, **options)
    assert sorted(re.split(r"[?&]", found)) == sorted(re.split(r"[?&]", expected))
    assert found == expected


@pytest.mark.parametrize("config", [{}, {"signature_version": "s3v4"}])
@pytest.mark.parametrize("key", ["k", "folder/${filename}"])
def test_forms(client_kind: Kind, config: dict[str, Any], key: str) -> None:
    arguments: dict[str, Any] = {
        "Fields": {"acl": "public-read"},
        "Conditions": [{"acl": "public-read"}, ["content-length-range", 1, 10]],
        "ExpiresIn": 600,
    }
    keys = {**KEYS, "region_name": "us-west-2", "aws_session_token": "t"}
    reference = boto3.Session(**keys).client("s3", config=botocore.config.Config(**config))
    ours = client_kind.client("s3", client_kind.session(**keys), config=Config(**config))
    assert ours.generate_presigned_post("bucket", key, **arguments) == reference.generate_presigned_post(
        "bucket", key, **arguments
    )


def test_database_tokens(client_kind: Kind) -> None:
    keys = {**KEYS, "region_name": "us-west-2"}
    for service, method, arguments in (
        ("rds", "generate_db_auth_token", {"DBHostname": "db.example", "Port": 3306, "DBUsername": "me"}),
        ("dsql", "generate_db_connect_auth_token", {"Hostname": "db.example"}),
        ("dsql", "generate_db_connect_admin_auth_token", {"Hostname": "db.example", "ExpiresIn": 60}),
    ):
        expected = getattr(boto3.Session(**keys).client(service), method)(**arguments)
        assert (
            getattr(client_kind.client(service, client_kind.session(**keys)), method)(**arguments) == expected
        )


def test_unknown_method(client_kind: Kind) -> None:
    with pytest.raises(exceptions.UnknownClientMethodError, match="get_objct"):
        client_kind.client("s3").generate_presigned_url("get_objct")
