"""Programs as users write them: not a line of it is an error for a type checker. Nothing here runs."""

# pyright: strict

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, assert_type

import mypy_boto3_s3
import types_aiobotocore_s3
from botocore.paginate import PageIterator
from mypy_boto3_s3.paginator import ListObjectsV2Paginator
from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef

import sotalia
from sotalia import exceptions
from sotalia.call import Attempt, Call, Observer
from sotalia.clients.base import AsyncBaseClient, BaseClient
from sotalia.clients.parts import ClientMeta
from sotalia.config import Config
from sotalia.dynamodb.conditions import Attr, Key
from sotalia.events import (
    AfterCall,
    BeforeCall,
    BeforeSend,
    CreatingClientClass,
    EventRegistry,
    Extension,
    NeedsRetry,
    ProvideClientParams,
    Registration,
)
from sotalia.exceptions import lambda_, s3
from sotalia.exceptions.s3 import NoSuchBucket
from sotalia.explain import Explanation
from sotalia.extensions import (
    DefaultParams,
    DryRun,
    Headers,
    Metrics,
    ReadOnly,
    RequestLog,
    RetryRule,
    Timeouts,
)
from sotalia.fault_injection import Fault, Fired, service_failure, slow, throttle
from sotalia.pagination import PageIterator as Pages
from sotalia.replay import Cassette, NotRecordedError, account_ids
from sotalia.session import Session
from sotalia.testing import AsyncManualRuntime, ManualRuntime, ScriptedTransport, answer
from sotalia.transport import Transport, TransportOptions
from sotalia.types import AsyncS3Client, EC2Client, S3Client, S3ServiceResource, ServiceName


def clients() -> None:
    client = sotalia.client("s3", region_name="eu-west-1", config=Config(retries={"mode": "standard"}))
    assert_type(client, S3Client)
    base: BaseClient = client
    theirs: mypy_boto3_s3.S3Client = client
    print(base, theirs)
    meta: ClientMeta = client.meta
    print(meta.region_name)
    assert_type(client.meta.events, EventRegistry)
    assert_type(client.meta.config, Config)
    assert_type(client.meta.region_name, str)
    assert_type(client.meta.runtime.is_async, bool)
    response = client.list_objects_v2(Bucket="bucket")
    print(response.get("Contents"))
    assert_type(response["KeyCount"], int)
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket="bucket", PaginationConfig={"MaxItems": 5}
    )
    assert_type(pages.resume_token, str | None)
    for page in pages:
        assert_type(page["KeyCount"], int)
    for item in pages.items():
        print(item)
    their_pages: PageIterator[ListObjectsV2OutputTypeDef] = pages
    their_paginator: ListObjectsV2Paginator = client.get_paginator("list_objects_v2")
    print(their_pages, their_paginator)
    for key in pages.search("Contents[].Key"):
        print(key)
    client.get_waiter("bucket_exists").wait(Bucket="bucket")
    assert_type(client.can_paginate("list_buckets"), bool)
    assert_type(client.waiter_names, list[str])
    sotalia.client("s3", "eu-west-1", None, True, False, "https://localhost:9000")
    with sotalia.client("s3") as same:
        assert_type(same, S3Client)
    view = client.with_options(timeout=2, headers={"X-Team": "data"}, retries={"mode": "standard"})
    assert_type(view.with_options(hooks=[Observer()]), S3Client)
    assert_type(view.explain("ListBuckets"), Explanation)
    with client.meta.events.scope() as events:
        assert_type(events, EventRegistry)
    try:
        client.head_bucket(Bucket="bucket")
    except client.exceptions.NoSuchBucket as error:
        print(error.response.get("Error"))


def without_a_package_of_types(name: ServiceName) -> None:
    """The types of EC2 are not installed here."""
    client = sotalia.client("ec2")
    assert_type(client, EC2Client)
    assert_type(client.explain("DescribeInstances"), Explanation)
    assert_type(client.meta.events, EventRegistry)
    print(client.describe_instances()["Reservations"][0])
    pages = client.get_paginator("describe_instances").paginate(MaxResults=5)
    assert_type(pages, Pages)
    for page in pages:
        assert_type(page, dict[str, Any])
    client.get_waiter("instance_running").wait(InstanceIds=["i-1"])
    for instance in sotalia.resource("ec2").instances.all():
        print(instance.id)
    assert_type(sotalia.client(name), BaseClient)
    print(sotalia.client(name).anything())


def resources() -> None:
    s3 = sotalia.resource("s3")
    assert_type(s3, S3ServiceResource)
    assert_type(s3.meta.client, S3Client)
    theirs: mypy_boto3_s3.S3ServiceResource = s3
    print(theirs.Bucket("bucket").creation_date.year)
    table = sotalia.Session().resource("dynamodb").Table("table")
    table.query(KeyConditionExpression=Key("pk").eq("a") & Attr("n").gt(1))


def default_session() -> None:
    sotalia.setup_default_session(region_name="eu-west-1", profile_name="work")
    assert_type(sotalia.DEFAULT_SESSION, Session | None)
    sotalia.set_stream_logger("sotalia", 10)
    with sotalia.patch_boto3(botocore=True):
        pass
    sotalia.unpatch_boto3()
    for bucket in sotalia.resource("s3").buckets.all():
        print(bucket.name)
    print(sotalia.dynamodb, sotalia.config.Config, sotalia.local)


def pooled(options: TransportOptions) -> Transport:
    print(options.connect_timeout)
    return ScriptedTransport([answer(200)])


def sessions(transport: Transport) -> None:
    session = sotalia.Session(
        "key", "secret", region_name="eu-west-1", transport=transport, runtime=ManualRuntime()
    )
    assert_type(session.client("s3"), S3Client)
    sotalia.Session(transport=pooled)
    sotalia.Session(transport=ScriptedTransport([answer(503), answer(200)]))
    assert_type(session.region_name, str | None)
    assert_type(session.get_available_services(), list[str])
    session.events.register("before-call.s3", count)
    sotalia.Session(botocore_session=sotalia.AsyncSession()._session)  # pyright: ignore[reportPrivateUsage]


def count(**kwargs: Any) -> None:
    print(sorted(kwargs))


async def async_clients() -> None:
    session = sotalia.AsyncSession(runtime=AsyncManualRuntime())
    async with session.client("s3") as client:
        assert_type(client, AsyncS3Client)
        base: AsyncBaseClient = client
        theirs: types_aiobotocore_s3.S3Client = client
        print(base, theirs)
        assert_type(client.meta.events, EventRegistry)
        assert_type(await client.with_options(timeout=1).explain("ListBuckets"), Explanation)
        print((await client.list_buckets())["Buckets"])
        pages = client.get_paginator("list_objects_v2").paginate(Bucket="bucket")
        async for page in pages:
            assert_type(page["KeyCount"], int)
        async for item in pages.items():
            print(item)
        assert_type(await pages.build_full_result(), dict[str, Any])
        await client.get_waiter("bucket_exists").wait(Bucket="bucket", WaiterConfig={"Delay": 1})
    await client.close()
    await client.aclose()
    ec2 = session.client("ec2")
    assert_type(await ec2.explain("DescribeInstances"), Explanation)
    async for other in ec2.get_paginator("describe_instances").paginate():
        assert_type(other, dict[str, Any])
    await ec2.aclose()
    async with session.resource("s3") as s3:
        await s3.Object("bucket", "key").delete()


def timed(call: Call, proceed: Callable[[], Any]) -> Any:
    assert_type(call.attempts, list[Attempt])
    call.parameters.setdefault("MaxKeys", 100)
    return proceed()


async def waited(call: Call, proceed: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    result = await proceed()
    print(call.name, len(call.attempts))
    return result


def tried(call: Call, proceed: Callable[[], Any]) -> Attempt:
    outcome = proceed()
    attempt = call.attempt
    assert_type(attempt.number, int)
    assert_type(attempt.error, Exception | None)
    if attempt.response is not None:
        assert_type(attempt.response.status_code, int)
    return attempt if outcome is None else outcome


class Watcher(Observer):
    def call_ended(self, call: Call) -> None:
        if call.error is None and call.started_at is not None and call.ended_at is not None:
            print(call.name, call.ended_at - call.started_at)


def hooks(client: BaseClient) -> None:
    client.meta.events.around_call(timed)
    client.meta.events.around_call(waited, "s3.ListBuckets", unique_id="waited")
    client.meta.events.around_call(lambda call, proceed: proceed())
    client.meta.events.around_attempt(tried, "s3")
    client.meta.events.observe(Watcher(), "s3")
    client.meta.events.remove(timed)


def errors(client: BaseClient) -> None:
    try:
        client.head_bucket(Bucket="bucket")
    except sotalia.exceptions.ClientError as error:
        assert_type(error.response, dict[str, Any])
        assert_type(error.operation_name, str)
        print(error.response["Error"]["Code"])
    except (exceptions.ConnectTimeoutError, exceptions.ReadTimeoutError) as error:
        print(error.kwargs)
    except exceptions.WaiterError as error:
        print(error.last_response)
    except exceptions.BotoCoreError as error:
        print(error.fmt)


def errors_of_services(client: BaseClient) -> str | None:
    try:
        client.close()
    except s3.NoSuchKey as error:
        code: str = error.response["Error"]["Code"]
        return f"{code} {error.operation_name} {error.attempts}" if error.status_code else error.request_id
    except (lambda_.ServiceException, NoSuchBucket) as other:
        return other.endpoint_url
    return None


class TooSlow(exceptions.BotoCoreError):
    fmt = "after {seconds} s"


def configurations() -> None:
    config = Config(
        region_name="eu-west-1",
        connect_timeout=5,
        read_timeout=0.5,
        max_pool_connections=50,
        s3={"addressing_style": "path"},
        proxies={"https": "http://localhost:3128"},
        signature_version="s3v4",
        tcp_keepalive=True,
    )
    assert_type(config.connect_timeout, float | None)
    assert_type(config.max_pool_connections, int)
    assert_type(config.inject_host_prefix, bool)
    assert_type(config.merge(Config()), Config)
    sotalia.client("s3", config=config)


def typed_handlers(session: Session, client: BaseClient) -> None:
    events = client.meta.events

    @events.on(ProvideClientParams, operation=["ListObjectsV2", "ListObjects"])
    def default_bucket(event: ProvideClientParams) -> None:
        event.params.setdefault("Bucket", "mine")
        event.params = {**event.params, "MaxKeys": 10}

    @events.on(BeforeCall, operation="PutObject", first=True)
    def stamp(event: BeforeCall) -> None:
        event.headers["X-Team"] = "data"
        event.url = event.url + "?x=1"
        assert_type(event.params, dict[str, Any])
        assert_type(event.operation_name, str)
        event.respond({"ETag": "e"}, 200, {"x": "1"})

    @session.events.on(BeforeSend, service="s3", last=True)
    async def send(event: BeforeSend) -> None:
        event.respond(200, body=b"")

    @events.on(NeedsRetry, unique_id="mine")
    def retry(event: NeedsRetry) -> None:
        assert_type(event.attempts, int)
        assert_type(event.status_code, int | None)
        assert_type(event.caught_exception, Exception | None)
        event.retry_after(0.5) if event.status_code == 429 else event.give_up()

    registration = events.on(AfterCall, lambda event: print(event.parsed["Contents"]))
    assert_type(registration, Registration[AfterCall])
    assert_type(registration.remove(), bool)
    with session.events.on(CreatingClientClass, lambda event: event.add_method("f", len), service="s3"):
        pass
    assert_type(events.unregister("before-call.s3"), bool)
    events.declare("my-event")
    default_bucket(ProvideClientParams({"event_name": "provide-client-params.s3.ListObjects", "params": {}}))


class OwnExtension:
    def install(self, events: EventRegistry) -> None:
        events.on(NeedsRetry, self.decide, service="s3")

    def decide(self, event: NeedsRetry) -> None:
        event.retry_after(1)


def extensions() -> None:
    metrics = Metrics()
    ready: list[Extension | str] = [
        DefaultParams({"ListObjectsV2": {"Bucket": "bucket"}}),
        Headers({"X-Team": "data", "X-Id": lambda: "1"}, "s3"),
        RequestLog("app.aws"),
        RequestLog(print),
        RetryRule(
            statuses=range(500, 600),
            delay=[1, 2.5],
            exceptions=OSError,
            when=lambda event: event.attempts < 2,
        ),
        RetryRule(codes="Conflict", delay=lambda number: number * 2),
        Timeouts({"lambda.Invoke": 900}),
        DryRun(),
        ReadOnly(lambda model: model.name != "PutObject"),
        "metrics",
        metrics,
        OwnExtension(),
    ]
    client = sotalia.client("s3", extensions=ready)
    for installed in client.meta.events.extensions:
        assert_type(installed.name, str)
        assert_type(installed.extension, Extension)
    assert_type(client.meta.events.extensions.remove("Metrics"), bool)
    sotalia.Session(extensions=[metrics]).client("s3", extensions=(ReadOnly(),))
    sotalia.AsyncSession(extensions=[metrics]).client("s3", extensions=(ReadOnly(),))
    print(metrics.snapshot()["s3.ListObjectsV2"]["calls"])


async def explanations(client: BaseClient, waiting: AsyncBaseClient) -> None:
    found: Explanation = client.explain("ListObjectsV2", Bucket="bucket", run_handlers=True)
    if found.request is not None:
        url: str = found.request.url
        print(url)
    for handler in found.handlers:
        place: str = handler.place
        print(place, handler.has_run)
    again: Explanation = await waiting.explain("list_objects_v2", Bucket="bucket", fetch_credentials=True)
    print(again.to_json())
    for unused in client.meta.events.unused():
        name: str = unused.event_name
        print(name)


async def cassettes(client: BaseClient, session: Session) -> None:
    names = {"Bucket": "bucket"}
    with sotalia.cassette(
        "calls.json", mode="none", redact=[account_ids, names], ignore=["Time"]
    ) as cassette:
        assert_type(cassette, Cassette)
        assert_type(cassette.unused[0].parameters["Key"], Any)
    times = {"cloudwatch": ["StartTime"]}
    async with sotalia.cassette(Path("calls.json"), "new", ignore=times, targets=[client, session]) as other:
        assert_type(other.played + other.recorded, int)
    sotalia.cassette("calls.json", redact={"body": False, "Name": str.upper, "Id": None}).start().stop()
    try:
        client.close()
    except NotRecordedError as error:
        assert_type(error.call, str)


async def faults_on_purpose(client: S3Client, waiting: AsyncS3Client, session: Session) -> None:
    rules = [
        throttle("s3.PutObject", attempts=[1, 2], retry_after=3),
        slow(["s3", "PutItem"], seconds=2, probability=0.1, times=3, after=1),
        service_failure(code="NoSuchKey", when=lambda call: call.parameters["Key"] == "k"),
    ]
    with sotalia.faults(*rules, client, session, seed=7) as faults:
        client.list_buckets()
    assert_type(faults.fired, list[Fired])
    assert_type(faults.unused, list[Fault])
    assert_type(faults.fired[0].kind, str)
    assert_type(faults.fired[0].seconds, float)
    async with sotalia.faults("throttle", waiting, operation="PutObject", probability=0.3, by="parameters"):
        await waiting.list_buckets()
    running = sotalia.faults({"kind": "slow", "seconds": 2}, by=lambda call: call.name).start()
    running.stop()
