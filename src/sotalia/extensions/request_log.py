"""A record of each request: :class:`RequestLog`."""

from __future__ import annotations

from sotalia.call import Observer
from sotalia.extensions.records import Sink, error_code, names, request_id, seconds
from sotalia.runtime.logs import logger

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging
    from collections.abc import Callable
    from typing import Any

    from sotalia.call import Call
    from sotalia.events import EventRegistry
    from sotalia.extensions.records import Record

_INFO, _WARNING = 20, 30


class RequestLog(Observer):
    """Logs a record for each attempt, and for each call that ended without one.

    ``service`` ``operation`` ``attempt`` (0 for a call without one) ``status`` ``error`` (a code of the service, or the name of
    an exception) ``seconds`` ``request_id`` ``method`` ``url`` ``params``. Secrets are left out of addresses and parameters, see
    :mod:`sotalia.runtime.redaction`; bodies are shown by their length. ``target``: a logger or its name (default:
    ``sotalia.requests``), which gets the fields in ``extra`` (``record.aws_operation``), at level ``INFO`` and for errors ``WARNING``; or a function, which is called
    with the record as a dictionary. What it raises is logged by ``sotalia.call`` and does not reach the call.
    """

    def __init__(self, target: logging.Logger | str | Callable[[Record], object] | None = None) -> None:
        self._sink = Sink(logger("sotalia.requests") if target is None else target)

    def install(self, events: EventRegistry) -> None:
        """Observe all calls."""
        events.observe(self)

    def attempt_ended(self, call: Call) -> None:
        """There is a response or an error."""
        attempt = call.attempt
        self._log(
            call,
            attempt.number,
            attempt.response,
            attempt.result,
            attempt.error,
            seconds(attempt.sent_at or attempt.started_at, attempt.ended_at),
            attempt.request,
        )

    def call_ended(self, call: Call) -> None:
        """The call has a result or an error; one that was tried has its records already."""
        if not call.attempts:
            took = seconds(call.started_at, call.ended_at)
            self._log(call, 0, call.response, call.result, call.error, took, None)

    def _log(
        self, call: Call, attempt: int, response: Any, result: Any, error: Any, took: Any, request: Any
    ) -> None:
        from sotalia.runtime.redaction import redact_params, redact_url

        status = getattr(response, "status_code", None)
        code = error_code(result) if error is None else _code(error)
        level = _INFO if code is None and (status is None or status < 400) else _WARNING
        if not self._sink.wants(level):
            return
        model = call.operation.model
        record = {
            **names(call),
            "attempt": attempt,
            "status": status,
            "error": code,
            "seconds": took,
            "request_id": request_id(result),
            "method": getattr(request, "method", None),
            "url": None if request is None else redact_url(request.url, model),
            "params": redact_params(dict(call.parameters), model),
        }
        outcome = " ".join(str(part) for part in (status, code) if part is not None)
        self._sink.put(level, f"{call.name}, attempt {attempt}: {outcome} in {took} s", record)


def _code(error: Any) -> str:
    response = getattr(error, "response", None)
    return error_code(response if hasattr(response, "get") else None) or type(error).__name__
