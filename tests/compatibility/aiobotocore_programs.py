"""Programs as they are written for aiobotocore: the same text runs on aiobotocore and on ours, and gives the same.

``python -m tests.compatibility.aiobotocore_programs`` runs them on both against one moto server and prints each difference. It
wants an environment with aiobotocore, such as the one that ``s3fs_suite --directory`` makes. ``test_aiobotocore.py`` runs them
on ours, and compares with :data:`EXPECTED`.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from typing import Any

Program = Callable[[Any, str], Awaitable[Any]]
PROGRAMS: dict[str, Program] = {}


def program(function: Program) -> Program:
    PROGRAMS[function.__name__] = function
    return function


def _session(module: Any) -> Any:
    session = module.get_session()
    session.set_credentials("testing", "testing")
    session.set_config_variable("region", "us-east-1")
    return session


@program
async def objects(module: Any, url: str) -> Any:
    found: list[Any] = []
    async with _session(module).create_client("s3", endpoint_url=url) as s3:
        await s3.create_bucket(Bucket="objects")
        await s3.put_object(Bucket="objects", Key="k", Body=b"one\ntwo\nthree")
        response = await s3.get_object(Bucket="objects", Key="k")
        async with response["Body"] as stream:
            found.append(await stream.read())
        body = (await s3.get_object(Bucket="objects", Key="k"))["Body"]
        found.append([await body.read(3), body.tell(), await body.read()])
        body = (await s3.get_object(Bucket="objects", Key="k"))["Body"]
        found.append([chunk async for chunk in body.iter_chunks(5)])
        body = (await s3.get_object(Bucket="objects", Key="k"))["Body"]
        found.append([line async for line in body.iter_lines()])
        body = (await s3.get_object(Bucket="objects", Key="k"))["Body"]
        found.append([chunk async for chunk in body])
        body = (await s3.get_object(Bucket="objects", Key="k"))["Body"]
        found.append([await body.__anext__(), await body.readlines()])
        body = (await s3.get_object(Bucket="objects", Key="k"))["Body"]
        body.close()
        body = (await s3.get_object(Bucket="objects", Key="k"))["Body"]
        await body.aclose()
    return found


@program
async def pages_and_waiters(module: Any, url: str) -> Any:
    async with _session(module).create_client("s3", endpoint_url=url) as s3:
        await s3.create_bucket(Bucket="pages")
        await s3.get_waiter("bucket_exists").wait(Bucket="pages")
        await asyncio.gather(*(s3.put_object(Bucket="pages", Key=f"k{i}", Body=b"") for i in range(7)))
        paginator = s3.get_paginator("list_objects_v2")
        options = {"Bucket": "pages", "PaginationConfig": {"PageSize": 3}}
        pages = [len(page["Contents"]) async for page in paginator.paginate(**options)]
        keys = [key async for key in paginator.paginate(**options).search("Contents[].Key")]
        whole = await paginator.paginate(**options).build_full_result()
        elements = [
            item["Key"]
            for iterator in paginator.paginate(**options).result_key_iters()
            async for item in iterator
            if "Key" in item
        ]
        waiter = s3.get_waiter("object_exists")
        await waiter.wait(Bucket="pages", Key="k6", WaiterConfig={"Delay": 1, "MaxAttempts": 1})
        return [pages, keys, len(whole["Contents"]), elements, s3.can_paginate("list_objects_v2")]


@program
async def errors(module: Any, url: str) -> Any:
    found: list[Any] = []
    session = _session(module)
    async with session.create_client("s3", endpoint_url=url) as s3:
        await s3.create_bucket(Bucket="errors")
        try:
            await s3.get_object(Bucket="errors", Key="none")
        except s3.exceptions.NoSuchKey as error:
            found.append([str(error), error.response["Error"]["Code"], error.operation_name])
        for arguments in ({}, {"Bucket": "errors", "Key": "k", "Nothing": 1}):
            try:
                await s3.get_object(**arguments)
            except Exception as error:
                found.append(type(error).__name__)
    contexts = (
        session.create_client("nothing"),
        session.create_client("s3", aws_access_key_id="half"),
        module.get_session().create_client("sqs"),
    )
    for context in contexts:  # Made already: what is wrong is said by the block.
        try:
            async with context:
                pass
        except Exception as error:
            found.append(type(error).__name__)
    return found


@program
async def sessions(module: Any, url: str) -> Any:
    session = _session(module)
    credentials = await session.get_credentials()
    frozen = await credentials.get_frozen_credentials()
    model = await session.get_service_model("s3")
    data = await session.get_service_data("sqs")
    regions = await session.get_available_regions("s3")
    session.user_agent_name, session.user_agent_extra = "mine", "more/1"
    return [
        [credentials.access_key, credentials.method, frozen.secret_key, frozen.token],
        [model.service_name, "GetObject" in model.operation_names, sorted(data)[:2]],
        ["eu-west-1" in regions, await session.get_available_regions("nothing")],
        [session.profile, session.available_profiles, session.get_config_variable("region")],
        [sorted(session.full_config), session.get_scoped_config()],
        ["s3" in session.get_available_services(), session.get_partition_for_region("cn-north-1")],
        session.user_agent().split()[0].partition("/")[0],
        [await session.emit("nobody.hears"), module.AioSession(profile="p").profile],
    ]


@program
async def handlers(module: Any, url: str) -> Any:
    heard: list[str] = []

    def plain(params: Any, **kwargs: Any) -> None:
        heard.append(f"plain {sorted(params)}")

    async def waiting(request: Any, **kwargs: Any) -> None:
        await asyncio.sleep(0)
        request.headers["X-Mine"] = "1"
        heard.append("waiting")

    def of_client(request: Any, **kwargs: Any) -> None:
        heard.append(f"client {'X-Mine' in request.headers}")

    session = _session(module)
    session.register("provide-client-params.s3.ListBuckets", plain)
    session.register("before-sign.s3", waiting, unique_id="mine")
    async with session.create_client("s3", endpoint_url=url) as s3:
        s3.meta.events.register("before-send.s3", of_client)
        await s3.list_buckets()
        session.unregister("before-sign.s3", unique_id="mine")
        s3.meta.events.unregister("before-sign.s3", unique_id="mine")
        await s3.list_buckets()
    return heard


@program
async def many_clients(module: Any, url: str) -> Any:
    session = _session(module)
    async with contextlib.AsyncExitStack() as stack:
        sqs = await stack.enter_async_context(session.create_client("sqs", endpoint_url=url))
        table = await stack.enter_async_context(session.create_client("dynamodb", endpoint_url=url))
        queue = (await sqs.create_queue(QueueName="many"))["QueueUrl"]
        await asyncio.gather(*(sqs.send_message(QueueUrl=queue, MessageBody=str(i)) for i in range(20)))
        got: list[str] = []
        while len(got) < 20:
            response = await sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
            got += [message["Body"] for message in response.get("Messages", [])]
        await table.create_table(
            TableName="many",
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        await table.put_item(TableName="many", Item={"k": {"S": "a"}, "n": {"N": "1"}})
        item = (await table.get_item(TableName="many", Key={"k": {"S": "a"}}))["Item"]
    return [sorted(got, key=int), item]


@program
async def presigned(module: Any, url: str) -> Any:
    async with _session(module).create_client("s3", endpoint_url=url) as s3:
        link = await s3.generate_presigned_url("get_object", {"Bucket": "b", "Key": "k"}, ExpiresIn=60)
        post = await s3.generate_presigned_post("b", "k", ExpiresIn=60)
    return [link.partition("?")[0].removeprefix(url), sorted(post), sorted(post["fields"])]


@program
async def configs(module: Any, url: str) -> Any:
    config_class = module.AioConfig
    session = _session(module)
    session.set_default_client_config(config_class(read_timeout=7, connector_args={"keepalive_timeout": 3}))
    config = config_class(
        connector_args={"use_dns_cache": False, "ttl_dns_cache": 9}, max_pool_connections=5, retries={"mode": "adaptive"}
    )  # fmt: skip
    found: list[Any] = []
    async with session.create_client("s3", endpoint_url=url, config=config) as s3:
        await s3.list_buckets()
        found += [
            s3.meta.config.read_timeout,
            s3.meta.config.max_pool_connections,
            s3.meta.config.retries["mode"],
        ]
    merged = config.merge(config_class(max_pool_connections=6))
    found += [type(merged).__name__, merged.max_pool_connections, config.connector_args["ttl_dns_cache"]]
    try:
        config_class(connector_args={"nothing": 1})
    except Exception as error:
        found.append(type(error).__name__)
    return found


@program
async def closing(module: Any, url: str) -> Any:
    """By the attributes that s3fs looks at."""
    context = _session(module).create_client("s3", endpoint_url=url)
    s3 = await context.__aenter__()
    http_session = s3._endpoint.http_session
    found: list[Any] = [http_session._sessions]
    await s3.list_buckets()
    found.append([len(http_session._sessions), [one.closed for one in http_session._sessions.values()]])
    await context.__aexit__(None, None, None)
    found.append(http_session._sessions)
    try:
        await s3.list_buckets()
    except Exception:
        found.append("an error")
    again = await _session(module)._create_client("s3", endpoint_url=url)
    await again.close()
    return [*found, again._endpoint.http_session._sessions]


#: What aiobotocore 3.10 gives.
EXPECTED: dict[str, Any] = {
    "objects": [
        b"one\ntwo\nthree",
        [b"one", 3, b"\ntwo\nthree"],
        [b"one\nt", b"wo\nth", b"ree"],
        [b"one", b"two", b"three"],
        [b"one\ntwo\nthree"],
        [b"one\ntwo\nthree", []],
    ],
    "pages_and_waiters": [[3, 3, 1], [f"k{i}" for i in range(7)], 7, [f"k{i}" for i in range(7)], True],
    "errors": [
        [
            "An error occurred (NoSuchKey) when calling the GetObject operation: The specified key does not exist.",
            "NoSuchKey",
            "GetObject",
        ],
        "ParamValidationError",
        "ParamValidationError",
        "UnknownServiceError",
        "PartialCredentialsError",
        "NoRegionError",
    ],
    "sessions": [
        ["testing", "explicit", "testing", None],
        ["s3", True, ["documentation", "metadata"]],
        [True, []],
        [None, [], "us-east-1"],
        [["profiles"], {}],
        [True, "aws-cn"],
        "mine",
        [[], "p"],
    ],
    "handlers": ["plain []", "waiting", "client True", "plain []", "client False"],
    "many_clients": [[str(i) for i in range(20)], {"k": {"S": "a"}, "n": {"N": "1"}}],
    "presigned": ["/b/k", ["fields", "url"], ["AWSAccessKeyId", "key", "policy", "signature"]],
    "configs": [7, 5, "adaptive", "AioConfig", 6, 9, "ParamValidationError"],
    "closing": [{}, [1, [False]], None, "an error", None],
}


async def _run(module: Any, url: str) -> dict[str, Any]:
    return {name: await function(module, url) for name, function in PROGRAMS.items()}


def _main() -> int:
    import types

    import aiobotocore.config
    import aiobotocore.session

    from sotalia.compatibility import aiobotocore as ours
    from sotalia.testing import LocalAWS

    theirs = types.SimpleNamespace(
        get_session=aiobotocore.session.get_session,
        AioSession=aiobotocore.session.AioSession,
        AioConfig=aiobotocore.config.AioConfig,
    )
    found: list[dict[str, Any]] = []
    for module in (theirs, ours):
        with LocalAWS() as aws:
            found.append(asyncio.run(_run(module, aws.endpoint_url)))
    differing = [name for name in PROGRAMS if found[0][name] != found[1][name]]
    for name in PROGRAMS:
        print(f"{name}: {'DIFFERS' if name in differing else 'equal'}")
        print(f"  aiobotocore {found[0][name]!r}")
        if name in differing:
            print(f"  sotalia     {found[1][name]!r}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(_main())
