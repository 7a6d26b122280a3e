"""Decisions, delays and quota of the standard mode beside botocore's, over a table of outcomes."""

from __future__ import annotations

import itertools
from typing import Any

import botocore.exceptions as errors
import botocore.retries.standard
import pytest

from sotalia.retries.conditions import THROTTLING_CODES, TRANSIENT_CODES, error_code
from sotalia.retries.quota import RetryQuota
from sotalia.retries.standard import StandardRetries, default_max_attempts
from sotalia.runtime import drive
from sotalia.testing import ManualRuntime
from tests.retries.reference import (
    BAD_CRC,
    GOOD_CRC,
    LOADER,
    Case,
    ask,
    reference_client,
    reference_model,
)

OPERATIONS = [
    ("s3", "GetObject"),
    ("dynamodb", "PutItem"),
    ("dynamodbstreams", "GetRecords"),
    ("sts", "AssumeRoleWithWebIdentity"),
    ("sqs", "ReceiveMessage"),
    ("sqs", "SendMessage"),
    ("ec2", "DescribeInstances"),
    ("kinesis", "PutRecord"),
    ("lambda", "Invoke"),
    ("stepfunctions", "GetActivityTask"),
]
STATUSES = (200, 204, 301, 400, 403, 404, 408, 409, 429, 500, 501, 502, 503, 504, 509)
CODES: tuple[Any, ...] = (
    None,
    "AccessDenied",
    "IDPCommunicationError",
    "ReplicatedWriteConflictException",
    "RequestTimeTooSkewed",
    *sorted(THROTTLING_CODES | TRANSIENT_CODES),
)
ERRORS = [
    errors.EndpointConnectionError(endpoint_url="u"),
    errors.ConnectTimeoutError(endpoint_url="u"),
    errors.ReadTimeoutError(endpoint_url="u"),
    errors.ConnectionClosedError(endpoint_url="u"),
    errors.SSLError(endpoint_url="u", error="e"),
    errors.ProxyConnectionError(proxy_url="u", error="e"),
    errors.HTTPClientError(error="e"),
    errors.ResponseStreamingError(error="e"),
    errors.NoCredentialsError(),
    errors.ChecksumError(checksum_type="c", expected_checksum=1, actual_checksum=2),
    ValueError("v"),
    ConnectionResetError("reset"),
]


def cases(service: str, operation: str) -> list[Case]:
    found = [
        Case(service, operation, attempts, status, code)
        for attempts, status, code in itertools.product((1, 2, 3, 4), STATUSES, CODES)
    ]
    for attempts, error in itertools.product((1, 2, 3), ERRORS):
        found.append(Case(service, operation, attempts, error=error))
    for header in ("0", "1", "900", "99999", "-5", "x", "1e3", " 7 ", "1_0"):
        for code in (None, "SlowDown"):
            found.append(Case(service, operation, 1, 503, code, {"x-amz-retry-after": header}))
    for crc, status in itertools.product((GOOD_CRC, BAD_CRC), (200, 400, 500)):
        found.append(Case(service, operation, 1, status, None, {"x-amz-crc32": crc}))
    # Results named Error that are none, and one that looks like one.
    for value in ("text", {"Message": "no code"}, ["list"], {"Code": "Throttling"}):
        found += [Case(service, operation, 1, status, (value,)) for status in (200, 400)]
    return found


def our_model(service: str, operation: str) -> Any:
    return LOADER.service(service).operation_model(operation)


class Ours:
    """Our handler as the reference's: what it may await is awaited."""

    def __init__(self, service: str, max_attempts: int | None = None) -> None:
        service_id = LOADER.service(service).service_id.hyphenize()
        self.runtime = ManualRuntime()
        self.retries = StandardRetries(
            service_id, max_attempts or default_max_attempts(service_id), self.runtime
        )

    def __call__(self, **kwargs: Any) -> Any:
        decided = self.retries.needs_retry(**kwargs)
        return drive(decided) if hasattr(decided, "send") else decided  # type: ignore[arg-type]


def reference(service: str, max_attempts: int | None = None) -> Any:
    """Botocore's handler with a quota and a list of sleeps of its own."""
    handler = botocore.retries.standard.register_retry_handler(
        reference_client(service, "standard", max_attempts=9), max_attempts
    )
    handler.sleeps = []
    handler._sleep = handler.sleeps.append
    return handler


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_decisions_are_those_of_the_reference(service: str, operation: str) -> None:
    theirs, ours = reference(service), Ours(service)
    models = reference_model(service, operation), our_model(service, operation)
    checked = retried = 0
    for case in cases(service, operation):
        # Quotas of both are filled up again: they have a test of their own.
        theirs._retry_quota._quota.release(1000)
        ours.retries.quota.release(1000)
        expected = ask(theirs.needs_retry, case, models[0])
        assert ask(ours, case, models[1]) == expected, case
        checked += 1
        retried += expected[0] is not None
    assert retried > 300
    assert checked - retried > 400


def modeled() -> list[tuple[str, str, str]]:
    """Errors that services model as retryable, and some that they do not."""
    found = []
    for service in ("lambda", "kms", "bedrock-runtime", "sagemaker-runtime", "synthetics"):
        model = LOADER.service(service)
        for name in model.operation_names:
            found += [
                (service, name, shape.metadata.get("error", {}).get("code") or shape.name)
                for shape in model.operation_model(name).error_shapes
            ]
    return found


def test_modeled_errors_are_judged_as_the_reference_does() -> None:
    rows = modeled()
    handlers = {service: (reference(service), Ours(service)) for service in {row[0] for row in rows}}
    kinds = set()
    for service, operation, code in rows:
        theirs, ours = handlers[service]
        for status in (400, 429):
            theirs._retry_quota._quota.release(1000)
            ours.retries.quota.release(1000)
            case = Case(service, operation, 1, status, code)
            expected = ask(theirs.needs_retry, case, reference_model(service, operation))
            assert ask(ours, case, our_model(service, operation)) == expected, case
            kinds.add((expected[0] is None, expected[2].get("retry_quota_capacity")))
    assert kinds == {(True, None), (False, 5), (False, 14)}


@pytest.mark.parametrize("service", ["s3", "dynamodb", "sqs"])
@pytest.mark.parametrize("retry_code", [None, "SlowDown", "AccessDenied"])
def test_quota_over_a_sequence_is_that_of_the_reference(service: str, retry_code: str | None) -> None:
    """Calls that fail, are throttled, succeed after retries or at once: the same is left after each step."""
    operation = {"s3": "GetObject", "dynamodb": "PutItem", "sqs": "ReceiveMessage"}[service]
    theirs, ours = reference(service), Ours(service)
    quotas = theirs._retry_quota._quota, ours.retries.quota
    steps: list[tuple[int, str | None]] = [(503, retry_code), (500, None), (503, "SlowDown"), (200, None)]
    left = []
    for turn in range(250):
        contexts: tuple[dict[str, Any], dict[str, Any]] = ({"retries": {"max": 9}}, {"retries": {"max": 9}})
        for attempts, (status, code) in enumerate(steps[turn % 3 : 3 + (turn > 180)], 1):
            case = Case(service, operation, attempts, status, code)
            expected = ask(theirs.needs_retry, case, reference_model(service, operation), contexts[0])
            assert ask(ours, case, our_model(service, operation), contexts[1]) == expected, (turn, case)
            http = type("Http", (), {"status_code": status})
        theirs._retry_quota.release_retry_quota(contexts[0], http)
        ours.retries.release_quota(contexts[1], http)
        assert quotas[0].available_capacity == quotas[1].available_capacity
        left.append(quotas[0].available_capacity)
    assert min(left) < 14  # it ran out
    assert left[-1] > min(left)  # and was filled again
    assert ours.runtime.sleeps == theirs.sleeps
    assert bool(theirs.sleeps) is (service == "sqs")


def test_a_success_gives_back_no_more_than_there_was() -> None:
    quota = RetryQuota(20)
    assert quota.acquire(14)
    assert not quota.acquire(14)
    quota.release(100)
    assert quota.available_capacity == 20
    ours = Ours("s3")
    ours.retries.release_quota({}, None)
    assert ours.retries.quota.available_capacity == 500


def test_a_damaged_checksum_header_is_a_damaged_answer() -> None:
    """The reference ends the call with a ValueError."""
    ours = Ours("dynamodb")
    case = Case("dynamodb", "PutItem", 1, 200, None, {"x-amz-crc32": "rubbish"})
    decided, _, _ = ask(ours, case, our_model("dynamodb", "PutItem"))
    assert decided >= 0


@pytest.mark.parametrize(
    ("parsed", "expected"),
    [
        (None, None),
        ({}, None),
        ({"Error": "text"}, None),
        ({"Error": {}}, None),
        ({"Error": {"Code": "C"}}, "C"),
    ],
)
def test_error_code(parsed: Any, expected: str | None) -> None:
    assert error_code(parsed) == expected


@pytest.mark.parametrize("known", [{}, {"max": 1}, {"max": 8}])
def test_the_maximum_is_noted_for_the_next_attempt(known: dict[str, int]) -> None:
    contexts: list[Any] = []
    for handler in (reference("s3").needs_retry, Ours("s3")):
        context = {"retries": {"attempt": 1, **known}}
        ask(handler, Case("s3", "GetObject", 1, 503), our_model("s3", "GetObject"), context)
        contexts.append(context)
    assert contexts[0] == contexts[1]
