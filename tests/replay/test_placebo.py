"""Folders that placebo recorded, played by cassettes."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

import sotalia
from sotalia.config import Config
from sotalia.replay.errors import CassetteFileError, NotRecordedError
from sotalia.replay.placebo import is_placebo
from sotalia.testing import LocalAWS
from tests.client_kinds import Kind

#: Recorded by placebo 0.10 and boto3, against moto.
SAMPLE = Path(__file__).parent / "placebo_sample"


def _client(kind: Kind, service: str, **options: Any) -> Any:
    """Without credentials."""
    return kind.client(service, kind.session(region_name="us-west-2"), **options)


def _write(folder: Path, name: str, data: Any, status: int = 200) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps({"status_code": status, "data": data}))


def test_results_of_a_folder(client_kind: Kind) -> None:
    with sotalia.cassette(SAMPLE) as cassette:
        s3 = _client(client_kind, "s3")
        result = s3.get_object(Bucket="any", Key="k")
        assert result["Body"].read() == b"hello \xff"
        assert result["LastModified"] == datetime(2026, 11, 26, 12, 40, 18, tzinfo=UTC)
        assert result["ResponseMetadata"]["HTTPStatusCode"] == 200
        with pytest.raises(sotalia.exceptions.ClientError) as caught:
            s3.get_object(Bucket="any", Key="k")
        assert caught.value.response["Error"]["Code"] == "NoSuchKey"
        assert type(caught.value).__name__ == "NoSuchKey"
        # From the first again.
        assert s3.get_object(Bucket="any", Key="k")["Body"].read() == b"hello \xff"
        [item] = s3.list_objects_v2(Bucket="any")["Contents"]
        assert item["Key"] == "k"
        kms = _client(client_kind, "kms")
        assert isinstance(kms.encrypt(KeyId="k", Plaintext=b"x")["CiphertextBlob"], bytes)
        assert isinstance(kms.create_key()["KeyMetadata"]["CreationDate"], datetime)
        assert _client(client_kind, "cloudwatch").list_metrics()["Metrics"][0]["Namespace"] == "AWS/S3"
    assert cassette.played == 7
    assert cassette.recorded == 0


def test_the_same_as_placebo(aws: LocalAWS, client_kind: Kind, tmp_path: Path) -> None:
    placebo = pytest.importorskip("placebo", reason="placebo is of the group site")
    session = boto3.Session("testing", "testing", region_name="us-west-2")
    pill = placebo.attach(session, data_path=str(tmp_path))
    pill.record()
    with contextlib.redirect_stdout(io.StringIO()):  # It prints.
        dynamodb = session.client("dynamodb", endpoint_url=aws.endpoint_url)
        theirs = [dynamodb.list_tables(), dynamodb.describe_limits()]
        ec2 = session.client("ec2", endpoint_url=aws.endpoint_url)
        theirs.append(ec2.describe_regions(RegionNames=["us-west-2"]))
    pill.stop()
    pill.playback()
    played = [session.client("dynamodb").list_tables(), session.client("ec2").describe_regions()]
    pill.stop()
    with sotalia.cassette(tmp_path):
        client = _client(client_kind, "dynamodb")
        mine = [
            client.list_tables(),
            client.describe_limits(),
            _client(client_kind, "ec2").describe_regions(),
        ]
    assert mine == theirs
    assert [mine[0], mine[2]] == played


def test_handlers_of_parameters_and_results_run(client_kind: Kind, tmp_path: Path) -> None:
    _write(tmp_path, "s3.ListBuckets_1.json", {"Buckets": []})
    seen: list[str] = []
    with sotalia.cassette(tmp_path):
        client = _client(client_kind, "s3")
        for event in ("provide-client-params", "before-call", "request-created", "before-send", "after-call"):
            client.raw.meta.events.register(event, lambda event_name, **kwargs: seen.append(event_name))
        result = client.list_buckets()
        # As a real one: parameters are checked.
        with pytest.raises(sotalia.exceptions.ParamValidationError):
            client.list_buckets(MaxBuckets="x")
    assert seen[:3] == [
        f"{event}.s3.ListBuckets" for event in ("provide-client-params", "before-call", "after-call")
    ]
    assert result["ResponseMetadata"] == {"HTTPStatusCode": 200, "RetryAttempts": 0}


def test_errors_are_not_tried_again(client_kind: Kind, tmp_path: Path) -> None:
    _write(tmp_path, "s3.ListBuckets_1.json", {"Error": {"Code": "SlowDown", "Message": "slow"}}, 503)
    _write(tmp_path, "s3.ListBuckets_2.json", {"Buckets": []})
    with sotalia.cassette(tmp_path):
        client = _client(client_kind, "s3", config=Config(retries={"mode": "standard"}))
        with pytest.raises(sotalia.exceptions.ClientError, match="SlowDown"):
            client.list_buckets()
        assert client.list_buckets()["Buckets"] == []


def test_paginators_and_waiters(client_kind: Kind, tmp_path: Path) -> None:
    _write(
        tmp_path,
        "s3.ListObjectsV2_1.json",
        {"IsTruncated": True, "NextContinuationToken": "t", "Contents": [{"Key": "a"}]},
    )
    _write(tmp_path, "s3.ListObjectsV2_2.json", {"IsTruncated": False, "Contents": [{"Key": "b"}]})
    _write(tmp_path, "s3.HeadObject_1.json", {"Error": {"Code": "404", "Message": "Not Found"}}, 404)
    _write(tmp_path, "s3.HeadObject_2.json", {"ContentLength": 1})
    with sotalia.cassette(tmp_path):
        client = _client(client_kind, "s3")
        pages = list(client.get_paginator("list_objects_v2").paginate(Bucket="b"))
        assert [item["Key"] for page in pages for item in page["Contents"]] == ["a", "b"]
        # Without the pause of five seconds.
        client.get_waiter("object_exists").wait(Bucket="b", Key="k", WaiterConfig={"Delay": 10**6})


def test_resources(client_kind: Kind, tmp_path: Path) -> None:
    if client_kind.is_async:
        return
    _write(tmp_path, "dynamodb.GetItem_1.json", {"Item": {"id": {"S": "x"}, "b": {"B": "AP8="}}})
    with sotalia.cassette(tmp_path):
        table = client_kind.session(region_name="us-west-2").resource("dynamodb").Table("t")
        item = table.get_item(Key={"id": "x"})["Item"]
    assert item == {"id": "x", "b": b"\x00\xff"}


@pytest.mark.parametrize(
    "name", ["mine.s3.ListBuckets_1.json", "a.b.s3.ListBuckets_1.json", "s3.ListBuckets_1.json"]
)
def test_prefixes(name: str, client_kind: Kind, tmp_path: Path) -> None:
    _write(tmp_path, name, {"Buckets": []})
    assert is_placebo(str(tmp_path))
    with sotalia.cassette(tmp_path):
        assert _client(client_kind, "s3").list_buckets()["Buckets"] == []


@pytest.mark.parametrize("name", ["monitoring.ListMetrics_1.json", "cloudwatch.ListMetrics_1.json"])
def test_names_of_services(name: str, client_kind: Kind, tmp_path: Path) -> None:
    _write(tmp_path, name, {"Metrics": []})
    with sotalia.cassette(tmp_path):
        assert _client(client_kind, "cloudwatch").list_metrics()["Metrics"] == []


def test_two_prefixes(client_kind: Kind, tmp_path: Path) -> None:
    for prefix in ("one", "two"):
        _write(tmp_path, f"{prefix}.s3.ListBuckets_1.json", {"Buckets": []})
    with sotalia.cassette(tmp_path), pytest.raises(CassetteFileError, match=r"prefixes \('one', 'two'\)"):
        _client(client_kind, "s3").list_buckets()


def test_a_call_that_is_not_there(client_kind: Kind) -> None:
    with sotalia.cassette(SAMPLE), pytest.raises(NotRecordedError) as caught:
        _client(client_kind, "s3").list_objects(Bucket="b")
    message = str(caught.value)
    assert "s3.ListObjects_1.json; did you mean 's3.ListObjectsV2'?" in message
    assert "It has kms.CreateKey" in message


def test_nothing_is_recorded_in_a_folder(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "sample")
    for mode in ("all", "new"):
        with pytest.raises(CassetteFileError, match="only played"):
            sotalia.cassette(tmp_path / "sample", mode=mode).start()  # type: ignore[arg-type]
    with pytest.raises(CassetteFileError, match="has no file of placebo"):
        sotalia.cassette(tmp_path).start()


def test_beside_a_cassette_in_a_file(client_kind: Kind, tmp_path: Path) -> None:
    """The inner one gets the call, whichever kind it is."""
    _write(tmp_path / "folder", "s3.ListBuckets_1.json", {"Buckets": [{"Name": "of placebo"}]})
    path = tmp_path / "c.json"
    path.write_text('{"format": "sotalia cassette", "version": 1, "calls": []}')
    with sotalia.cassette(tmp_path / "folder") as folder:
        client = _client(client_kind, "s3")
        with sotalia.cassette(path, mode="none"), pytest.raises(NotRecordedError):
            client.list_buckets()
        assert client.list_buckets()["Buckets"] == [{"Name": "of placebo"}]
    assert folder.played == 1
    with sotalia.cassette(path, mode="none"), sotalia.cassette(tmp_path / "folder"):
        assert client.list_buckets()["Buckets"] == [{"Name": "of placebo"}]


#: What is in the file of a result, and what the error says.
HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "not JSON"),
    "binary": (b"\xff\xfe\x00", "not UTF-8"),
    "a conflict": ("{\n<<<<<<< HEAD\n", "_1.json:2: a merge left its marks"),
    "a list": ("[]", "expected a JSON object"),
    "no data": ('{"status_code": 200}', "as placebo writes it"),
    "a status that is text": ('{"status_code": "200", "data": {}}', "as placebo writes it"),
    "data that is a list": ('{"status_code": 200, "data": []}', "as placebo writes it"),
    "a time that is none": (
        '{"status_code": 200, "data": {"Buckets": [{"CreationDate": {"__class__": "datetime", "month": 99}}]}}', "ValueError",
    ),
    "a time of lists": (
        '{"status_code": 200, "data": {"Buckets": [{"CreationDate": {"__class__": "datetime", "year": []}}]}}', "TypeError",
    ),
    "another class": ('{"status_code": 200, "data": {"Owner": {"__class__": "os.system"}}}', "os.system"),
    "a class that is a list": ('{"status_code": 200, "data": {"Owner": {"__class__": []}}}', "which placebo does not write"),
    "deep": (f'{{"status_code": 200, "data": {{"a": {"[" * 500}{"]" * 500}}}}}', "deeply"),
    "very deep": ("[" * 100_000, "deeply"),
    "twice": ('{"status_code": 200, "status_code": 300, "data": {}}', "twice"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_results(name: str, client_kind: Kind, tmp_path: Path) -> None:
    text, says = HOSTILE[name]
    path = tmp_path / "s3.ListBuckets_1.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with sotalia.cassette(tmp_path), pytest.raises(CassetteFileError) as caught:
        _client(client_kind, "s3").list_buckets()
    assert says in str(caught.value)


def test_pickles_are_not_read(client_kind: Kind, tmp_path: Path) -> None:
    (tmp_path / "s3.ListBuckets_1.pickle").write_bytes(pickle.dumps({"status_code": 200, "data": {}}))
    with sotalia.cassette(tmp_path), pytest.raises(CassetteFileError, match="record_format='json'"):
        _client(client_kind, "s3").list_buckets()


def test_names_that_are_no_recordings_are_passed_over(client_kind: Kind, tmp_path: Path) -> None:
    _write(tmp_path, "s3.ListBuckets_1.json", {"Buckets": []})
    for name in ("s3.ListBuckets_0.json", "s3.ListBuckets_x.json", "README.md", "s3.ListBuckets_01.json"):
        (tmp_path / name).write_text("not read")
    (tmp_path / "s3.ListBuckets_3.json").write_text("not read: there is no second")
    with sotalia.cassette(tmp_path):
        for _ in range(3):
            assert _client(client_kind, "s3").list_buckets()["Buckets"] == []
