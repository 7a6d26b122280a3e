"""Structured records of calls: what is in them, and where they go."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sotalia.call import Call

    Record = dict[str, Any]


class Sink:
    """Where records go: to a function as they are, or to a logger as a line with the fields in ``extra``.

    In ``extra`` each name begins with ``aws_`` (``record.aws_operation``), as ``service`` and others have another meaning to
    many formatters.
    """

    def __init__(self, target: Any) -> None:
        if isinstance(target, str):
            import logging

            target = logging.getLogger(target)
        self._target = target
        self._is_logger = hasattr(target, "isEnabledFor")
        if not self._is_logger and not callable(target):
            raise TypeError(
                f"records go to a logger, to a logger's name or to a function, not to {type(target).__name__}"
            )

    def wants(self, level: int) -> bool:
        """Whether anybody listens."""
        return not self._is_logger or bool(self._target.isEnabledFor(level))

    def put(self, level: int, text: str, record: Record) -> None:
        """Hand a record over."""
        if self._is_logger:
            extra = {f"aws_{name}": value for name, value in record.items()}
            self._target.log(level, "%s", text, extra=extra)
        else:
            self._target(record)


def names(call: Call) -> Record:
    """The names of service and operation: ``cloudwatch-logs``, ``PutLogEvents``."""
    return {"service": call.operation.service_id, "operation": call.operation.name}


def of_call(call: Call) -> Record:
    """A call that ended: ``status`` ``error`` (a code of the service, or the name of the exception) ``message`` (of the error,
    without secrets) ``attempts`` ``seconds`` ``request_id``, after its names.
    """
    error = call.error
    result = call.result if error is None else _response(error)
    metadata: dict[str, Any] = (result or {}).get("ResponseMetadata") or {}
    message = None
    if error is not None:
        from sotalia.runtime.redaction import redact_text

        message = redact_text(str(error))
    return {
        **names(call),
        "error": None if error is None else error_code(result) or type(error).__name__,
        "message": message,
        "status": metadata.get("HTTPStatusCode"),
        "attempts": len(call.attempts),
        "seconds": seconds(call.started_at, call.ended_at),
        "request_id": request_id(result),
    }


def _response(error: Any) -> Record:
    """The service's response; an exception of another library may have anything there, or nothing."""
    found: Any = getattr(error, "response", None)
    result: Record = found if hasattr(found, "get") else {}
    return result


def seconds(start: float | None, end: float | None) -> float | None:
    """How long something took, where both times are known."""
    return None if start is None or end is None else round(end - start, 6)


def request_id(result: Mapping[str, Any] | None) -> str | None:
    """The id that the service gave the request."""
    metadata: Mapping[str, Any] = (result or {}).get("ResponseMetadata") or {}
    return metadata.get("RequestId")


def error_code(result: Mapping[str, Any] | None) -> str | None:
    """The code of the error that the service returned."""
    error: Any = (result or {}).get("Error")  # Of any type, where an operation has a member of this name.
    return error.get("Code") if hasattr(error, "get") else None
