"""A record of each call: :class:`CallLog`."""

from __future__ import annotations

import re

from sotalia.call import Observer
from sotalia.extensions.records import Sink, of_call
from sotalia.runtime.logs import logger
from sotalia.runtime.printable import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Hashable
    from typing import Final

    from sotalia.call import Call
    from sotalia.events import EventRegistry
    from sotalia.extensions.records import Record

#: Of those that write to ``sotalia.calls``, so that there is one line a call however many are installed.
UNIQUE_ID: Final = "records-of-calls"
_INFO, _WARNING = 20, 30
# In characters; validation names every parameter, and some services send pages of HTML.
_MOST = 300
_PREFIX = re.compile(
    r"An error occurred \([^)]*\) when calling the \w+ operation(?: \(reached max retries: \d+\))?: "
)


class CallLog(Observer):
    """Logs each call once, when it has ended: all its attempts, delays included.

    ``service`` ``operation`` ``region`` ``status`` ``error`` (a code of the service, or the name of the exception) ``message`` (of
    the error, without secrets) ``attempts`` ``seconds`` ``request_id``. ``target`` as for
    :class:`~sotalia.extensions.RequestLog` (default: ``sotalia.calls``), at level ``INFO``, of a call that raised
    or needed several attempts ``WARNING``. Not ``ERROR``: a program may well expect what a call raises, and trackers of errors
    count such lines. A call that was cancelled did not fail.
    """

    def __init__(self, target: logging.Logger | str | Callable[[Record], object] | None = None) -> None:
        self._sink = Sink(logger("sotalia.calls") if target is None else target)
        self._unique_id: Hashable = UNIQUE_ID if target is None else None

    def install(self, events: EventRegistry) -> None:
        """Observe all calls."""
        events.observe(self, unique_id=self._unique_id)

    def call_ended(self, call: Call) -> None:
        """The call has a result or an error."""
        level = _level(call)
        if not self._sink.wants(level):
            return
        record = of_call(call)
        region = getattr(call.client.meta, "region_name", None)
        record = {
            "service": record.pop("service"),
            "operation": record.pop("operation"),
            "region": region,
            **record,
        }
        self._sink.put(level, line(call.name, record), record)


def _level(call: Call) -> int:
    return _WARNING if isinstance(call.error, Exception) or len(call.attempts) > 1 else _INFO


def line(name: str, record: Record) -> str:
    """``s3.GetObject: 404 NoSuchKey in 12.3 ms, 1 attempt, request 4442587FB7D0A2F9, us-east-1: The specified key ...``."""
    outcome = " ".join(str(record[key]) for key in ("status", "error") if record[key] is not None)
    took, count = record["seconds"], record["attempts"]
    parts = [
        f"{outcome or 'answered here'}{'' if took is None else f' in {took * 1000:.1f} ms'}",
        f"{count} attempt{'' if count == 1 else 's'}" if count else "not sent",
    ]
    if record["request_id"]:
        parts.append(f"request {record['request_id']}")
    if record["region"]:
        parts.append(record["region"])
    # The code and the operation are in the line already.
    message = _PREFIX.sub("", " ".join((record["message"] or "").split()))
    if len(message) > _MOST:
        message = f"{message[:_MOST]} ..."
    return printable(f"{name}: {', '.join(parts)}{f': {message}' if message else ''}")
