"""Mistakes of users: each marked line is an error for every type checker, with this text in it, and no other line is.

Nothing here runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sotalia
from sotalia import exceptions
from sotalia.call import Call, Observer
from sotalia.clients.base import BaseClient
from sotalia.config import Config
from sotalia.events import AfterCall, BeforeCall, BeforeSend, NeedsRetry, ProvideClientParams
from sotalia.exceptions import s3
from sotalia.extensions import DefaultParams, Headers, ReadOnly, RetryRule
from sotalia.fault_injection import slow, throttle


def front_door() -> None:
    sotalia.clinet("s3")  # E: clinet
    sotalia.Sesion()  # E: Sesion
    sotalia.dynamdb  # E: dynamdb
    sotalia.client("s33")  # E: overload
    sotalia.resource("lambda")  # E: overload
    sotalia.client("s3").list_bucket()  # E: list_bucket
    sotalia.client("s3").list_objects_v2(Buckt="b")  # E: Buckt
    sotalia.client("s3").get_paginator("list_objects_v3")  # E: overload
    sotalia.client("s3").get_paginator("list_buckets").paginate(Prefx="a")  # E: Prefx
    sotalia.client("s3").get_paginator("list_buckets").paginate().itms()  # E: itms
    sotalia.client("s3").get_waiter("bucket_exist")  # E: overload
    sotalia.client("s3").with_options(timout=1)  # E: timout
    sotalia.client("s3").explain("ListBuckets").reqest  # E: reqest
    sotalia.client("s3").meta.events.om  # E: om
    sotalia.client("ec2").explain("DescribeInstances").reqest  # E: reqest
    sotalia.client("ec2").get_paginator("describe_instances").paginte()  # E: paginte
    sotalia.client("ec2").meta.event  # E: event
    sotalia.client()  # E: overload
    sotalia.client("s3", regoin_name="eu-west-1")  # E: overload
    sotalia.client("s3", region_name=1)  # E: overload
    sotalia.client("s3", config={"region_name": "eu-west-1"})  # E: overload
    sotalia.client("s3").meta.event  # E: event
    sotalia.client("s3").meta.events.around_cal(timed)  # E: around_cal
    sotalia.resource("s3", aws_account_id="1")  # E: overload
    sotalia.setup_default_session(region="eu-west-1")  # E: region
    sotalia.setup_default_session("key")  # E: positional
    sotalia.set_stream_logger(level=None)  # E: "int | str"
    sotalia.patch_boto3(True)  # E: positional
    sotalia.client("s3").get_paginator("list_buckets").paginte()  # E: paginte
    sotalia.client("s3").get_waiter("bucket_exists").wiat()  # E: wiat
    sotalia.cassette("calls.json", mode="never")  # E: Literal
    sotalia.cassette("calls.json", redct="Name")  # E: redct
    sotalia.cassette(None)  # E: PathLike
    from sotalia import reource  # E: reource


def sessions() -> None:
    sotalia.Session(region="eu-west-1")  # E: region
    sotalia.Session(transport="https")  # E: Transport
    sotalia.Session(runtime=object())  # E: "Runtime | None"
    sotalia.AsyncSession().client("s3", regoin_name="eu-west-1")  # E: overload
    sotalia.Session().clinet("s3")  # E: clinet


async def async_sessions() -> None:
    async with sotalia.Session().client("s3"):  # E: __aenter__
        pass
    for _ in sotalia.AsyncSession().client("s3").get_paginator("list_buckets").paginate():  # E: None
        pass


def timed(call: Call, proceed: Callable[[], Any]) -> Any:
    call.attempts.number  # E: number
    call.attempt.respones  # E: respones
    call.paramters  # E: paramters
    return proceed()


def without_proceed(call: Call) -> None:
    print(call.name)


def of_an_event(**kwargs: Any) -> None:
    print(sorted(kwargs))


def typed_handlers(client: BaseClient) -> None:
    events = client.meta.events

    @events.on(BeforeCall, operation="PutObject")
    def attributes(event: BeforeCall) -> None:
        event.paramz  # E: paramz
        event.params.headers  # E: headers
        event.headers["X-Team"] = 3  # E: "str"
        event.headers = {}  # E: headers
        event.model = event.model  # E: model
        event.url = 3  # E: "str"
        event.respond("text")  # E: "dict[str, Any]"
        event.retry_after(1)  # E: retry_after

    @events.on(NeedsRetry)
    def retries(event: NeedsRetry) -> None:
        event.retry_after("1")  # E: "float"
        event.attempts + "1"  # E: "int"
        event.give_up(seconds=1)  # E: seconds

    @events.on(ProvideClientParams)
    def parameters(event: ProvideClientParams) -> None:
        event.params = ["Bucket"]  # E: dict[str, Any]
        event.parameters  # E: parameters

    @events.on(AfterCall)
    def results(event: AfterCall) -> None:
        event.http_response.status  # E: status
        event.parsed = None  # E: dict[str, Any]

    @events.on(BeforeSend, frist=True)  # E: frist
    def sent(event: BeforeSend) -> None:
        event.respond(status=200)  # E: status

    events.on(BeforeSend, results)  # E: BeforeSend
    events.on(BeforeCal)  # E: BeforeCal
    events.on("before-call.s3")  # E: type
    events.on(BeforeCall).remve()  # E: remve


class Watcher(Observer):
    def call_ended(self, call: str) -> None:  # E: call_ended
        print(call)


def hooks(client: BaseClient) -> None:
    client.meta.events.around_call(without_proceed)  # E: around_call
    client.meta.events.around_attempt(of_an_event)  # E: around_attempt
    client.meta.events.around_call(timed, scope=3)  # E: "str"
    client.meta.events.observe(timed)  # E: "Observer"
    client.meta.events.observe(Watcher)  # E: "Observer"


def errors(client: BaseClient) -> None:
    try:
        client.list_buckets()
    except sotalia.exceptions.ClientErorr:  # E: ClientErorr
        pass
    except exceptions.ClientError as error:
        print(error.respones)  # E: respones
        print(error.response.Error)  # E: Error
    except exceptions.NoCredentialsError as error:
        print(error.response)  # E: response
    raise exceptions.ClientError("it failed")  # E: operation_name


def errors_of_services() -> None:
    try:
        sotalia.client("s3")
    except s3.NoSuchKy:  # E: NoSuchKy
        pass
    except s3.NoSuchKey as error:
        error.request_ids  # E: request_ids
    except exceptions.NoSuchKey:  # E: NoSuchKey
        pass


def configurations() -> None:
    Config(conect_timeout=5)  # E: conect_timeout
    Config(connect_timeout="5")  # E: "float | None"
    Config(max_pool_connections=None)  # E: "int"
    Config().read_timout  # E: read_timout
    Config(proxies="http://localhost:3128")  # E: "dict[str, str] | None"


def extensions(client: BaseClient) -> None:
    DefaultParams({"ListBuckets": ["Bucket"]})  # E: "list[str]"
    Headers({"X-Team": 5})  # E: int
    RetryRule(statuses="500")  # E: "str"
    RetryRule(codes=["Conflict"], delays=1)  # E: delays
    ReadOnly(is_mutating=True)  # E: OperationModel
    sotalia.client("s3", extensions=[timed])  # E: overload
    sotalia.client("s3", extensions=ReadOnly())  # E: "ReadOnly"
    client.meta.events.extensions.add(ReadOnly)  # E: "add"
    client.meta.events.extensions.drop("ReadOnly")  # E: drop


def explanations(client: BaseClient) -> None:
    client.explain("ListBuckets", run_handlers="yes")  # E: "bool"
    client.explain("ListBuckets").reqest  # E: reqest
    client.explain("ListBuckets").request.url  # E: url


def faults_on_purpose() -> None:
    throttle(probabilty=0.3)  # E: probabilty
    throttle(attempts="first")  # E: attempts
    slow(second=3)  # E: second
    slow(3)  # E: slow
    sotalia.faults("throttle", by="thread")  # E: by
    with sotalia.faults("throttle") as faults:
        faults.fird  # E: fird
