"""The instance metadata service: tokens, retries, what is extended, and the region; sync and async."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

import sotalia
from sotalia import exceptions
from sotalia.credentials.instance import InstanceMetadataProvider, instance_region
from sotalia.runtime import drive
from tests.client_kinds import Kind
from tests.credentials.conftest import keys
from tests.credentials.services import ROLES, Services
from tests.transport.servers import serving

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def imds(services: Services, monkeypatch: pytest.MonkeyPatch) -> Services:
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"{services.url}/imds-v2")
    return services


def run(client_kind: Kind, coroutine: Any) -> Any:
    return client_kind.run(coroutine) if client_kind.is_async else drive(coroutine)


def test_tokens_and_user_agent(client_kind: Kind, imds: Services) -> None:
    assert keys(client_kind, client_kind.session()) == ("AK-INSTANCE", "SK-INSTANCE", "T-INSTANCE", None)
    put, role, credentials = imds.seen
    assert put[:2] == ("PUT", "/imds-v2/latest/api/token")
    assert put[2]["x-aws-ec2-metadata-token-ttl-seconds"] == "21600"
    assert (role[1], credentials[1]) == (f"/imds-v2{ROLES}", f"/imds-v2{ROLES}my-role")
    for _, _, headers, _ in (role, credentials):
        assert headers["x-aws-ec2-metadata-token"] == "IMDS-TOKEN"
    assert all(headers["user-agent"].startswith("sotalia/") for _, _, headers, _ in imds.seen)


@pytest.mark.parametrize("attempts", [1, 3])
@pytest.mark.parametrize("problem", [(500, ""), (200, ""), (200, "no json")])
def test_attempts(
    client_kind: Kind, imds: Services, monkeypatch: pytest.MonkeyPatch, attempts: int, problem: Any
) -> None:
    monkeypatch.setenv("AWS_METADATA_SERVICE_NUM_ATTEMPTS", str(attempts))
    imds.answers[f"GET /imds-v2{ROLES}my-role"] = problem
    assert keys(client_kind, client_kind.session()) is None
    assert len(imds.asked(f"/imds-v2{ROLES}my-role")) == attempts


@pytest.mark.parametrize(
    ("left", "extended"),
    [(60, None), (20, None), (18.1, None), (17.9, 18), (1, 18), (-60, 18)],
)
def test_keys_that_should_have_been_replaced_serve_on(left: float, extended: float | None) -> None:
    """With three minutes drawn, the limit is 18: what has less left is taken to last 18 minutes from now."""
    session = sotalia.Session()
    provider = InstanceMetadataProvider(
        session._session.chain_settings(), clock=lambda: NOW, spread=lambda low, high: 180
    )
    until = (NOW + timedelta(minutes=left)).strftime("%Y-%m-%dT%H:%M:%SZ")
    expected = until if extended is None else "2024-05-01T12:18:00Z"
    assert provider._extended(until) == expected
    assert provider._extended("some day") == "some day"


def test_expired_keys_of_an_instance_can_be_used(client_kind: Kind, imds: Services) -> None:
    imds.answers[f"GET /imds-v2{ROLES}my-role"] = (
        200,
        {"AccessKeyId": "a", "SecretAccessKey": "b", "Token": "t", "Expiration": "2001-01-01T00:00:00Z"},
    )
    assert keys(client_kind, client_kind.session()).access_key == "a"


def test_a_token_that_does_not_arrive_leads_to_v1(
    client_kind: Kind, imds: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to the PUT is lost, as behind one hop too many: the reference falls back."""
    reads: list[bytes] = []
    monkeypatch.setenv("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "50")  # A busy machine may be late with the GET.

    def silent_for_put(connection: Any) -> None:
        while True:
            head, _ = connection.request()
            reads.append(head.split(b" ")[0])
            if reads[-1] == b"PUT":
                connection.raw.recv(1)  # Say nothing until the other side gives up.
                return
            body = b"eu-west-1a"
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    with serving(silent_for_put) as port:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"http://127.0.0.1:{port}")
        settings = client_kind.session()._session.chain_settings()
        # A variable is whole seconds; the test does not want to wait that long.
        variable = settings.variable
        settings.variable = lambda name: 0.05 if name == "metadata_service_timeout" else variable(name)
        assert run(client_kind, instance_region(settings)) == "eu-west-1"
    assert (reads[0], reads[-1]) == (b"PUT", b"GET")


def test_the_region_of_the_instance(
    client_kind: Kind, imds: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = client_kind.session()._session.chain_settings()
    assert run(client_kind, instance_region(settings)) == "eu-central-1"
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert run(client_kind, instance_region(settings)) is None
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"{imds.url}/imds-none")
    assert run(client_kind, instance_region(client_kind.session()._session.chain_settings())) is None


@pytest.mark.parametrize(
    ("mode", "ipv6", "url", "expected"),
    [
        (None, None, None, "http://169.254.169.254/"),
        (None, "true", None, "http://[fd00:ec2::254]/"),
        ("IPv6", None, None, "http://[fd00:ec2::254]/"),
        ("ipv4", "true", None, "http://169.254.169.254/"),
        ("ipv6", None, "http://here:1/x", "http://here:1/x/"),
    ],
)
def test_addresses(
    monkeypatch: pytest.MonkeyPatch, mode: str | None, ipv6: str | None, url: str | None, expected: str
) -> None:
    for name, value in (
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", mode),
        ("AWS_IMDS_USE_IPV6", ipv6),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", url),
    ):
        if value is not None:
            monkeypatch.setenv(name, value)
    provider = InstanceMetadataProvider(sotalia.Session()._session.chain_settings())
    assert provider._metadata.url == expected


@pytest.mark.parametrize("place", ["environment", "file"])
@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("metadata_service_timeout", "soon", ValueError),
        ("metadata_service_timeout", "0", exceptions.HTTPClientError),
        ("metadata_service_timeout", "-1", exceptions.HTTPClientError),
        ("metadata_service_num_attempts", "many", ValueError),
        ("ec2_metadata_service_endpoint_mode", "ipv5", exceptions.InvalidIMDSEndpointModeError),
        ("ec2_metadata_service_endpoint", "nowhere", exceptions.InvalidIMDSEndpointError),
    ],
)
def test_a_bad_setting_is_named_with_its_place(
    client_kind: Kind,
    configure: Any,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    name: str,
    value: str,
    error: type[Exception],
) -> None:
    """The classes are the reference's, and so is what their texts begin with, but for a timeout of no time."""
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    if place == "file":
        configure(config=f"[profile me]\nregion = eu-west-1\n{name} = {value}\n")
        where = f"{home}/.aws/config, line 3, key {name} of [profile me]"
    else:
        configure(config="[profile me]\n")
        monkeypatch.setenv(f"AWS_{name.upper()}", value)
        where = f"environment variable AWS_{name.upper()}"
    with pytest.raises(error) as caught:
        client_kind.run(client_kind.session(profile_name="me").get_credentials())
    text = str(caught.value)
    assert text.endswith(f" (found in {where})")
    with pytest.raises(error) as theirs:
        boto3.Session(profile_name="me").get_credentials()
    if error is not exceptions.HTTPClientError:
        assert text.startswith(str(theirs.value))


def test_refresh_of_an_instance_that_lost_its_role(client_kind: Kind, imds: Services) -> None:
    session = client_kind.session()
    held = client_kind.run(session.get_credentials())
    imds.answers[f"GET /imds-v2{ROLES}"] = (404, "")
    held._expiry_time = datetime.now(UTC) + timedelta(minutes=12)
    assert run(client_kind, held.freeze()).access_key == "AK-INSTANCE"
    held._expiry_time = datetime.now(UTC) - timedelta(minutes=1)
    with pytest.raises(exceptions.CredentialRetrievalError, match="access_key, secret_key"):
        run(client_kind, held.freeze())
    del imds.answers[f"GET /imds-v2{ROLES}"]
    assert run(client_kind, held.freeze()).access_key == "AK-INSTANCE"


def test_an_asynchronous_load_leaves_the_loop_free(imds: Services) -> None:
    """Other tasks run while IMDS is asked."""

    async def main() -> int:
        ticks = 0
        search = asyncio.ensure_future(sotalia.AsyncSession().get_credentials())
        while not search.done():
            ticks += 1
            await asyncio.sleep(0)
        assert (await search).method == "iam-role"
        return ticks

    assert asyncio.run(main()) > 3
