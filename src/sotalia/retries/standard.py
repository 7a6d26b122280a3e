"""The standard retry mode.

See "Retry behavior" in the AWS SDKs and Tools Reference Guide. Connection errors, timeouts, transient server errors and
throttling are retried up to the maximum of attempts, as long as the client's quota lasts, after an exponential delay with
full jitter.
"""

from __future__ import annotations

import random
from threading import Lock
from typing import TYPE_CHECKING, Any

from sotalia import exceptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from sotalia.runtime import Runtime

TRANSIENT_CODES = frozenset(("RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete"))
TRANSIENT_STATUSES = frozenset((500, 502, 503, 504))
THROTTLING_CODES = frozenset(
    "Throttling ThrottlingException ThrottledException RequestThrottledException TooManyRequestsException "
    "ProvisionedThroughputExceededException TransactionInProgressException RequestLimitExceeded BandwidthLimitExceeded "
    "LimitExceededException RequestThrottled SlowDown PriorRequestNotComplete EC2ThrottledException".split()
)
DEFAULT_MAX_ATTEMPTS = 3
#: Services with more attempts and shorter delays.
_QUICK_SERVICES = frozenset(("dynamodb", "dynamodb-streams"))
_QUICK_MAX_ATTEMPTS = 4
_MAX_BACKOFF_SECONDS = 20.0
_THROTTLING_SCALE = 1.0
_SCALE = 0.05
_QUICK_SCALE = 0.025
_QUOTA = 500
_RETRY_COST = 14
_THROTTLING_COST = 5
_LONG_POLLING = frozenset(
    (
        ("sqs", "ReceiveMessage"),
        ("sfn", "GetActivityTask"),
        ("swf", "PollForActivityTask"),
        ("swf", "PollForDecisionTask"),
        ("kinesis", "ReceiveQueueRecords"),
        ("kinesis", "ReceiveDeadLetterQueueRecords"),
    )
)


def default_max_attempts(service_id: str) -> int:
    """Attempts at all, the first included."""
    return _QUICK_MAX_ATTEMPTS if service_id in _QUICK_SERVICES else DEFAULT_MAX_ATTEMPTS


class RetryQuota:
    """What a client may spend on retries, so that a broken service is not asked ever more. Safe for threads."""

    def __init__(self, capacity: int = _QUOTA) -> None:
        self._capacity = capacity
        self._available = capacity
        self._lock = Lock()

    @property
    def available_capacity(self) -> int:
        """What is left."""
        return self._available

    def acquire(self, amount: int) -> bool:
        """Take an amount, if there is as much."""
        with self._lock:
            if amount > self._available:
                return False
            self._available -= amount
            return True

    def release(self, amount: int) -> None:
        """Give an amount back."""
        if self._available < self._capacity:
            with self._lock:
                self._available = min(self._capacity, self._available + amount)


class StandardRetries:
    """The handlers of one client: :meth:`needs_retry`, :meth:`release_quota` and :meth:`seed`."""

    def __init__(
        self,
        service_id: str,
        max_attempts: int,
        runtime: Runtime,
        random_number: Callable[[], float] = random.random,
    ) -> None:
        self._service_id = service_id
        self._max_attempts = max_attempts
        self._runtime = runtime
        self._random = random_number
        self.quota = RetryQuota()

    def seed(self, request: Any, **kwargs: Any) -> None:
        """A handler of ``request-created``: say in the request how many attempts there may be."""
        retries = request.context.get("retries")
        if retries is not None:
            retries["max"] = self._max_attempts

    async def needs_retry(
        self,
        response: Any,
        operation: Any,
        attempts: int,
        caught_exception: BaseException | None,
        request_dict: dict[str, Any],
        **kwargs: Any,
    ) -> float | bool | None:
        """A handler of ``needs-retry``: seconds to wait before the next attempt, or none."""
        context = request_dict["context"]
        context["retries"]["max"] = self._max_attempts
        metadata = {} if response is None else response[1].get("ResponseMetadata", {})
        if attempts >= self._max_attempts:
            if response is not None:
                metadata["MaxAttemptsReached"] = True
            return None
        kind = self._kind(response, operation, caught_exception)
        if kind is None:
            return None
        delay = self._delay(attempts, kind == "throttling", response)
        amount = _THROTTLING_COST if kind == "throttling" else _RETRY_COST
        if not self.quota.acquire(amount):
            metadata["RetryQuotaReached"] = True
            if (self._service_id, operation.name) in _LONG_POLLING:
                # Whoever polls asks again at once; the delay keeps the load off the service.
                await self._runtime.sleep(delay)
            return False
        context["retry_quota_capacity"] = amount
        return delay

    def release_quota(self, context: dict[str, Any], http_response: Any, **kwargs: Any) -> None:
        """A handler of ``after-call``: a success gives back what its last retry took, or a little for none."""
        if 200 <= http_response.status_code < 300:
            self.quota.release(context.get("retry_quota_capacity", 1))

    def _kind(self, response: Any, operation: Any, caught: BaseException | None) -> str | None:
        """``throttling``, ``transient``, or ``None`` for what a retry would not help."""
        if caught is not None:
            retryable = (exceptions.ConnectionError, exceptions.HTTPClientError)
            return "transient" if isinstance(caught, retryable) else None
        http_response, parsed = response
        status = http_response.status_code
        if status < 300 and self._service_id != "dynamodb":
            return None
        code = parsed.get("Error", {}).get("Code")
        modeled = _modeled_error(operation, code)
        if code in THROTTLING_CODES or (status == 429 and modeled is None):
            return "throttling"
        if modeled is not None and (trait := modeled.metadata.get("retryable")) is not None:
            return "throttling" if trait.get("throttling") else "transient"
        if (
            code in TRANSIENT_CODES
            or status in TRANSIENT_STATUSES
            or (self._service_id == "sts" and code == "IDPCommunicationError")
            or (self._service_id == "dynamodb" and not has_matching_crc32(http_response))
        ):
            return "transient"
        return None

    def _delay(self, attempts: int, is_throttled: bool, response: Any) -> float:
        if is_throttled:
            scale = _THROTTLING_SCALE
        else:
            scale = _QUICK_SCALE if self._service_id in _QUICK_SERVICES else _SCALE
        delay: float = self._random() * min(scale * 2 ** (attempts - 1), _MAX_BACKOFF_SECONDS)
        header = None if response is None else response[0].headers.get("x-amz-retry-after")
        if header is not None and str(header).isdigit():
            delay = max(delay, min(int(header) / 1000, delay + 5))
        return delay


def _modeled_error(operation: Any, code: str | None) -> Any:
    """The error shape that the operation has for a code."""
    if code is None:
        return None
    for shape in operation.error_shapes:
        if code == (shape.metadata.get("error", {}).get("code") or shape.name):
            return shape
    return None


def has_matching_crc32(http_response: Any) -> bool:
    """Whether the body has the checksum that DynamoDB sent with it; without one, yes."""
    expected = http_response.headers.get("x-amz-crc32")
    if expected is None:
        return True
    from zlib import crc32

    return crc32(http_response.content) == int(expected)
