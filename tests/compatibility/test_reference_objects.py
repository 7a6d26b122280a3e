"""botocore's own objects given to sotalia, and sotalia's given to botocore."""

from __future__ import annotations

import copy
import pickle
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import botocore
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
import botocore.httpsession
import pytest

import sotalia
from sotalia.config import Config
from sotalia.testing import LocalAWS
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind

LISTING = b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"

# -- botocore.config.Config ----------------------------------------------------------------------------------------

CONFIGS: list[dict[str, Any]] = [
    {},
    {"region_name": "eu-west-3"},
    {"connect_timeout": 3, "read_timeout": 4.5, "max_pool_connections": 40},
    {"retries": {"max_attempts": 2, "mode": "standard"}},
    {"retries": {"total_max_attempts": 5}},
    {"s3": {"addressing_style": "path", "payload_signing_enabled": True}},
    {"signature_version": "s3v4"},
    {"use_dualstack_endpoint": True},
    {"use_fips_endpoint": True},
    {"inject_host_prefix": False},
    {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"},
    {"proxies": {"https": "http://localhost:1"}, "proxies_config": {"proxy_use_forwarding_for_https": True}},
    {"tcp_keepalive": True, "client_cert": "/nonexistent.pem"},
    {"client_context_params": {"DisableAccessPoints": True}},
    {"defaults_mode": "standard"},
]


@pytest.mark.parametrize("options", CONFIGS, ids=str)
def test_config_of_botocore_has_the_effect_it_has_on_boto3(
    options: dict[str, Any], client_kind: Kind
) -> None:
    config = botocore.config.Config(**options)
    theirs = boto3.Session(**KEYS).client("s3", config=botocore.config.Config(**options)).meta
    ours = client_kind.client("s3", config=config).meta
    assert (ours.endpoint_url, ours.region_name) == (theirs.endpoint_url, theirs.region_name)
    for name in ("connect_timeout", "read_timeout", "retries", "signature_version", *options):
        assert getattr(ours.config, name, None) == getattr(theirs.config, name, None), name


@pytest.mark.parametrize("options", CONFIGS, ids=str)
def test_config_of_ours_can_be_given_to_botocore(options: dict[str, Any]) -> None:
    """Code that hands one config to both kinds of clients."""
    found = boto3.Session(**KEYS).client("s3", config=Config(**options)).meta.config
    expected = boto3.Session(**KEYS).client("s3", config=botocore.config.Config(**options)).meta.config
    for name in ("connect_timeout", "read_timeout", "signature_version", *options):
        assert getattr(found, name) == getattr(expected, name), name


def test_configs_of_both_kinds_merge(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    session._session.set_default_client_config(botocore.config.Config(read_timeout=7, connect_timeout=7))
    found = client_kind.client("s3", session, config=Config(read_timeout=8)).meta.config
    assert (found.read_timeout, found.connect_timeout) == (8, 7)
    session._session.set_default_client_config(Config(read_timeout=7, connect_timeout=7))
    found = client_kind.client("s3", session, config=botocore.config.Config(read_timeout=8)).meta.config
    assert (found.read_timeout, found.connect_timeout) == (8, 7)


def test_a_given_config_stays_as_it_was(client_kind: Kind) -> None:
    config = botocore.config.Config(retries={"max_attempts": 2}, s3={"addressing_style": "path"})
    before = copy.deepcopy(vars(config))
    client_kind.client("s3", config=config)
    assert vars(config) == before


@pytest.mark.parametrize("kind", [Config, botocore.config.Config])
def test_unsigned(kind: Any, client_kind: Kind) -> None:
    s3 = client_kind.scripted(
        "s3",
        [answer(body=LISTING)],
        client_kind.session(region_name="us-west-2"),
        config=kind(signature_version=botocore.UNSIGNED),
    )
    s3.list_buckets()
    assert "authorization" not in s3.transport.requests[0].headers
    assert s3.meta.config.signature_version is botocore.UNSIGNED


def test_disable_signing_as_a_handler(client_kind: Kind) -> None:
    """The recipe for public buckets: ``register("choose-signer.s3.*", disable_signing)``."""
    from botocore.handlers import disable_signing

    s3 = client_kind.scripted("s3", [answer(body=LISTING)], client_kind.session(region_name="us-west-2"))
    s3.meta.events.register("choose-signer.s3.*", disable_signing)
    s3.list_buckets()
    assert "authorization" not in s3.transport.requests[0].headers


# -- credentials ---------------------------------------------------------------------------------------------------


def refreshable() -> Any:
    def refresh() -> dict[str, Any]:
        expiry = datetime.now(UTC) + timedelta(hours=1)
        return {"access_key": "AKIDNEW", "secret_key": "s", "token": "t", "expiry_time": expiry.isoformat()}

    expired = datetime.now(UTC) - timedelta(hours=1)
    return botocore.credentials.RefreshableCredentials("AKIDOLD", "s", "t", expired, refresh, "test")


@pytest.mark.parametrize(
    ("credentials", "access_key"),
    [
        (lambda: botocore.credentials.Credentials("AKIDTHEIRS", "s", "t"), "AKIDTHEIRS"),
        (lambda: botocore.credentials.ReadOnlyCredentials("AKIDTHEIRS", "s", "t"), "AKIDTHEIRS"),
        (refreshable, "AKIDNEW"),
    ],
    ids=["fixed", "frozen", "refreshable"],
)
def test_credentials_of_botocore_sign_our_requests(
    credentials: Any, access_key: str, client_kind: Kind
) -> None:
    session = client_kind.session(region_name="us-west-2")
    session._session._credentials = credentials()
    s3 = client_kind.scripted("s3", [answer(body=LISTING)], session)
    s3.list_buckets()
    headers = s3.transport.requests[0].headers
    assert f"Credential={access_key}/".encode() in headers["authorization"]
    assert headers["x-amz-security-token"] == b"t"


def our_refreshable() -> Any:
    from sotalia.credentials.refreshable import RefreshableCredentials

    return RefreshableCredentials(
        "AKIDOLD",
        "old",
        "old",
        datetime.now(UTC) - timedelta(hours=1),
        lambda: {
            "access_key": "AKIDEXAMPLE",
            "secret_key": "secret",
            "token": "t",
            "expiry_time": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        },
        "test",
    )


SIGNERS = [
    (botocore.auth.SigV4Auth, ("execute-api", "us-east-1")),
    (botocore.auth.SigV4QueryAuth, ("execute-api", "us-east-1")),
    (botocore.auth.S3SigV4Auth, ("s3", "us-east-1")),
    (botocore.auth.HmacV1Auth, ()),
]


@pytest.mark.parametrize(("signer", "arguments"), SIGNERS, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("frozen", [False, True])
def test_credentials_of_ours_sign_botocores_requests(
    signer: Any, arguments: tuple[str, ...], frozen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recipe of signers for other HTTP libraries: the same signature as with botocore's credentials."""

    def signed(credentials: Any) -> Any:
        request = botocore.awsrequest.AWSRequest(
            method="POST",
            url="https://api.example.com/path?a=b",
            data=b"{}",
            headers={"Content-Type": "application/json", "X-Amz-Date": "20200101T000000Z"},
        )
        request.context["timestamp"] = "20200101T000000Z"
        signer(credentials, *arguments).add_auth(request)
        return (
            request.url.split("X-Amz-Date")[0],
            sorted(name for name in request.headers if name != "Date"),
            request.headers.get("X-Amz-Security-Token"),
        )

    theirs = botocore.credentials.Credentials("AKIDEXAMPLE", "secret", "t")
    ours = sotalia.Session("AKIDEXAMPLE", "secret", "t").get_credentials()
    for credentials in (ours, our_refreshable()):
        given = credentials.get_frozen_credentials() if frozen else credentials
        assert signed(given) == signed(theirs)


def test_a_request_signed_with_our_credentials_is_accepted(aws: LocalAWS) -> None:
    """End to end: signed by botocore with our credentials, sent by botocore's own HTTP session."""
    credentials = sotalia.Session("testing", "testing").get_credentials()
    request = botocore.awsrequest.AWSRequest(method="GET", url=aws.endpoint_url + "/", headers={})
    botocore.auth.S3SigV4Auth(credentials, "s3", "us-east-1").add_auth(request)
    response = botocore.httpsession.URLLib3Session().send(request.prepare())
    assert response.status_code == 200
    assert b"ListAllMyBucketsResult" in response.content


def test_an_object_with_the_reference_signers_interface_for_requests() -> None:
    """What ``requests``-style signers do: copy the headers of a signed request to one of their own."""
    import requests
    from requests.auth import AuthBase

    class Signer(AuthBase):
        def __init__(self, session: Any) -> None:
            self._session = session

        def __call__(self, request: Any) -> Any:
            credentials = self._session.get_credentials().get_frozen_credentials()
            assert credentials.access_key
            assert credentials.secret_key
            made = botocore.awsrequest.AWSRequest(method=request.method, url=request.url, data=request.body)
            botocore.auth.SigV4Auth(credentials, "execute-api", self._session.region_name).add_auth(made)
            request.headers.update(dict(made.headers.items()))
            return request

    session = sotalia.Session(**KEYS)
    prepared = requests.Request("GET", "https://api.example.com/", auth=Signer(session)).prepare()
    assert prepared.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")


# -- requests and responses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["SendMessage", None])
def test_the_clients_signer_signs_botocores_requests(client_kind: Kind, operation: Any) -> None:
    """``client._request_signer.sign`` as queue libraries use it, on a request of botocore's, also of no operation."""
    sqs = client_kind.client("sqs")
    request = botocore.awsrequest.AWSRequest(
        method="POST", url="https://sqs.us-west-2.amazonaws.com/", data=b""
    )
    request.headers["X-Amz-Date"] = "20200101T000000Z"
    sqs.raw._request_signer.sign(operation, request)
    assert request.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert len(request.headers.get_all("X-Amz-Date")) == 1


class Raw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def read(self, amount: int | None = None) -> bytes:
        found, self._body = (
            (self._body, b"") if amount is None else (self._body[:amount], self._body[amount:])
        )
        return found

    def stream(self, **kwargs: Any) -> Any:
        while chunk := self.read(3):
            yield chunk


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"the body"), (404, b"<Error><Code>NoSuchKey</Code><Message>m</Message></Error>")],
)
def test_streams_and_errors_from_responses_of_botocore(status: int, body: bytes, client_kind: Kind) -> None:
    s3 = client_kind.client("s3")

    def reply(request: Any, **kwargs: Any) -> Any:
        headers = {"ETag": '"e"', "x-amz-request-id": "r", "Content-Length": str(len(body))}
        return botocore.awsrequest.AWSResponse(request.url, status, headers, Raw(body))

    s3.meta.events.register("before-send.s3.GetObject", reply)
    if status == 200:
        found = s3.get_object(Bucket="bucket", Key="k")
        assert found["Body"].read() == body
        assert (found["ETag"], found["ResponseMetadata"]["RequestId"]) == ('"e"', "r")
    else:
        with pytest.raises(s3.raw.exceptions.NoSuchKey):
            s3.get_object(Bucket="bucket", Key="k")


# -- errors --------------------------------------------------------------------------------------------------------


def failures(client_kind: Kind) -> dict[str, Exception]:
    """An error of each kind, caught."""
    session = client_kind.session(**KEYS)
    error = b"<Error><Code>NoSuchBucket</Code><Message>no</Message></Error>"
    s3 = client_kind.scripted("s3", [answer(404, body=error)], session)
    found = {}
    for name, call in {
        "modeled": lambda: s3.list_objects_v2(Bucket="bucket"),
        "validation": lambda: s3.list_objects_v2(),
        "service": lambda: client_kind.client("no-such-service", session),
        "region": lambda: client_kind.client("sqs", client_kind.session(**{**KEYS, "region_name": None})),
        "profile": lambda: client_kind.session(profile_name="no-such"),
        "waiter": lambda: s3.get_waiter("bucket_exists").wait(
            Bucket="bucket", WaiterConfig={"Delay": 0, "MaxAttempts": 1}
        ),
    }.items():
        try:
            call()
        except Exception as error_:
            found[name] = error_
    return found


def test_errors_are_botocores_and_can_be_pickled(client_kind: Kind) -> None:
    found = failures(client_kind)
    wanted = {
        "modeled": botocore.exceptions.ClientError,
        "validation": botocore.exceptions.ParamValidationError,
        "service": botocore.exceptions.UnknownServiceError,
        "region": botocore.exceptions.NoRegionError,
        "profile": botocore.exceptions.ProfileNotFound,
        "waiter": botocore.exceptions.WaiterError,
    }
    assert {name: isinstance(found[name], kind) for name, kind in wanted.items()} == dict.fromkeys(
        wanted, True
    )
    del found["waiter"]  # botocore's WaiterError cannot be pickled, wherever it is raised.
    for error in found.values():
        twin = pickle.loads(pickle.dumps(error))
        assert str(twin) == str(error)
        assert isinstance(twin, botocore.exceptions.ClientError) == isinstance(
            error, botocore.exceptions.ClientError
        )
    assert pickle.loads(pickle.dumps(found["modeled"])).response == found["modeled"].response  # type: ignore[attr-defined]


def test_client_errors_of_both_meet_one_except_clause(client_kind: Kind) -> None:
    s3 = client_kind.scripted("s3", [answer(404, body=b"<Error><Code>NoSuchBucket</Code></Error>")])
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        s3.list_objects_v2(Bucket="bucket")
    assert isinstance(caught.value, s3.raw.exceptions.NoSuchBucket)
    assert isinstance(caught.value, s3.raw.exceptions.ClientError)
    assert caught.value.response["Error"]["Code"] == "NoSuchBucket"
    assert caught.value.operation_name == "ListObjectsV2"


def test_nothing_above_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sotalia.Session(**KEYS).client("s3", config=botocore.config.Config())
