"""Failures on purpose, to test what your program does about them: throttled, cut, slow, expired.

>>> import sotalia
>>> from sotalia.fault_injection import slow, throttle
>>> with sotalia.faults(throttle("s3.PutObject", attempts=[1, 2]), slow(seconds=2, probability=0.1), seed=7) as faults:
...     upload(...)
>>> faults.fired
[<throttle: s3.PutObject 1, attempt 1>, <throttle: s3.PutObject 1, attempt 2>]

Faults stand between a client and its connections, so the client's own retries, deadlines and checks see what they would see of
the real thing. What a handler of ``before-send`` answers in the network's place (botocore's Stubber, moto's ``mock_aws``) never
comes to the transport and has no faults; scripted transports, cassettes and ``LocalAWS`` have them.
"""

from __future__ import annotations

from sotalia.fault_injection.block import UnusedFaultWarning, faults
from sotalia.fault_injection.connection_failures import (
    connect_timeout,
    connection_closed,
    connection_refused,
    dns_failure,
    duplicate,
    read_timeout,
    reset_after,
    reset_before,
    slow,
    tls_error,
)
from sotalia.fault_injection.delivery import Delivery
from sotalia.fault_injection.firing import Fired
from sotalia.fault_injection.kinds import KINDS
from sotalia.fault_injection.partial_batches import partial_batch
from sotalia.fault_injection.response_failures import (
    corrupt_body,
    cut_body,
    empty_body,
    error_in_success,
    slow_body,
    wrong_checksum,
)
from sotalia.fault_injection.rules import Fault
from sotalia.fault_injection.service_failures import (
    access_denied,
    bad_gateway,
    clock_skew,
    conditional_conflict,
    expectation_failed,
    expired_token,
    gateway_timeout,
    incomplete_body,
    internal_error,
    invalid_signature,
    redirect,
    request_timeout,
    service_failure,
    throttle,
    transaction_conflict,
    unavailable,
    wrong_region,
)

__all__ = [
    "KINDS",
    "Delivery",
    "Fault",
    "Fired",
    "UnusedFaultWarning",
    "access_denied",
    "bad_gateway",
    "clock_skew",
    "conditional_conflict",
    "connect_timeout",
    "connection_closed",
    "connection_refused",
    "corrupt_body",
    "cut_body",
    "dns_failure",
    "duplicate",
    "empty_body",
    "error_in_success",
    "expectation_failed",
    "expired_token",
    "faults",
    "gateway_timeout",
    "incomplete_body",
    "internal_error",
    "invalid_signature",
    "partial_batch",
    "read_timeout",
    "redirect",
    "request_timeout",
    "reset_after",
    "reset_before",
    "service_failure",
    "slow",
    "slow_body",
    "throttle",
    "tls_error",
    "transaction_conflict",
    "unavailable",
    "wrong_checksum",
    "wrong_region",
]
