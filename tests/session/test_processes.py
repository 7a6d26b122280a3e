"""Sessions and clients in many processes, threads and loops; what workers send back, errors above all."""

from __future__ import annotations

import asyncio
import concurrent.futures
import copy
import json
import multiprocessing
import os
import pickle
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cloudpickle
import pytest
from botocore.exceptions import ClientError

import sotalia
from sotalia import exceptions
from sotalia.call.deadlines import Deadline
from sotalia.compatibility.aiobotocore import AioSession, get_session
from sotalia.extensions import CallDeadline, ReadOnly, ReadOnlyError, RetryRule, Timeouts
from sotalia.s3.config import TransferConfig
from sotalia.testing import LocalAWS
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind

LOCAL: dict[str, Any] = {
    "aws_access_key_id": "testing",
    "aws_secret_access_key": "testing",
    "region_name": "us-east-1",
}
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this platform")


def there_and_back(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


# -- work that is done in other processes --------------------------------------------------------------------------


def mark(params: Any, **kwargs: Any) -> None:
    params["headers"]["X-Mine"] = "1"


def make_client(session: Any, url: str) -> Any:
    create = session.create_client if isinstance(session, AioSession) else session.client
    return create("s3", endpoint_url=url)


def keys_in_bucket(session: Any, url: str) -> list[str]:
    """What the bucket holds, by whatever kind of session."""

    async def listed() -> Any:
        async with make_client(session, url) as s3:
            return await s3.list_objects_v2(Bucket="shared")

    result = (
        make_client(session, url).list_objects_v2(Bucket="shared")
        if isinstance(session, sotalia.Session)
        else asyncio.run(listed())
    )
    return [item["Key"] for item in result["Contents"]]


def get_missing(session: Any, url: str) -> None:
    client = session.client("s3", endpoint_url=url)
    client.get_object(Bucket="shared", Key="missing")


def wait_in_vain(session: Any, url: str) -> None:
    waiter = session.client("s3", endpoint_url=url).get_waiter("object_exists")
    waiter.wait(Bucket="shared", Key="missing", WaiterConfig={"Delay": 0, "MaxAttempts": 1})


def send_body_back(session: Any, url: str) -> Any:
    return session.client("s3", endpoint_url=url).get_object(Bucket="shared", Key="k")["Body"]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with LocalAWS() as aws:
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="shared")
        s3.put_object(Bucket="shared", Key="k", Body=b"content")
        yield aws.endpoint_url


@pytest.fixture(scope="module")
def spawned() -> Iterator[concurrent.futures.ProcessPoolExecutor]:
    """A pool of one spawned process: each costs an interpreter's start."""
    with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield pool


def sessions() -> list[Any]:
    facade = get_session()
    facade.set_credentials("testing", "testing")
    facade.set_config_variable("region", "us-east-1")
    return [sotalia.Session(**LOCAL), sotalia.AsyncSession(**LOCAL), facade]


@pytest.mark.parametrize("number", range(3), ids=["sync", "async", "aiobotocore"])
def test_a_spawned_worker_calls_by_a_session(
    number: int, url: str, spawned: concurrent.futures.ProcessPoolExecutor
) -> None:
    session = sessions()[number]
    session.events.register("before-call.s3", mark)
    assert keys_in_bucket(session, url) == ["k"]  # Also one that has been used.
    assert spawned.submit(keys_in_bucket, session, url).result() == ["k"]


def test_errors_come_back_whole(url: str, spawned: concurrent.futures.ProcessPoolExecutor) -> None:
    session = sotalia.Session(**LOCAL)
    client = session.client("s3", endpoint_url=url)
    with pytest.raises(client.exceptions.NoSuchKey) as caught:
        spawned.submit(get_missing, session, url).result()
    assert isinstance(caught.value, ClientError)
    assert caught.value.response["Error"]["Key"] == "missing"
    assert caught.value.operation_name == "GetObject"
    with pytest.raises(exceptions.WaiterError, match="Max attempts exceeded") as failed:
        spawned.submit(wait_in_vain, session, url).result()
    assert failed.value.last_response["Error"]["Code"] == "404"


def test_a_body_says_that_it_stays(url: str, spawned: concurrent.futures.ProcessPoolExecutor) -> None:
    with pytest.raises(
        pickle.PicklingError, match=r"0 of 7 bytes read> cannot be pickled: .*pickle the bytes"
    ):
        spawned.submit(send_body_back, sotalia.Session(**LOCAL), url).result()


def in_child(work: Callable[[], Any]) -> Any:
    """What some work gives in a forked child, as JSON; the test fails where it raises."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, json.dumps(work()).encode())
            os._exit(0)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
    os.close(writer)
    with open(reader, "rb") as file:
        data = file.read()
    assert os.waitpid(child, 0)[1] == 0
    return json.loads(data)


@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("number", range(3), ids=["sync", "async", "aiobotocore"])
def test_a_forked_child_uses_the_session_that_is_there(number: int, url: str) -> None:
    session = sessions()[number]
    assert keys_in_bucket(session, url) == ["k"]
    assert in_child(lambda: keys_in_bucket(session, url)) == ["k"]
    assert keys_in_bucket(session, url) == ["k"]


@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_client_goes_on_in_parent_and_forked_child(client_kind: Kind, url: str) -> None:
    """Each has connections of its own: the parent's survive whatever the child does, and a body that was open."""
    client = client_kind.client("s3", client_kind.session(**LOCAL), endpoint_url=url)
    body = client.get_object(Bucket="shared", Key="k")["Body"]
    raw = client.raw

    def work() -> Any:
        if not client_kind.is_async:
            found = [raw.list_objects_v2(Bucket="shared")["Contents"][0]["Key"] for _ in range(2)]
            raw.close()
            return found

        async def calls() -> Any:
            return [(await raw.list_objects_v2(Bucket="shared"))["Contents"][0]["Key"] for _ in range(2)]

        found = asyncio.run(calls())
        asyncio.run(raw.close())
        return found

    assert in_child(work) == ["k", "k"]
    assert body.read() == b"content"
    assert client.list_objects_v2(Bucket="shared")["Contents"][0]["Key"] == "k"


# -- threads and loops ---------------------------------------------------------------------------------------------


def test_an_async_client_on_two_loops_at_the_same_time(url: str) -> None:
    """Each loop gets connections of its own; neither takes the other's."""
    client = sotalia.AsyncSession(**LOCAL).client("s3", endpoint_url=url)
    failed: list[BaseException] = []
    together = threading.Barrier(2)

    async def calls() -> None:
        for _ in range(5):
            await asyncio.gather(*(client.head_bucket(Bucket="shared") for _ in range(4)))
            body = (await client.get_object(Bucket="shared", Key="k"))["Body"]
            assert await body.read() == b"content"

    def work() -> None:
        together.wait()
        try:
            asyncio.run(calls())
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asyncio.run(client.close())
    assert failed == []


# -- picklers of other packages ------------------------------------------------------------------------------------


def test_cloudpickle_takes_what_pickle_refuses(client_kind: Kind) -> None:
    """dask, Ray, Spark and joblib send functions by value."""
    session = client_kind.session(**KEYS)
    number = 3
    session.events.register(
        "before-call.s3", lambda params, **kwargs: params["headers"].update({"X-Mine": str(number)})
    )
    with pytest.raises(pickle.PicklingError, match="<lambda>"):
        pickle.dumps(session)
    twin = pickle.loads(cloudpickle.dumps(session))
    client = client_kind.scripted("s3", [answer(200, body=b"<ListAllMyBucketsResult/>")], twin)
    client.list_buckets()
    assert client.transport.requests[0].headers["X-Mine"] in ("3", b"3")


def test_what_cloudpickle_cannot_take_is_named_too(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    lock = threading.Lock()
    session.events.register("before-call.s3", lambda **kwargs: lock.locked())
    with pytest.raises(
        pickle.PicklingError, match=r"before-call\.s3: handler '.*<lambda>' \(.*test_processes"
    ):
        cloudpickle.dumps(session)


# -- no secret that you did not put there --------------------------------------------------------------------------


def keys_of(client_kind: Kind, session: Any) -> Any:
    return client_kind.run(client_kind.run(session.get_credentials()).get_frozen_credentials())


def test_keys_of_a_process_or_a_role_stay(
    client_kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Credentials that renew themselves are found in each process; the profile's name says where."""
    program = tmp_path / "keys.py"
    keys = {"Version": 1, "AccessKeyId": "PROCESSKEY", "SecretAccessKey": "PROCESSSECRET", "SessionToken": "PROCESSTOKEN",
            "Expiration": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}  # fmt: skip
    program.write_text(f"print({json.dumps(keys)!r})")
    config = tmp_path / "config"
    config.write_text(
        f"[profile job]\nregion = eu-north-1\ncredential_process = {sys.executable} {program}\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    named: list[Any] = [client_kind.session(profile_name="job")]
    if client_kind.is_async:
        named.append(AioSession(profile="job"))
    for session in named:
        assert keys_of(client_kind, session).access_key == "PROCESSKEY"
        make_client(session, "http://127.0.0.1:1")
        for pickled in (pickle.dumps(session), cloudpickle.dumps(session)):
            assert b"PROCESS" not in pickled
            assert b"eu-north-1" not in pickled
            twin = pickle.loads(pickled)
            assert keys_of(client_kind, twin).secret_key == "PROCESSSECRET"


# -- rules -----------------------------------------------------------------------------------------------------------


def test_rules_travel_with_their_session(client_kind: Kind) -> None:
    rules = [
        CallDeadline(7, scope="s3"),
        RetryRule(codes=["Mine"], max_attempts=2),
        Timeouts({"s3": 3}),
        ReadOnly(),
    ]
    session = client_kind.session(**KEYS, extensions=rules)
    for twin in (there_and_back(session), copy.deepcopy(session)):
        assert [one.name for one in twin.events.extensions] == [type(one).__name__ for one in rules]
        client = client_kind.client("s3", twin)
        with pytest.raises(ReadOnlyError) as caught:
            client.create_bucket(Bucket="b")
        again = there_and_back(caught.value)
        assert (type(again), str(again), vars(again)) == (
            ReadOnlyError,
            str(caught.value),
            vars(caught.value),
        )


def test_a_deadline_for_each_call_ends_calls_in_another_process(client_kind: Kind) -> None:
    twin = there_and_back(client_kind.session(**KEYS, extensions=[CallDeadline(at=datetime.now(UTC))]))
    client = client_kind.scripted("s3", [answer(200)], twin)
    with pytest.raises(exceptions.DeadlineExceededError) as caught:
        client.list_buckets()
    assert str(there_and_back(caught.value)) == str(caught.value)
    assert there_and_back(caught.value).kwargs == caught.value.kwargs  # type: ignore[attr-defined]


def test_a_deadline_that_runs_keeps_its_moment() -> None:
    """Not by this process's clock, which counts from another moment than another machine's."""
    here = [100.0]
    deadline = Deadline(30, now=lambda: here[0])
    deadline.phase = "reading"
    here[0] += 10
    twin = there_and_back(deadline)
    assert 15 < twin.remaining <= 20
    assert (twin.seconds, twin.phase) == (30, "reading")
    here[0] += 100
    assert there_and_back(deadline).is_over
    with there_and_back(sotalia.deadline(5)) as entered:
        assert 0 < entered.remaining <= 5


def test_transfer_configs_travel() -> None:
    config = TransferConfig(multipart_threshold=5 << 20, max_concurrency=3, use_threads=False)
    assert vars(there_and_back(config)) == vars(config)


# -- errors ----------------------------------------------------------------------------------------------------------


def _refused(client_kind: Kind, tmp_path: Path) -> Any:
    client_kind.client("s3", endpoint_url="http://127.0.0.1:1", config=_once()).list_buckets()


def _by_proxy(client_kind: Kind, tmp_path: Path) -> Any:
    config = _once(proxies={"http": "http://127.0.0.1:1"})
    client_kind.client("s3", endpoint_url="http://127.0.0.2:2", config=config).list_buckets()


def _missing(client_kind: Kind, tmp_path: Path) -> Any:
    client_kind.client("s3").get_object()


def _denied(client_kind: Kind, tmp_path: Path) -> Any:
    body = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
    client_kind.scripted("s3", [answer(403, body=body)]).list_buckets()


def _queue(client_kind: Kind, tmp_path: Path) -> Any:
    body = json.dumps({"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "none"}).encode()
    headers = {"x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"}
    client_kind.scripted("sqs", [answer(400, headers, body)]).get_queue_url(QueueName="q")


def _waited(client_kind: Kind, tmp_path: Path) -> Any:
    client_kind.scripted("s3", [answer(400)]).get_waiter("bucket_exists").wait(Bucket="b")


def _short(client_kind: Kind, tmp_path: Path) -> Any:
    client = client_kind.scripted("s3", [answer(200, {"Content-Length": "9"}, b"abc")])
    client.get_object(Bucket="b", Key="k")["Body"].read()


def _unknown_service(client_kind: Kind, tmp_path: Path) -> Any:
    client_kind.client("s4")


def _unknown_profile(client_kind: Kind, tmp_path: Path) -> Any:
    (tmp_path / "config").write_text("[profile mine]\n")
    client_kind.session(profile_name="mime")


def _broken_file(client_kind: Kind, tmp_path: Path) -> Any:
    (tmp_path / "config").write_text("[profile mine\n")
    client_kind.session(profile_name="mine")


def _bad_setting(client_kind: Kind, tmp_path: Path) -> Any:
    (tmp_path / "config").write_text("[default]\ndefaults_mode = none\nregion = eu-west-1\n")
    client_kind.session(aws_access_key_id="a", aws_secret_access_key="b").client("s3")


def _no_resource(client_kind: Kind, tmp_path: Path) -> Any:
    client_kind.session(**KEYS).resource("lambda")


def _no_version(client_kind: Kind, tmp_path: Path) -> Any:
    client_kind.session(**KEYS).resource("s3", api_version="1999-01-01")


def _no_condition(client_kind: Kind, tmp_path: Path) -> Any:
    from sotalia.dynamodb.conditions import ConditionExpressionBuilder

    ConditionExpressionBuilder().build_expression("no condition")  # type: ignore[arg-type]


def _once(**options: Any) -> Any:
    return sotalia.config.Config(retries={"total_max_attempts": 1}, **options)


@pytest.mark.parametrize(
    "fail",
    [
        _refused, _by_proxy, _missing, _denied, _queue, _waited, _short, _unknown_service, _unknown_profile, _broken_file,
        _bad_setting, _no_resource, _no_version, _no_condition,
    ],
)  # fmt: skip
def test_errors_travel_with_text_and_attributes(
    client_kind: Kind, fail: Callable[[Kind, Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    with pytest.raises(Exception) as caught:
        fail(client_kind, tmp_path)
    error = caught.value
    assert type(error).__module__ != "builtins", error
    twins = [
        pickle.loads(pickle.dumps(error, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)
    ]
    for twin in [*twins, copy.copy(error), pickle.loads(cloudpickle.dumps(error))]:
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert repr(vars(twin)) == repr(vars(error))


def test_a_scripted_transport_travels_with_its_session() -> None:
    session = sotalia.Session(
        **KEYS, transport=ScriptedTransport([answer(200, body=b"<ListAllMyBucketsResult/>")])
    )
    assert there_and_back(session).client("s3").list_buckets()["ResponseMetadata"]["HTTPStatusCode"] == 200


# -- the page --------------------------------------------------------------------------------------------------------

PAGE = Path(__file__).resolve().parents[2] / "docs" / "processes.md"
PROGRAMS = re.findall(
    r"^```python no-run\n(.*?)^```\n+```text\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
)


@pytest.mark.parametrize(("program", "printed"), PROGRAMS, ids=range(len(PROGRAMS)))
def test_programs_of_the_page_print_what_it_says(program: str, printed: str, tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(program, "utf-8")
    with LocalAWS() as aws:
        for bucket in ("bucket", "mybucket"):
            aws.client("s3").create_bucket(Bucket=bucket)
        keys = {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "SECRET",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        done = subprocess.run(
            [sys.executable, "-W", "error", str(script)], env={**os.environ, **keys, "AWS_ENDPOINT_URL": aws.endpoint_url},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert (done.stderr, done.stdout) == ("", printed)


def test_every_program_of_the_page_is_run() -> None:
    assert len(PROGRAMS) == PAGE.read_text("utf-8").count("```python") > 5
