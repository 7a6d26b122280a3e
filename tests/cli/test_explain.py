"""The command ``sotalia explain``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sotalia.cli.main import main


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-key")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


def explained(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    status = main(["explain", *arguments, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert status == (0 if found["error"] is None else 1)
    return found


@pytest.mark.parametrize("operation", ["list-objects-v2", "list_objects_v2", "ListObjectsV2"])
def test_names_of_operations(capsys: pytest.CaptureFixture[str], operation: str) -> None:
    found = explained(capsys, "s3", operation, "--bucket", "bucket", "--max-keys", "5")
    assert found["parameters"] == {"Bucket": "bucket", "MaxKeys": 5, "EncodingType": "url"}
    assert found["request"]["method"] == "GET"
    assert found["credentials"]["method"] == "env"


def test_types_of_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    item = '{"id": {"S": "1"}}'
    found = explained(capsys, "dynamodb", "put-item", "--table-name", "t", "--item", item)
    assert found["parameters"] == {"TableName": "t", "Item": {"id": {"S": "1"}}}
    found = explained(
        capsys, "dynamodb", "query", "--table-name", "t", "--consistent-read", "--no-scan-index-forward"
    )
    assert found["parameters"] == {"TableName": "t", "ConsistentRead": True, "ScanIndexForward": False}
    found = explained(
        capsys, "kinesis", "put-record", "--data", "{}", "--partition-key", "k", "--stream-name", "s"
    )
    assert found["parameters"]["Data"] == "<2 bytes>"
    found = explained(
        capsys, "cloudwatch", "set-alarm-state", "--cli-input-json", '{"AlarmName": "a"}', "--alarm-name", "b"
    )
    assert found["parameters"]["AlarmName"] == "b"
    assert found["error"].startswith("ParamValidationError")


def test_options(capsys: pytest.CaptureFixture[str], tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config"
    file.write_text("[profile work]\nregion = eu-west-2\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    found = explained(capsys, "sqs", "list-queues", "--profile", "work")
    assert found["region"]["name"] == "eu-west-2"
    found = explained(
        capsys, "sqs", "list-queues", "--region", "eu-west-3", "--endpoint-url", "http://localhost:1"
    )
    assert found["region"]["name"] == "eu-west-3"
    assert found["endpoint"]["url"] == "http://localhost:1"


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "s3", "list-buckets"]) == 0
    assert capsys.readouterr().out.startswith("s3.ListBuckets (nothing was sent)")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["s3", "list-objects-v3"], "did you mean 'list-objects"),
        (
            ["s3", "list-objects-v2", "--buckett", "b"],
            "No such option '--buckett'. (Did you mean one of: '--bucket'",
        ),
        (["dynamodb", "put-item", "--item", "{"], "'--item': is no JSON"),
        (["dynamodb", "put-item", "--cli-input-json", "[]"], "takes an object"),
        (["s3", "list-objects-v2", "--max-keys", "many"], "'many' is no number"),
    ],
)
def test_mistakes(capsys: pytest.CaptureFixture[str], arguments: list[str], expected: str) -> None:
    assert main(["explain", *arguments]) == 2
    assert expected in capsys.readouterr().err


def test_a_service_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "s4", "list-buckets"]) == 2
    assert "s4" in capsys.readouterr().err


def test_help_lists_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "s3", "list-objects-v2", "--help"]) == 0
    assert "--start-after" in capsys.readouterr().out


def test_every_operation_has_flags(capsys: pytest.CaptureFixture[str]) -> None:
    for service, operation in (
        ("cloudformation", "create-stack"),
        ("ec2", "run-instances"),
        ("iam", "create-user"),
    ):
        assert main(["explain", service, operation, "--help"]) == 0
    assert "--parameters" in capsys.readouterr().out
