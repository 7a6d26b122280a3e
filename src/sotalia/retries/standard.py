"""The retry mode ``standard``: up to the maximum of attempts, as long as the client's quota lasts.

:mod:`~sotalia.retries.conditions` says what is retried, :mod:`~sotalia.retries.backoff` when. The handlers here do what is
left: count, take from the quota, and note in the result what ended the retries.
"""

from __future__ import annotations

from sotalia.events.handlers import named
from sotalia.retries.backoff import (
    QUICK_SERVICES,
    RETRY_AFTER,
    Delay,
    exponential_delay,
    retry_after_seconds,
    scale_seconds,
)
from sotalia.retries.conditions import CHECKED_SERVICES, retry_rule
from sotalia.retries.quota import RETRY_COST, SUCCESS_REFUND, THROTTLING_COST, RetryQuota

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from sotalia.retries.conditions import Kind
    from sotalia.runtime import Runtime
    from sotalia.transport.messages import AWSRequest, AWSResponse

DEFAULT_MAX_ATTEMPTS = 3
#: Services with shorter delays get one attempt more.
QUICK_MAX_ATTEMPTS = 4
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
    return QUICK_MAX_ATTEMPTS if service_id in QUICK_SERVICES else DEFAULT_MAX_ATTEMPTS


def any_number() -> float:
    """A random number in [0, 1). The module is not loaded before the first retry."""
    import random

    return random.random()


def note_max_attempts(context: dict[str, Any], max_attempts: int) -> None:
    """Have the next request's ``amz-sdk-request`` header say how many attempts there may be."""
    retries = context.get("retries")
    if retries:
        retries["max"] = max(retries.get("max", 0), max_attempts)


class StandardRetries:
    """The handlers of one client: :meth:`needs_retry`, :meth:`release_quota` and :meth:`seed`."""

    def __init__(
        self,
        service_id: str,
        max_attempts: int,
        runtime: Runtime,
        random_number: Callable[[], float] = any_number,
    ) -> None:
        self._service_id = service_id
        self._has_checksums = service_id in CHECKED_SERVICES
        self._max_attempts = max_attempts
        self._runtime = runtime
        self._random = random_number
        self.quota = RetryQuota()

    @property
    def max_attempts(self) -> int:
        """Attempts at all, the first included."""
        return self._max_attempts

    @named("announce_attempts")
    def seed(self, request: AWSRequest, **kwargs: Any) -> None:
        """A handler of ``request-created``: the first attempt says the maximum too."""
        retries = request.context.get("retries")
        if retries is not None:
            retries["max"] = self._max_attempts

    @named("retry")
    def needs_retry(
        self,
        response: Any,
        operation: Any,
        attempts: int,
        caught_exception: BaseException | None,
        request_dict: dict[str, Any],
        **kwargs: Any,
    ) -> float | Coroutine[Any, Any, bool] | None:
        """A handler of ``needs-retry``: seconds to wait before the next attempt, or none.

        Only where it has to wait itself, before giving a long poll up, does it return a coroutine.
        """
        http_response, parsed = (None, None) if response is None else response
        if attempts < self._max_attempts and self._is_plain_success(http_response, parsed):
            return None
        context = request_dict["context"]
        note_max_attempts(context, self._max_attempts)
        if attempts >= self._max_attempts:
            # As in the reference, also when this last attempt was a good one.
            note_in_result(parsed, "MaxAttemptsReached")
            return None
        found = retry_rule(self._service_id, operation, http_response, parsed, caught_exception)
        if found is None:
            return None
        kind, rule = found
        amount = THROTTLING_COST if kind == "throttling" else RETRY_COST
        if self.quota.acquire(amount):
            context["retry_quota_capacity"] = amount
            return Delay(self._delay(attempts, kind, http_response), f"standard mode: {kind}, by {rule}")
        note_in_result(parsed, "RetryQuotaReached")
        if (self._service_id, getattr(operation, "name", None)) in _LONG_POLLING:
            return self._give_up_slowly(self._delay(attempts, kind, http_response))
        return None

    def release_quota(
        self, context: dict[str, Any], http_response: AWSResponse | None, **kwargs: Any
    ) -> None:
        """A handler of ``after-call``: a success gives back what its last retry took, or a little for none."""
        if http_response is not None and 200 <= http_response.status_code < 300:
            self.quota.release(context.get("retry_quota_capacity", SUCCESS_REFUND))

    def _is_plain_success(self, http_response: AWSResponse | None, parsed: Any) -> bool:
        """Almost every response: nothing more to look at."""
        return (
            http_response is not None
            and http_response.status_code < 300
            and "Error" not in parsed
            and not (self._has_checksums and "x-amz-crc32" in http_response.headers)
        )

    def _delay(self, attempts: int, kind: Kind, http_response: AWSResponse | None) -> float:
        wanted = None if http_response is None else http_response.headers.get(RETRY_AFTER)
        return exponential_delay(
            attempts,
            scale_seconds(self._service_id, is_throttled=kind == "throttling"),
            self._random(),
            retry_after_seconds(wanted),
        )

    async def _give_up_slowly(self, delay_seconds: float) -> bool:
        """Whoever polls asks again at once; the delay keeps the load off the service. ``False`` stops for good."""
        await self._runtime.sleep(delay_seconds)
        return False

    def __repr__(self) -> str:
        return f"<StandardRetries {self._max_attempts} attempts, {self.quota!r}>"


def note_in_result(parsed: dict[str, Any] | None, name: str) -> None:
    """Set a flag in the ``ResponseMetadata`` that the caller gets."""
    if parsed is not None:
        parsed.setdefault("ResponseMetadata", {})[name] = True
