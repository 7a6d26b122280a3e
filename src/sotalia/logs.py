"""Logging: what sotalia says about its work, to the loggers below ``sotalia``.

``sotalia.call`` tells about each call at ``DEBUG``: parameters, every attempt with its address and headers, the answer,
retries, the end. Secrets are left out, see :mod:`sotalia.redaction`. It is done by handlers on the client's events, which
its first call with the logger enabled registers: a program that does not log pays a look at the logger for each call.

``logging`` itself is imported only when there is something to say.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from sotalia.events.registry import FIRST, LAST, describe
from sotalia.runtime import ProcessLock

if TYPE_CHECKING:
    import logging

    from sotalia.events import EventRegistry
    from sotalia.model.service import ServiceModel

#: The reference's default format.
LOG_FORMAT = "%(asctime)s - %(name)s - %(levelname)s - %(message)s"
_STREAM_FORMAT = "%(asctime)s %(name)s [%(levelname)s] %(message)s"
_DEBUG = 10
# Calls that are under way at once, and then some: those that end in nothing (a handler raised) leave an entry behind.
_CALLS_KEPT = 10_000
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

    add_handler(name, logging.StreamHandler(stream), level, format_string or _STREAM_FORMAT)


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

    from sotalia.redaction import redact_text

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


def observe_calls(events: EventRegistry, service_model: ServiceModel) -> None:
    """Have a client tell about its calls from now on, whenever ``sotalia.call`` is enabled."""
    service_id = service_model.service_id.hyphenize()
    mark = f"call-log-{service_id}"
    with _observing.lock:
        if events.has_unique_id(mark):
            return
        observer = _CallObserver(logger("sotalia.call"), service_model)
        # The last to see parameters and requests, the first to see answers: nobody has changed them before or after.
        for event, handler, position, unique_id in (
            ("request-created", observer.made_request, LAST, None),
            ("response-received", observer.got_answer, FIRST, None),
            ("after-call", observer.ended, LAST, None),
            ("after-call-error", observer.failed, LAST, None),
            ("before-parameter-build", observer.told_parameters, LAST, mark),
        ):
            events.install(f"{event}.{service_id}", _quiet(handler), position, unique_id)


def _quiet(handler: Any) -> Any:
    """The handler, which does nothing while nobody listens, and whose own failures never break a call."""

    def observed(**kwargs: Any) -> None:
        if not are_calls_logged():
            return
        try:
            handler(**kwargs)
        except Exception as error:
            # Not its text, in which there may be anything: what failed is the hiding of secrets.
            kind = type(error).__name__
            logger("sotalia.call").debug("%s: could not be logged (%s)", kwargs.get("event_name"), kind)

    return observed


def tell_retry(operation_model: Any, attempts: int, handler: Any, delay: Any) -> None:
    """Say that there is to be another attempt, when, and by which rule: that of the handler of ``needs-retry``."""
    if not isinstance(delay, int | float):
        return  # No number of seconds: there will be an error, which tells more.
    logger("sotalia.call").debug(
        "%s.%s: attempt %d is retried in %.3f s: %s",
        operation_model.service_model.service_id.hyphenize(),
        operation_model.name,
        attempts,
        delay,
        getattr(delay, "reason", None) or describe(handler),
    )


class _CallObserver:
    """Writes the lines of the calls of one client.

    Nothing of it stands in the context that handlers see: a program behaves alike whether it logs or not.
    """

    def __init__(self, target: logging.Logger, service_model: ServiceModel) -> None:
        self._logger = target
        self._model = service_model
        # By the identity of a call's context: the operation, and when its last attempt was sent.
        self._calls: dict[int, tuple[str, float]] = {}

    def told_parameters(self, params: Any, model: Any, context: dict[str, Any], **kwargs: Any) -> None:
        """A call begins."""
        from sotalia.redaction import redact_params

        self._logger.debug("%s: called with %s", self._name(model.name), redact_params(params, model))

    def made_request(self, request: Any, operation_name: str, **kwargs: Any) -> None:
        """An attempt begins: the request is signed."""
        from sotalia.redaction import redact_headers, redact_url

        context = request.context
        model = self._model.operation_model(operation_name)
        if len(self._calls) >= _CALLS_KEPT:
            self._calls.clear()
        self._calls[id(context)] = (operation_name, time.perf_counter())
        self._logger.debug(
            "%s: attempt %d: %s %s %s",
            self._name(operation_name),
            _attempt(context),
            request.method,
            redact_url(request.url, model),
            redact_headers(request.headers, model),
        )

    def got_answer(
        self, response_dict: Any, parsed_response: Any, context: Any, exception: Any, **kwargs: Any
    ) -> None:
        """An attempt ended."""
        now = time.perf_counter()
        operation_name, sent = self._calls.get(id(context), ("?", now))
        milliseconds = (now - sent) * 1000
        name = self._name(operation_name)
        number = _attempt(context)
        if response_dict is None:
            from sotalia.redaction import redact_text

            what = f"{type(exception).__name__}: {redact_text(str(exception))}"
            self._logger.debug("%s: attempt %d failed after %.1f ms: %s", name, number, milliseconds, what)
            return
        from sotalia.retries.conditions import error_code

        answered = parsed_response or {}
        self._logger.debug(
            "%s: attempt %d answered %s in %.1f ms, error %s, request id %s",
            name,
            number,
            response_dict["status_code"],
            milliseconds,
            error_code(answered) or "none",
            answered.get("ResponseMetadata", {}).get("RequestId"),
        )

    def ended(self, http_response: Any, parsed: Any, model: Any, context: Any, **kwargs: Any) -> None:
        """A call ended with an answer."""
        self._calls.pop(id(context), None)
        notes = (parsed or {}).get("ResponseMetadata", {})
        why = ""
        if http_response.status_code >= 300:
            why = "".join(text for name, text in _NO_MORE.items() if notes.get(name))
        name, number = self._name(model.name), _attempt(context)
        self._logger.debug("%s: done, %s after %d attempts%s", name, http_response.status_code, number, why)

    def failed(self, exception: Any, context: Any, **kwargs: Any) -> None:
        """A call ended with an exception."""
        from sotalia.redaction import redact_text

        operation_name, _ = self._calls.pop(id(context), ("?", 0.0))
        name = self._name(operation_name)
        text = redact_text(str(exception))
        self._logger.debug(
            "%s: failed after %d attempts with %s: %s",
            name,
            _attempt(context),
            type(exception).__name__,
            text,
        )

    def _name(self, operation_name: str) -> str:
        return f"{self._model.service_id.hyphenize()}.{operation_name}"


def _attempt(context: dict[str, Any]) -> int:
    number: int = context.get("retries", {}).get("attempt", 1)
    return number


def tell_client(service_id: str, meta: Any) -> None:
    """Say what a client was made for."""
    if is_enabled("sotalia.client"):
        from sotalia.redaction import redact_url

        logger("sotalia.client").debug(
            "%s: client for %s at %s, retries %s",
            service_id,
            meta.region_name,
            redact_url(meta.endpoint_url),
            meta.config.retries,
        )
