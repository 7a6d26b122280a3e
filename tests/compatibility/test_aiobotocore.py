"""A session of aiobotocore's kind: programs that were written for aiobotocore, s3fs' looks behind it, pickles, other loops."""

from __future__ import annotations

import asyncio
import copy
import io
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import botocore.config
import pytest
from botocore import UNSIGNED
from botocore.hooks import HierarchicalEmitter

import sotalia
from sotalia import exceptions
from sotalia.compatibility import aiobotocore
from sotalia.compatibility.aiobotocore import AioConfig, AioSession, get_session
from sotalia.config import Config
from sotalia.testing import LocalAWS
from sotalia.transport.scripted import ScriptedTransport, answer, canned_response
from tests.client_kinds import KEYS
from tests.compatibility.aiobotocore_programs import EXPECTED, PROGRAMS

REGION = "us-east-1"


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_written_for_aiobotocore(name: str, aws: LocalAWS) -> None:
    assert asyncio.run(PROGRAMS[name](aiobotocore, aws.endpoint_url)) == EXPECTED[name]  # type: ignore[arg-type]


def test_nothing_of_it_imports_aiobotocore_or_botocore() -> None:
    text = (
        "import asyncio, sys\n"
        "from sotalia.compatibility.aiobotocore import get_session\n"
        "async def main():\n"
        "    session = get_session()\n"
        "    session.set_credentials('a', 'b')\n"
        "    async with session.create_client('s3', 'us-east-1') as s3:\n"
        "        assert s3._endpoint.http_session._sessions == {}\n"
        "asyncio.run(main())\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('aiobotocore', 'botocore', 'aiohttp')])\n"
    )
    run = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


# -- sessions ------------------------------------------------------------------------------------------------------


def signed_by(session: Any) -> str:
    """The access key that a request of the session's clients is signed with."""
    seen: list[str] = []

    def respond(request: Any, **kwargs: Any) -> Any:
        authorization = request.headers.get("Authorization", b"")
        seen.append(authorization if isinstance(authorization, str) else authorization.decode())
        return canned_response(request, 200, {}, b"<ListAllMyBucketsResult/>")

    async def call() -> None:
        async with session.create_client("s3", REGION) as s3:
            s3.meta.events.register("before-send", respond)
            await s3.list_buckets()

    asyncio.run(call())
    return seen[0].partition("Credential=")[2].partition("/")[0]


def mark(params: Any, **kwargs: Any) -> None:
    params["headers"]["X-Mine"] = "1"


async def mark_later(params: Any, **kwargs: Any) -> None:
    params["headers"]["X-Later"] = "1"


def test_it_shares_everything_with_an_async_session() -> None:
    transport = ScriptedTransport([answer(200, body=b"<ListAllMyBucketsResult/>")])
    original = sotalia.AsyncSession(**KEYS, transport=transport)
    session = AioSession.of(original)
    session.register("before-call.s3", mark)
    original.events.register("before-call.s3", mark_later)

    async def call() -> None:
        async with session.create_client("s3") as s3:
            assert s3.meta.region_name == KEYS["region_name"]
            await s3.list_buckets()

    asyncio.run(call())
    assert {"X-Mine", "X-Later"} <= set(transport.requests[0].headers)
    # And back: a session of ours around it.
    around = sotalia.AsyncSession(botocore_session=session._session)
    assert around.region_name == KEYS["region_name"]


@pytest.mark.parametrize("wrong", [sotalia.Session, lambda: None, lambda: AioSession()])
def test_of_takes_an_async_session(wrong: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match=r"takes a sotalia\.AsyncSession, and this is a \w+"):
        AioSession.of(wrong())


def test_what_is_set_on_it_counts() -> None:
    session = get_session()
    session.user_agent_name = "mine"
    session.set_config_variable("region", "eu-west-1")
    assert session.user_agent().startswith("mine/")
    assert session._session.user_agent_name == "mine"
    assert session.get_config_variable("region") == "eu-west-1"
    with pytest.raises(AttributeError, match="nothing_like_it"):
        session.nothing_like_it  # type: ignore[attr-defined]  # noqa: B018


def test_handlers_of_a_given_emitter_are_heard() -> None:
    emitter = HierarchicalEmitter()
    heard: list[str] = []
    emitter.register("before-sign.s3", lambda **kwargs: heard.append("theirs"))
    session = AioSession(event_hooks=emitter)
    session.set_credentials("AKEY", "secret")
    assert signed_by(session) == "AKEY"
    assert heard == ["theirs"]


def test_without_builtin_handlers_coroutines_are_still_taken() -> None:
    session = AioSession(include_builtin_handlers=False)
    session.register("before-call.s3", mark_later)
    assert not session.events.handlers("before-parameter-build.s3.PutObject")


def test_credentials_can_be_given_back() -> None:
    session = get_session()
    session.set_credentials("AKEY", "secret", "token")
    other = get_session()
    credentials = asyncio.run(session.get_credentials())
    assert credentials is not None
    assert (credentials.token, repr(credentials)) == ("token", "<Credentials from explicit>")
    other._credentials = credentials
    assert signed_by(other) == "AKEY"
    assert asyncio.run(get_session().get_credentials()) is None


def test_a_context_without_its_block_says_so() -> None:
    context = get_session().create_client("s3", REGION)
    with pytest.raises(AttributeError, match=r"no 'list_buckets': write 'async with session\.create_client"):
        context.list_buckets()
    asyncio.run(context.__aexit__(None, None, None))  # Never entered: there is nothing to close.


def test_an_async_session_is_used_as_aioboto3s_is(aws: LocalAWS) -> None:
    async def main() -> list[Any]:
        session = sotalia.AsyncSession("testing", "testing", region_name=REGION)
        found: list[Any] = []
        async with session.client("s3", endpoint_url=aws.endpoint_url) as s3:
            await s3.create_bucket(Bucket="aioboto3")
            await s3.upload_fileobj(io.BytesIO(b"content"), "aioboto3", "k")
            target = io.BytesIO()
            await s3.download_fileobj("aioboto3", "k", target)
            found.append(target.getvalue())
        async with session.resource("s3", endpoint_url=aws.endpoint_url) as resource:
            bucket = resource.Bucket("aioboto3")
            found.append([item.key async for item in bucket.objects.all()])
            item = resource.Object("aioboto3", "k")
            found.append(await (await item.get())["Body"].read())
        async with session.resource("dynamodb", endpoint_url=aws.endpoint_url) as resource:
            table = await resource.create_table(
                TableName="aioboto3",
                KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
            async with table.batch_writer() as batch:
                await batch.put_item(Item={"k": "a"})
            found.append((await table.get_item(Key={"k": "a"}))["Item"])
        return found

    assert asyncio.run(main()) == [b"content", ["k"], b"content", {"k": "a"}]


# -- configs -------------------------------------------------------------------------------------------------------


class ForeignConfig(botocore.config.Config):
    """As aiobotocore makes its own of botocore's."""

    def __init__(self, connector_args: Any = None, **options: Any) -> None:
        super().__init__(**options)
        if connector_args is not None:
            self._user_provided_options["connector_args"] = connector_args
        self.connector_args = dict(connector_args or {}, keepalive_timeout=12)
        self.http_session_cls = object
        self.warm_up_loader_caches = False


@pytest.mark.parametrize(
    "default", [None, Config(read_timeout=7), AioConfig(read_timeout=7), ForeignConfig({}, read_timeout=7)]
)
@pytest.mark.parametrize(
    "config",
    [
        Config(connect_timeout=3),
        AioConfig({"keepalive_timeout": 1}, connect_timeout=3),
        ForeignConfig({"ttl_dns_cache": 1}, connect_timeout=3),
        botocore.config.Config(connect_timeout=3),
        ForeignConfig(connect_timeout=3, signature_version=UNSIGNED),
    ],
)  # fmt: skip
def test_configs_of_all_kinds_go_together(default: Any, config: Any) -> None:
    async def timeouts() -> tuple[Any, Any]:
        session = get_session()
        session.set_default_client_config(default)
        async with session.create_client("s3", REGION, config=config) as s3:
            return s3.meta.config.read_timeout, s3.meta.config.connect_timeout

    assert asyncio.run(timeouts()) == (60 if default is None else 7, 3)


@pytest.mark.parametrize(
    ("connector_args", "message"),
    [
        ({"ssl_context": object()}, r"\['ssl_context'\] is for aiohttp, .*verify="),
        ({"resolver": object()}, r"\['resolver'\].*a transport that looks names up"),
        ({"socket_factory": print}, r"\['socket_factory'\].*a transport that makes such sockets"),
        ({"limit": 3}, r"\['limit'\].*options are force_close, keepalive_timeout"),
    ],
)
def test_what_would_not_do_what_was_asked_is_refused(connector_args: Any, message: str) -> None:
    with pytest.raises(exceptions.ParamValidationError, match=message):
        AioConfig(connector_args)
    context = get_session().create_client("s3", REGION, config=ForeignConfig(connector_args))
    with pytest.raises(exceptions.ParamValidationError, match=message):
        asyncio.run(context.__aenter__())  # type: ignore[arg-type]


def test_a_config_travels() -> None:
    config = AioConfig({"keepalive_timeout": 1}, signature_version=UNSIGNED, read_timeout=7)
    for twin in (pickle.loads(pickle.dumps(config)), copy.deepcopy(config), copy.copy(config)):
        assert (type(twin), twin.connector_args, twin.read_timeout) == (
            AioConfig,
            {"keepalive_timeout": 1},
            7,
        )
        assert twin.signature_version is UNSIGNED


# -- pickles -------------------------------------------------------------------------------------------------------


def test_a_session_travels_with_what_was_set_on_it() -> None:
    session = AioSession(profile=None)
    session.set_credentials("AKEY", "secret")
    session.set_config_variable("region", "eu-west-1")
    session.set_default_client_config(AioConfig(read_timeout=7))
    session.register("before-call.s3", mark)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        twin = pickle.loads(pickle.dumps(session, protocol))
        assert type(twin) is AioSession
        assert twin.get_config_variable("region") == "eu-west-1"
        assert twin.get_default_client_config().read_timeout == 7
        assert mark in twin.events.handlers("before-call.s3")
        assert signed_by(twin) == "AKEY"
    assert signed_by(copy.deepcopy(session)) == "AKEY"


def test_a_handler_that_cannot_travel_is_named() -> None:
    session = get_session()
    session.register("before-call.s3", lambda **kwargs: None)
    with pytest.raises(
        pickle.PicklingError, match=r"before-call\.s3: handler '.*<lambda>' \(.*test_aiobotocore"
    ):
        pickle.dumps(session)


def test_keys_that_were_found_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ENVKEY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ENVSECRET")
    session = get_session()
    assert signed_by(session) == "ENVKEY"
    pickled = pickle.dumps(session)
    assert b"ENVKEY" not in pickled
    assert b"ENVSECRET" not in pickled


def test_sessions_are_told_apart_by_their_repr() -> None:
    """fsspec keeps one filesystem for equal arguments, and compares them by ``repr``."""
    session = get_session()
    assert repr(session) == repr(session) != repr(get_session())
    assert repr(AioSession.of(sotalia.AsyncSession())) != repr(AioSession.of(sotalia.AsyncSession()))
    # A worker that unpickles it for each of its tasks has one filesystem.
    twins = [pickle.loads(pickle.dumps(session)) for _ in range(2)]
    assert [repr(twin) for twin in twins] == [repr(session)] * 2


CHANGES: dict[str, Callable[[Any], Any]] = {
    "credentials": lambda session: session.set_credentials("AKEY", "secret"),
    "variable": lambda session: session.set_config_variable("region", "eu-west-1"),
    "handler": lambda session: session.register("before-call.s3", mark),
    "handler of its events": lambda session: session.events.register("before-call.s3", mark),
    "component": lambda session: session.register_component("mine", 1),
    "config": lambda session: session.set_default_client_config(AioConfig(read_timeout=7)),
    "attribute": lambda session: setattr(session, "user_agent_name", "mine"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_session_that_was_changed_has_another_repr(change: str) -> None:
    session = get_session()
    twin = pickle.loads(pickle.dumps(session))
    CHANGES[change](twin)
    assert repr(twin) != repr(session)


# -- clients -------------------------------------------------------------------------------------------------------


def test_a_client_that_the_loop_left_is_used_on_the_next_one(aws: LocalAWS) -> None:
    """s3fs and users keep a client while ``asyncio.run`` makes a loop for each call."""
    session = get_session()
    session.set_credentials("testing", "testing")

    async def entered() -> Any:
        return await session.create_client("s3", REGION, endpoint_url=aws.endpoint_url).__aenter__()

    async def call(s3: Any) -> int:
        await s3.list_buckets()
        return len(s3._endpoint.http_session._sessions)

    s3 = asyncio.run(entered())
    assert [asyncio.run(call(s3)) for _ in range(3)] == [1, 1, 1]
    asyncio.run(s3.close())
    assert s3._endpoint.http_session._sessions is None


def test_closing_twice_and_while_calls_run(aws: LocalAWS) -> None:
    session = get_session()
    session.set_credentials("testing", "testing")

    async def main() -> list[Any]:
        async with session.create_client("s3", REGION, endpoint_url=aws.endpoint_url) as s3:
            calls = [asyncio.ensure_future(s3.list_buckets()) for _ in range(5)]
            await asyncio.sleep(0)
            await s3.close()
            await s3.close()
            return await asyncio.gather(*calls, return_exceptions=True)

    for result in asyncio.run(main()):
        assert isinstance(result, (dict, RuntimeError, exceptions.BotoCoreError)), result


def test_one_session_in_many_threads_each_with_a_loop(aws: LocalAWS) -> None:
    session = get_session()
    session.set_credentials("testing", "testing")
    failed: list[BaseException] = []

    async def main(number: int) -> None:
        async with session.create_client("s3", REGION, endpoint_url=aws.endpoint_url) as s3:
            await s3.create_bucket(Bucket=f"thread-{number}")
            await asyncio.gather(*(s3.head_bucket(Bucket=f"thread-{number}") for _ in range(5)))

    def work(number: int) -> None:
        try:
            asyncio.run(main(number))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_what_tests_assign_to_the_http_session_counts() -> None:
    async def main() -> None:
        async with get_session().create_client("s3", REGION, config=Config(signature_version=UNSIGNED)) as s3:
            http_session = s3._endpoint.http_session
            http_session._sessions = None
            assert http_session._sessions is None
            await http_session._session.close()
            assert http_session._session.closed

    asyncio.run(main())
