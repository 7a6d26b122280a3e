"""No network: what is refused, what goes on, and that nothing is left afterwards."""

from __future__ import annotations

import io
import pickle
import threading
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.call.hooks import EVERYWHERE
from sotalia.compatibility.moto import mock_aws
from sotalia.config import Config
from sotalia.testing import (
    EmbeddedAWS,
    LocalAWS,
    NetworkRefusedError,
    ScriptedTransport,
    Stubber,
    answer,
    no_network,
)
from sotalia.transport.http import GUARDS
from tests.client_kinds import KEYS, Kind


@pytest.fixture(autouse=True)
def _nothing_left() -> Any:
    yield
    assert GUARDS == []
    assert not EVERYWHERE.has_unique_id("sotalia no-network")


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_a_call_is_refused_once_and_not_retried(client_kind: Kind, mode: str) -> None:
    s3 = client_kind.client("s3", config=Config(retries={"mode": mode, "total_max_attempts": 5}))
    with no_network() as guard, pytest.raises(NetworkRefusedError) as caught:
        s3.put_object(Bucket="photos", Key="a.jpg", Body=b"x")
    assert guard.refused == [caught.value]
    assert caught.value.call == "s3.PutObject"
    assert caught.value.url == "https://photos.s3.us-west-2.amazonaws.com/a.jpg"
    said, advice = str(caught.value).split("\n", 1)
    assert said == (
        "s3.PutObject was to go to https://photos.s3.us-west-2.amazonaws.com/a.jpg (PUT), and no fake answers it."
    )
    assert "Give the client a ScriptedTransport" in advice
    assert "allow=['photos.s3.us-west-2.amazonaws.com:443']" in advice


def test_the_error_is_no_error_of_the_network() -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    assert not issubclass(NetworkRefusedError, BotoCoreError | ClientError | OSError)
    error = NetworkRefusedError("text", "https://a", "s3.ListBuckets")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.url, again.call) == ("text", "https://a", "s3.ListBuckets")


def test_secrets_of_an_address_are_not_shown(client_kind: Kind) -> None:
    client = client_kind.client(
        "sqs", endpoint_url="https://user:PLANTED-SECRET@example.org/?X-Amz-Signature=PLANTED-SECRET"
    )
    with no_network(), pytest.raises(NetworkRefusedError) as caught:
        client.list_queues()
    assert "PLANTED-SECRET" not in f"{caught.value!r} {caught.value} {caught.value.url}"


def test_another_thread_and_a_client_of_before(client_kind: Kind, aws: LocalAWS) -> None:
    """Also over connections that are open already."""
    s3 = client_kind.connected("s3", client_kind.session(**KEYS), endpoint_url=aws.endpoint_url)
    s3.list_buckets()
    other = LocalAWS()  # Not running: its address is nobody's.
    errors: list[BaseException] = []

    def call() -> None:
        try:
            sotalia.Session(**KEYS).client("s3", endpoint_url="http://127.0.0.1:9").list_buckets()
        except BaseException as error:
            errors.append(error)

    with no_network():
        thread = threading.Thread(target=call)
        thread.start()
        thread.join()
        s3.list_buckets()  # Of a LocalAWS that runs in this process.
    assert [type(error) for error in errors] == [NetworkRefusedError]
    assert "LocalAWS listens at http://localhost:" in str(errors[0])
    assert other.endpoint_url == ""


def test_pooled_connections_are_refused(
    client_kind: Kind, aws: LocalAWS, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3 = client_kind.client("s3", endpoint_url=aws.endpoint_url)
    s3.list_buckets()
    monkeypatch.setattr("sotalia.testing.local._running", set())
    with no_network(), pytest.raises(NetworkRefusedError):
        s3.list_buckets()


@pytest.mark.parametrize(
    ("allow", "url", "is_allowed"),
    [
        (["localhost:4566"], "http://localhost:4566/a", True),
        (["localhost:4566"], "http://127.0.0.1:4566", True),
        (["localhost:4566"], "http://[::1]:4566", True),
        (["localhost:4566"], "http://localhost:4567", False),
        (["localhost"], "http://localhost:1", True),
        (["::1"], "http://localhost:1", True),
        (["[::1]:5"], "http://localhost:5", True),
        (["http://localhost:4566"], "http://localhost:4566", True),
        (["example.org:443"], "https://example.org/", True),
        (["https://example.org"], "http://example.org/", False),
        (["EXAMPLE.org"], "https://example.ORG/", True),
        (["*.example.org"], "https://bucket.s3.example.org/", True),
        (["*.example.org"], "https://example.org/", False),
        (["*.example.org"], "https://notexample.org/", False),
        (["example.org"], "https://bucket.example.org/", False),
        ([], "https://example.org/", False),
    ],
)
def test_addresses_that_are_let_through(allow: list[str], url: str, is_allowed: bool) -> None:
    assert no_network(allow=allow).allows(url) is is_allowed


@pytest.mark.parametrize("entry", ["", ":80", "host:port", "http://", "http://:80"])
def test_addresses_that_are_none(entry: str) -> None:
    with pytest.raises(ValueError, match=r"allow|host"):
        no_network(allow=[entry])


def test_arguments_that_are_none() -> None:
    with pytest.raises(TypeError, match=r"write allow=\['localhost'\]"):
        no_network(allow="localhost")
    with pytest.raises(TypeError, match=r"takes clients, resources and sessions.*; str is none of them"):
        no_network("localhost")


def test_what_is_allowed_is_sent(client_kind: Kind, aws: LocalAWS, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sotalia.testing.local._running", set())
    s3 = client_kind.client("s3", endpoint_url=aws.endpoint_url)
    port = aws.endpoint_url.rpartition(":")[2]
    with no_network(allow=[f"localhost:{port}"]):
        assert "Buckets" in s3.list_buckets()
    with no_network(allow=["localhost"]), no_network() as inner, pytest.raises(NetworkRefusedError):
        s3.list_buckets()
    assert len(inner.refused) == 1


# -- fakes --------------------------------------------------------------------------------------------------------------


def test_scripts_stubs_and_embedded_aws_go_on(client_kind: Kind) -> None:
    with no_network() as guard, EmbeddedAWS() as aws:
        assert (
            client_kind.scripted("s3", [answer(200)]).head_bucket(Bucket="photos")["ResponseMetadata"][
                "HTTPStatusCode"
            ]
            == 200
        )
        stubbed = client_kind.client("s3")
        with Stubber(stubbed.raw) as stubber:
            stubber.add_response("list_buckets", {"Buckets": []})
            assert stubbed.list_buckets() == {"Buckets": []}
        aws.client("s3").create_bucket(Bucket="photos")
    assert guard.refused == []


def test_moto_goes_on_and_what_it_passes_on_is_refused(client_kind: Kind) -> None:
    with no_network(), mock_aws():
        s3 = client_kind.client("s3")
        s3.list_buckets()
        elsewhere = client_kind.client("s3", endpoint_url="http://127.0.0.1:9")
        with pytest.raises(NetworkRefusedError, match="mock_aws runs"):
            elsewhere.list_buckets()


def test_cassettes_play_and_do_not_record(client_kind: Kind, tmp_path: Path, aws: LocalAWS) -> None:
    path = tmp_path / "calls.json"
    with sotalia.cassette(path):
        client_kind.client("s3", endpoint_url=aws.endpoint_url).list_buckets()
    s3 = client_kind.client("s3", endpoint_url=aws.endpoint_url)
    with no_network() as guard, sotalia.cassette(path, mode="none") as cassette:
        s3.list_buckets()
    assert (cassette.played, guard.refused) == (1, [])
    elsewhere = client_kind.client("s3", endpoint_url="http://127.0.0.1:9")
    with (
        no_network(),
        sotalia.cassette(tmp_path / "other.json") as cassette,
        pytest.raises(
            NetworkRefusedError,
            match=r"the cassette other.json runs in mode 'once'.*to record it, leave no_network out",
        ),
    ):
        elsewhere.list_buckets()
    assert cassette.recorded == 0
    assert not (tmp_path / "other.json").exists()


def test_faults_and_a_recorder_go_on(client_kind: Kind) -> None:
    with (
        no_network() as guard,
        sotalia.recorder() as calls,
        sotalia.faults("throttle", operation="s3", attempts=[1]) as faults,
    ):
        s3 = client_kind.client("s3", config=Config(retries={"mode": "standard"}))
        with pytest.raises(NetworkRefusedError):
            s3.list_buckets()
    assert len(faults.fired) == 1
    assert len(guard.refused) == 1
    assert [record.error for record in calls] == ["NetworkRefusedError"]


# -- what is not a call of the program ------------------------------------------------------------------------------------


def test_the_look_up_of_credentials_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    with (
        no_network() as guard,
        pytest.raises(
            NetworkRefusedError, match=r"the instance's metadata .IMDS. was to go to http://169.254.169.254/"
        ),
    ):
        sotalia.Session(region_name="us-east-1").client("s3").list_buckets()
    assert [error.call for error in guard.refused] == [None]


def test_the_look_up_of_an_async_session_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")

    async def main() -> None:
        async with sotalia.AsyncSession(region_name="us-east-1").client("s3") as s3:
            await s3.list_buckets()

    with no_network(), pytest.raises(NetworkRefusedError, match="the instance's metadata"):
        asyncio.run(main())


def test_a_container_and_a_role_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials")
    with no_network(), pytest.raises(NetworkRefusedError, match="the container's credentials"):
        sotalia.Session(region_name="us-east-1").client("s3")
    monkeypatch.delenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    config = tmp_path / "config"
    config.write_text(
        "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = keys\nregion = us-east-1\n[profile keys]\naws_access_key_id = a\naws_secret_access_key = b\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    with no_network() as guard, pytest.raises(NetworkRefusedError, match=r"sts.AssumeRole was to go to"):
        sotalia.Session(profile_name="role").client("s3").list_buckets()
    assert {error.call for error in guard.refused} == {"sts.AssumeRole"}


def test_through_a_proxy(client_kind: Kind) -> None:
    client = client_kind.client(
        "sqs",
        endpoint_url="http://127.0.0.1:9",
        config=Config(proxies={"http": "http://user:PLANTED-SECRET@proxy.example.org:3128"}),
    )
    with no_network(allow=["localhost:9"]), pytest.raises(NetworkRefusedError) as caught:
        client.list_queues()
    assert "through the proxy http://" in str(caught.value)
    assert "proxy.example.org:3128" in str(caught.value)
    assert "PLANTED-SECRET" not in str(caught.value)


# -- whose calls --------------------------------------------------------------------------------------------------------


def test_only_targets_are_refused(client_kind: Kind, aws: LocalAWS, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sotalia.testing.local._running", set())
    session = client_kind.session(**KEYS)
    mine, other = (client_kind.client("s3", session, endpoint_url=aws.endpoint_url) for _ in range(2))
    with no_network(mine.raw):
        with pytest.raises(NetworkRefusedError):
            mine.list_buckets()
        with pytest.raises(NetworkRefusedError):
            client_kind.run(mine.raw.with_options(timeout=3).list_buckets())
        other.list_buckets()
    stranger = client_kind.client("s3", endpoint_url=aws.endpoint_url)
    with no_network(session):
        with pytest.raises(NetworkRefusedError):
            other.list_buckets()
        stranger.list_buckets()


def test_transfers_are_refused_and_presigning_is_not(client_kind: Kind) -> None:
    s3 = client_kind.client("s3")
    with no_network():
        assert s3.generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": "a"}).startswith(
            "https://photos."
        )
        with pytest.raises(NetworkRefusedError, match=r"s3.(PutObject|CreateMultipartUpload) was to go"):
            s3.upload_fileobj(io.BytesIO(b"x" * 20_000_000), "photos", "a")


def test_start_and_stop_nest_and_can_be_repeated() -> None:
    guard = no_network()
    guard.stop()
    guard.start().start()
    guard.stop()
    assert len(GUARDS) == 1
    with no_network():
        guard.stop()
        assert len(GUARDS) == 1
    assert GUARDS == []
    assert repr(guard) == "<NoNetwork off, 0 refused>"


async def _enter_async() -> None:
    async with no_network() as guard:
        assert repr(guard) == "<NoNetwork on, 0 refused>"


def test_async_with() -> None:
    import asyncio

    asyncio.run(_enter_async())


def test_a_session_of_the_references_kind(client_kind: Kind) -> None:
    """A fake in the place of ``http_session`` is a fake; botocore's own is the network."""
    from botocore.httpsession import URLLib3Session

    s3 = client_kind.client("s3")
    s3.raw._endpoint.http_session = URLLib3Session()
    with no_network(), pytest.raises(NetworkRefusedError):
        s3.list_buckets()


def test_a_transport_of_the_tests_own_is_a_fake(client_kind: Kind) -> None:
    class Own(ScriptedTransport):
        pass

    with no_network():
        client_kind.client("s3", client_kind.through(Own([answer(200)]))).head_bucket(Bucket="photos")
