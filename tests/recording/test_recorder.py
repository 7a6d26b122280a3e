"""A recorder as a program uses it: what it keeps, when, of whose calls; over threads, tasks, forks, views and failures."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.call.hooks import EVERYWHERE, Hooks
from sotalia.events import listeners
from sotalia.exceptions import ClientError, ParamValidationError
from sotalia.recording import building, capture, current, failing
from sotalia.recording.records import OF_ATTEMPTS, PHASES
from sotalia.runtime import groups
from sotalia.runtime.notes import running
from sotalia.testing import AsyncManualRuntime, LocalAWS, ManualRuntime, ScriptedTransport, answer
from tests.client_kinds import KEYS as ALL_KEYS
from tests.client_kinds import Kind

KEYS: Any = ALL_KEYS

BUSY = answer(503, {"x-amz-request-id": "R1"}, b"<Error><Code>SlowDown</Code><Message>slow</Message></Error>")
DONE = answer(200, {"x-amz-request-id": "R2"})
NOT_FOUND = answer(404, {"x-amz-request-id": "R3"})


def names(record: Any) -> list[str]:
    return [phase.name for phase in record.phases]


def sync_client(*script: Any) -> Any:
    session = sotalia.Session(**KEYS, transport=ScriptedTransport(script))
    return session.client("s3")


# -- what it keeps ----------------------------------------------------------------------------------------------------


def test_a_call_is_kept_whole(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [BUSY, DONE])
    with sotalia.recorder() as calls:
        client.head_object(Bucket="bucket", Key="key")
    [record] = calls
    assert (record.name, record.number, record.status, record.error) == ("s3.HeadObject", 1, 200, None)
    assert (record.region, record.request_id, record.is_async) == ("us-west-2", "R2", client_kind.is_async)
    assert record.parameters == {"Bucket": "bucket", "Key": "key"}
    assert names(record) == ["parameters", "endpoint", "serialize", "prepare"]
    first, second = record.attempts
    assert (first.status, first.request_id, first.method) == (503, "R1", "HEAD")
    assert first.url.endswith("/key")
    assert first.retry_reason is not None
    assert first.delay_seconds is not None
    assert names(first) == ["sign", "wait", "parse", "delay"]
    assert names(second) == ["sign", "wait", "parse"]
    assert second.request_headers["Authorization"] == "***"
    assert second.response_headers["x-amz-request-id"] == "R2"
    assert record.thread == threading.current_thread().name
    assert (record.task is not None) is client_kind.is_async


def test_phases_fill_the_call_and_follow_each_other(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [BUSY, DONE])
    with sotalia.recorder() as calls:
        client.head_object(Bucket="bucket", Key="key")
    [record] = calls
    phases = [*record.phases, *[phase for attempt in record.attempts for phase in attempt.phases]]
    assert all(phase.name in PHASES for phase in phases)
    assert all(phase.name in OF_ATTEMPTS for attempt in record.attempts for phase in attempt.phases)
    assert record.seconds is not None
    position = 0.0
    for phase in phases:
        assert phase.seconds is not None
        assert phase.started == pytest.approx(position, abs=1e-6)
        position = phase.started + phase.seconds
    assert position == pytest.approx(record.seconds, abs=1e-3)


def here() -> int:
    import sys

    return sys._getframe(1).f_lineno


def test_the_callers_line(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [DONE])

    async def call_async() -> int:
        await client.raw.head_bucket(Bucket="b")
        return here() - 1

    def call_sync() -> int:
        client.raw.head_bucket(Bucket="b")
        return here() - 1

    with sotalia.recorder() as calls:
        line = client_kind.run(call_async()) if client_kind.is_async else call_sync()
    assert (
        calls[0].caller
        == f"tests/recording/test_recorder.py:{line} in {'call_async' if client_kind.is_async else 'call_sync'}"
    )


@pytest.mark.parametrize(
    ("operation", "parameters", "script", "error"),
    [
        ("head_object", {"Bucket": "b"}, [DONE], ParamValidationError),
        ("head_object", {"Bucket": "b", "Key": "k"}, [NOT_FOUND], ClientError),
        ("head_object", {"Bucket": "b", "Key": "k"}, [RuntimeError("broken")], RuntimeError),
        ("head_object", {"Bucket": "b", "Key": "k"}, [KeyboardInterrupt()], KeyboardInterrupt),
        (
            "get_object",
            {"Bucket": "b", "Key": "k"},
            [answer(403, body=b"<Error><Code>AccessDenied</Code></Error>")],
            ClientError,
        ),
    ],
    ids=["refused", "modeled", "raised", "interrupted", "denied"],
)
def test_calls_that_raise_are_whole(
    client_kind: Kind,
    operation: str,
    parameters: dict[str, Any],
    script: list[Any],
    error: type[BaseException],
) -> None:
    client = client_kind.scripted("s3", script)
    with sotalia.recorder() as calls, pytest.raises(error) as raised:
        getattr(client, operation)(**parameters)
    [record] = calls
    assert record.seconds is not None
    code = getattr(raised.value, "response", {}).get("Error", {}).get("Code")
    assert record.error == code or record.error == error.__name__
    assert all(phase.seconds is not None for phase in record.phases)
    assert calls.failed == [record]
    notes = getattr(raised.value, "__notes__", [])
    assert any("s3." in note for note in notes) is issubclass(error, Exception)


@pytest.mark.parametrize(
    "event", ["provide-client-params", "before-call", "before-sign", "before-send", "after-call"]
)
def test_handlers_that_raise(client_kind: Kind, event: str) -> None:
    client = client_kind.scripted("s3", [DONE])

    def refuse(**kwargs: Any) -> None:
        raise ValueError("no")

    client.raw.meta.events.register(f"{event}.s3", refuse)
    with sotalia.recorder() as calls, pytest.raises(ValueError, match="no"):
        client.head_object(Bucket="b", Key="k")
    [run] = [run for run in calls[0].handlers if run.owner == "yours"][:1]
    assert (run.error, calls[0].error) == ("ValueError: no", "ValueError")
    assert run.name == "refuse"


def test_a_cancelled_call() -> None:
    async def never(request: Any) -> Any:
        await asyncio.sleep(3600)

    async def main() -> Any:
        session = sotalia.AsyncSession(**KEYS, transport=ScriptedTransport([never]))
        async with session.client("s3") as client, sotalia.recorder() as calls:
            task = asyncio.create_task(client.head_bucket(Bucket="b"), name="patient")
            while not calls or not calls[0].attempts:  # noqa: ASYNC110
                await asyncio.sleep(0)
            under_way = calls[0]
            assert under_way.seconds is None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert calls[0] is under_way
            return under_way

    record = asyncio.run(main())
    assert (record.error, record.task) == ("CancelledError", "patient")
    assert record.seconds is not None
    assert record.attempts[0].seconds is not None


def test_manual_clocks(client_kind: Kind) -> None:
    runtime = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
    session = client_kind.session(**KEYS, transport=ScriptedTransport([BUSY, DONE]), runtime=runtime)
    client = client_kind.client("s3", session)
    with sotalia.recorder() as calls:
        client.head_object(Bucket="b", Key="k")
    [record] = calls
    assert record.seconds == pytest.approx(sum(runtime.sleeps))
    [delay] = [phase for phase in record.attempts[0].phases if phase.name == "delay"]
    assert delay.seconds == pytest.approx(record.seconds)


def test_results_and_clients_are_let_go() -> None:
    class Body(bytes):
        pass

    body = weakref.WeakSet[Any]()

    class Holder:
        pass

    client = sync_client(DONE)
    with sotalia.recorder() as calls:
        result = client.head_object(Bucket="b", Key="k")
        holder = Holder()
        body.add(holder)
        result["Holder"] = holder
    del result, holder
    gc.collect()
    assert len(body) == 0
    reference = weakref.ref(client)
    del client
    gc.collect()
    assert reference() is None
    assert calls[0].status == 200


# -- the sequence -----------------------------------------------------------------------------------------------------


def test_it_is_a_sequence() -> None:
    client = sync_client(DONE)
    calls = sotalia.recorder()
    assert (len(calls), list(calls), bool(calls)) == (0, [], False)
    with calls:
        for key in "abc":
            client.head_object(Bucket="b", Key=key)
    keys = [record.parameters["Key"] for record in calls]
    assert keys == ["a", "b", "c"]
    assert calls[-1].parameters["Key"] == "c"
    assert [record.number for record in calls[1:]] == [2, 3]
    assert calls[0] is calls[0]
    assert calls[0] in calls
    with pytest.raises(IndexError):
        calls[3]
    calls.clear()
    assert len(calls) == 0
    client.head_object(Bucket="b", Key="d")
    assert len(calls) == 0, "it is off"
    with calls:
        client.head_object(Bucket="b", Key="e")
    assert calls[0].number == 4


def test_the_ring() -> None:
    client = sync_client(DONE)
    with sotalia.recorder(last=3) as calls:
        for number in range(10):
            client.head_object(Bucket="b", Key=str(number))
    assert [record.parameters["Key"] for record in calls] == ["7", "8", "9"]
    assert [record.number for record in calls] == [8, 9, 10]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"last": 0}, ValueError),
        ({"last": "3"}, TypeError),
        ({"bodies": -1}, ValueError),
        ({"bodies": True}, TypeError),
    ],
)
def test_numbers_that_make_no_sense(arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        sotalia.recorder(**arguments)


def test_what_is_no_target() -> None:
    with pytest.raises(TypeError, match="clients, resources and sessions"):
        sotalia.recorder("s3")


def test_nested_and_stopped() -> None:
    client = sync_client(DONE)
    with sotalia.recorder() as outer:
        client.head_object(Bucket="b", Key="1")
        with sotalia.recorder(bodies=10) as inner:
            client.head_object(Bucket="b", Key="2")
        client.head_object(Bucket="b", Key="3")
    client.head_object(Bucket="b", Key="4")
    assert [record.parameters["Key"] for record in outer] == ["1", "2", "3"]
    assert [record.parameters["Key"] for record in inner] == ["2"]
    assert (outer[1].number, inner[0].number) == (2, 1)
    assert outer[1] is not inner[0]


def test_start_and_stop_count(client_kind: Kind) -> None:
    client = client_kind.scripted("s3", [DONE])
    calls = sotalia.recorder().start()
    with calls:
        client.head_bucket(Bucket="b")
    assert calls.is_on
    client.head_bucket(Bucket="b")
    calls.stop()
    calls.stop()
    client.head_bucket(Bucket="b")
    assert (len(calls), calls.is_on) == (2, False)


def test_nothing_is_left_when_it_is_off() -> None:
    client = sync_client(DONE)
    events = client.meta.events
    client.head_bucket(Bucket="b")
    with sotalia.recorder():
        client.head_bucket(Bucket="b")
        assert type(events.lookup("before-call.s3.HeadBucket")) is not listeners.Listeners
    client.head_bucket(Bucket="b")
    assert type(events.lookup("before-call.s3.HeadBucket")) is listeners.Listeners
    composed = events.composed("around.s3.HeadBucket")
    assert not composed or type(composed) is Hooks
    assert groups.watchers == 0
    assert running.get() is None
    assert not EVERYWHERE.has_unique_id("recorder")


# -- whose calls ------------------------------------------------------------------------------------------------------


def test_targets(client_kind: Kind) -> None:
    mine = client_kind.scripted("s3", [DONE])
    other = client_kind.scripted("s3", [DONE])
    session = client_kind.through(ScriptedTransport([DONE]))
    of_session = client_kind.client("s3", session)
    with sotalia.recorder(mine.raw) as of_client, sotalia.recorder(session) as of_sessions:
        for client in (mine, other, of_session):
            client.head_bucket(Bucket="b")
        client_kind.run(mine.raw.with_options(headers={"X-Team": "data"}).head_bucket(Bucket="view"))
        client_kind.run(of_session.raw.with_options(timeout=3).head_bucket(Bucket="view"))
    assert [record.parameters["Bucket"] for record in of_client] == ["b", "view"]
    assert [record.parameters["Bucket"] for record in of_sessions] == ["b", "view"]


def test_a_resource_is_a_target() -> None:
    session = sotalia.Session(**KEYS, transport=ScriptedTransport([DONE]))
    bucket = session.resource("s3").Bucket("b")
    with sotalia.recorder(bucket) as calls:
        bucket.meta.client.head_bucket(Bucket="b")
        session.client("s3").head_bucket(Bucket="b")
    assert len(calls) == 1


def test_a_call_within_a_call_names_its_parent() -> None:
    client, other = sync_client(DONE), sync_client(DONE)

    def ask(**kwargs: Any) -> None:
        other.head_bucket(Bucket="inner")

    client.meta.events.register("before-call.s3.HeadObject", ask)
    with sotalia.recorder() as calls:
        client.head_object(Bucket="b", Key="k")
        client.head_bucket(Bucket="b")
    assert [(record.operation, record.parent) for record in calls] == [
        ("HeadObject", None),
        ("HeadBucket", 1),
        ("HeadBucket", None),
    ]


def test_groups() -> None:
    client = sync_client(DONE)
    with sotalia.recorder() as calls:
        outer: Any = groups.begin("transfer", "upload s3://b/k")
        with outer.within():
            inner: Any = groups.begin("waiter", "object_exists")
            with inner.within():
                client.head_object(Bucket="b", Key="k")
            client.head_bucket(Bucket="b")
    assert [[group.name for group in record.groups] for record in calls] == [
        ["upload s3://b/k", "object_exists"],
        ["upload s3://b/k"],
    ]
    assert [(group.kind, group.parent) for group in calls.groups] == [
        ("transfer", None),
        ("waiter", calls.groups[0].number),
    ]


def test_remarks(client_kind: Kind) -> None:
    current.remark("nobody hears this")

    def say(request: Any) -> Any:
        current.remark("in an attempt: password=hunter22")
        return DONE

    client = client_kind.scripted("s3", [say])
    client.raw.meta.events.register("before-call.s3", lambda **kwargs: current.remark("before one"))
    with sotalia.recorder() as calls:
        client.head_bucket(Bucket="b")
    assert calls[0].remarks == ["before one"]
    assert calls[0].attempts[0].remarks == ["in an attempt: password=***"]


# -- threads, tasks, forks --------------------------------------------------------------------------------------------


def test_threads() -> None:
    client = sync_client(DONE)
    ready = threading.Barrier(32)

    def work(number: int) -> None:
        ready.wait()
        for turn in range(5):
            client.head_object(Bucket=f"b{number}", Key=str(turn))

    with sotalia.recorder() as calls, ThreadPoolExecutor(32, "worker") as pool:
        list(pool.map(work, range(32)))
    assert len(calls) == 160
    assert sorted(record.number for record in calls) == list(range(1, 161))
    for number in range(32):
        mine = [record for record in calls if record.parameters["Bucket"] == f"b{number}"]
        assert [record.parameters["Key"] for record in mine] == list("01234")
        assert len({record.thread for record in mine}) == 1
        assert all(record.parent is None for record in mine)


def test_tasks() -> None:
    async def main() -> Any:
        async def slow(request: Any) -> Any:
            await asyncio.sleep(0)
            return DONE

        session = sotalia.AsyncSession(**KEYS, transport=ScriptedTransport([slow]))
        async with session.client("s3") as client, sotalia.recorder() as calls:
            work = [client.head_object(Bucket=f"b{number}", Key="k") for number in range(32)]
            await asyncio.gather(*work)
            return calls

    calls = asyncio.run(main())
    assert {record.parameters["Bucket"] for record in calls} == {f"b{number}" for number in range(32)}
    assert len({record.task for record in calls}) == 32
    assert all(len(record.handlers) == len(calls[0].handlers) for record in calls)


def test_it_stops_while_a_call_runs() -> None:
    arrived, go = threading.Event(), threading.Event()

    def slow(request: Any) -> Any:
        arrived.set()
        go.wait(30)
        return DONE

    client = sync_client(slow)
    calls = sotalia.recorder().start()
    thread = threading.Thread(target=client.head_bucket, kwargs={"Bucket": "b"})
    thread.start()
    assert arrived.wait(30)
    record = calls[0]
    assert record.seconds is None
    calls.stop()
    go.set()
    thread.join(30)
    assert (record.status, len(record.attempts)) == (200, 1)
    assert record.seconds is not None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks are for POSIX")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_in_the_middle() -> None:
    client = sync_client(DONE)
    with sotalia.recorder() as calls:
        client.head_bucket(Bucket="parent")
        child = os.fork()
        if child == 0:
            status = 1
            try:
                client.head_bucket(Bucket="child")
                status = 0 if [record.parameters["Bucket"] for record in calls] == ["parent", "child"] else 2
            finally:
                os._exit(status)
        _, status = os.waitpid(child, 0)
        client.head_bucket(Bucket="parent")
    assert status == 0
    assert [record.parameters["Bucket"] for record in calls] == ["parent", "parent"]


# -- it must not disturb ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["snapshot", "hiding", "_callers_place"])
def test_a_recorder_that_fails_does_not_fail_the_call(
    part: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*arguments: Any) -> Any:
        raise ZeroDivisionError(f"secret {part}")

    monkeypatch.setattr(capture, part, broken)
    monkeypatch.setattr(failing, "_said", set())
    client = sync_client(DONE)
    with caplog.at_level(logging.WARNING), sotalia.recorder() as calls:
        for _ in range(2):
            assert client.head_bucket(Bucket="b")["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert len(calls) == 0 or part == "snapshot"
    said = [line for line in caplog.messages if "the recorder failed" in line]
    assert 1 <= len(said) <= 2, "once for each place"
    assert "secret" not in caplog.text


def test_records_that_cannot_be_made(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*arguments: Any) -> Any:
        raise ZeroDivisionError

    client = sync_client(NOT_FOUND)
    with sotalia.recorder() as calls:
        monkeypatch.setattr(building, "thawed", broken)
        with pytest.raises(ClientError):
            client.head_object(Bucket="b", Key="k")
    assert calls[0].operation == "HeadObject"


def test_results_are_those_of_before(client_kind: Kind) -> None:
    body = b'{"Item": {"pk": {"S": "a"}}}'
    client = client_kind.scripted(
        "dynamodb", [answer(200, {"content-type": "application/x-amz-json-1.0"}, body)]
    )
    before = client.get_item(TableName="t", Key={"pk": {"S": "a"}})
    with sotalia.recorder():
        during = client.get_item(TableName="t", Key={"pk": {"S": "a"}})
    assert before == during
    [one, other] = client.transport.requests
    changing = {"X-Amz-Date", "Authorization", "amz-sdk-invocation-id"}
    sent = [
        {name: value for name, value in request.headers.items() if name not in changing}
        for request in (one, other)
    ]
    assert sent[0] == sent[1]


def test_the_memory_of_a_ring_is_bounded() -> None:
    import tracemalloc

    client = sync_client(DONE)
    with sotalia.recorder(last=20) as calls:
        for _ in range(100):
            client.put_object(Bucket="b", Key="k", Body=b"x" * 100_000, Metadata={"note": "y" * 1000})
        gc.collect()
        client.transport = None
        tracemalloc.start()
        for _ in range(100):
            client.head_object(Bucket="b", Key="k" * 900)
        gc.collect()
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert len(calls) == 20
    # 20 calls of some kilobytes each; the scripted transport keeps its requests, which are not the recorder's.
    assert size < 100 * 40_000


def test_off_the_process_of_patch_boto3(aws: LocalAWS) -> None:
    import subprocess
    import sys

    program = f"""
import sotalia
sotalia.patch_boto3()
import boto3
s3 = boto3.client("s3", endpoint_url={aws.endpoint_url!r}, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
with sotalia.recorder() as calls:
    s3.list_buckets()
print(calls[0].operation, calls[0].status, calls[0].caller)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.split()[:2] == ["ListBuckets", "200"]


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_suffix_that_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.html, \.har, \.jsonl or \.ndjson"):
        sotalia.recorder().save(tmp_path / "calls.txt")
    assert list(tmp_path.iterdir()) == []


def test_files_are_for_their_owner_and_whole(tmp_path: Path) -> None:
    from sotalia.recording.saving import write

    goal = tmp_path / "calls.jsonl"
    goal.write_text("before")
    goal.chmod(0o644)
    write(goal, ["one\n", "two\ud800\n"])
    assert goal.read_text("utf-8").splitlines()[0] == "one"
    assert goal.stat().st_mode & 0o777 == 0o600

    def broken() -> Any:
        yield "half"
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        write(goal, broken())
    assert goal.read_text("utf-8").startswith("one")
    assert [path.name for path in tmp_path.iterdir()] == ["calls.jsonl"]
