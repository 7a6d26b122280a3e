"""Retries of whole calls, sync and async: attempts, sleeps, headers, notes in results, handlers, bodies."""

from __future__ import annotations

import asyncio
import io
import random
import re
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia import exceptions
from sotalia.config import Config
from sotalia.config.unsigned import unsigned
from sotalia.retries.adaptive import RateLimiter
from sotalia.testing import AsyncManualRuntime, ManualRuntime
from sotalia.transport.scripted import ScriptedTransport, answer
from tests.client_kinds import KEYS, Kind

REFUSED = exceptions.EndpointConnectionError(endpoint_url="u")
SLOW = answer(503, body=b"<Error><Code>SlowDown</Code><Message>m</Message></Error>")
GOOD = answer(200, body=b"<ListAllMyBucketsResult/>")


def made(client_kind: Kind, service: str, script: list[Any], **arguments: Any) -> tuple[Any, Any]:
    """A client that answers from a script, and the clock that notes its sleeps."""
    clock = AsyncManualRuntime() if client_kind.is_async else ManualRuntime()
    transport = ScriptedTransport(script)
    session = client_kind.through(transport)
    session._session._kind.runtime = clock
    client = client_kind.client(service, session, **arguments)
    client.transport = transport
    return client, clock


def config(mode: str, **retries: Any) -> Config:
    return Config(retries={"mode": mode, **retries})


def attempted(client: Any, call: Any) -> tuple[int, Any]:
    """How many requests were sent, and the metadata or the kind of exception that came of it."""
    try:
        found = call()["ResponseMetadata"]
    except exceptions.ClientError as error:
        found = error.response["ResponseMetadata"]
    except exceptions.BotoCoreError as error:
        found = type(error)
    return len(client.transport.requests), found


@pytest.mark.parametrize(
    ("mode", "script", "requests", "notes"),
    [
        ("standard", [answer(500), GOOD], 2, {"RetryAttempts": 1}),
        ("standard", [answer(500)], 3, {"RetryAttempts": 2, "MaxAttemptsReached": True}),
        ("standard", [SLOW, answer(502), GOOD], 3, {"RetryAttempts": 2, "MaxAttemptsReached": True}),
        ("standard", [answer(403)], 1, {"RetryAttempts": 0}),
        ("standard", [answer(509)], 1, {"RetryAttempts": 0}),
        ("standard", [REFUSED, GOOD], 2, {"RetryAttempts": 1}),
        ("standard", [REFUSED], 3, exceptions.EndpointConnectionError),
        ("standard", [exceptions.HTTPClientError(error="e"), GOOD], 2, {"RetryAttempts": 1}),
        ("adaptive", [answer(500), GOOD], 2, {"RetryAttempts": 1}),
        ("adaptive", [answer(403)], 1, {"RetryAttempts": 0}),
        ("legacy", [answer(500), GOOD], 2, {"RetryAttempts": 1}),
        ("legacy", [answer(509)], 5, {"RetryAttempts": 4, "MaxAttemptsReached": True}),
        ("legacy", [*[answer(503)] * 4, GOOD], 5, {"RetryAttempts": 4}),
        ("legacy", [answer(403)], 1, {"RetryAttempts": 0}),
        ("legacy", [REFUSED], 5, exceptions.EndpointConnectionError),
        ("legacy", [exceptions.HTTPClientError(error="e")], 1, exceptions.HTTPClientError),
    ],
)
def test_attempts_and_what_is_noted(
    mode: str, script: list[Any], requests: int, notes: Any, client_kind: Kind
) -> None:
    s3, clock = made(client_kind, "s3", script, config=config(mode))
    sent, found = attempted(s3, s3.list_buckets)
    assert sent == requests
    if isinstance(notes, dict):
        found = {name: value for name, value in found.items() if name.startswith(("Retry", "Max"))}
    assert found == notes
    assert len(clock.sleeps) == requests - 1


@pytest.mark.parametrize(
    ("mode", "options", "service", "environment", "expected"),
    [
        ("standard", {}, "s3", None, 3),
        ("standard", {}, "dynamodb", None, 4),
        ("standard", {}, "dynamodbstreams", None, 4),
        ("legacy", {}, "s3", None, 5),
        ("legacy", {}, "dynamodb", None, 10),
        ("legacy", {}, "dynamodbstreams", None, 5),
        ("adaptive", {}, "s3", None, 3),
        ("standard", {"max_attempts": 0}, "s3", None, 1),
        ("standard", {"max_attempts": 4}, "s3", None, 5),
        ("standard", {"total_max_attempts": 2}, "s3", None, 2),
        ("standard", {"total_max_attempts": 2, "max_attempts": 7}, "s3", None, 2),
        ("legacy", {"max_attempts": 1}, "dynamodb", None, 2),
        ("standard", {}, "s3", "2", 2),
        ("legacy", {}, "s3", "2", 2),
        ("standard", {"max_attempts": 4}, "s3", "2", 5),
    ],
)
def test_the_maximum_of_attempts(
    mode: str,
    options: dict[str, int],
    service: str,
    environment: str | None,
    expected: int,
    client_kind: Kind,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if environment is not None:
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", environment)
    client, clock = made(client_kind, service, [answer(500)], config=config(mode, **options))
    call = {"s3": "list_buckets", "dynamodb": "list_tables", "dynamodbstreams": "list_streams"}[service]
    sent, _ = attempted(client, getattr(client, call))
    assert sent == expected
    assert len(clock.sleeps) == expected - 1


@pytest.mark.parametrize("mode", ["standard", "Adaptive", "LEGACY"])
def test_the_mode_may_come_from_the_environment(
    mode: str, client_kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_RETRY_MODE", mode)
    s3 = client_kind.client("s3")
    assert s3.meta.config.retries == {"mode": mode.lower()}
    monkeypatch.setenv("AWS_RETRY_MODE", "hasty")
    with pytest.raises(exceptions.InvalidRetryModeError, match="hasty"):
        client_kind.client("s3")


def test_delays_follow_mode_service_and_header(client_kind: Kind) -> None:
    random.seed(3)
    numbers = [random.Random(3).random()]
    random.seed(3)
    s3, clock = made(client_kind, "s3", [answer(503), GOOD])
    s3.list_buckets()
    assert clock.sleeps == [numbers[0] * 0.05]
    s3, clock = made(client_kind, "s3", [answer(503, {"x-amz-retry-after": "3000"}), GOOD])
    s3.list_buckets()
    assert clock.sleeps == [3.0]
    dynamodb, clock = made(
        client_kind, "dynamodb", [answer(500)] * 3 + [answer(body=b"{}")], config=config("legacy")
    )
    dynamodb.list_tables()
    assert clock.sleeps == [0.05, 0.1, 0.2]


def test_headers_of_each_attempt(client_kind: Kind) -> None:
    date = {"date": "Tue, 24 Nov 2026 15:00:00 GMT"}
    s3, _ = made(client_kind, "s3", [answer(500, date), answer(500, date), GOOD])
    s3.list_buckets()
    headers = [request.headers for request in s3.transport.requests]
    assert [h["amz-sdk-request"] for h in headers] == [
        b"attempt=1; max=3",
        b"ttl=20261124T150100Z; attempt=2; max=3",
        b"ttl=20261124T150100Z; attempt=3; max=3",
    ]
    ids = {h["amz-sdk-invocation-id"].decode() for h in headers}
    assert len(ids) == 1
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", ids.pop())
    s3, _ = made(client_kind, "s3", [answer(500), GOOD], config=config("legacy"))
    s3.list_buckets()
    assert [r.headers["amz-sdk-request"] for r in s3.transport.requests] == [
        b"attempt=1",
        b"attempt=2; max=5",
    ]


def test_the_quota_ends_retries_and_later_handlers_may_still_want_one(client_kind: Kind) -> None:
    s3, _ = made(client_kind, "s3", [answer(500)])
    for _ in range(17):
        attempted(s3, s3.list_buckets)
    assert len(s3.transport.requests) == 17 * 3
    _, metadata = attempted(s3, s3.list_buckets)
    assert metadata["RetryQuotaReached"] is True
    assert len(s3.transport.requests) == 17 * 3 + 2
    s3.meta.events.register("needs-retry", lambda attempts, **kwargs: 0 if attempts < 5 else None)
    _, metadata = attempted(s3, s3.list_buckets)
    assert metadata["RetryAttempts"] == 4


def test_a_long_poll_waits_before_it_gives_up(client_kind: Kind) -> None:
    sqs, clock = made(client_kind, "sqs", [answer(500)], config=config("standard", total_max_attempts=100))
    attempted(sqs, lambda: sqs.receive_message(QueueUrl="https://sqs.us-west-2.amazonaws.com/1/q"))
    assert len(sqs.transport.requests) == 36  # 500 // 14 retries
    assert len(clock.sleeps) == 36


@pytest.mark.parametrize("mode", ["standard", "legacy"])
@pytest.mark.parametrize(
    ("register", "event", "value", "requests"),
    [
        # Registered at the very event of the built-in handler: after it, or with register_first before it.
        ("register", "needs-retry.s3", False, 2),
        ("register_first", "needs-retry.s3", False, 1),
        ("register_last", "needs-retry.s3", False, 2),
        # More specific: before it. Less specific: after it.
        ("register", "needs-retry.s3.ListBuckets", False, 1),
        ("register_last", "needs-retry.s3.ListBuckets", False, 1),
        ("register", "needs-retry", False, 2),
        ("register_first", "needs-retry", False, 2),
        ("register", "needs-retry.*.ListBuckets", False, 1),
        # None leaves the decision to the others.
        ("register_first", "needs-retry.s3", None, 2),
    ],
)
def test_order_of_handlers_against_the_built_in_one(
    mode: str, register: str, event: str, value: Any, requests: int, client_kind: Kind
) -> None:
    s3, _ = made(client_kind, "s3", [answer(500), GOOD], config=config(mode))
    heard: list[int] = []

    def decide(attempts: int, **kwargs: Any) -> Any:
        heard.append(attempts)
        return value

    getattr(s3.meta.events, register)(event, decide)
    sent, _ = attempted(s3, s3.list_buckets)
    assert sent == requests
    assert heard == list(range(1, requests + 1))  # All run, whoever decides.


def test_a_handler_registered_on_the_session_goes_before_the_built_in_one(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    session.events.register("needs-retry.s3", lambda **kwargs: False)
    s3 = client_kind.scripted("s3", [answer(500), GOOD], session)
    assert attempted(s3, s3.list_buckets)[0] == 1


def test_a_handler_may_have_more_tried_than_the_built_in_one(client_kind: Kind) -> None:
    s3, clock = made(client_kind, "s3", [answer(404)])
    s3.meta.events.register(
        "needs-retry.s3", lambda attempts, **kwargs: 0.5 * attempts if attempts < 4 else None
    )
    assert attempted(s3, s3.list_buckets)[0] == 4
    assert clock.sleeps == [0.5, 1.0, 1.5]


def test_the_built_in_handler_can_be_taken_out_by_its_id(client_kind: Kind) -> None:
    """The id is the same in every mode."""
    for mode in ("standard", "legacy", "adaptive"):
        s3, _ = made(client_kind, "s3", [answer(500)], config=config(mode))
        s3.meta.events.unregister("needs-retry.s3", unique_id="retry-config-s3")
        assert attempted(s3, s3.list_buckets)[0] == 1


def test_files_are_sent_again_from_where_they_stood(client_kind: Kind, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"skipped, then sent")
    bodies = []

    def keep(request: Any) -> Any:
        bodies.append(request.body.read())
        return answer(503) if len(bodies) < 3 else answer(200)

    with path.open("rb") as file:
        file.seek(9)
        s3, _ = made(client_kind, "s3", [keep], endpoint_url="http://localhost:1")
        s3.put_object(Bucket="b", Key="k", Body=file)
    assert bodies == [b"then sent"] * 3


class Pipe(io.RawIOBase):
    """Readable once."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def read(self, amount: int = -1) -> bytes:
        return self._data.read(amount)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


def test_a_body_that_can_be_read_only_once_is_not_retried(client_kind: Kind) -> None:
    settings = Config(request_checksum_calculation="when_required", signature_version=unsigned())
    s3, _ = made(client_kind, "s3", [answer(503)], config=settings)
    with pytest.raises(exceptions.UnseekableStreamError):
        s3.put_object(Bucket="b", Key="k", Body=Pipe(b"once"))
    assert len(s3.transport.requests) == 1


def test_a_damaged_dynamodb_answer(client_kind: Kind) -> None:
    damaged = answer(200, {"x-amz-crc32": "1"}, b'{"TableNames": []}')
    dynamodb, _ = made(client_kind, "dynamodb", [damaged, answer(body=b'{"TableNames": ["t"]}')])
    assert dynamodb.list_tables()["TableNames"] == ["t"]
    dynamodb, _ = made(client_kind, "dynamodb", [damaged], config=config("legacy"))
    with pytest.raises(exceptions.ChecksumError):
        dynamodb.list_tables()
    assert len(dynamodb.transport.requests) == 10


def test_a_client_of_organizations_leaves_other_clients_alone(client_kind: Kind) -> None:
    session = client_kind.session(**KEYS)
    client_kind.client("organizations", session, config=config("legacy"))
    s3, _ = made(client_kind, "s3", [answer(429), GOOD], config=config("legacy"))
    assert attempted(s3, s3.list_buckets)[0] == 2


@pytest.mark.parametrize("start", [1000.0, 1000.13, 1000.49, 1000.77, 1000.99])
def test_the_adaptive_mode_limits_after_a_throttling(start: float, client_kind: Kind) -> None:
    """From the first throttling on, each attempt waits for a token before it goes out: one in two seconds at first."""
    s3, clock = made(client_kind, "s3", [GOOD, SLOW, GOOD], config=config("adaptive"))
    handlers = s3.meta.events.handlers("before-send.s3.ListBuckets")
    limiter = next(h.__self__ for h in handlers if isinstance(getattr(h, "__self__", None), RateLimiter))
    # Requests are counted in spans of half a second of the clock, so where in a span it starts matters.
    limiter.__init__(limiter._runtime, lambda: start + sum(clock.sleeps))  # type: ignore[misc]
    s3.list_buckets()
    assert clock.sleeps == []
    s3.list_buckets()
    assert limiter.is_enabled
    waited = sum(clock.sleeps)
    expected = (1 - limiter._bucket.available) / limiter.rate
    s3.list_buckets()
    assert expected > 0.2
    assert sum(clock.sleeps) - waited == pytest.approx(expected)
    assert len(s3.transport.requests) == 4


def test_the_adaptive_mode_never_blocks_the_loop() -> None:
    """Fifty calls wait for tokens that hardly come; the loop goes on, and cancelling them ends at once."""

    async def scenario() -> tuple[int, int]:
        session = sotalia.AsyncSession(**KEYS, transport=ScriptedTransport([SLOW, GOOD]))
        async with session.client("s3", config=config("adaptive", total_max_attempts=1)) as s3:
            with pytest.raises(exceptions.ClientError):
                await s3.list_buckets()
            tasks = [asyncio.ensure_future(s3.list_buckets()) for _ in range(50)]
            turns = 0
            for _ in range(200):
                await asyncio.sleep(0)
                turns += 1
            waiting = sum(not task.done() for task in tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            return turns, waiting

    turns, waiting = asyncio.run(scenario())
    assert turns == 200
    assert waiting >= 49
