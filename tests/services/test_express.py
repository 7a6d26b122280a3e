"""S3 Express buckets: each has a session, made at its first use, that signs; beside boto3 and over many buckets."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest

import sotalia
from sotalia import exceptions
from sotalia.transport.messages import AWSResponse
from sotalia.transport.scripted import answer
from tests.client_kinds import Kind
from tests.services.every_operation import Comparison

FAR = "2099-01-01T00:00:00Z"


def bucket(number: int) -> str:
    return f"bucket-{number}--usw2-az1--x-s3"


class Express:
    """S3 in small: gives sessions, and notes with which one each request was signed."""

    def __init__(self, expires: str = FAR) -> None:
        self.expires = expires
        self.sessions: list[str] = []
        self.signed: list[tuple[str, str]] = []

    def __call__(self, request: Any) -> Any:
        name = re.match(r"https://(bucket-\d+)--", request.url).group(1)  # type: ignore[union-attr]
        if "?session" in request.url:
            self.sessions.append(name)
            return answer(200, body=self.session(name))
        headers = {key.lower(): bytes(value).decode() for key, value in request.headers.items()}
        assert "x-amz-security-token" not in headers
        key = headers["authorization"].partition("Credential=")[2].partition("/")[0]
        assert headers["x-amz-s3session-token"] == f"TOKEN-{key.removeprefix('KEY-')}"
        self.signed.append((name, key))
        return answer(200)

    def session(self, name: str) -> bytes:
        number = self.sessions.count(name)
        return (
            f"<CreateSessionResult><Credentials><AccessKeyId>KEY-{name}-{number}</AccessKeyId>"
            f"<SecretAccessKey>secret</SecretAccessKey><SessionToken>TOKEN-{name}-{number}</SessionToken>"
            f"<Expiration>{self.expires}</Expiration></Credentials></CreateSessionResult>"
        ).encode()


def test_one_session_a_bucket(client_kind: Kind) -> None:
    service = Express()
    s3 = client_kind.scripted("s3", [service])
    for _ in range(3):
        for number in (1, 2):
            s3.head_object(Bucket=bucket(number), Key="k")
    assert service.sessions == ["bucket-1", "bucket-2"]
    assert service.signed == [("bucket-1", "KEY-bucket-1-1"), ("bucket-2", "KEY-bucket-2-1")] * 3


def test_a_session_that_has_ended_is_made_anew(client_kind: Kind) -> None:
    service = Express(expires="2020-01-01T00:00:00Z")
    s3 = client_kind.scripted("s3", [service])
    with pytest.raises(RuntimeError, match="expired"):
        s3.head_object(Bucket=bucket(1), Key="k")
    service.expires = FAR
    s3.head_object(Bucket=bucket(1), Key="k")
    assert service.signed == [("bucket-1", f"KEY-bucket-1-{len(service.sessions)}")]


def test_a_session_that_is_refused_is_the_error_of_the_call(client_kind: Kind) -> None:
    denied = answer(403, body=b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
    s3 = client_kind.scripted("s3", [denied])
    with pytest.raises(exceptions.ClientError, match=r"AccessDenied.*CreateSession"):
        s3.head_object(Bucket=bucket(1), Key="k")
    assert len(s3.transport.requests) == 1


def test_of_many_buckets_the_one_used_longest_ago_is_forgotten(client_kind: Kind) -> None:
    service = Express()
    s3 = client_kind.scripted("s3", [service])
    for number in range(100):
        s3.head_object(Bucket=bucket(number), Key="k")
    s3.head_object(Bucket=bucket(0), Key="k")  # Used again, so it stays.
    s3.head_object(Bucket=bucket(100), Key="k")  # Bucket 1 makes room.
    assert len(service.sessions) == 101
    for number in (0, 99, 100):
        s3.head_object(Bucket=bucket(number), Key="k")
    assert len(service.sessions) == 101
    s3.head_object(Bucket=bucket(1), Key="k")
    assert service.sessions[101:] == ["bucket-1"]


def test_presigned_addresses_are_signed_by_the_session(client_kind: Kind) -> None:
    service = Express()
    s3 = client_kind.scripted("s3", [service])
    url = s3.generate_presigned_url("get_object", {"Bucket": bucket(1), "Key": "k"})
    assert service.sessions == ["bucket-1"]
    assert "X-Amz-S3session-Token=TOKEN-bucket-1-1" in url
    assert "X-Amz-Credential=KEY-bucket-1-1%2F" in url
    assert "X-Amz-Security-Token" not in url
    assert "X-Amz-Expires=3600" in url


def test_without_sessions_the_keys_of_the_client_sign(
    client_kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_S3_DISABLE_EXPRESS_SESSION_AUTH", "true")
    s3 = client_kind.scripted("s3", [answer(200)])
    s3.head_object(Bucket=bucket(1), Key="k")
    [request] = s3.transport.requests
    assert b"Credential=AKIDEXAMPLE/" in request.headers["Authorization"]
    assert "x-amz-s3session-token" not in {name.lower() for name in request.headers}


def test_requests_are_those_of_boto3() -> None:
    comparison = Comparison("s3")
    for network in comparison.networks:
        network.answer = (200, {}, Express().session("bucket-1"))
    for client in (comparison.mine, comparison.theirs):
        client.put_object(Bucket=bucket(1), Key="a b", Body=b"x", ContentMD5="nhB9nTcrtoJr2B01QqQZ1g==")
    found = []
    for network in comparison.networks:
        assert len(network.requests) == 2
        for request in network.requests:
            for name in ("authorization", "x-amz-date", "amz-sdk-request"):
                value = request["headers"].pop(name)
                request["headers"][name] = value.partition("Signature=")[0] if name == "authorization" else ""
            signed = request["headers"]["authorization"]
            request["headers"]["authorization"] = re.sub(r"/\d{8}/", "/DAY/", signed)
        found.append(network.requests)
    assert found[0] == found[1]
    assert "x-amz-s3session-token" in found[0][1]["headers"]


def test_threads_that_come_at_once_share_a_session() -> None:
    from sotalia.services.s3.express import ExpressIdentities

    asked = 0
    entered, go = threading.Event(), threading.Event()

    def answer_late(params: Any, **kwargs: Any) -> tuple[AWSResponse, dict[str, Any]]:
        nonlocal asked
        asked += 1
        entered.set()
        assert go.wait(60)
        keys = {"AccessKeyId": "a", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": FAR}
        return AWSResponse("", 200, {}, None), {"Credentials": keys}

    client = sotalia.Session("key", "secret", region_name="us-east-1").client("s3")
    client.meta.events.register("before-call.s3.CreateSession", answer_late)
    identities = ExpressIdentities(client)
    found: list[str] = []

    def use() -> None:
        found.append(identities.credentials_for(bucket(1)).get_frozen_credentials().access_key)

    threads = [threading.Thread(target=use) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert entered.wait(60)
    go.set()
    for thread in threads:
        thread.join(60)
    assert (found, asked) == (["a"] * 5, 1)
