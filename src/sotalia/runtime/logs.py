"""Logging: what sotalia says about its work, to the loggers below ``sotalia``.

``sotalia.call`` logs each call at ``DEBUG``: parameters, every attempt with its URL and headers, the response, retries, the
end. Secrets are left out, see :mod:`sotalia.runtime.redaction`. An observer writes the lines, which a client's first call with the
logger enabled registers: a program that does not log pays a look at the logger for each call.

``logging`` itself is imported only when there is something to say.
"""

from __future__ import annotations

import sys

from sotalia.runtime import ProcessLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging
    from typing import Any

    from sotalia.call.call import Call
    from sotalia.events import EventRegistry

#: The reference's default format.
LOG_FORMAT = "%(asctime)s - %(name)s - %(levelname)s - %(message)s"
#: What :func:`set_stream_logger` writes.
STREAM_FORMAT = "%(asctime)s %(name)s [%(levelname)s] %(message)s"
_DEBUG = 10
_CALL_LOG = "call-log"
# What retry modes note in a result that they would have retried, and how it is told.
_NO_MORE = {"MaxAttemptsReached": ", which are all", "RetryQuotaReached": ", the retry quota is used up"}
# Names that programs written for the reference enable; ours is meant as well.
_OF_REFERENCE = ("boto3", "botocore", "s3transfer")


def logger(name: str) -> logging.Logger:
    """A logger of ours. The first one gives ``sotalia`` a handler that does nothing, as is right for a library."""
    import logging

    top = logging.getLogger("sotalia")
    if not any(isinstance(handler, logging.NullHandler) for handler in top.handlers):
        top.addHandler(logging.NullHandler())
    return logging.getLogger(name)


def is_enabled(name: str, level: int = _DEBUG) -> bool:
    """Whether anybody listens. As long as nobody has imported ``logging``, nobody does."""
    return "logging" in sys.modules and logger(name).isEnabledFor(level)


# -- handlers for programs -----------------------------------------------------------------------------------------


def set_stream_logger(
    name: str = "sotalia", level: int | str = _DEBUG, format_string: str | None = None, stream: Any = None
) -> None:
    """Write messages of the logger ``name`` and below to ``stream`` (standard error), from ``level`` on.

    ``boto3`` and ``botocore`` mean ``sotalia`` as well. Secrets are left out of the lines, whoever logged them.
    """
    import logging

    add_handler(name, logging.StreamHandler(stream), level, format_string or STREAM_FORMAT)


def set_file_logger(level: int | str, path: str, name: str = "sotalia") -> None:
    """Write messages of the logger ``name`` and below to a file, from ``level`` on."""
    import logging

    add_handler(name, logging.FileHandler(path), level, LOG_FORMAT)


def add_handler(name: str, handler: logging.Handler, level: int | str, format_string: str) -> None:
    """Let a handler hear a logger, and its namesake of ours where the name is one of the reference's."""
    handler.setLevel(level)
    handler.setFormatter(_formatter(format_string))
    root, dot, rest = name.partition(".")
    for wanted in (name, f"sotalia{dot}{rest}") if root in _OF_REFERENCE else (name,):
        found = logger(wanted)
        found.setLevel(_DEBUG if isinstance(level, str) else min(level, found.level or level))
        found.addHandler(handler)


def _formatter(format_string: str) -> logging.Formatter:
    import logging

    from sotalia.runtime.redaction import redact_text

    class RedactingFormatter(logging.Formatter):
        """Writes lines without what looks like credentials, also those of other libraries and tracebacks."""

        def format(self, record: logging.LogRecord) -> str:
            return redact_text(super().format(record))

    return RedactingFormatter(format_string)


# -- calls ---------------------------------------------------------------------------------------------------------

_call_logger: logging.Logger | None = None
_observing = ProcessLock()


def are_calls_logged() -> bool:
    """Whether anybody listens to ``sotalia.call``: what every call asks, so it takes as little as can be."""
    global _call_logger
    if _call_logger is None:
        if "logging" not in sys.modules:
            return False
        _call_logger = logger("sotalia.call")
    return _call_logger.isEnabledFor(_DEBUG)


def log_calls(events: EventRegistry) -> None:
    """Have a client log its calls from now on, whenever ``sotalia.call`` is enabled."""
    if events.has_unique_id(_CALL_LOG):
        return
    with _observing.lock:
        # By its methods only: as a subclass of Observer, which is the pipeline's, it would load the pipeline.
        events.observe(CallDetails(logger("sotalia.call")), unique_id=_CALL_LOG)  # type: ignore[arg-type]


class CallDetails:
    """An observer that writes the lines of a client's calls while anybody listens."""

    def __init__(self, target: logging.Logger) -> None:
        self._logger = target

    def parameters_ready(self, call: Call) -> None:
        """The parameters as the request will be built from them."""
        if are_calls_logged():
            from sotalia.runtime.redaction import redact_params

            params = redact_params(dict(call.parameters), call.operation.model)
            self._logger.debug("%s: called with %s", call.name, params)

    def attempt_started(self, call: Call) -> None:
        """The request is signed and goes out."""
        if are_calls_logged():
            from sotalia.runtime.redaction import redact_headers, redact_url

            request: Any = call.attempt.request
            self._logger.debug(
                "%s: attempt %d: %s %s %s",
                call.name,
                call.attempt.number,
                request.method,
                redact_url(request.url, call.operation.model),
                redact_headers(request.headers, call.operation.model),
            )

    def attempt_ended(self, call: Call) -> None:
        """There is a response or an error."""
        if not are_calls_logged():
            return
        attempt = call.attempt
        milliseconds = ((attempt.ended_at or 0) - (attempt.sent_at or 0)) * 1000
        if attempt.response is None:
            from sotalia.runtime.redaction import redact_text

            what = f"{type(attempt.error).__name__}: {redact_text(str(attempt.error))}"
            self._logger.debug(
                "%s: attempt %d failed after %.1f ms: %s", call.name, attempt.number, milliseconds, what
            )
            return
        result = attempt.result or {}
        # Of any type, where an operation has a member of this name.
        error: dict[str, Any] | str | None = result.get("Error")
        self._logger.debug(
            "%s: attempt %d answered %s in %.1f ms, error %s, request id %s",
            call.name,
            attempt.number,
            attempt.response.status_code,
            milliseconds,
            (error.get("Code") if isinstance(error, dict) else None) or "none",
            result.get("ResponseMetadata", {}).get("RequestId"),
        )

    def retry_scheduled(self, call: Call) -> None:
        """There is to be another attempt."""
        attempt = call.attempt
        if are_calls_logged() and isinstance(attempt.delay_seconds, int | float):
            self._logger.debug(
                "%s: attempt %d is retried in %.3f s: %s",
                call.name,
                attempt.number,
                attempt.delay_seconds,
                attempt.retry_reason,
            )

    def call_ended(self, call: Call) -> None:
        """The call has a result or an error."""
        if not are_calls_logged():
            return
        count = len(call.attempts)
        if call.response is None:
            from sotalia.runtime.redaction import redact_text

            self._logger.debug(
                "%s: failed after %d attempts with %s: %s",
                call.name,
                count,
                type(call.error).__name__,
                redact_text(str(call.error)),
            )
            return
        why = ""
        if call.response.status_code >= 300:
            metadata = (call.result or {}).get("ResponseMetadata", {})
            why = "".join(text for name, text in _NO_MORE.items() if metadata.get(name))
        self._logger.debug(
            "%s: done, %s after %d attempts%s", call.name, call.response.status_code, count, why
        )
