"""Cassettes: what is recorded, what is played, and what a call notices of it."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from sotalia.replay.errors import CassetteError, CassetteFileError, NotRecordedError, UsedUpError
from sotalia.testing import AsyncManualRuntime, LocalAWS, ManualRuntime
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind

BUCKETS = b'<?xml version="1.0"?><ListAllMyBucketsResult><Buckets><Bucket><Name>%b</Name></Bucket></Buckets></ListAllMyBucketsResult>'


def document(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calls.json"


def nobody(client_kind: Kind, service: str = "s3", **arguments: Any) -> Any:
    """A client without credentials, and without anybody who would respond."""

    def refuse(request: Any) -> Any:
        raise AssertionError(f"{request.url} was sent")

    session = client_kind.session(region_name=KEYS["region_name"], transport=ScriptedTransport([refuse]))
    return client_kind.client(service, session, **arguments)


# -- modes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "is_there", "sent", "played", "recorded", "in_file"),
    [
        ("once", False, 2, 0, 2, 2),
        ("once", True, 0, 1, 0, 1),
        ("none", True, 0, 1, 0, 1),
        ("new", False, 2, 0, 2, 2),
        ("new", True, 1, 1, 1, 2),
        ("all", False, 2, 0, 2, 2),
        ("all", True, 2, 0, 2, 2),
    ],
)
def test_modes(
    client_kind: Kind,
    path: Path,
    mode: Any,
    is_there: bool,
    sent: int,
    played: int,
    recorded: int,
    in_file: int,
) -> None:
    if is_there:
        with sotalia.cassette(path):
            client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="one")
    client = client_kind.scripted("s3", [answer()])
    with sotalia.cassette(path, mode=mode) as cassette:
        client.head_object(Bucket="bucket", Key="one")
        if sent or not is_there:
            client.head_object(Bucket="bucket", Key="two")
        else:
            with pytest.raises(NotRecordedError):
                client.head_object(Bucket="bucket", Key="two")
    assert len(client.transport.requests) == sent
    assert (cassette.played, cassette.recorded) == (played, recorded)
    assert len(document(path)["calls"]) == in_file


def test_only_playing_needs_the_file(path: Path) -> None:
    with pytest.raises(CassetteFileError, match=r"no such file.*mode='once'"):
        sotalia.cassette(path, mode="none").start()
    assert not path.exists()


def test_an_unknown_mode(path: Path) -> None:
    with pytest.raises(ValueError, match=r"'rewind'.*'once'.*'none'"):
        sotalia.cassette(path, mode="rewind")  # type: ignore[arg-type]


def test_no_file_for_no_calls(path: Path) -> None:
    for mode in ("once", "new", "all"):
        with sotalia.cassette(path, mode=mode):  # type: ignore[arg-type]
            pass
    assert not path.exists()


def test_what_was_recorded_before_an_error_is_kept(client_kind: Kind, path: Path) -> None:
    def fail_after_a_call() -> None:
        with sotalia.cassette(path):
            client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="one")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_a_call()
    assert len(document(path)["calls"]) == 1


def test_playing_does_not_touch_the_file(client_kind: Kind, path: Path) -> None:
    with sotalia.cassette(path):
        client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="one")
    before = path.stat()
    for mode in ("once", "none", "new"):
        with sotalia.cassette(path, mode=mode):  # type: ignore[arg-type]
            nobody(client_kind).head_object(Bucket="bucket", Key="one")
    after = path.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


# -- what is played --------------------------------------------------------------------------------------------------


def test_equal_calls_are_played_in_order(client_kind: Kind, path: Path) -> None:
    script = [answer(body=BUCKETS % name) for name in (b"one", b"two")]
    client = client_kind.scripted("s3", script)
    with sotalia.cassette(path):
        recorded = [client.list_buckets(), client.list_buckets()]
    client = nobody(client_kind)
    with sotalia.cassette(path) as cassette:
        assert [client.list_buckets(), client.list_buckets()] == recorded
        with pytest.raises(UsedUpError, match=r"all 2 recordings of it were played.*\n.*\n.*\n.*repeat=True"):
            client.list_buckets()
    assert cassette.played == 2
    with sotalia.cassette(path, repeat=True) as cassette:
        assert [client.list_buckets() for _ in range(4)] == [recorded[0], *[recorded[1]] * 3]
    assert (cassette.played, cassette.unused) == (4, [])


def test_unused_recordings(client_kind: Kind, path: Path) -> None:
    client = client_kind.scripted("s3", [answer()])
    with sotalia.cassette(path):
        for key in "abc":
            client.head_object(Bucket="bucket", Key=key)
    with sotalia.cassette(path) as cassette:
        nobody(client_kind).head_object(Bucket="bucket", Key="b")
    assert [recording.parameters["Key"] for recording in cassette.unused] == ["a", "c"]
    assert repr(cassette) == "<Cassette calls.json, mode once: 1 played, 0 recorded, 2 unused>"


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_each_attempt_is_recorded_and_played(client_kind: Kind, path: Path, mode: str) -> None:
    config = sotalia.config.Config(retries={"mode": mode, "total_max_attempts": 4})
    script = [answer(503), EndpointConnectionError(endpoint_url="https://host"), answer(429), answer()]
    runtime: Any = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
    session = client_kind.session(**KEYS, transport=ScriptedTransport(script), runtime=runtime)
    with sotalia.cassette(path):
        recorded = client_kind.client("s3", session, config=config).head_object(Bucket="bucket", Key="k")
    assert recorded["ResponseMetadata"]["RetryAttempts"] == 3
    assert len(runtime.sleeps) >= 3
    assert [attempt.get("status") for attempt in document(path)["calls"][0]["attempts"]] == [
        503,
        None,
        429,
        200,
    ]
    silent: Any = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
    session = client_kind.session(region_name="us-west-2", runtime=silent)
    with sotalia.cassette(path):
        played = client_kind.client("s3", session, config=config).head_object(Bucket="bucket", Key="k")
    assert played == recorded
    assert sum(silent.sleeps) == 0


def test_more_attempts_than_were_recorded(client_kind: Kind, path: Path) -> None:
    one = sotalia.config.Config(retries={"mode": "standard", "total_max_attempts": 1})
    with sotalia.cassette(path), pytest.raises(ClientError):
        client_kind.scripted("s3", [answer(503)], config=one).head_object(Bucket="bucket", Key="k")
    with (
        sotalia.cassette(path),
        pytest.raises(CassetteError, match=r"attempt 2 is not recorded.*has 1 attempt,"),
    ):
        nobody(client_kind).head_object(Bucket="bucket", Key="k")


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_what_is_not_recorded_is_not_tried_again(client_kind: Kind, path: Path, mode: str) -> None:
    with sotalia.cassette(path):
        client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="one")
    client = nobody(client_kind, config=sotalia.config.Config(retries={"mode": mode}))
    attempts: list[int] = []
    client.raw.meta.events.register(
        "needs-retry", lambda attempts_made=attempts, **named: attempts_made.append(1)
    )
    with sotalia.cassette(path), pytest.raises(NotRecordedError) as caught:
        client.head_object(Bucket="bucket", Key="two")
    assert len(attempts) <= 1
    assert caught.value.call == "s3.HeadObject"
    assert caught.value.nearest.recorded.number == 1
    assert "Key: wanted 'two', recorded 'one'" in str(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://host"),
        ReadTimeoutError(endpoint_url="https://host", error="slow"),
        sotalia.exceptions.ConnectionClosedError(endpoint_url="https://host"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_of_the_transport(client_kind: Kind, path: Path, error: Exception) -> None:
    config = sotalia.config.Config(retries={"mode": "standard", "total_max_attempts": 1})
    with sotalia.cassette(path), pytest.raises(type(error)) as recorded:
        client_kind.scripted("s3", [error], config=config).list_buckets()
    with sotalia.cassette(path), pytest.raises(type(error)) as played:
        nobody(client_kind, config=config).list_buckets()
    assert str(played.value) == str(recorded.value)


def test_errors_of_this_program_are_not_recorded(client_kind: Kind, path: Path) -> None:
    """A client that was closed, or a test's refusal, says nothing about the service."""
    with sotalia.cassette(path), pytest.raises(ZeroDivisionError):
        client_kind.scripted("s3", [ZeroDivisionError()]).list_buckets()
    assert not path.exists()


def test_handlers_run_as_ever(client_kind: Kind, path: Path) -> None:
    def run(client: Any) -> tuple[list[str], Any]:
        heard: list[str] = []
        for event in (
            "provide-client-params before-parameter-build before-call request-created choose-signer before-sign before-send "
            "before-parse response-received needs-retry after-call"
        ).split():
            client.raw.meta.events.register(f"{event}.s3", lambda event_name, **_: heard.append(event_name))
        return heard, client.list_buckets()

    with sotalia.cassette(path):
        recorded = run(client_kind.scripted("s3", [answer(500), answer(body=BUCKETS % b"b")]))
    with sotalia.cassette(path):
        assert run(nobody(client_kind)) == recorded
    assert len(recorded[0]) == 4 + 7 * 2


# -- bodies ----------------------------------------------------------------------------------------------------------


def test_streams(client_kind: Kind, path: Path) -> None:
    data = bytes(range(256)) * 1000
    client = client_kind.scripted("s3", [answer(body=data)])
    with sotalia.cassette(path):
        body = client.get_object(Bucket="bucket", Key="k")["Body"]
        assert body.read(10) + body.read(5) + body.read() == data
    [stored] = (path.parent / "calls.bodies").iterdir()
    assert stored.read_bytes() == data
    with sotalia.cassette(path):
        body = nobody(client_kind).get_object(Bucket="bucket", Key="k")["Body"]
        assert body.read(7) == data[:7]
        assert body.read() == data[7:]


def test_a_body_that_was_read_in_part(client_kind: Kind, path: Path) -> None:
    with sotalia.cassette(path):
        body = client_kind.scripted("s3", [answer(body=b"0123456789")]).get_object(Bucket="b", Key="k")[
            "Body"
        ]
        assert body.read(4) == b"0123"
        body.close()
    with sotalia.cassette(path):
        body = nobody(client_kind).get_object(Bucket="b", Key="k")["Body"]
        assert body.read(4) == b"0123"


def test_requests_with_files(client_kind: Kind, path: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 300_000)

    def put(client: Any) -> None:
        with open(file, "rb") as body:
            body.seek(100)
            client.put_object(Bucket="bucket", Key="k", Body=body)
            left.append(len(body.read()))

    left: list[int] = []

    with sotalia.cassette(path):
        put(client_kind.scripted("s3", [answer()]))
    with sotalia.cassette(path):
        put(nobody(client_kind))
    assert document(path)["calls"][0]["parameters"]["Body"]["length"] == 299_900
    # Nobody read what a scripted transport got. What is played is read, as if it were sent.
    assert left == [299_900, 0]


# -- whose calls -----------------------------------------------------------------------------------------------------


def test_targets(client_kind: Kind, path: Path) -> None:
    mine, other = client_kind.scripted("s3", [answer()]), client_kind.scripted("s3", [answer()])
    with sotalia.cassette(path, targets=mine.raw) as cassette:
        mine.head_object(Bucket="bucket", Key="mine")
        client_kind.run(mine.raw.with_options(deadline=60).head_object(Bucket="bucket", Key="view"))
        other.head_object(Bucket="bucket", Key="other")
    assert [call["parameters"]["Key"] for call in document(path)["calls"]] == ["mine", "view"]
    assert cassette.recorded == 2


def test_sessions_as_targets(client_kind: Kind, path: Path) -> None:
    session = client_kind.session(**KEYS, transport=ScriptedTransport([answer()]))
    with sotalia.cassette(path, targets=[session]):
        client_kind.client("s3", session).head_object(Bucket="bucket", Key="mine")
        client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="other")
    assert [call["parameters"]["Key"] for call in document(path)["calls"]] == ["mine"]


def test_what_is_no_target(path: Path) -> None:
    with pytest.raises(TypeError, match="targets are clients, resources and sessions; str is none of them"):
        sotalia.cassette(path, targets="s3")


def test_the_inner_cassette_gets_the_call(client_kind: Kind, tmp_path: Path) -> None:
    client = client_kind.scripted("s3", [answer()])
    with sotalia.cassette(tmp_path / "outer.json") as outer:
        client.head_object(Bucket="bucket", Key="outer")
        with sotalia.cassette(tmp_path / "inner.json") as inner:
            client.head_object(Bucket="bucket", Key="inner")
        client.head_object(Bucket="bucket", Key="outer")
    assert (outer.recorded, inner.recorded) == (2, 1)


def test_no_hooks_are_left(path: Path) -> None:
    from sotalia.call.hooks import EVERYWHERE

    def hooks() -> list[list[Any]]:
        return [EVERYWHERE.targets(what, "s3.ListBuckets") for what in ("call", "retry-loop")]

    before = hooks()  # That of deadlines stays, once there was one in the process.
    with sotalia.cassette(path):
        assert [len(found) for found in hooks()] == [len(found) + 1 for found in before]
    assert hooks() == before


def test_a_cassette_runs_once_at_a_time(path: Path) -> None:
    cassette = sotalia.cassette(path)
    with cassette, pytest.raises(RuntimeError, match="in use already"):
        cassette.start()
    with cassette:
        pass
    cassette.stop()


def test_start_and_stop(client_kind: Kind, path: Path) -> None:
    cassette = sotalia.cassette(path).start()
    client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="k")
    cassette.stop()
    assert len(document(path)["calls"]) == 1


async def _in_async_block(path: Path, client: Any) -> int:
    async with sotalia.cassette(path) as cassette:
        await asyncio.gather(*(client.head_object(Bucket="bucket", Key=f"{number}") for number in range(20)))
    return cassette.recorded


def test_tasks_of_an_async_block(path: Path) -> None:
    async def main() -> None:
        session = sotalia.AsyncSession(**KEYS, transport=ScriptedTransport([answer()]))
        async with session.client("s3") as client:
            assert await _in_async_block(path, client) == 20
            async with sotalia.cassette(path) as cassette:
                for number in reversed(range(20)):
                    await client.head_object(Bucket="bucket", Key=f"{number}")
            assert cassette.played == 20

    asyncio.run(main())


def test_threads(path: Path) -> None:
    client = sotalia.Session(**KEYS, transport=ScriptedTransport([answer()])).client("s3")

    def work(number: int) -> None:
        for key in range(10):
            client.head_object(Bucket="bucket", Key=f"{number}-{key}")

    def all_threads() -> None:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    with sotalia.cassette(path) as cassette:
        all_threads()
    assert cassette.recorded == 80
    with sotalia.cassette(path) as cassette:
        all_threads()
    assert (cassette.played, cassette.unused) == (80, [])


# -- with a server ---------------------------------------------------------------------------------------------------


def _waited(client: Any) -> None:
    client.get_waiter("object_exists").wait(
        Bucket="waited", Key="k", WaiterConfig={"Delay": 7, "MaxAttempts": 5}
    )


def test_waiters_do_not_wait(client_kind: Kind, path: Path) -> None:
    runtime: Any = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
    session = client_kind.session(
        **KEYS, runtime=runtime, transport=ScriptedTransport([answer(404), answer(404), answer()])
    )
    with sotalia.cassette(path):
        _waited(client_kind.client("s3", session))
    assert runtime.sleeps == [7, 7]
    silent: Any = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
    client = client_kind.client("s3", client_kind.session(region_name="us-west-2", runtime=silent))
    with sotalia.cassette(path):
        _waited(client)
    assert sum(silent.sleeps) == 0
    # Outside of the block pauses are real again.
    transport = ScriptedTransport([answer(404), answer()])
    session = client_kind.session(**KEYS, runtime=silent, transport=transport)
    _waited(client_kind.client("s3", session))
    assert silent.sleeps[-1] == 7


def test_a_waiter_that_polls_more_often(client_kind: Kind, path: Path) -> None:
    with sotalia.cassette(path):
        client = client_kind.scripted("s3", [answer(404)])
        with pytest.raises(sotalia.exceptions.WaiterError):
            client.get_waiter("object_exists").wait(
                Bucket="waited", Key="k", WaiterConfig={"Delay": 0, "MaxAttempts": 2}
            )
    with sotalia.cassette(path), pytest.raises(UsedUpError):
        _waited(nobody(client_kind))


def test_transfers(path: Path, tmp_path: Path, aws: LocalAWS) -> None:
    data = bytes(range(251)) * 60_000
    (tmp_path / "up").write_bytes(data)
    options = {"endpoint_url": aws.endpoint_url, "region_name": "us-east-1"}
    config = sotalia.s3.transfer.TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)

    def run(client: Any, name: str) -> list[int]:
        progress: list[int] = []
        client.upload_file(str(tmp_path / "up"), "transfers", "k", Config=config, Callback=progress.append)
        assert sum(progress) == len(data)
        client.download_file("transfers", "k", str(tmp_path / name), Config=config)
        return progress

    real = aws.client("s3")
    real.create_bucket(Bucket="transfers")
    with sotalia.cassette(path) as cassette:
        run(real, "one")
    assert cassette.recorded >= 8
    client = sotalia.Session().client("s3", **options)
    with sotalia.cassette(path, mode="none") as cassette:
        run(client, "two")
    assert (tmp_path / "two").read_bytes() == data
    assert cassette.unused == []


def test_paginators(client_kind: Kind, path: Path, aws: LocalAWS) -> None:
    name = f"pages-{client_kind.is_async}".lower()
    real = aws.client("s3")
    real.create_bucket(Bucket=name)
    for key in range(5):
        real.put_object(Bucket=name, Key=f"{key}")

    def keys(client: Any) -> list[str]:
        pages = client.get_paginator("list_objects_v2").paginate(
            Bucket=name, PaginationConfig={"PageSize": 2}
        )
        return [entry["Key"] for page in pages for entry in page["Contents"]]

    session = client_kind.session(**{**KEYS, "region_name": "us-east-1"})
    with sotalia.cassette(path):
        recorded = keys(client_kind.client("s3", session, endpoint_url=aws.endpoint_url))
    assert recorded == ["0", "1", "2", "3", "4"]
    session = client_kind.session(region_name="us-east-1")
    with sotalia.cassette(path, mode="none"):
        assert keys(client_kind.client("s3", session)) == recorded


# -- other hooks, and calls within calls -----------------------------------------------------------------------------


def test_where_the_hook_stands(client_kind: Kind, path: Path) -> None:
    """A request passes faults, the cassette, the guard, the recorder: faults also hit what is played."""
    from sotalia.call.hooks import EVERYWHERE
    from sotalia.transport.layers import TransportLayer

    passed: list[str] = []

    def layer(name: str) -> Any:
        class Layer(TransportLayer):
            async def send(self, request: Any) -> Any:
                passed.append(name)
                return await self.inner.send(request)

        async def hook(call: Any, proceed: Any) -> Any:
            call.channel = call.channel.replaced(transport=Layer(call.channel.transport))
            return await proceed()

        return hook

    with sotalia.cassette(path):
        client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="k")
    with sotalia.cassette(path, mode="all"):
        for name in ("faults", "recorder", "no-network"):
            before = {"recorder": ("no-network", "cassette", "faults"), "no-network": ("cassette", "faults")}
            EVERYWHERE.around_call(layer(name), unique_id=name, name=name, before=before.get(name, ()))
        try:
            client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="k")
            assert passed == ["faults", "no-network", "recorder"]
            passed.clear()
            with sotalia.cassette(path, mode="none"):
                client_kind.client("s3").head_object(Bucket="bucket", Key="k")
            assert passed == ["faults"]
        finally:
            for name in ("faults", "recorder", "no-network"):
                EVERYWHERE.unregister("around.call", unique_id=name)


def test_calls_of_handlers_are_recorded(client_kind: Kind, path: Path) -> None:
    """S3 sends to another region: the client asks for the bucket's, and sends again."""

    def respond(request: Any) -> Any:
        if "us-west-2" not in request.url:
            return answer(200, {"x-amz-bucket-region": "eu-west-1"})
        body = b"<Error><Code>PermanentRedirect</Code><Message>m</Message></Error>"
        return answer(301, {"x-amz-bucket-region": "eu-west-1"}, b"" if request.method == "HEAD" else body)

    with sotalia.cassette(path) as cassette:
        recorded = client_kind.scripted("s3", [respond]).get_object(Bucket="bucket", Key="k")
    assert cassette.recorded >= 1
    with sotalia.cassette(path, mode="none") as cassette:
        played = nobody(client_kind).get_object(Bucket="bucket", Key="k")
    assert played["ResponseMetadata"] == recorded["ResponseMetadata"]
    assert cassette.unused == []


def test_the_region_of_the_client_counts(client_kind: Kind, path: Path) -> None:
    def client(region: str, *script: Any) -> Any:
        session = client_kind.session(
            **{**KEYS, "region_name": region}, transport=ScriptedTransport(script or [AssertionError("sent")])
        )
        return client_kind.client("sqs", session)

    with sotalia.cassette(path):
        for region in ("eu-west-1", "us-east-1"):
            body = b'{"QueueUrls": ["https://%b"]}' % region.encode()
            client(region, answer(headers={"content-type": "application/json"}, body=body)).list_queues()
    with sotalia.cassette(path, mode="none"):
        for region in ("us-east-1", "eu-west-1"):
            assert client(region).list_queues()["QueueUrls"] == [f"https://{region}"]
    with (
        sotalia.cassette(path, mode="none"),
        pytest.raises(NotRecordedError, match="region: wanted 'ap-south-1'"),
    ):
        client("ap-south-1").list_queues()


def test_generated_tokens_do_not_count(client_kind: Kind, path: Path) -> None:
    with sotalia.cassette(path):
        client_kind.scripted("ec2", [answer(body=b"<RunInstancesResponse/>")]).run_instances(
            MinCount=1, MaxCount=1
        )
    assert "ClientToken" not in path.read_text()
    with sotalia.cassette(path, mode="none"):
        client_kind.client("ec2").run_instances(MaxCount=1, MinCount=1)


def test_a_rule_that_fails(client_kind: Kind, path: Path) -> None:
    def fail(text: str) -> str:
        raise LookupError("no such customer")

    client = client_kind.scripted("s3", [answer()])
    with sotalia.cassette(path, redact=fail), pytest.raises(LookupError):
        client.head_object(Bucket="bucket", Key="k")
    assert client.transport.requests == []
    assert not path.exists()


def test_errors_can_be_pickled(path: Path) -> None:
    """As those of a worker of pytest-xdist are."""
    import pickle

    for error in (
        CassetteFileError("no", "c.json", 3),
        NotRecordedError("no", "c.json", "s3.GetObject", {"Key": "k"}),
        CassetteError("no", "c.json"),
    ):
        twin = pickle.loads(pickle.dumps(error))
        assert (type(twin), str(twin), twin.path) == (type(error), str(error), "c.json")


def test_many_equal_calls_stay_quick(client_kind: Kind, path: Path) -> None:
    from sotalia.replay.file_format import written
    from sotalia.replay.recordings import Recording, Reply

    count = 5000
    recordings = [
        Recording("s3", "HeadObject", "us-west-2", {"Bucket": "b", "Key": "k"}, [Reply(200)])
        for _ in range(count)
    ]
    path.write_text(written(recordings, str(path))[0])
    cassette = sotalia.cassette(path).start()
    try:
        assert len(cassette.unused) == count
        client = nobody(client_kind)
        for _ in range(20):
            client.head_object(Bucket="b", Key="k")
        assert len(cassette.unused) == count - 20
    finally:
        cassette.stop()


def test_outside_of_blocks_pauses_are_real(client_kind: Kind, path: Path) -> None:
    from sotalia.runtime.pauses import are_skipped

    with sotalia.cassette(path):
        client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="k")
        assert not are_skipped()
    with sotalia.cassette(path):
        nobody(client_kind).head_object(Bucket="bucket", Key="k")
    assert not are_skipped()


def test_a_response_that_was_lost_is_given_again(client_kind: Kind, path: Path) -> None:
    """By a fault, say, that lies between the cassette and the retries."""
    from sotalia.call.hooks import EVERYWHERE
    from sotalia.transport.layers import TransportLayer

    class Losing(TransportLayer):
        lost = 0

        async def send(self, request: Any) -> Any:
            response = await self.inner.send(request)
            self.lost += 1
            if self.lost == 1:
                raise sotalia.exceptions.ConnectionClosedError(endpoint_url="https://host")
            return response

    async def lose(call: Any, proceed: Any) -> Any:
        call.channel = call.channel.replaced(transport=Losing(call.channel.transport))
        return await proceed()

    with sotalia.cassette(path):
        client_kind.scripted("s3", [answer()]).head_object(Bucket="bucket", Key="k")
    with sotalia.cassette(path, mode="none") as cassette:
        EVERYWHERE.around_call(lose, unique_id="faults", name="faults")
        try:
            result = nobody(client_kind).head_object(Bucket="bucket", Key="k")
        finally:
            EVERYWHERE.unregister("around.call", unique_id="faults")
    assert result["ResponseMetadata"]["RetryAttempts"] == 1
    assert cassette.played == 1
