"""Where clients come from: keys, sessions, handlers, deadlines, event loops."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from typing import Any

import boto3
import botocore.session
import pytest

import sotalia
from sotalia.events import BeforeCall, BeforeSend
from sotalia.exceptions import DeadlineExceededError
from sotalia.extensions import CallDeadline, Headers
from sotalia.fs import S3FileSystem, add_retryable_error, set_custom_error_handler
from sotalia.fs.attempts import policy
from sotalia.fs.clients import client_arguments
from sotalia.testing import AsyncManualRuntime, LocalAWS, ScriptedTransport, answer
from tests.fs.conftest import close, options

KEYS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}


def sessions() -> dict[str, Any]:
    botocore_session = botocore.session.Session()
    botocore_session.set_credentials("testing", "testing")
    botocore_session.set_config_variable("region", "us-east-1")
    return {
        "async": sotalia.AsyncSession(**KEYS),
        "sync": sotalia.Session(**KEYS),
        "boto3": boto3.Session(**KEYS),
        "botocore": botocore_session,
    }


@pytest.mark.parametrize("kind", sessions())
def test_sessions_of_the_callers(aws: LocalAWS, bucket: str, kind: str) -> None:
    session = sessions()[kind]
    seen: list[str] = []
    events = getattr(session, "events", None) or session.get_component("event_emitter")
    events.register("before-call.s3", lambda model, **kwargs: seen.append(model.name))
    fs = S3FileSystem(session=session, endpoint_url=aws.endpoint_url)
    assert fs.ls(bucket) == []
    assert seen == ["ListObjectsV2"]
    assert fs.session is session
    assert S3FileSystem(session=session, endpoint_url=aws.endpoint_url) is fs
    assert S3FileSystem(session=sessions()[kind], endpoint_url=aws.endpoint_url) is not fs


def test_what_is_no_session(aws: LocalAWS) -> None:
    with pytest.raises(TypeError, match="session"):
        S3FileSystem(session=object(), endpoint_url=aws.endpoint_url).ls("bucket")
    with pytest.raises(TypeError, match="no_such_setting"):
        S3FileSystem(no_such_setting=1).ls("bucket")


def test_handlers_on_the_events_of_the_filesystem(aws: LocalAWS, bucket: str) -> None:
    fs = S3FileSystem(**options(aws), skip_instance_cache=True)
    fs.ls(bucket)
    seen: list[str] = []
    fs.events.on(BeforeCall, lambda event: seen.append(event.operation_name))
    fs.pipe(f"{bucket}/a", b"1")
    fs.cat(f"{bucket}/a")
    assert seen == ["PutObject", "GetObject"]
    close(fs)


def test_extensions(aws: LocalAWS, bucket: str) -> None:
    fs = S3FileSystem(**options(aws), extensions=[Headers({"X-Team": "data"}), "error-log"])
    seen: list[Any] = []
    fs.s3.meta.events.on(BeforeSend, lambda event: seen.append(event.headers["X-Team"]))
    fs.ls(bucket)
    assert seen == [b"data"]
    assert S3FileSystem(**options(aws), extensions=[Headers({"X-Team": "other"}), "error-log"]) is not fs
    late = S3FileSystem(**options(aws), extensions=[CallDeadline(0)])
    with pytest.raises(DeadlineExceededError):
        late.ls(bucket)


def test_deadlines_and_scopes_of_the_calling_thread(fs: S3FileSystem, bucket: str) -> None:
    with pytest.raises(DeadlineExceededError), sotalia.deadline(0):
        fs.ls(bucket, refresh=True)
    seen: list[str] = []
    with fs.s3.meta.events.scope() as events:
        events.on(BeforeCall, lambda event: seen.append(event.operation_name))
        fs.ls(bucket, refresh=True)
    fs.ls(bucket, refresh=True)
    assert seen == ["ListObjectsV2"]


def test_anonymous(aws: LocalAWS) -> None:
    fs = S3FileSystem(anon=True, endpoint_url=aws.endpoint_url, key="k", secret="s")
    seen: list[Any] = []
    fs.s3.meta.events.on(BeforeSend, lambda event: seen.append("Authorization" in event.headers))
    fs.exists("a-bucket-of-others")
    assert set(seen) == {False}
    assert fs.ls("") == []


def test_arguments_of_clients() -> None:
    def arguments(**given: Any) -> dict[str, Any]:
        defaults = {
            "anon": False,
            "endpoint_url": None,
            "keys": (None, None, None),
            "use_ssl": True,
            "client_kwargs": {},
            "config_kwargs": {},
        }
        return client_arguments(**{**defaults, **given})

    assert arguments(use_ssl=False)["use_ssl"] is False
    assert arguments(use_ssl=False, client_kwargs={"use_ssl": True})["use_ssl"] is True
    assert (
        arguments(endpoint_url="http://a", client_kwargs={"endpoint_url": "http://b"})["endpoint_url"]
        == "http://a"
    )
    assert arguments(config_kwargs={"max_pool_connections": 3})["config"].max_pool_connections == 3
    config = sotalia.config.Config(read_timeout=7)
    assert arguments(client_kwargs={"config": config})["config"].read_timeout == 7
    with pytest.raises(TypeError, match="aws_access_key_id is given twice") as caught:
        arguments(keys=("SECRET-A", None, None), client_kwargs={"aws_access_key_id": "SECRET-B"})
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [{"key": "a", "username": "b"}, {"secret": "a", "password": "b"}, {"max_concurrency": 0}],
    ids=repr,
)
def test_arguments_that_contradict(given: Any) -> None:
    with pytest.raises((KeyError, ValueError)):
        S3FileSystem(**given)


def scripted(*script: Any, **more: Any) -> tuple[S3FileSystem, ScriptedTransport]:
    transport = ScriptedTransport(list(script))
    session = sotalia.AsyncSession(**KEYS, transport=transport, runtime=AsyncManualRuntime())
    return S3FileSystem(session=session, **more), transport


LISTING = b"<ListBucketResult><Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>"
BUSY = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate</Message></Error>"


def test_throttling_is_sat_out_for_longer_than_by_a_client() -> None:
    fs, transport = scripted(*[answer(503, body=BUSY)] * 7, answer(200, body=LISTING))
    assert fs.ls("bucket") == ["bucket/a"]
    assert len(transport.requests) == 8


def test_errors_that_a_program_wants_retried() -> None:
    refusal = answer(403, body=b"<Error><Code>AccessDenied</Code></Error>")
    fs, transport = scripted(refusal, refusal, answer(200, body=LISTING), refusal)
    set_custom_error_handler(lambda error: "AccessDenied" in str(error))
    try:
        assert fs.ls("bucket") == ["bucket/a"]
    finally:
        set_custom_error_handler(lambda error: False)
    with pytest.raises(PermissionError):
        fs.ls("bucket", refresh=True)
    before = policy.errors
    add_retryable_error(LookupError)
    try:
        assert policy.wants_another(KeyError())
    finally:
        policy.errors = before
    assert len(transport.requests) == 4


def test_parameters_of_all_calls() -> None:
    fs, transport = scripted(
        answer(200),
        answer(200, body=LISTING),
        requester_pays=True,
        s3_additional_kwargs={"ServerSideEncryption": "aws:kms", "ACL": "private", "NoParameter": 1},
    )
    fs.pipe_file("bucket/a", b"1")
    fs.ls("bucket")
    put, listing = (request.headers for request in transport.requests)
    assert put["x-amz-server-side-encryption"] == b"aws:kms"
    assert put["x-amz-acl"] == b"private"
    assert put["x-amz-request-payer"] == listing["x-amz-request-payer"] == b"requester"
    assert "x-amz-acl" not in listing
    unpaid = fs._get_s3_method_kwargs("get_object", {"RequestPayer": None}, Bucket="b", Key="k", Unknown=1)
    assert unpaid == {"Bucket": "b", "Key": "k"}


# -- event loops -------------------------------------------------------------------------------------------------------


def test_one_loop_after_another(aws: LocalAWS, fs: S3FileSystem, bucket: str) -> None:
    fs.pipe(f"{bucket}/a", b"1")

    async def use() -> tuple[bytes, Any]:
        own = S3FileSystem(**options(aws), asynchronous=True)
        with pytest.raises(RuntimeError, match="set_session"):
            own.s3  # noqa: B018 - the property raises
        client = await own.set_session()
        assert own.s3 is client
        try:
            return await own._cat_file(f"{bucket}/a"), own
        finally:
            await client.close()

    (first, one), (second, other) = asyncio.run(use()), asyncio.run(use())
    assert first == second == b"1"
    assert one is other


def test_a_client_that_was_closed_is_replaced(aws: LocalAWS, bucket: str) -> None:
    async def use() -> None:
        fs = S3FileSystem(**options(aws), asynchronous=True)
        client = await fs.set_session()
        assert await fs.set_session() is client
        await client.aclose()
        assert await fs._ls(bucket) == []
        assert fs.s3 is not client
        await fs.s3.aclose()

    asyncio.run(use())


def test_several_loops_at_once(aws: LocalAWS, fs: S3FileSystem, bucket: str) -> None:
    fs.pipe({f"{bucket}/{number}": b"%d" % number for number in range(20)})
    found: list[Any] = []

    def use() -> None:
        async def read() -> None:
            bodies = await asyncio.gather(*[fs._cat_file(f"{bucket}/{number}") for number in range(20)])
            found.append(bodies)
            await fs._s3.aclose()

        asyncio.run(read())

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert fs.cat_file(f"{bucket}/3") == b"3"
    for thread in threads:
        thread.join()
    assert found == [[b"%d" % number for number in range(20)]] * 3


def test_from_within_a_loop(fs: S3FileSystem, bucket: str) -> None:
    async def use() -> list[str]:
        return fs.ls(bucket)  # As in a notebook: the thread waits.

    assert asyncio.run(use()) == []


def test_a_filesystem_that_nobody_has_any_more_is_collected(aws: LocalAWS, bucket: str) -> None:
    fs = S3FileSystem(**options(aws), skip_instance_cache=True)
    fs.ls(bucket)
    gone = weakref.ref(fs)
    close(fs)
    del fs
    gc.collect()
    assert gone() is None


def test_streams(fs: S3FileSystem, bucket: str) -> None:
    data = bytes(range(256)) * 40_000

    async def use() -> None:
        async with await fs.open_async(f"{bucket}/a", "wb") as file:
            for start in range(0, len(data), 1_000_000):
                await file.write(data[start : start + 1_000_000])
        async with await fs.open_async(f"{bucket}/a") as file:
            assert await file.read(10) == data[:10]
            assert (file.size, file.tell()) == (len(data), 10)
            assert await file.read() == data[10:]
            assert await file.read(5) == b""
        with pytest.raises(ValueError, match="closed"):
            await file.read()
        with pytest.raises(KeyError):  # noqa: PT012
            async with await fs.open_async(f"{bucket}/b", "wb", block_size=5 * 2**20) as file:
                await file.write(data)
                raise KeyError
        with pytest.raises(ValueError, match="bytes"):
            await fs.open_async(f"{bucket}/a", "r")
        with pytest.raises(ValueError, match="mode"):
            await (await fs.open_async(f"{bucket}/c", "wb")).read()

    fs._sync(use())
    assert not fs.exists(f"{bucket}/b")
    assert fs.list_multipart_uploads(bucket) == []
