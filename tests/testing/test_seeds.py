"""Data for an embedded AWS to begin with: :mod:`sotalia.testing.seeds`."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from sotalia.exceptions import ClientError
from sotalia.testing import LocalAWS
from sotalia.testing.seeds import seed


@pytest.fixture
def name() -> str:
    return f"seed-{uuid.uuid4().hex[:8]}"


def test_a_file(aws: LocalAWS, tmp_path: Path, name: str) -> None:
    (tmp_path / "photo").write_bytes(b"\xff")
    path = tmp_path / "data.json"
    data = {
        "buckets": {
            name: {"a": "é", "b": {"x": [1]}, "c/d": {"file": "photo"}, "e": ""},
            f"{name}-empty": None,
        },
        "tables": {
            name: {
                "key": ["id", "n"],
                "items": [{"id": "1", "n": 1, "list": [1.5, None, True], "map": {"a": "b"}}],
            },
            f"{name}-2": {"key": "id"},
        },
        "queues": [name, f"{name}.fifo"],
        "topics": [name, f"{name}.fifo"],
        "parameters": {f"/{name}": "value"},
        "secrets": {name: {"password": "x"}},
        "calls": [{"service": "iam", "operation": "CreateUser", "parameters": {"UserName": name}}],
    }
    path.write_text(json.dumps(data), encoding="utf-8-sig")
    lines = seed(aws, str(path))
    assert lines[:3] == [f"bucket {name}", f"4 objects in {name}", f"bucket {name}-empty"]
    s3, dynamodb = aws.client("s3"), aws.client("dynamodb")
    bodies = {key: s3.get_object(Bucket=name, Key=key)["Body"].read() for key in data["buckets"][name] or {}}  # type: ignore[index,call-overload]
    assert bodies == {"a": "é".encode(), "b": b'{"x": [1]}', "c/d": b"\xff", "e": b""}
    (item,) = dynamodb.scan(TableName=name)["Items"]
    assert item["list"] == {"L": [{"N": "1.5"}, {"NULL": True}, {"BOOL": True}]}
    described = dynamodb.describe_table(TableName=name)["Table"]
    assert {each["AttributeName"]: each["AttributeType"] for each in described["AttributeDefinitions"]} == {
        "id": "S",
        "n": "N",
    }
    sqs = aws.client("sqs")
    assert sqs.get_queue_url(QueueName=f"{name}.fifo")["QueueUrl"].endswith(".fifo")
    assert aws.client("ssm").get_parameter(Name=f"/{name}")["Parameter"]["Value"] == "value"
    assert json.loads(aws.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]) == {
        "password": "x"
    }
    assert aws.client("iam").get_user(UserName=name)["User"]["UserName"] == name
    again = seed(aws, str(path))
    assert [line for line in again if not line.startswith(("bucket", "topic", "queue"))] == [
        f"4 objects in {name}",
        f"1 items in {name}",
    ]


def test_a_folder(aws: LocalAWS, tmp_path: Path, name: str) -> None:
    for path in (f"{name}-1/a/b.txt", f"{name}-1/é", f"{name}-2/.hidden", ".git/x"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    (tmp_path / f"{name}-3").mkdir()
    (tmp_path / "seed.json").write_text(
        json.dumps({"buckets": {f"{name}-4": {"k": {"file": f"{name}-1/é"}}}})
    )
    seed(aws, str(tmp_path))
    s3 = aws.client("s3")
    found = {
        bucket: [item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
        for bucket in (f"{name}-{number}" for number in (1, 2, 3, 4))
    }
    assert list(found.values()) == [["a/b.txt", "é"], [".hidden"], [], ["k"]]
    assert s3.get_object(Bucket=f"{name}-4", Key="k")["Body"].read() == f"{name}-1/é".encode()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], "a seed is a JSON object with buckets"),
        ({"bucket": {}}, "there is no 'bucket' in a seed"),
        ({"queues": "q"}, "'queues' is an object by names, or a list of names"),
        ({"queues": [1]}, "'queues' is an object by names, or a list of names"),
        ({"tables": {"t": {}}}, "table 't' needs its partition key"),
        ({"tables": {"t": {"key": ["a", "b", "c"]}}}, "table 't' needs its partition key"),
        ({"calls": [{"service": "iam"}]}, "call 1 is an object with service, operation and parameters"),
        ({"calls": [{"service": "iam", "operation": "CreateUsr"}]}, "call 1"),
    ],
)
def test_mistakes(aws: LocalAWS, tmp_path: Path, data: Any, expected: str) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps(data))
    with pytest.raises(ValueError, match=expected):
        seed(aws, str(path))


def test_a_file_that_is_no_json(aws: LocalAWS, tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text("{")
    with pytest.raises(ValueError, match=r"data\.json is no JSON"):
        seed(aws, str(path))


def test_an_error_of_a_service_goes_on(aws: LocalAWS, tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps({"buckets": {"No Such Name": {}}}))
    with pytest.raises((ClientError, ValueError, Exception), match=r"No Such Name|InvalidBucketName"):
        seed(aws, str(path))
