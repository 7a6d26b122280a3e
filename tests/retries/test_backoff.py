"""How long to wait, as tables."""

from __future__ import annotations

import pytest

from sotalia.retries.backoff import exponential_delay, retry_after_seconds, scale_seconds


@pytest.mark.parametrize(
    ("attempts", "scale", "random_number", "retry_after", "expected"),
    [
        (1, 0.05, 0.0, None, 0.0),
        (1, 0.05, 0.5, None, 0.025),
        (2, 0.05, 0.5, None, 0.05),
        (3, 0.05, 0.5, None, 0.1),
        (1, 1.0, 0.9, None, 0.9),
        (3, 1.0, 0.5, None, 2.0),
        (10, 0.05, 0.5, None, 10.0),
        (10, 1.0, 0.5, None, 10.0),  # never more than 20 s
        (100_000, 1.0, 0.25, None, 5.0),
        (1, 1.0, 0.5, 0.0, 0.5),
        (1, 1.0, 0.5, 0.2, 0.5),
        (1, 1.0, 0.5, 3.0, 3.0),
        (1, 1.0, 0.5, 60.0, 5.5),  # no more than 5 s beyond
        (10, 1.0, 0.5, 60.0, 15.0),
    ],
)
def test_exponential_delay(
    attempts: int, scale: float, random_number: float, retry_after: float | None, expected: float
) -> None:
    assert exponential_delay(attempts, scale, random_number, retry_after) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("service_id", "is_throttled", "expected"),
    [
        ("s3", False, 0.05),
        ("s3", True, 1.0),
        ("dynamodb", False, 0.025),
        ("dynamodb", True, 1.0),
        ("dynamodb-streams", False, 0.025),
    ],
)
def test_scale(service_id: str, is_throttled: bool, expected: float) -> None:
    assert scale_seconds(service_id, is_throttled=is_throttled) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("0", 0.0),
        ("1500", 1.5),
        (" 20 ", 0.02),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("²", None),
        ("1" + "0" * 400, None),
    ],
)
def test_retry_after(header: str | None, expected: float | None) -> None:
    assert retry_after_seconds(header) == expected
