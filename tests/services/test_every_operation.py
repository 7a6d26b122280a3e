"""A sample of the whole comparison in ``every_operation.py``, which says how to run all of it."""

from __future__ import annotations

import random

import pytest

from sotalia.model.loader import Loader
from tests.services.every_operation import Comparison, standing_clock

SERVICES = Loader().list_available_services("service-2")
# All protocols, what has many built-in handlers, and some by lot.
SAMPLE = sorted(
    {
        *random.Random(20261124).sample(SERVICES, 20),
        *("dynamodb", "s3", "sqs", "sns", "sts", "lambda", "route53", "glacier", "cloudwatch", "s3control"),
        *("eventbridgev2", "machinelearning", "cloudsearchdomain", "apigateway", "lex-runtime"),
    }
)


@pytest.mark.slow(keep=12)
@pytest.mark.usefixtures("no_awscrt")
@pytest.mark.parametrize("service", SAMPLE)
def test_service(service: str) -> None:
    comparison = Comparison(service)
    assert comparison.surface() + comparison.operations(20261124) == []
    outcomes = comparison.outcomes
    # Calls that end before anything is sent would compare little.
    needs_token = outcomes.pop("botocore.exceptions.NoAuthTokenError", 0)
    assert outcomes["returned"] + outcomes["client error"] + needs_token > 0.9 * outcomes.total()


@pytest.mark.parametrize(
    ("variable", "value", "services"),
    [
        ("AWS_BEARER_TOKEN_BEDROCK", "token", ["bedrock-runtime"]),
        ("AWS_USE_FIPS_ENDPOINT", "true", ["sts", "kms", "s3"]),
        ("AWS_USE_DUALSTACK_ENDPOINT", "true", ["s3", "sqs"]),
        ("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required", ["s3"]),
        ("AWS_RESPONSE_CHECKSUM_VALIDATION", "when_required", ["s3"]),
        ("AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES", "1", ["cloudwatch"]),
        (
            "AWS_AUTH_SCHEME_PREFERENCE",
            "sigv4a,httpBearerAuth",
            ["bedrock-runtime", "cloudfront-keyvaluestore"],
        ),
        ("AWS_AUTH_SCHEME_PREFERENCE", "noAuth,sigv4", ["bedrock-runtime"]),
    ],
)
def test_settings(variable: str, value: str, services: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    for service in services:
        assert Comparison(service).operations(20261125) == []


@pytest.mark.parametrize("region", ["", "eu-west-1"])
def test_a_copy_is_presigned_for_its_source_region_whatever_that_is(region: str) -> None:
    """Also for an empty one, which the service refuses in its own words."""
    comparison = Comparison("ec2")
    with standing_clock():
        for client, network in zip((comparison.mine, comparison.theirs), comparison.networks, strict=True):
            network.answer = (200, {}, b"<CopySnapshotResponse/>")
            client.copy_snapshot(SourceRegion=region, SourceSnapshotId="snap-1")
    mine, theirs = (network.requests[0]["body"] for network in comparison.networks)
    assert mine == theirs
    assert b"PresignedUrl=https" in mine
