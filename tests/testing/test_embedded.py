"""An AWS in the process: isolated, sync and async, from any thread, beside other users of moto."""

from __future__ import annotations

import asyncio
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import sotalia
from sotalia.compatibility.moto import mock_aws
from sotalia.exceptions import ClientError
from sotalia.testing import AsyncAWS, EmbeddedAWS, LocalAWS, moto_worlds, no_network
from tests.client_kinds import Kind


def buckets(client: Any) -> list[str]:
    return [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]


def clients(aws: EmbeddedAWS, client_kind: Kind, service: str, **arguments: Any) -> Any:
    """A client of ``aws`` that can be called plainly."""
    return client_kind.client(
        service, aws.async_session if client_kind.is_async else aws.session, **arguments
    )


@pytest.fixture
def embedded() -> Any:
    with no_network(), EmbeddedAWS() as aws:
        yield aws


def test_two_share_nothing(embedded: EmbeddedAWS, client_kind: Kind) -> None:
    """Neither buckets, whose names are global, nor what belongs to the account that both use."""
    with EmbeddedAWS() as other:
        for aws in (embedded, other):
            s3, sqs = (clients(aws, client_kind, service) for service in ("s3", "sqs"))
            assert buckets(s3) == []
            s3.create_bucket(Bucket="photos")
            s3.put_object(Bucket="photos", Key="a", Body=repr(id(aws)))
            assert "QueueUrls" not in sqs.list_queues()
            sqs.create_queue(QueueName="jobs")
        for aws in (embedded, other):
            s3 = clients(aws, client_kind, "s3")
            assert s3.get_object(Bucket="photos", Key="a")["Body"].read() == repr(id(aws)).encode()
    assert buckets(clients(embedded, client_kind, "s3")) == ["photos"]


def test_others_of_the_process_see_nothing(embedded: EmbeddedAWS, aws: LocalAWS) -> None:
    with mock_aws():
        mocked = sotalia.client("s3", region_name="us-east-1")
        mocked.create_bucket(Bucket="mocked")
        assert buckets(mocked) == ["mocked"]
    served = aws.client("s3")
    served.create_bucket(Bucket="served")
    embedded.client("s3").create_bucket(Bucket="embedded")
    assert buckets(embedded.client("s3")) == ["embedded"]
    assert "embedded" not in buckets(served)
    assert "served" in buckets(served)
    served.delete_bucket(Bucket="served")
    with mock_aws():
        assert buckets(sotalia.client("s3", region_name="us-east-1")) == []


def test_threads_of_several(embedded: EmbeddedAWS) -> None:
    with EmbeddedAWS() as second, EmbeddedAWS() as third:
        worlds = [embedded, second, third]
        for number, aws in enumerate(worlds):
            aws.client("s3").create_bucket(Bucket=f"bucket-{number}")

        def put(number: int) -> None:
            world = number % 3
            worlds[world].client("s3").put_object(Bucket=f"bucket-{world}", Key=str(number), Body=b"x")

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(put, range(90)))
        for number, aws in enumerate(worlds):
            listed = aws.client("s3").list_objects_v2(Bucket=f"bucket-{number}")["Contents"]
            assert sorted(int(item["Key"]) for item in listed) == list(range(number, 90, 3))
            assert buckets(aws.client("s3")) == [f"bucket-{number}"]


def test_many_at_once_async(embedded: EmbeddedAWS) -> None:
    """Threads answer them, so the loop goes on while somebody waits for a message."""
    aws = AsyncAWS(embedded)

    async def main() -> list[str]:
        async with aws.client("sqs") as sqs:
            url = (await sqs.create_queue(QueueName="jobs"))["QueueUrl"]
            waiting = asyncio.create_task(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
            await asyncio.sleep(0)
            await sqs.send_message(QueueUrl=url, MessageBody="hello")
            return [message["Body"] for message in (await waiting)["Messages"]]

    assert aws.run(main()) == ["hello"]


def test_clients_of_a_test_that_has_ended(client_kind: Kind) -> None:
    with EmbeddedAWS() as aws:
        s3 = clients(aws, client_kind, "s3")
    with pytest.raises(
        RuntimeError, match="this embedded AWS is gone, as its test has ended; make clients in each test"
    ):
        s3.list_buckets()


def test_reset(embedded: EmbeddedAWS) -> None:
    s3 = embedded.client("s3")
    s3.create_bucket(Bucket="photos")
    embedded.reset()
    assert buckets(s3) == []
    s3.create_bucket(Bucket="photos")


def test_accounts_and_regions(client_kind: Kind) -> None:
    with EmbeddedAWS("eu-west-1", account_id="111122223333") as aws:
        assert clients(aws, client_kind, "sts").get_caller_identity()["Account"] == "111122223333"
        clients(aws, client_kind, "sqs").create_queue(QueueName="jobs")
        other = aws.in_account("444455556666")
        assert clients(other, client_kind, "sts").get_caller_identity()["Account"] == "444455556666"
        assert "QueueUrls" not in clients(other, client_kind, "sqs").list_queues()
        assert "QueueUrls" not in clients(aws, client_kind, "sqs", region_name="us-east-1").list_queues()
        url = clients(aws, client_kind, "sqs").list_queues()["QueueUrls"][0]
        assert "eu-west-1" in url
        assert "111122223333" in url
        with pytest.raises(ValueError, match="give a number of twelve digits"):
            aws.in_account("1")


def test_bodies_that_are_read(embedded: EmbeddedAWS, client_kind: Kind) -> None:
    s3 = clients(embedded, client_kind, "s3")
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="file", Body=io.BytesIO(b"from a file"))
    assert s3.get_object(Bucket="photos", Key="file")["Body"].read() == b"from a file"
    s3.upload_fileobj(io.BytesIO(b"z" * 20_000_000), "photos", "ü/ä b")
    assert s3.head_object(Bucket="photos", Key="ü/ä b")["ContentLength"] == 20_000_000


def test_bodies_that_are_awaited(embedded: EmbeddedAWS) -> None:
    async def parts() -> Any:
        for part in (b"one", b"two"):
            yield part

    async def main() -> bytes:
        async with embedded.async_client("s3") as s3:
            await s3.create_bucket(Bucket="photos")
            await s3.put_object(Bucket="photos", Key="a", Body=parts(), ContentLength=6)
            return await (await s3.get_object(Bucket="photos", Key="a"))["Body"].read()

    assert asyncio.run(main()) == b"onetwo"


def test_everywhere(embedded: EmbeddedAWS, client_kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that the program makes itself, and has made."""
    monkeypatch.setenv("AWS_SESSION_TOKEN", "mine")
    before = client_kind.client("s3")
    embedded.client("s3").create_bucket(Bucket="photos")
    with embedded.everywhere():
        made = client_kind.client("s3", client_kind.session())
        assert made.raw.meta.region_name == "us-east-1"
        assert buckets(made) == buckets(before) == ["photos"]
    import os

    assert os.environ["AWS_SESSION_TOKEN"] == "mine"
    assert "AWS_ACCESS_KEY_ID" not in os.environ
    with no_network(), pytest.raises(RuntimeError, match="no fake answers it"):
        before.list_buckets()


def test_errors_are_the_services(embedded: EmbeddedAWS, client_kind: Kind) -> None:
    s3 = clients(embedded, client_kind, "s3")
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket="no-such-bucket", Key="a")
    assert type(caught.value).__name__ == "NoSuchBucket"


def test_services_that_moto_does_not_know(embedded: EmbeddedAWS, client_kind: Kind) -> None:
    with pytest.raises(NotImplementedError, match="moto knows no service at https://braket"):
        clients(embedded, client_kind, "braket").search_devices(filters=[])
    with pytest.raises(NotImplementedError, match="leave endpoint_url out"):
        clients(embedded, client_kind, "s3", endpoint_url="http://127.0.0.1:9").list_buckets()


def test_endpoints_of_the_environment_are_not_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with EmbeddedAWS() as aws:
        assert buckets(aws.client("s3")) == []
        with aws.everywhere():
            assert buckets(sotalia.Session().client("s3")) == []


def test_faults_cassettes_and_recorders_see_its_calls(
    embedded: EmbeddedAWS, client_kind: Kind, tmp_path: Any
) -> None:
    s3 = clients(embedded, client_kind, "s3")
    with sotalia.recorder() as calls, sotalia.faults("throttle", operation="s3", attempts=[1]) as faults:
        s3.list_buckets()
    assert len(faults.fired) == 1
    assert [len(record.attempts) for record in calls] == [2]
    with sotalia.cassette(tmp_path / "calls.json") as cassette:
        s3.list_buckets()
    assert cassette.recorded == 1


def test_a_forked_child_has_its_own(embedded: EmbeddedAWS) -> None:
    import os

    embedded.client("s3").create_bucket(Bucket="photos")
    child = os.fork()
    if child == 0:
        try:
            embedded.client("s3").create_bucket(Bucket="childs")
            os._exit(0 if sorted(buckets(embedded.client("s3"))) == ["childs", "photos"] else 1)
        except BaseException:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert buckets(embedded.client("s3")) == ["photos"]


def test_moto_that_cannot_be_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server stands in."""

    def refuse(stubber: Any) -> None:
        raise moto_worlds.UnfitMotoError("this version of moto has no process_request")

    monkeypatch.setattr(moto_worlds, "_check", refuse)
    with EmbeddedAWS() as aws:
        assert (aws.endpoint_url or "").startswith("http://127.0.0.1:")
        aws.client("s3").create_bucket(Bucket="only-here-on-a-port")
        assert "only-here-on-a-port" in buckets(aws.client("s3"))
        aws.client("s3").delete_bucket(Bucket="only-here-on-a-port")
        with pytest.raises(NotImplementedError, match="update moto"):
            aws.everywhere()


def test_another_world_waits_for_those_within() -> None:
    first, second = moto_worlds.World(), moto_worlds.World()
    gate = moto_worlds.Gate()
    entered = threading.Event()

    def enter() -> None:
        gate.enter(second)
        entered.set()
        gate.leave(second)

    gate.enter(first)
    gate.enter(first)
    thread = threading.Thread(target=enter)
    thread.start()
    gate.leave(first)
    assert not entered.is_set()
    gate.leave(first)
    thread.join(10)
    assert entered.is_set()
