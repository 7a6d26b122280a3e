"""The legacy mode beside botocore's: rules of each service, delays, what is raised and what is noted."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from sotalia import exceptions
from sotalia.retries.legacy_retries import LegacyRetries, LegacyRules, legacy_rules
from tests.retries.reference import BAD_CRC, GOOD_CRC, LOADER, Case, ask, reference_client
from tests.retries.test_standard import ERRORS

DATA = LOADER.load_data("_retry")
SERVICES = [
    ("s3", "GetObject"),
    ("dynamodb", "PutItem"),
    ("dynamodbstreams", "GetRecords"),
    ("organizations", "ListAccounts"),
    ("ec2", "DescribeInstances"),
    ("cloudsearch", "DescribeDomains"),
    ("kinesis", "PutRecord"),
    ("sqs", "SendMessage"),
    ("glacier", "ListVaults"),
    ("route53", "ListHostedZones"),
    ("sts", "GetCallerIdentity"),
    ("iam", "ListUsers"),
]
STATUSES = (200, 301, 400, 403, 404, 408, 409, 429, 500, 502, 503, 504, 509)
CODES = (
    None,
    "AccessDenied",
    "BadDigest",
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "IDPCommunicationError",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "ReplicatedWriteConflictException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestTimeout",
    "RequestTimeoutException",
    "Throttling",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
)


def cases(service: str, operation: str) -> list[Case]:
    found = [
        Case(service, operation, attempts, status, code)
        for attempts, status, code in itertools.product((1, 2, 4, 5, 9, 10, 11), STATUSES, CODES)
    ]
    found += [
        Case(service, operation, attempts, error=error)
        for attempts, error in itertools.product((1, 4, 5, 10), ERRORS)
    ]
    found += [
        Case(service, operation, attempts, status, None, {"x-amz-crc32": crc})
        for attempts, status, crc in itertools.product((1, 9, 10), (200, 500), (GOOD_CRC, BAD_CRC))
    ]
    return found


def handlers(service: str, **options: int) -> tuple[Any, Any]:
    client = reference_client(service, "legacy", **options)
    name = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}"
    rules = legacy_rules(DATA, LOADER.service(service).endpoint_prefix)
    ours = LegacyRetries(rules, options.get("total_max_attempts"))
    # Botocore's own handler, from its place among the others of the client.
    theirs = None
    for handler in client.meta.events._emitter._handlers.prefix_search(name):
        if type(handler).__name__ == "RetryHandler":
            theirs = handler
    assert theirs is not None
    return theirs, ours.needs_retry


@pytest.mark.parametrize(("service", "operation"), SERVICES)
def test_decisions_are_those_of_the_reference(service: str, operation: str) -> None:
    theirs, ours = handlers(service)
    decisions = set()
    for case in cases(service, operation):
        expected = ask(theirs, case, None)
        assert ask(ours, case, None) == expected, case
        decisions.add("raised" if isinstance(expected[0], tuple) else expected[0] is not None)
    assert decisions == {True, False, "raised"}


@pytest.mark.parametrize("total", [1, 2, 6])
def test_the_callers_maximum_replaces_that_of_the_service(total: int) -> None:
    theirs, ours = handlers("dynamodb", total_max_attempts=total)
    for case in cases("dynamodb", "PutItem"):
        assert ask(ours, case, None) == ask(theirs, case, None), case


def test_every_service_of_the_file_has_rules() -> None:
    assert len(DATA["retry"]) > 3
    for prefix in DATA["retry"]:
        rules = legacy_rules(DATA, prefix)
        assert rules.matches(503, None)
        assert rules.retries_connections


def test_the_file_is_left_as_it_is() -> None:
    """In the reference, a client of Organizations takes the plain 429 from all clients that come after it."""
    assert not legacy_rules(DATA, "organizations").matches(429, None)
    assert legacy_rules(DATA, "organizations").matches(400, "TooManyRequestsException")
    assert legacy_rules(DATA, "s3").matches(429, None)
    assert not legacy_rules(DATA, "s3").matches(400, "TooManyRequestsException")


def test_dynamodb_waits_without_jitter_and_others_with() -> None:
    dynamodb, others = legacy_rules(DATA, "dynamodb"), legacy_rules(DATA, "s3")
    assert [dynamodb.delay(attempts, 0.9) for attempts in (1, 2, 5)] == [0.05, 0.1, 0.8]
    assert [others.delay(attempts, 0.5) for attempts in (1, 2, 5)] == [0.5, 1.0, 8.0]


def test_rules_of_a_users_own_file() -> None:
    rules = LegacyRules(
        {
            "max_attempts": 2,
            "delay": {"type": "exponential", "base": 1, "growth_factor": 3},
            "policies": {"teapot": {"applies_when": {"response": {"http_status_code": 418}}}},
        }
    )
    assert rules.matches(418, "Any")
    assert not rules.matches(503, None)
    assert not rules.is_retryable(exceptions.EndpointConnectionError(endpoint_url="u"))
    assert rules.delay(3, 0.1) == 9
