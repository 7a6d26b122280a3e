"""The retry mode ``legacy``: rules and delays of each service from the data file ``_retry.json``.

The file's ``retry`` maps endpoint prefixes to a ``__default__`` with ``max_attempts``, ``delay`` and ``policies``; what a
service has is merged over the file's own ``__default__``. A policy says when it applies::

    {"applies_when": {"response": {"http_status_code": 400, "service_error_code": "Throttling"}}}
    {"applies_when": {"response": {"http_status_code": 503}}}
    {"applies_when": {"response": {"crc32body": "x-amz-crc32"}}}
    {"applies_when": {"socket_errors": ["GENERAL_CONNECTION_ERROR"]}}
    {"$ref": "a name in the file's definitions"}

The reference merges into ``definitions`` themselves, so that a client of Organizations changes the rules of every later
client; here nothing of the file is changed.
"""

from __future__ import annotations

from sotalia import exceptions
from sotalia.events.handlers import named
from sotalia.retries.backoff import Delay
from sotalia.retries.conditions import actual_crc32, error_code
from sotalia.retries.standard import any_number, note_in_result, note_max_attempts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from sotalia.transport.messages import AWSResponse

_DEFAULT = "__default__"
#: Stands for the whole class of connection errors, the only one the file knows.
_CONNECTION_ERRORS = "GENERAL_CONNECTION_ERROR"


class LegacyRules:
    """The rules of one service. ``statuses`` maps a status to the codes that are retried with it, ``None`` for any."""

    __slots__ = (
        "base",
        "checksum_header",
        "growth_factor",
        "max_attempts",
        "retries_connections",
        "statuses",
    )

    def __init__(self, description: Mapping[str, Any]) -> None:
        delay = description["delay"]
        self.max_attempts: int = description["max_attempts"]
        #: Seconds, or ``None`` for a random number each time.
        self.base: float | None = None if delay["base"] == "rand" else delay["base"]
        self.growth_factor: float = delay["growth_factor"]
        self.statuses: dict[int, set[str] | None] = {}
        self.checksum_header: str | None = None
        self.retries_connections = False
        for policy in description.get("policies", {}).values():
            self._add(policy["applies_when"])

    def _add(self, condition: Mapping[str, Any]) -> None:
        if _CONNECTION_ERRORS in condition.get("socket_errors", ()):
            self.retries_connections = True
            return
        response = condition.get("response", {})
        if "crc32body" in response:
            self.checksum_header = response["crc32body"]
        elif "http_status_code" in response:
            status, code = response["http_status_code"], response.get("service_error_code")
            codes = self.statuses.setdefault(status, set())
            if code is None:
                self.statuses[status] = None
            elif codes is not None:
                codes.add(code)

    def matches(self, status: int, code: str | None) -> bool:
        """Whether a response is retried: status and code count as a pair."""
        if status not in self.statuses:
            return False
        codes = self.statuses[status]
        return codes is None or code in codes

    def checksum_error(self, http_response: AWSResponse) -> Exception | None:
        """The error for a body that is not what its checksum says, where the service sends one."""
        if self.checksum_header is None:
            return None
        expected = http_response.headers.get(self.checksum_header)
        if expected is None or str(actual_crc32(http_response)) == str(expected).strip():
            return None
        error: Exception = exceptions.ChecksumError(
            checksum_type="crc32", expected_checksum=expected, actual_checksum=actual_crc32(http_response)
        )
        return error

    def is_retryable(self, error: BaseException) -> bool:
        """Whether what sending raised is worth another attempt: lost connections and wrong checksums are."""
        if isinstance(error, exceptions.ChecksumError):
            return self.checksum_header is not None
        lost = (exceptions.ConnectionError, exceptions.ConnectionClosedError, exceptions.ReadTimeoutError)
        return self.retries_connections and isinstance(error, lost)

    def delay(self, attempts: int, random_number: float) -> float:
        """Seconds to wait after so many attempts: no upper limit, and no jitter where the base is fixed."""
        base = random_number if self.base is None else self.base
        return base * self.growth_factor ** (attempts - 1)


def legacy_rules(data: Mapping[str, Any], endpoint_prefix: str) -> LegacyRules:
    """The rules of a service by its endpoint prefix (not its name); those of all services for one without its own."""
    retry, definitions = data.get("retry", {}), data.get("definitions", {})
    common = _resolved(retry.get(_DEFAULT, {}), definitions)
    own = _resolved(retry.get(endpoint_prefix, {}).get(_DEFAULT, {}), definitions)
    return LegacyRules(_merged(common, own))


def _resolved(value: dict[str, Any] | list[Any] | str | float | None, definitions: Mapping[str, Any]) -> Any:
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and "$ref" in value:
        return definitions[value["$ref"]]
    return {key: _resolved(item, definitions) for key, item in value.items()}


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        known = merged.get(key)
        both = isinstance(known, dict) and isinstance(value, dict)
        merged[key] = _merged(known, value) if both else value  # type: ignore[arg-type]
    return merged


class LegacyRetries:
    """The handler of one client: :meth:`needs_retry`."""

    def __init__(
        self,
        rules: LegacyRules,
        max_attempts: int | None = None,
        random_number: Callable[[], float] = any_number,
    ) -> None:
        self._rules = rules
        self._max_attempts = rules.max_attempts if max_attempts is None else max_attempts
        self._random = random_number

    @property
    def max_attempts(self) -> int:
        """Attempts at all, the first included."""
        return self._max_attempts

    @named("retry")
    def needs_retry(
        self,
        response: Any,
        attempts: int,
        caught_exception: BaseException | None,
        request_dict: dict[str, Any],
        **kwargs: Any,
    ) -> float | None:
        """A handler of ``needs-retry``: seconds to wait before the next attempt, or none.

        Raises the caught exception when it is not to be retried (any more), and ``ChecksumError`` for a DynamoDB answer
        that is still damaged in the last attempt.
        """
        note_max_attempts(request_dict["context"], self._max_attempts)
        parsed = status = None
        error = caught_exception
        if response is not None:
            http_response, parsed = response
            status = http_response.status_code
            error = None
            if not self._rules.matches(status, error_code(parsed)):
                error = self._rules.checksum_error(http_response)
                if error is None:
                    return None
        is_last = attempts >= self._max_attempts
        if error is not None and (is_last or not self._rules.is_retryable(error)):
            raise error
        if is_last:
            if parsed is not None and "ResponseMetadata" in parsed:
                note_in_result(parsed, "MaxAttemptsReached")
            return None
        if error is not None:
            rule = type(error).__name__
        else:
            rule = f"status {status} with code {error_code(parsed) or 'none'}"
        return Delay(self._rules.delay(attempts, self._random()), f"legacy mode: {rule}")

    def __repr__(self) -> str:
        return f"<LegacyRetries {self._max_attempts} attempts>"
