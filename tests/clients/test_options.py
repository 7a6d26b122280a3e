"""Views of a client: ``with_options``."""

from __future__ import annotations

import gc
from typing import Any

import pytest
from botocore.exceptions import InvalidRetryModeError
from botocore.stub import Stubber

from sotalia.call import Observer
from sotalia.clients.base import BaseClient
from sotalia.config import Config
from sotalia.events import BeforeSign, EventRegistry
from sotalia.events.order import name_of
from sotalia.exceptions import ClientError, ReadTimeoutError
from sotalia.testing import LocalAWS
from sotalia.transport.scripted import answer
from tests.client_kinds import KEYS, Kind, Plain
from tests.transport.servers import Connection, serving

LISTING = b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
MORE = b"<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>"
BUSY = b"<Error><Code>SlowDown</Code><Message>m</Message></Error>"


def client_of(client_kind: Kind, *script: Any, **arguments: Any) -> Any:
    return client_kind.scripted("s3", list(script) or [answer(200, body=LISTING)] * 10, **arguments)


def view(client: Any, client_kind: Kind, **options: Any) -> Any:
    return Plain(client.raw.with_options(**options), client_kind)


def header(request: Any, name: str) -> str | None:
    value = request.headers.get(name)
    return value.decode() if isinstance(value, bytes) else value


def test_headers_are_added_and_signed(client_kind: Kind) -> None:
    client = client_of(client_kind)
    team = view(client, client_kind, headers={"X-Team": "data"})
    both = Plain(team.raw.with_options(headers={"x-more": "1", "x-team": "other"}), client_kind)
    for each in (client, team, both):
        each.list_objects_v2(Bucket="b")
    requests = client.transport.requests
    assert [header(request, "X-Team") for request in requests] == [None, "data", "other"]
    assert [header(request, "X-More") for request in requests] == [None, None, "1"]
    signed = [header(request, "Authorization") or "" for request in requests]
    assert ["x-team" in each for each in signed] == [False, True, True]
    assert type(team.raw) is type(client.raw)
    assert isinstance(team.raw, BaseClient)


@pytest.mark.parametrize(
    "name",
    "Authorization Host Content-Length X-Amz-Date X-Amz-Security-Token user-agent amz-sdk-request".split(),
)
def test_reserved_headers_are_refused(client_kind: Kind, name: str) -> None:
    client = client_of(client_kind)
    with pytest.raises(ValueError, match=f"'{name}' is reserved") as caught:
        client.raw.with_options(headers={name: "SECRET"})
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"headers": {"X": "a\r\nY: b"}}, ValueError),
        ({"headers": {"X Y": "a"}}, ValueError),
        ({"headers": {"X": 1}}, TypeError),
        ({"timeout": 0}, ValueError),
        ({"timeout": "1"}, TypeError),
        ({"timeout": True}, TypeError),
        ({"connect_timeout": -1}, ValueError),
        ({"connect_timeout": 1}, TypeError),  # The scripted transport has none.
        ({"hooks": [1]}, TypeError),
        ({"hooks": [Observer]}, TypeError),
        ({"retries": {"mode": "x"}}, InvalidRetryModeError),
        ({"region_name": "x"}, TypeError),
    ],
)
def test_what_is_no_option_is_refused(
    client_kind: Kind, options: dict[str, Any], error: type[Exception]
) -> None:
    client = client_of(client_kind)
    with pytest.raises(error):
        client.raw.with_options(**options)


def test_hooks(client_kind: Kind) -> None:
    client, log = client_of(client_kind), []

    def hook(call: Any, proceed: Any) -> Any:
        log.append(call.name)
        return proceed()

    class Watcher(Observer):
        def call_ended(self, call: Any) -> None:
            log.append("ended")

    hooked = view(client, client_kind, hooks=[hook, Watcher()])
    hooked.list_objects_v2(Bucket="b")
    client.list_objects_v2(Bucket="b")
    assert log == ["s3.ListObjectsV2", "ended"]


@pytest.mark.parametrize("mode", ["standard", "adaptive", "legacy"])
@pytest.mark.parametrize("of_view", ["standard", "adaptive", "legacy"])
def test_retries(client_kind: Kind, mode: str, of_view: str) -> None:
    config = Config(retries={"mode": mode, "total_max_attempts": 2})
    client = client_of(client_kind, *[answer(503, body=BUSY)] * 9, config=config)
    once = view(client, client_kind, retries={"mode": of_view, "total_max_attempts": 1})
    names = ["needs-retry.s3.ListObjectsV2", "before-send.s3.ListObjectsV2", "after-call.s3.ListObjectsV2"]
    assert once.raw.meta.config.retries == {"mode": of_view, "total_max_attempts": 1}
    with pytest.raises(ClientError):
        once.list_objects_v2(Bucket="b")
    assert len(client.transport.requests) == 1
    assert f"cfg/retry-mode#{of_view}" in (header(client.transport.requests[0], "User-Agent") or "")
    with pytest.raises(ClientError):
        client.list_objects_v2(Bucket="b")
    assert len(client.transport.requests) == 3
    assert f"cfg/retry-mode#{mode}" in (header(client.transport.requests[1], "User-Agent") or "")
    fresh = client_of(client_kind, config=Config(retries={"mode": of_view}))
    for name in names:
        assert sorted(name_of(h) for h in once.raw.meta.events.handlers(name)) == sorted(
            name_of(h) for h in fresh.meta.events.handlers(name)
        )


def test_the_retry_quota_is_shared(client_kind: Kind) -> None:
    client = client_of(client_kind)
    other = client.raw.with_options(retries={"max_attempts": 4})
    assert other.meta.config.retries["total_max_attempts"] == 5

    def quota(events: EventRegistry) -> Any:
        return next(
            h.__self__.quota
            for h in events.handlers("needs-retry.s3.X")
            if hasattr(getattr(h, "__self__", None), "quota")
        )

    assert quota(client.meta.events) is quota(other.meta.events)


def test_events_are_its_own(client_kind: Kind) -> None:
    client, log = client_of(client_kind), []
    client.meta.events.register("before-call.s3", lambda **kwargs: log.append("before"))
    other = view(client, client_kind)
    other.raw.meta.events.on(BeforeSign, lambda event: log.append("sign"))
    other.raw.meta.events.register("before-endpoint-resolution", lambda **kwargs: log.append("endpoint"))
    client.meta.events.register("before-call.s3", lambda **kwargs: log.append("later"))
    other.list_objects_v2(Bucket="b")
    assert log == ["endpoint", "before", "sign"]
    log.clear()
    client.list_objects_v2(Bucket="b")
    assert log == ["before", "later"]


def test_paginators_and_presigning_use_its_options(client_kind: Kind) -> None:
    client = client_of(client_kind, answer(200, body=MORE), answer(200, body=LISTING))
    team = view(client, client_kind, headers={"X-Team": "data"})
    pages = team.get_paginator("list_objects_v2").paginate(Bucket="b")
    assert len(list(pages)) == 2
    assert [header(request, "X-Team") for request in client.transport.requests] == ["data"] * 2
    team4 = view(
        client_of(client_kind, config=Config(signature_version="s3v4")),
        client_kind,
        headers={"X-Team": "data"},
    )
    url = team4.generate_presigned_url("get_object", {"Bucket": "b", "Key": "k"})
    assert "X-Amz-SignedHeaders=host%3Bx-team" in url


def test_transfers_and_waiters_use_its_options(client_kind: Kind, aws: LocalAWS, tmp_path: Any) -> None:
    bucket = f"options-{client_kind.is_async}".lower()
    aws.client("s3").create_bucket(Bucket=bucket)
    client = client_kind.client("s3", client_kind.session(**KEYS), endpoint_url=aws.endpoint_url)
    seen: list[str] = []
    source = tmp_path / "file"
    source.write_bytes(b"x" * 100)

    def hook(call: Any, proceed: Any) -> Any:
        seen.append(call.operation.name)
        return proceed()

    other = view(client, client_kind, hooks=[hook])
    other.upload_file(str(source), bucket, "key")
    other.get_waiter("object_exists").wait(Bucket=bucket, Key="key")
    assert seen == ["PutObject", "HeadObject"]


def test_timeouts(client_kind: Kind) -> None:
    def silent(connection: Connection) -> None:
        connection.head()
        connection.head()

    with serving(silent) as port:
        client = client_kind.connected("s3", endpoint_url=f"http://127.0.0.1:{port}")
        quick = view(client, client_kind, timeout=0.05, connect_timeout=5, retries={"total_max_attempts": 1})
        assert quick.raw.meta.config.read_timeout == 0.05
        assert client.meta.config.read_timeout == 60
        with pytest.raises(ReadTimeoutError):
            quick.list_objects_v2(Bucket="b")


def test_closing(client_kind: Kind, aws: LocalAWS) -> None:
    client = client_kind.connected("s3", endpoint_url=aws.endpoint_url)
    other = view(client, client_kind, connect_timeout=3)
    other.list_buckets()
    client_kind.run(other.raw.aclose() if client_kind.is_async else other.raw.close())
    assert not client.transport.is_closed
    client.list_buckets()
    other.list_buckets()
    if client_kind.is_async:
        client_kind.run(client.raw.aclose())
        with pytest.raises(Exception, match="closed"):
            other.list_buckets()


def test_it_keeps_its_client(client_kind: Kind) -> None:
    client = client_of(client_kind)
    other = view(client, client_kind, timeout=3)
    client_kind._clients.clear()
    del client
    gc.collect()
    other.list_objects_v2(Bucket="b")


def test_a_stubbed_client(client_kind: Kind) -> None:
    client = client_of(client_kind)
    if client_kind.is_async:
        return
    with Stubber(client.raw) as stubber:
        stubber.add_response("list_buckets", {"Buckets": []})
        assert client.raw.with_options(timeout=1).list_buckets()["Buckets"] == []


def test_within_a_scope(client_kind: Kind) -> None:
    client, log = client_of(client_kind), []
    with client.meta.events.scope() as events:
        events.register("before-call", lambda **kwargs: log.append("scoped"))
        other = view(client, client_kind, headers={"X-Team": "data"}, retries={"mode": "legacy"})
        other.list_objects_v2(Bucket="b")
        assert log == ["scoped"]
    other.list_objects_v2(Bucket="b")
    assert log == ["scoped"]
    assert [header(request, "X-Team") for request in client.transport.requests] == ["data"] * 2
    assert type(other.raw.meta.events) is EventRegistry


def test_the_clock_is_shared(client_kind: Kind) -> None:
    client = client_of(client_kind)
    other = client.raw.with_options()
    client.raw._request_signer.clock_offset_seconds = 300.0
    assert other._request_signer.clock_offset_seconds == 300.0
    other._request_signer.clock_offset_seconds = 5.0
    assert client.raw._request_signer.clock_offset_seconds == 5.0
