"""A sample of the whole comparison in ``every_operation.py``, which says how to run all of it."""

from __future__ import annotations

import random

import pytest

from sotalia.model.loader import Loader
from tests.services.every_operation import Comparison

SERVICES = Loader().list_available_services("service-2")
# All protocols, what has many built-in handlers, and some by lot.
SAMPLE = sorted(
    {
        *random.Random(20261124).sample(SERVICES, 20),
        *("dynamodb", "s3", "sqs", "sns", "sts", "lambda", "route53", "glacier", "cloudwatch", "s3control"),
        *("eventbridgev2", "machinelearning", "cloudsearchdomain", "apigateway", "lex-runtime"),
    }
)


@pytest.mark.parametrize("service", SAMPLE)
def test_service(service: str) -> None:
    comparison = Comparison(service)
    assert comparison.surface() + comparison.operations(20261124) == []
    outcomes = comparison.outcomes
    # Calls that end before anything is sent would compare little.
    needs_token = outcomes.pop("botocore.exceptions.NoAuthTokenError", 0)
    assert outcomes["returned"] + outcomes["client error"] + needs_token > 0.9 * outcomes.total()
