"""Faults within what makes several calls, and beside what else stands around calls."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

import sotalia
from sotalia.compatibility.moto import mock_aws
from sotalia.config import Config
from sotalia.exceptions import (
    BotoCoreError,
    ClientError,
    ResponseStreamingError,
    S3UploadFailedError,
    WaiterError,
)
from sotalia.fault_injection import (
    access_denied,
    corrupt_body,
    cut_body,
    duplicate,
    error_in_success,
    internal_error,
    reset_after,
    reset_before,
    slow,
    slow_body,
    throttle,
)
from sotalia.s3.transfer import TransferConfig
from sotalia.testing import AsyncManualRuntime, LocalAWS, ManualRuntime, ScriptedTransport, answer
from sotalia.transport.layers import TransportLayer
from tests.client_kinds import Kind, SyncKind
from tests.fault_injection.server import connected
from tests.fault_injection.service import call, well
from tests.protocols.frames import event

MB = 1024 * 1024
PARTS = TransferConfig(multipart_threshold=5 * MB, multipart_chunksize=5 * MB, max_concurrency=4)
DATA = random.Random(5).randbytes(6 * MB + 3)


@pytest.fixture
def bucket(client_kind: Kind, aws: LocalAWS) -> Iterator[tuple[Any, str]]:
    """A client and a bucket of its own."""
    client = connected(client_kind, aws.endpoint_url)
    name = f"faults-beside-{'async' if client_kind.is_async else 'sync'}"
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    yield client, name
    for item in client.list_objects_v2(Bucket=name).get("Contents", ()):
        client.delete_object(Bucket=name, Key=item["Key"])
    client.delete_bucket(Bucket=name)


def test_each_page_is_got_through(client_kind: Kind, bucket: tuple[Any, str]) -> None:
    client, name = bucket
    for number in range(5):
        client.put_object(Bucket=name, Key=str(number), Body=b"")
    with sotalia.faults(throttle("s3.ListObjectsV2", attempts=[1])) as faults:
        pages = client_kind.run(
            client.raw.get_paginator("list_objects_v2").paginate(
                Bucket=name, PaginationConfig={"PageSize": 2}
            )
        )
        keys = [item["Key"] for page in _listed(client_kind, pages) for item in page["Contents"]]
    assert keys == list("01234")
    assert [(fired.number, fired.attempt) for fired in faults.fired] == [(1, 1), (2, 1), (3, 1)]


def _listed(client_kind: Kind, pages: Any) -> list[Any]:
    if not client_kind.is_async:
        return list(pages)

    async def collect() -> list[Any]:
        return [page async for page in pages]

    return client_kind.run(collect())


def test_a_waiter_waits_through_it(client_kind: Kind, bucket: tuple[Any, str]) -> None:
    client, name = bucket
    with sotalia.faults(throttle("s3.HeadBucket", attempts=[1, 2])) as faults:
        client.get_waiter("bucket_exists").wait(Bucket=name)
    assert len(faults.fired) == 2
    with sotalia.faults(internal_error("s3.HeadBucket")), pytest.raises(WaiterError):
        client.get_waiter("bucket_exists").wait(Bucket=name)


@pytest.mark.parametrize(
    "rules",
    [
        [throttle("s3.UploadPart", attempts=[1])],
        [reset_after("s3.UploadPart", attempts=[1]), reset_before("s3.UploadPart", attempts=[2])],
        [error_in_success("s3.CompleteMultipartUpload", attempts=[1])],
        [duplicate("s3.UploadPart"), slow("s3.UploadPart", seconds=3)],
        [internal_error("s3", probability=0.6, attempts=[1, 2])],
    ],
    ids=repr,
)
def test_an_upload_in_parts_arrives(bucket: tuple[Any, str], tmp_path: Path, rules: Any) -> None:
    client, name = bucket
    source = tmp_path / "source"
    source.write_bytes(DATA)
    with sotalia.faults(rules, seed=3, by="parameters") as faults:
        client.upload_file(str(source), name, "k", Config=PARTS)
    assert client.get_object(Bucket=name, Key="k")["Body"].read() == DATA
    assert faults.fired
    assert client.transport.pool.in_use == 0


def test_an_upload_that_fails_is_taken_back(bucket: tuple[Any, str], tmp_path: Path) -> None:
    client, name = bucket
    source = tmp_path / "source"
    source.write_bytes(DATA)
    with sotalia.faults(access_denied("s3.UploadPart", after=1)), pytest.raises(S3UploadFailedError):
        client.upload_file(str(source), name, "k", Config=PARTS)
    assert "Uploads" not in client.list_multipart_uploads(Bucket=name)
    assert client.transport.pool.in_use == 0


@pytest.mark.parametrize(
    "rule",
    [
        cut_body("s3.GetObject", times=2),
        slow_body("s3.GetObject", bytes_per_second=MB),
        throttle("s3.GetObject", attempts=[1]),
    ],
    ids=repr,
)
def test_a_download_is_resumed(bucket: tuple[Any, str], tmp_path: Path, rule: Any) -> None:
    client, name = bucket
    client.put_object(Bucket=name, Key="k", Body=DATA)
    target = tmp_path / "target"
    with sotalia.faults(rule) as faults:
        client.download_file(name, "k", str(target), Config=PARTS)
    assert target.read_bytes() == DATA
    assert faults.fired
    assert client.transport.pool.in_use == 0


# -- event streams ---------------------------------------------------------------------------------------------------------

_SELECT: dict[str, Any] = {
    "Bucket": "b",
    "Key": "k",
    "Expression": "SELECT * FROM s3object",
    "ExpressionType": "SQL",
    "InputSerialization": {"CSV": {}},
    "OutputSerialization": {"CSV": {}},
}
_EVENTS = event("Records", b"1,2\n") + event("Records", b"3,4\n") + event("End")


@pytest.mark.parametrize(
    ("rule", "failure"),
    [
        (cut_body("s3.SelectObjectContent"), (BotoCoreError,)),
        (corrupt_body("s3.SelectObjectContent"), (Exception,)),
        (throttle("s3.SelectObjectContent", attempts=[1]), None),
        (slow_body("s3.SelectObjectContent", bytes_per_second=10_000), None),
    ],
    ids=repr,
)
def test_an_event_stream(client_kind: Kind, rule: Any, failure: Any) -> None:
    client = client_kind.scripted("s3", [answer(200, body=_EVENTS)])

    def read() -> list[Any]:
        return _listed(client_kind, client.select_object_content(**_SELECT)["Payload"])

    with sotalia.faults(rule) as faults:
        if failure is None:
            assert read()[0] == {"Records": {"Payload": b"1,2\n"}}
        else:
            with pytest.raises(failure) as error:
                read()
            assert type(error.value).__name__ in (
                "ConnectionClosedError",
                "ResponseStreamingError",
                "ResponseParserError",
                "ChecksumMismatch",
            )
    assert len(faults.fired) == 1


# -- what is no call -------------------------------------------------------------------------------------------------------


def test_presigned_addresses_are_made_as_ever(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    with sotalia.faults("access_denied") as faults:
        url = client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
        post = client.generate_presigned_post("b", "k")
    assert "Signature=" in url
    assert post["url"]
    assert faults.fired == []


def test_an_explanation_sends_nothing(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    with sotalia.faults("access_denied") as faults:
        str(client.explain("ListBuckets"))
    assert faults.fired == []


_ROLE = b"""<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


def test_calls_for_credentials_are_calls(
    client_kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = keys\n"
        "[profile keys]\naws_access_key_id = A\naws_secret_access_key = s\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))

    def make() -> Any:
        runtime = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
        transport = ScriptedTransport(
            [lambda request: answer(200, body=_ROLE if "sts" in request.url else b"")]
        )
        session = client_kind.session(
            profile_name="role", region_name="us-west-2", transport=transport, runtime=runtime
        )
        return client_kind.client("s3", session)

    with sotalia.faults("throttle", attempts=[1]) as faults:
        make().head_object(Bucket="b", Key="k")
    assert [fired.call for fired in faults.fired] == ["sts.AssumeRole", "s3.HeadObject"]
    client = make()
    with sotalia.faults("throttle", client.raw, attempts=[1]) as faults:
        client.head_object(Bucket="b", Key="k")
    assert [fired.call for fired in faults.fired] == ["s3.HeadObject"]


# -- beside others ---------------------------------------------------------------------------------------------------------


def test_what_plays_calls_back_has_faults_too(client_kind: Kind) -> None:
    """A cassette stands further outside, and its transport below."""
    from sotalia.call.hooks import EVERYWHERE

    client = client_kind.scripted("s3", [answer(500)], config=Config(retries={"total_max_attempts": 3}))
    replayed = ScriptedTransport([answer(200)])

    class Replay(TransportLayer):
        async def send(self, request: Any) -> Any:
            return await replayed.send(request)

    async def play(call: Any, proceed: Any) -> Any:
        call.channel = call.channel.replaced(transport=Replay(call.channel.transport))
        return await proceed()

    for is_first in (True, False):
        faults = sotalia.faults("reset_after", attempts=[1])
        if not is_first:
            faults.start()
        EVERYWHERE.around_call(play, unique_id="cassette", name="cassette")
        if is_first:
            faults.start()
        try:
            client.head_object(Bucket="b", Key="k")
        finally:
            EVERYWHERE.unregister("around.call", unique_id="cassette")
            faults.stop()
        assert len(faults.fired) == 1
    assert len(replayed.requests) == 4
    assert client.transport.requests == []


def test_boto3_s_own_names(aws: LocalAWS) -> None:
    with sotalia.patch_boto3():
        client = boto3.client(
            "s3",
            endpoint_url=aws.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        with sotalia.faults("access_denied", operation="ListBuckets") as faults, pytest.raises(ClientError):
            client.list_buckets()
        assert client.list_buckets()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert len(faults.fired) == 1


def test_moto_answers_before_the_transport() -> None:
    with mock_aws(), sotalia.faults("access_denied") as faults:
        client = sotalia.Session("key", "secret", region_name="us-east-1").client("s3")
        client.create_bucket(Bucket="mocked")
    assert faults.fired == []
    assert faults.unused == list(faults.rules)


def test_hooks_that_try_again_get_faults_each_time(client_kind: Kind) -> None:
    client = well(client_kind, "s3", config=Config(retries={"total_max_attempts": 1}))
    with sotalia.faults(access_denied("s3.PutObject", times=2)) as faults:
        for _ in range(3):
            try:
                call(client, "s3.PutObject")
            except ClientError:
                pass
    assert [fired.number for fired in faults.fired] == [1, 2]


def test_tasks_do_not_share_faults(client_kind: Kind) -> None:
    """Of 200 calls at once, those that a rule means fail, and no other one."""
    if not client_kind.is_async:
        client_kind = SyncKind()
        client = well(client_kind, "s3", config=Config(retries={"total_max_attempts": 1}))
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(32) as pool, sotalia.faults(access_denied(when=_is_odd)) as faults:
            outcomes = list(pool.map(lambda number: _put(client.raw, number), range(200)))
    else:
        client = well(client_kind, "s3", config=Config(retries={"total_max_attempts": 1}))

        async def one(number: int) -> bool:
            try:
                await client.raw.put_object(Bucket="b", Key=str(number), Body=b"")
            except ClientError:
                return False
            return True

        async def program() -> list[bool]:
            return await asyncio.gather(*map(one, range(200)))

        with sotalia.faults(access_denied(when=_is_odd)) as faults:
            outcomes = client_kind.run(program())
    assert outcomes == [number % 2 == 0 for number in range(200)]
    assert Counter(fired.kind for fired in faults.fired) == {"access_denied": 100}


def _is_odd(call: Any) -> bool:
    return int(call.parameters["Key"]) % 2 == 1


def _put(client: Any, number: int) -> bool:
    try:
        client.put_object(Bucket="b", Key=str(number), Body=b"")
    except ClientError:
        return False
    return True


def test_the_filesystem_reads_through_it(aws: LocalAWS) -> None:
    with LocalAWS() as own:
        client = own.client("s3")
        client.create_bucket(Bucket="faults-fs")
        client.put_object(Bucket="faults-fs", Key="k", Body=DATA[:100])
        with sotalia.faults(throttle("s3", attempts=[1])) as faults:
            from sotalia.fs import S3FileSystem

            files = S3FileSystem(
                key="testing",
                secret="testing",
                client_kwargs={"endpoint_url": own.endpoint_url, "region_name": "us-east-1"},
            )
            assert files.cat("faults-fs/k") == DATA[:100]
        assert faults.fired


def test_a_body_error_is_the_one_of_the_transport(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    with sotalia.faults(cut_body()), pytest.raises(ResponseStreamingError, match="closed in the middle"):
        call(client, "s3.GetObject")
