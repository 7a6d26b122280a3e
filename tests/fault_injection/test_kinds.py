"""Each kind of fault as the client sees it: what is raised, what the retry modes do, what reached the service."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import sotalia
from sotalia.config import Config
from sotalia.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    DeadlineExceededError,
    EndpointConnectionError,
    FlexibleChecksumError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseParserError,
    ResponseStreamingError,
    SSLError,
)
from sotalia.fault_injection import (
    KINDS,
    clock_skew,
    connect_timeout,
    corrupt_body,
    cut_body,
    duplicate,
    empty_body,
    partial_batch,
    read_timeout,
    redirect,
    reset_after,
    service_failure,
    slow,
    slow_body,
    throttle,
    transaction_conflict,
    wrong_checksum,
)
from sotalia.testing import answer
from sotalia.transport.scripted import canned_response
from tests.client_kinds import Kind
from tests.fault_injection.service import BODY, CALLS, call, well
from tests.fault_injection.table import SAMPLES, outcome, table

# What the caller gets, attempts in the modes standard (and adaptive) and legacy, and how many requests reached the service in
# the former, where the fault happens to each attempt.
EXPECTED: dict[str, tuple[str, int, int, int]] = {
    "throttle": ("`ClientError`: `SlowDown`", 3, 5, 0),
    "internal_error": ("`ClientError`: `InternalError`", 3, 5, 0),
    "unavailable": ("`ClientError`: `ServiceUnavailable`", 3, 5, 0),
    "bad_gateway": ("`ClientError`: `502`", 3, 5, 0),
    "gateway_timeout": ("`ClientError`: `504`", 3, 5, 0),
    "service_failure": ("`NoSuchKey`", 1, 1, 0),
    "expired_token": ("`ClientError`: `ExpiredToken`", 1, 1, 0),
    "clock_skew": ("its result", 2, 2, 1),
    "invalid_signature": ("`ClientError`: `SignatureDoesNotMatch`", 1, 1, 0),
    "access_denied": ("`AccessDenied`", 1, 1, 0),
    "wrong_region": ("its result", 2, 2, 1),
    "redirect": ("its result", 2, 2, 1),
    "incomplete_body": ("`ClientError`: `IncompleteBody`", 1, 1, 0),
    "request_timeout": ("`ClientError`: `RequestTimeout`", 3, 5, 0),
    "expectation_failed": ("`ClientError`: `417`", 1, 1, 0),
    "conditional_conflict": (
        "`ConditionalCheckFailedException`",
        1,
        1,
        0,
    ),
    "transaction_conflict": ("`TransactionCanceledException`", 1, 1, 0),
    "partial_batch": ("its result", 1, 1, 1),
    "error_in_success": ("`ClientError`: `InternalError`", 3, 5, 0),
    "dns_failure": ("`EndpointConnectionError`", 3, 5, 0),
    "connection_refused": ("`EndpointConnectionError`", 3, 5, 0),
    "connect_timeout": ("`ConnectTimeoutError`", 3, 5, 0),
    "tls_error": ("`SSLError`", 3, 5, 0),
    "reset_before": ("`ConnectionClosedError`", 3, 5, 0),
    "reset_after": ("`ConnectionClosedError`", 3, 5, 3),
    "connection_closed": ("`ConnectionClosedError`", 3, 5, 0),
    "read_timeout": ("`ReadTimeoutError`", 3, 5, 3),
    "slow": ("its result", 1, 1, 1),
    "duplicate": ("its result", 1, 1, 2),
    "slow_body": ("its result", 1, 1, 1),
    "cut_body": ("`ResponseStreamingError`", 1, 1, 1),
    "empty_body": ("`ResponseParserError`", 1, 1, 1),
    "corrupt_body": ("`ClientError`: `500`", 3, 5, 3),
    "wrong_checksum": ("`FlexibleChecksumError`", 1, 1, 1),
}


def test_every_kind_has_its_row() -> None:
    assert set(EXPECTED) == set(KINDS)


@pytest.mark.parametrize("mode", ["standard", "adaptive", "legacy"])
@pytest.mark.parametrize("kind", EXPECTED)
def test_what_the_caller_gets(client_kind: Kind, kind: str, mode: str) -> None:
    text, standard, legacy, arrived = EXPECTED[kind]
    seen = outcome(client_kind, kind, config=Config(retries={"mode": mode}))
    attempts = legacy if mode == "legacy" else standard
    assert (seen.text, seen.attempts) == (text, attempts)
    # Those that are corrected happen once; all others to each attempt.
    assert seen.fired == (1 if arrived == 1 and attempts == 2 else attempts)
    if mode != "legacy":
        assert seen.arrived == arrived


@pytest.mark.parametrize("kind", [kind for kind, row in EXPECTED.items() if row[1] == 3])
def test_one_that_passes_is_got_over(client_kind: Kind, kind: str) -> None:
    seen = outcome(client_kind, kind, attempts=[1, 2])
    assert (seen.text, seen.attempts, seen.fired) == ("its result", 3, 2)


# Of each kind that is tried again: an operation, and a rule.
TRIED_AGAIN: dict[str, tuple[str, Any]] = {
    kind: (SAMPLES[kind][0], KINDS[kind](SAMPLES[kind][0], **SAMPLES[kind][1]))
    for kind, row in EXPECTED.items()
    if row[1] == 3
} | {
    "wrong_checksum of DynamoDB": ("dynamodb.GetItem", wrong_checksum("dynamodb")),
    "cut_body in memory": ("s3.ListObjectsV2", cut_body()),
    "service_failure": ("lambda.ListFunctions", service_failure(code="ServiceException", status=500)),
    "slow, given up": ("s3.PutObject", slow(seconds=0.2)),
    "read_timeout with time": ("s3.PutObject", read_timeout(seconds=0.05)),
}


@pytest.mark.parametrize("kind", TRIED_AGAIN)
def test_retries_stop_at_a_deadline(client_kind: Kind, kind: str) -> None:
    """Half a second is less than any two delays of the legacy mode, which double from a random one below a second."""
    name, rule = TRIED_AGAIN[kind]
    config = Config(retries={"mode": "legacy", "total_max_attempts": 30}, read_timeout=0.1)
    client = well(client_kind, name.partition(".")[0], config=config)
    view = client_kind_view(client_kind, client, deadline=0.5)
    with sotalia.faults(rule) as faults, pytest.raises(DeadlineExceededError) as error:
        call(view, name)
    phase = error.value.kwargs["phase"]
    assert "before another attempt" in phase or phase == "waiting for the response"
    assert 1 <= len(faults.fired) < 30
    assert sum(client.runtime.sleeps) <= 0.5


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_happens_after_the_deadline(client_kind: Kind, kind: str) -> None:
    name, settings = SAMPLES[kind]
    client = well(client_kind, name.partition(".")[0])
    view = client_kind_view(client_kind, client, deadline=0)
    with sotalia.faults(KINDS[kind](name, **settings)) as faults, pytest.raises(DeadlineExceededError):
        call(view, name)
    assert faults.fired == []
    assert faults.unused == list(faults.rules)


def client_kind_view(client_kind: Kind, client: Any, **options: Any) -> Any:
    from tests.client_kinds import Plain

    return Plain(client.raw.with_options(**options), client_kind)


def test_the_page_shows_the_table() -> None:
    page = Path(__file__).parents[2] / "docs" / "faults.md"
    assert table() in page.read_text("utf-8"), "run: python -m tests.fault_injection.table, and paste it"


# -- codes of services ---------------------------------------------------------------------------------------------------

THROTTLES = {
    "s3.PutObject": ("SlowDown", 503),
    "dynamodb.PutItem": ("ProvisionedThroughputExceededException", 400),
    "kinesis.PutRecords": ("ProvisionedThroughputExceededException", 400),
    "lambda.ListFunctions": ("TooManyRequestsException", 429),
    "sqs.ListQueues": ("RequestThrottled", 400),
    "sns.ListTopics": ("Throttling", 400),
    "ec2.DescribeRegions": ("RequestLimitExceeded", 503),
    "route-53.ListHostedZones": ("Throttling", 400),
    "cloudwatch.ListMetrics": ("ThrottlingException", 400),
    "eventbridgev2.ListEventBuses": ("ThrottlingException", 429),
}


@pytest.mark.parametrize("name", THROTTLES)
def test_a_throttling_is_the_service_s_own(client_kind: Kind, name: str) -> None:
    service = {"route-53": "route53"}.get(name.partition(".")[0], name.partition(".")[0])
    client = well(client_kind, service)
    with sotalia.faults(throttle(name)) as faults, pytest.raises(ClientError) as error:
        call(client, name)
    response = error.value.response
    code, status = THROTTLES[name]
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    assert response["Error"]["Message"]
    assert response["ResponseMetadata"]["RequestId"]
    assert len(faults.fired) > 1  # All of them are known as throttlings.
    assert "reached max retries" in str(error.value)


@pytest.mark.parametrize(
    "failure", ["internal_error", "unavailable", "expired_token", "access_denied", "invalid_signature"]
)
@pytest.mark.parametrize("name", THROTTLES)
def test_every_protocol_reads_its_errors(client_kind: Kind, name: str, failure: str) -> None:
    service = {"route-53": "route53"}.get(name.partition(".")[0], name.partition(".")[0])
    client = well(client_kind, service, config=Config(retries={"total_max_attempts": 1}))
    with sotalia.faults(KINDS[failure](name)), pytest.raises(ClientError) as error:
        call(client, name)
    found = error.value.response["Error"]
    assert found["Code"]
    assert not found["Code"].isdigit()
    assert found["Message"]


def test_an_error_has_the_status_and_class_of_the_model(client_kind: Kind) -> None:
    client = well(client_kind, "lambda")
    rule = service_failure("lambda.ListFunctions", code="TooManyRequestsException", message="Nö <&> 'x'")
    with sotalia.faults(rule), pytest.raises(client.exceptions.TooManyRequestsException) as error:
        call(client, "lambda.ListFunctions")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert error.value.response["Error"]["Message"] == "Nö <&> 'x'"


@pytest.mark.parametrize(
    ("name", "code", "shape", "status"),
    [
        ("sqs.SendMessageBatch", "QueueDoesNotExist", "QueueDoesNotExist", 400),
        ("sqs.SendMessageBatch", "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", 400),
        ("sns.ListTopics", "AuthorizationErrorException", "AuthorizationErrorException", 403),
        ("sns.ListTopics", "AuthorizationError", "AuthorizationErrorException", 403),
        ("dynamodb.PutItem", "ResourceNotFoundException", "ResourceNotFoundException", 400),
        ("s3.GetObject", "NoSuchKey", "NoSuchKey", 404),
    ],
)
def test_an_error_goes_by_either_of_its_names(
    client_kind: Kind, name: str, code: str, shape: str, status: int
) -> None:
    client = well(client_kind, name.partition(".")[0])
    with sotalia.faults(service_failure(name, code=code)), pytest.raises(ClientError) as error:
        call(client, name)
    assert type(error.value) is getattr(client.exceptions, shape)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_a_head_has_a_status_alone(client_kind: Kind) -> None:
    client = well(client_kind, "s3", config=Config(retries={"total_max_attempts": 1}))
    with sotalia.faults(throttle("s3.HeadObject")), pytest.raises(ClientError) as error:
        call(client, "s3.HeadObject")
    assert error.value.response["Error"]["Code"] == "503"


def test_a_service_says_when_to_try_again(client_kind: Kind) -> None:
    client = well(client_kind, "dynamodb")
    with sotalia.faults(throttle("dynamodb", retry_after=4, attempts=[1])):
        call(client, "dynamodb.GetItem")
    [delay] = client.runtime.sleeps
    assert 4 <= delay <= 5


# -- time ----------------------------------------------------------------------------------------------------------------


def test_a_slow_response_takes_its_time_by_the_call_s_runtime(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    with sotalia.faults(slow("s3.HeadObject", seconds=7)):
        call(client, "s3.HeadObject")
    assert client.runtime.sleeps == [7]


def test_what_is_slower_than_the_read_timeout_is_given_up(client_kind: Kind) -> None:
    client = well(client_kind, "s3", config=Config(read_timeout=5))
    with sotalia.faults(slow(seconds=7)), pytest.raises(ReadTimeoutError):
        call(client, "s3.PutObject")
    assert [seconds for seconds in client.runtime.sleeps if seconds >= 5] == [5, 5, 5]
    assert len(client.transport.requests) == 3  # The service has carried out each of them.


@pytest.mark.parametrize(
    ("rule", "name", "phase"),
    [
        (slow(seconds=7), "s3.HeadObject", "waiting for the response"),
        (read_timeout(seconds=60), "s3.HeadObject", "waiting for the response"),
        (connect_timeout(seconds=60), "s3.HeadObject", "connecting"),
        (slow_body(bytes_per_second=2), "s3.ListObjectsV2", "reading the response"),
        (slow_body(bytes_per_second=2), "s3.GetObject", "reading the response"),
    ],
    ids=repr,
)
def test_what_takes_too_long_meets_a_deadline(client_kind: Kind, rule: Any, name: str, phase: str) -> None:
    client = well(client_kind, "s3")
    with sotalia.faults(rule), pytest.raises(DeadlineExceededError) as error:
        call(client_kind_view(client_kind, client, deadline=5), name)
    assert error.value.kwargs["phase"] == phase
    assert sum(client.runtime.sleeps) == pytest.approx(5)


def test_a_deadline_of_a_block_is_met_too(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    with sotalia.faults(slow(seconds=70)), sotalia.deadline(50), pytest.raises(DeadlineExceededError):
        call(client, "s3.HeadObject")
    with sotalia.deadline(50), sotalia.faults(slow(seconds=70)), pytest.raises(DeadlineExceededError):
        call(client, "s3.HeadObject")


def test_a_body_comes_slowly(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    with sotalia.faults(slow_body(bytes_per_second=100)):
        assert call(client, "s3.GetObject")["Body"] == BODY
    assert sum(client.runtime.sleeps) == pytest.approx(10)


# -- bodies --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("chunked", "at"), [(False, 0.5), (True, 0.5), (False, 0), (True, 0.999)])
def test_a_stream_breaks_where_it_is_cut(client_kind: Kind, chunked: bool, at: float) -> None:
    client = well(client_kind, "s3")
    with sotalia.faults(cut_body(at=at, chunked=chunked)):
        body = client.get_object(Bucket="b", Key="k")["Body"]
        arrived = int(len(BODY) * at)
        assert b"".join(body.read(1) for _ in range(arrived)) == BODY[:arrived]
        with pytest.raises((ResponseStreamingError, IncompleteReadError)):
            body.read(1)
    with pytest.raises((ResponseStreamingError, IncompleteReadError)):
        body.read()


def test_a_body_in_memory_that_is_cut_is_another_attempt(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    with sotalia.faults(cut_body(attempts=[1])) as faults:
        call(client, "s3.ListObjectsV2")
    assert len(client.transport.requests) == 2
    assert len(faults.fired) == 1


@pytest.mark.parametrize("make", [cut_body, corrupt_body, empty_body, slow_body])
def test_nothing_can_be_damaged_of_no_body(client_kind: Kind, make: Any) -> None:
    client = well(client_kind, "s3", config=Config(retries={"total_max_attempts": 1}))
    with sotalia.faults(make(times=1)) as faults:
        call(client, "s3.HeadObject")
        assert faults.fired == []
        assert faults.unused == []
        with suppress(BotoCoreError, ClientError, ResponseParserError):
            call(client, "s3.ListObjectsV2")
    assert len(faults.fired) == 1  # The one time was not used up by the first call.


@pytest.mark.parametrize(
    "name", ["dynamodb.GetItem", "sns.ListTopics", "sqs.ListQueues", "eventbridgev2.ListEventBuses"]
)
@pytest.mark.parametrize("make", [corrupt_body, empty_body])
def test_damaged_documents_cannot_be_read(client_kind: Kind, name: str, make: Any) -> None:
    client = well(client_kind, name.partition(".")[0])
    with sotalia.faults(make(name)), pytest.raises(ResponseParserError):
        call(client, name)


@pytest.mark.parametrize("make", [cut_body, corrupt_body, empty_body])
def test_nothing_can_be_damaged_of_an_empty_object(client_kind: Kind, make: Any) -> None:
    client = client_kind.scripted("s3", [answer(200)])
    with sotalia.faults(make("s3.GetObject")) as faults:
        assert call(client, "s3.GetObject")["Body"] == b""
    assert faults.fired == []


def test_of_a_stream_of_unknown_length_the_first_piece_is_cut(client_kind: Kind) -> None:
    def respond(request: Any) -> Any:
        return canned_response(request, 200, {}, BODY)

    client = client_kind.scripted("s3", [respond])
    with sotalia.faults(cut_body(at=0.1)):
        body = client.get_object(Bucket="b", Key="k")["Body"]
        assert body.read(100) == BODY[:100]
        with pytest.raises(ResponseStreamingError):
            body.read(1)


def test_a_checksum_that_came_is_another_one(client_kind: Kind) -> None:
    from base64 import b64encode
    from zlib import crc32

    checksum = b64encode(crc32(BODY).to_bytes(4, "big")).decode()
    client = client_kind.scripted("s3", [answer(200, {"x-amz-checksum-crc32": checksum}, BODY)])
    assert call(client, "s3.GetObject")["Body"] == BODY
    for rule in (wrong_checksum(), corrupt_body()):
        with sotalia.faults(rule), pytest.raises(FlexibleChecksumError):
            call(client, "s3.GetObject")
    with sotalia.faults(wrong_checksum()) as faults, pytest.raises(ClientError):
        call(client_kind.scripted("s3", [answer(404)]), "s3.GetObject")
    assert faults.fired == []


def test_a_damaged_stream_shows_by_its_checksum_only(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    with sotalia.faults(corrupt_body("s3.GetObject")):
        assert call(client, "s3.GetObject")["Body"] != BODY
    with sotalia.faults(wrong_checksum("s3.GetObject")), pytest.raises(FlexibleChecksumError):
        call(client, "s3.GetObject")


def test_dynamodb_s_checksum_is_verified_and_tried_again(client_kind: Kind) -> None:
    client = well(client_kind, "dynamodb")
    with sotalia.faults(wrong_checksum("dynamodb", attempts=[1, 2])) as faults:
        call(client, "dynamodb.GetItem")
    assert len(faults.fired) == 2
    assert len(client.transport.requests) == 3


def test_an_empty_stream_is_an_empty_object(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    with sotalia.faults(empty_body("s3.GetObject")):
        assert call(client, "s3.GetObject")["Body"] == b""


# -- what reaches the service --------------------------------------------------------------------------------------------


def test_what_was_processed_is_sent_again(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    with sotalia.faults(reset_after("s3.PutObject", attempts=[1])):
        call(client, "s3.PutObject")
    bodies = [request.body for request in client.transport.requests]
    assert len(bodies) == 2


def test_a_stream_is_delivered_twice_whole(client_kind: Kind) -> None:
    from io import BytesIO

    received: list[bytes] = []

    def receive(request: Any) -> Any:
        received.append(request.body if isinstance(request.body, bytes) else request.body.read())
        return answer(200)

    client = client_kind.scripted(
        "s3", [receive], config=Config(request_checksum_calculation="when_required")
    )
    file = BytesIO(b"skipped" + b"data")
    file.seek(7)
    with sotalia.faults(duplicate()) as faults:
        client.put_object(Bucket="b", Key="k", Body=file)
    assert received == [b"data", b"data"]
    assert len(faults.fired) == 1


class Pipe:
    """A body that cannot be wound back."""

    def read(self, size: int = -1) -> bytes:
        return b""


def test_what_can_be_read_once_is_not_delivered_twice(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    with sotalia.faults(duplicate()) as faults:
        client.put_object(Bucket="b", Key="k", Body=Pipe())
    assert faults.fired == []
    assert len(client.transport.requests) == 1


@pytest.mark.parametrize(
    ("name", "failed"),
    [
        ("dynamodb.BatchWriteItem", lambda result: len(result["UnprocessedItems"]["t"])),
        ("dynamodb.BatchGetItem", lambda result: len(result["UnprocessedKeys"]["t"]["Keys"])),
        ("sqs.SendMessageBatch", lambda result: len(result["Failed"])),
        ("sqs.DeleteMessageBatch", lambda result: len(result["Failed"])),
        ("kinesis.PutRecords", lambda result: sum("ErrorCode" in record for record in result["Records"])),
        ("firehose.PutRecordBatch", lambda result: result["FailedPutCount"]),
        ("eventbridge.PutEvents", lambda result: result["FailedEntryCount"]),
    ],
)
@pytest.mark.parametrize(("share", "count"), [(0.01, 1), (0.5, 2), (0.75, 3), (1, 4)])
def test_a_part_of_a_batch_fails(client_kind: Kind, name: str, failed: Any, share: float, count: int) -> None:
    import json

    client = well(client_kind, {"eventbridge": "events"}.get(name.partition(".")[0], name.partition(".")[0]))
    with sotalia.faults(partial_batch(name, share=share)) as faults:
        result = call(client, name)
    assert failed(result) == count
    assert len(faults.fired) == 1
    if count == 4:
        assert client.transport.requests == []
    else:
        [request] = client.transport.requests
        sent = json.loads(request.body)
        entries = sent.get("Entries") or sent.get("Records") or sent["RequestItems"]["t"]
        assert len(entries["Keys"] if isinstance(entries, dict) else entries) == 4 - count
        assert request.headers["Content-Length"] in (str(len(request.body)), str(len(request.body)).encode())
    if name == "kinesis.PutRecords":
        assert result["FailedRecordCount"] == count
        assert [("ErrorCode" in record) for record in result["Records"]] == [False] * (4 - count) + [
            True
        ] * count
    if name == "sqs.SendMessageBatch":
        assert [entry["Id"] for entry in result["Successful"] + result["Failed"]] == list("0123")


def test_a_transaction_says_which_item(client_kind: Kind) -> None:
    client = well(client_kind, "dynamodb")
    with sotalia.faults(transaction_conflict()), pytest.raises(ClientError) as error:
        call(client, "dynamodb.TransactWriteItems")
    reasons = error.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["TransactionConflict", "None"]


def test_a_redirect_leads_to_the_other_region(client_kind: Kind) -> None:
    client = well(client_kind, "s3")
    for status in (301, 307):
        with sotalia.faults(redirect(region="eu-west-1", status=status)) as faults:
            client.get_object(Bucket=f"b{status}", Key="k")
        assert len(faults.fired) == 1
        assert "eu-west-1" in client.transport.requests[-1].url


def test_a_clock_that_is_wrong_is_corrected_for_later_calls_too(client_kind: Kind) -> None:
    client = well(client_kind, "dynamodb")
    for seconds in (7200, -7200):
        with sotalia.faults(clock_skew(seconds=seconds)) as faults:
            call(client, "dynamodb.GetItem")
            call(client, "dynamodb.GetItem")
        assert [fired.number for fired in faults.fired] == [1]


def test_classes_and_causes_are_those_of_the_transport(client_kind: Kind) -> None:
    client = well(client_kind, "s3", config=Config(retries={"total_max_attempts": 1}))
    expected = {
        "dns_failure": (EndpointConnectionError, OSError),
        "connection_refused": (EndpointConnectionError, ConnectionRefusedError),
        "connect_timeout": (ConnectTimeoutError, TimeoutError),
        "tls_error": (SSLError, OSError),
        "reset_before": (ConnectionClosedError, ConnectionResetError),
        "reset_after": (ConnectionClosedError, ConnectionResetError),
        "read_timeout": (ReadTimeoutError, TimeoutError),
    }
    for kind, (error_class, cause) in expected.items():
        with sotalia.faults(kind), pytest.raises(BotoCoreError) as error:
            call(client, "s3.HeadObject")
        assert type(error.value) is error_class
        assert isinstance(error.value.kwargs["error"], cause)
        assert isinstance(error.value.__cause__, cause)


def test_all_calls_of_the_table_succeed_without_faults(client_kind: Kind) -> None:
    for name in CALLS:
        if name.partition(".")[0] in ("s3", "dynamodb", "sqs", "sns", "kinesis"):
            call(well(client_kind, name.partition(".")[0]), name)
